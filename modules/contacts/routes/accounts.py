"""Cash desks and bank accounts with what moved on them, and the expense items."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError
from app.api.reference import base_currency
from app.api.web import current_actor, current_session, named, send_workbook, show_card, show_list, show_refusal
from modules.contacts.cards import account as account_card
from modules.contacts.money import tables
from modules.contacts.money.accounts import (
    KINDS,
    account_by_id,
    expense_item_by_id,
    save_account,
    save_expense_item,
)
from modules.contacts.money.forms import AccountForm, ExpenseItemForm
from modules.contacts.money.queries import MOST_SHOWN, movements_of
from modules.contacts.money.words import item_word
from modules.contacts.money.workbook import movements_workbook
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/accounts", needs="contacts.account.view", help="account")
def account_list() -> Any:
    """Cash desks and bank accounts, with what is on them."""
    return show_list(tables.accounts)


@routes.get("/contacts/accounts/<int:account_id>", needs="contacts.account.view", help="account")
def account_view(account_id: int) -> Any:
    """An account's card: what moved on it in a period, with the balance after each; `?as=xlsx` gives the file."""
    session = current_session()
    account = account_by_id(session, account_id)
    today = wall_clock().date()
    problem, since, until = "", today.replace(day=1), today
    try:
        since, until = _day("since", since), _day("until", until)
        if since > until:
            raise Invalid(_("The first day is after the last one."))
    except Invalid as error:
        problem, since, until = str(error), today.replace(day=1), today
    if request.args.get("as") == "xlsx":
        book = movements_workbook(account, since, until, movements_of(session, account, since, until))
        return send_workbook(book, named(account.name, since, until))
    found = movements_of(session, account, since, until, newest=MOST_SHOWN)
    return show_card(
        account_card,
        account,
        "contacts/account.html",
        found=found,
        since=since,
        until=until,
        problem=problem,
        periods=_periods(today),
        kind=KINDS[account.kind],
    )


@routes.form("/contacts/accounts/new", needs="contacts.account.edit", help="account")
def account_new() -> Any:
    """A new cash desk or bank account."""
    form = AccountForm()
    form.fit(None)
    if request.method == "GET":
        form.currency.data = request.args.get("currency", base_currency(current_session()))
        form.kind.data = request.args.get("kind", form.kind.data)
    if form.validate_on_submit():
        try:
            account = save_account(current_session(), current_actor(), **form.as_kept())
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(url_for("contacts.account_view", account_id=account.id))
    title, back = _("New cash desk or bank account"), url_for("contacts.account_list")
    return render_template("form.html", form=form, title=title, back=back)


@routes.form("/contacts/accounts/<int:account_id>/edit", needs="contacts.account.edit", help="account")
def account_edit(account_id: int) -> Any:
    """Change an account."""
    session = current_session()
    account = account_by_id(session, account_id)
    form = AccountForm(obj=account)
    form.fit(account)
    back = url_for("contacts.account_view", account_id=account.id)
    if form.validate_on_submit():
        try:
            save_account(session, current_actor(), account, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=account.name, back=back)


@routes.get("/contacts/expense-items", needs="contacts.account.view", help="expense_item")
def expense_item_list() -> Any:
    """What money is paid for without a contact."""
    return show_list(tables.expense_items)


@routes.form("/contacts/expense-items/new", needs="contacts.account.edit", help="expense_item")
def expense_item_new() -> Any:
    """A new expense item."""
    return _expense_item_form(None)


@routes.form("/contacts/expense-items/<int:item_id>", needs="contacts.account.edit", help="expense_item")
def expense_item_edit(item_id: int) -> Any:
    """Change an expense item."""
    return _expense_item_form(item_id)


def _expense_item_form(item_id: int | None) -> Any:
    session = current_session()
    item = None if item_id is None else expense_item_by_id(session, item_id)
    form = ExpenseItemForm(obj=item)
    form.fit(session, item)
    back = url_for("contacts.expense_item_list")
    if form.validate_on_submit():
        try:
            save_expense_item(session, current_actor(), item, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    title = _("New expense item") if item is None else item_word(item.name)
    return render_template("form.html", form=form, title=title, back=back)


def _day(name: str, unless_said: date) -> date:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else unless_said
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31.")) from None


def _periods(today: date) -> list[tuple[str, date, date]]:
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("Today"), today, today),
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This year"), date(today.year, 1, 1), today),
    ]

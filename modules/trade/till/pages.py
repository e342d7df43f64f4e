"""Tills as they are set up, and their shifts: opened, paid into and out of, closed, reported."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.api.errors import Conflict, KontorError
from app.api.prints import paper_pdf
from app.api.security import User, record
from app.api.texts import money
from app.api.web import (
    current_actor,
    current_session,
    operation_id,
    paper_workbook,
    send_pdf,
    send_workbook,
    show_list,
    show_refusal,
)
from modules.contacts.api import accounts_in_use, expense_items, item_word
from modules.trade.blueprint import routes
from modules.trade.till import report, tables
from modules.trade.till.forms import CashForm, ClosingForm, OpeningForm, TillForm
from modules.trade.till.models import Shift, Till
from modules.trade.till.rules import DENOMINATIONS
from modules.trade.till.shifts import (
    VIEW,
    booked_cash,
    close_shift,
    expected_now,
    move_cash,
    open_a_shift,
    shift_to_see,
)
from modules.trade.till.tills import CLOSE, EDIT, USE, open_shift, save_till, till_by_id, till_to_use


@routes.get("/trade/tills", needs=EDIT)
def till_list() -> Any:
    """The tills that there are."""
    return show_list(tables.tills)


@routes.form("/trade/tills/new", needs=EDIT)
def till_new() -> Any:
    """Set up a till."""
    return _till(None)


@routes.form("/trade/tills/<int:till_id>/edit", needs=EDIT)
def till_edit(till_id: int) -> Any:
    """Change a till."""
    return _till(till_by_id(current_session(), till_id))


@routes.get("/trade/shifts", needs=VIEW)
def shift_list() -> Any:
    """The shifts of every till."""
    return show_list(tables.shifts)


@routes.form("/trade/till/<int:till_id>/shift", needs=USE)
def shift_new(till_id: int) -> Any:
    """Open a shift: the cash that lies in the till is counted."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    if open_shift(session, till) is not None:
        return redirect(url_for("trade.till_view", till_id=till.id))
    form, booked = OpeningForm(), booked_cash(session, current_actor(), till)
    difference: Decimal | None = None
    if till.difference_item_id is None or booked is None:
        form.leave_out("books_difference")
    if form.validate_on_submit():
        try:
            open_a_shift(
                session,
                current_actor(),
                till_id,
                counted=form.counted.data,
                books_difference="books_difference" in form and form.books_difference.data,
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            difference = None if booked is None else form.counted.data - booked
            if not difference or request.form.get("seen") == f"{difference}":
                return redirect(url_for("trade.till_view", till_id=till_id))
            session.rollback()  # as at closing: whoever counted looks at what they miss, and says so again
    query = select(Shift).where(Shift.till_id == till_id).order_by(Shift.closed_at.desc()).limit(1)
    return render_template(
        "trade/shift_new.html",
        form=form,
        till=session.get_one(Till, till_id),
        before=session.scalars(query).first(),
        booked=booked,
        difference=difference,
    )


@routes.form("/trade/till/<int:till_id>/cash", needs=CLOSE, help="shift")
def till_cash(till_id: int) -> Any:
    """Put cash into the till, or take it out."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    shift = open_shift(session, till)
    if shift is None:
        return redirect(url_for("trade.shift_new", till_id=till.id))
    form, currency = CashForm(), till.cash_account.currency
    accounts = [a for a in accounts_in_use(session) if a.currency == currency and a.id != till.cash_account_id]
    form.other.choices = [
        *((f"account-{a.id}", a.name) for a in accounts),
        *((f"item-{i.id}", item_word(i.name)) for i in expense_items(session) if not i.purpose),
    ]
    if form.validate_on_submit():
        what, _dash, number = form.other.data.partition("-")
        try:
            move_cash(
                session,
                current_actor(),
                till_id,
                shift_id=shift.id,
                direction=form.direction.data,
                amount=form.amount.data,
                account_id=int(number) if what == "account" else None,
                expense_item_id=int(number) if what == "item" else None,
                note=form.note.data or "",
                operation_id=operation_id(),
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            amount = f"{money(form.amount.data, currency)} {currency}"
            said = _("%(amount)s put into the till.") if form.direction.data == "in" else _("%(amount)s taken out.")
            flash(said % {"amount": amount}, "success")
            return redirect(url_for("trade.till_view", till_id=till_id))
    return render_template("trade/till_cash.html", form=form, till=till)


@routes.form("/trade/till/<int:till_id>/close", needs=CLOSE, help="shift")
def shift_close(till_id: int) -> Any:
    """Close the till's shift: the cash is counted, by notes and coins or as a sum."""
    session = current_session()
    till = till_to_use(session, current_actor(), till_id)
    shift = open_shift(session, till)
    if shift is None:
        return redirect(url_for("trade.shift_new", till_id=till.id))
    form, shift_id, currency = ClosingForm(), shift.id, till.cash_account.currency
    difference: Decimal | None = None
    if till.difference_item_id is None:
        form.leave_out("books_difference")
    if form.validate_on_submit():
        try:
            closed = close_shift(
                session,
                current_actor(),
                till_id,
                shift_id=shift_id,
                counted=form.counted.data,
                pieces=_pieces(currency),
                note=form.note.data or "",
                books_difference="books_difference" in form and form.books_difference.data,
            )
        except KontorError as error:
            show_refusal(form, error)
            shift = session.get(Shift, shift_id)
            if shift is None or shift.closed_at is not None:
                raise Conflict(error.message) from error
        else:
            difference = (closed.counted or Decimal(0)) - (closed.expected or Decimal(0))
            if not difference or request.form.get("seen") == f"{difference}":
                return redirect(url_for("trade.shift_view", shift_id=shift_id))
            session.rollback()  # whoever counted looks at what they miss, and says so again
            shift = session.get_one(Shift, shift_id)
    return render_template(
        "trade/shift_close.html",
        difference=difference,
        form=form,
        till=shift.till,
        shift=shift,
        expected=expected_now(session, shift),
        pieces=DENOMINATIONS.get(currency, ()),
        currency=currency,
    )


@routes.get("/trade/shifts/<int:shift_id>", needs=CLOSE)
def shift_view(shift_id: int) -> Any:
    """The report of a shift; `?as=pdf` and `?as=xlsx` give it as a file."""
    return _report(shift_id)


@routes.get("/trade/shifts/<int:shift_id>/report", needs=VIEW, help="shift")
def shift_report(shift_id: int) -> Any:
    """The same for whoever may see the shifts of all tills, and need not use one."""
    return _report(shift_id)


def _report(shift_id: int) -> Any:
    session = current_session()
    shift = shift_to_see(session, current_actor(), shift_id)
    rows = report.documents_of(session, shift)
    paper = report.shift_paper(session, shift, rows)
    title = _("Shift %(n)s, %(till)s", n=shift.id, till=shift.till.name)
    wanted = request.args.get("as")
    if wanted in ("pdf", "xlsx"):
        record(session, "core.list.export", subject="trade.shift", subject_id=shift.id, summary=wanted.upper())
        if wanted == "pdf":
            return send_pdf(paper_pdf(session, title, paper), title)
        return send_workbook(paper_workbook(title, paper), title)
    documents = [(report.title_of(row), row) for row in rows]
    return render_template("trade/shift.html", title=title, shift=shift, paper=paper, documents=documents)


def _till(till: Till | None) -> Any:
    session = current_session()
    said = None if till is None else {"users": [each.user_id for each in till.users]}
    form = (
        TillForm(obj=till, data=said) if till is not None else TillForm(data={"tax_included": True, "is_active": True})
    )
    asked = select(User.id, User.name).where(or_(User.is_active, User.id.in_(said["users"] if said else [])))
    form.users.choices = [(row.id, row.name) for row in session.execute(asked.order_by(User.name_order, User.id))]
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if name != "version"}
        values["tax_rate"] = values["tax_rate"] or Decimal(0)
        try:
            save_till(session, current_actor(), till, version=form.version.data if till else None, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(url_for("trade.till_list"))
    title = _("New till") if till is None else form.name.data or ""
    return render_template("form.html", form=form, title=title, back=url_for("trade.till_list"))


def _pieces(currency: str) -> dict[Decimal, int]:
    """How many of each note and coin were typed; what isn't a whole number counts as none of it, and the sum tells."""
    found = {}
    for piece in DENOMINATIONS.get(currency, ()):
        text = request.form.get(f"piece-{piece}", "").strip()
        if text:
            found[piece] = int(text) if text.isdecimal() and len(text) < 8 else -1
    return found

"""Banks' tables: uploaded for an account, their columns asked for once, imported."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField

from app.api.errors import KontorError
from app.api.imports import Columns, guessed
from app.api.texts import lazy_gettext as _l
from app.api.web import Form, SelectField, current_actor, current_session, show_refusal
from modules.contacts.bank_presets import WANTED, keep_table, remembered, table_of, table_rows
from modules.contacts.money.accounts import account_by_id, accounts_in_use
from modules.contacts.money.forms import titled
from modules.contacts.money.models import BANK
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.mapped import chosen_columns, columns_page
from modules.contacts.uploads import keep_upload, kept_upload

#: bytes of a table
LARGEST = 8 << 20


def _banks() -> list[tuple[str, str]]:
    return [(str(a.id), titled(a)) for a in accounts_in_use(current_session()) if a.kind == BANK and a.number]


class BankTableForm(Form):
    """Whose table it is."""

    account_id = SelectField(_l("Bank account"), coerce=int, choices=_banks)
    file = FileField(_l("The bank's table, as CSV or XLSX"))
    asks = BooleanField(_l("Ask again which column is what"))


@routes.form("/contacts/bank/tables/new", needs="contacts.bank.import", takes=LARGEST, help="bank")
def bank_table_new() -> Any:
    """Upload a table. One whose columns were confirmed before for this account is imported at once, unless they are to be asked
    for again."""
    session, form = current_session(), BankTableForm()
    if form.validate_on_submit():
        try:
            account = account_by_id(session, form.account_id.data)
            kept = keep_upload(form.file.data)
            rows = table_rows(kept_upload(kept))
            columns = remembered(session, account, rows)
            if columns is not None and not form.asks.data:
                return _imported(account, rows, columns, str(form.file.data.filename))
        except KontorError as error:
            session.rollback()
            show_refusal(form, error)
        else:
            name = str(form.file.data.filename)[:200]
            return redirect(url_for("contacts.bank_table_columns", account=account.id, kept=kept, file_name=name))
    back = url_for("contacts.bank_list")
    return render_template("contacts/bank_table_new.html", form=form, title=_("Import a bank's table"), back=back)


@routes.form("/contacts/bank/tables/columns", needs="contacts.bank.import", help="bank")
def bank_table_columns() -> Any:
    """Which column of the uploaded table is what: as remembered, or guessed. With columns chosen, what it comes to; sent, it is
    imported."""
    session = current_session()
    account = account_by_id(session, request.args.get("account", 0, type=int))
    rows = table_rows(kept_upload(request.args.get("kept", "")))
    is_chosen = "header" in request.args
    known = None if is_chosen else remembered(session, account, rows)
    columns = chosen_columns(request.args, WANTED) if is_chosen else known or guessed(rows, WANTED)
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in ("account", "kept", "file_name")}
    problem, found = None, None
    try:
        if request.method == "POST":
            return _imported(account, rows, columns, request.args.get("file_name", "")[:200])
        found = table_of(account, rows, columns)
    except KontorError as error:
        session.rollback()
        problem = error.message if is_chosen else None
    return render_template(
        "contacts/bank_columns.html",
        account=account,
        found=found,
        problem=problem,
        form=Form(),
        sent_to=url_for("contacts.bank_table_columns", **asked, **_address(columns)),
        asked=asked,
        **columns_page(rows, columns, WANTED),
    )


def _address(columns: Columns) -> dict[str, Any]:
    """The columns as they stand in an address (`chosen_columns`)."""
    days = "month" if columns.month_first else "day"
    return {**columns.columns, "header": columns.header, "decimal": columns.decimal, "days": days}


def _imported(account: Any, rows: Any, columns: Any, name: str) -> Any:
    kept = keep_table(current_session(), current_actor(), account, rows, columns, file=name)
    said = {"new": kept.entries, "known": len(kept.known)}
    flash(_("Imported: %(new)s new lines; %(known)s were there already.", **said), "success")
    return redirect(url_for("contacts.bank_list"))

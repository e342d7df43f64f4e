"""The reconciliation act: as a file, and beside what the contact sent."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.file import FileField

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError
from app.api.imports import AMOUNT, DAY, TEXT, Columns, Wanted, guessed, read, rows_of
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    Form,
    current_company,
    current_session,
    in_asked_language,
    named,
    send_pdf,
    send_workbook,
    show_refusal,
)
from modules.contacts.acts import act_of, act_pdf, act_workbook, explained
from modules.contacts.letters.enclosures import check_period, days_of
from modules.contacts.matching import Entry
from modules.contacts.models import Contact
from modules.contacts.parties import contact_by_id
from modules.contacts.routes.blueprint import routes
from modules.contacts.routes.mapped import chosen_columns, columns_page
from modules.contacts.uploads import keep_upload, kept_upload

#: bytes of what a contact sent
LARGEST = 8 << 20
_DOCUMENT = ("document", "документ", "операци", "chứng từ", "diễn giải", "description", "number", "номер", "số hiệu")
WANTED = (
    Wanted("day", _l("Date"), DAY, ("date", "дата", "ngày"), is_needed=True),
    Wanted("document", _l("Document"), TEXT, _DOCUMENT),
    Wanted("debit", _l("Debit"), AMOUNT, ("debit", "дебет", "nợ")),
    Wanted("credit", _l("Credit"), AMOUNT, ("credit", "кредит", "có")),
    Wanted("amount", _l("Amount"), AMOUNT, ("amount", "сумма", "số tiền")),
)


class ActForm(Form):
    """What a contact sent."""

    file = FileField(_l("Their statement, as XLSX or CSV"))


@routes.form("/contacts/<int:contact_id>/act", needs="contacts.statement.view", takes=LARGEST, help="act")
def act_view(contact_id: int) -> Any:
    """The act of a period and currency; `?as=pdf` and `?as=xlsx` give the file. What is uploaded is compared: a page shows its
    columns first."""
    session, form = current_session(), ActForm()
    contact = contact_by_id(session, contact_id)
    arguments, currency = _asked(contact)
    if form.is_submitted():
        try:
            kept = keep_upload(form.file.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            said = {"contact_id": contact_id, "kept": kept, "currency": currency, **arguments, **_contract()}
            return redirect(url_for("contacts.act_columns", **said))
    return _shown(contact, arguments, currency, (), form=form)


@routes.get("/contacts/<int:contact_id>/act/columns", needs="contacts.statement.view", help="act")
def act_columns(contact_id: int) -> Any:
    """Which column of what the contact sent is what: guessed, to be confirmed. With the columns chosen, the comparison."""
    contact = contact_by_id(current_session(), contact_id)
    arguments, currency = _asked(contact)
    rows = rows_of(kept_upload(request.args.get("kept", "")))
    if "header" in request.args:
        columns, problem = chosen_columns(request.args, WANTED), None
        try:
            theirs = _entries(rows, columns)
            return _shown(contact, arguments, currency, theirs, form=None)
        except KontorError as error:
            if request.args.get("as"):
                raise
            problem = str(error)
    else:
        columns, problem = guessed(rows, WANTED), None
    return render_template(
        "contacts/act_columns.html",
        contact=contact,
        **columns_page(rows, columns, WANTED),
        problem=problem,
        asked={**arguments, **_contract(), "currency": currency, "kept": request.args["kept"]},
    )


def _shown(contact: Contact, arguments: dict[str, Any], currency: str, theirs: Any, *, form: Any) -> Any:
    session = current_session()
    since, until = days_of(arguments)
    wanted = request.args.get("as")
    contract = request.args.get("contract", type=int)
    period = f"{since} – {until}, {currency}"
    if wanted in ("pdf", "xlsx"):
        _note(contact, "export", f"{wanted.upper()}, {period}")
        with in_asked_language():
            act = act_of(session, contact, since, until, currency, theirs, contract=contract)
            name = named(_("Reconciliation act"), contact.code, since, until)
            return (
                send_pdf(act_pdf(session, act), name)
                if wanted == "pdf"
                else send_workbook(act_workbook(session, act), name)
            )
    act = act_of(session, contact, since, until, currency, theirs, contract=contract)
    _note(contact, "view", period)
    return render_template(
        "contacts/act.html",
        act=act,
        contact=contact,
        form=form,
        explained=explained,
        asked={**request.args.to_dict(), **arguments, "currency": currency},
        statement={"contact_id": contact.id, **arguments, **_contract()},
    )


def _note(contact: Contact, verb: str, summary: str) -> None:
    action = f"contacts.statement.{verb}"
    record(current_session(), action, subject="contacts.contact", subject_id=contact.id, summary=summary)


def _contract() -> dict[str, int]:
    """The contract of the address, if it is of one alone."""
    contract = request.args.get("contract", type=int)
    return {} if contract is None else {"contract": contract}


def _asked(contact: Contact) -> tuple[dict[str, Any], str]:
    """The period of the address, this year's where it says none, and the currency."""
    today = wall_clock().date()
    unless_said = {"since": f"{today.year}-01-01", "until": today.isoformat()}
    given = {name: request.args.get(name) or day for name, day in unless_said.items()}
    return check_period(current_session(), contact, given), request.args.get("currency") or current_company().currency


def _entries(rows: Any, columns: Columns) -> list[Entry]:
    """Their lines as they sign them. Refused (Invalid): no amounts, nothing that can be read."""
    if not columns.columns.keys() & {"debit", "credit", "amount"}:
        raise Invalid(_("Choose the columns with the amounts: Debit and Credit, or Amount."))
    entries = []
    for _number, said in read(rows, columns, WANTED).rows:
        debit, credit, signed = (said.get(name) or Decimal(0) for name in ("debit", "credit", "amount"))
        amount = debit - credit + signed
        if amount:
            entries.append(Entry(said["day"], said.get("document") or "", amount))
    if not entries:
        raise Invalid(_("No row says a day and an amount in these columns."))
    return entries

"""Bank statements: which there are, and one screen on which their lines are confirmed, by keyboard."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.api.documents import documents_by_id
from app.api.errors import KontorError, NotFound
from app.api.web import current_actor, current_session, refusal_words, show_list, show_refusal
from modules.contacts.bank.recognising import REASONS, Proposal
from modules.contacts.bank_forms import BankLineForm, other_accounts
from modules.contacts.bank_lines import confirm_line, confirm_sure, set_aside, statement_by_id, undo_line
from modules.contacts.bank_models import BankLine, BankStatement
from modules.contacts.bank_proposals import Waiting, contacts_like, waiting_of
from modules.contacts.bank_tables import bank_statements, lines_of_statement
from modules.contacts.families import family_of
from modules.contacts.forms import MOST_PARTS, parts_form, parts_of, reduced_of
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.queries import movements_of
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import OpenDocuments, open_items_among
from modules.contacts.reductions import reductions_of
from modules.contacts.routes.blueprint import routes

#: So many confirmed lines are shown below those that wait.
_SHOWN = 50


@routes.get("/contacts/bank", needs="contacts.bank.view")
def bank_list() -> Any:
    """The statements that were imported."""
    return show_list(bank_statements, list_template="contacts/bank_list.html")


@routes.get("/contacts/bank/<int:statement_id>", needs="contacts.bank.view")
def bank_view(statement_id: int) -> Any:
    """A statement and its lines; above them the balances, the bank's and ours."""
    statement = statement_by_id(current_session(), statement_id)
    waiting = waiting_of(current_session(), statement)
    return show_list(
        lines_of_statement(statement.id),
        list_template="contacts/bank_statement.html",
        statement=statement,
        waiting=waiting,
        ours=_our_balance(statement, waiting.account),
    )


@routes.form("/contacts/bank/<int:statement_id>/confirm", needs="contacts.bank.post", help="bank")
def bank_confirm(statement_id: int) -> Any:
    """The line `?line=`, or the first that waits, with what is proposed: Enter posts it and shows the next."""
    session, actor = current_session(), current_actor()
    statement = statement_by_id(session, statement_id)
    waiting = waiting_of(session, statement)
    line = _current(waiting)
    if line is None:
        return render_template("contacts/bank_confirmed.html", statement=statement, done=_done(statement))
    proposal = waiting.proposals.get(line.id) or Proposal(contact_id=contacts_like(session, line.name))
    shows = request.form.get("then") == "show"
    contact_id = request.form.get("contact_id", type=int) if request.method == "POST" else proposal.contact_id
    documents = _documents(statement, line, contact_id, proposal)
    form: Any = parts_form(BankLineForm, documents, () if shows else request.form)()
    form.other_account_id.choices = other_accounts(waiting.account)
    ticked = list(proposal.reduced) if request.method == "GET" else reduced_of(request.form)
    if request.method == "GET":
        _offer(form, proposal, documents)
    if not shows and form.validate_on_submit():
        try:
            document = confirm_line(session, actor, line.id, **_said(form, ticked))
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=document.number), "success")
            return redirect(url_for("contacts.bank_confirm", statement_id=statement.id))
    return render_template(
        "contacts/bank_confirm.html",
        form=form,
        statement=statement,
        line=line,
        proposal=proposal,
        reasons=[REASONS[reason] for reason in proposal.reasons if reason],
        booked=_title_of_booked(proposal),
        documents=documents,
        is_cut=documents.is_cut,
        is_filled=bool(proposal.pays),
        offers=reductions_of(session, [d.document_id for d in documents], line.day),
        ticked=ticked,
        waiting=waiting,
        names=_names(waiting),
        done=_done(statement),
        reason_words=REASONS,
    )


@routes.post("/contacts/bank/<int:statement_id>/confirm-sure", needs="contacts.bank.post")
def bank_confirm_sure(statement_id: int) -> Any:
    """Confirm every line whose proposal is sure."""
    session = current_session()
    statement = statement_by_id(session, statement_id)
    try:
        count = confirm_sure(session, current_actor(), statement)
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    else:
        flash(ngettext("%(num)d line is confirmed.", "%(num)d lines are confirmed.", count), "success")
    return redirect(url_for("contacts.bank_confirm", statement_id=statement_id))


@routes.post("/contacts/bank/lines/<int:line_id>/undo", needs="contacts.bank.post")
def bank_undo(line_id: int) -> Any:
    """Reverse what was posted from a line, or take one that was set aside back."""
    session, actor = current_session(), current_actor()
    line = _line(line_id)
    statement_id = line.statement_id
    try:
        if line.is_aside:
            set_aside(session, actor, line_id, is_aside=False)
        else:
            undo_line(session, actor, line_id)
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("The line waits again."), "success")
    return redirect(url_for("contacts.bank_view", statement_id=statement_id))


@routes.post("/contacts/bank/lines/<int:line_id>/aside", needs="contacts.bank.post")
def bank_aside(line_id: int) -> Any:
    """Set a line aside, which needs no payment."""
    session = current_session()
    line = _line(line_id)
    statement_id = line.statement_id
    try:
        set_aside(session, current_actor(), line_id, is_aside=True)
    except KontorError as error:
        session.rollback()
        flash(refusal_words(error), "error")
    return redirect(url_for("contacts.bank_confirm", statement_id=statement_id))


def _line(line_id: int) -> BankLine:
    line = current_session().get(BankLine, line_id)
    if line is None:
        raise NotFound
    statement_by_id(current_session(), line.statement_id)
    return line


def _current(waiting: Waiting) -> BankLine | None:
    wanted = request.values.get("line", type=int)
    return next((line for line in waiting.lines if line.id == wanted), waiting.lines[0] if waiting.lines else None)


def _documents(statement: BankStatement, line: BankLine, contact_id: int | None, proposal: Proposal) -> OpenDocuments:
    """What the line could pay of a contact, of what is open the right way round: what is proposed, and the oldest."""
    if contact_id is None:
        return OpenDocuments()
    session, family = current_session(), family_of(current_session(), contact_id)
    of_contact = partial(open_items_among, session, family, statement.currency, sign=1 if line.amount > 0 else -1)
    found = of_contact(limit=MOST_PARTS)
    beyond = {document for document, _part in proposal.pays or ()} - {each.document_id for each in found}
    if beyond:
        found += of_contact(limit=len(beyond), documents=beyond)
    return found


def _offer(form: Any, proposal: Proposal, documents: OpenDocuments) -> None:
    form.contact_id.process_data(proposal.contact_id)
    for name in ("expense_item_id", "other_account_id", "booked_id"):
        form[name].data = "" if getattr(proposal, name) is None else str(getattr(proposal, name))
    known = {document.document_id for document in documents}
    for document_id, part in proposal.pays or ():
        if document_id in known:
            form[f"part_{document_id}"].data = part


def _said(form: Any, ticked: Sequence[int]) -> Mapping[str, Any]:
    """What was chosen. A document in the books already holds as long as nothing else was."""
    chosen = {name: _number(form[name].data) for name in ("contact_id", "expense_item_id", "other_account_id")}
    if not any(chosen.values()):
        return {"booked_id": _number(form.booked_id.data)}
    return {**chosen, "pays": parts_of(form) or None, "reduced": ticked, "remembers": form.remembers.data}


def _number(text: Any) -> int | None:
    return int(text) if text and str(text).isdecimal() and len(str(text)) < 19 else None


def _title_of_booked(proposal: Proposal) -> str:
    if proposal.booked_id is None:
        return ""
    found = documents_by_id(current_session(), {proposal.booked_id}).get(proposal.booked_id)
    return "" if found is None else f"{found.number} {found.summary}"


def _done(statement: BankStatement) -> list[BankLine]:
    """The lines of a statement that were confirmed or set aside, the last of them."""
    done = BankLine.payment_id.is_not(None) | BankLine.is_aside
    query = select(BankLine).where(BankLine.statement_id == statement.id, done)
    return list(current_session().scalars(query.order_by(BankLine.position.desc()).limit(_SHOWN)))


def _names(waiting: Waiting) -> dict[int, str]:
    """By line: the contact that is proposed for it."""
    proposed = {line: p.contact_id for line, p in waiting.proposals.items() if p.contact_id is not None}
    rows = parties_by_id(current_session(), set(proposed.values()))
    return {line: rows[contact_id].name for line, contact_id in proposed.items()}


def _our_balance(statement: BankStatement, account: MoneyAccount | None) -> Decimal | None:
    """What the account has in our books at the end of the statement's last day."""
    if account is None or not current_actor().may("contacts.account.view"):
        return None
    found = movements_of(current_session(), account, statement.until, statement.until, newest=1)
    closing: Decimal = found.closing["amount"]
    return closing

"""Confirming the lines of bank statements: each becomes a payment, a transfer, or is one that was recorded before."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import change_rows
from app.api.documents import Document, locked, reverse
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import shortened
from modules.contacts.bank.recognising import Proposal, signature
from modules.contacts.bank_models import BankLine, BankRule, BankStatement
from modules.contacts.bank_proposals import movement_of, own_account, waiting_of
from modules.contacts.money.models import MoneyAccount, Transfer
from modules.contacts.money.recording import record_transfer
from modules.contacts.operations import record_money


def statement_by_id(session: Session, statement_id: int) -> BankStatement:
    """A statement of this organisation; NotFound otherwise."""
    statement = session.get(BankStatement, statement_id)
    if statement is None or statement.organisation_id != organisation_id(session):
        raise NotFound
    return statement


def confirm_line(
    session: Session,
    actor: Actor,
    line_id: int,
    *,
    contact_id: int | None = None,
    expense_item_id: int | None = None,
    other_account_id: int | None = None,
    booked_id: int | None = None,
    pays: Sequence[tuple[int, Decimal]] | None = None,
    reduced: Collection[int] = (),
    remembers: bool = False,
) -> Document:
    """Post what a line is about, on its day, and keep which document it became: a payment of a contact (`pays` and `reduced`
    as in `record_payment`), one by an expense item, a transfer to or from another own account, or a document that is in the
    books already. `remembers` an expense item for lines like it.

    Refused: none or several of the four, a line that isn't waiting any more (Conflict), a statement whose account isn't among
    the own ones, a booked document of another amount; what the operations refuse, and then nothing is changed.
    """
    require(actor, "contacts.bank.post")
    line = _held(session, line_id)
    account = _own(session, line)
    chosen = [i for i in (contact_id, expense_item_id, other_account_id, booked_id) if i is not None]
    if len(chosen) != 1:
        raise Invalid(_l("Choose a contact, an expense item or an own account: one of them."), field="contact_id")
    if booked_id is not None:
        document = _booked(session, line, booked_id)
    elif other_account_id is not None:
        document = _transfer(session, actor, line, account, other_account_id)
    else:
        document = record_money(
            session,
            actor,
            account_id=account.id,
            direction="in" if line.amount > 0 else "out",
            amount=abs(line.amount),
            contact_id=contact_id,
            expense_item_id=expense_item_id,
            party=shortened(line.name, 200) if expense_item_id is not None else "",
            moment=_moment(line.day),
            note=line.purpose,
            pays=pays,
            reduced=reduced,
        )
        if expense_item_id is not None and remembers:
            _remember(session, line, expense_item_id)
    line.payment_id, line.is_matched = document.id, booked_id is not None
    session.flush()
    record(
        session, "contacts.bank.confirm", subject="core.document", subject_id=document.id, summary=document.number or ""
    )
    return document


def confirm_sure(session: Session, actor: Actor, statement: BankStatement) -> int:
    """Confirm every line whose proposal is sure, all or none; how many there were. Refused as `confirm_line`, with the line."""
    require(actor, "contacts.bank.post")
    waiting = waiting_of(session, statement)
    for line in waiting.sure:
        try:
            confirm_line(session, actor, line.id, **said_by(waiting.proposals[line.id]))
        except (Conflict, Invalid) as error:
            message = _l("%(day)s, %(name)s: %(why)s", day=line.day.isoformat(), name=line.name, why=error.message)
            raise Conflict(message) from error
    return len(waiting.sure)


def said_by(proposal: Proposal) -> dict[str, Any]:
    """A proposal as arguments of `confirm_line`."""
    names = ("contact_id", "expense_item_id", "other_account_id", "booked_id", "pays", "reduced")
    return {name: getattr(proposal, name) for name in names}


def set_aside(session: Session, actor: Actor, line_id: int, *, is_aside: bool) -> None:
    """Take a line that needs no payment out of those that wait, or put it back."""
    require(actor, "contacts.bank.post")
    line = session.get(BankLine, line_id)
    if line is None:
        raise NotFound
    if line.payment_id is not None:
        raise Conflict(_l("This line is posted already."))
    line.is_aside = is_aside
    session.flush()
    record(session, "contacts.bank.aside", subject="contacts.bank_line", subject_id=line.id, summary=str(is_aside))


def undo_line(session: Session, actor: Actor, line_id: int) -> None:
    """Let a line wait again: what was posted from it is reversed; what was in the books before stays there."""
    require(actor, "contacts.bank.post")
    line = session.get(BankLine, line_id)
    if line is None or line.payment_id is None:
        raise NotFound
    if line.is_matched:
        line.payment_id, line.is_matched = None, False
        session.flush()
        record(session, "contacts.bank.undo", subject="contacts.bank_line", subject_id=line.id)
        return
    reverse(session, actor, locked(session, Document, line.payment_id))


def forget_document(session: Session, document: Document) -> None:
    """Let the lines of a document that is reversed wait again."""
    change_rows(session, BankLine, BankLine.payment_id == document.id, payment_id=None, is_matched=False)


def _held(session: Session, line_id: int) -> BankLine:
    """The line, locked. Refused: one that is posted or set aside."""
    query = select(BankLine).where(BankLine.id == line_id).with_for_update(key_share=True)
    line = session.scalars(query.execution_options(populate_existing=True)).first()
    if line is None:
        raise NotFound
    if line.payment_id is not None or line.is_aside:
        raise Conflict(_l("This line doesn't wait any more: somebody has confirmed it or set it aside."))
    return line


def _own(session: Session, line: BankLine) -> MoneyAccount:
    statement = statement_by_id(session, line.statement_id)
    account = own_account(session, statement)
    if account is None:
        message = _l(
            "None of your bank accounts has the number %(number)s in %(currency)s. Add it under “Cash and bank” first.",
            number=statement.account,
            currency=statement.currency,
        )
        raise Conflict(message)
    return account


def _moment(day: date) -> datetime:
    """The end of the day, after the documents that it pays; of today the present."""
    return min(datetime.combine(day, time(23, 59)), max(wall_clock(), datetime.combine(day, time())))


def _booked(session: Session, line: BankLine, document_id: int) -> Document:
    """A document in the books already. Refused: one on another line of this account, or of another amount."""
    document = locked(session, Document, document_id)
    same = select(BankLine.id).join(BankStatement, BankStatement.id == BankLine.statement_id)
    own = select(BankStatement.bare).where(BankStatement.id == line.statement_id).scalar_subquery()
    same = same.where(BankLine.payment_id == document_id, BankStatement.bare == own)
    amounts = {document.amount, document.received} if isinstance(document, Transfer) else {document.amount}
    if document.state != "posted" or abs(line.amount) not in amounts or session.scalars(same).first() is not None:
        raise Conflict(
            _l("%(number)s isn't this line: it was reversed, or is another line's.", number=document.number or "")
        )
    return document


def _transfer(session: Session, actor: Actor, line: BankLine, account: MoneyAccount, other_id: int) -> Document:
    source, target = (account.id, other_id) if line.amount < 0 else (other_id, account.id)
    return record_transfer(
        session,
        actor,
        source_id=source,
        target_id=target,
        amount=abs(line.amount),
        moment=_moment(line.day),
        note=line.purpose,
    )


def _remember(session: Session, line: BankLine, expense_item_id: int) -> None:
    key, own = signature(movement_of(line)), organisation_id(session)
    rule = session.scalars(select(BankRule).where(BankRule.organisation_id == own, BankRule.signature == key)).first()
    if rule is None:
        session.add(BankRule(organisation_id=own, signature=key, expense_item_id=expense_item_id))
    else:
        rule.expense_item_id = expense_item_id
    session.flush()

"""What is known of the lines of a statement that wait to be confirmed, and what is proposed for each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.search import first_found
from app.api.texts import fold
from modules.contacts.bank.recognising import (
    NEAR,
    Booked,
    Facts,
    Movement,
    OpenDocument,
    Ordered,
    Proposal,
    propose_all,
)
from modules.contacts.bank.statement import bare
from modules.contacts.bank_models import BankLine, BankOrder, BankOrderLine, BankRule, BankStatement
from modules.contacts.models import BankAccount, Contact, Merge, OpenItem, Payment
from modules.contacts.money.accounts import accounts_in_use
from modules.contacts.money.models import BANK, MoneyAccount, OtherPayment, Transfer
from modules.contacts.queries import OPEN, is_open, of_item
from modules.contacts.reductions import reductions_of
from modules.contacts.search import ContactSearch

#: So many lines are looked at together.
MOST = 500


@dataclass(frozen=True)
class Waiting:
    """The lines of a statement that wait, and what is proposed for them."""

    #: the own account; None: none in use has the statement's number and currency
    account: MoneyAccount | None
    lines: Sequence[BankLine]
    proposals: dict[int, Proposal]

    @property
    def sure(self) -> list[BankLine]:
        """Those whose proposal may be confirmed unseen."""
        return [line for line in self.lines if line.id in self.proposals and self.proposals[line.id].is_sure]


def own_account(session: Session, statement: BankStatement) -> MoneyAccount | None:
    """The own account that a statement is of: by its number, or what stands behind the bank's own before a slash."""
    numbers = {statement.bare, bare(statement.account.rpartition("/")[2])}
    for account in accounts_in_use(session):
        if account.kind == BANK and account.currency == statement.currency and bare(account.number) in numbers:
            return account
    return None


def waiting_of(session: Session, statement: BankStatement) -> Waiting:
    """What waits of a statement, the first so many lines, as far as the actor sees what they could be about."""
    query = select(BankLine).where(
        BankLine.statement_id == statement.id, BankLine.payment_id.is_(None), BankLine.is_aside.is_(False)
    )
    lines = session.scalars(query.order_by(BankLine.position).limit(MOST)).all()
    account = own_account(session, statement)
    if account is None or not lines:
        return Waiting(account, lines, {})
    movements = [movement_of(line) for line in lines]
    return Waiting(account, lines, propose_all(movements, _facts(session, account, movements)))


def movement_of(line: BankLine) -> Movement:
    """A line as rules look at it."""
    return Movement(
        line.id,
        line.day,
        line.amount,
        line.name,
        fold(line.name),
        line.account,
        line.tax_id,
        line.purpose,
        line.reference,
    )


def contacts_like(session: Session, name: str) -> int | None:
    """The only contact that has all the words of a name."""
    found = first_found(session, ContactSearch, name, 2, select(Contact.id).where(Contact.is_active)) if name else []
    return found[0].id if len(found) == 1 else None


def _facts(session: Session, account: MoneyAccount, movements: Sequence[Movement]) -> Facts:
    by_account = _contacts(session, BankAccount.number, BankAccount.contact_id, (m.account for m in movements))
    by_tax_id = _contacts(session, Contact.tax_id, Contact.id, (m.tax_id for m in movements))
    by_name = _contacts(session, ContactSearch.name, ContactSearch.record_id, (m.folded for m in movements))
    found = {i for some in (by_account, by_tax_id, by_name) for ids in some.values() for i in ids}
    ordered = _ordered(session, account)
    return Facts(
        own_accounts={bare(a.number): a.id for a in accounts_in_use(session) if a.number and a.id != account.id},
        contacts_by_account={bare(number): ids for number, ids in by_account.items()},
        contacts_by_tax_id=by_tax_id,
        contacts_by_name=by_name,
        documents=_open(session, account.currency, found, movements, {one.document_id for one in ordered}),
        rules=_rules(session),
        booked=_booked(session, account, movements),
        ordered=ordered,
    )


def _contacts(session: Session, column: Any, whose: Any, texts: Iterable[str]) -> dict[str, list[int]]:
    wanted = {text for text in texts if text}
    found: dict[str, list[int]] = defaultdict(list)
    if wanted:
        query = select(column, whose).join(Contact, Contact.id == whose).where(column.in_(wanted), Contact.is_active)
        for text, contact_id in session.execute(query.order_by(Contact.id)):
            found[text].append(contact_id)
    return dict(found)


def _open(
    session: Session, currency: str, contacts: set[int], movements: Sequence[Movement], ordered: set[int]
) -> list[OpenDocument]:
    """What is open of the contacts, and of documents that the purposes name."""
    said = " ".join(f"{m.purpose} {m.reference}" for m in movements)
    words = {word.strip(".,;:()№#") for word in said.replace(",", " ").replace(";", " ").split()}
    numbers = {word for word in words if 2 < len(word) <= 40 and any(sign.isdigit() for sign in word)}
    head = func.coalesce(
        Merge.head_id, OpenItem.contact_id
    )  # what was posted with a merged contact is paid by its head
    named = head.in_(contacts) | Document.number.in_(numbers) | Document.number.in_({n.upper() for n in numbers})
    named |= Document.id.in_(ordered)
    query = (
        select(Document.id, head.label("contact_id"), Document.number, OPEN.c.amount)
        .select_from(OpenItem)
        .outerjoin(Merge, Merge.merged_id == OpenItem.contact_id)
        .join(Contact, Contact.id == head)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), OPEN.c.currency == currency, named, Contact.is_active)
        .order_by(func.coalesce(OpenItem.due, func.date(Document.moment)), Document.moment, OpenItem.id)
    )
    rows = session.execute(query).all()
    offers = reductions_of(session, {row.id for row in rows})
    found = []
    for row in rows:
        offer = offers.get(row.id)
        early = (offer.rest, offer.until) if offer is not None else (None, None)
        found.append(OpenDocument(row.id, row.contact_id, row.number or "", row.amount, *early))
    return found


def _ordered(session: Session, account: MoneyAccount) -> list[Ordered]:
    """What batches of the last months ask the bank to pay from an account."""
    since = wall_clock().date() - timedelta(days=60)
    query = select(BankOrderLine).join(BankOrder, BankOrder.id == BankOrderLine.order_id)
    query = query.where(BankOrder.account_id == account.id, BankOrder.day >= since).order_by(BankOrderLine.id)
    return [Ordered(o.reference, o.amount, o.contact_id, o.document_id) for o in session.scalars(query)]


def _rules(session: Session) -> dict[str, int]:
    query = select(BankRule.signature, BankRule.expense_item_id).where(
        BankRule.organisation_id == organisation_id(session)
    )
    return {row.signature: row.expense_item_id for row in session.execute(query)}


def _booked(session: Session, account: MoneyAccount, movements: Sequence[Movement]) -> list[Booked]:
    """What was recorded on the account in those days, by hand or from another statement, and is on none of its lines. By the
    indexes of those days and of a line's payment: what was booked before isn't read."""
    since = min(m.day for m in movements) - timedelta(days=NEAR)
    until = max(m.day for m in movements) + timedelta(days=NEAR + 1)
    found: list[Booked] = []
    kinds: tuple[Any, ...] = (Payment, OtherPayment)
    for model in kinds:
        query = select(model).where(
            _is_by(model.account_id, account), *_posted(model, since, until), ~_is_on_a_line(model, account)
        )
        found += [
            Booked(
                d.id, d.moment.date(), d.amount if d.direction == "in" else -d.amount, getattr(d, "contact_id", None)
            )
            for d in session.scalars(query)
        ]
    moved = select(Transfer).where(*_posted(Transfer, since, until), ~_is_on_a_line(Transfer, account))
    for transfer in session.scalars(
        moved.where(_is_by(Transfer.source_id, account) | _is_by(Transfer.target_id, account))
    ):
        amount: Decimal = -transfer.amount if transfer.source_id == account.id else transfer.received
        found.append(Booked(transfer.id, transfer.moment.date(), amount))
    return sorted(found, key=lambda one: one.id)


def _is_by(column: Any, account: MoneyAccount) -> ColumnElement[bool]:
    """In words that the index of accounts doesn't fit: by it a database would read all that was ever booked on this one."""
    return func.coalesce(column, 0) == account.id


def _is_on_a_line(model: Any, account: MoneyAccount) -> ColumnElement[bool]:
    """Of a statement of the account."""
    lines = select(BankLine.id).join(BankStatement, BankStatement.id == BankLine.statement_id)
    return lines.where(BankStatement.bare == bare(account.number), BankLine.payment_id == model.id).exists()


def _posted(model: Any, since: date, until: date) -> tuple[ColumnElement[bool], ...]:
    first, last = datetime.combine(since, time()), datetime.combine(until, time())
    kind = model.__mapper_args__["polymorphic_identity"]
    return model.kind == kind, model.state == "posted", model.moment >= first, model.moment < last

"""Paying suppliers in one batch: what is due is proposed, chosen, kept and written as a file for the bank.

Nothing is posted: the statement's lines, which name the orders' references, become the payments (docs/adr/0041).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import organisation, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.answers import ACCEPTED, WAITING
from modules.contacts.bank.orders import VERSIONS, Batch, Holder, Order, as_client_bank, as_pain, check_batch
from modules.contacts.bank_models import BankOrder, BankOrderLine
from modules.contacts.models import BankAccount, Contact, Merge, OpenItem
from modules.contacts.money.accounts import account_to_use
from modules.contacts.money.models import BANK, MoneyAccount
from modules.contacts.overdue import DUE
from modules.contacts.queries import OPEN, OpenDocument, is_open, of_item
from modules.contacts.reductions import Reduction, reductions_of

#: what a batch may be written as
FORMATS = {"1c": _l("1C client-bank text"), **{name: name for name in VERSIONS}}
#: So many documents are paid by one batch.
MOST = 500
#: Within this time a bank has answered; what is open still is proposed again.
ANSWERED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Payable:
    """A document that a batch may pay."""

    document: OpenDocument
    #: the contact's name
    name: str
    #: what is let off when it is paid early; None: nothing, or it isn't offered any more
    offer: Reduction | None = None

    def amount_on(self, day: date) -> Decimal:
        """What is paid of it on a day, above zero."""
        return self.offer.rest if self.offer is not None and day <= self.offer.until else abs(self.document.open)


def payable(session: Session, currency: str, until: date | None = None) -> list[Payable]:
    """What we owe in a currency by a day, the earliest due first, and what is let off until that day when it is paid early;
    without what was paid to us ahead, and without what a batch of the last days pays and the bank hasn't rejected: its
    statement has yet to come."""
    head = func.coalesce(Merge.head_id, OpenItem.contact_id)
    recent = wall_clock().date() - ANSWERED
    asked = select(BankOrderLine.document_id).join(BankOrder, BankOrder.id == BankOrderLine.order_id)
    asked = asked.where(BankOrder.day >= recent, BankOrderLine.state.in_((WAITING, ACCEPTED)))
    query = (
        select(
            *(Document.id, head.label("contact_id"), Document.number, Document.kind, Document.moment, OpenItem.due),
            *(Document.currency, OpenItem.amount, OPEN.c.amount.label("open"), Contact.name),
        )
        .select_from(OpenItem)
        .outerjoin(Merge, Merge.merged_id == OpenItem.contact_id)
        .join(Contact, Contact.id == head)
        .join(OPEN, of_item(session))
        .join(Document, Document.id == OpenItem.document_id)
        .where(is_open(), OPEN.c.amount < 0, OPEN.c.currency == currency, Document.id.not_in(asked), DUE.is_not(None))
    )
    found: dict[int, tuple[OpenDocument, str]] = {}
    rows = session.execute(query.order_by(DUE, Document.moment, OpenItem.id).limit(MOST)).all()
    offers = reductions_of(session, {row.id for row in rows}, wall_clock().date())
    for row in rows:
        offer = offers.get(row.id)
        day = row.due or row.moment.date()
        if until is not None and day > until and (offer is None or offer.until > until):
            continue
        part, known = OpenDocument(*row[:-1]), found.get(row.id)
        if known is not None:  # it is paid in parts: what is due of them together
            part = replace(known[0], amount=known[0].amount + part.amount, open=known[0].open + part.open)
        found[row.id] = part, row.name
    whole = {
        i: offer for i, offer in offers.items() if i in found and offer.rest + offer.amount == abs(found[i][0].open)
    }
    return [Payable(part, name, whole.get(i)) for i, (part, name) in found.items()]


def make_order(
    session: Session,
    actor: Actor,
    *,
    account_id: int,
    document_ids: Collection[int],
    day: date,
    until: date | None = None,
) -> BankOrder:
    """A batch that pays what is open of documents from an account on a day, less what is let off for paying early by then: of
    those that are paid in parts what is due `until` a day.

    Refused: an account that isn't a bank's, a document of which nothing is owed or that another batch pays (Conflict), a
    supplier without a bank account (Invalid), a day that has passed.
    """
    require(actor, "contacts.bank.order")
    account = account_to_use(session, account_id)
    if account.kind != BANK:
        raise Invalid(_l("Choose a bank account to pay from."), field="account_id")
    if day < wall_clock().date():
        raise Invalid(_l("The day has passed."), field="day")
    found = {each.document.document_id: each for each in payable(session, account.currency, until)}
    if missing := set(document_ids) - found.keys():
        first = session.get(Document, min(missing))
        number = first.number if first is not None else "–"
        raise Conflict(_l("Nothing is to be paid of %(number)s, or another batch pays it.", number=number))
    order = BankOrder(organisation_id=organisation_id(session), account_id=account.id, day=day)
    session.add(order)
    session.flush()
    chosen = [found[i] for i in found if i in set(document_ids)]
    accounts = _accounts(session, {each.document.contact_id for each in chosen}, account.currency)
    for position, each in enumerate(chosen, 1):
        document = each.document
        theirs = accounts.get(document.contact_id)
        order.lines.append(
            BankOrderLine(
                contact_id=document.contact_id,
                document_id=document.document_id,
                reference=f"{order.id}{position:04}",
                amount=each.amount_on(day),
                name=each.name,
                account=theirs.number if theirs else "",
                bank=theirs.bank if theirs else "",
                bic=theirs.bic if theirs else "",
                correspondent=theirs.correspondent if theirs else "",
                purpose=document.number,
            )
        )
    session.flush()
    check_batch(batch_of(session, order))
    record(
        session,
        "contacts.bank.order",
        subject="contacts.bank_order",
        subject_id=order.id,
        summary=f"{len(order.lines)}",
    )
    return order


def _accounts(session: Session, contacts: set[int], currency: str) -> dict[int, BankAccount]:
    """The account by which each contact is paid: one in the currency, else the main one."""
    query = select(BankAccount).where(BankAccount.contact_id.in_(contacts))
    found: dict[int, BankAccount] = {}
    for account in session.scalars(
        query.order_by(BankAccount.currency == currency, BankAccount.is_main, BankAccount.id)
    ):
        if account.currency in ("", currency):
            found[account.contact_id] = account
    return found


def order_by_id(session: Session, order_id: int) -> BankOrder:
    """A batch of this organisation; NotFound otherwise."""
    order = session.get(BankOrder, order_id)
    if order is None or order.organisation_id != organisation_id(session):
        raise NotFound
    return order


def batch_of(session: Session, order: BankOrder) -> Batch:
    """A batch as it is written."""
    account = session.get_one(MoneyAccount, order.account_id)
    own = organisation(session)
    payer = Holder(own.name, account.number, account.bank, account.bic, account.correspondent, own.tax_id)
    payees = select(Contact.id, Contact.tax_id).where(Contact.id.in_({line.contact_id for line in order.lines}))
    tax_ids = {row.id: row.tax_id for row in session.execute(payees)}
    orders = [
        Order(
            line.reference,
            line.amount,
            Holder(line.name, line.account, line.bank, line.bic, line.correspondent, tax_ids.get(line.contact_id, "")),
            line.purpose,
        )
        for line in order.lines
        if line.state in (WAITING, ACCEPTED)
    ]
    return Batch(message_of(order.id), order.made_at, order.day, payer, account.currency, orders)


def message_of(order_id: int) -> str:
    """By which the bank's answer names a batch."""
    return f"KONTOR-{order_id}"


def write_order(session: Session, actor: Actor, order: BankOrder, format: str) -> tuple[str, bytes]:
    """A batch as a file: its name and what is in it; recorded, as money leaves by it."""
    require(actor, "contacts.bank.order")
    batch = batch_of(session, order)
    content = as_client_bank(batch) if format == "1c" else as_pain(batch, format)
    record(session, "contacts.bank.export", subject="contacts.bank_order", subject_id=order.id, summary=format)
    return f"payments-{order.id}.{'txt' if format == '1c' else 'xml'}", content

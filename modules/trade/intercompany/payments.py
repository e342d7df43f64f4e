"""The other side of a payment between own organisations: what the one pays, the other receives, in its own books.

Another organisation's side may be there already, from its bank's file: then the two can be linked, and nothing is recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.documents import Document, locked
from app.api.errors import Conflict, Invalid
from app.api.reference import Organisation, books_of
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import (
    KIND_OF_METHOD,
    MoneyAccount,
    Payment,
    accounts_in_use,
    open_amounts,
    record_payment,
    settled_with,
)
from modules.trade.intercompany.models import OtherSide, OwnContact
from modules.trade.intercompany.operations import made_side, writing

_SIDES = PastPolicy("what another own organisation has received or paid is known to whoever records its side")
#: within so many days of each other two payments of one amount are the two sides of one
APART = 10
RECEIVED = {"in": "out", "out": "in"}


@dataclass(frozen=True, slots=True)
class PaymentSide:
    """The side that a payment lacks: whose it is, as which contact they know the one that paid or received, and the payment
    that they have already, if any."""

    organisation_id: int
    organisation: str
    contact_id: int
    #: in: they receive it; out: they paid it
    direction: str
    found_id: int | None = None
    found_number: str = ""


def payment_side_to_make(session: Session, payment: Payment) -> PaymentSide | None:
    """The other side of a posted payment that isn't made yet; None: it is made, or it isn't between own organisations that are
    known to each other."""
    if payment.state != "posted" or made_side(session, payment.id) is not None:
        return None
    own, organisation = OwnContact.__table__, Organisation.__table__
    payer = own.alias("payer")
    query = (
        select(organisation.c.id, organisation.c.name, payer.c.contact_id)
        .join_from(own, organisation, organisation.c.id == own.c.organisation_id)
        .join(payer, payer.c.organisation_id == payment.organisation_id)
        .where(own.c.contact_id == payment.contact_id, own.c.organisation_id != payment.organisation_id)
    )
    row = _SIDES(session).execute(query).first()
    if row is None:
        return None
    side = PaymentSide(row.id, row.name, row.contact_id, RECEIVED[payment.direction])
    found = _found(session, payment, side)
    return side if found is None else replace(side, found_id=found[0], found_number=found[1])


def accounts_for(session: Session, payment: Payment, side: PaymentSide) -> list[MoneyAccount]:
    """The accounts of the other organisation in the payment's currency, those that the payment goes by first, and of each kind
    the main one; none for whoever doesn't work in its books: then it
    goes by its main one, as `make_payment_side` says."""
    if not session.info["actor"].may_work_in(side.organisation_id):
        return []
    with books_of(session, side.organisation_id):
        accounts = [account for account in accounts_in_use(session) if account.currency == payment.currency]
    own = KIND_OF_METHOD[payment.method]
    return sorted(accounts, key=lambda account: (account.kind != own, not account.is_main))


def make_payment_side(
    session: Session, actor: Actor, payment_id: int, *, link_id: int | None = None, account_id: int | None = None
) -> int:
    """Record the other side of a payment between own organisations in the other's books, or link the one that they have, and
    give its id; one that is made already is given as it is. `link_id`: the one found by `payment_side_to_make`, to be linked;
    None: another one is recorded. `account_id`: the other organisation's; None: its main one in the payment's currency, of the
    kind that the payment goes by, or else, where it keeps none of that kind, of the other.

    It has the day and amount of the payment, and settles the other sides of what the payment settles, as far as these are
    open; the rest is an advance. Needs the right to record payments. Refused: a payment that isn't posted, or isn't between own
    organisations of which it is said as which contacts they trade, one to be linked that is reversed or taken meanwhile
    (Conflict), one in a currency in which the other organisation has no account though it keeps others (Invalid), what
    `record_payment` refuses; then nothing is done.
    """
    require(actor, "contacts.payment.post")
    if link_id is not None:
        _lock(session, payment_id, link_id)
    payment = locked(session, Payment, payment_id)
    if (made := made_side(session, payment.id)) is not None and made.document_id is not None:
        return made.document_id
    side = payment_side_to_make(session, payment)
    if side is None:
        raise Conflict(_l("This payment isn't between two of your own organisations that are known to each other."))
    if link_id is not None and link_id != side.found_id:
        raise Conflict(_l("The payment that was to be linked was reversed or taken meanwhile. Look again."))
    other_id = link_id or _record(session, actor, payment, side, account_id)
    session.add(OtherSide(document_id=payment.id, other_id=other_id))
    session.flush()
    if link_id is not None:
        number = payment.number or ""
        record(session, "trade.own_payment.link", subject="contacts.payment", subject_id=payment.id, summary=number)
    return other_id


def _lock(session: Session, *ids: int) -> None:
    """Lock both sides before they are looked at, in the order of their numbers, whichever one begins with."""
    of = Document.__table__
    both = select(of.c.id).where(of.c.id.in_(ids)).order_by(of.c.id)
    _SIDES(session).execute(both.with_for_update(key_share=True)).all()


def _record(session: Session, actor: Actor, payment: Payment, side: PaymentSide, account_id: int | None) -> int:
    parts = settled_with(session, payment.id)
    mirrors = _mirrors(session, parts.keys(), side)
    sign = 1 if side.direction == "in" else -1
    opens = open_amounts(session, mirrors.values())
    pays = [
        (mirrors[i], min(part, sign * opens.get(mirrors[i], Decimal(0)))) for i, part in parts.items() if i in mirrors
    ]
    with books_of(session, side.organisation_id) as there:
        writer = replace(there, user_id=actor.user_id, name=actor.name)
        with writing(session, writer) as acting:
            account_id = account_id or _account_instead(session, payment, side)
            return record_payment(
                session,
                acting,
                contact_id=side.contact_id,
                direction=side.direction,
                amount=payment.amount,
                currency=payment.currency,
                moment=payment.moment,
                method=None if account_id is not None else payment.method,
                account_id=account_id,
                note=f"{payment.title} {payment.number}",
                pays=sorted((document, part) for document, part in pays if part > 0),
            ).id


def _account_instead(session: Session, payment: Payment, side: PaymentSide) -> int | None:
    """By which account the other side goes where its organisation, in whose books this is asked, keeps none of the kind that
    the payment goes by: its main one of the currency. None: the usual one. Refused (Invalid): none in this currency."""
    accounts = accounts_in_use(session)
    main = {each.kind: each.id for each in accounts if each.is_main and each.currency == payment.currency}
    if not accounts or KIND_OF_METHOD[payment.method] in main:
        return None
    if not main:
        words = _l(
            "“%(organisation)s” has no account in %(currency)s. Whoever keeps its cash and bank accounts can add one under"
            " “Cash and bank”.",
            organisation=side.organisation,
            currency=payment.currency,
        )
        raise Invalid(words, field="account_id")
    return next(iter(main.values()))


def _mirrors(session: Session, documents: Collection[int], side: PaymentSide) -> dict[int, int]:
    """Document → the one that the other organisation has for it with the same contact as the payment."""
    pair, of = OtherSide.__table__.c, Document.__table__.c
    query = (
        select(pair.document_id, pair.other_id)
        .join_from(OtherSide.__table__, Document.__table__, of.id.in_((pair.document_id, pair.other_id)))
        .where(or_(pair.document_id.in_(documents), pair.other_id.in_(documents)))
        .where(of.organisation_id == side.organisation_id, of.state == "posted")
    )
    rows = _SIDES(session).execute(query).all()
    return {
        a: b
        for row in rows
        for a, b in ((row.document_id, row.other_id), (row.other_id, row.document_id))
        if a in documents
    }


def _found(session: Session, payment: Payment, side: PaymentSide) -> tuple[int, str] | None:
    """A payment that the other organisation has recorded by itself: the same amount, about the same day, no side of another;
    and not nearer by days to another payment that lacks its side, as of equal ones every week."""
    rows = _without_side(session, payment, side.organisation_id, side.contact_id, side.direction, APART)
    if not rows:
        return None
    own = _without_side(session, payment, payment.organisation_id, payment.contact_id, payment.direction, 2 * APART + 1)
    others = [row.moment for row in own if row.id != payment.id]
    fitting = [
        row for row in rows if all(_days(row.moment, other) >= _days(row.moment, payment.moment) for other in others)
    ]
    nearest = min(fitting, key=lambda row: (abs(row.moment - payment.moment), row.id), default=None)
    return None if nearest is None else (nearest.id, nearest.number or "")


def _days(one: datetime, other: datetime) -> int:
    return abs((one.date() - other.date()).days)


def _without_side(
    session: Session, payment: Payment, organisation_id: int, contact_id: int, direction: str, days: int
) -> Sequence[Any]:
    """Posted payments of an organisation with a contact that no side belongs to: of the payment's amount, within so many days
    of it."""
    of, paid, pair = Document.__table__.c, Payment.__table__.c, OtherSide.__table__.c
    query = (
        select(of.id, of.number, of.moment)
        .join_from(Document.__table__, Payment.__table__, paid.id == of.id)
        .outerjoin(OtherSide.__table__, or_(pair.document_id == of.id, pair.other_id == of.id))
        .where(pair.document_id.is_(None), of.state == "posted", of.organisation_id == organisation_id)
        .where(paid.contact_id == contact_id, paid.direction == direction)
        .where(of.amount == payment.amount, of.currency == payment.currency)
        .where(of.moment.between(payment.moment - timedelta(days=days), payment.moment + timedelta(days=days)))
    )
    return _SIDES(session).execute(query).all()

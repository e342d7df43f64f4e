"""Exchanging goods of a posted sale: a return and a sale in one transaction, settled with each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document, DocumentLink, SentBefore, locked, post, save, says
from app.api.errors import Conflict, Invalid
from app.api.security import Actor, PastPolicy, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import open_amount, settle_in_advance
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn, TradeDocument
from modules.trade.returning import return_of
from modules.trade.sent_again import refuse_another_act

_BOOKS = PastPolicy("what was exchanged hangs together whoever may see both")
_ZERO = Decimal(0)
_TRADE, _DOCUMENT, _LINK = (m.__table__.c for m in (TradeDocument, Document, DocumentLink))
#: what whoever exchanges has to hold
RIGHTS = ("trade.sale.edit", "trade.sale.post", "trade.sales_return.edit", "trade.sales_return.post")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What became of it: the return, the sale, and what is still to be paid; below zero: what is to be given back."""

    back: SalesReturn
    sale: Sale
    to_pay: Decimal


def exchange(
    session: Session,
    actor: Actor,
    sale_id: int,
    back: Mapping[int, Decimal],
    instead: Sequence[TradeLineDraft],
    *,
    operation_id: str | None = None,
) -> Exchanged:
    """Take so much of a sale's lines back, by their numbers, at the prices of the sale, and sell others to the same customer in
    the same currency. What is credited lessens the sale first, if that isn't paid, and then pays what goes instead. Sent
    twice, it is done once.

    Refused, with nothing written: a sale that isn't posted (Conflict), nothing back or nothing instead, more than is left of a
    line (Invalid), whatever posting either refuses, such as goods that aren't there; another act by the same name (SentBefore).
    """
    for right in RIGHTS:
        require(actor, right)
    sale = locked(session, Sale, sale_id)
    draft = _instead(sale, instead, operation_id)
    if operation_id is not None and (made := _made(session, operation_id)) is not None:
        refuse_another_act(made.back, sale_id, back)
        if not says(session, made.sale, draft):
            raise SentBefore(made.sale)
        return made
    if sale.state != "posted":
        raise Conflict(_l("Only a posted sale is exchanged."))
    whole = return_of(session, sale)
    left = {line.origin[1]: line for line in whole.lines if line.origin is not None}
    wanted = {number: quantity for number, quantity in sorted(back.items()) if quantity}
    for number, quantity in wanted.items():
        if number not in left or not 0 < quantity <= left[number].quantity:
            raise Invalid(_l("Line %(n)s: more than is left of it can't come back.", n=number), field="lines")
    if not wanted:
        raise Invalid(_l("Type how much of at least one line comes back."), field="lines")
    if not instead:
        raise Invalid(_l("Add what goes instead; without it, make a sales return."), field="lines")
    lines = [replace(left[number], quantity=quantity) for number, quantity in wanted.items()]
    returned = save(session, actor, SalesReturn, replace(whole, lines=lines, operation_id=operation_id))
    post(session, actor, [returned])
    made_sale = save(session, actor, Sale, draft)
    made_sale.exchange_id = returned.id
    post(session, actor, [made_sale])
    settle_in_advance(session, made_sale, [returned.id])
    return _exchanged(session, returned, made_sale)


def _instead(sale: Sale, lines: Sequence[TradeLineDraft], operation_id: str | None) -> TradeDraft:
    return TradeDraft(
        contact_id=sale.contact_id,
        lines=lines,
        place_id=sale.place_id,
        currency=sale.currency,
        tax_included=sale.tax_included,
        contract_id=sale.contract_id,
        note=f"{sale.title} {sale.number}",
        operation_id=operation_id and f"{operation_id}:sale",
    )


def refuse_while_exchanged(session: Session, document: Document) -> None:
    """Refuse (Conflict) to reverse a return while what went instead of it stands."""
    if not isinstance(document, SalesReturn):
        return
    query = select(_DOCUMENT.number).join_from(TradeDocument.__table__, Document.__table__, _DOCUMENT.id == _TRADE.id)
    query = query.where(_TRADE.exchange_id == document.id, _DOCUMENT.state.in_(STANDING))
    if (number := _BOOKS(session).scalar(query)) is not None:
        raise Conflict(_l("%(number)s went out in exchange for it. Reverse that first.", number=number))


def _made(session: Session, operation_id: str) -> Exchanged | None:
    returned = session.scalars(select(SalesReturn).where(SalesReturn.operation_id == operation_id)).first()
    sale = session.scalars(select(Sale).where(Sale.operation_id == f"{operation_id}:sale")).first()
    return None if returned is None or sale is None else _exchanged(session, returned, sale)


def _exchanged(session: Session, returned: SalesReturn, sale: Sale) -> Exchanged:
    to_pay = open_amount(session, sale.id) + open_amount(session, returned.id)
    return Exchanged(returned, sale, to_pay or _ZERO)

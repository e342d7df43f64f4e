"""The stages that quotes, orders and what is made of them go through, and what lies in each: how many, for how much.

What is under way is found by what is open, so that what was done long ago costs nothing. Where only dates bound a stage, it is
of the last year unless somebody says since when; what is paid, of this month.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Integer, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.clock import wall_clock
from app.api.documents import STANDING, Document, DocumentLink
from app.api.errors import Invalid
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import ExchangeRate, Money, digits_of, from_units
from modules.contacts.api import Contact, left_to_pay, sees_open_items, unpaid_documents
from modules.trade.figures.asked import chosen_number
from modules.trade.models import (
    GoodsReceipt,
    Invoice,
    Purchase,
    PurchaseOrder,
    Quote,
    Sale,
    SalesOrder,
    SupplierInvoice,
    TradeDocument,
    TradeLine,
)
from modules.trade.registers import IN, OUT, Orders
from modules.warehouse.api import in_own

#: what figures are by
RESPONSIBLE, MONTH = "responsible", "month"
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Stage:
    """`models`: what lies in it; `where`: which of them. `since`: from which day on where nobody says; None: all. `worth`: what
    of each counts, in its currency."""

    name: str
    title: object
    models: tuple[type[TradeDocument], ...]
    where: Callable[[Session, str], Any]
    since: Callable[[date], date] | None = None
    #: whether it tells what is owed
    is_of_debts: bool = False
    worth: Callable[[], Any] = lambda: TradeDocument.amount

    @property
    def kinds(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(str(model.__mapper_args__["polymorphic_identity"]) for model in self.models)

    def is_open(self, actor: Actor) -> bool:
        """Whether the actor may see all of it."""
        return all(actor.may(f"{kind}.view") for kind in self.kinds) and (
            not self.is_of_debts or sees_open_items(actor)
        )


@dataclass(frozen=True, slots=True)
class Lot:
    """What lies in a stage: how many documents, and what they come to in the organisation's currency."""

    count: int
    amount: Decimal


def _is_made_of() -> Any:
    """Whether something was made of a document: what isn't open to whoever asks counts, drafts and what is reversed don't."""
    taker = aliased(Document)
    undone = select(taker.id).where(taker.id == DocumentLink.document_id, taker.state.not_in(STANDING)).exists()
    made = select(DocumentLink.document_id).where(
        DocumentLink.origin_id == TradeDocument.id, DocumentLink.origin_line > 0
    )
    return made.where(~undone).exists()


def _left(session: Session, direction: str) -> Any:
    """Orders of which something is still to be delivered, with how much of it, by the index of what is awaited."""
    w = Orders.awaited.table.c
    units = func.sum(type_coerce(w.quantity, BigInteger))
    query = select(w.order_id, units.label("units")).where(
        Orders.is_awaited(organisation_id(session)), w.direction == direction, *in_own(session, w.place_id)
    )
    return query.group_by(w.order_id).subquery("left")


def _delivered(session: Session, direction: str, *, in_part: bool) -> Any:
    """Whether an order awaits less than was ordered, or all of it."""
    left = _left(session, direction)
    ordered = func.sum(type_coerce(TradeLine.quantity, BigInteger))
    query = select(left.c.order_id).join(TradeLine, TradeLine.document_id == left.c.order_id)
    query = query.group_by(left.c.order_id, left.c.units)
    return TradeDocument.id.in_(query.having(ordered > left.c.units if in_part else ordered <= left.c.units))


def _ordered(session: Session, direction: str) -> Any:
    return _delivered(session, direction, in_part=False)


def _in_part(session: Session, direction: str) -> Any:
    return _delivered(session, direction, in_part=True)


def _unmade(_session: Session, _direction: str) -> Any:
    return ~_is_made_of()


def _unpaid(session: Session, _direction: str) -> Any:
    return TradeDocument.id.in_(unpaid_documents(session))


def _left_to_pay() -> Any:
    return left_to_pay(TradeDocument)


def _paid(session: Session, _direction: str) -> Any:
    # Of contacts that are closed to whoever asks nobody knows what is open.
    return TradeDocument.id.not_in(unpaid_documents(session)) & TradeDocument.contact_id.in_(select(Contact.id))


def a_year(today: date) -> date:
    """Since when quotes and invoices in advance wait for something."""
    return (today - _YEAR).replace(day=1)


def _this_month(today: date) -> date:
    return today.replace(day=1)


STAGES: Mapping[str, tuple[Stage, ...]] = {
    OUT: (
        Stage("quote", _l("Quoted"), (Quote,), _unmade, a_year),
        Stage("ordered", _l("Ordered"), (SalesOrder,), _ordered),
        Stage("part", _l("Partly shipped"), (SalesOrder,), _in_part),
        Stage("invoiced", _l("Invoiced in advance"), (Invoice,), _unmade, a_year),
        Stage("unpaid", _l("Shipped, not paid"), (Sale,), _unpaid, None, is_of_debts=True, worth=_left_to_pay),
        Stage("paid", _l("Paid"), (Sale,), _paid, _this_month, is_of_debts=True),
    ),
    IN: (
        Stage("ordered", _l("Ordered"), (PurchaseOrder,), _ordered),
        Stage("part", _l("Partly received"), (PurchaseOrder,), _in_part),
        Stage(
            "received",
            _l("Received, not invoiced"),
            (GoodsReceipt,),
            _unmade,
            a_year,
        ),
        Stage(
            "unpaid",
            _l("Invoiced, not paid"),
            (Purchase, SupplierInvoice),
            _unpaid,
            None,
            is_of_debts=True,
            worth=_left_to_pay,
        ),
        Stage("paid", _l("Paid"), (Purchase, SupplierInvoice), _paid, _this_month, is_of_debts=True),
    ),
}


def stage_of(direction: str, name: str) -> Stage:
    """The stage of a direction. Refused (Invalid): one that there isn't."""
    found = next((stage for stage in STAGES.get(direction, ()) if stage.name == name), None)
    if found is None:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=name), field="stage")
    return found


def lying_in(session: Session, direction: str, stage: Stage, said: Mapping[str, Any]) -> list[Any]:
    """Criteria of the documents that lie in a stage, as far as `said` narrows it: since, until, responsible (0: nobody)."""
    model = TradeDocument
    since, until = said.get("since"), said.get("until")
    if since is None and stage.since is not None:
        since = stage.since(min(wall_clock().date(), until) if until is not None else wall_clock().date())
    found = [model.kind.in_(stage.kinds), model.state == "posted", stage.where(session, direction)]
    if since is not None:
        found.append(model.moment >= datetime.combine(since, time.min))
    if until is not None:
        found.append(model.moment <= datetime.combine(until, time.max))
    if (who := said.get("responsible")) is not None:
        number = chosen_number("responsible", who)
        found.append(model.responsible_id == number if number else model.responsible_id.is_(None))
    return found


def board(session: Session, direction: str, said: Mapping[str, Any], by: str = "") -> dict[Any, dict[str, Lot]]:
    """Key → stage → what lies in it, of the stages that are open to the session's actor; None is the key of all together. By
    whoever is responsible (0: nobody), or by month, as the number of its first day's month. One statement a stage."""
    actor, digits = session.info["actor"], digits_of(base_currency(session))
    found: dict[Any, dict[str, Lot]] = defaultdict(dict)
    for stage in STAGES[direction]:
        if not stage.is_open(actor):
            continue
        sums: dict[Any, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
        for row in _sums(session, direction, stage, said, by):
            rate = ExchangeRate.kept(row.rate_units, row.rate_scale, row.rate_is_inverse)
            amount = rate.in_base(from_units(int(row.units or 0), Money.scale), digits)
            for key in {None, row.key} if by else {None}:
                count, total = sums[key]
                sums[key] = count + row.documents, total + amount
        for key, (count, amount) in sums.items():
            found[key][stage.name] = Lot(count, amount)
    return found


def _sums(session: Session, direction: str, stage: Stage, said: Mapping[str, Any], by: str) -> Any:
    model = TradeDocument
    keys: dict[str, Any] = {RESPONSIBLE: func.coalesce(model.responsible_id, 0), MONTH: _month(model.moment)}
    rate = (model.rate_units, model.rate_scale, model.rate_is_inverse)
    each = (
        select(
            keys.get(by, cast(0, Integer)).label("key"), *rate, type_coerce(stage.worth(), BigInteger).label("units")
        )
        .where(*lying_in(session, direction, stage, said))
        .subquery("each")
    )
    c = each.c
    alike = (c.key, c[1], c[2], c[3])
    units = cast(func.sum(c.units), BigInteger)
    query = select(
        c.key,
        c[1].label("rate_units"),
        c[2].label("rate_scale"),
        c[3].label("rate_is_inverse"),
        func.count().label("documents"),
        units.label("units"),
    )
    return session.execute(query.group_by(*alike))


def _month(moment: Any) -> Any:
    year, month = (cast(func.extract(part, moment), Integer) for part in ("year", "month"))
    return year * 12 + month - 1

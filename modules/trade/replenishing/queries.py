"""What there is to buy, in one statement over what is planned and open, with what was used in the last days and bought within a
year."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, literal, or_, select, tuple_, type_coerce, union
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.ledger import standing
from app.api.reference import Unit, organisation_id
from app.api.security import PastPolicy, require
from app.api.texts import fold
from app.api.values import Quantity, from_units
from app.api.web import MOST_COUNTED
from modules.contacts.api import Contact
from modules.trade.models import PurchaseOrder, TradeDocument, TradeLine
from modules.trade.pipeline.stages import a_year
from modules.trade.registers import IN, OUT, Orders
from modules.trade.replenishing import VIEW
from modules.trade.replenishing.reasons import Reasons
from modules.trade.suppliers.models import ItemSupplier
from modules.warehouse.api import (
    GOODS,
    USED_DAYS,
    Forecast,
    Item,
    Place,
    ReorderRule,
    Stock,
    asked_of_sources,
    expected,
    in_group,
    in_own,
    in_transit_to,
    requested_of_others,
    used,
)

_BOOKS = PastPolicy("what is to be bought is what all orders and drafts together leave, whoever may see them")
#: so many proposals a page shows
MOST = 200
#: item and warehouse
Key = tuple[int, int]
_LINE, _TRADE, _DOCUMENT = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
_OPEN = Orders.awaited.table.c
_RULE, _ITEM, _PLACE, _UNIT, _AHEAD = (model.__table__.c for model in (ReorderRule, Item, Place, Unit, Forecast))
_CONTACT, _MAIN = Contact.__table__.c, ItemSupplier.__table__.c
_ZERO = literal(0, BigInteger)
#: what nobody has planned, the main supplier says
_LEAD_DAYS = func.coalesce(func.nullif(_RULE.lead_days, 0), _MAIN.lead_days, 0)
_LEAST = func.coalesce(
    func.nullif(type_coerce(_RULE.least, BigInteger), _ZERO), type_coerce(_MAIN.least_quantity, BigInteger)
)
_ORDER = str(PurchaseOrder.__mapper_args__["polymorphic_identity"])


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to be bought for a warehouse, and why."""

    item_id: int
    code: str
    name: str
    #: as it is kept, to be said in the user's language
    unit: str
    digits: int
    place_id: int
    place: str
    reasons: Reasons
    #: its main supplier, else whom it was last bought from, as far as they are open to the actor and still in use
    contact_id: int | None
    contact: str

    @property
    def key(self) -> Key:
        """Where it belongs."""
        return self.item_id, self.place_id

    @property
    def quantity(self) -> Decimal:
        """How much is proposed."""
        return self.reasons.quantity(digits=self.digits)

    @property
    def says(self) -> str:
        """Why, in the reader's words."""
        return self.reasons.words(digits=self.digits)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of it is asked for; None or empty: all."""

    place_id: int | None = None
    group_id: int | None = None
    contact_id: int | None = None
    text: str = ""
    keys: Collection[Key] | None = None


def proposals(session: Session, narrowed: Narrowed = Narrowed(), *, most: int | None = MOST) -> list[Proposal]:
    """What is to be bought, by supplier and code."""
    require(session.info["actor"], VIEW)
    if narrowed.contact_id is not None and session.get(Contact, narrowed.contact_id) is None:
        return []  # what a contact supplies is known to whoever may see them
    query = _narrow(_with_suppliers(session, *_wanted(session)), narrowed)
    query = query.order_by(_CONTACT.id.is_(None), _CONTACT.name_order, _ITEM.code_order, _PLACE.name_order, _PLACE.id)
    rows = _BOOKS(session).execute(query.limit(most)).all()
    names = _suppliers(session, {row.contact_id for row in rows if row.contact_id is not None})
    return [_proposal(row, names) for row in rows]


def count_proposals(session: Session) -> int:
    """How many there are, MOST_COUNTED at most."""
    rows = _wanted(session)[0].limit(MOST_COUNTED).subquery()
    return int(_BOOKS(session).execute(select(func.count()).select_from(rows)).scalar_one())


def suppliers_of(session: Session) -> list[tuple[str, object]]:
    """From whom something is to be bought, by name."""
    rows = _with_suppliers(session, *_wanted(session)).subquery()
    ids = _BOOKS(session).execute(select(rows.c.contact_id).distinct()).scalars()
    query = select(Contact.id, Contact.name).where(Contact.id.in_([i for i in ids if i is not None]))
    return [(str(row.id), row.name) for row in session.execute(query.order_by(Contact.name_order, Contact.id))]


def _wanted(session: Session) -> tuple[Select[Any], Any]:
    """The items and warehouses of which less will be there than should be, with the figures of `Reasons` in units; and the
    subquery of all that could be."""
    own = organisation_id(session)
    planned = select(_RULE.item_id, _RULE.place_id).where(_RULE.organisation_id == own)
    others = asked_of_sources(own).c
    awaited = select(_OPEN.item_id, _OPEN.place_id).where(Orders.is_awaited(own), _OPEN.direction == OUT)
    keys = union(planned, awaited, select(others.item_id, others.place_id)).subquery("keys")
    here = {"on_hand": _on_hand(session), "orders": _ordered(own), "drafts": _drafted(own), "used": used(session)}
    here |= {"asked": asked_of_sources(own), "requested": requested_of_others(own), "transit": in_transit_to(own)}
    c = {name: part.c for name, part in here.items()}
    today = wall_clock().date()
    comes = _LEAD_DAYS + today.toordinal()
    meanwhile, afterwards = (_counted(expected(_RULE.id, *days)) for days in _spans(today.toordinal(), comes))
    is_expected = _AHEAD.is_known.is_(True)
    minimum = func.coalesce(type_coerce(_RULE.minimum, BigInteger), _ZERO)
    figures = {
        "on_hand": func.coalesce(c["on_hand"].units, _ZERO),
        "owed": func.coalesce(c["orders"].owed, _ZERO),
        "asked": func.coalesce(c["asked"].units, _ZERO),
        "requested": func.coalesce(c["requested"].units, _ZERO),
        "in_transit": func.coalesce(c["transit"].units, _ZERO),
        "coming": func.coalesce(c["orders"].coming, _ZERO),
        "drafted": func.coalesce(c["drafts"].units, _ZERO),
        "used": case((is_expected, meanwhile), else_=_used_meanwhile(c["used"].units)),
    }
    available = figures["on_hand"] - figures["owed"] - figures["asked"] - figures["used"]
    available = available + figures["coming"] + figures["drafted"] + figures["requested"] + figures["in_transit"]
    query = (
        select(_ITEM.id.label("item_id"), _ITEM.code, _ITEM.name, _UNIT.name.label("unit"), _UNIT.digits)
        .add_columns(_PLACE.id.label("place_id"), _PLACE.name.label("place"), c["orders"].come_by, c["orders"].undated)
        .add_columns(_RULE.id.label("rule_id"), _RULE.minimum, _RULE.maximum, _RULE.multiple)
        .add_columns(_LEAD_DAYS.label("lead_days"), func.coalesce(_LEAST, _ZERO).label("least_units"))
        .add_columns(_RULE.review_days, _AHEAD.has_season, _AHEAD.growth, _AHEAD.without, _AHEAD.is_known)
        .add_columns(case((is_expected, afterwards), else_=_ZERO).label("afterwards_units"))
        .add_columns(*(units.label(f"{name}_units") for name, units in figures.items()))
        .join_from(keys, Item.__table__, _ITEM.id == keys.c.item_id)
        .join(Unit.__table__, _UNIT.id == _ITEM.unit_id)
        .join(Place.__table__, _PLACE.id == keys.c.place_id)
        .outerjoin(ReorderRule.__table__, and_(_at(_RULE, keys), _RULE.organisation_id == own))
        .outerjoin(Forecast.__table__, and_(_AHEAD.rule_id == _RULE.id, _RULE.from_demand))
        .outerjoin(ItemSupplier.__table__, and_(_MAIN.item_id == keys.c.item_id, _MAIN.is_main))
    )
    for part in here.values():
        query = query.outerjoin(part, _at(part.c, keys))
    # What is planned for a warehouse that is refilled from another is brought from there.
    is_bought = or_(_PLACE.refilled_from_id.is_(None), _RULE.id.is_(None))
    wanted = query.where(available < minimum, is_bought, _ITEM.kind == GOODS, _ITEM.is_active, _PLACE.is_active)
    return wanted.where(*in_own(session, _PLACE.id)), keys


def _with_suppliers(session: Session, query: Select[Any], keys: Any) -> Select[Any]:
    """The same with the main supplier of each, else whom it was last bought from, while they are in use."""
    own = organisation_id(session)
    bought = _bought(own)
    query = query.outerjoin(bought, bought.c.item_id == keys.c.item_id)
    last = func.coalesce(_last_order(own, keys), bought.c.document_id)
    query = query.outerjoin(TradeDocument.__table__, _TRADE.id == last)
    supplier = func.coalesce(_MAIN.contact_id, _TRADE.contact_id)
    query = query.outerjoin(Contact.__table__, and_(_CONTACT.id == supplier, _CONTACT.is_active))
    return query.add_columns(_CONTACT.id.label("contact_id"))


def _narrow(query: Select[Any], narrowed: Narrowed) -> Select[Any]:
    if narrowed.place_id is not None:
        query = query.where(_PLACE.id == narrowed.place_id)
    if narrowed.group_id is not None:
        query = query.where(_ITEM.id.in_(select(Item.id).where(in_group(narrowed.group_id))))
    if narrowed.contact_id is not None:
        query = query.where(_CONTACT.id == narrowed.contact_id)
    if narrowed.keys is not None:
        query = query.where(tuple_(_ITEM.id, _PLACE.id).in_(narrowed.keys))
    for word in fold(narrowed.text).split():
        query = query.where(_ITEM.folded.contains(word, autoescape=True))
    return query


def _at(c: Any, keys: Any) -> Any:
    return and_(c.item_id == keys.c.item_id, c.place_id == keys.c.place_id)


def _on_hand(session: Session) -> Any:
    """What lies in each warehouse and the bins in it at the present moment."""
    held = standing(session, Stock.on_hand, by=("item", "place"), name="held").c
    warehouse = func.coalesce(_PLACE.warehouse_id, _PLACE.id).label("place_id")
    units = cast(func.sum(type_coerce(held.quantity, BigInteger)), BigInteger).label("units")
    query = select(held.item_id, warehouse, units).join(Place.__table__, _PLACE.id == held.place_id)
    return query.group_by(held.item_id, warehouse).subquery("on_hand")


def _ordered(own: int) -> Any:
    """What orders still await: out, in, by when all of what comes in is there, and how much of that nobody has dated."""
    units = type_coerce(_OPEN.quantity, BigInteger)

    def of(condition: Any, value: Any) -> Any:
        return case((condition, value))

    comes = _OPEN.direction == IN
    query = (
        select(_OPEN.item_id, _OPEN.place_id)
        .add_columns(cast(func.sum(of(_OPEN.direction == OUT, units)), BigInteger).label("owed"))
        .add_columns(cast(func.sum(of(comes, units)), BigInteger).label("coming"))
        .add_columns(func.max(of(comes, _TRADE.delivery)).label("come_by"))
        .add_columns(func.count(of(and_(comes, _TRADE.delivery.is_(None)), 1)).label("undated"))
        .join_from(Orders.awaited.table, TradeDocument.__table__, _TRADE.id == _OPEN.order_id)
        .where(Orders.is_awaited(own), _OPEN.direction.in_((OUT, IN)))
    )
    return query.group_by(_OPEN.item_id, _OPEN.place_id).subquery("orders")


def _drafted(own: int) -> Any:
    """What stands in drafts of purchase orders for our warehouses: so nothing is proposed twice."""
    units = cast(func.sum(type_coerce(_LINE.quantity, BigInteger)), BigInteger).label("units")
    query = (
        select(_LINE.item_id, _TRADE.place_id, units)
        .join_from(Document.__table__, TradeDocument.__table__, _TRADE.id == _DOCUMENT.id)
        .join(TradeLine.__table__, _LINE.document_id == _TRADE.id)
        .where(
            _DOCUMENT.state == "draft", _DOCUMENT.kind == _ORDER, _DOCUMENT.organisation_id == own, _LINE.direct == 0
        )
    )
    return query.group_by(_LINE.item_id, _TRADE.place_id).subquery("drafts")


def _used_meanwhile(units: Any) -> Any:
    """What usually goes out within the lead time of what is planned, rounded half up."""
    days = case((_RULE.id.is_not(None), _LEAD_DAYS), else_=0)
    return case((units > 0, cast((units * days * 2 + USED_DAYS) // (2 * USED_DAYS), BigInteger)), else_=_ZERO)


def _spans(today: int, comes: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """The days until an order of today comes, and those for which it is bought."""
    return (today, comes), (comes, comes + _RULE.review_days)


def _counted(units: Any) -> Any:
    """Rounded up to how finely the item is counted."""
    step = case(
        *((_UNIT.digits == digits, 10 ** (Quantity.scale - digits)) for digits in range(Quantity.scale)), else_=1
    )
    return (units + step - 1) // step * step


def _last_order(own: int, keys: Any) -> Any:
    """The newest purchase order of an item for a warehouse: found by the end of its index, however many there were."""
    return (
        select(func.max(_OPEN.order_id))
        .where(_OPEN.organisation_id == own, _at(_OPEN, keys), _OPEN.direction == IN)
        .correlate(keys)
        .scalar_subquery()
    )


def _bought(own: int) -> Any:
    """The newest purchase of each item that was bought without an order, of the last year."""
    since = datetime.combine(a_year(wall_clock().date()), time.min)
    query = (
        select(_LINE.item_id, func.max(_DOCUMENT.id).label("document_id"))
        .join_from(Document.__table__, TradeLine.__table__, _LINE.document_id == _DOCUMENT.id)
        .where(_DOCUMENT.kind == "trade.purchase", _DOCUMENT.moment >= since, _DOCUMENT.state == "posted")
        .where(_DOCUMENT.organisation_id == own)
    )
    return query.group_by(_LINE.item_id).subquery("bought")


def _suppliers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What the contacts are called that are open to the actor."""
    query = select(Contact.id, Contact.name).where(Contact.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)} if ids else {}


def _proposal(row: Any, names: Mapping[int, str]) -> Proposal:
    def units(name: str) -> Decimal:
        return from_units(int(getattr(row, f"{name}_units")), Quantity.scale)

    is_planned = row.rule_id is not None
    expectation = _expectation(row, units("used"), units("afterwards")) if row.is_known else {}
    rule = {name: getattr(row, name) for name in ("minimum", "maximum", "multiple")}
    reasons = Reasons(
        on_hand=units("on_hand"),
        owed=units("owed"),
        asked=units("asked"),
        requested=units("requested"),
        in_transit=units("in_transit"),
        coming=units("coming"),
        drafted=units("drafted"),
        used=units("used"),
        come_by=row.come_by if not row.undated else None,
        lead_days=row.lead_days,
        is_planned=is_planned,
        least=units("least"),
        **((rule if is_planned else {}) | expectation),
    )
    item = (row.item_id, row.code, row.name, row.unit, row.digits)
    contact = row.contact_id if row.contact_id in names else None
    return Proposal(*item, row.place_id, row.place, reasons, contact, names.get(row.contact_id, ""))


def _expectation(row: Any, meanwhile: Decimal, afterwards: Decimal) -> dict[str, Any]:
    """What `Reasons` say of a forecast; it takes the place of the maximum."""
    days = row.lead_days + row.review_days
    monthly = (meanwhile + afterwards) * 30 / days
    return {
        "maximum": row.minimum + afterwards,
        "monthly": monthly.quantize(Decimal(1).scaleb(-row.digits), ROUND_HALF_UP),
        "until": wall_clock().date() + timedelta(days=days),
        "has_season": row.has_season,
        "growth": row.growth or 0,
        "without": row.without,
    }

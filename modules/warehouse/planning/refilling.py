"""What warehouses are to be refilled with from others, and the transfers or requests that are made of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, cast, func, literal, select, tuple_, type_coerce, union_all
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, save
from app.api.errors import Conflict, Invalid
from app.api.reference import Unit, organisation_id
from app.api.security import Actor, PastPolicy, require
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.warehouse.drafts import MovementDraft, MovementLineDraft
from modules.warehouse.items import hold_items, items_by_id
from modules.warehouse.models import NONE, TRANSIT, Item, Movement, MovementLine, Place, Transfer
from modules.warehouse.places import in_own
from modules.warehouse.planning import VIEW
from modules.warehouse.planning.models import ReorderRule
from modules.warehouse.planning.refills import Key, Need, Refill, refills
from modules.warehouse.planning.rules import Level
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions import REQUISITION
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition, RequisitionLine
from modules.warehouse.requisitions.registers import Requests
from modules.warehouse.requisitions.sending import TRANSFER
from modules.warehouse.transit.outcomes import units_left

_BOOKS = PastPolicy(
    "what falls short counts all that is under way; shown are the warehouses that are open to the actor"
)
#: so many are shown at once
MOST = 300
_RULE, _ITEM, _UNIT, _PLACE = ReorderRule.__table__.c, Item.__table__.c, Unit.__table__.c, Place.__table__.c
_SOURCE = Place.__table__.alias("refilling")
_LINE, _MOVE, _DOCUMENT, _LINK = (
    MovementLine.__table__.c,
    Movement.__table__.c,
    Document.__table__.c,
    DocumentLink.__table__.c,
)
_HEAD, _ASKED, _OPEN, _CLAIMS = (
    Requisition.__table__.c,
    RequisitionLine.__table__.c,
    Requests.open.table.c,
    Stock.claims.table.c,
)
_ZERO = literal(0, BigInteger)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for an item in a warehouse, with what they are called."""

    refill: Refill
    code: str
    name: str
    unit: str
    place: str
    source: str

    @property
    def key(self) -> Key:
        """Item and warehouse."""
        return self.refill.need.item_id, self.refill.need.place_id


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody has brought of a proposal."""

    item_id: int
    place_id: int
    source_id: int
    quantity: Decimal
    #: what was wanted when they decided; None: whatever is wanted by now
    seen: Decimal | None = None

    @property
    def key(self) -> Key:
        """Item and warehouse."""
        return self.item_id, self.place_id


def proposed(
    session: Session, place_id: int | None = None, *, keys: Collection[Key] | None = None, most: int | None = MOST
) -> list[Proposed]:
    """What falls below its minimum in the warehouses that are refilled from others and open to the session's actor, in one of
    them or at these keys: by warehouse and item, the first `most`. What the source has is known to whoever sees that."""
    rows = _BOOKS(session).execute(_short(session, place_id, keys).limit(most)).all()
    needs = [_need(row) for row in rows]
    known = _open_sources(session, {need.source_id for need in needs})
    free = _free(session, {(need.item_id, need.source_id) for need in needs if need.source_id in known})
    named = {(row.item_id, row.place_id): row for row in rows}
    found = []
    for refill in refills(needs, free, known):
        row = named[refill.need.item_id, refill.need.place_id]
        found.append(Proposed(refill, row.code, row.name, row.unit, row.place, row.source))
    return found


def bring(
    session: Session, actor: Actor, chosen: Sequence[Brought], *, requests: bool, operation_id: str | None = None
) -> list[Document]:
    """Make drafts of what somebody has chosen, one for each source and warehouse: of transfers, or of internal `requests`. Sent
    twice, they are made once. Of two who bring the same, one waits for the other.

    Refused, with nothing written: nothing at all, a quantity not above zero, a warehouse that isn't refilled from there
    (Invalid); something of which by now another quantity is wanted, as somebody has brought it meanwhile (Conflict); what
    transfers and requests refuse.
    """
    require(actor, VIEW)
    require(actor, f"{REQUISITION if requests else TRANSFER}.edit")
    groups: dict[tuple[int, int], list[Brought]] = defaultdict(list)
    for each in sorted(chosen, key=lambda each: (each.source_id, each.place_id, each.item_id)):
        if not each.quantity > 0:
            raise Invalid(_l("The quantity must be above zero."), field=f"quantity_{each.item_id}_{each.place_id}")
        groups[each.source_id, each.place_id].append(each)
    if not groups:
        raise Invalid(_l("Choose at least one item."))
    _refuse_other_sources(session, groups)
    hold_items(session, {each.item_id for each in chosen})
    if not (operation_id and _was_made(session, f"{operation_id}:0")):
        _refuse_other_than_seen(session, chosen)
    make = _request if requests else _transfer
    made = [
        make(session, actor, source, place, some, f"{operation_id}:{n}" if operation_id else None)
        for n, ((source, place), some) in enumerate(groups.items())
    ]
    session.flush()
    return made


def _transfer(
    session: Session, actor: Actor, source: int, place: int, some: Sequence[Brought], name: str | None
) -> Document:
    lines = [MovementLineDraft(each.item_id, each.quantity) for each in some]
    draft = MovementDraft(lines, source_id=source, target_id=place, note=str(_l("Refill")), operation_id=name)
    return save(session, actor, Transfer, draft)


def _request(
    session: Session, actor: Actor, source: int, place: int, some: Sequence[Brought], name: str | None
) -> Document:
    lines = [RequisitionLineDraft(each.item_id, each.quantity) for each in some]
    draft = RequisitionDraft(place, source, lines, note=str(_l("Refill")), operation_id=name)
    return save(session, actor, Requisition, draft)


def _refuse_other_sources(session: Session, pairs: Mapping[tuple[int, int], Any]) -> None:
    query = select(_PLACE.refilled_from_id, _PLACE.id).where(_PLACE.id.in_({place for _, place in pairs}))
    if pairs.keys() - {(row[0], row[1]) for row in _BOOKS(session).execute(query)}:
        raise Invalid(_l("The warehouse is refilled from another by now: look at the list again."))


def _was_made(session: Session, name: str) -> bool:
    return session.scalar(select(Document.id).where(Document.operation_id == name)) is not None


def _refuse_other_than_seen(session: Session, chosen: Sequence[Brought]) -> None:
    found = {each.key: each for each in proposed(session, keys=[each.key for each in chosen], most=None)}
    for each in chosen:
        now = found[each.key].refill.wanted if each.key in found else Decimal(0)
        if each.seen is not None and each.seen != now:
            words = _l(
                "%(code)s: something has changed meanwhile; somebody brought it, or goods moved. Nothing is made: look at the"
                " list again.",
                code=items_by_id(session, {each.item_id})[each.item_id].code,
            )
            raise Conflict(words)


def _open_sources(session: Session, sources: set[int]) -> frozenset[int]:
    return frozenset(session.scalars(select(Place.id).where(Place.id.in_(sources)))) if sources else frozenset()


def _free(session: Session, keys: set[Key]) -> dict[Key, Decimal]:
    """Item and warehouse → what is kept for nobody there."""
    if not keys:
        return {}
    query = select(_CLAIMS.item_id, _CLAIMS.warehouse_id, _CLAIMS.quantity).where(
        _CLAIMS.organisation_id == organisation_id(session),
        _CLAIMS.claim_id == NONE,
        _CLAIMS.item_id.in_({item for item, _ in keys}),
        _CLAIMS.warehouse_id.in_({place for _, place in keys}),
    )
    return {(row[0], row[1]): row[2] for row in _BOOKS(session).execute(query)}


_FIGURES = ("free", "coming", "requested", "drafted", "asked")


def _need(row: Any) -> Need:
    figures = {name: from_units(int(getattr(row, name)), Quantity.scale) for name in _FIGURES}
    level = Level(row.minimum, row.maximum, row.multiple, row.least)
    return Need(row.item_id, row.place_id, row.source_id, level, row.digits, **figures)


def _short(session: Session, place_id: int | None, keys: Collection[Key] | None) -> Any:
    """The rules of warehouses that are refilled from others, of which less will be there than should be, with the figures of
    `Need` in units."""
    own = organisation_id(session)
    parts = {
        "free": _free_there(own),
        "coming": in_transit_to(own),
        "requested": requested_of_others(own),
        "drafted": _drafted(own),
    }
    parts["asked"] = asked_of_sources(own)
    figures = {name: func.coalesce(part.c.units, _ZERO) for name, part in parts.items()}
    query = (
        select(_RULE.item_id, _RULE.place_id, _RULE.minimum, _RULE.maximum, _RULE.multiple, _RULE.least)
        .add_columns(_ITEM.code, _ITEM.name, _UNIT.name.label("unit"), _UNIT.digits, _PLACE.name.label("place"))
        .add_columns(_SOURCE.c.id.label("source_id"), _SOURCE.c.name.label("source"))
        .add_columns(*(units.label(name) for name, units in figures.items()))
        .join_from(ReorderRule.__table__, Place.__table__, _PLACE.id == _RULE.place_id)
        .join(_SOURCE, _SOURCE.c.id == _PLACE.refilled_from_id)
        .join(Item.__table__, _ITEM.id == _RULE.item_id)
        .join(Unit.__table__, _UNIT.id == _ITEM.unit_id)
    )
    for part in parts.values():
        query = query.outerjoin(part, and_(part.c.item_id == _RULE.item_id, part.c.place_id == _RULE.place_id))
    available = sum((units for name, units in figures.items() if name != "asked"), _ZERO) - figures["asked"]
    query = query.where(_RULE.organisation_id == own, available < type_coerce(_RULE.minimum, BigInteger))
    query = query.where(_ITEM.is_active, _PLACE.is_active, _SOURCE.c.is_active, *in_own(session, _PLACE.id))
    if place_id is not None:
        query = query.where(_PLACE.id == place_id)
    if keys is not None:
        query = query.where(tuple_(_ITEM.id, _PLACE.id).in_(keys))
    return query.order_by(_PLACE.name_order, _PLACE.id, _ITEM.code_order, _ITEM.id)


def _units(column: Any) -> Any:
    return cast(func.sum(type_coerce(column, BigInteger)), BigInteger).label("units")


def _free_there(own: int) -> Any:
    query = select(
        _CLAIMS.item_id,
        _CLAIMS.warehouse_id.label("place_id"),
        type_coerce(_CLAIMS.quantity, BigInteger).label("units"),
    )
    return query.where(_CLAIMS.organisation_id == own, _CLAIMS.claim_id == NONE).subquery("free_there")


def in_transit_to(own: int) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse, and the `units` that transfers in two steps have sent to it and nobody
    has received; only items are asked about of which any is in transit now."""
    held = Stock.on_hand.table.c
    now = select(held.item_id).where(held.organisation_id == own, held.place_id == TRANSIT, held.quantity > 0)
    sent = (
        select(_LINE.document_id, _LINE.line, _LINE.item_id, _MOVE.target_id)
        .add_columns(type_coerce(_LINE.quantity, BigInteger).label("units"))
        .join_from(MovementLine.__table__, Movement.__table__, _MOVE.id == _LINE.document_id)
        .join(Document.__table__, _DOCUMENT.id == _LINE.document_id)
        .where(_DOCUMENT.organisation_id == own, _DOCUMENT.kind == TRANSFER, _DOCUMENT.state == "posted")
        .where(_MOVE.in_two_steps, _LINE.item_id.in_(now))
        .subquery("sent_there")
        .c
    )
    left = select(sent.item_id, sent.target_id, units_left(sent).label("units")).subquery().c
    query = select(
        left.item_id, left.target_id.label("place_id"), cast(func.sum(left.units), BigInteger).label("units")
    )
    return query.where(left.units > 0).group_by(left.item_id, left.target_id).subquery("in_transit")


def requested_of_others(own: int) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse, and the `units` that it has asked of others and nobody has sent."""
    return _open_requests(own, _HEAD.place_id).subquery("requested")


def asked_of_sources(own: int) -> Any:
    """A subquery: `item_id`, `place_id` of a warehouse, and the `units` that others have asked of it by internal requests and
    nobody has sent."""
    return _open_requests(own, _HEAD.source_id).subquery("asked")


def _open_requests(own: int, place: Any) -> Any:
    query = (
        select(_OPEN.item_id, place.label("place_id"), _units(_OPEN.quantity))
        .join_from(Requests.open.table, Requisition.__table__, _HEAD.id == _OPEN.requisition_id)
        .join(Document.__table__, _DOCUMENT.id == _HEAD.id)
        .where(Requests.is_open(own), _DOCUMENT.state == "posted")
    )
    return query.group_by(_OPEN.item_id, place)


def _drafted(own: int) -> Any:
    """What stands in drafts of transfers and requests: so nothing is proposed twice. What a draft sends of a request is
    requested already."""
    of_request = select(1).where(_LINK.document_id == _LINE.document_id, _LINK.line == _LINE.line).exists()
    units = type_coerce(_LINE.quantity, BigInteger)
    is_draft = (_DOCUMENT.state == "draft", _DOCUMENT.organisation_id == own)
    sends = (
        select(_LINE.item_id, _MOVE.target_id.label("place_id"), units.label("units"))
        .join_from(Document.__table__, Movement.__table__, _MOVE.id == _DOCUMENT.id)
        .join(MovementLine.__table__, _LINE.document_id == _MOVE.id)
        .where(*is_draft, _DOCUMENT.kind == TRANSFER, ~of_request)
    )
    asks = (
        select(_ASKED.item_id, _HEAD.place_id, type_coerce(_ASKED.quantity, BigInteger).label("units"))
        .join_from(Document.__table__, Requisition.__table__, _HEAD.id == _DOCUMENT.id)
        .join(RequisitionLine.__table__, _ASKED.document_id == _HEAD.id)
        .where(*is_draft)
    )
    each = union_all(sends, asks).subquery().c
    query = select(each.item_id, each.place_id, cast(func.sum(each.units), BigInteger).label("units"))
    return query.group_by(each.item_id, each.place_id).subquery("drafted")

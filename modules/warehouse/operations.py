"""Writing items, warehouses and movements of goods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, inspect, or_, select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Base,
    Conflict,
    Invalid,
    Money,
    NotFound,
    Organisation,
    Posting,
    Price,
    Quantity,
    SentBefore,
    Unit,
    base_currency,
    digits_of,
    fold,
    forget,
    forget_all,
    line_amount,
    locked,
    organisation_id,
    record,
    require,
    wall_clock,
    written_before,
)
from modules.warehouse import stock
from modules.warehouse.costing import AVERAGE, FIFO
from modules.warehouse.items import items_by_id
from modules.warehouse.models import (
    FIRST_WAREHOUSE,
    GOODS,
    NONE,
    OUTSIDE,
    POOLS,
    SERVICE,
    Claim,
    CostPolicy,
    Issue,
    Item,
    ItemGroup,
    Lot,
    Movement,
    MovementLine,
    Opening,
    Place,
    Receipt,
    Transfer,
    WriteOff,
)
from modules.warehouse.places import places_by_id, pool_of
from modules.warehouse.registers import Stock

KINDS: dict[str, type[Movement]] = {
    "receipt": Receipt,
    "issue": Issue,
    "transfer": Transfer,
    "write_off": WriteOff,
    "opening": Opening,
}
Kind = TypeVar("Kind", bound=Movement)

#: So many of anything are no quantity, but a barcode.
TOO_MANY = Decimal(10**9)


@dataclass(slots=True)
class MovementLineDraft:
    """A line as the user typed it; `price` of one base unit where the document is priced."""

    item_id: int
    quantity: Decimal
    price: Decimal | None = None


@dataclass(slots=True)
class MovementDraft:
    """A movement as the user typed it. Of the places, those that the kind fixes are left out."""

    lines: Sequence[MovementLineDraft]
    source_id: int | None = None
    target_id: int | None = None
    moment: datetime | None = None
    note: str = ""
    number: str | None = None
    operation_id: str | None = None
    responsible_id: int | None = field(default=None)


def seed(session: Session) -> None:
    """The places outside, a first warehouse, and the rows that mean "none": made once, when the module is first on."""
    session.add_all(Place(id=number, code=code, name=code.capitalize()) for number, code in OUTSIDE.items())
    session.add(Place(id=FIRST_WAREHOUSE, code="main", name="Main warehouse"))
    session.add_all((Lot(id=NONE, code=""), Claim(id=NONE)))
    session.flush()


def create_item(
    session: Session, actor: Actor, *, code: str, name: str, kind: str = GOODS, unit: str = "C62", **fields: Any
) -> Item:
    """A new item; `unit` is a UN/ECE Rec 20 code, unless `unit_id` says which.

    Refused: no code or name, a code or barcode that is taken, a unit that does not exist, a price that can't be.
    """
    require(actor, "warehouse.item.edit")
    if "unit_id" not in fields:
        fields["unit_id"] = session.scalars(select(Unit.id).where(Unit.code == unit)).first()
        if fields["unit_id"] is None:
            raise Invalid(_l("There is no unit “%(code)s”.", code=unit), field="unit")
    item = Item()
    _fill_item(session, item, code=code, name=name, kind=kind, **fields)
    session.add(item)
    session.flush()
    record(session, "warehouse.item.create", subject="warehouse.item", subject_id=item.id, summary=item.code)
    return item


def change_item(session: Session, actor: Actor, item: Item, **fields: Any) -> None:
    """Change what is given. Refused: another kind, once anything refers to the item; a group that costs otherwise, once the
    item has moved; a code or barcode that is taken."""
    require(actor, "warehouse.item.edit")
    if "group_id" in fields and fields["group_id"] != item.group_id:
        _refuse_other_costing(session, item, fields["group_id"])
    if fields.get("kind", item.kind) != item.kind and _is_referred_to(session, item):
        raise Conflict(_l("“%(name)s” is used in documents; its kind can't change any more.", name=item.name))
    _fill_item(session, item, **fields)
    session.flush()
    forget(session, "warehouse.item", item.id)
    record(session, "warehouse.item.change", subject="warehouse.item", subject_id=item.id, summary=item.code)


def create_group(session: Session, actor: Actor, *, name: str, parent_id: int | None = None) -> ItemGroup:
    """A new folder of the item tree."""
    require(actor, "warehouse.item.edit")
    if not name.strip():
        raise Invalid(_l("A group needs a name."), field="name")
    group = ItemGroup(name=name.strip(), parent_id=parent_id)
    session.add(group)
    session.flush()
    record(session, "warehouse.group.create", subject="warehouse.item_group", subject_id=group.id, summary=group.name)
    return group


def set_costing(session: Session, actor: Actor, group: ItemGroup, costing: str) -> None:
    """Let the goods of a group cost by `average` or `fifo` (IAS 2.25). Refused once any of them has moved."""
    require(actor, "warehouse.costing.set")
    if costing not in (AVERAGE, FIFO):
        raise Invalid(_l("Goods cost by average or by first in, first out."), field="costing")
    if costing == group.costing:
        return
    _wait_for_postings(session)
    e = Stock.entries.c
    if session.connection().scalar(
        select(exists().where(e.item_id.in_(select(Item.__table__.c.id).where(Item.__table__.c.group_id == group.id))))
    ):
        raise Conflict(
            _l("Goods of “%(name)s” have moved already; how they cost can't change any more.", name=group.name)
        )
    group.costing = costing
    session.flush()
    forget_all(session, "warehouse.item")
    record(session, "warehouse.costing.set", subject="warehouse.item_group", subject_id=group.id, summary=costing)


def set_pool(session: Session, actor: Actor, pool: str) -> None:
    """Let goods share one cost in each `warehouse`, or in the whole `company`. Refused once any goods have moved."""
    require(actor, "warehouse.costing.set")
    if pool not in POOLS:
        raise Invalid(_l("Costs are shared by a warehouse or by the company."), field="pool")
    if pool == pool_of(session):
        return
    own = organisation_id(session)
    _wait_for_postings(session)
    if session.connection().scalar(select(exists().where(Stock.entries.c.organisation_id == own))):
        raise Conflict(_l("Goods have moved already; what shares one cost can't change any more."))
    session.merge(CostPolicy(organisation_id=own, pool=pool))
    session.flush()
    forget_all(session, "warehouse.place")
    record(session, "warehouse.costing.set", subject="warehouse.cost_policy", subject_id=own, summary=pool)


def _wait_for_postings(session: Session) -> None:
    """Be alone: postings under way hold their organisation, and those that come later see what is decided now."""
    session.scalars(select(Organisation.id).where(Organisation.id == organisation_id(session)).with_for_update()).one()


def create_place(session: Session, actor: Actor, *, code: str, name: str) -> Place:
    """A new warehouse. Refused: a code that is taken."""
    require(actor, "warehouse.place.edit")
    code, name = code.strip(), name.strip()
    if not code or not name:
        raise Invalid(_l("A warehouse needs a code and a name."), field="name")
    if session.scalars(select(Place.id).where(Place.code == code)).first():
        raise Conflict(_l("The code “%(code)s” is taken.", code=code))
    newest = session.scalars(select(func.max(Place.id))).one()
    place = Place(id=max(newest + 1, FIRST_WAREHOUSE), code=code, name=name)
    session.add(place)
    session.flush()
    record(session, "warehouse.place.create", subject="warehouse.place", subject_id=place.id, summary=place.code)
    return place


def save_movement(
    session: Session, actor: Actor, kind: type[Kind], draft: MovementDraft, *, document: Kind | None = None
) -> Kind:
    """Write a draft, new or instead of what `document` was. Nothing moves before it is posted.

    Refused: no lines, quantities not above nought, services, a place missing or given twice, a price below nought. The
    same `operation_id` again changes the draft that it made; once that is posted, the same content gives it, and other
    content is refused (SentBefore).
    """
    noun = kind.__mapper_args__["polymorphic_identity"]
    require(actor, f"{noun}.edit")
    document = written_before(session, kind, document, draft.operation_id)
    if document is None:
        document = kind(
            organisation_id=organisation_id(session),
            currency=base_currency(session),
            operation_id=draft.operation_id,
            number=draft.number,
            responsible_id=draft.responsible_id or actor.user_id,
        )
    elif document.state != "draft":
        if not _says(document, draft, with_prices=kind.is_priced and actor.sees("warehouse.cost")):
            raise SentBefore(document)
        return document
    document.source_id, document.target_id = _places(session, kind, draft)
    document.moment, document.is_dated = draft.moment or wall_clock(), draft.moment is not None
    document.note = draft.note
    document.summary = draft.note[:200]
    digits = digits_of(document.currency)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    lines, value = [], Decimal(0)
    for number, line in enumerate(draft.lines, 1):
        _check_line(goods[line.item_id], number, line)
        price = (line.price or Decimal(0)) if kind.is_priced else None
        amount = line_amount(line.quantity, price, digits=digits) if price is not None else None
        value += amount or 0
        check_sum(number, value)
        lines.append(
            MovementLine(line=number, item_id=line.item_id, quantity=line.quantity, price=price, amount=amount)
        )
    if not lines:
        raise Invalid(_l("Add at least one line."), field="lines")
    if document.id is not None:
        document.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    document.lines = lines
    document.value = value
    session.add(document)
    return document


def post_movements(session: Session, actor: Actor, documents: Sequence[Movement], *, audited: bool = True) -> None:
    """Post drafts: their goods move, all or none. Refused: NotEnoughStock, PeriodClosed, not a draft."""
    stock.post(session, actor, documents, _move, audited=audited)


def reverse_movement(session: Session, actor: Actor, kind: type[Kind], document_id: int) -> Kind:
    """Reverse a posted movement."""
    document = locked(session, kind, document_id)
    stock.reverse(session, actor, document)
    return document


def warehouse_id(session: Session, place_id: int) -> int:
    """`place_id`, when it is a warehouse of ours; otherwise NotFound. A session asks for each once."""
    try:
        where = places_by_id(session, {place_id})[place_id]
    except NotFound:
        where = None
    if where is None or where.warehouse != place_id:
        raise NotFound(_l("Choose a warehouse of your own."))
    return place_id


def _says(document: Movement, draft: MovementDraft, *, with_prices: bool) -> bool:
    """Whether the document says what the draft does; what the draft leaves to the program does not count."""

    def told(lines: Iterable[Any]) -> list[tuple[Any, ...]]:
        return [(x.item_id, x.quantity, (x.price or 0) if with_prices else None) for x in lines]

    said = replace(
        draft,
        source_id=draft.source_id and document.source_id,
        target_id=draft.target_id and document.target_id,
        moment=draft.moment and document.moment,
        note=document.note,
    )
    return said == draft and told(document.lines) == told(draft.lines)


def _move(posting: Posting, documents: Sequence[Movement]) -> None:
    stock.move(
        posting,
        [
            stock.Move(
                d,
                line.line,
                line.item_id,
                d.source_id,
                d.target_id,
                line.quantity,
                line.amount if d.is_priced else None,
            )
            for d in documents
            for line in d.lines
        ],
    )


def _places(session: Session, kind: type[Movement], draft: MovementDraft) -> tuple[int, int]:
    source, target = kind.source_fixed or draft.source_id, kind.target_fixed or draft.target_id
    if source is None or target is None:
        raise Invalid(_l("Choose the warehouse."), field="target_id" if target is None else "source_id")
    for given, fixed in ((source, kind.source_fixed), (target, kind.target_fixed)):
        if fixed is None:
            warehouse_id(session, given)
    if source == target:
        raise Invalid(_l("Goods can't go from a warehouse to itself."), field="target_id")
    return source, target


def check_quantity(number: int, quantity: Decimal) -> None:
    """Refuse (Invalid) a quantity of a line that is not above nought, can't be kept exactly, or is really a barcode."""
    if not quantity.is_finite() or quantity <= 0:
        raise Invalid(_l("Line %(n)s: the quantity must be above nought.", n=number), field="lines")
    if quantity >= TOO_MANY:
        message = _l("Line %(n)s: that is too many. Was a barcode scanned into the quantity?", n=number)
        raise Invalid(message, field="lines")
    if not Quantity.holds(quantity):
        raise Invalid(_l("Line %(n)s: a quantity has at most six digits after the point.", n=number), field="lines")


def check_price(number: int, price: Decimal) -> None:
    """Refuse (Invalid) a price of a line that is below nought or can't be kept exactly."""
    if not Price.holds(price):
        message = _l("Line %(n)s: the price is too large, or has more than six digits after the point.", n=number)
        raise Invalid(message, field="lines")
    if price < 0:
        raise Invalid(_l("Line %(n)s: the price is below nought.", n=number), field="lines")


def check_sum(number: int, total: Decimal) -> None:
    """Refuse (Invalid) the line with which a document comes to more than an amount of money can be."""
    if not Money.holds(total.to_integral_value()):
        message = _l("Line %(n)s: with it the document comes to more than can be kept.", n=number)
        raise Invalid(message, field="lines")


def _check_line(item: Any, number: int, line: MovementLineDraft) -> None:
    check_quantity(number, line.quantity)
    if item.kind == SERVICE:
        raise Invalid(
            _l("Line %(n)s: “%(name)s” is a service and can't be moved.", n=number, name=item.name), field="lines"
        )
    if line.price is not None:
        check_price(number, line.price)


def _refuse_other_costing(session: Session, item: Item, group_id: int | None) -> None:
    """How goods cost is their group's affair, so goods that have moved go only where they cost alike."""
    group = session.get(ItemGroup, group_id) if group_id is not None else None
    _wait_for_postings(session)
    was, becomes = (g.costing if g is not None else AVERAGE for g in (item.group, group))
    if was != becomes and session.connection().scalar(select(exists().where(Stock.entries.c.item_id == item.id))):
        raise Conflict(
            _l("“%(name)s” has moved already; it can't go to a group whose goods cost otherwise.", name=item.name)
        )


def _is_referred_to(session: Session, item: Item) -> bool:
    """Whether a row of any module refers to the item: a line, a bill, an entry, open to the actor or not."""
    session.flush()
    there = set(inspect(session.connection()).get_table_names())  # a module never switched on has no tables
    columns = [
        key.parent
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if table.name in there and key.column.table is Item.__table__
    ]
    return bool(session.connection().scalar(select(or_(*(exists().where(c == item.id) for c in columns)))))


def _fill_item(session: Session, item: Item, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(item, name, value.strip() if isinstance(value, str) else value)
    item.barcode = item.barcode or None
    if item.price is not None and not (Price.holds(item.price) and item.price >= 0):
        message = _l("A price is not below nought and has at most six digits after the point.")
        raise Invalid(message, field="price")
    if not item.code or not item.name:
        raise Invalid(_l("An item needs a code and a name."), field="code" if not item.code else "name")
    if item.kind not in (GOODS, SERVICE):
        raise Invalid(_l("An item is goods or a service."), field="kind")
    for column, value in ((Item.code, item.code), (Item.barcode, item.barcode)):
        with session.no_autoflush:
            taken = value and session.scalars(select(Item.id).where(column == value, Item.id != (item.id or 0))).first()
        if taken:
            raise Conflict(_l("The code “%(code)s” is taken.", code=value))
    item.folded = fold(item.code, item.name, item.barcode)[:500]

"""Writing items, warehouses and movements of goods."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, inspect, or_, select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    Base,
    Conflict,
    Invalid,
    NotFound,
    Organisation,
    Price,
    Unit,
    begin_version,
    fold,
    forget,
    forget_all,
    organisation_id,
    record,
    require,
)
from modules.warehouse.costing import AVERAGE, FIFO
from modules.warehouse.models import (
    FIRST_WAREHOUSE,
    GOODS,
    NONE,
    OUTSIDE,
    POOLS,
    SERVICE,
    Claim,
    CostPolicy,
    Item,
    ItemGroup,
    Lot,
    Place,
)
from modules.warehouse.places import places_by_id
from modules.warehouse.policies import policy_of, pool_of
from modules.warehouse.registers import Stock


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


def change_item(session: Session, actor: Actor, item: Item, *, version: int | None = None, **fields: Any) -> None:
    """Change what is given. Refused: another kind, once anything refers to the item; a group that costs otherwise, once the
    item has moved; a code or barcode that is taken; an item that was saved since `version` (Changed)."""
    require(actor, "warehouse.item.edit")
    begin_version(session, item, version)
    if "group_id" in fields and fields["group_id"] != item.group_id:
        _refuse_other_costing(session, item, fields["group_id"])
    if fields.get("kind", item.kind) != item.kind and _is_referred_to(session, item):
        raise Conflict(_l("“%(name)s” is used in documents; its kind can't change any more.", name=item.name))
    _fill_item(session, item, **fields)
    session.flush()
    forget(session, "warehouse.item", item.id)
    forget(session, "warehouse.costing", item.id)
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
    _wait_for_postings(session)
    session.refresh(group)
    if costing == group.costing:
        return
    e = Stock.entries.c
    if session.connection().scalar(
        select(exists().where(e.item_id.in_(select(Item.__table__.c.id).where(Item.__table__.c.group_id == group.id))))
    ):
        raise Conflict(
            _l("Goods of “%(name)s” have moved already; how they cost can't change any more.", name=group.name)
        )
    group.costing = costing
    _begin_decision(session)
    session.flush()
    forget_all(session, "warehouse.costing")
    record(session, "warehouse.costing.set", subject="warehouse.item_group", subject_id=group.id, summary=costing)


def set_costs(
    session: Session, actor: Actor, *, pool: str, costings: Mapping[int, str], version: int | None = None
) -> None:
    """Decide at once what shares one cost and how the goods of groups cost: group → average or fifo.

    Refused: what `set_pool` and `set_costing` refuse; what others have decided since `version` (Changed).
    """
    require(actor, "warehouse.costing.set")
    _wait_for_postings(session)
    _begin_decision(session, version)
    set_pool(session, actor, pool)
    for group in session.scalars(select(ItemGroup).where(ItemGroup.id.in_(costings)).order_by(ItemGroup.id)).all():
        set_costing(session, actor, group, costings[group.id])


def set_pool(session: Session, actor: Actor, pool: str) -> None:
    """Let goods share one cost in each `warehouse`, or in the whole `company`. Refused once any goods have moved."""
    require(actor, "warehouse.costing.set")
    if pool not in POOLS:
        raise Invalid(_l("Costs are shared by a warehouse or by the company."), field="pool")
    own = organisation_id(session)
    _wait_for_postings(session)
    forget_all(session, "warehouse.pool")
    if pool == pool_of(session):
        return
    if session.connection().scalar(select(exists().where(Stock.entries.c.organisation_id == own))):
        raise Conflict(_l("Goods have moved already; what shares one cost can't change any more."))
    _begin_decision(session).pool = pool
    session.flush()
    forget_all(session, "warehouse.pool")
    record(session, "warehouse.costing.set", subject="warehouse.cost_policy", subject_id=own, summary=pool)


def _begin_decision(session: Session, seen: int | None = None) -> CostPolicy:
    """The policy as its next version. To be called while nobody else decides: see `_wait_for_postings`."""
    policy = policy_of(session)
    if policy.version == 0:
        session.add(policy)
        session.flush()
    begin_version(session, policy, seen)
    return policy


def _wait_for_postings(session: Session) -> None:
    """Be alone: postings under way hold their organisation, and those that come later see what is decided now."""
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()


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


def warehouse_id(session: Session, place_id: int) -> int:
    """`place_id`, when it is a warehouse of ours; otherwise NotFound. A session asks for each once."""
    try:
        where = places_by_id(session, {place_id})[place_id]
    except NotFound:
        where = None
    if where is None or where.warehouse != place_id:
        raise NotFound(_l("Choose a warehouse of your own."))
    return place_id


def _refuse_other_costing(session: Session, item: Item, group_id: int | None) -> None:
    """How goods cost is their group's affair, so goods that have moved go only where they cost alike."""
    _wait_for_postings(session)
    asked = select(ItemGroup.id, ItemGroup.costing).where(ItemGroup.id.in_({item.group_id, group_id} - {None}))
    methods = {row.id: row.costing for row in session.execute(asked)}
    was, becomes = (methods.get(group, AVERAGE) for group in (item.group_id, group_id))
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
        message = _l("A price is not below zero and has at most six digits after the point.")
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

"""Writing items, warehouses and movements of goods."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.api.custom import set_custom
from app.api.data import begin_version, begin_versions, forget, forget_all, pieces
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import Organisation, Unit, organisation_id
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.costing import AVERAGE, METHODS
from modules.warehouse.item_barcodes import fold_names, keep_barcodes, load_barcodes, wanted_barcodes
from modules.warehouse.lots.rules import LOT
from modules.warehouse.models import (
    FIRST_WAREHOUSE,
    GOODS,
    NONE,
    OUTSIDE,
    PIECE,
    POOLS,
    PRICE,
    TRANSIT,
    Claim,
    CostPolicy,
    Item,
    ItemGroup,
    Lot,
    Place,
)
from modules.warehouse.nesting import Tree
from modules.warehouse.policies import policy_of, pool_of
from modules.warehouse.references import models_of, referred_to, refuse_other_unit
from modules.warehouse.registers import Stock
from modules.warehouse.rules import group_name, item_fields
from modules.warehouse.using import warn_of_stock
from modules.warehouse.warehouses import create_place as create_place
from modules.warehouse.warehouses import warehouse_id as warehouse_id

_BOOKS = PastPolicy("whether anything has moved or refers to an item: yes or no, whoever may see what")


def seed(session: Session) -> None:
    """The places outside and in transit, a first warehouse, and the rows that mean "none": made once, when the module is first
    on."""
    session.add_all(Place(id=number, code=code, name=code.capitalize()) for number, code in OUTSIDE.items())
    session.add(Place(id=TRANSIT, code="in-transit", name="In transit"))
    session.add(Place(id=FIRST_WAREHOUSE, code="main", name="Main warehouse"))
    session.add_all((Lot(id=NONE, code=""), Claim(id=NONE)))
    session.flush()


def create_item(
    session: Session, actor: Actor, *, code: str, name: str, kind: str = GOODS, unit: str = PIECE, **fields: Any
) -> Item:
    """A new item; `unit` is a UN/ECE Rec 20 code, unless `unit_id` says which; `custom` is what it says in its custom fields,
    by key; `further_barcodes` those beside the main `barcode`, each on a line of its own.

    Refused: what `item_fields` and `set_custom` refuse, a code or barcode that is taken, a unit or group that does not exist.
    """
    return create_items(session, actor, [{"code": code, "name": name, "kind": kind, "unit": unit, **fields}])[0]


def create_items(
    session: Session, actor: Actor, drafts: Sequence[Mapping[str, Any]], *, audited: bool = True
) -> list[Item]:
    """New items, all at once, each as `create_item` makes it; refused together. Not `audited`: whoever calls records the
    whole."""
    require(actor, "warehouse.item.edit")
    rows = [item_fields({"kind": GOODS, "unit": PIECE, **_plain(actor, draft)}) for draft in drafts]
    if any(row.get("below_zero") for row in rows):
        require(actor, "warehouse.place.edit")
    _find_units(session, rows)
    _costings(session, {row.get("group_id") for row in rows})
    _refuse_taken(session, [row["code"] for row in rows])
    items = [Item(**{name: value for name, value in row.items() if name != "further_barcodes"}) for row in rows]
    keep_barcodes(wanted_barcodes(session, dict(zip(items, rows, strict=True))))
    customs = (draft.get("custom") for draft in drafts)
    set_custom(session, actor, dict(zip(items, customs, strict=True)), is_new=True)
    session.add_all(items)
    _write_items(session, items, "create" if audited else None)
    return items


def change_item(session: Session, actor: Actor, item: Item, *, version: int | None = None, **fields: Any) -> None:
    """Change what is given. Refused: what `create_item` refuses; another kind, once anything refers to the item; another unit,
    once anything but a draft does; a group that costs otherwise, once the item has moved; that it is tracked otherwise while
    goods are there that couldn't leave then; an item that was saved since `version` (Changed). What happens when it would fall
    below zero is for whoever may change warehouses."""
    change_items(session, actor, {item: {**fields, "version": version}})


def change_items(
    session: Session, actor: Actor, changes: Mapping[Item, Mapping[str, Any]], *, audited: bool = True
) -> None:
    """Change several items at once, each as `change_item` does; refused together. Not `audited`: whoever calls records the
    whole."""
    require(actor, "warehouse.item.edit")
    begin_versions(session, {item: fields.get("version") for item, fields in changes.items()})
    rows = {item: item_fields(_plain(actor, fields), known=item) for item, fields in changes.items()}
    _find_units(session, list(rows.values()))
    refuse_other_costing(
        session, {i: g for i, row in rows.items() if (g := row.get("group_id", i.group_id)) != i.group_id}
    )
    others = [item for item, row in rows.items() if row.get("kind", item.kind) != item.kind]
    used = referred_to(session, others)
    for item in others:
        if item.id in used:
            raise Conflict(_l("“%(name)s” is used in documents; its kind can't change any more.", name=item.name))
    _refuse_other_unit(
        session, {item for item, row in rows.items() if row.get("unit_id", item.unit_id) != item.unit_id}
    )
    _refuse_other_second(session, rows)
    refuse_other_tracking(
        session, {i: to for i, row in rows.items() if (to := row.get("tracking", i.tracking)) != i.tracking}
    )
    if any(row.get("below_zero", item.below_zero) != item.below_zero for item, row in rows.items()):
        require(actor, "warehouse.place.edit")
    codes = [row["code"] for item, row in rows.items() if row.get("code", item.code) != item.code]
    _refuse_taken(session, codes)
    load_barcodes(session, rows)
    barcodes = wanted_barcodes(session, rows)
    switched_off = [item for item, row in rows.items() if item.is_active and row.get("is_active") is False]
    for item, row in rows.items():
        for name, value in row.items():
            setattr(item, name, value)
    keep_barcodes(barcodes)
    set_custom(session, actor, {item: fields.get("custom") for item, fields in changes.items()})
    _write_items(session, list(rows), "change" if audited else None)
    for item in rows:
        forget(session, "warehouse.item", item.id)
        forget(session, "warehouse.costing", item.id)
    warn_of_stock(session, actor, switched_off)


def create_group(
    session: Session, actor: Actor, *, name: str, parent_id: int | None = None, tree: Tree | None = None
) -> ItemGroup:
    """A new folder of the item tree. `tree`: as whoever makes many has read it, alone (`wait_for_postings`); it grows by the
    group.

    Refused: no name, one that is too long or that a group beside it has, a parent that does not exist or lies too deep.
    """
    require(actor, "warehouse.item.edit")
    name = group_name(name, field="name")
    if tree is None:
        wait_for_postings(session)  # nobody else makes or moves a group meanwhile: there would be two of a name
        tree = Tree(session)
    if parent_id is not None and parent_id not in tree.parents:
        raise NotFound
    tree.refuse_namesake(name, parent_id, field="name")
    tree.refuse_deep(parent_id, field="name")
    group = ItemGroup(name=name, parent_id=parent_id)
    session.add(group)
    session.flush()
    tree.grow(group.id, name, parent_id)
    record(session, "warehouse.group.create", subject="warehouse.item_group", subject_id=group.id, summary=group.name)
    return group


def set_costing(session: Session, actor: Actor, group: ItemGroup, costing: str) -> None:
    """Let the goods of a group cost by `average`, `fifo` (IAS 2.25) or `specific`: each lot what it cost (IAS 2.23), goods
    without lots the average. Refused once any of them has moved."""
    require(actor, "warehouse.costing.set")
    if costing not in METHODS:
        raise Invalid(_l("Goods cost by average, by first in, first out, or by lot."), field="costing")
    wait_for_postings(session)
    session.refresh(group)
    if costing == group.costing:
        return
    e = Stock.entries.c
    if _BOOKS(session).scalar(
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
    """Decide at once what shares one cost and how the goods of groups cost: group → one of METHODS.

    Refused: what `set_pool` and `set_costing` refuse; what others have decided since `version` (Changed).
    """
    require(actor, "warehouse.costing.set")
    wait_for_postings(session)
    _begin_decision(session, version)
    set_pool(session, actor, pool)
    groups = select(ItemGroup).where(ItemGroup.id.in_(costings)).order_by(ItemGroup.id)
    for group in session.scalars(groups.execution_options(populate_existing=True)).all():
        if costings[group.id] != group.costing:
            set_costing(session, actor, group, costings[group.id])


def set_pool(session: Session, actor: Actor, pool: str) -> None:
    """Let goods share one cost in each `warehouse`, or in the whole `company`. Refused once any goods have moved."""
    require(actor, "warehouse.costing.set")
    if pool not in POOLS:
        raise Invalid(_l("Costs are shared by a warehouse or by the company."), field="pool")
    own = organisation_id(session)
    wait_for_postings(session)
    forget_all(session, "warehouse.pool")
    if pool == pool_of(session):
        return
    if _BOOKS(session).scalar(select(exists().where(Stock.entries.c.organisation_id == own))):
        raise Conflict(_l("Goods have moved already; what shares one cost can't change any more."))
    _begin_decision(session).pool = pool
    session.flush()
    forget_all(session, "warehouse.pool")
    record(session, "warehouse.costing.set", subject="warehouse.cost_policy", subject_id=own, summary=pool)


def _begin_decision(session: Session, seen: int | None = None) -> CostPolicy:
    """The policy as its next version. To be called while nobody else decides: see `wait_for_postings`."""
    policy = policy_of(session)
    if policy.version == 0:
        session.add(policy)
        session.flush()
    begin_version(session, policy, seen)
    return policy


def wait_for_postings(session: Session) -> None:
    """Be alone: postings under way hold their organisation, and those that come later see what is decided now."""
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()


def _plain(actor: Actor, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are columns of an item, without a price that is closed to the actor. Refused (Forbidden): to set that."""
    plain = {name: value for name, value in fields.items() if name not in ("version", "custom")}
    if not actor.sees(PRICE["group"]) and plain.pop("price", None) is not None:
        raise Forbidden(PRICE["group"])
    return plain


def _find_units(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Let each `unit`, a code, be the unit's id. Refused (Invalid): one that does not exist."""
    if not any({"unit", "unit_id", "second_unit_id"} & row.keys() for row in rows):
        return
    units = {row.code: row.id for row in session.execute(select(Unit.code, Unit.id))}
    for row in rows:
        if (code := row.pop("unit", None)) is not None and "unit_id" not in row:
            if code not in units:
                raise Invalid(_l("There is no unit “%(code)s”.", code=code), field="unit")
            row["unit_id"] = units[code]
        for name in ("unit_id", "second_unit_id"):
            if row.get(name) is not None and row[name] not in units.values():
                raise Invalid(_l("There is no unit “%(code)s”.", code=row[name]), field=name)


def _costings(session: Session, groups: Collection[int | None]) -> dict[int | None, str]:
    """Group → how its goods cost; goods of no group cost by average. Refused (NotFound): a group that does not exist."""
    costings: dict[int | None, str] = {None: AVERAGE}
    for some in pieces(set(groups) - {None}):
        rows = session.execute(select(ItemGroup.id, ItemGroup.costing).where(ItemGroup.id.in_(some)))
        costings |= {row.id: row.costing for row in rows}
    if not costings.keys() >= set(groups):
        raise NotFound
    return costings


def _refuse_other_unit(session: Session, items: Collection[Item]) -> None:
    """Every quantity that stands in the books is one of the item's unit: 10.5 kg can't become 10.5 pieces."""
    if not items:
        return
    wait_for_postings(session)
    in_books, models = referred_to(session, items, beyond_drafts=True), models_of(session, items)
    for item in items:
        refuse_other_unit(item, in_books, models)


def _refuse_other_second(session: Session, rows: Mapping[Item, Mapping[str, Any]]) -> None:
    """What stands in the books has a second quantity or has none, and was priced by it or wasn't."""
    fixed = ("second_unit_id", "is_priced_by_second")
    others = [
        i for i, row in rows.items() if any(row.get(name, getattr(i, name)) != getattr(i, name) for name in fixed)
    ]
    if not others:
        return
    wait_for_postings(session)
    in_books = referred_to(session, others, beyond_drafts=True)
    for item in others:
        if item.id in in_books:
            raise other_second(item)


def other_second(item: Item) -> Conflict:
    """The refusal of another second unit of an item that stands in the books."""
    message = _l(
        "“%(name)s” has stock or history, so its second unit, and whether it is priced by it, can't change any more."
        " Make a new item, and take the tick “In use” from this one.",
        name=item.name,
    )
    return Conflict(message, field="second_unit_id")


def refuse_other_costing(session: Session, groups: Mapping[Item, int | None]) -> None:
    """How goods cost is set by their group, so goods that have moved go only where they cost alike."""
    if not groups:
        return
    wait_for_postings(session)
    costings = _costings(session, {*groups.values(), *(item.group_id for item in groups)})
    others = {item.id: item for item, group in groups.items() if costings[item.group_id] != costings[group]}
    e = Stock.entries.c
    for some in pieces(sorted(others)):
        moved = _BOOKS(session).scalar(select(e.item_id).where(e.item_id.in_(some)).limit(1))
        if moved is not None:
            raise Conflict(
                _l(
                    "“%(name)s” has moved already; it can't go to a group whose goods cost otherwise.",
                    name=others[moved].name,
                )
            )


def refuse_other_tracking(session: Session, changes: Mapping[Item, str]) -> None:
    """What lies there has the lots that it came in with, and a number of its own has only what came in with one. What cost by
    its lots comes back by them."""
    if not changes:
        return
    wait_for_postings(session)
    _refuse_without_lots(session, [item for item, to in changes.items() if not to])
    held = Stock.on_hand.table.c
    has_lots, is_short = func.max(held.lot_id) > 0, func.min(type_coerce(held.quantity, BigInteger)) < 0
    there = select(held.item_id, or_(has_lots, is_short)).where(held.quantity != 0, held.place_id > 0)
    is_bound: dict[int, bool] = {}
    for some in pieces(sorted(item.id for item in changes)):
        rows = _BOOKS(session).execute(there.where(held.item_id.in_(some)).group_by(held.item_id))
        is_bound |= {row[0]: row[1] for row in rows}
    for item, to in changes.items():
        if item.id in is_bound and (to != LOT or is_bound[item.id]):
            words = _l(
                "“%(name)s” is in stock. How it is tracked can change once nothing is left of it.", name=item.name
            )
            raise Conflict(words, field="tracking")


def _refuse_without_lots(session: Session, items: Sequence[Item]) -> None:
    worth = Stock.worth.table.c
    for some in pieces(sorted(item.id for item in items)):
        costs_by_lots = select(worth.item_id).where(worth.item_id.in_(some), worth.layer_id > NONE).limit(1)
        if (found := _BOOKS(session).scalar(costs_by_lots)) is not None:
            name = next(item.name for item in items if item.id == found)
            words = _l(
                "“%(name)s” has cost by its lots, and comes back by them: it can't be without. Make a new item, and take the"
                " tick “In use” from this one.",
                name=name,
            )
            raise Conflict(words, field="tracking")


def _refuse_taken(session: Session, codes: Sequence[str]) -> None:
    taken = {code for code, count in Counter(codes).items() if count > 1}
    for some in pieces(codes):
        taken.update(session.scalars(select(Item.code).where(Item.code.in_(some))))
    if taken:
        raise Conflict(_l("The code “%(code)s” is taken.", code=min(taken)), field="code")


def _write_items(session: Session, items: Sequence[Item], verb: str | None) -> None:
    for item in items:
        fold_names(item)
    session.flush()
    for item in items if verb else ():
        action = f"warehouse.item.{verb}"
        record(session, action, subject="warehouse.item", subject_id=item.id, summary=item.code)

"""The warehouse's lists and lookups."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, DateTime, and_, bindparam, case, cast, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.clock import wall_clock
from app.api.ledger import lies_ahead, standing
from app.api.reference import Organisation, Unit, organisation_id, unit_word
from app.api.texts import called, fold, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from app.api.web import Column, Creates, Filter, FoundIn, Link, Lookup, Table, journal
from modules.warehouse.barcodes import key_of
from modules.warehouse.bins.tables import bin_moves as bin_moves
from modules.warehouse.bins.tables import bin_stock as bin_stock
from modules.warehouse.bins.tables import bins as bins
from modules.warehouse.catch_weight.lookups import SECOND_COLUMNS, SECOND_UNIT, second_details
from modules.warehouse.catch_weight.queries import second_of
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.certificates.tables import certificates as certificates
from modules.warehouse.competitors.tables import competitors as competitors
from modules.warehouse.counting import EDIT
from modules.warehouse.counting.tables import counts as counts
from modules.warehouse.element_strings import label_of
from modules.warehouse.holds.lots import HOLDS
from modules.warehouse.holds.tables import held as held
from modules.warehouse.holds.tables import holds as holds
from modules.warehouse.holds.tables import releases as releases
from modules.warehouse.kinds import KINDS
from modules.warehouse.logistic_units.scanning import unit_row
from modules.warehouse.logistic_units.tables import logistic_units as logistic_units
from modules.warehouse.logistic_units.tables import repackings as repackings
from modules.warehouse.lots.rules import LOT, SERIAL
from modules.warehouse.lots.tables import lots as lots
from modules.warehouse.models import (
    ALLOW,
    BLOCK,
    FIRST_WAREHOUSE,
    GOODS,
    NONE,
    TRANSIT,
    WARN,
    Barcode,
    Item,
    ItemGroup,
    Movement,
    Place,
    PlaceNamed,
)
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.other_codes import OtherCode, codes_of, items_with_codes
from modules.warehouse.packing.queries import packings_of
from modules.warehouse.pictures.models import ItemPicture
from modules.warehouse.places import moves_here, own_places
from modules.warehouse.planning.tables import planning as planning
from modules.warehouse.policies import pool_expression
from modules.warehouse.queries import shown_price
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions.tables import requested as requested
from modules.warehouse.requisitions.tables import requisitions as requisitions
from modules.warehouse.scanned import found_by, refuse_unfound
from modules.warehouse.transit.tables import IN_TRANSIT
from modules.warehouse.transit.tables import transit as transit
from modules.warehouse.variants.tables import models as models

#: how goods cost when they leave, and what shares one cost, for people
COSTINGS = {"average": _l("Average cost"), "fifo": _l("First in, first out")}
POOL_CHOICES = {"warehouse": _l("in each warehouse"), "company": _l("in the whole company")}
#: what items are searched by
_TEXTS = (Item.folded, FoundIn(OtherCode.folded, OtherCode.item_id, Item.id))
ITEM_KINDS = {"goods": _l("Goods"), "service": _l("Service")}
#: what happens when more goods are to leave than are there
SHORT_POLICIES = {BLOCK: _l("is refused"), WARN: _l("leaves, with a message"), ALLOW: _l("leaves")}
TRACKINGS = {"": "–", LOT: _l("lots"), SERIAL: _l("serial numbers")}


def _place_choices(session: Session) -> list[tuple[str, object]]:
    places = session.execute(
        select(Place.id, Place.name).where(Place.id >= FIRST_WAREHOUSE).order_by(Place.name_order, Place.id)
    )
    return [*((str(row.id), row.name) for row in places), (str(TRANSIT), IN_TRANSIT)]


def place_name(name: str) -> str:
    """What a place is called, for people: the one between warehouses has the name that it was made with."""
    return str(IN_TRANSIT) if name == "In transit" else name


#: in whose books one works, beside each row of items
_OWN = aliased(Organisation, name="own")


def _on_hand(own: Any) -> Any:
    """What of an item is on hand at the present moment in the books of an organisation, beside each row of items: what is dated
    ahead does not count."""
    total, e = Stock.on_hand.table.c, Stock.entries.c
    held = (
        select(func.coalesce(func.sum(type_coerce(total.quantity, BigInteger)), 0))
        .where(total.organisation_id == own, total.item_id == Item.id, total.place_id.in_(own_places()))
        .correlate(Item, _OWN)
        .scalar_subquery()
    )
    came, went = (column.in_(own_places()) for column in (e.place_to_id, e.place_from_id))
    sign = case((came, 1), else_=0) - case((went, 1), else_=0)
    ahead = (
        select(func.coalesce(func.sum(sign * type_coerce(e.quantity, BigInteger)), 0))
        .where(e.organisation_id == own, e.item_id == Item.id)
        .where(e.moment > bindparam("present", callable_=wall_clock, type_=DateTime))
        .correlate(Item, _OWN)
        .scalar_subquery()
    )
    return type_coerce(cast(held - ahead, BigInteger), Quantity)


def _thumbnail(row: Any) -> str | None:
    """Where the small picture of an item is; None: it has none."""
    if row.picture_id is None:
        return None
    return url_for("warehouse.item_picture", item_id=row.id, picture_id=row.picture_id, size="small")


items = Table(
    name="warehouse.item",
    title=_l("Items"),
    needs="warehouse.item.view",
    source=lambda session: (
        select()
        .select_from(Item)
        .join(Unit, Unit.id == Item.unit_id)
        .join(_OWN, _OWN.id == organisation_id(session))
        .outerjoin(ItemGroup, ItemGroup.id == Item.group_id)
        .outerjoin(ItemPicture, and_(ItemPicture.item_id == Item.id, ItemPicture.is_main))
    ),
    key=Item.id,
    columns=(
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="id")),
        Column(
            "name",
            _l("Name"),
            Item.name,
            headline=True,
            link=Link("warehouse.item_view", item_id="id"),
            picture=_thumbnail,
        ),
        Column("group", _l("Group"), ItemGroup.name, nullable=True),
        Column("kind", _l("Kind"), Item.kind, choices=ITEM_KINDS),
        Column(
            "on_hand",
            _l("On hand"),
            case(
                (
                    Item.kind == GOODS,
                    _on_hand(_OWN.id),
                )
            ),
            "quantity",
            sortable=False,
            needs="warehouse.stock.view",
        ),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("price", _l("Price"), Item.price, "money", nullable=True),
        Column("barcode", _l("Barcode"), Item.barcode, nullable=True),
        Column("id", "", Item.id, hidden=True, sortable=False),
        Column("picture_id", "", ItemPicture.id, hidden=True, sortable=False),
    ),
    order="code",
    search=_TEXTS,
    filters=(
        Filter("group", _l("Group"), in_group, group_choices),
        Filter("kind", _l("Kind"), lambda value: Item.kind == value, tuple(ITEM_KINDS.items())),
        Filter(
            "active",
            _l("Shown"),
            lambda value: Item.is_active.is_(value != "no"),
            (("yes", _l("in use")), ("no", _l("no longer in use"))),
            default="yes",
        ),
    ),
    create="warehouse.item_new",
    create_needs="warehouse.item.edit",
    create_title=_l("New item"),
    empty=_l("No item yet. Press Insert to add the first, or import a spreadsheet."),
    custom=Item,
)


def _kept(held: Any, *criteria: Any) -> Any:
    """What is claimed of an item in a warehouse, beside each row of stock; nothing as 0."""
    t = Stock.claims.table.c
    units = select(func.coalesce(func.sum(type_coerce(t.quantity, BigInteger)), 0)).where(
        t.item_id == held.c.item_id, t.warehouse_id == held.c.place_id, t.claim_id > NONE, t.quantity > 0, *criteria
    )
    own = units.where(t.organisation_id == _OWN.id).correlate(held, _OWN)
    return type_coerce(cast(own.scalar_subquery(), BigInteger), Quantity)


def _units(row: Any) -> str:
    """The unit, and of goods in two quantities how much they are in the second one."""
    if row.second_unit is None:
        return unit_word(row.unit)
    return f"{unit_word(row.unit)} · {number(row.second)} {unit_word(row.second_unit)}"


def stock_table(held: Any, worth: Any, instead: Any = None, *, is_now: bool = True, seconds_then: Any = None) -> Table:
    """Stock by item and place, from the current totals or from what stood at a moment; the value may be closed. What is kept
    of it is known as it `is_now` alone. `seconds_then`: what lay in second units at that moment; None: the current totals.

    A place has a value of its own only where all that its pool holds lies there: otherwise nobody can say which part.
    """
    value = worth.c.get("value")
    valued: tuple[Column, ...] = ()
    if value is not None:
        is_whole = worth.c.quantity == held.c.quantity
        valued = (Column("value", _l("Value"), case((is_whole, value)), "money", nullable=True, summed=()),)
    claim = Stock.claims.table.c.claim_id
    kept = (
        Column("reserved", _l("Reserved"), _kept(held, claim.not_in(HOLDS)), "quantity", sortable=False),
        Column("held", _l("Held back"), _kept(held, claim.in_(HOLDS)), "quantity", sortable=False),
    )
    second = second_of(held, _OWN) if seconds_then is None else func.coalesce(seconds_then.c.second, 0)
    seconds = (
        Column("second", "", second, "quantity", hidden=True, sortable=False),
        Column("second_unit", "", SECOND_UNIT.name, hidden=True, sortable=False, nullable=True),
    )

    def source(session: Session) -> Any:
        found = (
            select()
            .select_from(held)
            .join(Item, Item.id == held.c.item_id)
            .join(Unit, Unit.id == Item.unit_id)
            .join(Place, Place.id == held.c.place_id)
            .join(_OWN, _OWN.id == organisation_id(session))
            .outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
            .outerjoin(worth, and_(worth.c.item_id == held.c.item_id, worth.c.pool_id == pool_expression(session)))
            .where(held.c.quantity != 0)
        )
        if seconds_then is None:
            return found
        there = and_(seconds_then.c.item_id == held.c.item_id, seconds_then.c.place_id == held.c.place_id)
        return found.outerjoin(seconds_then, there)

    return Table(
        name="warehouse.stock",
        title=_l("Stock on hand"),
        needs="warehouse.stock.view",
        source=source,
        key=held.c.item_id * 1_000_000 + held.c.place_id,
        columns=(
            Column(
                "code",
                _l("Code"),
                Item.code,
                link=Link("warehouse.item_view", item_id="item_id", place="place_id"),
            ),
            Column(
                "name",
                _l("Item"),
                Item.name,
                headline=True,
                link=Link("warehouse.item_view", item_id="item_id", place="place_id"),
            ),
            Column("place", _l("Warehouse"), Place.name, words=place_name),
            Column("quantity", _l("On hand"), held.c.quantity, "quantity", summed=("unit",)),
            *(kept if is_now else ()),
            Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word, row_words=_units),
            *valued,
            *seconds,
            Column("item_id", "", Item.id, hidden=True, sortable=False),
            Column("place_id", "", Place.id, hidden=True, sortable=False),
        ),
        order="code",
        search=_TEXTS,
        filters=(
            Filter("group", _l("Group"), in_group, group_choices),
            Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _place_choices),
            Filter("level", _l("Level"), lambda _level: held.c.quantity < 0, (("short", _l("below zero")),)),
        ),
        empty=_l("No goods are in stock."),
        is_found=False,
        instead=instead,
    )


def stock_at(session: Session, moment: date | None) -> Table:
    """The same list as it stood at the end of a day; at the present moment without one."""
    return stock_table(
        standing(session, Stock.on_hand, moment, by=("item", "place")),
        standing(session, Stock.worth, moment, by=("item", "pool"), name="worth"),
        is_now=moment is None,
        seconds_then=standing(session, SecondQuantities.lying, moment, by=("item", "place"), name="seconds"),
    )


def _stock_now(session: Session) -> Table | None:
    return stock_at(session, None) if lies_ahead(session, Stock.on_hand) else None


stock = stock_table(Stock.on_hand.table, Stock.worth.table, _stock_now)


def _movements(noun: str, title: object, create: object, empty: object, ends: tuple[Column, ...]) -> Table:
    model: type[Movement] = KINDS[noun].model
    return journal(
        KINDS[noun],
        *ends,
        Column("note", _l("Note"), model.note, sortable=False),
        _value_column(model),
        source=lambda session: (
            select()
            .select_from(model)
            .join(_source, _source.id == model.source_id)
            .join(_target, _target.id == model.target_id)
            .outerjoin(_kits, _kits.id == model.kit_id)
        ),
        search=(func.lower(model.note),),
        title=title,
        create_title=create,
        is_daily=noun != "opening",
        empty=empty,
    )


def _value_column(model: type[Movement]) -> Column:
    """What a document's goods are worth: by its own prices, or as the ledger has their cost now."""
    if model.is_priced and not model.may_lack_price:
        return Column("value", _l("Value"), model.value, "money", summed=("state",))
    e = Stock.entries.c
    cost = select(func.coalesce(func.sum(type_coerce(e.value, BigInteger)), 0)).where(
        e.document_id == model.id, moves_here(e)
    )
    worth = type_coerce(cast(cost.correlate(model).scalar_subquery(), BigInteger), Money)
    return Column("value", _l("Value"), worth, "money", sortable=False, summed=("state",))


_source, _target = aliased(PlaceNamed, name="source"), aliased(PlaceNamed, name="target")
_kits = aliased(Item, name="kit")
_FROM, _TO = Column("source", _l("From"), _source.name), Column("target", _l("To"), _target.name)

receipts = _movements(
    "receipt",
    _l("Goods receipts"),
    _l("New goods receipt"),
    _l("No goods receipt yet. Press Insert to record one."),
    (_TO,),
)
issues = _movements("issue", _l("Goods issues"), _l("New goods issue"), _l("No goods issue yet."), (_FROM,))
transfers = _movements("transfer", _l("Transfers"), _l("New transfer"), _l("No transfer yet."), (_FROM, _TO))
transfer_receipts = replace(
    _movements(
        "transfer_receipt",
        _l("Transfer receipts"),
        _l("New transfer receipt"),
        _l("Nothing has arrived yet."),
        (_TO,),
    ),
    create=None,
)
surpluses = _movements("surplus", _l("Surpluses"), _l("New surplus"), _l("Nothing has been found yet."), (_TO,))
write_offs = _movements(
    "write_off", _l("Write-offs"), _l("New write-off"), _l("Nothing has been written off."), (_FROM,)
)
_KIT = Column("kit", _l("Kit"), _kits.name)
_KIT_QUANTITY = Column("kit_quantity", _l("Quantity of the kit"), Movement.kit_quantity, "quantity", nullable=True)
assemblies = _movements(
    "assembly",
    _l("Assemblies"),
    _l("New assembly"),
    _l("Nothing has been assembled yet."),
    (_KIT, _KIT_QUANTITY, _FROM),
)
disassemblies = _movements(
    "disassembly",
    _l("Disassemblies"),
    _l("New disassembly"),
    _l("Nothing has been taken apart yet."),
    (_KIT, _KIT_QUANTITY, _TO),
)
openings = _movements(
    "opening", _l("Opening stock"), _l("New opening stock"), _l("No opening stock has been entered."), (_TO,)
)
MOVEMENTS = {
    "receipt": receipts,
    "issue": issues,
    "transfer": transfers,
    "transfer_receipt": transfer_receipts,
    "surplus": surpluses,
    "assembly": assemblies,
    "disassembly": disassemblies,
    "write_off": write_offs,
    "opening": openings,
}

places = Table(
    name="warehouse.place",
    title=_l("Warehouses"),
    needs="warehouse.place.edit",
    source=lambda session: select().select_from(Place).where(Place.id >= FIRST_WAREHOUSE, Place.warehouse_id.is_(None)),
    key=Place.id,
    columns=(
        Column(
            "name",
            _l("Name"),
            Place.name,
            headline=True,
            link=Link("warehouse.stock_list", place="id"),
        ),
        Column("code", _l("Code"), Place.code, link=Link("warehouse.place_edit", place_id="id")),
        Column("below_zero", _l("What isn't there"), Place.below_zero, choices=SHORT_POLICIES, sortable=False),
        Column("is_active", _l("Open"), Place.is_active, "flag", sortable=False),
        Column("id", "", Place.id, hidden=True, sortable=False),
    ),
    order="name",
    create="warehouse.place_new",
    create_title=_l("New warehouse"),
)


_PARENT = aliased(ItemGroup, name="parent")

groups = Table(
    name="warehouse.item_group",
    title=_l("Groups of items"),
    needs="warehouse.item.view",
    source=lambda _session: select().select_from(ItemGroup).outerjoin(_PARENT, _PARENT.id == ItemGroup.parent_id),
    key=ItemGroup.id,
    columns=(
        Column("name", _l("Name"), ItemGroup.name, headline=True, link=Link("warehouse.group_edit", group_id="id")),
        Column("parent", _l("In the group"), _PARENT.name, nullable=True),
        Column("costing", _l("Costing"), ItemGroup.costing, choices=COSTINGS, sortable=False),
        Column("id", "", ItemGroup.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(ItemGroup.name),),
    create="warehouse.group_new",
    create_needs="warehouse.item.edit",
    create_title=_l("New group"),
    empty=_l("No group yet. Press Insert to add the first."),
)


def find_items(
    session: Session,
    text: str,
    limit: int,
    *,
    goods_only: bool = False,
    with_unused: bool = False,
    with_held: bool = True,
    with_units: bool = False,
) -> list[dict[str, Any]]:
    """Items by code, barcode, name or a code that others give them, an exact one first: with their price for who may see it,
    and what is on hand for who may see stock, unless not `with_held`. A barcode that was given is `barcode`, as it was; what a
    scanned label says besides is `scanned`. Refused (Invalid): a label that can't be read, or of no item.

    `with_units`: a box or pallet that the text names, with what is in it (`logistic_units.scanning`), instead.
    `with_unused`: those that are no longer in use as well, behind the others; what clears up may name them.
    """
    query = select(
        Item.id,
        Item.code,
        Item.name,
        Item.barcode,
        shown_price(session),
        Item.kind,
        Item.is_active,
        Unit.code.label("unit_code"),
        Unit.name.label("unit"),
        Unit.digits,
        Item.tracking,
        _on_hand(organisation_id(session)).label("held"),
        Barcode.key,
        Barcode.packing_id,
        ItemPicture.id.label("picture_id"),
        *SECOND_COLUMNS,
    ).join(Unit, Unit.id == Item.unit_id)
    query = query.outerjoin(ItemPicture, and_(ItemPicture.item_id == Item.id, ItemPicture.is_main))
    query = query.outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
    query = query.outerjoin(Barcode, and_(Barcode.item_id == Item.id, Barcode.key == key_of(text)))
    if not with_unused:
        query = query.where(Item.is_active)
    if goods_only:
        query = query.where(Item.kind == "goods")
    words = (or_(*(e.contains(word, autoescape=True) for e in _TEXTS)) for word in fold(text).split())
    has_words = and_(true(), *words)
    query = query.where(or_(has_words, Barcode.id.is_not(None)))
    exact = or_(Item.code == text, Barcode.id.is_not(None), Item.id.in_(items_with_codes({text})))
    rows = session.execute(query.order_by(exact.desc(), Item.is_active.desc(), Item.code_order).limit(limit)).all()
    if with_units and (unit := unit_row(session, text)) is not None:
        return [unit]
    if not rows:
        refuse_unfound(text)
    codes = codes_of(session, {row.id for row in rows})
    packings = packings_of(session, [row.id for row in rows])
    sees_stock = with_held and session.info["actor"].may("warehouse.stock.view")
    return [
        {
            "id": row.id,
            "code": row.code,
            "barcode": text if row.key else row.barcode,
            "codes": codes.get(row.id, []),
            "title": called(f"{row.code} {row.name}", is_active=row.is_active),
            "note": f"{number(row.held)} {unit_word(row.unit)}" if row.kind == "goods" and sees_stock else "",
            "price": number(row.price) if row.price is not None else None,
            "unit": unit_word(row.unit),
            "digits": row.digits,
            "tracking": row.tracking,
            **second_details(row),
            **({"packings": packings[row.id]} if row.id in packings else {}),
            **({"picture": _thumbnail(row)} if row.picture_id is not None else {}),
            **(found_by(row, label_of(text)) if row.key else {}),
        }
        for row in rows
    ]


def _item_titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Item.id, Item.code, Item.name, Item.is_active).where(Item.id.in_(ids)))
    return {row.id: called(f"{row.code} {row.name}", is_active=row.is_active) for row in rows}


def _item_details(session: Session, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    of_item = (Item.id, Item.tracking, Unit.name.label("unit"), Unit.digits, *SECOND_COLUMNS)
    query = select(*of_item).join(Unit, Unit.id == Item.unit_id)
    query = query.outerjoin(SECOND_UNIT, SECOND_UNIT.id == Item.second_unit_id)
    packings = packings_of(session, ids)
    return {
        row.id: {"unit": unit_word(row.unit), "digits": row.digits, "tracking": row.tracking, **second_details(row)}
        | ({"packings": packings[row.id]} if row.id in packings else {})
        for row in session.execute(query.where(Item.id.in_(ids)))
    }


_NEW_ITEM = (Creates(_l("New item"), "warehouse.item_new", "warehouse.item.edit"),)
_find_any = partial(find_items, with_units=True)
item_lookup = Lookup("items", "warehouse.item.view", _find_any, _item_titles, _item_details, _NEW_ITEM)
_find_goods = partial(find_items, goods_only=True)
goods_lookup = Lookup("goods", "warehouse.item.view", _find_goods, _item_titles, _item_details, _NEW_ITEM)
_find_all = partial(find_items, with_unused=True)
all_item_lookup = Lookup("all_items", "warehouse.item.view", _find_all, _item_titles, _item_details, _NEW_ITEM)
_find_all_goods = partial(find_items, goods_only=True, with_unused=True, with_units=True)
all_goods_lookup = Lookup("all_goods", "warehouse.item.view", _find_all_goods, _item_titles, _item_details, _NEW_ITEM)
#: for whoever counts, and isn't to know what the books expect
_find_counted = partial(find_items, goods_only=True, with_unused=True, with_held=False)
counted_goods_lookup = Lookup("counted_goods", EDIT, _find_counted, _item_titles, _item_details)

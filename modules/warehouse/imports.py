"""Bringing in items from tables, many at a time, with their groups and units."""

from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.custom import checked, load_values, open_fields, said_alike
from app.api.data import pieces
from app.api.errors import Conflict, Invalid
from app.api.imports import (
    Field,
    Import,
    Misfit,
    Place,
    Record,
    Target,
    as_code,
    as_decimal,
    as_one_of,
    filled,
    plain_preset,
    read_custom,
    records,
    table_of,
    whole,
)
from app.api.imports import record as record_of
from app.api.reference import Unit, save_unit
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from modules.warehouse.barcodes import key_of
from modules.warehouse.bins.imports import bins as bins
from modules.warehouse.competitors.imports import competitors as competitors
from modules.warehouse.models import PRICE, Barcode, Item
from modules.warehouse.nesting import Tree, check_path
from modules.warehouse.openings.imports import openings as openings
from modules.warehouse.operations import change_items, create_group, create_items, other_second, wait_for_postings
from modules.warehouse.planning.imports import planning as planning
from modules.warehouse.references import models_of, referred_to, refuse_other_unit
from modules.warehouse.rules import group_name, item_fields
from modules.warehouse.tables import ITEM_KINDS
from modules.warehouse.units import units_by_name
from modules.warehouse.variants.imports import models as models

_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Code"),)),
    Field("name", titles=(_l("Name"),)),
    Field("kind", as_one_of(ITEM_KINDS), titles=(_l("Kind"),)),
    Field("unit", titles=(_l("Unit"),)),
    Field("second_unit", titles=(_l("Second unit"),)),
    Field("second_per_unit", as_decimal, titles=(_l("Second quantity of one unit"),)),
    Field("group", titles=(_l("Group"),)),
    Field("barcode", as_code, titles=(_l("Barcode"),)),
    Field("price", as_decimal, titles=(_l("Price"), _l("Sales price"))),
    Field("weight", as_decimal, titles=(_l("Weight, kg"), _l("Weight"))),
    Field("volume", as_decimal, titles=(_l("Volume, m³"), _l("Volume"))),
    Field("note", titles=(_l("Note"),)),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code"))
    rows = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    counts, same = job.read(lambda s: _count(s, rows)) if job.dry_run else job.write(lambda s: _write(s, job, rows))
    for kind, created, updated in counts:
        job.report.created.update({kind: created} if created else {})
        job.report.updated.update({kind: updated} if updated else {})
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """The rows that can be taken; of the others, reports why: what the rules refuse, and what only the books can tell."""
    units = set(session.scalars(select(Unit.code)))
    if job.actor.may("core.organisation.manage"):
        units |= job.preset.option("units", dict, {}).keys()
    called = units_by_name(session)
    numbers = {row.code: row.id for row in session.execute(select(Unit.code, Unit.id))}
    for row in rows:
        if (unit := row.values.get("unit")) is not None and unit not in units:
            row.values["unit"] = called.get(unit.casefold(), unit)
        _find_second(row.values, called, numbers)
    known = _known(session, [r.values["code"] for r in rows])
    barcodes = _barcodes(session, [key_of(r.values["barcode"]) for r in rows if r.values.get("barcode")])
    others = [
        item
        for r in rows
        if (item := known.get(r.values["code"])) is not None
        and (_has_other_unit(r.values, item) or _has_other_second(r.values, item))
    ]
    in_books, models = referred_to(session, others, beyond_drafts=True), models_of(session, others)
    fields = open_fields(session, Item.custom_subject())
    good = []
    for row in rows:
        try:
            item = known.get(row.values["code"])
            row = row._replace(values=_without_known(_fields(row.values, item, numbers), barcodes))
            _check(job, row.values, item, units, barcodes)
            _check_unit(row.values, item, in_books, models)
            row = read_custom(job, row, Item)
            checked(fields, row.custom or {}, item.custom if item is not None else {}, is_new=item is None)
        except Invalid as error:
            job.refuse(row, error)
        else:
            good.append(row)
    return good


def _fields(values: Mapping[str, Any], item: Item | None, numbers: Mapping[str, int]) -> dict[str, Any]:
    """The fields as `item_fields` has them, which compares the second unit with the unit, whose id the row doesn't say."""
    unit = {"unit_id": numbers[values["unit"]]} if values.get("unit") in numbers else {}
    found = item_fields({**unit, **{n: v for n, v in values.items() if n != "second_unit"}}, known=item)
    return {
        **{n: v for n, v in found.items() if n != "unit_id"},
        **{n: values[n] for n in ("second_unit",) if n in values},
    }


def _check(
    job: Import, values: Mapping[str, Any], item: Item | None, units: Set[str], barcodes: dict[str, str]
) -> None:
    """Refuse (Invalid) a row that can't be taken; `item` has its code already."""
    if item is None and not values.get("name"):
        raise Invalid(_l("a new item needs a name"), field="name")
    if item is not None and values.get("kind", item.kind) != item.kind:
        raise Invalid(_l("this item is of the other kind"), field="kind")
    if values.get("price") is not None and not job.actor.sees(PRICE["group"]):
        raise Invalid(_l("this field is not open to you"), field="price")
    if "second_unit" in values:
        raise Invalid(_l("There is no unit “%(code)s”.", code=values["second_unit"]), field="second_unit")
    if "unit" in values and values["unit"] not in units:
        raise Invalid(_l("There is no unit “%(code)s”.", code=values["unit"]), field="unit")
    check_path(_path(job, values.get("group", "")))
    for name in _path(job, values.get("group", "")):
        group_name(name, field="group")
    # Seen so far in the file or in the books: a label can't be on two items.
    if barcode := values.get("barcode"):
        owner = barcodes.setdefault(key_of(barcode), values["code"])
        if owner != values["code"]:
            raise Invalid(_l("“%(code)s” has this barcode already", code=owner), field="barcode")


def _without_known(values: dict[str, Any], barcodes: Mapping[str, str]) -> dict[str, Any]:
    """The fields without a barcode that the item has already, be it a further one: which is the main one stays as it is."""
    is_known = values.get("barcode") and barcodes.get(key_of(values["barcode"])) == values["code"]
    return {name: value for name, value in values.items() if name != "barcode" or not is_known}


def _find_second(values: dict[str, Any], called: Mapping[str, str], numbers: Mapping[str, int]) -> None:
    """Let the second unit, a code or name, be the unit's id; what isn't a unit stays, to be refused. Empty: there is none."""
    if (text := values.get("second_unit")) is None:
        return
    code = called.get(text.casefold(), text)
    if not text or code in numbers:
        del values["second_unit"]
        values["second_unit_id"] = numbers[code] if text else None


def _has_other_second(values: Mapping[str, Any], item: Item) -> bool:
    return bool(values.get("second_unit_id", item.second_unit_id) != item.second_unit_id)


def _has_other_unit(values: Mapping[str, Any], item: Item) -> bool:
    return bool(values.get("unit", item.unit.code) != item.unit.code)


def _check_unit(values: Mapping[str, Any], item: Item | None, in_books: Set[int], models: Mapping[int, str]) -> None:
    """Refuse (Invalid) another unit of an item that stands in the books or is a variant, as `change_items` does of one."""
    if item is not None and _has_other_unit(values, item):
        try:
            refuse_other_unit(item, in_books, models)
        except Conflict as error:
            raise Invalid(error.message, field="unit") from error
    if item is not None and item.id in in_books and _has_other_second(values, item):
        raise Invalid(other_second(item).message, field="second_unit")


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[list[tuple[str, int, int]], list[Record]]:
    _add_units(session, job, {r.values["unit"] for r in rows if "unit" in r.values})
    groups = _Groups(session, job)
    created, updated, same = 0, 0, []
    for some in pieces(rows):
        known = _known(session, [r.values["code"] for r in some])
        drafts, changes = [], {}
        for row in some:
            item = known.get(row.values["code"])
            values = groups.filled_in(row.values, item)
            if item is None:
                drafts.append({**values, "custom": row.custom})
            elif _is_so(item, values, row):
                same.append(row)
            else:
                changes[item] = {**values, "custom": row.custom}
        create_items(session, job.actor, drafts, audited=False)
        change_items(session, job.actor, changes, audited=False)
        created, updated = created + len(drafts), updated + len(changes)
    if created + updated:
        record(session, "warehouse.item.import", summary=f"{job.preset.name}: {created} new, {updated} changed")
    return [("warehouse.item", created, updated), ("warehouse.item_group", groups.made, 0)], same


def _count(session: Session, rows: list[Record]) -> tuple[list[tuple[str, int, int]], list[Record]]:
    """What `_write` would do to items, as far as it shows without writing: groups that are new are not counted."""
    known = _known(session, [r.values["code"] for r in rows])
    old = [r for r in rows if r.values["code"] in known]
    same = [r for r in old if "group" not in r.values and _is_so(known[r.values["code"]], r.values, r)]
    return [("warehouse.item", len(rows) - len(old), len(old) - len(same))], same


def _is_so(item: Item, values: Mapping[str, Any], row: Record) -> bool:
    said = ((item.unit.code if name == "unit" else getattr(item, name), value) for name, value in values.items())
    return all(one == other for one, other in said) and said_alike(row.custom, item.custom)


def _add_units(session: Session, job: Import, wanted: Set[str]) -> None:
    """Make the units that rows name, the preset describes and nobody has yet."""
    known = set(session.scalars(select(Unit.code)))
    for code, said in job.preset.option("units", dict, {}).items():
        if code in wanted - known:
            save_unit(session, job.actor, None, code=code, name=said["name"], digits=said.get("digits", 0))


def _path(job: Import, text: str) -> list[str]:
    """The names of groups, one below the other, that a cell says."""
    return [name for part in text.split(job.preset.option("group_separator", str, "/")) if (name := part.strip())]


class _Groups:
    """The item tree by path; what is lacking is made."""

    def __init__(self, session: Session, job: Import) -> None:
        self._session, self._job = session, job
        self._tree, self._is_alone = Tree(session), False
        self.made = 0

    def filled_in(self, values: Mapping[str, Any], item: Item | None) -> dict[str, Any]:
        """The values with the group's id for its path; the name alone, as lists show it, says the group that the item is in."""
        rest = {n: v for n, v in values.items() if n != "group"}
        if "group" not in values:
            return rest
        if item is not None and item.group_id is not None and self._tree.names[item.group_id] == values["group"]:
            return {**rest, "group_id": item.group_id}
        return {**rest, "group_id": self._of(values["group"])}

    def _of(self, path: str) -> int | None:
        parent: int | None = None
        for name in _path(self._job, path):
            known = self._tree.named(name, parent)
            parent = known if known is not None else self._make(name, parent)
        return parent

    def _make(self, name: str, parent: int | None) -> int:
        if not self._is_alone:
            wait_for_postings(self._session)
            self._tree, self._is_alone = Tree(self._session), True  # others may have made it until now
            if (known := self._tree.named(name, parent)) is not None:
                return known
        self.made += 1
        return create_group(self._session, self._job.actor, name=name, parent_id=parent, tree=self._tree).id


def _known(session: Session, codes: list[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for some in pieces(codes):
        query = select(Item).where(Item.code.in_(some))
        found.update((item.code, item) for item in session.scalars(query))
    load_values(session, found.values())
    return found


def _barcodes(session: Session, keys: list[str]) -> dict[str, str]:
    """Key of a barcode → the code of the item that has it."""
    found: dict[str, str] = {}
    for some in pieces(keys):
        query = select(Barcode.key, Item.code).join(Item, Item.id == Barcode.item_id).where(Barcode.key.in_(some))
        found.update((row.key, row.code) for row in session.execute(query))
    return found


def _unit_code(value: Any, place: Place) -> None:
    if not (1 <= len(value) <= 3 and value == value.strip().upper()):
        raise Misfit(place, _l("must be a code of at most three capital letters or digits"))


items = Target(
    name="warehouse.items",
    title=_l("Items"),
    shown="warehouse.item_list",
    permissions=("warehouse.item.edit",),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
    customised=(Item,),
    options={
        "group_separator": filled,
        "units": table_of(record_of({"name": filled}, {"digits": whole(6)}), key_shape=_unit_code),
    },
)

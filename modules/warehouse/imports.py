"""Bringing in items from tables, many at a time, with their groups and units."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import (
    Actor,
    BadCell,
    Field,
    Import,
    Invalid,
    Price,
    Record,
    Target,
    Unit,
    as_code,
    as_decimal,
    as_text,
    fold,
    plain_preset,
    record,
    records,
    require,
    to_units,
)
from modules.warehouse.models import GOODS, SERVICE, Item, ItemGroup
from modules.warehouse.operations import change_item, create_group

_PIECE = 500
#: UN/ECE Rec 20: one piece
_PIECE_UNIT = "C62"


def add_items(session: Session, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make items, all at once: each row has code, name, kind, and whatever else it fills. Codes must be free."""
    require(actor, "warehouse.item.edit")
    pieces = session.scalars(select(Unit.id).where(Unit.code == _PIECE_UNIT)).one()
    for row in rows:
        session.add(Item(folded=fold(row["code"], row["name"], row.get("barcode"))[:500], **{"unit_id": pieces, **row}))
    session.flush()


def _kind(cell: Any) -> str:
    text = as_text(cell)
    return text.casefold() if text.casefold() in (GOODS, SERVICE) else text


def _price(cell: Any) -> Decimal:
    price = as_decimal(cell)
    if not 0 <= price < 10**9:
        raise BadCell(_l("“%(value)s” is no price", value=price))
    try:
        to_units(price, Price.scale)
    except ValueError as error:
        raise BadCell(
            _l("“%(value)s” has more than %(n)s digits after the point", value=price, n=Price.scale)
        ) from error
    return price


_FIELDS = (
    Field("code", as_code, required=True, length=60),
    Field("name", as_text, required=True, length=300),
    Field("kind", _kind),
    Field("unit"),
    Field("group"),
    Field("barcode", as_code, length=60),
    Field("price", _price),
    Field("note"),
)


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code"))
    rows = job.read(lambda session: _fitting(session, job, rows))
    if job.report.errors and not job.skip_errors:
        for row in rows:
            job.report.skip(row.file, row.row, _l("not written: the file has errors"))
        return
    counts, same = job.read(lambda s: _count(s, rows)) if job.dry_run else job.write(lambda s: _write(s, job, rows))
    for kind, created, updated in counts:
        job.report.created.update({kind: created} if created else {})
        job.report.updated.update({kind: updated} if updated else {})
    for row in same:
        job.report.skip(row.file, row.row, _l("is so already"))


def _fitting(session: Session, job: Import, rows: list[Record]) -> list[Record]:
    """Report what only the books can tell, and give the rest."""
    units = set(session.scalars(select(Unit.code))) | job.preset.option("units", dict, {}).keys()
    known = _known(session, [r.values["code"] for r in rows])
    barcodes = _barcodes(session, [r.values["barcode"] for r in rows if "barcode" in r.values])
    good = []
    for row in rows:
        fault = _fault(row.values, known.get(row.values["code"]), units, barcodes)
        if fault is None:
            good.append(row)
        else:
            columns = job.preset.columns.get(fault[0], (fault[0],))
            job.report.fail(row.file, row.row, columns[0], fault[1])
    return good


def _fault(
    values: Mapping[str, Any], item: Item | None, units: set[str], barcodes: dict[str, str]
) -> tuple[str, object] | None:
    kind = values.get("kind", item.kind if item else GOODS)
    if kind not in (GOODS, SERVICE):
        return "kind", _l("“%(value)s” is neither goods nor service", value=kind)
    if item is not None and kind != item.kind:
        return "kind", _l("this item is of the other kind")
    if values.get("unit", _PIECE_UNIT) not in units:
        return "unit", _l("there is no unit “%(code)s”", code=values["unit"])
    # Seen so far in the file or in the books: a label can't be on two items.
    if "barcode" in values and barcodes.setdefault(values["barcode"], values["code"]) != values["code"]:
        return "barcode", _l("“%(code)s” has this barcode already", code=barcodes[values["barcode"]])
    return None


def _write(session: Session, job: Import, rows: list[Record]) -> tuple[list[tuple[str, int, int]], list[Record]]:
    units = _units(session, job)
    before = len(session.scalars(select(ItemGroup.id)).all())
    groups = _Groups(session, job)
    created, updated, same = 0, 0, []
    for start in range(0, len(rows), _PIECE):
        some = [(r, _as_columns(r.values, units, groups)) for r in rows[start : start + _PIECE]]
        known = _known(session, [r.values["code"] for r, _ in some])
        add_items(session, job.actor, [values for _, values in some if values["code"] not in known])
        created += sum(values["code"] not in known for _, values in some)
        for row, values in some:
            item = known.get(values["code"])
            if item is None:
                continue
            if _is_so(item, values):
                same.append(row)
            else:
                change_item(session, job.actor, item, **values)
                updated += 1
    if created:
        record(session, "warehouse.item.import", summary=f"{job.preset.name}: {created} new, {updated} changed")
    made = len(session.scalars(select(ItemGroup.id)).all()) - before
    return [("warehouse.item", created, updated), ("warehouse.item_group", made, 0)], same


def _count(session: Session, rows: list[Record]) -> tuple[list[tuple[str, int, int]], list[Record]]:
    """What `_write` would do to items, as far as it shows without writing: groups that are new are not counted."""
    units = {u.code: u.id for u in session.scalars(select(Unit))}
    known = _known(session, [r.values["code"] for r in rows])
    old = [r for r in rows if r.values["code"] in known]
    same = [
        r
        for r in old
        if "group" not in r.values and _is_so(known[r.values["code"]], _as_columns(r.values, units, None))
    ]
    return [("warehouse.item", len(rows) - len(old), len(old) - len(same))], same


def _is_so(item: Item, values: Mapping[str, Any]) -> bool:
    return all(getattr(item, name) == value for name, value in values.items())


def _as_columns(values: Mapping[str, Any], units: Mapping[str, int], groups: "_Groups | None") -> dict[str, Any]:
    columns = {n: v for n, v in values.items() if n not in ("unit", "group")}
    if "unit" in values:
        columns["unit_id"] = units.get(values["unit"])
    if "group" in values and groups is not None:
        columns["group_id"] = groups.of(values["group"])
    return columns


def _units(session: Session, job: Import) -> dict[str, int]:
    """Ids by code; units that the preset describes and nobody has yet are made."""
    known = set(session.scalars(select(Unit.code)))
    for code, said in job.preset.option("units", dict, {}).items():
        if code not in known:
            if not 0 < len(code) <= 3:
                raise Invalid(_l("“%(code)s” is no unit code (UN/ECE Recommendation 20).", code=code))
            session.add(Unit(code=code, name=said["name"], digits=said.get("digits", 0)))
    session.flush()
    return {unit.code: unit.id for unit in session.scalars(select(Unit))}


class _Groups:
    """The item tree by path; what is lacking is made."""

    def __init__(self, session: Session, job: Import) -> None:
        self._session, self._actor = session, job.actor
        self._separator = job.preset.option("group_separator", str, "/")
        self._known = {(g.parent_id, g.name): g.id for g in session.scalars(select(ItemGroup))}

    def of(self, path: str) -> int | None:
        """The id of the last group of the path."""
        parent: int | None = None
        for name in filter(None, (part.strip() for part in path.split(self._separator))):
            if (parent, name) not in self._known:
                group = create_group(self._session, self._actor, name=name[:200], parent_id=parent)
                self._known[parent, name] = group.id
            parent = self._known[parent, name]
        return parent


def _known(session: Session, codes: list[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for start in range(0, len(codes), _PIECE):
        query = select(Item).where(Item.code.in_(codes[start : start + _PIECE]))
        found.update((item.code, item) for item in session.scalars(query))
    return found


def _barcodes(session: Session, barcodes: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(barcodes), _PIECE):
        query = select(Item.barcode, Item.code).where(Item.barcode.in_(barcodes[start : start + _PIECE]))
        found.update((str(barcode), code) for barcode, code in session.execute(query))
    return found


items = Target(
    name="warehouse.items",
    title=_l("Items"),
    permissions=("warehouse.item.edit",),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

"""Bringing in opening stock: a document for each warehouse and date, and a bin move for what lies in bins."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.documents import post, save
from app.api.errors import Invalid, PeriodClosed
from app.api.imports import Field, Import, Record, Target, as_code, as_decimal, as_moment, plain_preset, records
from app.api.reference import organisation, organisation_id
from app.api.security import Actor, PastPolicy, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins import EDIT, MOVE
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import Bin, BinMove
from modules.warehouse.bins.operations import add_bins, checked_bin
from modules.warehouse.bins.rules import bin_code
from modules.warehouse.items import items_by_id
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.lots.rules import lots_of_goods
from modules.warehouse.lots.splitting import lots_missing
from modules.warehouse.models import GOODS, Opening
from modules.warehouse.queries import item_numbers, warehouses_named
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_goods, check_price

_BOOKS = PastPolicy("whether an item has moved in a warehouse: yes or no, whoever may see stock")

_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Code"),)),
    Field("quantity", as_decimal, required=True, titles=(_l("Quantity"),)),
    Field("place", titles=(_l("Warehouse"),)),
    Field("price", as_decimal, titles=(_l("Cost of one"),)),
    Field("bin", titles=(_l("Bin"),)),
    Field("lots", titles=(_l("Lots"),)),
    Field("moment", as_moment, titles=(_l("Date"),)),
)
#: lines of a document, as many as its page takes
_MOST = 2_000

#: warehouse, moment (without one a document happens as it is posted), and which document of them
Where = tuple[int, datetime | None, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that can be taken."""

    item: int
    quantity: Decimal
    price: Decimal
    bin: str
    lots: str


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    good = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    if good and not job.dry_run:
        job.write(lambda session: _write(session, job, good))
    job.report.created.update({str(Opening.__mapper_args__["polymorphic_identity"]): len(good)} if good else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> dict[Where, list[_Row]]:
    """By warehouse and date, what lies there. A row of an item that has moved in its warehouse already is left out, as it was
    there before, or has come in by this very file."""
    items = item_numbers(session, [row.values["code"] for row in rows])
    goods = items_by_id(session, set(items.values()))
    named, first = warehouses_named(session)
    seen: dict[Any, int] = {}
    moved, bins = _moved(session, set(items.values())), _bins(session)
    until, now = organisation(session).closed_until, wall_clock()
    found: dict[tuple[int, datetime | None], list[_Row]] = {}
    for row in rows:
        said, item = row.values, items.get(row.values["code"])
        place = named.get(said["place"].casefold()) if "place" in said else first
        try:
            if item is None:
                raise Invalid(_l("There is no item “%(code)s”.", code=said["code"]), field="code")
            if place is None:
                raise Invalid(_l("There is no warehouse “%(name)s”.", name=said["place"]), field="place")
            if goods[item].kind != GOODS:
                raise Invalid(_l("A service isn't kept in stock."), field="code")
            if said["quantity"] == 0:
                job.report.skip(row.file, row.row, _l("nothing lies there"))
                continue
            if (item, place) in moved:
                job.report.skip(row.file, row.row, _l("has moved there already: count it instead"))
                continue
            _check(goods[item], said)
            moment = said.get("moment", now)
            if until is not None and moment.date() <= until:
                raise Invalid(PeriodClosed(until).message, field="moment")
            if moment > now and "bin" in said:
                raise Invalid(_l("What lies in bins lies there today already."), field="moment")
            if bins.get((place, bin_code(said.get("bin", "")))) is False:
                raise Invalid(_l("This bin is closed."), field="bin")
            price = said.get("price", Decimal(0))
            opened = _Row(item, said["quantity"], price, bin_code(said.get("bin", "")), said.get("lots", ""))
            where = (place, said.get("moment"))
            if (before := seen.setdefault((where, opened.item, opened.bin, opened.lots), row.row)) != row.row:
                raise Invalid(_l("The same goods stand in row %(row)s already.", row=before), field="code")
        except Invalid as error:
            job.refuse(row, error)
            continue
        found.setdefault(where, []).append(opened)
    _require_bins(job.actor, {(where[0], row.bin) for where, some in found.items() for row in some if row.bin}, bins)
    return {(*where, n): some for where, all_ in found.items() for n, some in enumerate(_in_documents(all_))}


def _in_documents(rows: list[_Row]) -> Iterator[list[_Row]]:
    for start in range(0, len(rows), _MOST):
        yield rows[start : start + _MOST]


def _check(item: Any, said: Mapping[str, Any]) -> None:
    """As lines of documents would be, at the row's own columns."""
    checks: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("quantity", lambda: check_goods(1, item, said["quantity"])),
        ("price", lambda: check_price(1, said.get("price", Decimal(0)))),
        ("lots", lambda: _check_lots(item, said)),
        ("bin", lambda: "bin" in said and checked_bin({"code": said["bin"], "position": 0})),
    )
    for field, check in checks:
        try:
            check()
        except Invalid as error:
            raise Invalid(error.message, field=field) from None


def _check_lots(item: Any, said: Mapping[str, Any]) -> None:
    if not lots_of_goods(1, said.get("lots", ""), said["quantity"], item) and item.tracking:
        raise lots_missing(1, item)


def _moved(session: Session, items: set[int]) -> set[tuple[int, int]]:
    """Item and warehouse of what has moved there."""
    total, found = Stock.on_hand.table.c, set()
    for some in pieces(sorted(items)):
        query = select(total.item_id, total.place_id).where(
            total.organisation_id == organisation_id(session), total.item_id.in_(some)
        )
        found |= {(row[0], row[1]) for row in _BOOKS(session).execute(query)}
    return found


def _bins(session: Session) -> dict[tuple[int | None, str], bool]:
    """Warehouse and code of each bin, and whether it is open."""
    rows = session.execute(select(Bin.warehouse_id, Bin.code, Bin.is_active))
    return {(row.warehouse_id, row.code): row.is_active for row in rows}


def _require_bins(actor: Actor, wanted: set[tuple[int, str]], known: Mapping[tuple[int | None, str], bool]) -> None:
    """Refuse (Forbidden) whoever may not put goods into bins, or make those that are missing."""
    if wanted:
        require(actor, f"{MOVE}.edit")
        require(actor, f"{MOVE}.post")
    if wanted - known.keys():
        require(actor, EDIT)


def _write(session: Session, job: Import, good: Mapping[Where, list[_Row]]) -> None:
    for (place, moment, _), rows in good.items():
        lines = [MovementLineDraft(row.item, row.quantity, row.price, lots=row.lots) for row in rows]
        opening = save(session, job.actor, Opening, MovementDraft(lines, target_id=place, moment=moment))
        post(session, job.actor, [opening])
        put = [BinMoveLineDraft(row.item, row.quantity, lots=row.lots, to_bin=row.bin) for row in rows if row.bin]
        if put:
            _make_missing_bins(session, job, place, list(dict.fromkeys(line.to_bin for line in put)))
            move = save(session, job.actor, BinMove, BinMoveDraft(place_id=place, lines=put))
            post(session, job.actor, [move])


def _make_missing_bins(session: Session, job: Import, place: int, codes: list[str]) -> None:
    """In the order of the walk behind those that are there: as the rows name them."""
    known = {b.code: b.position for b in session.scalars(select(Bin).where(Bin.warehouse_id == place))}
    behind = max(known.values(), default=0)
    missing = [code for code in codes if code not in known]
    rows = [{"code": code, "zone": "", "position": behind + 10 * n} for n, code in enumerate(missing, 1)]
    if rows:
        add_bins(session, job.actor, place, rows)


openings = Target(
    name="warehouse.openings",
    title=_l("Opening stock"),
    shown="warehouse.opening_list",
    permissions=("warehouse.opening.edit", "warehouse.opening.post"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

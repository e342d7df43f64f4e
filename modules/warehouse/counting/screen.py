"""The page on which a count is scanned, and what it asks and sends meanwhile."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.errors import Invalid
from app.api.reference import Unit, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import shortest
from app.api.web import acted_ago, answer_act, current_actor, current_session, exact, whole
from modules.warehouse.blueprint import routes
from modules.warehouse.counting import EDIT
from modules.warehouse.counting.bins import bins_by_id, counted_bins
from modules.warehouse.counting.models import StockCount, Tally
from modules.warehouse.counting.operations import Tallied, count_whole_bin, tally, undo
from modules.warehouse.counting.results import count_by_id, to_count_again
from modules.warehouse.counting.rules import moment_of
from modules.warehouse.item_barcodes import barcodes_to_keep
from modules.warehouse.items import items_by_id
from modules.warehouse.logistic_units.scanning import unit_to_scan
from modules.warehouse.lots.queries import lots_called
from modules.warehouse.models import GOODS, NONE, Item
from modules.warehouse.scanned import KILOGRAM
from modules.warehouse.tables import find_items

_ONE = "/warehouse/counts/<int:document_id>"
#: so many items a browser keeps at most, the newest, and so many of the last scans are shown
MOST_KEPT, SHOWN = 10_000, 8


@routes.get(f"{_ONE}/scanning", needs=EDIT, help="count")
def count_scanning(document_id: int) -> Any:
    """Count by scanner, keyboard or phone."""
    session = current_session()
    count = count_by_id(session, document_id)
    again = to_count_again(session, count)
    items, bins = items_by_id(session, {i for i, _ in again}), bins_by_id(session, {where for _, where in again})
    said = sorted((items[i].code, items[i].name, bins[where].title) for i, where in again)
    return render_template(
        "warehouse/count_screen.html",
        count=count,
        bins=[(each.id, each.code, each.title) for each in counted_bins(session, count)],
        again=[(code, name, title if count.is_by_bin else "") for code, name, title in said],
        last=_last(session, count),
        user=current_actor().user_id,
    )


@routes.get(f"{_ONE}/goods", needs=EDIT, help=None)
def count_goods(document_id: int) -> Any:
    """What the browser keeps of the goods of a count; with `?q=` what is found of them."""
    session = current_session()
    count, text = count_by_id(session, document_id), visible(request.args.get("q", "").replace("\0", ""))[:100]
    query = select(Item.id).where(Item.kind == GOODS, Item.is_active)
    if text:
        if named := _items_of_lot(session, count, text):
            rows = {row[0]: row for row in kept_goods(session, named)}
            return {"goods": [[*rows[i], text] for i in named]}  # the lot comes behind what is kept
        try:
            if (packed := unit_to_scan(session, text)) is not None:
                return packed
            found = find_items(session, text, 12, goods_only=True, with_unused=True, with_held=False)
        except Invalid as error:
            return {"goods": [], "says": str(error)}
        ids = [row["id"] for row in found]
    else:
        ids = sorted(count.listed) or list(session.scalars(query.order_by(Item.id.desc()).limit(MOST_KEPT)))
    return {"goods": kept_goods(session, ids)}


@routes.post(f"{_ONE}/tallies", needs=EDIT)
def count_tallied(document_id: int) -> Any:
    """What a browser's queue sends of a scan: as of when it was done there."""

    def work(said: dict[str, Any], act: str) -> dict[str, Any]:
        session = current_session()
        moment = _acted_at(session, document_id)
        lot = said.get("lot", "")
        if not isinstance(lot, str):
            raise Invalid(_l("This can't be a lot."))
        number = exact(said.get("quantity"))
        expires = _day(said.get("expires"))
        lot, bin_id = visible(lot).strip(), whole(said.get("bin", NONE))
        second = exact(said["second"]) if said.get("second") else None
        counted = Tallied(whole(said.get("item")), number, act, moment, lot, expires, bin_id, second)
        tally(session, current_actor(), document_id, [counted])
        return {}

    return answer_act(work)


@routes.post(f"{_ONE}/whole-bins", needs=EDIT)
def count_whole(document_id: int) -> Any:
    """What a browser's queue sends of a bin in which all is counted."""

    def work(said: dict[str, Any], act: str) -> dict[str, Any]:
        session = current_session()
        moment = _acted_at(session, document_id)
        count_whole_bin(session, current_actor(), document_id, whole(said.get("bin")), act, moment)
        return {}

    return answer_act(work)


def _acted_at(session: Session, document_id: int) -> datetime:
    moment = moment_of(acted_ago(), count_by_id(session, document_id).begun_at, wall_clock())
    if moment is None:
        raise Invalid(_l("This was counted too long ago. Throw it away, and count it again."))
    return moment


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise Invalid(_l("“%(text)s” isn't a day. Write it as 2026-01-31.", text=value)) from error


def _items_of_lot(session: Session, count: StockCount, text: str) -> list[int]:
    """The items of which a text is a serial number or lot that whoever asks may know of."""
    query = lots_called(session, text).with_only_columns(Item.id).where(Item.tracking != "")
    query = query.where(Item.kind == GOODS, Item.is_active, *([Item.id.in_(count.listed)] if count.listed else []))
    return list(session.scalars(query.limit(12)))


@routes.post(f"{_ONE}/undone", needs=EDIT)
def count_undone(document_id: int) -> Any:
    """What a browser's queue sends of a scan that is undone."""

    def work(said: dict[str, Any], _act: str) -> dict[str, Any]:
        undo(current_session(), current_actor(), document_id, f"act:{said.get('undo')}")
        return {}

    return answer_act(work)


def _last(session: Session, count: StockCount) -> list[dict[str, Any]]:
    """What whoever asks has scanned last, as the page shows it."""
    own = select(Tally).where(Tally.document_id == count.id, Tally.user_id == current_actor().user_id)
    found = session.scalars(own.where(Tally.operation_id.like("act:%")).order_by(Tally.id.desc()).limit(SHOWN)).all()
    return [
        {
            "act": each.operation_id.removeprefix("act:"),
            "item": {"item": each.item_id, "title": each.item.name, "digits": each.item.unit.digits}
            | {
                "tracking": each.item.tracking,
                "lot": each.lot,
                "expires": each.expires.isoformat() if each.expires else "",
                "second": _second_kept(each.item.second_unit),
            },
            "second": "" if each.second is None else f"{shortest(each.second):f}",
            "quantity": f"{shortest(each.quantity):f}",
            "title": f"{each.item.name} {each.lot}".strip(),
            "bin": each.bin_id,
            "at": f"{each.moment:%H:%M:%S}",
            "state": "undone" if each.is_undone else "done",
        }
        for each in found
    ]


def kept_goods(session: Session, ids: Sequence[int]) -> list[list[Any]]:
    """Items as pages keep them (`static/js/till/goods.js`): id, code, barcodes, name, no price, unit, digits, boxes,
    whether they are weighed, by what they are tracked, and their second unit."""
    barcodes, boxes = barcodes_to_keep(session, ids)
    rows: list[Any] = []
    for some in pieces(ids):
        query = select(
            Item.id,
            Item.code,
            Item.name,
            Unit.name.label("unit"),
            Unit.digits,
            (Unit.code == KILOGRAM).label("is_weighed"),
            Item.tracking,
            Item.second_unit_id,
        )
        rows += session.execute(query.join(Unit, Unit.id == Item.unit_id).where(Item.id.in_(some)))
    units = select(Unit).where(Unit.id.in_({x.second_unit_id for x in rows}))
    seconds = {unit.id: _second_kept(unit) for unit in session.scalars(units)}
    return [
        [
            *(x.id, x.code, barcodes[x.id], x.name, "", unit_word(x.unit), x.digits, boxes[x.id], x.is_weighed),
            *(x.tracking, seconds.get(x.second_unit_id)),
        ]
        for x in rows
    ]


def _second_kept(unit: Unit | None) -> dict[str, Any] | None:
    """A second unit as the page keeps it: its word, its digits, and whether a label's weight is in it."""
    if unit is None:
        return None
    return {"unit": unit_word(unit.name), "digits": unit.digits, "is_weight": unit.code == KILOGRAM}

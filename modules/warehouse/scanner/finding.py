"""What a scanned label names beside an item: bins, lots, boxes and pallets, and documents, each with what is there and where it
leads. No price."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, document_title
from app.api.ledger import now
from app.api.reference import Unit, organisation_id, unit_word
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, number
from app.api.web import document_address
from modules.warehouse.bins import MOVE
from modules.warehouse.bins import VIEW as SEES_BINS
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.queries import bins_of_item, held_in_bins
from modules.warehouse.element_strings import label_of
from modules.warehouse.items import items_by_id
from modules.warehouse.logistic_units import VIEW as SEES_UNITS
from modules.warehouse.logistic_units.models import KINDS
from modules.warehouse.logistic_units.queries import held_lines, inside, unit_named
from modules.warehouse.logistic_units.scanning import says_where
from modules.warehouse.lots.queries import lots_called
from modules.warehouse.models import Barcode, Item, Lot, Place
from modules.warehouse.registers import Stock
from modules.warehouse.scanner.offered import scan_lists

#: things of one name, and rows of each, that are shown
MOST, MOST_ROWS = 5, 100


def things_named(session: Session, actor: Actor, text: str) -> list[dict[str, Any]]:
    """What is open to the actor and is called so. Of each: `title`, `rows` to read, the `address` of its page (empty: none);
    of a bin from which the actor may take goods `place` and `bin`; of what waits on a list to be scanned `list` and `of`."""
    return [
        *_bins(session, actor, text),
        *_units(session, actor, text),
        *_lots(session, text),
        *_to_scan(session, actor, text),
    ]


def places_of_item(session: Session, actor: Actor, item: Item) -> list[dict[str, Any]]:
    """Where an item lies: each warehouse, with how much is there, of which lots, and in which bins."""
    unit = unit_word(item.unit.name)
    by_place: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    for figure in now(session, Stock.on_hand, by=("place", "lot"), where={"item": [item.id]}):
        if figure.amounts["quantity"]:
            by_place[figure.key[0]].append((figure.key[1], figure.amounts["quantity"]))
    names = session.execute(select(Place.id, Place.name).where(Place.id.in_(by_place)))
    places = {row.id: row.name for row in names}
    numbers = {lot for held in by_place.values() for lot, _ in held}
    lots = {lot.id: lot for lot in session.scalars(select(Lot).where(Lot.id.in_(numbers)))}
    bins: dict[str, list[str]] = defaultdict(list)
    for row in bins_of_item(session, item.id) if actor.may(SEES_BINS) else ():
        bin_ = row.bin or str(_l("not put away"))
        bins[row.place].append(_joined(f"{bin_}: {number(row.quantity)}", row.lot))
    return [
        {
            "place": places[place],
            "quantity": f"{number(sum(quantity for _, quantity in held))} {unit}",
            "lots": [_of_lot(lots[lot], quantity) for lot, quantity in sorted(held) if lot],
            "bins": bins.get(places[place], []),
        }
        for place, held in sorted(by_place.items())
        if place in places
    ]


def _bins(session: Session, actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    if not actor.may(SEES_BINS):
        return
    found = session.scalars(
        select(Bin).where(Bin.code == text.upper(), Bin.warehouse_id.is_not(None)).limit(MOST)
    ).all()
    held, own = held_in_bins(session)
    for each in found:
        query = (
            select(Item.code, Item.name, Unit.name.label("unit"), Lot.code.label("lot"), held.quantity)
            .join_from(held.item_id.table, Item, Item.id == held.item_id)
            .join(Unit, Unit.id == Item.unit_id)
            .join(Lot, Lot.id == held.lot_id)
            .where(held.bin_id == each.id, *own)
            .order_by(Item.code_order, Item.id, Lot.id)
        )
        rows = [
            _joined(f"{number(x.quantity)} {unit_word(x.unit)}", f"{x.code} {x.name}", x.lot)
            for x in session.execute(query.limit(MOST_ROWS))
        ]
        place = each.warehouse.name if each.warehouse else ""
        is_open = each.is_active and actor.may(f"{MOVE}.edit")
        yield {
            "title": _joined(each.code, place, "" if each.is_active else _l("closed")),
            "rows": rows or [str(_l("Nothing lies in it."))],
            "address": "",
            **({"place": each.warehouse_id, "bin": each.code} if rows and is_open else {}),
        }


def _units(session: Session, actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    unit = unit_named(session, text) if actor.may(SEES_UNITS) else None
    if unit is None:
        return
    lines = held_lines(session, [unit.id, *inside(session, unit.id)])[:MOST_ROWS]
    items = items_by_id(session, {line.item_id for line in lines})
    rows = [
        _joined(f"{number(line.quantity)} {items[line.item_id].unit}", f"{items[line.item_id].name}", line.lots)
        for line in lines
    ]
    yield {
        "title": _joined(f"{KINDS[unit.kind]} {unit.code}", says_where(unit)),
        "rows": rows or [str(_l("It is empty."))],
        "address": url_for("warehouse.logistic_unit_view", unit_id=unit.id),
    }


def _lots(session: Session, text: str) -> Iterator[dict[str, Any]]:
    label = label_of(text)
    code = (label.lot or label.serial) if label else text
    if not code:
        return
    query = lots_called(session, code)
    if label:
        query = query.where(Lot.item_id.in_(select(Barcode.item_id).where(Barcode.key == label.gtin)))
    for lot in session.scalars(query.limit(MOST)).all():
        item = items_by_id(session, {lot.item_id or 0})[lot.item_id or 0]
        there = now(session, Stock.on_hand, by=("place",), where={"item": lot.item_id, "lot": lot.id})
        held = {f.key[0]: f.amounts["quantity"] for f in there if f.amounts["quantity"]}
        names = session.execute(select(Place.name, Place.id).where(Place.id.in_(held)).order_by(Place.name_order))
        rows = [f"{name}: {number(held[place])} {item.unit}" for name, place in names]
        yield {
            "title": _joined(lot.code, f"{item.code} {item.name}", lot.expires.isoformat() if lot.expires else ""),
            "rows": rows or [str(_l("There is none of it."))],
            "address": url_for("warehouse.lot_view", lot_id=lot.id),
        }


def _to_scan(session: Session, actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    """Documents of this number, and what waits on a list under it."""
    lists = scan_lists(actor).values()
    waiting = {
        (each.name, row["id"]): str(row["title"])
        for each in (lists if len(text) > 2 and text[-1].isdigit() else ())
        for row in each.waiting(session)
        if str(row["title"]).partition(" · ")[0].casefold() == text.casefold()
    }
    for document in _numbered(session, text):
        address = document_address(document.kind, document.id)
        if address is None:
            continue
        begun = next(({"list": name, "of": of} for name, of in waiting if of == document.id), {})
        waiting = {key: title for key, title in waiting.items() if not begun or key[1] != document.id}
        yield {
            "title": _joined(document_title(document.kind), document.number or "", moment(document.moment)),
            "rows": [document.summary] if document.summary else [],
            "address": address,
            **begun,
        }
    for (name, of), title in waiting.items():
        yield {"title": title, "rows": [], "address": "", "list": name, "of": of}


def _numbered(session: Session, text: str) -> Sequence[Any]:
    own = (Document.organisation_id == organisation_id(session), Document.number.in_(sorted({text, text.upper()})))
    return session.scalars(select(Document).where(*own).order_by(Document.id.desc()).limit(MOST)).all()


def _of_lot(lot: Lot, quantity: Any) -> str:
    return f"{lot.code}: {number(quantity)}" + (f" · {lot.expires.isoformat()}" if lot.expires else "")


def _joined(*words: Any) -> str:
    return " · ".join(str(word) for word in words if word)

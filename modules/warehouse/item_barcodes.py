"""Which barcodes items and their packings have: several each, and no two the same."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.api.data import pieces
from app.api.errors import Conflict
from app.api.texts import fold, kept_text, longest
from app.api.texts import lazy_gettext as _l
from app.api.values import exactly, shortest
from modules.warehouse.barcodes import check_barcode, key_of
from modules.warehouse.models import Barcode, Item, Packing

#: what items are to have: item → key → barcode, the main one first
Wanted = dict[Item, dict[str, str]]


def load_barcodes(session: Session, items: Iterable[Item]) -> None:
    """Read the barcodes of many items at once."""
    for some in pieces([item.id for item in items]):
        session.scalars(select(Item).where(Item.id.in_(some)).options(selectinload(Item.barcodes))).all()


def barcodes_to_keep(
    session: Session, ids: Collection[int]
) -> tuple[Mapping[int, list[str]], Mapping[int, list[list[str]]]]:
    """What a page that knows goods by itself keeps (`static/js/till/goods.js`): item → its barcodes; item → each barcode of a
    packing that is an exact number of units, with that number, a text."""
    barcodes: dict[int, list[str]] = defaultdict(list)
    boxes: dict[int, list[list[str]]] = defaultdict(list)
    for some in pieces(ids):
        query = select(Barcode.item_id, Barcode.barcode, Packing).outerjoin(Packing, Packing.id == Barcode.packing_id)
        for item_id, barcode, packing in session.execute(query.where(Barcode.item_id.in_(some))):
            if packing is None:
                barcodes[item_id].append(barcode)
            elif (contains := exactly(packing.contains)) is not None:
                boxes[item_id].append([barcode, f"{shortest(contains):f}"])
    return barcodes, boxes


def wanted_barcodes(session: Session, rows: Mapping[Item, dict[str, Any]]) -> Wanted:
    """What barcodes items are to have by the fields that are to be written; `further_barcodes`, a text of lines, is taken out.
    Refused: what `check_barcode` refuses; one that another item or a packing has, in whatever length (Conflict)."""
    wanted: Wanted = {}
    for item, row in rows.items():
        main, text = row.get("barcode", item.barcode), row.pop("further_barcodes", None)
        further = _read(item, item.further_barcodes if text is None else text, field="further_barcodes")
        wanted[item] = ({key_of(main): main} if main else {}) | further
    added = {i: barcodes.keys() - _own(i, None).keys() for i, barcodes in wanted.items()}
    counted = Counter(key for keys in added.values() for key in keys)
    taken = _taken(session, counted) | {key for key, count in counted.items() if count > 1}
    for item, keys in added.items():
        for key in sorted(keys & taken):
            is_main = wanted[item][key] == rows[item].get("barcode")
            raise _refused(wanted[item][key], field="barcode" if is_main else "further_barcodes")
    return wanted


def keep_barcodes(wanted: Wanted) -> None:
    """Let items have what they are to have."""
    for item, barcodes in wanted.items():
        _keep(item, None, barcodes)


def name_packing(session: Session, packing: Packing, text: str) -> None:
    """Let a packing have the barcodes of a text, each on a line of its own. Refused as by `wanted_barcodes`."""
    barcodes = _read(packing.item, text, field="barcodes")
    taken = _taken(session, barcodes.keys() - _own(packing.item, packing).keys())
    for key in sorted(taken):
        raise _refused(barcodes[key], field="barcodes")
    _keep(packing.item, packing, barcodes)


def fold_names(item: Item) -> None:
    """Let an item be found by what it is called now."""
    item.folded = fold(item.code, item.name, *(b.key for b in item.barcodes))[:500]


def _read(item: Item, text: str, *, field: str) -> dict[str, str]:
    known = {b.barcode for b in item.barcodes}
    found: dict[str, str] = {}
    for line in text.splitlines():
        if barcode := kept_text(line, longest(Barcode, "barcode"), field=field):
            barcode = barcode if barcode in known else check_barcode(barcode, field=field)
            found.setdefault(key_of(barcode), barcode)
    return found


def _own(item: Item, packing: Packing | None) -> dict[str, Barcode]:
    packing_id = packing.id if packing is not None else None
    return {key_of(b.barcode): b for b in item.barcodes if b.packing_id == packing_id}


def _keep(item: Item, packing: Packing | None, barcodes: Mapping[str, str]) -> None:
    own = _own(item, packing)
    kept = [own.get(key) or Barcode(key=key, packing_id=packing.id if packing else None) for key in barcodes]
    for each, barcode in zip(kept, barcodes.values(), strict=True):
        each.barcode = barcode
    item.barcodes = [b for b in item.barcodes if b not in own.values()] + kept


def _taken(session: Session, keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in pieces(list(keys)):
        found.update(session.scalars(select(Barcode.key).where(Barcode.key.in_(some))))
    return found


def _refused(barcode: str, *, field: str) -> Conflict:
    return Conflict(_l("Another item or packing has the barcode “%(code)s”.", code=barcode), field=field)

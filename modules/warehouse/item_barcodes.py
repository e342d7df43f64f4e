"""Which barcodes items have: several each, and no two items the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.api.data import pieces
from app.api.errors import Conflict
from app.api.texts import kept_text, longest
from app.api.texts import lazy_gettext as _l
from modules.warehouse.barcodes import check_barcode, key_of
from modules.warehouse.models import Barcode, Item

#: what items are to have: item → key → barcode, the main one first
Wanted = dict[Item, dict[str, str]]


def load_barcodes(session: Session, items: Iterable[Item]) -> None:
    """Read the barcodes of many items at once."""
    for some in pieces([item.id for item in items]):
        session.scalars(select(Item).where(Item.id.in_(some)).options(selectinload(Item.barcodes))).all()


def wanted_barcodes(session: Session, rows: Mapping[Item, dict[str, Any]]) -> Wanted:
    """What barcodes items are to have by the fields that are to be written; `further_barcodes`, a text of lines, is taken out.
    Refused: what `check_barcode` refuses; one that another item has, in whatever length (Conflict)."""
    wanted: Wanted = {}
    for item, row in rows.items():
        main, text = row.get("barcode", item.barcode), row.pop("further_barcodes", None)
        further = item.further_barcodes if text is None else text
        wanted[item] = {key_of(main): main} if main else {}
        for line in further.splitlines():
            if line.strip():
                barcode = _checked(item, line)
                wanted[item].setdefault(key_of(barcode), barcode)
    _refuse_taken(session, rows, wanted)
    return wanted


def keep_barcodes(wanted: Wanted) -> None:
    """Let items have what they are to have."""
    for item, barcodes in wanted.items():
        known = {key_of(b.barcode): b for b in item.barcodes}
        item.barcodes = [known.get(key) or Barcode(key=key) for key in barcodes]
        for kept, barcode in zip(item.barcodes, barcodes.values(), strict=True):
            kept.barcode = barcode


def _checked(item: Item, line: str) -> str:
    barcode = kept_text(line, longest(Barcode, "barcode"), field="further_barcodes")
    is_known = any(b.barcode == barcode for b in item.barcodes)
    return barcode if is_known else check_barcode(barcode, field="further_barcodes")


def _refuse_taken(session: Session, rows: Mapping[Item, dict[str, Any]], wanted: Wanted) -> None:
    added = {i: barcodes.keys() - {key_of(b.barcode) for b in i.barcodes} for i, barcodes in wanted.items()}
    counted = Counter(key for keys in added.values() for key in keys)
    taken = {key for key, count in counted.items() if count > 1}
    for some in pieces(counted):
        taken.update(session.scalars(select(Barcode.key).where(Barcode.key.in_(some))))
    for item, keys in added.items():
        for key in sorted(keys & taken):
            is_main = wanted[item][key] == rows[item].get("barcode")
            field = "barcode" if is_main else "further_barcodes"
            raise Conflict(_l("Another item has the barcode “%(code)s”.", code=wanted[item][key]), field=field)

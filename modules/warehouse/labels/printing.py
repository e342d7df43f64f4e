"""Labels of goods as PDF, without prices: the data of `goods.typ`, which administrators change like any other template."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.prints import Form, form_pdf
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from modules.warehouse.barcodes import key_of
from modules.warehouse.element_strings import Label, element_string, readable
from modules.warehouse.labels.asked import size_asked
from modules.warehouse.labels.bars import bars, gs1_bars, qr_picture, scanned_code
from modules.warehouse.labels.choosing import GoodsLabel
from modules.warehouse.labels.sizes import BARS, QR, Size, on_paper
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import GOODS, Item


@dataclass(frozen=True, slots=True)
class GoodsLabels:
    """Which labels, how many of each, and what stands on them."""

    pieces: Sequence[tuple[GoodsLabel, int]]
    #: one of SIZES
    size: str = "3x8"
    #: one of CODES
    code: str = BARS
    #: labels of the first sheet that are used already
    skipped: int = 0


def goods_label_data(session: Session, wanted: GoodsLabels) -> dict[str, Any]:
    """The data. Refused (Invalid): no label, and what `size_asked` refuses."""
    del session  # what stands on them is known
    size = size_asked(wanted.size, wanted.code, wanted.skipped, [count for _, count in wanted.pieces])
    pieces = [(label, count) for label, count in wanted.pieces if count]
    if not pieces:
        raise Invalid(_l("Say how many labels of at least one item."))
    return {
        "title": str(_l("Labels of goods")),
        "size": on_paper(size),
        "skipped": wanted.skipped,
        "code": wanted.code,
        "labels": [_label(label, wanted.code, size) for label, _ in pieces],
        "counts": [count for _, count in pieces],
    }


def goods_labels_pdf(session: Session, wanted: GoodsLabels) -> bytes:
    """The labels, those of one item or lot together, in the reader's language. Refused: as by `goods_label_data`."""
    return form_pdf(session, goods_label_form, wanted)


def _label(label: GoodsLabel, code: str, size: Size) -> dict[str, Any]:
    """What one label says. A code that says the lot too is `is_long`."""
    item = label.item
    text = scanned_code(item)
    lot, serial = ("", label.lot) if item.tracking == SERIAL else (label.lot, "")
    said = Label(key_of(item.barcode or ""), lot, serial, label.expires)
    whole = element_string(said) if label.lot else ""
    picture = ""
    if whole and code == BARS:
        picture = gs1_bars(whole, _room(size))
    elif whole and code == QR:
        picture = qr_picture(whole)
    is_long = picture != ""
    if not picture:
        picture = bars(text) if code == BARS else qr_picture(text) if code == QR else ""
    return {
        "name": item.name,
        "item": item.code,
        "lot": _lot_words(label),
        "expires": str(_l("Use by %(day)s", day=day(label.expires))) if label.expires else "",
        "picture": picture,
        "is_long": is_long,
        "text": "" if not picture else readable(said) if is_long else text,
    }


def _lot_words(label: GoodsLabel) -> str:
    if not label.lot:
        return ""
    if label.item.tracking == SERIAL:
        return str(_l("Serial number %(code)s", code=label.lot))
    return str(_l("Lot %(code)s", code=label.lot))


def _room(size: Size) -> float:
    """How wide the bars may be, in millimetres, as the shipped template draws them: within its margins."""
    return size.width - 5 * min(size.height / 40, size.width / 58, 1.6)


def _example(session: Session) -> GoodsLabels | None:
    goods = session.scalars(select(Item).where(Item.is_active, Item.kind == GOODS).order_by(Item.code_order).limit(6))
    labels = [(GoodsLabel(item), 1) for item in goods]
    return GoodsLabels(labels) if labels else None


goods_label_form = Form(
    "warehouse.goods_labels",
    _l("Labels of goods"),
    (),
    Path(__file__).parent / "goods.typ",
    goods_label_data,
    example=_example,
)

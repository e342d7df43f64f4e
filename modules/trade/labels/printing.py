"""Labels as PDF: the data of `labels.typ`, which administrators change like any other template."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.prints import Form, form_pdf, value_text
from app.api.reference import base_currency, unit_word
from app.api.texts import day
from app.api.texts import lazy_gettext as _l
from modules.trade.labels.prices import Priced, priced
from modules.trade.pricing.models import PriceType
from modules.warehouse.api import BARS, QR, Item, bars, on_paper, qr_picture, scanned_code, size_asked


@dataclass(frozen=True, slots=True)
class Labels:
    """Which labels, and what stands on them."""

    kind: PriceType | None
    #: item → how many
    pieces: Mapping[int, int]
    #: one of SIZES
    size: str = "3x8"
    #: one of CODES
    code: str = BARS
    #: beside the price, what it was on this day; None: it isn't asked
    since: date | None = None
    #: labels of the first sheet that are used already
    skipped: int = 0


def label_data(session: Session, wanted: Labels) -> dict[str, Any]:
    """The data. Refused (Invalid): no label, and what `size_asked` refuses."""
    size = size_asked(wanted.size, wanted.code, wanted.skipped, wanted.pieces.values())
    found = priced(session, wanted.kind, [i for i, count in wanted.pieces.items() if count], wanted.since)
    if not found:
        raise Invalid(_l("Say how many labels of at least one item that has a price."))
    currency = wanted.kind.currency if wanted.kind is not None else base_currency(session)
    today = day(wall_clock().date())
    labels = [_label(found[i], wanted.code, currency) for i in wanted.pieces if i in found]
    counts = [wanted.pieces[i] for i in wanted.pieces if i in found]
    return {
        "title": str(_l("Labels")),
        "size": on_paper(size),
        "skipped": wanted.skipped,
        "day": today,
        "code": wanted.code,
        "currency": currency,
        "tax": str(_l("without tax")) if wanted.kind is not None and not wanted.kind.tax_included else "",
        "labels": labels,
        "counts": counts,
    }


def _label(row: Priced, code: str, currency: str) -> dict[str, str]:
    """What one label says. A price that rose has nothing struck out: that would be no offer."""
    item, text = row.item, scanned_code(row.item)
    picture = bars(text) if code == BARS else qr_picture(text) if code == QR else ""
    struck = row.before is not None and row.before > row.price
    return {
        "name": item.name,
        "item": item.code,
        "price": value_text(row.price, "price"),
        "before": value_text(row.before, "price") if struck else "",
        "unit_price": str(
            _l(
                "%(price)s %(currency)s per %(unit)s",
                price=value_text(row.price, "price"),
                currency=currency,
                unit=unit_word(item.unit.name),
            )
        ),
        "picture": picture,
        "text": text if picture else "",
    }


def labels_pdf(session: Session, wanted: Labels) -> bytes:
    """The labels, each item's together, in the reader's language. Refused: as by `label_data`."""
    return form_pdf(session, label_form, wanted)


def _example(session: Session) -> Labels | None:
    ids = session.scalars(
        select(Item.id).where(Item.is_active, Item.price.is_not(None)).order_by(Item.code_order).limit(6)
    ).all()
    return Labels(None, dict.fromkeys(ids, 1)) if ids else None


label_form = Form(
    "trade.labels",
    _l("Labels"),
    (),
    Path(__file__).parent.parent / "print" / "labels.typ",
    label_data,
    example=_example,
)

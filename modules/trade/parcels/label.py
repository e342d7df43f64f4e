"""The label of a parcel as PDF: the data of `parcel.typ`, which administrators change like any other template."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.prints import Form, form_pdf, value_text
from app.api.texts import lazy_gettext as _l
from modules.trade.parcels.models import Parcel
from modules.trade.parcels.queries import goals_of
from modules.warehouse.api import bars


def label_data(session: Session, parcel: Parcel) -> dict[str, Any]:
    """To whom, by whom, how heavy; its number in bars: the carrier's, or else its own."""
    goal = goals_of(session, [parcel])[parcel.id]
    code = parcel.tracking or parcel.code
    sizes = [str(size) for size in (parcel.length, parcel.width, parcel.height) if size]
    weight = f"{value_text(parcel.weight, 'quantity')} kg" if parcel.weight is not None else ""
    return {
        "title": str(_l("Parcel")) + f" {parcel.code}",
        "to": goal.name,
        "address": goal.address,
        "facts": [text for text in (parcel.service, weight, " × ".join(sizes) + " cm" if sizes else "") if text],
        "content": parcel.content,
        "sale": goal.number,
        "code": code,
        "picture": bars(code),
    }


def label_pdf(session: Session, parcel: Parcel) -> bytes:
    """The label, 100 × 150 mm, in the reader's language."""
    return form_pdf(session, parcel_label, parcel)


def _example(session: Session) -> Parcel | None:
    return session.scalars(select(Parcel).order_by(Parcel.id.desc()).limit(1)).first()


parcel_label = Form(
    "trade.parcel_label",
    _l("Label of a parcel"),
    (),
    Path(__file__).parent.parent / "print" / "parcel.typ",
    label_data,
    example=_example,
)

"""The list of parcels, and what a sale's own page says of its parcels."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.prints import Fact
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, current_company, current_session
from modules.contacts.api import Contact, ContactSearch
from modules.trade.parcels import OWN, VIEW
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.models import STATES, Parcel


def _carrier_word(name: str) -> str:
    carrier = carriers_of(current_company(), current_session()).get(name)
    return str(carrier.title) if carrier is not None else name


def _carried(value: str) -> ColumnElement[bool]:
    return Parcel.carrier == OWN if value == OWN else Parcel.carrier != OWN


parcels = Table(
    name="trade.parcel",
    title=_l("Parcels"),
    needs=VIEW,
    source=lambda _session: select().select_from(Parcel).outerjoin(Contact, Contact.id == Parcel.contact_id),
    key=Parcel.id,
    columns=(
        Column("id", _l("Parcel"), Parcel.id, "integer", headline=True, link=Link("trade.parcel_view", parcel_id="id")),
        Column("contact", _l("Customer"), Contact.name, nullable=True),
        Column("carrier", _l("Carrier"), Parcel.carrier, words=_carrier_word),
        Column("tracking", _l("Tracking number"), Parcel.tracking),
        Column("weight", _l("Weight, kg"), Parcel.weight, "quantity", nullable=True),
        Column("tour_day", _l("Day of the tour"), Parcel.tour_day, "date", nullable=True),
        Column("state", _l("State"), Parcel.state, choices=STATES),
        Column("delivered_at", _l("Delivered"), Parcel.delivered_at, "moment", nullable=True),
        Column("received_by", _l("Received by"), Parcel.received_by),
    ),
    order="-id",
    search=(func.lower(Parcel.tracking), FoundBy(ContactSearch, Parcel.contact_id)),
    filters=(
        Filter("state", _l("State"), lambda value: Parcel.state == value, tuple(STATES.items())),
        Filter("carrier", _l("Carrier"), _carried, ((OWN, _l("Own delivery")), ("others", _l("others")))),
    ),
    empty=_l("No parcel yet. Open a posted sale and press “New parcel”."),
    is_found=False,
)


def parcels_of(session: Session, document: Document) -> Sequence[Fact]:
    """The parcels of a sale: by whom each goes, and where it is."""
    carriers = carriers_of(current_company(), session)
    facts = []
    for parcel in session.scalars(select(Parcel).where(Parcel.sale_id == document.id).order_by(Parcel.position)):
        carrier = carriers.get(parcel.carrier)
        words = [str(carrier.title if carrier else parcel.carrier), parcel.tracking, str(STATES[parcel.state])]
        link: dict[str, Any] = {"endpoint": "trade.parcel_view", "arguments": (("parcel_id", parcel.id),)}
        facts.append(Fact(parcel.code, " · ".join(word for word in words if word), needs=VIEW, **link))
    return facts

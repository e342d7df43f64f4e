"""The letter that says that goods are on their way, with where each parcel is followed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.reference import books_of
from app.api.security import SYSTEM, Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.web import Company, current_company
from modules.contacts.api import declare_worded_letter, send_document
from modules.trade.answers.pages import site
from modules.trade.models import Sale
from modules.trade.parcels import EDIT
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.following import page_of
from modules.trade.parcels.models import FAILED, Parcel

NAME = "trade.on_the_way"
#: the sheet that goes with it
SHEET = "trade.delivery_note"


def write_to_customer(company: Company, actor: Actor, parcel: Parcel) -> None:
    """Write to the customer, in the company's name, that the goods of the parcel's sale are on their way; whoever packs may do
    so, though they see neither the address nor the prices. Refused as in `send_document`."""
    require(actor, EDIT)
    parcel_id, sale_id = parcel.id, parcel.sale_id

    def write(session: Session) -> None:
        sale = session.get_one(Sale, sale_id)
        with books_of(session, sale.organisation_id):
            send_document(session, SYSTEM, company, sale, enclosure=NAME, sheet=SHEET)

    company.database.run(write, actor=SYSTEM)
    company.database.run(
        lambda s: record(s, "trade.parcel.write", subject="trade.parcel", subject_id=parcel_id), actor=actor
    )


def _parcels(session: Session, sale: Sale) -> list[Parcel]:
    query = select(Parcel).where(Parcel.sale_id == sale.id, Parcel.tracking != "", Parcel.state != FAILED)
    return list(session.scalars(query.order_by(Parcel.position)))


def has_parcels(session: Session, sale: Sale) -> bool:
    """Whether a parcel of a sale can be followed."""
    return bool(_parcels(session, sale))


def check_parcels(session: Session, sale: Sale) -> dict[str, Any]:
    """What the letter is to be written with: nothing more. Refused (Invalid): a sale of which no parcel can be followed."""
    if not _parcels(session, sale):
        raise Invalid(_l("No parcel of this sale has a tracking number. Pack one and hand it over first."))
    return {}


def _values(session: Session, sale: Sale, _arguments: Mapping[str, Any]) -> dict[str, str]:
    company = current_company()
    carriers, key = carriers_of(company, session), company.config.secret_key
    lines = []
    for parcel in _parcels(session, sale):
        carrier = carriers.get(parcel.carrier)
        who = str(carrier.title) if carrier is not None else parcel.carrier
        lines.append(f"{who}, {parcel.tracking}:\n{page_of(parcel, carriers, site=site(), key=key)}")
    return {"tracking": "\n".join(lines)}


declare_worded_letter(
    NAME,
    "trade.sale",
    title=_l("Your goods are on the way"),
    subject=_l("Your goods are on the way: {number}"),
    body=_l(
        "Hello {contact},\n\nwhat you ordered has left our warehouse. Here you see where it is:\n\n{tracking}\n\n"
        "Kind regards\n{sender}\n{company}"
    ),
    places={"tracking": _l("the parcels, and where each is followed")},
    check=check_parcels,
    values=_values,
)

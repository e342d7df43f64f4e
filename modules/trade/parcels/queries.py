"""Where parcels go: the number of the sale and whom it is for, for whoever may see the parcel; nothing of prices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink
from app.api.reference import organisation_id
from app.api.security import MASKED, Actor, PastPolicy, sees, visible
from modules.contacts.api import Contact
from modules.trade.models import Sale, TradeDocument
from modules.trade.parcels import SHIPS
from modules.trade.parcels.models import DELIVERED, Parcel

_BOOKS = PastPolicy("whoever packs and brings parcels knows the sale's number and its customer, and no price of it")
_PARCEL, _DOCUMENT, _CONTACT = (model.__table__.c for model in (Parcel, Document, Contact))
_TRADE, _LINK = TradeDocument.__table__.c, DocumentLink.__table__.c
_KIND = str(Sale.__mapper_args__["polymorphic_identity"])


@dataclass(frozen=True, slots=True)
class Goal:
    """Of which sale a parcel is, and where it goes."""

    number: str
    state: str
    name: str
    #: as far as the actor sees addresses
    address: str


@dataclass(frozen=True, slots=True)
class Packed:
    """What packing needs to know of a sale."""

    id: int
    number: str | None
    state: str
    contact_id: int


def goals_of(session: Session, parcels: Collection[Parcel], *, brings: bool = False) -> dict[int, Goal]:
    """The goals of parcels that are open to the actor, by the parcels' numbers. `brings`: to whoever brings them, who has to
    know where to."""
    query = (
        select(_PARCEL.id, _DOCUMENT.number, _DOCUMENT.state, _CONTACT.name, _CONTACT.address)
        .join_from(Parcel.__table__, Document.__table__, _DOCUMENT.id == _PARCEL.sale_id)
        .join(Contact.__table__, _CONTACT.id == _PARCEL.contact_id)
        .where(_PARCEL.id.in_([parcel.id for parcel in parcels]))
    )
    is_seen = brings or sees(session, "contacts.private")
    return {
        row.id: Goal(row.number or "", row.state, row.name, row.address if is_seen else str(MASKED))
        for row in _BOOKS(session).execute(query)
    }


def any_sale(session: Session, actor: Actor, sale_id: int) -> Packed | None:
    """A sale of the organisation, for whoever ships; None: there is no such, or the actor doesn't ship."""
    query = select(_DOCUMENT.id, _DOCUMENT.number, _DOCUMENT.state, Sale.__table__.c.contact_id)
    query = query.join_from(Document.__table__, Sale.__table__, Sale.__table__.c.id == _DOCUMENT.id)
    query = query.where(_DOCUMENT.id == sale_id, _DOCUMENT.kind == _KIND)
    query = query.where(_DOCUMENT.organisation_id == (actor.organisation or organisation_id(session)))
    row = _BOOKS(session).execute(query).first() if actor.may(SHIPS) else None
    return Packed(*row) if row is not None else None


def is_posted(session: Session, sale_id: int) -> bool:
    """Whether a sale stands, whoever may see it."""
    return _BOOKS(session).scalar(select(_DOCUMENT.state).where(_DOCUMENT.id == sale_id)) == "posted"


def tour_of(session: Session, carriers: Collection[str], day: date, *, most: int) -> Sequence[Parcel]:
    """What these carriers are to bring until the day, at most `most`, the oldest first; nothing of reversed sales."""
    query = (
        select(_PARCEL.id)
        .join_from(Parcel.__table__, Document.__table__, _DOCUMENT.id == _PARCEL.sale_id)
        .where(_PARCEL.carrier.in_(carriers), _PARCEL.tour_day <= day, _DOCUMENT.state == "posted")
        # As the index has it, which a parameter wouldn't say.
        .where(_PARCEL.state != literal_column(f"'{DELIVERED}'"))
        .order_by(_PARCEL.tour_day, _PARCEL.id)
        .limit(most)
    )
    own = visible(session, Parcel)
    ids = list(_BOOKS(session).scalars(query if own is None else query.where(own)))
    found = {parcel.id: parcel for parcel in session.scalars(select(Parcel).where(Parcel.id.in_(ids)))}
    return [found[i] for i in ids]


def usual_carrier(session: Session, contact_id: int) -> str:
    """The carrier of the last quote, order or sale of a customer that names one, else of their last parcel, of those that are
    open to the actor; empty: there is none."""
    of = (TradeDocument.contact_id == contact_id, TradeDocument.carrier != "")
    last = select(TradeDocument.carrier).where(*of).order_by(TradeDocument.id.desc()).limit(1)
    parcel = select(Parcel.carrier).where(Parcel.contact_id == contact_id).order_by(Parcel.id.desc()).limit(1)
    return session.scalar(last) or session.scalar(parcel) or ""


def carrier_to_pack(session: Session, sale_id: int) -> str:
    """Who is to bring a sale: as it says itself, else as the order says that it was made of, else who brought the customer's
    last parcel; empty: nobody knows."""
    orders = select(_LINK.origin_id).where(_LINK.document_id == sale_id)
    order = select(func.max(_TRADE.carrier)).where(_TRADE.id.in_(orders)).correlate(None).scalar_subquery()
    own = select(_TRADE.carrier, order, _TRADE.contact_id).where(_TRADE.id == sale_id)
    said, ordered, contact = _BOOKS(session).execute(own).one()
    if said or ordered:
        return str(said or ordered)
    last = select(_PARCEL.carrier).where(_PARCEL.contact_id == contact).order_by(_PARCEL.id.desc()).limit(1)
    return _BOOKS(session).scalar(last) or ""

"""Which carrier is proposed: for what a customer orders, and for a parcel of a sale."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.documents import DocumentLink
from app.api.security import PastPolicy
from modules.trade.models import TradeDocument
from modules.trade.parcels.models import Parcel

_BOOKS = PastPolicy("whoever packs a sale knows who was to bring it, whoever may see the sale and its order")
_TRADE, _LINK, _PARCEL = (model.__table__.c for model in (TradeDocument, DocumentLink, Parcel))


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

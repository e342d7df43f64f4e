"""A parcel of a shipment."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.documents import Document
from app.api.security import Actor, Scoped, criterion_through
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.contacts.api import Contact
from modules.trade.parcels import SHIPS

PACKED, UNDER_WAY, DELIVERED, FAILED = "packed", "under_way", "delivered", "failed"
STATES = {
    PACKED: _l("Packed"),
    UNDER_WAY: _l("Under way"),
    DELIVERED: _l("Delivered"),
    FAILED: _l("Not delivered"),
}
#: pictures that prove a delivery: what they show → what that is called
SIGNATURE, PHOTO = "signature", "photo"
PICTURES = {SIGNATURE: _l("Signature"), PHOTO: _l("Photo")}

#: what is still to be delivered
_WAITS = text(f"state <> '{DELIVERED}'")


class Parcel(Scoped, Versioned, Base):
    """One parcel of a sale: what it weighs and has in it, by whom it goes, and who received it.

    It is open to whoever ships for the organisation, and else to whom its sale is.
    """

    __tablename__ = "trade_parcel"
    __table_args__ = (
        UniqueConstraint("sale_id", "position"),
        Index("ix_trade_parcel_contact_id_id", "contact_id", "id"),
        Index("ix_trade_parcel_carrier_tour_day", "carrier", "tour_day", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )
    title = _l("Parcel")
    noun = ""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"))
    #: 1, 2, 3 … among the parcels of its sale
    position: Mapped[int]
    #: the name of a `Carrier`
    carrier: Mapped[str] = mapped_column(String(40))
    service: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: the carrier's number; empty: none yet
    tracking: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    #: kg
    weight: Mapped[Decimal | None] = mapped_column(Quantity)
    #: whole centimetres
    length: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    content: Mapped[str] = mapped_column(Text, default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default=PACKED, server_default=PACKED)
    #: on which day it was packed, and since which it is in its state; None: before that was kept
    made_on: Mapped[date | None] = mapped_column(info=UNKEPT)
    state_on: Mapped[date | None] = mapped_column(info=UNKEPT)
    #: of own delivery: on which day it is brought
    tour_day: Mapped[date | None]
    #: by the organisation's clock: when it was delivered; who received it
    delivered_at: Mapped[datetime | None]
    received_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: why it was not delivered
    why: Mapped[str] = mapped_column(Text, default="", server_default="")

    sale: Mapped[Document] = relationship()
    contact: Mapped[Contact] = relationship()

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if not actor.may(SHIPS):
            return criterion_through(Document, actor, cls.sale_id)
        if not actor.organisation:
            return None
        document = Document.__table__.c
        return cls.sale_id.in_(select(document.id).where(document.organisation_id == actor.organisation))

    @property
    def code(self) -> str:
        """Its own number, as its label says it in bars."""
        return f"P{self.id:08d}"


class ParcelPicture(Scoped, Base):
    """What proves that a parcel was received. It is open to whom the parcel is."""

    audited_as = ""
    noun = ""

    __tablename__ = "trade_parcel_picture"
    __table_args__ = (UniqueConstraint("parcel_id", "what"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("trade_parcel.id", ondelete="CASCADE"))
    #: SIGNATURE or PHOTO
    what: Mapped[str] = mapped_column(String(10))
    #: PNG of a signature, JPEG of a photo
    content: Mapped[bytes] = mapped_column(LargeBinary, info=UNKEPT, deferred=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Parcel, actor, cls.parcel_id)

"""Carriers that are reached over the network, and what was booked with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.security import Actor, Scoped, criterion_through
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from modules.trade.parcels.models import Parcel

ASKED, BOOKED, CANCELLED = "asked", "booked", "cancelled"
#: nothing of it is known until the carrier says so; it has a number there; it is cancelled
STATES = {ASKED: _l("not answered"), BOOKED: _l("booked"), CANCELLED: _l("cancelled")}
_LIVE = text(f"state <> '{CANCELLED}'")


class CarrierBridge(Versioned, Base):
    """A carrier that is reached over the network. All organisations of the company book by it, each in its own name."""

    audited_as = "trade.bridge"

    __tablename__ = "trade_carrier_bridge"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True, info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: without a slash at its end
    address: Mapped[str] = mapped_column(String(300))
    #: encrypted by the server's own key; empty: none
    sealed_secret: Mapped[str] = mapped_column(Text, default="", server_default="", info=UNKEPT)
    #: that one request may take
    seconds: Mapped[int] = mapped_column(default=15, server_default="15")
    #: as a `Carrier` has it
    tracking_page: Mapped[str] = mapped_column(String(300), default="", server_default="")
    is_active: Mapped[bool]

    @property
    def carrier(self) -> str:
        """What parcels keep as the name of their carrier."""
        return f"bridge-{self.id}"


class CarrierBooking(Scoped, Base):
    """What was asked of a carrier for a parcel. It is open to whom the parcel is."""

    audited_as = ""
    noun = ""

    __tablename__ = "trade_carrier_booking"
    __table_args__ = (
        # Two who book at once: one booking.
        Index(
            "uq_trade_carrier_booking_parcel_id", "parcel_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
        Index("ix_trade_carrier_booking_ask_at", "ask_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("trade_parcel.id", ondelete="CASCADE"))
    bridge_id: Mapped[int] = mapped_column(ForeignKey("trade_carrier_bridge.id"), index=True)
    #: by which the carrier knows it: asked again with the same one, nothing is booked twice
    key: Mapped[str] = mapped_column(String(40), unique=True)
    #: what was asked, and is asked again in the same words until there is an answer; whom it goes to is in it
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, info=UNKEPT)
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    #: the carrier's
    number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: what the carrier said last of where it is
    said: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: UTC: when the carrier is asked next where it is; None: not any more
    ask_at: Mapped[datetime | None]
    #: how often in a row it gave no answer, and what came instead
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    problem: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: the carrier's label: PDF or PNG
    label: Mapped[bytes | None] = mapped_column(LargeBinary, info=UNKEPT, deferred=True)
    label_type: Mapped[str] = mapped_column(String(20), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    parcel: Mapped[Parcel] = relationship()
    bridge: Mapped[CarrierBridge] = relationship()

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Parcel, actor, cls.parcel_id)

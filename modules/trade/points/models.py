"""Loyalty programmes, when points were earned and until when they hold, and points that no sale gave or took."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Percent
from modules.contacts.api import Contact

#: why points change that no sale gave or took
GIVEN, TAKEN, EXPIRED = "given", "taken", "expired"
REASONS = {GIVEN: _l("Given by hand"), TAKEN: _l("Taken by hand"), EXPIRED: _l("Expired")}


class Programme(Versioned, Base):
    """How points are earned and what they are worth, in one organisation's books."""

    __tablename__ = "trade_points_programme"
    __table_args__ = (CheckConstraint("per > 0 AND worth > 0 AND earns > 0", name="amounts"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: so many points for each full `per` of a sale, in the organisation's own currency
    earns: Mapped[int] = mapped_column(Integer)
    per: Mapped[Decimal] = mapped_column(Money)
    #: whether that is counted without tax
    of_net: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: what one point is worth when it is spent, in the organisation's own currency
    worth: Mapped[Decimal] = mapped_column(Money)
    #: per cent of a sale that may be paid in points at most
    most_share: Mapped[Decimal] = mapped_column(Percent, default=Decimal(100))
    #: how many months points hold; None: for ever
    months: Mapped[int | None] = mapped_column(Integer)
    #: whose contacts: a folder with those in it; None: all
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_folder.id", ondelete="SET NULL"), index=True)
    #: first and last day on which points are earned; what was earned is spent after them, too
    since: Mapped[date | None]
    until: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())

    excluded: Mapped[list["ExcludedGroup"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class ExcludedGroup(Base):
    """A group of items, with those in it, on which points are neither earned nor spent."""

    __tablename__ = "trade_points_excluded"

    programme_id: Mapped[int] = mapped_column(
        ForeignKey("trade_points_programme.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey("warehouse_item_group.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PointsLot(Base):
    """The points that one document gave: what is left of them is in the register."""

    audited_as = ""

    __tablename__ = "trade_points_lot"

    #: the document
    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True, autoincrement=False)
    programme_id: Mapped[int] = mapped_column(ForeignKey("trade_points_programme.id"))
    #: by the organisation's own clock, as the moments of documents
    earned: Mapped[datetime]
    #: the last day on which they are spent; None: none
    expires: Mapped[date | None]


class PointsChange(Document):
    """Points that no sale gave or took: by hand, or because they have expired."""

    __tablename__ = "trade_points_change"
    __mapper_args__ = {"polymorphic_identity": "trade.points_change"}
    title, prefix, partner = _l("Change of points"), "BP-", "contact_id"

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    programme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("trade_points_programme.id"))
    #: GIVEN, TAKEN or EXPIRED
    reason: Mapped[str] = mapped_column(String(8))
    #: above zero
    points: Mapped[int] = mapped_column(BigInteger)

    contact: Mapped[Contact] = relationship()
    programme: Mapped[Programme] = relationship()

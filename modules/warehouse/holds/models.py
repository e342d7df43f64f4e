"""Holds and their releases."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.models import Item, Packing, Place


class Holding(Document):
    """A document by which goods of a warehouse are held back, or no longer are."""

    __tablename__ = "warehouse_hold"
    __mapper_args__ = {"polymorphic_abstract": True}
    limited_by = ("place_id",)
    clears_up = True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: of a hold: one of REASONS
    reason: Mapped[str] = mapped_column(String(10), default="")
    #: of a hold that was made when goods arrived: the document by which they did
    arrival_id: Mapped[int | None] = mapped_column(BigInteger, index=True)

    place: Mapped[Place] = relationship()
    lines: Mapped[list["HoldLine"]] = relationship(
        order_by="HoldLine.line", cascade="all, delete-orphan", back_populates="holding"
    )


class HoldLine(LineOf, Base):
    """One item that is held back or released."""

    __tablename__ = "warehouse_hold_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_hold.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: in base units, in whatever packing it was typed
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))
    #: what was typed of lots (`lots.rules`); which ones it were is in the ledger
    lots: Mapped[str] = mapped_column(Text, default="", server_default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="joined")
    holding: Mapped[Holding] = relationship(back_populates="lines")


class Hold(Holding):
    """Goods are held back."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.hold"}
    title = _l("Hold")
    prefix = "HB-"


class HoldRelease(Holding):
    """Goods of a hold are free again."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.hold_release"}
    title = _l("Hold release")
    prefix = "HR-"

"""Internal requests of goods."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.models import Item, Packing, PlaceNamed


class Requisition(Document):
    """A warehouse asks another for goods. It moves nothing."""

    __tablename__ = "warehouse_requisition"
    __mapper_args__ = {"polymorphic_identity": "warehouse.requisition"}
    title = _l("Internal request")
    prefix = "IR-"
    limited_by = ("place_id", "source_id")
    is_for_both_ends = True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: the warehouse that wants the goods
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: the warehouse that is to send them
    source_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: the last day on which they are of use; None: nobody has said
    due: Mapped[date | None]
    #: why what is left isn't sent, once somebody has refused it
    refusal: Mapped[str] = mapped_column(Text, default="", server_default="")

    place: Mapped[PlaceNamed] = relationship(
        primaryjoin=lambda: PlaceNamed.id == Requisition.place_id, foreign_keys=[place_id], viewonly=True
    )
    source: Mapped[PlaceNamed] = relationship(
        primaryjoin=lambda: PlaceNamed.id == Requisition.source_id, foreign_keys=[source_id], viewonly=True
    )
    lines: Mapped[list["RequisitionLine"]] = relationship(order_by="RequisitionLine.line", cascade="all, delete-orphan")


class RequisitionLine(LineOf, Base):
    """One item that is asked for."""

    __tablename__ = "warehouse_requisition_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_requisition.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: in base units, in whatever packing it was typed
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="joined")

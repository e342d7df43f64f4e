"""What a product is made of, and the documents that record its making."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Quantity
from modules.warehouse.api import Item, Place


class Bom(Versioned, Base):
    """A bill of materials, of one level: so much of a product takes so much of each component."""

    __tablename__ = "production_bom"
    __table_args__ = (Index("ix_production_bom_item_id_name", "item_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the product
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: tells several ways of making the same product apart
    name: Mapped[str] = mapped_column(String(200), default="", info=order("name_order"))
    #: by which it stands in order
    name_order: Mapped[str] = ordered()
    #: how much of the product the lines make, in its base unit
    output: Mapped[Decimal] = mapped_column(Quantity)
    is_active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["BomLine"]] = relationship(order_by="BomLine.line", cascade="all, delete-orphan")


class BomLine(Base):
    """One component of a bill."""

    __tablename__ = "production_bom_line"

    bom_id: Mapped[int] = mapped_column(ForeignKey("production_bom.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: for the bill's whole output, in the component's base unit
    quantity: Mapped[Decimal] = mapped_column(Quantity)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class WorkOrder(Document):
    """Components become a product: they leave a warehouse, and the product comes into it at what they cost."""

    __tablename__ = "production_work_order"
    __mapper_args__ = {"polymorphic_identity": "production.work_order"}
    title, prefix = _l("Work order"), "MO-"
    limited_by = ("place_id",)

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: the bill it was made after; changing the bill changes no order
    bom_id: Mapped[int] = mapped_column(ForeignKey("production_bom.id"), index=True)
    #: the product
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: how much of the product is made, in its base unit
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: the warehouse that components leave and the product comes into
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    bom: Mapped[Bom] = relationship()
    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[Place] = relationship()
    lines: Mapped[list["WorkOrderLine"]] = relationship(order_by="WorkOrderLine.line", cascade="all, delete-orphan")


class WorkOrderLine(LineOf, Base):
    """One component that a work order uses up."""

    __tablename__ = "production_work_order_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("production_work_order.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: what the bill says for the order's quantity; zero for a component that the bill has not
    planned: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    #: what was really used; zero when the component was left out
    quantity: Mapped[Decimal] = mapped_column(Quantity)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)

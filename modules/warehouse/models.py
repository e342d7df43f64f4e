"""Items in their tree, places, and the documents that move goods between places."""

from decimal import Decimal
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api import Base, Document, Id, LineOf, Money, Price, Quantity, Unit

GOODS, SERVICE = "goods", "service"
COST = {"group": "warehouse.cost"}

#: Places outside the company, one row each: goods come from them and go to them, so nothing ever just appears.
SUPPLIERS, CUSTOMERS, LOSSES, OPENING, PRODUCTION = 1, 2, 3, 4, 5
OUTSIDE = {
    SUPPLIERS: "suppliers",
    CUSTOMERS: "customers",
    LOSSES: "losses",
    OPENING: "opening",
    PRODUCTION: "production",
}
#: Warehouses begin here; their stock must not fall below nought.
FIRST_WAREHOUSE = 100


class ItemGroup(Base):
    """A folder in the tree of items."""

    __tablename__ = "warehouse_item_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))


class Item(Base):
    """Goods, or a service."""

    __tablename__ = "warehouse_item"
    __table_args__ = (
        CheckConstraint("kind IN ('goods', 'service')", name="kind"),
        Index("ix_warehouse_item_name_id", "name", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: article number; codes that differ by case alone are different items
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    #: code, name and barcode without case and accents, for searching
    folded: Mapped[str] = mapped_column(String(500), index=True)
    #: goods are kept in stock, services are not
    kind: Mapped[str] = mapped_column(String(10), default=GOODS)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    #: EAN-13 or whatever the label bears
    barcode: Mapped[str | None] = mapped_column(String(60), unique=True)
    #: usual sales price of one base unit, in the organisation's own currency
    price: Mapped[Decimal | None] = mapped_column(Price)
    is_active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    group: Mapped[ItemGroup | None] = relationship()


class Place(Base):
    """Where goods are: a warehouse of ours, or one of the places outside."""

    __tablename__ = "warehouse_place"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)


class Movement(Document):
    """A document that moves goods from a source to a target place."""

    __tablename__ = "warehouse_movement"
    __mapper_args__ = {"polymorphic_abstract": True}

    #: the end of the movement that the kind fixes; None where the user chooses
    source_fixed: ClassVar[int | None] = None
    target_fixed: ClassVar[int | None] = None
    #: whether the user says what the goods are worth; otherwise they carry their cost along
    is_priced: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: sum of the lines, in the organisation's own currency; `Document.amount` stays nought, as everyone may see that
    value: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=COST)

    source: Mapped[Place] = relationship(foreign_keys=[source_id])
    target: Mapped[Place] = relationship(foreign_keys=[target_id])
    lines: Mapped[list["MovementLine"]] = relationship(order_by="MovementLine.line", cascade="all, delete-orphan")


class MovementLine(LineOf, Base):
    """One item that a movement moves."""

    __tablename__ = "warehouse_movement_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_movement.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: of one base unit, where the document is priced
    price: Mapped[Decimal | None] = mapped_column(Price, info=COST)
    #: what the line is worth: quantity × price, or the cost that the goods carried along when posted
    amount: Mapped[Decimal | None] = mapped_column(Money, info=COST)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class Receipt(Movement):
    """Goods come in from a supplier."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.receipt"}
    title = _l("Goods receipt")
    prefix, source_fixed, is_priced = "GR-", SUPPLIERS, True


class Issue(Movement):
    """Goods go out to a customer without a sale."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.issue"}
    title = _l("Goods issue")
    prefix, target_fixed = "GI-", CUSTOMERS


class Transfer(Movement):
    """Goods go from one warehouse to another."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.transfer"}
    title = _l("Transfer")
    prefix = "TR-"


class WriteOff(Movement):
    """Goods are lost, broken or spoilt."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.write_off"}
    title = _l("Write-off")
    prefix, target_fixed = "WO-", LOSSES


class Opening(Movement):
    """Goods that were there when the books began."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.opening"}
    title = _l("Opening stock")
    prefix, source_fixed, is_priced = "OS-", OPENING, True

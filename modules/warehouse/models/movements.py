"""The documents that move goods between places."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Price, Quantity
from modules.warehouse.models.items import COST, Item, Packing
from modules.warehouse.models.places import CUSTOMERS, LOSSES, OPENING, PRODUCTION, SUPPLIERS, TRANSIT, PlaceNamed


class Movement(Document):
    """A document that moves goods from a source to a target place."""

    __tablename__ = "warehouse_movement"
    __mapper_args__ = {"polymorphic_abstract": True}

    limited_by = ("source_id", "target_id")
    #: the end of the movement that the kind fixes; None where the user chooses
    source_fixed: ClassVar[int | None] = None
    target_fixed: ClassVar[int | None] = None
    #: whether the user says what the goods are worth; otherwise they carry their cost along
    is_priced: ClassVar[bool] = False
    #: whether who knows costs may leave them out all the same
    may_lack_price: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: of a transfer: whether it sends goods that a transfer receipt receives; they are on their way until then
    in_two_steps: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: of an assembly or disassembly: the kit, in its base unit, and what was typed of its lots
    kit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    kit_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    kit_lots: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: sum of the lines that say what they are worth, in the organisation's own currency; what others cost is in the ledger.
    #: `Document.amount` stays zero, as everyone may see that
    value: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=COST)

    kit: Mapped[Item | None] = relationship()
    source: Mapped[PlaceNamed] = relationship(
        primaryjoin=lambda: PlaceNamed.id == Movement.source_id, foreign_keys=[source_id], viewonly=True
    )
    target: Mapped[PlaceNamed] = relationship(
        primaryjoin=lambda: PlaceNamed.id == Movement.target_id, foreign_keys=[target_id], viewonly=True
    )
    lines: Mapped[list["MovementLine"]] = relationship(
        order_by="MovementLine.line", cascade="all, delete-orphan", back_populates="movement"
    )


class MovementLine(LineOf, Base):
    """One item that a movement moves."""

    __tablename__ = "warehouse_movement_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_movement.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: in base units, in whatever packing it was typed
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: the same goods in the item's second unit; None: it has none, or nobody has said it
    second: Mapped[Decimal | None] = mapped_column(Quantity)
    #: of a transfer receipt: how much of the quantity never arrived
    missing: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0), server_default="0")
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))
    #: what was typed of lots (`lots.rules`), and until when they may be used; which ones it were is in the ledger
    lots: Mapped[str] = mapped_column(Text, default="", server_default="")
    expires: Mapped[date | None]
    #: the box or pallet that was scanned for it, by its code: its goods leave that
    logistic_unit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: of a disassembly: its part of the kit's cost beside the other lines'; None: by what such goods cost
    share: Mapped[Decimal | None] = mapped_column(Price, info=COST)
    #: of one base unit, or of one second unit where the item is priced by it; where the document is priced
    price: Mapped[Decimal | None] = mapped_column(Price, info=COST)
    #: quantity, or second quantity, × price, where the document is priced; what other goods cost is in the ledger
    amount: Mapped[Decimal | None] = mapped_column(Money, info=COST)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="joined")
    movement: Mapped[Movement] = relationship(back_populates="lines")


class Receipt(Movement):
    """Goods come in from a supplier."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.receipt"}
    title = _l("Goods receipt")
    prefix, source_fixed, is_priced = "GR-", SUPPLIERS, True


class Issue(Movement):
    """Goods go out to a customer without a sale."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.issue"}
    title = _l("Goods issue")
    prefix, target_fixed, clears_up = "GI-", CUSTOMERS, True


class Transfer(Movement):
    """Goods go from one warehouse to another."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.transfer"}
    title = _l("Transfer")
    prefix, clears_up = "TR-", True


class TransferReceipt(Movement):
    """Goods of transfers in two steps arrive, or never do."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.transfer_receipt"}
    title = _l("Transfer receipt")
    prefix, source_fixed, clears_up = "TA-", TRANSIT, True


class WriteOff(Movement):
    """Goods are lost, broken or spoilt."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.write_off"}
    title = _l("Write-off")
    prefix, target_fixed, clears_up = "WO-", LOSSES, True


class Surplus(Movement):
    """Goods are found that the books didn't know of."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.surplus"}
    title = _l("Surplus")
    prefix, source_fixed, is_priced = "SU-", LOSSES, True
    #: what has no price comes in at the average of where it lies, or at its last known cost
    may_lack_price = True


class Assembly(Movement):
    """Components leave a warehouse and become a kit there."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.assembly"}
    title = _l("Assembly")
    prefix, target_fixed = "AS-", PRODUCTION


class Disassembly(Movement):
    """A kit leaves a warehouse, and its components come into it."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.disassembly"}
    title = _l("Disassembly")
    prefix, source_fixed, clears_up = "DA-", PRODUCTION, True


class Opening(Movement):
    """Goods that were there when the books began."""

    __mapper_args__ = {"polymorphic_identity": "warehouse.opening"}
    title = _l("Opening stock")
    prefix, source_fixed, is_priced = "OS-", OPENING, True

"""Bins of warehouses, and the documents that move goods into, out of and between them."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.security import OfLimited
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Quantity
from modules.warehouse.models import Item, Packing, Place


class Bin(OfLimited, Versioned, Base):
    """A shelf, rack or square of the floor in a warehouse. Row 0 is "not put away"."""

    __tablename__ = "warehouse_bin"
    limited_by = ("warehouse_id",)
    __table_args__ = (UniqueConstraint("warehouse_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: None of row 0 alone
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_place.id"))
    #: what its label bears, in capitals: it is typed or scanned
    code: Mapped[str] = mapped_column(String(40), info=order("code_order"))
    code_order: Mapped[str] = ordered()
    #: what bins beside each other have in common, such as a row or a cold room; empty: nothing
    zone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: whoever picks goods comes by the lowest first
    position: Mapped[int] = mapped_column(Integer, default=0)
    #: nothing is put into a closed one any more
    is_active: Mapped[bool] = mapped_column(default=True)

    warehouse: Mapped[Place | None] = relationship()


class BinLevel(OfLimited, Versioned, Base):
    """A bin in which an item usually lies: what comes is put there, what goes is taken from there first, and it is filled up to
    a maximum from elsewhere in the warehouse once it holds less than a minimum."""

    __tablename__ = "warehouse_bin_level"
    limited_by = ("bin_id",)
    __table_args__ = (UniqueConstraint("bin_id", "item_id"),)
    title = _l("Usual bin")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bin_id: Mapped[int] = mapped_column(ForeignKey("warehouse_bin.id"))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    #: in base units
    minimum: Mapped[Decimal] = mapped_column(Quantity)
    maximum: Mapped[Decimal] = mapped_column(Quantity)

    bin: Mapped[Bin] = relationship()
    item: Mapped[Item] = relationship()


class BinMove(Document):
    """Goods change bins within a warehouse: put away, brought elsewhere, or taken out to lie in the warehouse itself."""

    __tablename__ = "warehouse_bin_move"
    __mapper_args__ = {"polymorphic_identity": "warehouse.bin_move"}
    title = _l("Bin move")
    prefix, clears_up = "BM-", True
    limited_by = ("place_id",)

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)

    place: Mapped[Place] = relationship()
    lines: Mapped[list["BinMoveLine"]] = relationship(order_by="BinMoveLine.line", cascade="all, delete-orphan")


class BinMoveLine(LineOf, Base):
    """One item that changes bins."""

    __tablename__ = "warehouse_bin_move_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_bin_move.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: in base units, in whatever packing it was typed
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))
    #: what was typed of lots (`lots.rules`); which ones it were is in the register
    lots: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: None: the goods lie in the warehouse itself, or come to
    from_bin_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_bin.id"))
    to_bin_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_bin.id"))

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="joined")
    source: Mapped[Bin | None] = relationship(foreign_keys=[from_bin_id], lazy="joined")
    target: Mapped[Bin | None] = relationship(foreign_keys=[to_bin_id], lazy="joined")

    @property
    def from_bin(self) -> str:
        """The code of the bin that the goods leave; empty: they weren't put away."""
        return self.source.code if self.source is not None else ""

    @property
    def to_bin(self) -> str:
        """The code of the bin that they come to; empty: none."""
        return self.target.code if self.target is not None else ""

"""Items in their tree, what they are counted in and found by, and their lots."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.api.custom import Customised, CustomValue
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.reference import Unit
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Price
from modules.warehouse.costing import AVERAGE

GOODS, SERVICE = "goods", "service"
#: the unit of whatever is counted, by UN/ECE Recommendation 20
PIECE = "C62"
COST = {"group": "warehouse.cost"}
PRICE = {"group": "warehouse.price"}

#: Row 0 of lots and claims: "none".
NONE = 0


class ItemGroup(Versioned, Base):
    """A folder in the tree of items."""

    __tablename__ = "warehouse_item_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which it stands in order
    name_order: Mapped[str] = ordered()
    #: what its goods cost when they leave: one of `costing.METHODS`; fixed once any of them has moved
    costing: Mapped[str] = mapped_column(String(10), default=AVERAGE, server_default=AVERAGE)


class Item(Customised, Versioned, Base):
    """Goods, or a service."""

    __tablename__ = "warehouse_item"
    __table_args__ = (
        CheckConstraint("kind IN ('goods', 'service')", name="kind"),
        Index("ix_warehouse_item_name_order_id", "name_order", "id"),
        Index("ix_warehouse_item_code_order_id", "code_order", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: article number; codes that differ by case alone are different items
    code: Mapped[str] = mapped_column(String(60), unique=True, info=order("code_order"))
    name: Mapped[str] = mapped_column(String(300), info=order("name_order"))
    #: by which code and name stand in order
    code_order: Mapped[str] = ordered()
    name_order: Mapped[str] = ordered()
    #: code, name and the keys of its barcodes without case and accents, for searching
    folded: Mapped[str] = mapped_column(String(500), index=True, info=UNKEPT)
    #: goods are kept in stock, services are not
    kind: Mapped[str] = mapped_column(String(10), default=GOODS)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    #: the main one, which labels and lists show: a GTIN without blanks, or whatever else the label bears
    barcode: Mapped[str | None] = mapped_column(String(60), unique=True)
    #: usual sales price of one base unit, or of one second unit (`is_priced_by_second`), in the organisation's own currency
    price: Mapped[Decimal | None] = mapped_column(Price, info=PRICE)
    #: of one base unit: kilograms with packing, and cubic metres; None: nobody has weighed or measured it
    weight: Mapped[Decimal | None] = mapped_column(Price)
    volume: Mapped[Decimal | None] = mapped_column(Price)
    #: what its goods are tracked by: nothing, lot, or serial: one number for each piece
    tracking: Mapped[str] = mapped_column(String(6), default="", server_default="")
    #: in what else its goods are kept beside the unit, such as kilograms beside wheels; None: in nothing. Fixed once a
    #: document beyond a draft has the item, and so is what it is priced by
    second_unit_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    #: whether its prices on documents, and `price`, are of one second unit
    is_priced_by_second: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: how many second units one base unit usually is; None: nobody has said it
    second_per_unit: Mapped[Decimal | None] = mapped_column(Price)
    #: whether what comes from suppliers is held for inspection at once (`holds`)
    is_inspected: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: what happens when more is to leave a warehouse than is there: one of BELOW_ZERO; empty: what the warehouse says
    below_zero: Mapped[str] = mapped_column(String(5), default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True, foreign_keys=[unit_id])
    second_unit: Mapped[Unit | None] = relationship(lazy="joined", foreign_keys=[second_unit_id])
    group: Mapped[ItemGroup | None] = relationship()
    #: all of them, the main one too
    barcodes: Mapped[list["Barcode"]] = relationship(
        order_by="Barcode.id", cascade="all, delete-orphan", passive_deletes=True
    )
    #: in what else it is counted
    packings: Mapped[list["Packing"]] = relationship(order_by="Packing.numerator, Packing.id", back_populates="item")
    #: of its custom fields
    values: Mapped[list["ItemValue"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    title = _l("Item")

    @property
    def is_kit(self) -> bool:
        """Whether it has a composition."""
        from modules.warehouse.kits.models import KitComponent  # it names items

        session = object_session(self)
        parts = select(KitComponent.id).where(KitComponent.kit_id == self.id)
        return session is not None and session.scalar(parts.limit(1)) is not None

    @property
    def further_barcodes(self) -> str:
        """Those beside the main one, each on a line of its own."""
        return "\n".join(b.barcode for b in self.barcodes if b.packing_id is None and b.barcode != self.barcode)


class Packing(Versioned, Base):
    """In what else an item is counted, such as a box of twelve: a quantity of `numerator / denominator` base units, exactly."""

    __tablename__ = "warehouse_packing"
    __table_args__ = (CheckConstraint("numerator > 0 AND denominator > 0", name="contains"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    #: what one says after the number
    name: Mapped[str] = mapped_column(String(40))
    #: in lowest terms; fixed once a document's line is counted in it
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    #: kilograms of a full one, packed; None: nobody has weighed it
    weight: Mapped[Decimal | None] = mapped_column(Price)
    is_active: Mapped[bool] = mapped_column(default=True)

    item: Mapped[Item] = relationship(back_populates="packings")

    @property
    def contains(self) -> Fraction:
        """How many base units it is."""
        return Fraction(self.numerator, self.denominator)

    @property
    def barcodes(self) -> str:
        """Each on a line of its own."""
        return "\n".join(b.barcode for b in self.item.barcodes if b.packing_id == self.id)


class Barcode(Base):
    """A barcode by which an item, or one of its packings, is found. No two have one between them, whoever writes."""

    __tablename__ = "warehouse_barcode"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    #: which of the item's packings bears it; None: the item by itself
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"), index=True, info=UNKEPT)
    #: as `Item.barcode`
    barcode: Mapped[str] = mapped_column(String(60))
    #: by which it is found (`barcodes.key_of`)
    key: Mapped[str] = mapped_column(String(60), unique=True, info=UNKEPT)


class ItemValue(CustomValue, Base):
    """What an item says in a custom field."""

    __tablename__ = "warehouse_item_value"
    owner = Item


class Lot(Base):
    """Goods of one item that came into being together. Row 0 is "none"."""

    __tablename__ = "warehouse_lot"
    __table_args__ = (UniqueConstraint("item_id", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: what the label bears
    code: Mapped[str] = mapped_column(String(60), index=True)
    #: the last day on which it may be used
    expires: Mapped[date | None] = mapped_column(index=True)

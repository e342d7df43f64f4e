"""Items in their tree, places, and the documents that move goods between places."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from app.api.custom import Customised, CustomValue
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.reference import Unit
from app.api.security import Limited, Partner
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Price, Quantity
from modules.warehouse.costing import AVERAGE

GOODS, SERVICE = "goods", "service"
#: the unit of whatever is counted, by UN/ECE Recommendation 20
PIECE = "C62"
COST = {"group": "warehouse.cost"}
PRICE = {"group": "warehouse.price"}

#: Places outside the company, one row each: goods come from them and go to them, so nothing ever just appears. Their ids are
#: below zero, as the ledger wants it of what lies outside.
SUPPLIERS, CUSTOMERS, LOSSES, OPENING, PRODUCTION = -1, -2, -3, -4, -5
OUTSIDE = {
    SUPPLIERS: "suppliers",
    CUSTOMERS: "customers",
    LOSSES: "losses",
    OPENING: "opening",
    PRODUCTION: "production",
}
#: The place of goods between two warehouses: inside the company, and in neither of them.
TRANSIT = 1
#: Row 0 of lots and claims: "none".
NONE = 0
#: Warehouses begin here; their stock must not fall below zero.
FIRST_WAREHOUSE = 100

#: What happens when more goods are to leave than are there: it is refused, or done with or without a message.
BELOW_ZERO = BLOCK, WARN, ALLOW = ("block", "warn", "allow")

#: What shares one average or one queue of layers: the goods of a warehouse, or of the whole company.
POOLS = ("warehouse", "company")


class ItemGroup(Versioned, Base):
    """A folder in the tree of items."""

    __tablename__ = "warehouse_item_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_item_group.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which it stands in order
    name_order: Mapped[str] = ordered()
    #: what its goods cost when they leave: average or fifo (IAS 2.25); fixed once any of them has moved
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


class Place(Limited, Versioned, Base):
    """Where goods are: a warehouse of ours, or one of the places outside."""

    __tablename__ = "warehouse_place"
    noun = "warehouse.place"
    limit_title, limit_hint = _l("Warehouses"), _l("Nothing ticked: all warehouses, those too that are added later.")
    limit_refusal = _l("Choose a warehouse of your own.")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True, info=order("code_order"))
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which code and name stand in order
    code_order: Mapped[str] = ordered()
    name_order: Mapped[str] = ordered()
    #: of a place within a warehouse: which; None for a warehouse itself, and outside. Bins aren't places (`bins.registers`)
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: what happens when more of an item is to leave a warehouse than is there: one of BELOW_ZERO
    below_zero: Mapped[str] = mapped_column(String(5), default=BLOCK, server_default=BLOCK)
    #: the warehouse from which it is refilled by what is planned; None: what is planned for it is bought
    refilled_from_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_place.id"))
    #: whether it is open: nothing is done in a closed one any more
    is_active: Mapped[bool] = mapped_column(default=True)
    #: whether goods on commission lie there, an agent's or a principal's: documents that know of these choose it, nobody else
    is_on_commission: Mapped[bool] = mapped_column(default=False, server_default=false())

    @classmethod
    def limit_choices(cls, session: Session, kept: Collection[int] = ()) -> Iterable[tuple[int, str]]:
        """Warehouses, the closed ones too; not where goods on commission lie, unless it is kept."""
        offered = or_(Place.is_on_commission.is_(False), Place.id.in_(kept))
        own = (Place.id >= FIRST_WAREHOUSE, Place.warehouse_id.is_(None), offered)
        found = session.execute(select(Place.id, Place.name).where(*own).order_by(Place.name_order, Place.id))
        return ((row.id, row.name) for row in found)

    @classmethod
    def opened_by(cls, numbers: Iterable[int]) -> ColumnElement[bool]:
        """Warehouses with the bins in them."""
        return or_(Place.id.in_(sorted(numbers)), Place.warehouse_id.in_(sorted(numbers)))

    @classmethod
    def open_to_all(cls) -> ColumnElement[bool]:
        """The places outside."""
        return Place.id < FIRST_WAREHOUSE

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        """All of them: a paper that a partner reads says from where its goods come."""
        del partner
        return true()


_NAMED = Place.__table__.alias("warehouse_place_named")
_NAMED_BY = ("id", "name", "name_order", "warehouse_id", "is_active", "is_on_commission")


class PlaceNamed(Base):
    """A place as a document calls it: whoever sees the document sees what its other end is called, and nothing else of it. It
    is for reading alone."""

    audited_as = ""

    __table__ = _NAMED
    __mapper_args__ = {"primary_key": [_NAMED.c.id], "include_properties": [*_NAMED_BY]}

    if TYPE_CHECKING:
        id: Mapped[int]
        name: Mapped[str]
        name_order: Mapped[str]
        warehouse_id: Mapped[int | None]
        is_active: Mapped[bool]
        is_on_commission: Mapped[bool]


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


class Claim(Base):
    """Goods in a warehouse that are kept for a document, such as an order. Row 0 is "free"."""

    audited_as = ""

    __tablename__ = "warehouse_claim"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id"), index=True)
    #: losses release the lowest first
    priority: Mapped[int] = mapped_column(Integer, default=0)
    #: whether it holds goods back (`holds`): nobody is to have them
    is_hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: what comes back to a closed claim is free
    is_closed: Mapped[bool] = mapped_column(default=False)


class CostPolicy(Versioned, Base):
    """What an organisation has decided about costs; without a row, each warehouse is a pool by itself. Its version counts
    what was decided of groups of items too."""

    __tablename__ = "warehouse_cost_policy"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    #: one of POOLS
    pool: Mapped[str] = mapped_column(String(10))


class OpenLayer(Base):
    """What is left of one inflow of a FIFO item: a projection of the moves, proved by `ledger verify`."""

    audited_as = ""

    __tablename__ = "warehouse_open_layer"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), primary_key=True)
    pool_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    layer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: the oldest has the lowest
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: the line by which the goods came in
    document_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    value: Mapped[Decimal] = mapped_column(Money, info=COST)


class Recosting(Base):
    """Costs of an item that are still to be recalculated from a moment on: more moves than one posting waits for."""

    audited_as = ""

    __tablename__ = "warehouse_recosting"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), primary_key=True)
    #: what happened before it is right already
    since: Mapped[datetime]
    #: the document that made it necessary
    cause_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"))


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

"""Where goods are, and for what they are kept there."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, Integer, String, false, or_, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.api.data import Base, Id, Versioned
from app.api.security import Limited, Partner
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered

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
#: Warehouses begin here; their stock must not fall below zero.
FIRST_WAREHOUSE = 100

#: What happens when more goods are to leave than are there: it is refused, or done with or without a message.
BELOW_ZERO = BLOCK, WARN, ALLOW = ("block", "warn", "allow")


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

"""Boxes and pallets, how they are numbered, and the documents that pack them."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.security import OfLimited
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Quantity
from modules.warehouse.models import Item, Packing, Place

BOX, PALLET = "box", "pallet"
KINDS = {BOX: _l("Box"), PALLET: _l("Pallet")}


class LogisticUnit(OfLimited, Versioned, Base):
    """A box or pallet that is moved as one. Row 0 is "in none"."""

    __tablename__ = "warehouse_logistic_unit"
    limited_by = ("warehouse_id",)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: its SSCC, 18 digits; or a number of our own, which begins with letters
    code: Mapped[str] = mapped_column(String(40), unique=True, info=order("code_order"))
    code_order: Mapped[str] = ordered()
    #: one of KINDS
    kind: Mapped[str] = mapped_column(String(10), default=BOX, server_default=BOX)
    #: the unit in or on which it is
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_logistic_unit.id"), index=True)
    #: where it is, or was last; TRANSIT on its way; None of row 0 alone
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_place.id"), index=True)

    warehouse: Mapped[Place | None] = relationship()
    parent: Mapped["LogisticUnit | None"] = relationship(remote_side=[id])


class SsccSeries(Versioned, Base):
    """How an organisation numbers its boxes and pallets."""

    __tablename__ = "warehouse_sscc_series"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    #: its GS1 company prefix, 4 to 12 digits; empty: it has none, and its numbers aren't SSCCs
    prefix: Mapped[str] = mapped_column(String(12), default="")
    #: of the number that was given last
    last: Mapped[int] = mapped_column(BigInteger, default=0)


class Repacking(Document):
    """Goods of a warehouse are packed into a unit, taken out of it, or packed from one into another."""

    __tablename__ = "warehouse_repacking"
    __mapper_args__ = {"polymorphic_identity": "warehouse.repacking"}
    title = _l("Repacking")
    prefix, clears_up = "RP-", True
    limited_by = ("place_id",)

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: None: the goods lie in the warehouse itself, or come to
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_logistic_unit.id"), index=True)
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_logistic_unit.id"), index=True)

    place: Mapped[Place] = relationship()
    source: Mapped[LogisticUnit | None] = relationship(foreign_keys=[from_unit_id], lazy="joined")
    target: Mapped[LogisticUnit | None] = relationship(foreign_keys=[to_unit_id], lazy="joined")
    lines: Mapped[list["RepackingLine"]] = relationship(order_by="RepackingLine.line", cascade="all, delete-orphan")

    @property
    def from_unit(self) -> str:
        """The code of the unit that the goods leave; empty: none."""
        return self.source.code if self.source is not None else ""

    @property
    def to_unit(self) -> str:
        """The code of the unit that they come into; empty: none."""
        return self.target.code if self.target is not None else ""


class RepackingLine(LineOf, Base):
    """One item that is packed or taken out."""

    __tablename__ = "warehouse_repacking_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_repacking.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: in base units, in whatever packing it was typed
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))
    #: what was typed of lots (`lots.rules`); which ones it were is in the register
    lots: Mapped[str] = mapped_column(Text, default="", server_default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="joined")

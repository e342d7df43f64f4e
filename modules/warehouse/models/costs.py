"""What an organisation has decided about costs, and what is known of them beside the ledger."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base, Versioned
from app.api.values import Money, Quantity
from modules.warehouse.models.items import COST

#: What shares one average or one queue of layers: the goods of a warehouse, or of the whole company.
POOLS = ("warehouse", "company")


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

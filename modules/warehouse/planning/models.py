"""When an item is bought again for a warehouse, and how much of it."""

from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.security import OfLimited
from app.api.values import Quantity
from modules.warehouse.models import Item, Place
from modules.warehouse.planning.rules import Level


class ReorderRule(OfLimited, Versioned, Base):
    """What is decided of an item in a warehouse, in an organisation's books. Quantities are in base units."""

    __tablename__ = "warehouse_reorder_rule"
    __table_args__ = (UniqueConstraint("organisation_id", "item_id", "place_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: as of `rules.Level`
    minimum: Mapped[Decimal] = mapped_column(Quantity)
    maximum: Mapped[Decimal] = mapped_column(Quantity)
    multiple: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    least: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    #: how many days pass from an order until the goods are there; zero: nobody has said
    lead_days: Mapped[int] = mapped_column(Integer, default=0)

    item: Mapped[Item] = relationship()
    place: Mapped[Place] = relationship()

    @property
    def level(self) -> Level:
        """The same for the rule that decides how much is bought."""
        return Level(self.minimum, self.maximum, self.multiple, self.least)

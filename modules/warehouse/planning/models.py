"""When an item is bought again for a warehouse, and how much of it."""

from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.security import OfLimited
from app.api.values import Quantity
from modules.warehouse.models import Item, Place
from modules.warehouse.planning.rules import REVIEW_DAYS, Level


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
    #: whether what is needed follows from what went out before; the minimum is then what should be left
    from_demand: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    #: by demand it is bought for so many days beyond the lead time
    review_days: Mapped[int] = mapped_column(Integer, default=REVIEW_DAYS, server_default=str(REVIEW_DAYS))

    item: Mapped[Item] = relationship()
    place: Mapped[Place] = relationship()

    @property
    def level(self) -> Level:
        """The same for the rule that decides how much is bought."""
        return Level(self.minimum, self.maximum, self.multiple, self.least)


class Forecast(Base):
    """What is expected to go out by a rule that follows demand; made once a month, and when the rule is saved."""

    __tablename__ = "warehouse_forecast"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("warehouse_reorder_rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: the first month ahead, as months since the year 0
    month: Mapped[int] = mapped_column(Integer)
    #: as of `forecast.Outlook`
    has_season: Mapped[bool] = mapped_column(Boolean)
    growth: Mapped[int | None] = mapped_column(Integer)
    without: Mapped[int] = mapped_column(Integer)
    #: whether there is one: the history may be too short
    is_known: Mapped[bool] = mapped_column(Boolean)


class ForecastMonth(Base):
    """A month of a forecast: how much goes out in it."""

    __tablename__ = "warehouse_forecast_month"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("warehouse_reorder_rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: the ordinal of its first day (1 is the first of January of the year 1), and how many days it has
    start: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    days: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[Decimal] = mapped_column(Quantity)

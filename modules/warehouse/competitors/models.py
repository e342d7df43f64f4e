"""A price of a competitor."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from app.api.values import Price
from modules.warehouse.models import PRICE, Item

#: characters: some are several without their case and accents
MOST_FOLDED = 400


class CompetitorPrice(Versioned, Base):
    """What a competitor asked for an item on a day, as our own price is meant: for one base unit."""

    __tablename__ = "warehouse_competitor_price"
    __table_args__ = (UniqueConstraint("item_id", "folded", "day"),)
    title = _l("Price of a competitor")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"))
    competitor: Mapped[str] = mapped_column(String(200))
    #: the same without case and accents: by it one is known again
    folded: Mapped[str] = mapped_column(String(MOST_FOLDED), info=UNKEPT)
    price: Mapped[Decimal] = mapped_column(Price, info=PRICE)
    currency: Mapped[str] = mapped_column(String(3))
    #: the same in the organisation's own currency, by the rate of the day
    in_base: Mapped[Decimal] = mapped_column(Price, info=PRICE)
    day: Mapped[date]
    #: where it was seen
    note: Mapped[str] = mapped_column(String(200), default="")

    item: Mapped[Item] = relationship()

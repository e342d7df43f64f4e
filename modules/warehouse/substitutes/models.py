"""What may be given instead of an item."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from modules.warehouse.models import Item

#: stands in for the item alone; each stands in for the other
SUBSTITUTE, ANALOGUE = "substitute", "analogue"


class ItemSubstitute(Versioned, Base):
    """That an item may be given instead of another. Of two analogues one row says it, in which `item_id` is the lower."""

    __tablename__ = "warehouse_substitute"
    __table_args__ = (UniqueConstraint("item_id", "other_id"), CheckConstraint("item_id <> other_id", name="other"))
    title = _l("Substitute")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"))
    #: what is given instead
    other_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    #: SUBSTITUTE or ANALOGUE
    kind: Mapped[str] = mapped_column(String(10))
    #: the lowest is offered first
    preference: Mapped[int] = mapped_column(Integer, default=1)
    note: Mapped[str] = mapped_column(String(200), default="")

    item: Mapped[Item] = relationship(foreign_keys=[item_id])
    other: Mapped[Item] = relationship(foreign_keys=[other_id])

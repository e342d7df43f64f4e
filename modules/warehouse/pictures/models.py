"""A picture of an item."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.api.clock import utc_now
from app.api.data import UNKEPT, Base, Id

_MAIN = text("is_main")


class ItemPicture(Base):
    """A picture of an item as it is shown. What was sent lies among the item's files."""

    audited_as = ""

    __tablename__ = "warehouse_item_picture"
    __table_args__ = (
        # Two who send the first one at once: one is the main one.
        Index("uq_warehouse_item_picture_main", "item_id", unique=True, sqlite_where=_MAIN, postgresql_where=_MAIN),
        {"sqlite_autoincrement": True},  # browsers keep a picture by its number
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    #: what the sent file was called
    name: Mapped[str] = mapped_column(String(200))
    #: whether it stands on the card and in lists; one of an item's does
    is_main: Mapped[bool]
    #: WebP, at most 96 and 480 pixels to the longer side
    small: Mapped[bytes] = mapped_column(LargeBinary, info=UNKEPT, deferred=True)
    large: Mapped[bytes] = mapped_column(LargeBinary, info=UNKEPT, deferred=True)
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

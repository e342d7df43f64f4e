"""Stock counts: what is counted, what each person counted of it and when, and what is to be counted once more."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import UNKEPT, Base, Id
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.models import NONE, Item, Place

#: What becomes of items that nobody has counted: they stay as the books have them, or there are none.
LEFT, NONE_THERE = "left", "none"
RESTS = {LEFT: _l("stays as it is in the books"), NONE_THERE: _l("isn't there: its stock becomes zero")}


class StockCount(Document):
    """What lies in a warehouse is counted: all of it, or the items on a list. A draft is under way; what differs is posted."""

    __tablename__ = "warehouse_count"
    __mapper_args__ = {"polymorphic_identity": "warehouse.count"}
    title = _l("Stock count")
    prefix, clears_up = "SC-", True
    limited_by = ("place_id",)

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"), index=True)
    #: whether those who count don't see what the books expect
    is_blind: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: one of RESTS
    rest: Mapped[str] = mapped_column(String(10), default=LEFT, server_default=LEFT)
    #: whether it is counted bin by bin; what isn't put away is then counted as a bin of its own
    is_by_bin: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: the only bins that are counted, as they were typed (`bins.rules.codes_of`), and the zone; both empty: all of them
    bins: Mapped[str] = mapped_column(Text, default="", server_default="")
    zone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: the numbers of those that were typed, with spaces between, so that one that is renamed stays
    bin_ids: Mapped[str] = mapped_column(Text, default="", server_default="", info=UNKEPT)
    #: by the organisation's own clock, as the moments of documents: nothing is counted before
    begun_at: Mapped[datetime]
    #: when it was posted first; what nobody counted is compared as of then
    closed_at: Mapped[datetime | None]

    place: Mapped[Place] = relationship()
    lines: Mapped[list["CountLine"]] = relationship(order_by="CountLine.line", cascade="all, delete-orphan")

    @property
    def listed(self) -> set[int]:
        """The items that it is a count of; none: of everything in the warehouse."""
        return {line.item_id for line in self.lines if line.is_listed}


class CountLine(LineOf, Base):
    """An item of a count: on its list, and, once it is posted, what was expected and counted of it."""

    __tablename__ = "warehouse_count_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_count.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    is_listed: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: by the books, as of the moment when it was counted
    expected: Mapped[Decimal | None] = mapped_column(Quantity)
    #: None: nobody counted it, and it stays as it is
    counted: Mapped[Decimal | None] = mapped_column(Quantity)
    #: the same of its second unit; None: it has none, or not all of it was weighed
    expected_second: Mapped[Decimal | None] = mapped_column(Quantity)
    counted_second: Mapped[Decimal | None] = mapped_column(Quantity)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)

    @property
    def quantity(self) -> Decimal:
        """So much was counted, as lines of every kind say it."""
        return self.counted or Decimal(0)

    @property
    def difference(self) -> Decimal | None:
        """Counted less expected: a surplus is above zero, a shortage below."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected

    @property
    def second_difference(self) -> Decimal | None:
        """The same in its second unit."""
        both = self.counted_second, self.expected_second
        return None if both[0] is None or both[1] is None else both[0] - both[1]


class Tally(LineOf, Base):
    """So much of an item was counted by somebody at a moment: one scan, or one quantity that was typed."""

    audited_as = ""

    __tablename__ = "warehouse_count_tally"
    __table_args__ = (
        Index("ix_warehouse_count_tally_document_id_item_id", "document_id", "item_id"),
        Index("ix_warehouse_count_tally_item_id", "item_id"),
        Index("ix_warehouse_count_tally_bin_id", "bin_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_count.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"))
    #: where it lay, of a count by bins; 0: not put away
    bin_id: Mapped[int] = mapped_column(BigInteger, default=NONE, server_default="0")
    #: 1; 2 and more: when it was counted once more. The last round in which an item was counted there is what counts
    round: Mapped[int] = mapped_column(Integer)
    #: zero or more: what is counted of one item there in a round is added up
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: the same goods in their second unit; None: nobody has weighed them
    second: Mapped[Decimal | None] = mapped_column(Quantity)
    #: the lot or serial number that its label bears, of what has such; empty where there was none of the item
    lot: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: the last day on which that may be used, where the label or the sheet says it
    expires: Mapped[date | None]
    #: when it was counted, by the organisation's own clock
    moment: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: names the act: the same sent twice is one
    operation_id: Mapped[str] = mapped_column(String(120), unique=True)
    #: what was undone stays, so that it isn't counted when it is sent again
    is_undone: Mapped[bool] = mapped_column(default=False, server_default=false())

    item: Mapped[Item] = relationship()


class WholeBin(LineOf, Base):
    """Somebody has counted all that lies in a bin: what wasn't counted there is missing."""

    audited_as = ""

    __tablename__ = "warehouse_count_whole_bin"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_count.id", ondelete="CASCADE"), index=True)
    #: 0: what isn't put away
    bin_id: Mapped[int] = mapped_column(ForeignKey("warehouse_bin.id"), index=True)
    #: the last in which anything there was to be counted by then
    round: Mapped[int] = mapped_column(Integer)
    moment: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    operation_id: Mapped[str] = mapped_column(String(120), unique=True)
    is_undone: Mapped[bool] = mapped_column(default=False, server_default=false())


class Recount(LineOf, Base):
    """An item of a count, and of a count by bins a bin, that is to be counted once more, in a round of its own."""

    audited_as = ""

    __tablename__ = "warehouse_count_round"

    document_id: Mapped[int] = mapped_column(ForeignKey("warehouse_count.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), primary_key=True)
    bin_id: Mapped[int] = mapped_column(ForeignKey("warehouse_bin.id"), primary_key=True, default=NONE)
    #: 2 or more
    round: Mapped[int] = mapped_column(Integer)
    #: what was counted before, and comes later from a browser without a network, is of the round before; None: not known
    asked_at: Mapped[datetime | None]

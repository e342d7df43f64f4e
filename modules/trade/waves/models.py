"""A wave, which orders are in it, and how much of their lines."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, String, Text, and_, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import wall_clock
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.security import Actor, OfLimited, User
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.api import Place

PICKING, DONE, DISSOLVED = "picking", "done", "dissolved"
STATES = {PICKING: _l("Being picked"), DONE: _l("Done"), DISSOLVED: _l("Dissolved")}

_OPEN = text("is_open")


def wave_code(wave_id: int) -> str:
    """The number of a wave, as lists, papers and the scanner say it."""
    return f"W-{wave_id:06d}"


class Wave(OfLimited, Versioned, Base):
    """Orders of one warehouse that are picked in one walk. It moves nothing: what is picked leaves by the sales that it makes.

    It is open to whom the warehouse is, in the books of its organisation.
    """

    __tablename__ = "trade_wave"
    __table_args__ = (Index("ix_trade_wave_organisation_id_state", "organisation_id", "state"),)
    title = _l("Wave")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: who walks; None: whoever comes
    picker_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    state: Mapped[str] = mapped_column(String(10), default=PICKING, server_default=PICKING)
    #: by the organisation's clock
    made_at: Mapped[datetime] = mapped_column(default=wall_clock, info=UNKEPT)
    ended_at: Mapped[datetime | None]
    #: of the act that finished it: sent twice, it ships once
    operation_id: Mapped[str | None] = mapped_column(String(100), info=UNKEPT)

    place: Mapped[Place] = relationship()
    picker: Mapped[User | None] = relationship()
    orders: Mapped[list["WaveOrder"]] = relationship(order_by="WaveOrder.box", cascade="all, delete-orphan")
    lines: Mapped[list["WaveLine"]] = relationship(order_by="WaveLine.box, WaveLine.line", cascade="all, delete-orphan")

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        own = super().visible_to(actor)
        if not actor.organisation:
            return own
        return and_(cls.organisation_id == actor.organisation, true() if own is None else own)

    @property
    def code(self) -> str:
        """Its number."""
        return wave_code(self.id)


class WaveOrder(Base):
    """An order in a wave, which has a box of its own on the cart. It is in one open wave at most."""

    __tablename__ = "trade_wave_order"
    __table_args__ = (
        Index("uq_trade_wave_order_open", "order_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    audited_as = ""

    wave_id: Mapped[int] = mapped_column(ForeignKey("trade_wave.id", ondelete="CASCADE"), primary_key=True)
    #: 1, 2, 3 …
    box: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), index=True)
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: by which sale it was shipped; None: not yet, or not at all
    sale_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="SET NULL"), index=True)
    #: why it could not be shipped, though something was picked for it; empty: nothing went wrong
    why: Mapped[str] = mapped_column(Text, default="", server_default="")


class WaveLine(Base):
    """So much of an order's line is picked in a wave."""

    __tablename__ = "trade_wave_line"
    audited_as = ""

    wave_id: Mapped[int] = mapped_column(ForeignKey("trade_wave.id", ondelete="CASCADE"), primary_key=True)
    box: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the number of the order's line
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), index=True)
    #: above zero, in base units
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: how much of that nobody waits for any more, as the order was shipped otherwise or changed: kept as the wave ends
    gone: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0), server_default="0")
    #: how much was picked for it; None while the wave is open, and of what isn't goods
    picked: Mapped[Decimal | None] = mapped_column(Quantity)

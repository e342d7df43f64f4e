"""Which shipment was made ready for which order from the goods of which receipt."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base, Id


class Crossing(Base):
    """A shipment that was made ready at a receipt; it goes with the shipment, should that be discarded."""

    audited_as = ""

    __tablename__ = "trade_crossing"
    #: two who press at once: one shipment
    __table_args__ = (UniqueConstraint("receipt_id", "order_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), index=True)
    #: the sale: a draft until it is shipped
    sale_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), unique=True)

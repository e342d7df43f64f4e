"""Why a line of a purchase order was proposed."""

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base


class ProposedPurchase(Base):
    """The reasons for which an item stands on a purchase order; they go with it, should the draft be discarded."""

    audited_as = ""

    __tablename__ = "trade_proposed_purchase"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: as `Reasons.read` takes them
    reasons: Mapped[str] = mapped_column(Text)

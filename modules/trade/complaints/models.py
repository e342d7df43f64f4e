"""Complaints with their lines, what was made to settle each, and the reasons that there are."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Quantity
from modules.contacts.api import Contact
from modules.warehouse.api import Item

#: whom we buy from is closed to whoever may not know what it costs
_COST = {"group": "warehouse.cost"}
OPEN, IN_WORK, SETTLED, REFUSED = "open", "in_work", "settled", "refused"
STAGES = {OPEN: _l("Open"), IN_WORK: _l("In work"), SETTLED: _l("Settled"), REFUSED: _l("Refused")}
#: of which something is still to be done
UNDER_WAY = (OPEN, IN_WORK)
#: what the customer wants
WISHES = {
    "repair": _l("Repair"),
    "replace": _l("Replacement"),
    "money": _l("Money back"),
    "discount": _l("Discount"),
    "other": _l("Something else"),
}


class ComplaintReason(Versioned, Base):
    """Why customers complain, as the company tells it apart."""

    __tablename__ = "trade_complaint_reason"
    title = _l("Reason of a complaint")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True, info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: whether it is offered
    is_active: Mapped[bool] = mapped_column(default=True)


class Complaint(Document):
    """What a customer says is wrong with what they bought. `amount` is what was charged for that, tax included."""

    __tablename__ = "trade_complaint"
    __table_args__: Any = (
        # What is still to be done, by its day: settled ones cost nothing.
        Index(
            "ix_trade_complaint_under_way",
            "due",
            sqlite_where=text("stage IN ('open', 'in_work')"),
            postgresql_where=text("stage IN ('open', 'in_work')"),
        ),
    )
    __mapper_args__ = {"polymorphic_identity": "trade.complaint"}
    title, prefix, partner, clears_up = _l("Complaint"), "CP-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: a key of WISHES
    wish: Mapped[str] = mapped_column(String(10))
    #: in the customer's words
    problem: Mapped[str] = mapped_column(Text, default="")
    #: until when it is to be settled
    due: Mapped[date | None]
    #: a key of STAGES
    stage: Mapped[str] = mapped_column(String(10), default=OPEN)
    #: how it was settled, or why it was refused, and on which day
    outcome: Mapped[str] = mapped_column(Text, default="")
    ended: Mapped[date | None]
    #: what settling it cost, in the organisation's own currency: the sum of the lines'
    cost: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: the due day of which the responsible has been reminded
    reminded: Mapped[date | None]

    contact: Mapped[Contact] = relationship()
    lines: Mapped[list["ComplaintLine"]] = relationship(order_by="ComplaintLine.line", cascade="all, delete-orphan")

    @property
    def in_charge_id(self) -> int | None:
        """Who settles it."""
        return self.responsible_id


class ComplaintLine(LineOf, Base):
    """How much of one item is complained of, and why."""

    __tablename__ = "trade_complaint_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("trade_complaint.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), index=True)
    #: above zero, in base units
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("trade_complaint_reason.id"), index=True)
    #: whom the item was last bought from when it was registered
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_contact.id"), index=True, info=_COST)
    #: what was charged for so much of it, tax included, in the document's currency; zero where no sale is named
    value: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: its part of what settling the complaint cost, in the organisation's own currency
    cost: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    reason: Mapped[ComplaintReason | None] = relationship(lazy="joined")


class ComplaintAnswer(Base):
    """A document that was made to settle a complaint: a return, a replacement, a credit."""

    __tablename__ = "trade_complaint_answer"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("trade_complaint.id", ondelete="CASCADE"), index=True)

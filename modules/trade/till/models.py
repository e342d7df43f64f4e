"""Tills, their shifts, and which documents were made in which shift."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.security import OfLimited, User
from app.api.texts import order, ordered
from app.api.values import Money, Percent
from modules.contacts.api import Contact, ExpenseItem, MoneyAccount
from modules.warehouse.api import Place

#: what a document is in its shift
SALE, RETURN, PAYMENT, PAY_IN, PAY_OUT, DIFFERENCE = "sale", "return", "payment", "pay_in", "pay_out", "difference"
#: a difference that was found when the shift began
OPENING = "opening"


class Till(OfLimited, Versioned, Base):
    """A place where goods are sold over the counter: from one warehouse, into one cash desk."""

    __tablename__ = "trade_till"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: the warehouse that goods leave
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: the cash desk; everything at the till is in its currency
    cash_account_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id"))
    #: the bank account on which cards arrive; None: no cards are taken
    card_account_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_money_account.id"))
    #: the customer of whoever doesn't say who they are
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"))
    #: by which item a counted difference is entered; None: it is only reported
    difference_item_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_expense_item.id"))
    #: whether prices at the till have the tax in them
    tax_included: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: per cent, of what is sold there
    tax_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    #: whether it is for its own users alone
    is_limited: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())

    place: Mapped[Place] = relationship()
    cash_account: Mapped[MoneyAccount] = relationship(foreign_keys=[cash_account_id])
    card_account: Mapped[MoneyAccount | None] = relationship(foreign_keys=[card_account_id])
    contact: Mapped[Contact] = relationship()
    difference_item: Mapped[ExpenseItem | None] = relationship()
    users: Mapped[list["TillUser"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class TillUser(Base):
    """Somebody who may use a till that is for its own users alone."""

    __tablename__ = "trade_till_user"

    till_id: Mapped[int] = mapped_column(ForeignKey("trade_till.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id"), primary_key=True, index=True)


class Shift(OfLimited, Base):
    """From the counting of a till's cash to the next one: nothing is sold without an open shift, and a till has one at most."""

    __tablename__ = "trade_shift"
    limited_by = ("till_id",)
    __table_args__ = (
        Index(
            "uq_trade_shift_open",
            "till_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_trade_shift_till_id_opened_at", "till_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("trade_till.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: by the organisation's own clock, as the moments of documents
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    #: counted when it began, in the currency of the till's cash desk
    opening: Mapped[Decimal] = mapped_column(Money)
    #: what the shift before it had left there; None: there was none
    left_before: Mapped[Decimal | None] = mapped_column(Money)
    #: what should have been there when it ended, and what was counted
    expected: Mapped[Decimal | None] = mapped_column(Money)
    counted: Mapped[Decimal | None] = mapped_column(Money)
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")

    till: Mapped[Till] = relationship()
    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    counts: Mapped[list["ShiftCount"]] = relationship(
        order_by="ShiftCount.denomination.desc()", cascade="all, delete-orphan", passive_deletes=True
    )


class ShiftCount(Base):
    """How many pieces of a coin or note were counted at the end of a shift."""

    audited_as = ""

    __tablename__ = "trade_shift_count"

    shift_id: Mapped[int] = mapped_column(ForeignKey("trade_shift.id", ondelete="CASCADE"), primary_key=True)
    #: in the currency of the till's cash desk
    denomination: Mapped[Decimal] = mapped_column(Money, primary_key=True)
    pieces: Mapped[int]


class ShiftDocument(Base):
    """A document that was made in a shift: what the shift sold, took in and paid is read from these."""

    audited_as = ""

    __tablename__ = "trade_shift_document"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("trade_shift.id", ondelete="CASCADE"), index=True)
    #: sale, return, payment, pay_in, pay_out, difference, opening
    role: Mapped[str] = mapped_column(String(10))

"""Cash desks, bank accounts, expense items, and the documents that move money without a contact."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.documents import Document
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import HasRate, Money

CASH, BANK = "cash", "bank"
#: how an item may be used: only where money comes in, only where it goes out, in both
IN, OUT, BOTH = "in", "out", "both"
#: the item that opens an account's balance; it can't be removed
OPENING = "opening"


class MoneyAccount(Versioned, Base):
    """A cash desk or a bank account of the company, in one currency."""

    said_as: ClassVar = "contacts.account"

    __tablename__ = "contacts_money_account"
    __table_args__ = (
        CheckConstraint("kind IN ('cash', 'bank')", name="kind"),
        UniqueConstraint("organisation_id", "name"),
        # Of each kind and currency one is proposed, whoever writes.
        Index(
            "uq_contacts_money_account_main",
            "organisation_id",
            "kind",
            "currency",
            unique=True,
            sqlite_where=text("is_main"),
            postgresql_where=text("is_main"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    #: cash or bank; never changed
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: ISO 4217; never changed
    currency: Mapped[str] = mapped_column(String(3))
    #: an IBAN without blanks; other numbers as they were typed
    number: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    #: the bank's name
    bank: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: ISO 9362 (SWIFT), or the nine digits of a Russian bank
    bic: Mapped[str] = mapped_column(String(11), default="", server_default="")
    #: of a Russian bank: its account at the central bank
    correspondent: Mapped[str] = mapped_column(String(30), default="", server_default="")
    #: whether the bank lets it go below zero; never of a cash desk
    may_overdraw: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: whether it is what payments of its kind and currency go by, where nobody says otherwise
    is_main: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")


class ExpenseItem(Versioned, Base):
    """What money is paid for, or comes in by, where no contact is billed: bank fees, taxes, wages, interest."""

    __tablename__ = "contacts_expense_item"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: under which heading it stands; items of one heading are together
    heading: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: in, out or both
    direction: Mapped[str] = mapped_column(String(4), default=OUT, server_default=OUT)
    #: what the program itself uses it for: opening; empty of all others
    purpose: Mapped[str] = mapped_column(String(20), default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())


class OtherPayment(HasRate, Document):
    """Money that came in or went out by an expense item, and settles nothing of any contact."""

    __tablename__ = "contacts_other_payment"
    __mapper_args__ = {"polymorphic_identity": "contacts.other_payment"}
    title, prefix = _l("Payment without a contact"), "PO-"

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)
    expense_item_id: Mapped[int] = mapped_column(ForeignKey("contacts_expense_item.id"), index=True)
    #: in: received; out: paid
    direction: Mapped[str] = mapped_column(String(3))
    #: to whom, or from whom, in words
    party: Mapped[str] = mapped_column(String(200), default="")
    #: the amount in the organisation's own currency
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    account: Mapped[MoneyAccount] = relationship()
    expense_item: Mapped[ExpenseItem] = relationship()


class Transfer(Document):
    """Money that goes from one own account to another; `amount` and `currency` are those of the account that it leaves."""

    __tablename__ = "contacts_transfer"
    __mapper_args__ = {"polymorphic_identity": "contacts.transfer"}
    title, prefix = _l("Money transfer"), "TR-"

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)
    #: what arrives, in the currency of the account that it goes to
    received: Mapped[Decimal] = mapped_column(Money)
    #: in the organisation's own currency, at the day's rates: what leaves, and what arrives
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    received_base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    source: Mapped[MoneyAccount] = relationship(foreign_keys=[source_id])
    target: Mapped[MoneyAccount] = relationship(foreign_keys=[target_id])


class Revaluation(Document):
    """What a day's rates made of all that is in foreign currencies; `amount` is the result without its sign."""

    __tablename__ = "contacts_revaluation"
    __mapper_args__ = {"polymorphic_identity": "contacts.revaluation"}
    title, prefix = _l("Revaluation"), "RV-"

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: at whose end
    day: Mapped[date]
    #: what was gained (above zero) or lost, in the organisation's own currency
    result: Mapped[Decimal] = mapped_column(Money, info={"group": "contacts.cash"})

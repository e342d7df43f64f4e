"""What banks' files have said, line by line, as it was kept when they were imported."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import Base, Id
from app.api.values import Money
from modules.contacts.bank.answers import WAITING
from modules.contacts.models import FINANCIAL, PRIVATE


class BankStatement(Base):
    """A statement of one account in one currency, of which some line was new when its file was imported."""

    audited_as = ""

    __tablename__ = "contacts_bank_statement"
    __table_args__ = (Index("ix_contacts_bank_statement_bare_currency", "bare", "currency"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), index=True)
    #: the account's number as the bank writes it; `bare`: its letters and digits alone
    account: Mapped[str] = mapped_column(String(60), info=FINANCIAL)
    bare: Mapped[str] = mapped_column(String(60), info=FINANCIAL)
    currency: Mapped[str] = mapped_column(String(3))
    #: the bank's number of it
    number: Mapped[str] = mapped_column(String(60), default="")
    #: the first and the last day of it
    since: Mapped[date]
    until: Mapped[date]
    #: balances as the bank says them; None where it doesn't
    opening: Mapped[Decimal | None] = mapped_column(Money, info=FINANCIAL)
    closing: Mapped[Decimal | None] = mapped_column(Money, info=FINANCIAL)
    #: 1C, MT940, CAMT, OFX or table
    format: Mapped[str] = mapped_column(String(10))
    #: the file's name
    file: Mapped[str] = mapped_column(String(200))
    #: UTC
    imported_at: Mapped[datetime] = mapped_column(default=utc_now)

    lines: Mapped[list["BankLine"]] = relationship(
        order_by="BankLine.position", cascade="all, delete-orphan", passive_deletes=True
    )


class BankLine(Base):
    """A movement on an account as the bank booked it, or a part of a batch that it booked in one sum."""

    audited_as = "contacts.bank_line"

    __tablename__ = "contacts_bank_line"
    __table_args__ = (Index("ix_contacts_bank_line_statement_id_position", "statement_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("contacts_bank_statement.id", ondelete="CASCADE"))
    #: from 0, as in the file
    position: Mapped[int]
    #: which of the statement's entries it is or is a part of
    entry: Mapped[int]
    #: by which the entry is known again (`bank/fingerprints.py`)
    fingerprint: Mapped[str] = mapped_column(String(40), index=True)
    #: when it was booked, and from when it bears interest
    day: Mapped[date]
    value_day: Mapped[date | None]
    #: above zero: money came in; in the statement's currency
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    #: the other side, as the bank says it
    name: Mapped[str] = mapped_column(String(300), default="", info=FINANCIAL)
    account: Mapped[str] = mapped_column(String(60), default="", info=FINANCIAL)
    bic: Mapped[str] = mapped_column(String(20), default="", info=FINANCIAL)
    tax_id: Mapped[str] = mapped_column(String(40), default="", info=PRIVATE)
    purpose: Mapped[str] = mapped_column(Text, default="", info=FINANCIAL)
    #: the payer's reference, or the number of the payment order
    reference: Mapped[str] = mapped_column(String(140), default="", info=FINANCIAL)
    #: the bank's own
    bank_id: Mapped[str] = mapped_column(String(140), default="", info=FINANCIAL)
    #: the payment that was posted from it; None: nobody has confirmed it
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="SET NULL"), index=True)
    #: whether that payment was in the books before
    is_matched: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: set aside: it needs no payment, as it is in the books already
    is_aside: Mapped[bool] = mapped_column(default=False)


class BankPreset(Base):
    """Which column is what in the tables that the bank of an account exports: confirmed once, used from then on."""

    audited_as = ""

    __tablename__ = "contacts_bank_preset"
    __table_args__ = (UniqueConstraint("account_id", "signature"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id", ondelete="CASCADE"))
    #: by which such a table is known again: what its columns are called (`bank_presets.py`)
    signature: Mapped[str] = mapped_column(String(64))
    #: field → column, from 0
    columns: Mapped[dict[str, int]] = mapped_column(JSON)
    #: the sign before decimals
    decimal: Mapped[str] = mapped_column(String(1))
    #: whether days begin with the month
    month_first: Mapped[bool] = mapped_column(default=False, server_default=false())


class BankRule(Base):
    """What somebody chose for a line without a contact, to be proposed for those like it."""

    audited_as = ""

    __tablename__ = "contacts_bank_rule"
    __table_args__ = (UniqueConstraint("organisation_id", "signature"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    #: by what lines are known again (`bank/recognising.py`)
    signature: Mapped[str] = mapped_column(String(160), info=FINANCIAL)
    expense_item_id: Mapped[int] = mapped_column(ForeignKey("contacts_expense_item.id"), index=True)


class BankOrder(Base):
    """A batch of payments that we ask the bank to make from one account."""

    __tablename__ = "contacts_bank_order"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)
    #: when the bank is to pay
    day: Mapped[date]
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    lines: Mapped[list["BankOrderLine"]] = relationship(
        order_by="BankOrderLine.id", cascade="all, delete-orphan", passive_deletes=True
    )


class BankOrderLine(Base):
    """What a batch pays of one document, to the account that its contact had then."""

    audited_as = ""

    __tablename__ = "contacts_bank_order_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("contacts_bank_order.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), index=True)
    #: by which the bank's statement names it
    reference: Mapped[str] = mapped_column(String(35))
    #: above zero, in the account's currency
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    name: Mapped[str] = mapped_column(String(200))
    account: Mapped[str] = mapped_column(String(60), info=FINANCIAL)
    bank: Mapped[str] = mapped_column(String(200), info=FINANCIAL)
    bic: Mapped[str] = mapped_column(String(11), info=FINANCIAL)
    correspondent: Mapped[str] = mapped_column(String(30), info=FINANCIAL)
    purpose: Mapped[str] = mapped_column(String(140), info=FINANCIAL)
    #: waiting, accepted, rejected or voided (`bank/answers.py`)
    state: Mapped[str] = mapped_column(String(10), default=WAITING, server_default=WAITING)
    #: why the bank rejected it, in its words and codes, or why we voided it
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="", info=FINANCIAL)

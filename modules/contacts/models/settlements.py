"""What contacts owe, and the documents that make it, pay it and allocate it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Integer,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Versioned
from app.api.documents import Document, LineOf
from app.api.security import Partner
from app.api.texts import lazy_gettext as _l
from app.api.values import HasRate, Money
from modules.contacts.models.contacts import FINANCIAL, Contact, OfContact
from modules.contacts.money.models import MoneyAccount

#: So many open items one document can have: their numbers follow from the document's, so that nobody asks for them.
INSTALMENTS = 1000


class OpenItem(OfContact, Base):
    """What one document made a contact owe, or us owe the contact, and by when; what is left of it is in the register."""

    audited_as = ""

    __tablename__ = "contacts_open_item"

    #: the document's id × INSTALMENTS + the instalment, from zero
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"))
    #: the contract that it is under
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    #: when it is to be paid; None: at once
    due: Mapped[date | None]
    #: above zero: the contact owes us; in the document's currency, and never changed by what is paid
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    #: the same in the organisation's own currency, at the document's rate
    base: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        return cls.contact_id.in_(partner.ids)


class PlannedDay(Base):
    """When somebody expects that an open item is paid, or means to pay it: the payment calendar goes by it, and nothing else.
    It changes neither what is due nor what is late."""

    __tablename__ = "contacts_planned_day"
    audited_as = ""

    item_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("contacts_open_item.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[date]


class UnderContract:
    """Mixed into documents that may be under a contract of their contact."""

    #: no foreign key: SQLite adds none to a table that is there
    contract_id: Mapped[int | None] = mapped_column(BigInteger, index=True)


class Payment(UnderContract, HasRate, Document):
    """Money received from a contact, or paid to one."""

    __tablename__ = "contacts_payment"
    __mapper_args__ = {"polymorphic_identity": "contacts.payment"}
    title, prefix, partner, clears_up = _l("Payment"), "P-", "contact_id", True
    is_for_partner = True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: in: received; out: paid
    direction: Mapped[str] = mapped_column(String(3))
    #: bank, cash or card
    method: Mapped[str] = mapped_column(String(10))
    #: the amount in the organisation's own currency
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: on which account it was received, or from which it was paid; None: nobody keeps that account here
    account_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)

    contact: Mapped[Contact] = relationship()
    account: Mapped[MoneyAccount | None] = relationship()


class Adjustment(UnderContract, HasRate, Document):
    """A debt that no sale, purchase or payment made: as it stood when the books began, written off, offset."""

    __tablename__ = "contacts_adjustment"
    title, prefix, partner, clears_up = _l("Debt adjustment"), "DA-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    # It refers to documents twice.
    __mapper_args__ = {"polymorphic_identity": "contacts.adjustment", "inherit_condition": id == Document.id}
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: opening, write_off, offset or credit
    reason: Mapped[str] = mapped_column(String(20))
    #: them: the contact owes us more by it; us: we owe the contact more
    side: Mapped[str] = mapped_column(String(4))
    #: when it is to be paid; None: at once
    due: Mapped[date | None]
    #: the amount in the organisation's own currency
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: of the second half of an offset: the first
    other_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id"), index=True)

    contact: Mapped[Contact] = relationship()


class MoneyPolicy(Versioned, Base):
    """What an organisation decided about its settlements."""

    __tablename__ = "contacts_money_policy"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    #: so much may be open of a document at most to be written off, in the organisation's own currency
    write_off_limit: Mapped[Decimal] = mapped_column(Money)


class Allocation(Document):
    """An amount that is moved from one open item of a contact to another: what was paid before settles a debt."""

    __tablename__ = "contacts_allocation"
    title, prefix, partner, clears_up = _l("Allocation"), "AL-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    # It refers to documents twice.
    __mapper_args__ = {"polymorphic_identity": "contacts.allocation", "inherit_condition": id == Document.id}
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: of one that the program made: the document whose reversal moved back what was paid of it
    released_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id"))

    contact: Mapped[Contact] = relationship()
    lines: Mapped[list["AllocationLine"]] = relationship(
        order_by="AllocationLine.line",
        primaryjoin="Allocation.id == foreign(AllocationLine.document_id)",
        viewonly=True,
    )


class AllocationLine(LineOf, Base):
    """What a document moves from an open item to another: an allocation's line, or what a payment settles when posted.

    The entries of the two items have the document and the line. What comes back to the payment when a document is reversed
    goes from that document's item to the payment's own.
    """

    #: posting writes it with the entries, and forgets it with them; what was posted is kept as a version
    audited_as = ""
    __tablename__ = "contacts_allocation_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    #: the item that pays
    from_item_id: Mapped[int] = mapped_column(ForeignKey("contacts_open_item.id"), index=True)
    #: the item that is paid
    to_item_id: Mapped[int] = mapped_column(ForeignKey("contacts_open_item.id"), index=True)
    #: above zero, in the currency of both
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)

"""Contacts, their two kinds kept apart, and payments."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.custom import Customised, CustomValue
from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.security import Actor, Scoped
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import HasRate, Money

LEGAL_ENTITY, INDIVIDUAL = "legal_entity", "individual"
PRIVATE, FINANCIAL = {"group": "contacts.private"}, {"group": "contacts.financial"}


class Contact(Customised, Scoped, Versioned, Base):
    """Someone one trades with: a legal entity or an individual, each with fields of its own."""

    noun = "contacts.contact"

    __tablename__ = "contacts_contact"
    __table_args__ = (
        CheckConstraint("kind IN ('legal_entity', 'individual')", name="kind"),
        Index("ix_contacts_contact_kind_name_order_id", "kind", "name_order", "id"),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: the number by which people and files name the contact
    code: Mapped[str] = mapped_column(String(40), unique=True, info=order("code_order"))
    #: what lists and documents show
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which code and name stand in order
    code_order: Mapped[str] = ordered()
    name_order: Mapped[str] = ordered()
    #: no longer used: columns are added and never taken away; what contacts are found by stands in `search.py`
    folded: Mapped[str] = mapped_column(String(300), default="", index=True)
    #: ISO 3166-1 alpha-2; empty when unknown
    country: Mapped[str] = mapped_column(String(2), default="")
    #: whose contact it is: the scopes "own" and "team" go by it
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    #: E.164, an extension behind as in RFC 3966, several with ", " between them
    phone: Mapped[str] = mapped_column(String(60), default="", info=PRIVATE)
    email: Mapped[str] = mapped_column(String(200), default="", info=PRIVATE)
    address: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    #: tax number (ИНН, MST, VAT) without what the country writes between its digits
    tax_id: Mapped[str] = mapped_column(String(40), default="", info=PRIVATE)
    note: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    #: an IBAN without blanks; other numbers as they were typed
    bank_account: Mapped[str] = mapped_column(String(60), default="", info=FINANCIAL)
    #: in the organisation's own currency; None means no limit is set
    credit_limit: Mapped[Decimal | None] = mapped_column(Money, info=FINANCIAL)

    #: of its custom fields
    values: Mapped[list["ContactValue"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @classmethod
    def custom_subject(cls) -> str:
        """Its kind: companies and people have fields of their own."""
        return f"contacts.{cls.__mapper_args__['polymorphic_identity']}"


class LegalEntity(Contact):
    """A company or an institution."""

    __mapper_args__ = {"polymorphic_identity": LEGAL_ENTITY}
    title = _l("Legal entity")

    #: the name in the register of companies, when it is not the usual one
    legal_name: Mapped[str | None] = mapped_column(String(300))
    #: number in the register of companies
    registration_number: Mapped[str | None] = mapped_column(String(40), info=PRIVATE)
    #: with whom one speaks there
    contact_person: Mapped[str | None] = mapped_column(String(200), info=PRIVATE)


class Individual(Contact):
    """A person."""

    __mapper_args__ = {"polymorphic_identity": INDIVIDUAL}
    title = _l("Individual")

    birth_date: Mapped[date | None] = mapped_column(info=PRIVATE)
    #: identity paper: kind, number, by whom and when it was issued
    identity_document: Mapped[str | None] = mapped_column(String(200), info=PRIVATE)


#: kind → its model
KINDS: dict[str, type[Contact]] = {LEGAL_ENTITY: LegalEntity, INDIVIDUAL: Individual}


class ContactValue(CustomValue, Base):
    """What a contact says in a custom field."""

    __tablename__ = "contacts_contact_value"
    owner = Contact


#: So many open items one document can have: their numbers follow from the document's, so that nobody asks for them.
INSTALMENTS = 1000


class OpenItem(Scoped, Base):
    """What one document made a contact owe, or us owe the contact, and by when; what is left of it is in the register."""

    noun = ""

    __tablename__ = "contacts_open_item"

    #: the document's id × INSTALMENTS + the instalment, from zero
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"))
    #: when it is to be paid; None: at once
    due: Mapped[date | None]
    #: above zero: the contact owes us; in the document's currency, and never changed by what is paid
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    #: the same in the organisation's own currency, at the document's rate
    base: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """An open item is open to whom its contact is."""
        criterion = Contact.visible_to(actor)
        if criterion is None:
            return None
        table = Contact.__table__
        return cls.contact_id.in_(select(table.c.id).where(criterion))


class Payment(HasRate, Document):
    """Money received from a contact, or paid to one."""

    __tablename__ = "contacts_payment"
    __mapper_args__ = {"polymorphic_identity": "contacts.payment"}
    title, prefix, partner, clears_up = _l("Payment"), "P-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: in: received; out: paid
    direction: Mapped[str] = mapped_column(String(3))
    #: bank, cash or card
    method: Mapped[str] = mapped_column(String(10))
    #: the amount in the organisation's own currency
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    contact: Mapped[Contact] = relationship()


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

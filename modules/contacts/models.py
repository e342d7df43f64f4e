"""Contacts, their three kinds kept apart, and payments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.custom import Customised, CustomValue
from app.api.data import Base, Id, Versioned
from app.api.documents import Document, LineOf
from app.api.security import Actor, Scoped, criterion_through
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import HasRate, Money
from modules.contacts.conditions import Conditions
from modules.contacts.money.models import MoneyAccount

LEGAL_ENTITY, SOLE_PROPRIETOR, INDIVIDUAL = "legal_entity", "sole_proprietor", "individual"
PRIVATE, FINANCIAL = {"group": "contacts.private"}, {"group": "contacts.financial"}


def _one_main(table: str, *sort: str) -> Index:
    """Of each sort a contact has one main detail at most, whoever writes."""
    where = text("is_main")
    return Index(f"uq_{table}_main", "contact_id", *sort, unique=True, sqlite_where=where, postgresql_where=where)


SOURCE, STATUS, TAG = "source", "status", "tag"


class Label(Base):
    """A word by which contacts are sorted: where they came from, how far one is with them, or a tag."""

    __tablename__ = "contacts_label"
    __table_args__ = (UniqueConstraint("which", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: source, status or tag
    which: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60), info=order("name_order"))
    name_order: Mapped[str] = ordered()


class Folder(Versioned, Base):
    """A folder of contacts, at the top or within another."""

    __tablename__ = "contacts_folder"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: None: at the top
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_folder.id"), index=True)
    name: Mapped[str] = mapped_column(String(100), info=order("name_order"))
    name_order: Mapped[str] = ordered()


#: which words a contact has
contact_label = Table(
    "contacts_contact_label",
    Base.metadata,
    Column("contact_id", ForeignKey("contacts_contact.id"), primary_key=True),
    Column("label_id", ForeignKey("contacts_label.id"), primary_key=True),
    Index("ix_contacts_contact_label_label_id_contact_id", "label_id", "contact_id"),
)


def _first_kind(context: Any) -> str:
    """What the column of the first two kinds says of a contact of any kind."""
    return INDIVIDUAL if context.get_current_parameters()["form"] == INDIVIDUAL else LEGAL_ENTITY


class Contact(Conditions, Customised, Scoped, Versioned, Base):
    """Someone one trades with: a legal entity, a sole proprietor or an individual, each with fields of its own."""

    noun = "contacts.contact"

    __tablename__ = "contacts_contact"
    __table_args__ = (
        CheckConstraint("kind IN ('legal_entity', 'individual')", name="kind"),
        Index("ix_contacts_contact_form_name_order_id", "form", "name_order", "id"),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: a key of `KINDS`
    kind: Mapped[str] = mapped_column("form", String(20), server_default=LEGAL_ENTITY)
    #: no longer used: when there were two kinds it said which, and only these two can stand there (ADR 42)
    first_kind: Mapped[str] = mapped_column("kind", String(20), default=_first_kind)
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
    #: where it lies in the tree of folders; None: nowhere
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_folder.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    # The main ones of its details (`Channel`, `Address`, `Person`, `BankAccount`), kept beside for lists and files.
    #: E.164, an extension behind as in RFC 3966
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

    #: en, ru or vi: in which letters and prints for it are written; empty: that of its country
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    #: how it goes: hot, well, badly; empty where nobody has said
    importance: Mapped[str] = mapped_column(String(10), default="", server_default="")

    labels: Mapped[list[Label]] = relationship(secondary=contact_label, order_by=(Label.name_order, Label.id))
    #: of its custom fields
    values: Mapped[list["ContactValue"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @classmethod
    def custom_subject(cls) -> str:
        """Its kind: companies and people have fields of their own."""
        return f"contacts.{cls.__mapper_args__['polymorphic_identity']}"

    @property
    def source(self) -> str:
        """Where it came from."""
        return self._words(SOURCE)

    @property
    def status(self) -> str:
        """How far one is with it."""
        return self._words(STATUS)

    @property
    def tags(self) -> str:
        """Its tags, with commas between them."""
        return self._words(TAG)

    def _words(self, which: str) -> str:
        return ", ".join(label.name for label in self.labels if label.which == which)


class Registered(Contact):
    """Whoever is in a register of companies or of sole proprietors."""

    __mapper_args__ = {"polymorphic_abstract": True}

    #: the name in the register, when it is not the usual one
    legal_name: Mapped[str | None] = mapped_column(String(300))
    #: number in the register
    registration_number: Mapped[str | None] = mapped_column(String(40), info=PRIVATE)
    #: with whom one speaks there
    contact_person: Mapped[str | None] = mapped_column(String(200), info=PRIVATE)


class LegalEntity(Registered):
    """A company or an institution."""

    __mapper_args__ = {"polymorphic_identity": LEGAL_ENTITY}
    title = _l("Legal entity")


class SoleProprietor(Registered):
    """A person who trades on their own account, as registered: индивидуальный предприниматель, hộ kinh doanh, sole trader."""

    __mapper_args__ = {"polymorphic_identity": SOLE_PROPRIETOR}
    title = _l("Sole proprietor")

    birth_date: Mapped[date | None] = mapped_column(info=PRIVATE)
    #: identity paper: kind, number, by whom and when it was issued
    identity_document: Mapped[str | None] = mapped_column(String(200), info=PRIVATE)


class Individual(Contact):
    """A person."""

    __mapper_args__ = {"polymorphic_identity": INDIVIDUAL}
    title = _l("Individual")

    # The same columns as a sole proprietor's.
    birth_date: Mapped[date | None] = mapped_column(info=PRIVATE, use_existing_column=True)
    identity_document: Mapped[str | None] = mapped_column(String(200), info=PRIVATE, use_existing_column=True)


#: kind → its model
KINDS: dict[str, type[Contact]] = {
    LEGAL_ENTITY: LegalEntity,
    SOLE_PROPRIETOR: SoleProprietor,
    INDIVIDUAL: Individual,
}
#: who is a person, as tax offices and families see it
PEOPLE = (SOLE_PROPRIETOR, INDIVIDUAL)


class ContactValue(CustomValue, Base):
    """What a contact says in a custom field."""

    __tablename__ = "contacts_contact_value"
    owner = Contact


class OfContact(Scoped):
    """Mixed into what belongs to a contact: it is open to whom its contact is. Its column is `contact_id`."""

    noun = ""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.contact_id)  # type: ignore[attr-defined]


PHONE, EMAIL, SITE, MESSENGER = "phone", "email", "site", "messenger"


class Detail(OfContact, Versioned):
    """Mixed into what a contact may have several of. One of each sort is the main one: the contact itself shows it too."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    is_main: Mapped[bool] = mapped_column(default=False)


class Person(Detail, Base):
    """Somebody with whom one speaks at a contact."""

    __tablename__ = "contacts_person"
    __table_args__ = (_one_main("contacts_person"),)

    name: Mapped[str] = mapped_column(String(200), info=PRIVATE)
    #: what they do there
    role: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    note: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)


class Channel(Detail, Base):
    """A way to reach a contact, or one of its persons: a phone number, an e-mail address, a site, a messenger."""

    __tablename__ = "contacts_channel"
    __table_args__ = (_one_main("contacts_channel", "kind"),)

    #: whose it is there; None: the contact's own
    person_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_person.id"), index=True)
    #: phone, email, site or messenger
    kind: Mapped[str] = mapped_column(String(10))
    #: a number as `check_phone` keeps it, an address, the site's URL, the name in the messenger
    value: Mapped[str] = mapped_column(String(200), info=PRIVATE)
    #: which one it is: work, mobile, Telegram
    label: Mapped[str] = mapped_column(String(60), default="", info=PRIVATE)


class TaxNumber(Detail, Base):
    """A number by which tax offices and registers know a contact."""

    __tablename__ = "contacts_tax_number"
    __table_args__ = (_one_main("contacts_tax_number", "kind"),)

    #: a key of `TAX_KINDS`
    kind: Mapped[str] = mapped_column(String(10), default="tax")
    #: ISO 3166-1 alpha-2, whose number it is; empty: the contact's country
    country: Mapped[str] = mapped_column(String(2), default="", info=PRIVATE)
    #: without what the country writes between its digits
    number: Mapped[str] = mapped_column(String(40), info=PRIVATE)


class Address(Detail, Base):
    """Where a contact is, or wants goods or bills to be sent."""

    __tablename__ = "contacts_address"
    __table_args__ = (_one_main("contacts_address"),)

    #: registered, billing, delivery or other
    kind: Mapped[str] = mapped_column(String(10), default="other")
    #: ISO 3166-1 alpha-2; empty when unknown
    country: Mapped[str] = mapped_column(String(2), default="", info=PRIVATE)
    region: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    city: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    district: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    #: everything up to the city, in lines
    street: Mapped[str] = mapped_column(Text, default="", info=PRIVATE)
    postal_code: Mapped[str] = mapped_column(String(20), default="", info=PRIVATE)
    sorting_code: Mapped[str] = mapped_column(String(20), default="", info=PRIVATE)


class BankAccount(Detail, Base):
    """An account of a contact at a bank."""

    __tablename__ = "contacts_bank_account"
    __table_args__ = (_one_main("contacts_bank_account"),)

    #: an IBAN without blanks; other numbers as they were typed
    number: Mapped[str] = mapped_column(String(60), info=FINANCIAL)
    #: the bank's name
    bank: Mapped[str] = mapped_column(String(200), default="", info=FINANCIAL)
    #: the bank's BIC: ISO 9362 (SWIFT), or the nine digits of a Russian one
    bic: Mapped[str] = mapped_column(String(11), default="", info=FINANCIAL)
    #: of a Russian bank: its account at the central bank
    correspondent: Mapped[str] = mapped_column(String(30), default="", info=FINANCIAL)
    #: ISO 4217; empty when unknown
    currency: Mapped[str] = mapped_column(String(3), default="", info=FINANCIAL)


class Relation(Scoped, Base):
    """How two contacts belong together; it is open to whom both are."""

    noun = ""

    __tablename__ = "contacts_relation"
    __table_args__ = (UniqueConstraint("first_id", "other_id", "kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: who is it to the other
    first_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: a key of `relations.KINDS`
    kind: Mapped[str] = mapped_column(String(20))

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.first_id, cls.other_id)


class Merge(Scoped, Base):
    """That a contact is another one, its head: no chains, a head is never merged itself."""

    noun = ""

    __tablename__ = "contacts_merge"

    merged_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), primary_key=True, autoincrement=False)
    head_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: UTC
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: what `merging.unmerge` needs, as JSON: confidential like the contacts, and never shown
    state: Mapped[str] = mapped_column(Text, info=PRIVATE)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.head_id)


class Pair(Scoped, Base):
    """Two contacts that may be one, as the program found, or are two, as somebody said; open to whom both are."""

    noun = ""

    __tablename__ = "contacts_pair"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the one with the lower number
    first_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: how alike they are by their names and public texts alone, 0 to 100
    score: Mapped[int] = mapped_column(default=0)
    #: the same by what is private: keys of `duplicates.WHY`, with blanks between them
    private_score: Mapped[int] = mapped_column(default=0, info=PRIVATE)
    why: Mapped[str] = mapped_column(String(100), default="", info=PRIVATE)
    #: whether somebody has said that they are two
    is_distinct: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("first_id", "other_id"),)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return criterion_through(Contact, actor, cls.first_id, cls.other_id)


#: So many open items one document can have: their numbers follow from the document's, so that nobody asks for them.
INSTALMENTS = 1000


class OpenItem(OfContact, Base):
    """What one document made a contact owe, or us owe the contact, and by when; what is left of it is in the register."""

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


class UnderContract:
    """Mixed into documents that may be under a contract of their contact."""

    #: no foreign key: SQLite adds none to a table that is there
    contract_id: Mapped[int | None] = mapped_column(BigInteger, index=True)


class Payment(UnderContract, HasRate, Document):
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
    #: on which account it was received, or from which it was paid; None: nobody keeps that account here
    account_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_money_account.id"), index=True)

    contact: Mapped[Contact] = relationship()
    account: Mapped[MoneyAccount | None] = relationship()


class Adjustment(HasRate, Document):
    """A debt that no sale, purchase or payment made: as it stood when the books began, written off, offset."""

    __tablename__ = "contacts_adjustment"
    title, prefix, partner, clears_up = _l("Debt adjustment"), "DA-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    # It refers to documents twice.
    __mapper_args__ = {"polymorphic_identity": "contacts.adjustment", "inherit_condition": id == Document.id}
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: opening, write_off or offset
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

"""Contacts, their three kinds kept apart, the words and folders by which they are sorted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.custom import Customised, CustomValue
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.security import Actor, Partner, Scoped, criterion_through
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money
from modules.contacts.conditions import Conditions

LEGAL_ENTITY, SOLE_PROPRIETOR, INDIVIDUAL = "legal_entity", "sole_proprietor", "individual"
PRIVATE, FINANCIAL = {"group": "contacts.private"}, {"group": "contacts.financial"}


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
    first_kind: Mapped[str] = mapped_column("kind", String(20), default=_first_kind, info=UNKEPT)
    #: the number by which people and files name the contact
    code: Mapped[str] = mapped_column(String(40), unique=True, info=order("code_order"))
    #: what lists and documents show
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    #: by which code and name stand in order
    code_order: Mapped[str] = ordered()
    name_order: Mapped[str] = ordered()
    #: no longer used: columns are added and never taken away; what contacts are found by stands in `search.py`
    folded: Mapped[str] = mapped_column(String(300), default="", index=True, info=UNKEPT)
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

    #: UTC: since when it says nothing of the person that it was; None: it does
    erased_at: Mapped[datetime | None]
    #: en, ru or vi: in which letters and prints for it are written; empty: that of its country
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    #: how it goes: hot, well, badly; empty where nobody has said
    importance: Mapped[str] = mapped_column(String(10), default="", server_default="")

    labels: Mapped[list[Label]] = relationship(secondary=contact_label, order_by=(Label.name_order, Label.id))
    #: of its custom fields
    values: Mapped[list["ContactValue"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        return cls.id.in_(partner.ids) if partner.noun == cls.noun else false()

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

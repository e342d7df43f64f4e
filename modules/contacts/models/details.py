"""What a contact may have several of: ways to reach it, addresses, persons, tax numbers, bank accounts."""

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.api.data import Base, Id, Versioned
from modules.contacts.models.contacts import FINANCIAL, PRIVATE, OfContact


def _one_main(table: str, *sort: str) -> Index:
    """Of each sort a contact has one main detail at most, whoever writes."""
    where = text("is_main")
    return Index(f"uq_{table}_main", "contact_id", *sort, unique=True, sqlite_where=where, postgresql_where=where)


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

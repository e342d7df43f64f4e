"""Contracts with contacts."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id, Versioned
from app.api.texts import lazy_gettext as _l
from app.api.texts import order, ordered
from app.api.values import Money, Percent
from modules.contacts.conditions import Conditions
from modules.contacts.dunning.levels import DAYS
from modules.contacts.models import FINANCIAL, Contact, OfContact
from modules.contacts.penalties.agreed import PenaltyTerms

DRAFT, ACTIVE, CLOSED = "draft", "active", "closed"
STATES = {DRAFT: _l("Draft"), ACTIVE: _l("In force"), CLOSED: _l("Closed")}


class Contract(PenaltyTerms, Conditions, OfContact, Versioned, Base):
    """What was agreed with a contact; documents may be under it."""

    audited_as = "contacts.contract"

    __tablename__ = "contacts_contract"
    __table_args__ = (
        UniqueConstraint("contact_id", "number"),
        Index("ix_contacts_contract_until_id", "until", "id"),
        Index("ix_contacts_contract_number_order_id", "number_order", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    #: by which both sides call it
    number: Mapped[str] = mapped_column(String(40), info=order("number_order"))
    number_order: Mapped[str] = ordered()
    title: Mapped[str] = mapped_column(String(200), default="")
    #: draft, active or closed; documents can be under one that is active
    state: Mapped[str] = mapped_column(String(10), default=ACTIVE)
    #: first and last day; None: no bound
    since: Mapped[date | None]
    until: Mapped[date | None]
    #: so many days before the last one, whoever has the contact is reminded; 0: never
    remind_days: Mapped[int] = mapped_column(default=30)
    #: the last day of which a reminder was sent
    reminded: Mapped[date | None]
    #: of its documents, and of the limit
    currency: Mapped[str] = mapped_column(String(3))
    #: what documents under it may leave open; None: no limit of its own
    credit_limit: Mapped[Decimal | None] = mapped_column(Money, info=FINANCIAL)
    #: per cent of a sale that is to be paid before it is posted
    prepayment: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    #: in which parts a document is paid, as `instalments` reads it; empty: all at once
    instalments: Mapped[str] = mapped_column(String(500), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="")

    contact: Mapped[Contact] = relationship()

    @property
    def name(self) -> str:
        """What forms and lists call it."""
        return f"{self.number} {self.title}".strip()


class CreditRule(Versioned, Base):
    """What happens when a contact owes too much or is late, where neither contract nor contact says it."""

    __tablename__ = "contacts_credit_rule"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    over_limit: Mapped[str] = mapped_column(String(10))
    overdue: Mapped[str] = mapped_column(String(10))
    #: a payment is late so many days after it was due
    overdue_days: Mapped[int]
    #: so many days after it was due each level of reminders begins, as "3, 14, 30"
    reminder_days: Mapped[str] = mapped_column(String(40), default=DAYS, server_default=DAYS)

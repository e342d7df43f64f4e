"""Penalties that were charged, and the key rates that they follow."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import HasRate, Money, Percent
from modules.contacts.models import FINANCIAL, Contact, UnderContract
from modules.contacts.penalties.agreed import PenaltyTerms


class KeyRate(Base):
    """The central bank's key rate, or whatever rate contracts follow, from a day on until the next one."""

    __tablename__ = "contacts_key_rate"
    __table_args__ = (UniqueConstraint("organisation_id", "since"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"))
    since: Mapped[date]
    #: per cent a year
    rate: Mapped[Decimal] = mapped_column(Percent)


class Penalty(PenaltyTerms, UnderContract, HasRate, Document):
    """Penalty interest that a contact owes for what it paid late under a contract; the terms are those of its day."""

    __tablename__ = "contacts_penalty"
    __mapper_args__ = {"polymorphic_identity": "contacts.penalty"}
    title, prefix, partner, clears_up = _l("Penalty interest"), "PI-", "contact_id", True

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: first and last day that it is charged for
    since: Mapped[date]
    until: Mapped[date]
    #: when it is to be paid; None: at once
    due: Mapped[date | None]
    #: the amount in the organisation's own currency
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    contact: Mapped[Contact] = relationship()
    lines: Mapped[list["PenaltyLine"]] = relationship(order_by="PenaltyLine.line", viewonly=True)


class PenaltyLine(LineOf, Base):
    """Days on which debt and rate were the same, and what they cost."""

    __tablename__ = "contacts_penalty_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("contacts_penalty.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: what was late
    item_id: Mapped[int] = mapped_column(ForeignKey("contacts_open_item.id"), index=True)
    #: first and last day
    since: Mapped[date]
    until: Mapped[date]
    #: what was open on these days
    debt: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    #: the key rate of these days, per cent a year; None: the terms follow none
    key_rate: Mapped[Decimal | None] = mapped_column(Percent)
    amount: Mapped[Decimal] = mapped_column(Money, info=FINANCIAL)
    #: whether the bound of all penalties cut it
    is_cut: Mapped[bool] = mapped_column(default=False, server_default=false())

"""Letters that went, or are to go, to contacts by e-mail, and the company's own wording of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import Base, Id, Versioned
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import PRIVATE, Contact, OfContact

WAITING, SENDING, SENT, FAILED, UNKNOWN = "waiting", "sending", "sent", "failed", "unknown"
#: state → what a letter in it is called
STATES = {
    WAITING: _l("waits to be sent"),
    SENDING: _l("is being sent"),
    SENT: _l("sent"),
    FAILED: _l("not sent"),
    UNKNOWN: _l("nobody knows whether it was sent"),
}


class Letter(OfContact, Base):
    """One e-mail with one PDF. It is open to whom its contact is."""

    audited_as = ""

    __tablename__ = "contacts_letter"
    __table_args__ = (Index("ix_contacts_letter_contact_id_id", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"))
    #: the document whose sheet it encloses
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), index=True)
    #: what is enclosed: the name of an `Enclosure`, and what it is made by
    enclosure: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: what is enclosed, in the letter's language
    title: Mapped[str] = mapped_column(String(200))
    #: en, ru or vi
    language: Mapped[str] = mapped_column(String(2))
    #: addresses with commas between them
    recipients: Mapped[str] = mapped_column(Text, info=PRIVATE)
    subject: Mapped[str] = mapped_column(String(300), info=PRIVATE)
    body: Mapped[str] = mapped_column(Text, info=PRIVATE)
    #: who sends it; None: a schedule
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    #: what the mail server said, or why it couldn't be made, where it was not sent
    why: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: UTC: when it was asked for, and when its state changed last
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    contact: Mapped[Contact] = relationship()
    user: Mapped[User | None] = relationship()


class LetterText(Versioned, Base):
    """How the company words letters with one kind of enclosure in one language; without a row the program's own words stand."""

    __tablename__ = "contacts_letter_text"
    __table_args__ = (UniqueConstraint("enclosure", "language"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enclosure: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)

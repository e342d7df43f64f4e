"""Which document is repeated by what rhythm, and what was made of it on which day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import Base, Id, Versioned
from app.api.documents import Document
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Contact, OfContact
from modules.trade.repeating.dates import Rhythm

ACTIVE, PAUSED, ENDED = "active", "paused", "ended"
STATES = {ACTIVE: _l("Active"), PAUSED: _l("Paused"), ENDED: _l("Ended")}
KEPT, PROPOSED = "kept", "proposed"
PRICES = {KEPT: _l("as on the document"), PROPOSED: _l("proposed again on each day")}


class Repetition(OfContact, Versioned, Base):
    """A document that is made again and again, as it says by then. It is open to whom its contact is."""

    __tablename__ = "trade_repetition"
    __table_args__ = (Index("ix_trade_repetition_state_due", "state", "due"),)
    title = _l("Repetition")

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the document that is repeated
    source_id: Mapped[int] = mapped_column(ForeignKey("core_document.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: week, month, quarter or year
    every: Mapped[str] = mapped_column(String(10))
    #: the day of the first turn; those after it are counted from it
    first: Mapped[date]
    #: whether it comes on the last day of the month
    month_end: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: the last day on which it may come; how often it comes; None: without end
    until: Mapped[date | None]
    count: Mapped[int | None]
    #: whether documents are posted at once, and sent by e-mail then
    posts: Mapped[bool] = mapped_column(default=False, server_default=false())
    mails: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: kept or proposed
    prices: Mapped[str] = mapped_column(String(10), default=KEPT, server_default=KEPT)
    #: what the documents say as their note, which is the company's own, with places for the period
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: what the letters to the contact say as their last paragraph, with the same places
    letter: Mapped[str] = mapped_column(Text, default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default=ACTIVE, server_default=ACTIVE)
    #: how many turns are behind it, made or skipped, and the day of the next; None: there is none
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    due: Mapped[date | None]
    #: why the next one could not be made; empty: nothing went wrong
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: who has set it up, to whom errors are reported
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))

    source: Mapped[Document] = relationship()
    contact: Mapped[Contact] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def rhythm(self) -> Rhythm:
        """The days on which it comes."""
        return Rhythm(self.every, self.first, self.until, self.count, self.month_end)


class RepetitionTurn(Base):
    """One day of a repetition: what was made, or that it was skipped. A day has one at most, however many workers there are."""

    __tablename__ = "trade_repetition_turn"
    __table_args__ = (UniqueConstraint("repetition_id", "day"),)
    audited_as = ""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    repetition_id: Mapped[int] = mapped_column(ForeignKey("trade_repetition.id", ondelete="CASCADE"))
    day: Mapped[date]
    #: None: it was skipped, or what was made is discarded
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id", ondelete="SET NULL"), index=True)
    is_skipped: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: UTC
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    document: Mapped[Document | None] = relationship()

"""Private links to quotes, and what was answered by them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import UNKEPT, Base, Id
from app.api.documents import LineOf
from app.api.security import User
from app.api.texts import lazy_gettext as _l

ACCEPTED, DECLINED, ASKED = "accepted", "declined", "asked"
#: what was answered → what it is called
ANSWERS = {ACCEPTED: _l("accepted"), DECLINED: _l("declined"), ASKED: _l("asked")}


class QuoteLink(LineOf, Base):
    """That whoever has the link may read one version of a quote, and answer it."""

    audited_as = ""

    __tablename__ = "trade_quote_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("trade_document.id", ondelete="CASCADE"), index=True)
    #: of the quote, as it was given: a later one has links of its own
    version: Mapped[int]
    #: SHA-256 of its secret, which is kept nowhere
    digest: Mapped[str] = mapped_column(String(64), unique=True, info=UNKEPT)
    #: en, ru or vi
    language: Mapped[str] = mapped_column(String(2))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: UTC; from then on it opens nothing
    expires_at: Mapped[datetime]
    #: UTC; None: not yet
    revoked_at: Mapped[datetime | None]
    #: UTC; None: never
    opened_at: Mapped[datetime | None] = mapped_column(info=UNKEPT)

    user: Mapped[User | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and utc_now() < self.expires_at


class QuoteAnswer(LineOf, Base):
    """What a customer answered to a version of a quote."""

    audited_as = ""

    __tablename__ = "trade_quote_answer"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("trade_document.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("trade_quote_link.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    #: one of ANSWERS
    verb: Mapped[str] = mapped_column(String(10))
    #: as they typed it
    name: Mapped[str] = mapped_column(String(120), default="")
    #: why it was declined, or the question
    text: Mapped[str] = mapped_column(Text, default="")
    #: UTC
    answered_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: of the network that it came from
    address: Mapped[str] = mapped_column(String(45), default="")

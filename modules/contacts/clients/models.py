"""Links and sign-ins that were given to contacts, and browsers that have signed in by them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import UNKEPT, Base, Id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import PRIVATE, Contact, OfContact

LINK, SIGN_IN = "link", "sign_in"
#: kind → what one is called
KINDS = {LINK: _l("Link"), SIGN_IN: _l("Sign-in by e-mail")}
STATEMENT, OPEN_ITEMS, DOCUMENTS = "statement", "open_items", "documents"
#: what can be shown → what it is called
PARTS = {STATEMENT: _l("Statement"), OPEN_ITEMS: _l("Open items"), DOCUMENTS: _l("Documents")}
CODE, BROWSER = "code", "browser"


class ClientAccess(OfContact, Base):
    """That a contact may open what is its own: by a link, or by signing in at an address of its own."""

    __tablename__ = "contacts_client_access"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    #: link or sign_in
    kind: Mapped[str] = mapped_column(String(10))
    #: of a link: SHA-256 of its secret, which is kept nowhere; None: of a sign-in, or a link whose letter isn't sent yet
    digest: Mapped[str | None] = mapped_column(String(64), unique=True, info=UNKEPT)
    #: of a sign-in: the address to which one-time links go, in small letters
    email: Mapped[str] = mapped_column(String(254), default="", index=True, info=PRIVATE)
    #: names of what it shows, with blanks between them
    shows: Mapped[str] = mapped_column(String(60))
    #: en, ru or vi
    language: Mapped[str] = mapped_column(String(2))
    #: of this program, as whoever gave it had it before them: never as somebody who asks says
    site: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: UTC; from then on it opens nothing
    expires_at: Mapped[datetime]
    #: UTC; None: not yet
    revoked_at: Mapped[datetime | None]
    #: UTC, to within a few minutes; None: never
    opened_at: Mapped[datetime | None] = mapped_column(info=UNKEPT)

    contact: Mapped[Contact] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def parts(self) -> list[str]:
        """What it shows."""
        return self.shows.split()

    @property
    def is_open(self) -> bool:
        """Whether it opens anything now, as far as nobody has revoked it and it hasn't expired."""
        return self.revoked_at is None and utc_now() < self.expires_at


class ClientLogin(Base):
    """A one-time link that was mailed, or a browser that has signed in by one."""

    __tablename__ = "contacts_client_login"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("contacts_client_access.id", ondelete="CASCADE"), index=True)
    #: code, which is taken once, or browser
    kind: Mapped[str] = mapped_column(String(10))
    #: SHA-256 of the secret
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]

"""What goes to whom and when, and what became of each time."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.clock import utc_now
from app.api.data import UNKEPT, Base, Id, Versioned
from app.api.security import User
from modules.contacts.letters.models import Letter
from modules.contacts.models import Contact, OfContact


class Mailing(Versioned, Base):
    """Statements or acts that go to many contacts again and again, in the name of whoever saved it last."""

    __tablename__ = "contacts_mailing"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    #: whose scope and rights apply
    owner_id: Mapped[int] = mapped_column(ForeignKey("core_user.id"))
    #: a key of `rules.WHAT`
    enclosure: Mapped[str] = mapped_column(String(60))
    #: pdf, xlsx or both with a comma
    formats: Mapped[str] = mapped_column(String(20))
    #: a key of `rules.EVERY`: how often it goes, and of which period
    every: Mapped[str] = mapped_column(String(10))
    #: on which day of the month and when, by the organisation's clock
    cron: Mapped[str] = mapped_column(String(50))
    is_paused: Mapped[bool] = mapped_column(default=False)
    #: why the program paused it
    stopped: Mapped[str] = mapped_column(Text, default="")
    #: UTC: everything that was due until then has begun
    begun_until: Mapped[datetime] = mapped_column(default=utc_now, info=UNKEPT)
    #: a kind of contact; empty: of all
    kind: Mapped[str] = mapped_column(String(20), default="")
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_folder.id", ondelete="SET NULL"))
    label_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_label.id", ondelete="SET NULL"))
    #: a key of `rules.WHOM`
    whom: Mapped[str] = mapped_column(String(10))
    #: the codes of contacts that get none, with commas between them
    excluded: Mapped[str] = mapped_column(Text, default="")

    owner: Mapped[User] = relationship()


class MailingRun(Base):
    """One time that a mailing went: once for each period."""

    audited_as = ""

    __tablename__ = "contacts_mailing_run"
    __table_args__ = (UniqueConstraint("mailing_id", "since", "until"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("contacts_mailing.id", ondelete="CASCADE"))
    since: Mapped[date]
    until: Mapped[date]
    #: UTC
    begun_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: whether every letter was asked for
    is_whole: Mapped[bool] = mapped_column(default=False)
    #: whether the owner was notified of what became of it
    is_reported: Mapped[bool] = mapped_column(default=False)
    #: why the job that asks for the letters ended before it had asked for all; empty: it didn't
    broken_off: Mapped[str] = mapped_column(Text, default="", server_default="")

    mailing: Mapped[Mailing] = relationship()


class MailingLetter(OfContact, Base):
    """What a contact got at one time in one currency (empty: in all), or why it got nothing. Whoever finds the row sends no
    second one."""

    __tablename__ = "contacts_mailing_letter"
    __table_args__ = (UniqueConstraint("run_id", "contact_id", "currency"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("contacts_mailing_run.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id", ondelete="CASCADE"), index=True)
    currency: Mapped[str] = mapped_column(String(3), default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_letter.id", ondelete="SET NULL"), index=True)
    #: why no letter could be made
    why: Mapped[str] = mapped_column(Text, default="")

    contact: Mapped[Contact] = relationship()
    letter: Mapped[Letter | None] = relationship()

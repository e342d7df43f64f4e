"""The rows of files and folders, and of what files hold."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, String, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import MADE, Base, Id, utc_now
from app.ordering import order, ordered
from app.security import Actor, Scoped
from app.security.policy import narrowed
from app.versions import Versioned

#: the folder above all others of a card
TOP = 0


class FileBlob(Base):
    """What files hold, once however many hold it."""

    audited_as = ""

    __tablename__ = "core_file_blob"

    #: SHA-256 of the content, by which it lies in the data folder
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger)
    #: UTC; when it was put there last
    stored_at: Mapped[datetime] = mapped_column(default=utc_now)


_THERE = text("removed_at IS NULL")


class FileEntry(Scoped, Versioned, Base):
    """A file or a folder on a card. It is open to whom the card's record is."""

    audited_as = ""

    noun = ""

    __tablename__ = "core_file"
    __table_args__ = (
        # Two people who put files of one name into a folder at once: the second's gets another.
        Index(
            "uq_core_file_place",
            "subject",
            "subject_id",
            "folder_id",
            "name_key",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
        Index("ix_core_file_subject_id_created_at", "subject_id", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the record on whose card it is: `module.noun`, of documents their kind, and its number
    subject: Mapped[str] = mapped_column(String(100))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    #: the folder that it is in; TOP: none
    folder_id: Mapped[int] = mapped_column(BigInteger, default=TOP)
    name: Mapped[str] = mapped_column(String(200), info=order("name_order"))
    name_order: Mapped[str] = ordered()
    #: the name as others may not have it beside: without capitals
    name_key: Mapped[str] = mapped_column(String(400), info=MADE)
    #: of what it holds; None: it is a folder
    digest: Mapped[str | None] = mapped_column(ForeignKey("core_file_blob.digest"), index=True)
    #: bytes; of a folder zero
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    #: media type by its content, never by its name
    media_type: Mapped[str] = mapped_column(String(100), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    #: UTC; None: it is there. What is in a removed folder is there no more than the folder
    removed_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def is_folder(self) -> bool:
        """Whether others can be in it."""
        return self.digest is None

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Those of records that are open to the actor; the card asks for the right to see it besides."""
        own = {} if actor.is_system else {subject: ids for subject, ids, _ in narrowed(actor)}
        if not own:
            return None
        parts = (and_(cls.subject == subject, cls.subject_id.in_(ids)) for subject, ids in own.items())
        return or_(cls.subject.not_in(own), *parts)

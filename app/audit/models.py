"""The audit's two tables: the lines, and the head of each actor's chain."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, Index, String, Text, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id


class AuditLine(Base):
    """One thing done or seen. A line names a record, so it is open to whom the record is, and to whoever did it."""

    #: actor → subjects whose records the actor sees in part, each with the numbers of those open to them; those who know scopes
    #: add themselves, as they record what they do themselves
    narrowed_by: ClassVar[list[Callable[[Any], Iterable[tuple[str, Any]]]]] = []

    __tablename__ = "core_audit"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        # What was done to one record, without what people looked at.
        Index("ix_core_audit_subject_id_action_moment", "subject_id", "action", "moment"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: the user's id, 0 for the system: a chain of one's own, so that people never wait for each other's lines
    chain: Mapped[int] = mapped_column(BigInteger)
    #: 1, 2, 3 … within the chain
    sequence: Mapped[int] = mapped_column(BigInteger)
    #: UTC
    moment: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(200))
    #: `module.noun.verb`
    action: Mapped[str] = mapped_column(String(100), index=True)
    #: what it was done to: `module.noun` and its row, where there is one
    subject: Mapped[str | None] = mapped_column(String(100))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    #: for people; never holds a secret or a confidential value
    summary: Mapped[str] = mapped_column(Text)
    #: SHA-256 of this line and of the digest before it in the chain
    digest: Mapped[str] = mapped_column(String(64))

    @classmethod
    def visible_to(cls, actor: Any) -> ColumnElement[bool] | None:
        """Lines of records that are open to the actor, and what they did themselves; of records that are seen by everybody who
        sees any, all. None: every line."""
        narrowed = {} if actor.is_system else {s: ids for narrow in cls.narrowed_by for s, ids in narrow(actor)}
        if not narrowed:
            return None
        own = (and_(cls.subject == subject, cls.subject_id.in_(ids)) for subject, ids in narrowed.items())
        return or_(cls.chain == actor.user_id, cls.subject.is_(None), cls.subject.not_in(narrowed), *own)


class AuditHead(Base):
    """The last line of a chain: without it, a chain cut off at its end would look whole."""

    __tablename__ = "core_audit_head"

    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))

"""The audit's two tables: the lines, and the head of each actor's chain."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.audit.kept import confidential_fields
from app.db import Base, Id


class AuditLine(Base):
    """One thing done or seen. A line names a record, so it is open to whom the record is, and to whoever did it."""

    #: actor → subjects whose records the actor sees in part, each with the numbers of those open to them, and whether lines
    #: that name no record of it, such as of a list, are open too; those who know scopes add themselves, as they record what
    #: they do themselves
    narrowed_by: ClassVar[list[Callable[[Any], Iterable[tuple[str, Any, bool]]]]] = []

    audited_as = ""
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
    #: SHA-256 of this line and of the digest before it in the chain; of what `sealed` and `changes` say, of these digests alone
    digest: Mapped[str] = mapped_column(String(64))
    #: random, of lines with `sealed`; None once the summary was erased
    salt: Mapped[str | None] = mapped_column(String(32))
    #: SHA-256 of salt and summary; None of lines that are older than it
    sealed: Mapped[str | None] = mapped_column(String(64))
    #: SHA-256 of the digests of its changes in their order; None without any
    changes: Mapped[str | None] = mapped_column(String(64))

    @classmethod
    def visible_to(cls, actor: Any) -> ColumnElement[bool] | None:
        """Lines of records that are open to the actor, and what they did themselves; of records that are seen by everybody who
        sees any, all. None: every line."""
        narrowed, unnumbered = _narrowed(actor)
        if not narrowed:
            return None
        own = _of_open_records(cls, narrowed)
        says_none = and_(cls.subject_id.is_(None), or_(cls.subject.is_(None), cls.subject.in_(unnumbered)))
        return or_(cls.chain == actor.user_id, says_none, cls.subject.not_in(narrowed), *own)


class AuditChange(Base):
    """That a field of a record was changed, and by which line of the audit; what it said stands in `AuditValue`. It is open to
    whom the record is."""

    __tablename__ = "core_audit_change"
    __table_args__ = (Index("ix_core_audit_change_subject_id_subject", "subject_id", "subject"),)

    #: of the line
    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: 1, 2, 3 … within the line
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the record: `module.noun` and its row; a line of many, such as of an import, has changes of many records
    subject: Mapped[str] = mapped_column(String(100))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    #: `table.attribute`; of a custom field `table.` and its number
    field: Mapped[str] = mapped_column(String(150))
    #: the row of the table, where a record may have several; empty: the record's own
    part: Mapped[str] = mapped_column(String(60))
    #: SHA-256 of the value's salt and of all that the change says
    digest: Mapped[str] = mapped_column(String(64))

    @classmethod
    def visible_to(cls, actor: Any) -> ColumnElement[bool] | None:
        """Changes of records that are open to the actor, who may read the audit."""
        if not actor.may("core.audit.view"):
            return false()
        narrowed, _unnumbered = _narrowed(actor)
        if not narrowed:
            return None
        return or_(cls.subject.not_in(narrowed), *_of_open_records(cls, narrowed))


class AuditValue(Base):
    """What a field said before a change and after it. It can be erased, and the chain still holds: that has a random salt and a
    digest of it alone. It is open to whom the record and the field's confidential group are; nobody else finds by it.
    """

    #: actor → the nouns whose records they may not look at; set by who knows rights
    closed_to: ClassVar[Callable[[Any], Iterable[str]]]
    #: a group and an actor → the criterion of groups that are open beyond those of the actor
    opened_by: ClassVar[list[Callable[[Any, Any], ColumnElement[bool]]]] = []

    __tablename__ = "core_audit_value"

    #: of the change
    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the confidential group of the field when it was changed; `custom:` and the number of a custom field, whose group counts
    field_group: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))

    @classmethod
    def visible_to(cls, actor: Any) -> ColumnElement[bool] | None:
        """Values of fields that were open to the actor when they were changed and still are, of records that are. None: all,
        for the program itself."""
        if actor.is_system:
            return None
        if not actor.may("core.audit.view"):
            return false()
        group: Any = cls.field_group
        opened = or_(group.in_(("", *sorted(actor.groups))), *(way(group, actor) for way in cls.opened_by))
        change, closed = AuditChange.visible_to(actor), sorted(cls.closed_to(actor))
        # A value that was kept before its field became confidential says no group.
        fields = sorted(name for name, group in confidential_fields().items() if group not in actor.groups)
        if change is None and not closed and not fields:
            return opened
        of = AuditChange.__table__
        same = (of.c.chain == cls.chain, of.c.sequence == cls.sequence, of.c.position == cls.position)
        seen = select(literal(1)).select_from(of).where(*same, of.c.subject.not_in(closed), of.c.field.not_in(fields))
        seen = seen if change is None else seen.where(change)
        return and_(opened, seen.correlate_except(of).exists())


class AuditHead(Base):
    """The last line of a chain: without it, a chain cut off at its end would look whole."""

    __tablename__ = "core_audit_head"

    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


def _narrowed(actor: Any) -> tuple[dict[str, Any], list[str]]:
    """The subjects whose records the actor sees in part, with the numbers of those; and of which of them lines without a number
    are open."""
    parts = {} if actor.is_system else {s: part for narrow in AuditLine.narrowed_by for s, *part in narrow(actor)}
    return {s: ids for s, (ids, _) in parts.items()}, [s for s, (_, is_open) in parts.items() if is_open]


def _of_open_records(of: Any, narrowed: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """That a row of `of` names one of the records in `narrowed`; subjects with the same numbers are asked of together."""
    alike: dict[int, tuple[list[str], Any]] = {}
    for subject, ids in narrowed.items():
        alike.setdefault(id(ids), ([], ids))[0].append(subject)
    return [and_(of.subject.in_(subjects), of.subject_id.in_(ids)) for subjects, ids in alike.values()]

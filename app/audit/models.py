"""The audit's two tables: the lines, and the head of each actor's chain."""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id


class AuditLine(Base):
    """One thing done or seen."""

    __tablename__ = "core_audit"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)

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


class AuditHead(Base):
    """The last line of a chain: without it, a chain cut off at its end would look whole."""

    __tablename__ = "core_audit_head"

    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))

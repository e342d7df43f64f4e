"""What there is of the sample, and what its removal would come to: read before anybody decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.hooks import sample_gathering
from app.reference import organisation
from app.sample.models import SampleRow
from app.sample.records import names_of, noun_of, records_going, records_of
from app.sample.resting import documents_resting
from app.sample.rows import DOCUMENTS, ROWS, marked
from app.security import User

_MARKS, _U = SampleRow.__table__.c, User.__table__.c
_USERS = select(_U.id).where(_U.id.in_(marked(User.__table__)), _U.is_active)  # type: ignore[arg-type] # it is a table

#: the permission of whoever may look at it and remove it
NEEDS = "core.organisation.manage"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a removal would do."""

    #: whether sample data was filled in at all
    is_sample: bool
    #: whether it is known which rows are the sample's: of companies that an older program filled it isn't
    is_marked: bool
    #: kind → how many
    documents: dict[str, int]
    #: documents that somebody has saved again since: they go too
    changed: list[str]
    #: documents of one's own that keep it from being removed
    resting: list[str]
    #: `module.noun` → how many
    records: dict[str, int]
    #: records that stay
    kept: list[str]
    #: logins that would be switched off
    users: list[str]
    #: the last closed day
    closed_until: date | None


def plan_removal(session: Session) -> Plan:
    """What a removal would do as of now, whoever asks."""
    current = organisation(session)
    if not has_marks(session):
        return Plan(current.is_sample, False, {}, [], [], {}, [], [], current.closed_until)
    going = records_going(session)
    kept = {table: ids - going[table] for table, ids in records_of(session).items()}
    return Plan(
        current.is_sample,
        True,
        count_by_kind(session),
        _changed(session),
        documents_resting(session, but=_gathered(session)),
        {noun_of(table): len(ids) for table, ids in going.items() if ids},
        names_of(session, kept),
        list(ROWS(session).scalars(_USERS.with_only_columns(_U.login))),
        current.closed_until,
    )


def has_marks(session: Session) -> bool:
    """Whether it is known which rows are the sample's."""
    return ROWS(session).execute(select(_MARKS.row_id).limit(1)).first() is not None


def absorb(session: Session) -> None:
    """Mark what only rearranges what the sample's documents made, such as an allocation between two of them."""
    rows = [{"table_name": DOCUMENTS.name, "row_id": number} for number in sorted(_gathered(session))]
    if rows:
        ROWS(session).execute(insert(SampleRow), rows)


def count_by_kind(session: Session) -> dict[str, int]:
    """Kind → how many documents the sample has."""
    d = DOCUMENTS.c
    query = select(d.kind, func.count()).where(d.id.in_(marked(DOCUMENTS))).group_by(d.kind).order_by(d.kind)
    return {row[0]: row[1] for row in ROWS(session).execute(query)}


def users_of(session: Session) -> Sequence[User]:
    """The sample's users who can sign in; the session is the system's own."""
    return session.scalars(select(User).where(User.id.in_(_USERS)).order_by(User.id)).all()


def _gathered(session: Session) -> set[int]:
    own = set(ROWS(session).scalars(marked(DOCUMENTS)))
    gathered = set(own)
    sample_gathering(session, gathered)
    return gathered - own


def _changed(session: Session) -> list[str]:
    d = DOCUMENTS.c
    query = (
        select(func.coalesce(d.number, d.summary))
        .join(SampleRow.__table__, (_MARKS.table_name == DOCUMENTS.name) & (_MARKS.row_id == d.id))
        .where(d.version != _MARKS.version)
        .order_by(d.id)
    )
    return list(ROWS(session).scalars(query))

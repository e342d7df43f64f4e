"""What became of documents, said in the place of their state: a quote is ordered, a request answered. It is read from what
followed and never typed, so it follows whatever is reversed."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, select
from sqlalchemy.orm import Session

from app.documents.kinds import Kind, kind_of
from app.documents.models import Document


def shown_state(row: Any) -> ColumnElement[str]:
    """What is said of the state of documents: what became of them (`Kind.outcomes`), as far as that is open to whoever asks,
    or else the state. `row`: the model of one kind, or whatever has the columns `kind`, `id` and `state` of several."""
    if isinstance(row, type) and "polymorphic_identity" in row.__mapper_args__:  # type: ignore[attr-defined]
        whens = _whens(kind_of(row), row)
    else:
        several = [kind for kind in Kind.declared.values() if kind.outcomes]
        whens = [(and_(row.kind == kind.name, holds), name) for kind in several for holds, name in _whens(kind, row)]
    return case(*whens, else_=row.state) if whens else row.state


def _whens(kind: Kind[Any], row: Any) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    return [(and_(row.state == "posted", each.where(row.id)), literal(each.name)) for each in kind.outcomes]


def state_shown(session: Session, document: Document) -> str:
    """The same of one document."""
    if not kind_of(document).outcomes:
        return document.state
    return session.execute(select(shown_state(type(document))).where(type(document).id == document.id)).scalar_one()

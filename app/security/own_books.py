"""Records that stand in the books of one own organisation, such as accounts and tills, for whoever says something of them
elsewhere: the audit's lines, and files (ADR 84). Documents are called by their kinds, for which the policy speaks."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Table, or_, select

from app.db import Base, mapper_of
from app.security.actor import Actor
from app.security.partners import criterion_for


class _Kept(NamedTuple):
    """A model of such records; where these are its own only through another table's: the column that names them, and that."""

    model: Any
    through: Column[Any] | None = None
    owner: Table | None = None


def kept_in_books(actor: Actor) -> Iterator[tuple[str, Any]]:
    """The nouns of such records, each with the numbers of those that stand in no books closed to the actor."""
    books = sorted(actor.books)
    yield "core.organisation", books
    for noun, (model, through, owner) in _kept(frozenset(Base.registry.mappers)).items():
        table = model.__table__
        if "id" not in table.c:  # an organisation has one of it, by its own number; 0: it is of all
            yield noun, [0, *books]
        elif _is_scoped(model):
            if (criterion := criterion_for(model, actor)) is not None:
                yield noun, select(table.c.id).where(criterion).correlate(None)
        else:
            ids, own = select(table.c.id), table.c.get("organisation_id")
            if own is None and owner is not None:
                ids, own = ids.join(owner, owner.c.id == through), owner.c.organisation_id
            yield noun, ids.where(or_(own.in_(books), own.is_(None))).correlate(None)


@cache
def _kept(mappers: frozenset[Any]) -> dict[str, _Kept]:
    """By noun. What has no scopes and goes with a document is left out: the audit calls it by the document."""
    models = [m.class_ for m in mappers if m.inherits is None]
    found = {noun: _Kept(model) for model in models if _is_of_one(model.__table__) for noun in _nouns(model)}
    for model in models:
        for key in model.__table__.foreign_keys if "id" in model.__table__.c else ():
            owner, owning = key.column.table, mapper_of(key.column.table)
            if key.parent.nullable or "id" not in owner.c or not _is_of_one(owner) or owning is None:
                continue
            if _is_scoped(model) or not _is_scoped(owning.class_):
                for noun in _nouns(model):
                    found.setdefault(noun, _Kept(model, key.parent, owner))
    return found


def _is_of_one(table: Table) -> bool:
    return "organisation_id" in table.c


def _is_scoped(model: Any) -> bool:
    """By more than limits, which know nothing of books."""
    return hasattr(model, "is_of_books") and (model.is_of_books or not model.is_of_limits)


def _nouns(model: Any) -> set[str]:
    """How the audit calls its records: by the name of the table, or as the model says; `said_as`: as lines do besides."""
    module, _, name = model.__table__.name.partition("_")
    return {f"{module}.{name}", getattr(model, "audited_as", ""), getattr(model, "said_as", "")} - {""}

"""Who may see what, held in one place: every SELECT of every session passes here.

Three rules. A session without an actor selects nothing. Records outside the actor's scope are not found. Columns of a
confidential group that is closed to the actor come back as MASKED, and a query that computes with them is refused.

The criteria reach models; a query on their bare tables is looked at by `app.security.inspection` and refused unless it
holds the scope by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, TextClause, event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session, with_loader_criteria
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.context import QueryContext
from sqlalchemy.sql.selectable import TextualSelect

from app.audit import record
from app.db import Base, KontorSession
from app.errors import Forbidden
from app.security import inspection
from app.security.actor import Actor


class _Masked:
    """Stands where a confidential value would: it prints as dots and takes part in no sum and no comparison of size."""

    def __str__(self) -> str:
        return "•••"

    __repr__ = __str__

    def __bool__(self) -> bool:
        return False

    def __format__(self, _spec: str) -> str:
        return str(self)


MASKED = _Masked()


class Scoped:
    """A model whose rows are open by scope: `noun` names it, `responsible_id` says whose a row is."""

    noun: ClassVar[str]
    _scoped: ClassVar[list[Any]] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # The topmost table of a hierarchy stands for those that inherit from it; a mixin has no table and no rows.
        if "__tablename__" in cls.__dict__ and not any(base in Scoped._scoped for base in cls.__mro__):
            Scoped._scoped.append(cls)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """The SQL criterion of what `actor` may see; None when that is everything."""
        return criterion_of(actor, actor.scope(cls.noun), cls.responsible_id)  # type: ignore[attr-defined]


def criterion_of(actor: Actor, scope: str, responsible: Any) -> ColumnElement[bool] | None:
    """`responsible` narrowed to the actor (own), to the actor's team, or not at all (None)."""
    if scope == "all":
        return None
    if scope == "team":
        return responsible.in_(actor.team)  # type: ignore[no-any-return]
    return responsible == (actor.user_id if scope == "own" else -1)  # type: ignore[no-any-return]


def visible(session: Session, model: Any) -> ColumnElement[bool] | None:
    """The criterion of `model` for the session's actor, for queries that are built on tables instead of models."""
    if session.info.get("unrestricted") or not issubclass(model, Scoped):
        return None
    return model.visible_to(session.info["actor"])  # type: ignore[no-any-return]


@contextmanager
def unrestricted(session: Session, why: str) -> Iterator[None]:
    """Leave the actor's scope for as long as the block lasts; the audit records who did and why, once a session."""
    if session.info.get("unrestricted"):
        yield
        return
    recorded = session.info.setdefault("left_because", set())
    if not session.info["actor"].is_system and why not in recorded:
        record(session, "security.unrestricted", summary=why)
        recorded.add(why)
    session.info["unrestricted"] = True
    try:
        yield
    finally:
        del session.info["unrestricted"]


@contextmanager
def true_values(session: Session) -> Iterator[None]:
    """Let what is loaded within the block have its true values: business arithmetic counts with them, whoever asks for it.

    Scopes stay as they are, and nothing is recorded: nobody is shown what is loaded.
    """
    before = session.info.get("true_values", False)
    session.info["true_values"] = True
    try:
        yield
    finally:
        session.info["true_values"] = before


@event.listens_for(KontorSession, "after_rollback")
def _forget_recorded(session: Session) -> None:
    session.info.pop("left_because", None)


@event.listens_for(KontorSession, "do_orm_execute")
def _hold_the_policy(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return
    actor: Actor | None = state.session.info.get("actor")
    if actor is None:
        if state.is_select or _is_raw(state.statement):
            raise Forbidden("signed-in")
        return
    if actor.is_system or state.session.info.get("unrestricted"):
        return
    if not state.is_relationship_load:
        inspection.hold(state.statement, actor, Scoped._scoped)
    if (state.is_select or state.is_update or state.is_delete) and (criteria := _criteria_of(actor)):
        state.statement = state.statement.options(*criteria)


#: What an actor's scopes come to in SQL: an actor never changes, and a worker keeps the actor from request to request.
_criteria: WeakKeyDictionary[Actor, list[Any]] = WeakKeyDictionary()


def _is_raw(statement: Any) -> bool:
    return isinstance(statement, TextClause | TextualSelect)


def _criteria_of(actor: Actor) -> list[Any]:
    known = _criteria.get(actor)
    if known is None:
        known = _criteria[actor] = [
            with_loader_criteria(model, criterion, include_aliases=True)
            for model in Scoped._scoped
            if (criterion := model.visible_to(actor)) is not None
        ]
    return known


@event.listens_for(Base, "mapper_configured", propagate=True)
def _mask_on_load(mapper: Mapper[Any], cls: type) -> None:
    closed = [(p.key, p.columns[0].info["group"]) for p in mapper.column_attrs if p.columns[0].info.get("group")]
    if not closed:
        return

    def mask(instance: Any, context: QueryContext | None) -> None:
        session: Any = context.session if context else object_session(instance)  # a merge loads without a query
        actor = session.info.get("actor") if session else None
        if actor is None or actor.is_system or session.info.get("unrestricted") or session.info.get("true_values"):
            return
        for key, group in closed:
            if group not in actor.groups:
                set_committed_value(instance, key, MASKED)

    @event.listens_for(cls, "load")
    def _loaded(instance: Any, context: QueryContext | None) -> None:
        mask(instance, context)

    @event.listens_for(cls, "refresh")
    def _refreshed(instance: Any, context: QueryContext | None, _attributes: Any) -> None:
        mask(instance, context)

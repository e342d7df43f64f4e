"""Who may see what, held in one place: every SELECT of every session passes here, also those within an INSERT or UPDATE.

Three rules. A session without an actor selects nothing. Records outside the actor's scope are not found. Columns of a
confidential group that is closed to the actor come back as MASKED, and a query that computes with them is refused.

The criteria reach models; a query on their bare tables is looked at by `app.security.inspection` and refused unless it
holds the scope by itself. Whoever must get past the policy says so: for a while (`unrestricted`, `true_values`, which leave
nothing behind in the session), or on a bare connection (`app.past_policy`), which nobody else is given.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from sqlalchemy import Column, ColumnElement, Select, TextClause, and_, event, false, inspect, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session, with_loader_criteria
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.context import QueryContext
from sqlalchemy.sql.selectable import TextualSelect

from app.audit import AuditLine, record
from app.db import Base, KontorSession
from app.errors import Forbidden
from app.past_policy import Unheld
from app.security import inspection
from app.security.actor import Actor, Partner
from app.security.own_books import kept_in_books
from app.security.partners import criterion_for


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


#: marks a column that users read and partners never do
INTERNAL = {"is_internal": True}


class Scoped:
    """A model whose rows are open by scope: `noun` names it, `responsible_id` says whose a row is."""

    noun: ClassVar[str]
    #: whether its rows stand in the books of one own organisation, to which `visible_to` holds them
    is_of_books: ClassVar[bool] = False
    #: whether `visible_to` holds its rows to what users are limited to (`app.security.limited`)
    is_of_limits: ClassVar[bool] = False
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

    @classmethod
    def visible_to_partner(cls, partner: Partner) -> ColumnElement[bool]:
        """The SQL criterion of what a partner may see: nothing, unless a model says."""
        del partner
        return false()

    @classmethod
    def nouns(cls) -> Iterable[str]:
        """The nouns of its rows, by which the audit calls them; none of rows that belong to others."""
        return (cls.noun,) if cls.noun else ()


def narrowed(actor: Actor) -> Iterator[tuple[str, Any, bool]]:
    """The nouns of which the actor sees a part, each with the numbers of what they see, and whether that is a part by books
    or limits alone: what says no number, such as an export of a list, tells of what no scope keeps from them then."""
    if actor.books:
        yield from ((noun, ids, True) for noun, ids in kept_in_books(actor))
    for model in Scoped._scoped:
        if not issubclass(model, Scoped):
            continue
        is_limited = (bool(actor.books) and model.is_of_books) or (bool(actor.limits) and model.is_of_limits)
        if nouns := [noun for noun in model.nouns() if is_limited or actor.scope(noun) != "all"]:
            criterion: Any = criterion_for(model, actor)
            if criterion is None:
                continue
            ids = select(model.__table__.c.id).where(criterion).correlate(None)
            yield from ((noun, ids, actor.scope(noun) == "all") for noun in nouns)


# The audit stands below whoever has scopes; its lines are held to the same policy.
Scoped._scoped.append(AuditLine)
AuditLine.narrowed_by.append(narrowed)


def criterion_of(actor: Actor, scope: str, responsible: Any) -> ColumnElement[bool] | None:
    """`responsible` narrowed to the actor (own), to the actor's team, or not at all (None)."""
    if scope == "all":
        return None
    if scope == "team":
        return responsible.in_(actor.team)  # type: ignore[no-any-return]
    if scope == "own" and actor.own:
        return responsible.in_(actor.own)  # type: ignore[no-any-return]
    return responsible == (actor.user_id if scope == "own" else -1)  # type: ignore[no-any-return]


def criterion_through(owner: Any, actor: Actor, *columns: Any) -> ColumnElement[bool] | None:
    """Rows that go with records of `owner`, which the columns name: open to whom all of these are (None: all rows are)."""
    criterion = criterion_for(owner, actor)
    if criterion is None:
        return None
    own = select(owner.__table__.c.id).where(criterion)
    return and_(*(column.in_(own) for column in columns))


def visible(session: Session, model: Any) -> ColumnElement[bool] | None:
    """The criterion of `model` for the session's actor, for queries that are built on tables instead of models."""
    if session.info.get("unrestricted") or not issubclass(model, Scoped):
        return None
    return criterion_for(model, session.info["actor"])  # type: ignore[no-any-return]


class _Past:
    """What a block past the policy has loaded: the session forgets it, or masks it again, when the block ends."""

    def __init__(self) -> None:
        self.loaded: list[Any] = []
        #: what the session knew before, and what was read again
        self.refreshed: list[Any] = []


@contextmanager
def unrestricted(session: Session, why: str) -> Iterator[None]:
    """Leave the actor's scope for as long as the block lasts; the audit records who did and why, once a session.

    Records that are loaded within it are the block's alone: when it ends their changes are flushed, and the session knows them
    no more, neither by key nor by relationships. What the block keeps of them is what it reads from them, as values.
    """
    actor = session.info["actor"]
    if session.info.get("unrestricted") or actor.is_system:
        yield
        return
    recorded = session.info.setdefault("left_because", set())
    if why not in recorded:
        record(session, "security.unrestricted", summary=why)
        recorded.add(why)
    past = session.info["unrestricted"] = _Past()
    is_whole = False
    try:
        yield
        is_whole = True
    finally:
        if is_whole:
            _flush_changed(session, (*past.loaded, *past.refreshed))
        del session.info["unrestricted"]
        if past.loaded or past.refreshed:
            _leave(session, past)


def _nothing() -> Iterable[Any]:
    return ()


@contextmanager
def true_values(session: Session, records: Callable[[], Iterable[Any]] = _nothing) -> Iterator[None]:
    """Let what is loaded within the block have its true values, and what is loaded already of `records`: business arithmetic
    counts with them, whoever asks for it.

    Scopes stay as they are, and nothing is recorded: nobody is shown what is loaded. When the block ends, its changes are
    flushed, and what is closed to the actor is masked again, also in those of `records` that the block has made.
    """
    actor: Actor | None = session.info["actor"]
    if actor is None or sees_all(actor):
        yield
        return
    outer: _Past | None = session.info.get("true_values")
    past = session.info["true_values"] = outer or _Past()
    is_whole = False
    try:
        for each in records():
            if masked := [name for name, value in vars(each).items() if value is MASKED]:
                session.refresh(each, masked)
        yield
        past.refreshed += records()
        is_whole = True
    finally:
        if outer is None:
            closed = (*past.loaded, *past.refreshed)
            if is_whole:
                _flush_changed(session, closed)
            del session.info["true_values"]
            _mask(actor, closed)


def sees(session: Session, group: str | None) -> bool:
    """Whether values of a confidential group are open now: to the session's actor, or to whoever has left the policy."""
    info = session.info
    return bool(info["actor"].sees(group) or info.get("unrestricted") or info.get("true_values"))


def sees_all(actor: Actor) -> bool:
    """Whether no column of any model is closed to the actor."""
    return actor.is_system or _groups <= actor.groups


def closed_columns(model: type, actor: Actor) -> dict[str, str]:
    """The attributes of a model whose confidential group is closed to the actor, each with its group."""
    inspect(model).mapper.configured  # noqa: B018 - known once it is mapped
    return {key: group for key, group in _closed[model] if not actor.sees(group)}


#: the confidential groups that columns of models have
_groups: set[str] = set()


def _leave(session: Session, past: _Past) -> None:
    around: _Past | None = session.info.get("true_values")
    if around is not None:
        around.refreshed += past.refreshed  # they keep their true values as long as that block lasts
    else:
        _mask(session.info["actor"], past.refreshed)
    _mask(session.info["actor"], past.loaded)
    _forget(session, past.loaded)


def _flush_changed(session: Session, records: Iterable[Any]) -> None:
    if any(inspect(each).modified or inspect(each).pending for each in records):
        session.flush()


def _mask(actor: Actor, records: Iterable[Any]) -> None:
    for each in records:
        for key, group in _closed[type(each)]:
            if not actor.sees(group):
                set_committed_value(each, key, MASKED)


def _forget(session: Session, records: Iterable[Any]) -> None:
    """Let the session know these records no more, and no relationship of another record lead to them."""
    gone = {id(each) for each in records}
    for each in records:
        if each in session:
            session.expunge(each)
    for state in session.identity_map.all_states():
        said, keys = state.dict, []
        for key in state.mapper.relationships.keys() & said.keys():
            value = said[key]
            of_many = value if isinstance(value, (list, set, tuple)) else (value,)
            if any(id(one) in gone for one in of_many):
                keys.append(key)
        if keys:
            session.expire(state.obj(), keys)


@event.listens_for(KontorSession, "after_rollback")
def _forget_reasons(session: Session) -> None:
    session.info.pop("left_because", None)


@event.listens_for(KontorSession, "do_orm_execute")
def _hold_the_policy(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return
    info = state.session.info
    actor: Actor | None = info.get("actor")
    if actor is None:
        if state.is_select or _is_raw(state.statement):
            raise Forbidden("signed-in")
        return
    if actor.is_system:
        return
    if info.get("unrestricted"):
        state.update_execution_options(**_PAST)
        return
    named: frozenset[Any] | None = None
    if not state.is_relationship_load:
        named = inspection.hold(state.statement, actor, Scoped._scoped, is_true=bool(info.get("true_values")))
        if actor.partner is not None:
            _refuse_unscoped(named)
    if criteria := _criteria_for(state, actor, named):
        if state.is_update and isinstance(state.parameters, list):
            raise Unheld("rows that are named by their keys can't be held to the policy; change records instead")
        state.statement = state.statement.options(*criteria)


#: marks what was asked for past the policy, so that nobody reads its records after the block
_PAST = {"past_policy": True}


#: What an actor's scopes come to in SQL, by model: an actor never changes, and a worker keeps them from request to request.
_criteria: WeakKeyDictionary[Actor, dict[Any, Any]] = WeakKeyDictionary()


def _is_raw(statement: Any) -> bool:
    return isinstance(statement, TextClause | TextualSelect)


def _criteria_for(state: ORMExecuteState, actor: Actor, named: frozenset[Any] | None) -> list[Any]:
    """The criteria that a statement needs: those of the models whose tables it names, or that come with what it loads.

    Each that it is given costs a part of a millisecond, whether it says something about the statement or not. Where the tables
    can't be known (options and relationships load others, None), it is given all of them.
    """
    known = _criteria.get(actor)
    if known is None:
        known = _criteria[actor] = {
            model: with_loader_criteria(model, criterion, include_aliases=True)
            for model in Scoped._scoped
            if (criterion := criterion_for(model, actor)) is not None
        }
    if named is None or not isinstance(state.statement, Select) or state.statement._with_options:
        return list(known.values())
    return [criterion for model, criterion in known.items() if not named.isdisjoint(_tables_with(model))]


#: marks a table without scopes, in its `info`, that partners read too
FOR_PARTNERS = {"is_for_partners": True}


def _refuse_unscoped(named: frozenset[Any]) -> None:
    """Refuse (Unheld) a partner what has no scopes and isn't marked as theirs. What their rows lead to is loaded still."""
    for table in named - _scoped_tables():
        if not (table.info.get("register") or table.info.get("is_for_partners")):
            raise Unheld(f"{table.name} has no scopes, and is not for partners")


@cache
def _scoped_tables() -> frozenset[Any]:
    return frozenset(
        table for model in Scoped._scoped for sub in inspect(model).self_and_descendants for table in sub.tables
    )


@cache
def _tables_with(model: Any) -> frozenset[Any]:
    """The tables whose naming brings rows of `model`: its own, and those of models that load it along with them."""
    tables: set[Any] = {table for sub in inspect(model).self_and_descendants for table in sub.tables}
    grown = 0
    while grown != len(tables):
        grown = len(tables)
        for mapper in Base.registry.mappers:
            if any(r.lazy not in _LATER and not tables.isdisjoint(r.mapper.tables) for r in mapper.relationships):
                tables.update(mapper.tables)
    return frozenset(tables)


#: how relationships are loaded that ask by themselves, when they are looked at
_LATER = ("select", True, "dynamic", "write_only", "raise", "raise_on_sql", "noload", False)


#: model → its columns that are of a confidential group, each with it
_closed: dict[type, list[tuple[str, str]]] = {}


@event.listens_for(Base, "mapper_configured", propagate=True)
def _mask_on_load(mapper: Mapper[Any], cls: type) -> None:
    _tables_with.cache_clear()
    _scoped_tables.cache_clear()
    for attribute in mapper.column_attrs:
        if not all(isinstance(column, Column) for column in attribute.columns):
            raise Unheld(f"{cls.__name__}.{attribute.key} asks for more than a column, which no policy reaches")
    closed = [(p.key, p.columns[0].info["group"]) for p in mapper.column_attrs if p.columns[0].info.get("group")]
    internal = [p.key for p in mapper.column_attrs if p.columns[0].info.get("is_internal")]
    _closed[cls] = closed
    _groups.update(group for _, group in closed)
    if not closed and not issubclass(cls, Scoped):
        return

    def loaded(instance: Any, context: QueryContext | None, *, is_new: bool) -> None:
        if context is not None and not isinstance(context, QueryContext):
            return  # a composite, such as a rate, is put together of columns that were loaded before
        session: Any = context.session if context else object_session(instance)  # a merge loads without a query
        actor = session.info.get("actor") if session else None
        if actor is None or actor.is_system:
            return
        past: _Past | None = session.info.get("unrestricted")
        if past is None and context is not None and context.execution_options.get("past_policy"):
            raise Unheld("what was asked for while the scope was left is read within the block")
        if past is None and closed:
            past = session.info.get("true_values")
        if past is not None:
            (past.loaded if is_new else past.refreshed).append(instance)
            return
        for key, group in closed:
            if group not in actor.groups:
                set_committed_value(instance, key, MASKED)
        if actor.partner is not None:
            for key in internal:
                set_committed_value(instance, key, MASKED)

    @event.listens_for(cls, "load")
    def _loaded(instance: Any, context: QueryContext | None) -> None:
        loaded(instance, context, is_new=True)

    @event.listens_for(cls, "refresh")
    def _refreshed(instance: Any, context: QueryContext | None, _attributes: Any) -> None:
        loaded(instance, context, is_new=False)

"""Looking through a statement for what its actor may not see; it finds, `app.security.policy` decides when to look.

Refused are: columns of closed groups wherever they are named (selected, sorted, filtered, summed, by alias or from a
subquery); whole tables and, in subqueries, whole models that have such columns; bare tables of scoped models, which no
criterion reaches, unless the model itself stands beside them; registers of scoped models without them; SQL in words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import CTE, Column, Exists, Select, Subquery, Table, TextClause
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause, _textual_label_reference
from sqlalchemy.sql.selectable import FromClause, TextualSelect

from app.errors import Forbidden
from app.security.actor import Actor

#: Words that tell nothing: `*` of count and exists, numbers, quoted constants.
_HARMLESS = re.compile(r"\*|[0-9.]+|'[^']*'|NULL", re.IGNORECASE)
_READS = re.compile(r"\s*(SELECT|WITH|TABLE|VALUES)\b|\bRETURNING\b", re.IGNORECASE)


class Unheld(RuntimeError):
    """A query that the policy can't hold: an error of the program. It is refused, so that it leaks nothing."""


@dataclass
class _Part:
    """One SELECT of a statement: its bare tables, the tables of its models, and the part around it."""

    around: "_Part | None" = None
    bare: set[Table] = field(default_factory=set)
    modelled: set[Table] = field(default_factory=set)
    within: list["_Part"] = field(default_factory=list)

    def has_model_of(self, table: Table) -> bool:
        """Whether a model on `table` stands here or around: its criterion then holds for the bare table too."""
        return table in self.modelled or (self.around is not None and self.around.has_model_of(table))

    def has_model_within(self, table: Table) -> bool:
        """Whether it stands here, around or below, as in `contact_id IN (SELECT …)`."""
        return self.has_model_of(table) or any(part.has_model_within(table) for part in self.within)

    def all(self) -> Iterator["_Part"]:
        """This part and every one below it."""
        yield self
        for part in self.within:
            yield from part.all()


def hold(statement: Any, actor: Actor, scoped: Iterable[Any]) -> None:
    """Refuse `statement` if it would tell `actor` what is closed to them (Forbidden), or can't be held (Unheld)."""
    held = _held.setdefault(actor, WeakSet())
    if statement in held:
        return
    _hold(statement, actor, scoped)
    held.add(statement)


#: Statements that were looked through for an actor: one made once and asked often is looked through once.
_held: WeakKeyDictionary[Actor, WeakSet[Any]] = WeakKeyDictionary()


def _hold(statement: Any, actor: Actor, scoped: Iterable[Any]) -> None:
    if isinstance(statement, TextualSelect) or (isinstance(statement, TextClause) and _READS.search(statement.text)):
        raise Unheld("SQL in words can't be held to the policy; use models, or `unrestricted`")
    if not isinstance(statement, visitors.Visitable) or isinstance(statement, TextClause):
        return
    whole = _Part()
    _look(statement, actor, whole, is_top=True)
    if getattr(statement, "is_dml", False):
        return  # what it writes to is a bare table by nature; its criteria come with it, its columns were looked at
    _refuse_bare_tables(whole, actor, scoped)


def _look(element: Any, actor: Actor, part: _Part, *, is_top: bool) -> None:
    """Go through the statement, a part for each SELECT. Loops instead of deep recursion where nothing begins."""
    stack = [(element, part, is_top, False)]
    while stack:
        e, part, is_top, is_asked = stack.pop()
        if isinstance(e, Select):
            new = _Part(part)
            part.within.append(new)
            part = new
            for column in e._raw_columns:
                _look_whole(column, actor, is_model_open=is_top or is_asked)
        elif isinstance(e, Column):
            _refuse_closed(e, actor)
            _note_table(e, e.table, part)
        elif isinstance(e, Table):
            _note_table(e, e, part)
        elif isinstance(e, FromClause) and _model_of(e) is not None:
            _note_table(e, e, part)
            if not isinstance(e, Subquery | CTE):
                continue  # the tables that a model is joined of aren't bare ones
        elif isinstance(e, TextClause) or (isinstance(e, ColumnClause) and e.is_literal):
            if not _HARMLESS.fullmatch(str(getattr(e, "text", None) or getattr(e, "name", "")).strip()):
                raise Unheld(f"SQL in words can't be held to the policy: {e}")
        elif isinstance(e, _textual_label_reference) or (isinstance(e, ColumnClause) and e.table is None):
            raise Unheld(f"a column by its bare name can't be held to the policy: {e}")
        elif isinstance(e, ColumnClause):
            _refuse_closed(e, actor)
        inside = (part, False, isinstance(e, Exists) or (is_asked and not isinstance(e, Select)))
        stack += [(child, *inside) for child in e.get_children()]


def _look_whole(column: Any, actor: Actor, *, is_model_open: bool) -> None:
    """A table or subquery selected whole gives its columns as they are; a model is masked when it is loaded."""
    if not isinstance(column, FromClause) or (is_model_open and _model_of(column) is not None):
        return
    mapper = _model_of(column)
    columns = mapper.columns if mapper is not None else column.c
    for c in columns:
        _refuse_closed(c, actor)


def _refuse_closed(column: Any, actor: Actor) -> None:
    for base in column.base_columns:  # of an alias or a subquery: the column that it stands for
        group = getattr(base, "info", {}).get("group")
        if group is not None and not actor.sees(group):
            raise Forbidden(group)


def _note_table(element: Any, table: Any, part: _Part) -> None:
    mapper = _model_of(element)
    if mapper is not None:
        part.modelled.update(mapper.tables)
        return
    while isinstance(table, FromClause) and not isinstance(table, Table):
        inner = getattr(table, "element", None)
        if not isinstance(inner, Table):
            return  # of a subquery, which is looked at by itself
        table = inner
    if isinstance(table, Table):
        part.bare.add(table)


def _model_of(element: Any) -> Any:
    entity = element._annotations.get("parententity") or element._annotations.get("parentmapper")
    return getattr(entity, "mapper", None)


@dataclass(frozen=True)
class _Narrowed:
    """The tables whose rows are not all open to an actor."""

    #: tables of models with a criterion of their own
    roots: frozenset[Table]
    #: any table of such a model or of one that inherits from it → its root
    roots_of: dict[Table, Table]


_known: WeakKeyDictionary[Actor, _Narrowed] = WeakKeyDictionary()


def _narrowed_for(actor: Actor, scoped: Iterable[Any]) -> _Narrowed:
    known = _known.get(actor)
    if known is None:
        models = [m for m in scoped if m.visible_to(actor) is not None]
        roots_of = {t: m.__table__ for m in models for sub in m.__mapper__.self_and_descendants for t in sub.tables}
        known = _known[actor] = _Narrowed(frozenset(m.__table__ for m in models), roots_of)
    return known


def _refuse_bare_tables(whole: _Part, actor: Actor, scoped: Iterable[Any]) -> None:
    narrowed = _narrowed_for(actor, scoped)
    for part in whole.all() if narrowed.roots else ():
        for table in part.bare:
            if table in narrowed.roots_of:
                _refuse_without_model(part, table, narrowed.roots_of[table])
            elif table.info.get("register"):
                _refuse_register(part, table, narrowed.roots)


def _refuse_without_model(part: _Part, table: Table, root: Table) -> None:
    # Which document made a movement may be shown to whoever may see the movement.
    is_shown = any(root in {k.column.table for k in t.foreign_keys} for t in part.bare if t.info.get("register"))
    if not is_shown and not part.has_model_of(table):
        raise Unheld(f"{table.name} is asked for without its model, so no scope reaches it")


def _refuse_register(part: _Part, table: Table, roots: frozenset[Table]) -> None:
    for dimension in roots:
        if dimension.name in table.info["scoped"] and not part.has_model_within(dimension):
            raise Unheld(f"{table.name} is asked for without {dimension.name}, so no scope reaches it")

"""Looking through a statement for what its actor may not see; it finds, `app.security.policy` decides when to look.

Refused are: columns of closed groups wherever they are named (selected, sorted, filtered, summed, returned, by alias or from
a subquery); whole tables and, in subqueries, whole models that have such columns; bare tables of scoped models, which no
criterion reaches, unless the model itself stands in the same SELECT; registers of scoped models without them; tables by their
names alone (`table()`), SQL in words, however it comes in, and DDL; writes whose rows no criterion narrows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import CTE, Alias, Column, Exists, Extract, Function, Select, Subquery, Table, TableClause, TextClause
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause, UnaryExpression, _textual_label_reference
from sqlalchemy.sql.lambdas import LambdaElement
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import FromClause, HasHints, HasPrefixes, TextualSelect

from app.errors import Forbidden
from app.past_policy import Unheld
from app.security.actor import Actor
from app.security.partners import criterion_for

#: Words that say nothing: `*` of count and exists, numbers, quoted constants.
_HARMLESS = re.compile(r"\*|[0-9.]+|'[^']*'|NULL", re.IGNORECASE)
#: an operator, or a part of a date, as opposed to SQL in its place
_OPERATOR = re.compile(r"[^\w\s'\"();]{1,4}|[A-Za-z_ ]{1,30}")
#: functions that take a statement, or the name of what they read, as a text
_READING = re.compile(
    r"\w*_to_xml\w*|dblink\w*|pg_\w+|lo_\w+|\w*crosstab\w*|xpath_table|connectby|load_extension|readfile"
    r"|ts_stat|ts_rewrite"
)


@dataclass
class _Part:
    """One SELECT of a statement, or the write itself: its bare tables, the tables of its models, and the part around it."""

    around: "_Part | None" = None
    select: Any = None
    #: whether it is selected from, so that nothing around it correlates with it
    is_from: bool = False
    #: tables that stand there by themselves and without a model
    bare: set[Table] = field(default_factory=set)
    #: aliases there, each with its table: a model beside them is another FROM, unless it stands there by that alias
    aliases: dict[FromClause, Table] = field(default_factory=dict)
    #: tables of models; `plain`: of those that stand there by themselves; `by_alias`: the aliases of the others
    modelled: set[Table] = field(default_factory=set)
    plain: set[Table] = field(default_factory=set)
    by_alias: set[FromClause] = field(default_factory=set)
    within: list["_Part"] = field(default_factory=list)

    def has_model_of(self, table: Table) -> bool:
        """Whether a model on `table` stands here or around."""
        return table in self.modelled or (self.around is not None and self.around.has_model_of(table))

    def has_model_within(self, table: Table) -> bool:
        """Whether it stands here, around or below, as in `contact_id IN (SELECT …)`."""
        return self.has_model_of(table) or any(part.has_model_within(table) for part in self.within)

    def correlates(self, table: Table) -> bool:
        """Whether the table stands here for the row of a model around it: beside other FROMs, SQLAlchemy correlates it."""
        if self.select is None or self.is_from or self.around is None or table not in self.around.plain:
            return False
        kept, only = self.select._correlate_except, self.select._correlate
        if table in (kept or ()) or (only and table not in only):
            return False
        if not (self.select._auto_correlate or only or kept is not None):
            return False
        froms = self.select.get_final_froms()
        return table in froms and len(froms) > 1

    def names_row_around(self, table: Table) -> bool:
        """Whether the table stands here, by a `correlate` of its own, for the row of the part around it, which is looked at."""
        named = self.select._correlate if self.select is not None and not self.is_from else ()
        return table in (named or ()) and self.around is not None and table in self.around.bare

    def bare_aliased(self) -> set[Table]:
        """The tables that stand here by an alias that isn't a model's."""
        return {table for alias, table in self.aliases.items() if alias not in self.by_alias}

    def tables(self) -> set[Table]:
        """Every table that is named here, below left out."""
        return self.bare | self.modelled | set(self.aliases.values())

    def all(self) -> Iterator["_Part"]:
        """This part and every one below it."""
        yield self
        for part in self.within:
            yield from part.all()


def hold(statement: Any, actor: Actor, scoped: Iterable[Any], *, is_true: bool = False) -> frozenset[Table]:
    """Refuse `statement` if it would give `actor` what is closed to them (Forbidden), or can't be held (Unheld). `is_true`: it
    reads for business arithmetic, to which no confidential group is closed. Gives the tables that it names in any way."""
    known = _held.setdefault(actor, {})
    made = statement._generate_cache_key() if isinstance(statement, Select) else None
    if made is None:
        return _hold(statement, actor, scoped, is_true)
    key = (is_true, made.key)
    named = known.get(key)
    if named is None:
        named = _hold(statement, actor, scoped, is_true)
        if len(known) >= MOST_HELD:
            known.clear()
        known[key] = named
    return named


#: What was looked through for an actor, by what SQLAlchemy itself tells statements apart by: all but the values in them. That
#: takes a fifth of looking, and nothing where the statement is then asked as it is.
_held: WeakKeyDictionary[Actor, dict[Any, frozenset[Table]]] = WeakKeyDictionary()
#: statements of an actor that are remembered; pages together ask some hundreds
MOST_HELD = 2000


def _hold(statement: Any, actor: Actor, scoped: Iterable[Any], is_true: bool) -> frozenset[Table]:
    looked = statement
    if isinstance(looked, LambdaElement):
        looked = looked._resolved
    if isinstance(looked, FromStatement):  # its model stands beside the statement, and holds nothing of it
        looked = looked.element
    if isinstance(looked, TextualSelect | TextClause | ExecutableDDLElement) or not isinstance(
        looked, visitors.Visitable
    ):
        raise Unheld("SQL in words can't be held to the policy; use models, or `unrestricted`")
    whole = _Part()
    _look(looked, None if is_true else actor, whole, is_top=True)
    if isinstance(looked, UpdateBase):
        _refuse_write(looked, whole, actor, scoped)
    _refuse_bare_tables(whole, actor, scoped)
    return frozenset().union(*(part.tables() for part in whole.all()))


def _look(element: Any, actor: Actor | None, part: _Part, *, is_top: bool) -> None:
    """Go through the statement, a part for each SELECT. Loops instead of deep recursion where nothing begins. Without an actor
    no column is closed."""
    stack = [(element, part, is_top, False, False)]
    while stack:
        e, part, is_top, is_asked, is_from = stack.pop()
        if isinstance(e, Select):
            new = _Part(part, e, is_from)
            part.within.append(new)
            part = new
            for column in e._raw_columns:
                _look_whole(column, actor, is_model_open=is_top or is_asked)
        elif isinstance(e, Column):
            _refuse_closed(e, actor)
            _note_table(e, e.table, part)
        elif isinstance(e, Table):
            _note_table(e, e, part)
        elif isinstance(e, TableClause):
            raise Unheld(f"a table by its name can't be held to the policy: {e.name}")
        elif isinstance(e, FromClause) and _model_of(e) is not None:
            _note_table(e, e, part)
            if not isinstance(e, Subquery | CTE):
                continue  # the tables that a model is joined of aren't bare ones
        elif isinstance(e, FromClause) and isinstance(getattr(e, "element", None), Table):
            _note_table(e, e, part)
            continue  # an alias of a table, and not the table
        elif isinstance(e, TextClause | ColumnClause | _textual_label_reference):
            _look_at_words(e, actor)
        elif isinstance(e, BinaryExpression | UnaryExpression | Function | Extract):
            _refuse_words_within(e)
        is_plain = not isinstance(e, Select)
        inside = (
            part,
            False,
            isinstance(e, Exists) or (is_asked and is_plain),
            isinstance(e, Subquery | CTE) or (is_from and is_plain),
        )
        stack += [(child, *inside) for child in e.get_children()]
        if isinstance(e, HasPrefixes | HasHints):
            _refuse_words_around(e)


def _look_at_words(e: Any, actor: Actor | None) -> None:
    """A text, or a column that isn't of a table of ours."""
    if isinstance(e, TextClause) or (isinstance(e, ColumnClause) and e.is_literal):
        if not _HARMLESS.fullmatch(str(getattr(e, "text", None) or getattr(e, "name", "")).strip()):
            raise Unheld(f"SQL in words can't be held to the policy: {e}")
    elif isinstance(e, _textual_label_reference) or e.table is None:
        raise Unheld(f"a column by its bare name can't be held to the policy: {e}")
    elif isinstance(e.table, TableClause) and not isinstance(e.table, Table):
        raise Unheld(f"a table by its name can't be held to the policy: {e.table.name}")
    else:
        _refuse_closed(e, actor)


def _refuse_words_within(e: Any) -> None:
    """Refuse (Unheld) an operator, a part of a date or a function behind which SQL in words could stand."""
    if isinstance(e, Function):
        if _READING.fullmatch(e.name.lower()):
            raise Unheld(f"SQL in words can't be held to the policy: {e.name}()")
        return
    operators = [e.field] if isinstance(e, Extract) else [e.operator, getattr(e, "modifier", None)]
    for operator in operators:
        word = operator.opstring if isinstance(operator, custom_op) else operator
        if isinstance(word, str) and not _OPERATOR.fullmatch(word.strip()):
            raise Unheld(f"SQL in words can't be held to the policy: {word}")


def _refuse_words_around(e: Any) -> None:
    """Refuse (Unheld) hints, and whatever stands before or after a statement but plain words such as DISTINCT."""
    around = (*getattr(e, "_prefixes", ()), *getattr(e, "_suffixes", ()))
    for clause, _dialect in around:
        if not _OPERATOR.fullmatch(str(getattr(clause, "text", "(")).strip()):
            raise Unheld(f"SQL in words can't be held to the policy: {clause}")
    if getattr(e, "_statement_hints", ()) or getattr(e, "_hints", ()):
        raise Unheld("SQL in words can't be held to the policy: a hint")


def _look_whole(column: Any, actor: Actor | None, *, is_model_open: bool) -> None:
    """A table or subquery selected whole gives its columns as they are; a model is masked when it is loaded."""
    if not isinstance(column, FromClause) or (is_model_open and _model_of(column) is not None):
        return
    mapper = _model_of(column)
    columns = mapper.columns if mapper is not None else column.c
    for c in columns:
        _refuse_closed(c, actor)


def _refuse_closed(column: Any, actor: Actor | None) -> None:
    if actor is None:
        return
    for base in column.base_columns:  # of an alias or a subquery: the column that it stands for
        info = getattr(base, "info", {})
        group = info.get("group")
        if group is not None and not actor.sees(group):
            raise Forbidden(group)
        if actor.partner is not None and info.get("is_internal"):
            raise Forbidden("internal")


def _note_table(element: Any, table: Any, part: _Part) -> None:
    entity = _entity_of(element)
    if entity is not None:
        part.modelled.update(entity.mapper.tables)
        if entity.is_aliased_class or isinstance(entity.selectable, Alias):  # the latter: a model of an alias
            part.by_alias.update((entity.selectable, entity.mapper.selectable))
        else:
            part.plain.update(entity.mapper.tables)
        return
    alias = table
    while isinstance(table, FromClause) and not isinstance(table, Table):
        inner = getattr(table, "element", None)
        if not isinstance(inner, FromClause) or isinstance(inner, Select):
            return  # of a subquery, which is looked at by itself
        table = inner
    if isinstance(table, Table):
        if alias is table:
            part.bare.add(table)
        else:
            part.aliases[alias] = table


def _entity_of(element: Any) -> Any:
    entity = element._annotations.get("parententity") or element._annotations.get("parentmapper")
    return entity if getattr(entity, "mapper", None) is not None else None


def _model_of(element: Any) -> Any:
    return getattr(_entity_of(element), "mapper", None)


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
        models = [m for m in scoped if criterion_for(m, actor) is not None]
        roots_of = {t: m.__table__ for m in models for sub in m.__mapper__.self_and_descendants for t in sub.tables}
        known = _known[actor] = _Narrowed(frozenset(m.__table__ for m in models), roots_of)
    return known


def _refuse_write(write: Any, whole: _Part, actor: Actor, scoped: Iterable[Any]) -> None:
    """Refuse (Unheld) a write that could reach rows which no criterion narrows; that of its own model comes with it."""
    plain: Any = write.table
    mapper = _model_of(plain)
    while not isinstance(plain, Table):  # of an alias
        plain = plain.element
    whole.bare.discard(plain)
    if write.is_insert:
        return
    if plain.info.get("register"):
        raise Unheld(f"{plain.name} is a register: it is the ledger's alone")
    narrowed = _narrowed_for(actor, scoped)
    root = narrowed.roots_of.get(plain)
    if root is not None and (mapper is None or root is not mapper.local_table):
        raise Unheld(f"{plain.name} is written to without its model, so no scope reaches it")
    own = set(mapper.tables) if mapper is not None else set()
    for other in whole.modelled - own:
        if other in narrowed.roots_of:
            raise Unheld(f"{other.name} is asked for beside what is written, so no scope reaches it")
    # The criterion of what is written comes with the rows that are written, and with no others of the same table.
    if whole.by_alias - {write.table} and any(table in narrowed.roots_of for table in own):
        raise Unheld(f"{plain.name} is asked for by another name beside what is written, so no scope reaches it")


def _refuse_bare_tables(whole: _Part, actor: Actor, scoped: Iterable[Any]) -> None:
    narrowed = _narrowed_for(actor, scoped)
    for part in whole.all() if narrowed.roots else ():
        aliased = part.bare_aliased()
        for table in part.bare | aliased:
            if table in narrowed.roots_of:
                if table in aliased or not (table in part.plain or part.correlates(table)):
                    _refuse_without_model(part, table, narrowed.roots_of[table])
            elif table.info.get("register"):
                _refuse_register(part, table, narrowed.roots)


def _refuse_without_model(part: _Part, table: Table, root: Table) -> None:
    # Which document made a movement may be said to whoever may see the movement.
    beside = (t for t in part.bare | part.bare_aliased() if t.info.get("register"))
    if not any(root in {k.column.table for k in t.foreign_keys} for t in beside):
        raise Unheld(f"{table.name} is asked for without its model, so no scope reaches it")


def _refuse_register(part: _Part, table: Table, roots: frozenset[Table]) -> None:
    if part.names_row_around(table):
        return
    for dimension in roots:
        if dimension.name in table.info["scoped"] and not part.has_model_within(dimension):
            raise Unheld(f"{table.name} is asked for without {dimension.name}, so no scope reaches it")

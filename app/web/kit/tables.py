"""Lists, declared once: the screen, the XLSX file and the API all come from the same declaration.

Paging is by key: a page is found by the last row of the one before it, so the thousandth costs what the first does.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from flask import url_for
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.custom import CustomField, Customised
from app.errors import Invalid
from app.ordering import ordering
from app.search import fold
from app.search.asking import FoundBy
from app.search.words import asked
from app.security import Actor
from app.texts import read_json, visible
from app.translation import lazy_gettext as _l
from app.values import Quantity
from app.web.kit.forms import parse_decimal

#: Rows of a page: usually, and at most.
PAGE, MOST = 50, 500
#: Words that a list is searched for at most: each is asked of every column that is searched.
WORDS = 20

#: kind → what stands in for no value when sorting
_LOWEST: dict[str, Any] = {
    "money": Decimal(0),
    "price": Decimal(0),
    "quantity": Decimal(0),
    "integer": 0,
    "date": date.min,
    "moment": datetime.min,
    "flag": False,
}
#: kinds that stand to the right, in figures of one width
NUMERIC = ("money", "price", "quantity", "integer")


class Link:
    """Where a row leads: an endpoint, and the columns that its arguments come from, which hold numbers of rows.

    A list has a link in every row, so the address is asked for once and then filled in.
    """

    def __init__(self, endpoint: str, **columns: str) -> None:
        self.endpoint, self.columns = endpoint, columns

    def __call__(self, row: Any) -> str:
        """The row's address."""
        return self._pattern.format(*(int(getattr(row, column)) for column in self.columns.values()))

    @cached_property
    def _pattern(self) -> str:
        stand_ins: dict[str, Any] = {argument: 7_000_000_000_000 + i for i, argument in enumerate(self.columns)}
        pattern = url_for(self.endpoint, **stand_ins)
        for i, stand_in in enumerate(stand_ins.values()):
            pattern = pattern.replace(str(stand_in), f"{{{i}}}")
        return pattern


@dataclass(frozen=True)
class Column:
    """A column of a list. `kind`: text, state, flag, date, moment, money, price, quantity, integer,
    phone, rate."""

    name: str
    title: object
    expression: Any
    kind: str = "text"
    #: row → address; the first column that links is the row's own
    link: Callable[[Any], str | None] | None = None
    #: row → address of a small picture that stands before it; a browser asks for it when it comes into sight
    picture: Callable[[Any], str | None] | None = None
    #: the column that holds the currency of a money column, or the foreign one of a rate; the base when None
    currency: str | None = None
    #: words for the values of a state
    choices: dict[str, object] = field(default_factory=dict)
    #: says a value in words; a page says the same value once
    words: Callable[[Any], str] | None = None
    #: says it in words that need other columns of the row
    row_words: Callable[[Any], str] | None = None
    sortable: bool = True
    nullable: bool = False
    #: what stands where there is no value: in a link, and in the place of an amount of money
    absent: object = ""
    #: fetched for links or currencies, not shown
    hidden: bool = False
    #: not on the screen, but in files and the API
    is_aside: bool = False
    #: the confidential group of its values, where no column of the database tells it
    closed: str | None = None
    #: the permission of whoever may see it, where that of the list isn't enough
    needs: str | None = None
    #: stays on a phone as the row's headline
    headline: bool = False
    #: of a percentage: the summed columns that it is the quotient of; below the list it is that of their sums
    of: tuple[str, str] | None = None
    #: of shares in per cent: a bar beside the number shows it
    bar: bool = False
    #: summed below the list, apart for each value of these columns (what must not be mixed) and for each currency; None: not
    summed: tuple[str, ...] | None = None

    @property
    def digits(self) -> int:
        """How many digits after the point its numbers have at least, so that percentages stand one below the other."""
        return 1 if self.of else 0

    @cached_property
    def group(self) -> str | None:
        """The confidential group of whatever the expression is made of: a margin tells the cost."""
        return self.closed or _group_of(self.expression)

    @property
    def sorting(self) -> Any:
        """What the database sorts by."""
        expression = ordering(self.expression) if self.kind == "text" else self.expression
        return func.coalesce(expression, _LOWEST.get(self.kind, "")) if self.nullable else expression


def _group_of(expression: Any) -> str | None:
    if not isinstance(expression, ClauseElement) and hasattr(expression, "__clause_element__"):
        expression = expression.__clause_element__()
    # A column of an alias is another object, with the table's own column at its base.
    columns = (c for e in visitors.iterate(expression) if isinstance(e, ColumnElement) for c in e.base_columns)
    return next((c.info["group"] for c in columns if isinstance(c, SqlColumn) and c.info.get("group")), None)


@dataclass(frozen=True)
class FoundIn:
    """What a list is searched by that other rows say of its records, several of one: their `text`, which is folded, and their
    `number` for the list's `key`."""

    text: Any
    number: Any
    key: Any

    def contains(self, word: str, *, autoescape: bool) -> ColumnElement[bool]:
        """Whether one of the record's rows has the word."""
        rows = select(self.number).where(self.text.contains(word, autoescape=autoescape))
        return self.key.in_(rows)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Filter:
    """A filter above a list: a choice, a day or number from or to, or a text. `criterion` turns the value into SQL."""

    name: str
    title: object
    criterion: Callable[[Any], ColumnElement[bool]]
    #: value, title pairs; or what finds them
    choices: Sequence[tuple[str, object]] | Callable[[Session], Sequence[tuple[str, object]]] = ()
    kind: str = "choice"
    #: shown as chosen while the user has chosen nothing
    default: str = ""
    #: the confidential group of what it asks: whoever may not see that is not offered the filter, nor heard
    group: str | None = None
    #: not on the screen, but in the API
    is_aside: bool = False

    def offered(self, session: Session) -> Sequence[tuple[str, object]]:
        """The choices."""
        return self.choices(session) if callable(self.choices) else self.choices


def period_filters(moment: Any) -> tuple[Filter, Filter]:
    """The days from which and up to which a column of moments is shown, both included."""
    return (
        Filter("since", _l("Since"), lambda day: moment >= day, kind="date"),
        Filter("until", _l("Until"), lambda day: moment <= datetime.combine(day, time.max), kind="date"),
    )


@dataclass(frozen=True)
class Table:
    """A list: what it selects from, its columns, filters and order; `key` is unique and settles ties."""

    name: str
    title: object
    needs: str
    source: Callable[[Session], Select[Any]]
    key: Any
    columns: tuple[Column, ...]
    #: name of the column it is sorted by, with a minus for descending
    order: str
    #: expressions of the rows, what other rows say of them (`FoundIn`), and indexes by which they or what they name is found
    #: (`FoundBy`)
    search: tuple[Any, ...] = ()
    filters: tuple[Filter, ...] = ()
    #: endpoint that makes a new one, and the permission for it
    create: str | None = None
    create_needs: str | None = None
    create_title: object = _l("New")
    #: said when there is nothing to list
    empty: object = _l("Nothing here yet.")
    #: says above the list what of it isn't there, and why; empty where all is
    missing: Callable[[Session], object] | None = None
    #: whether making a new one is a daily job, offered on the home page
    is_daily: bool = False
    #: int, or str where a key is made of text
    key_type: type = int
    #: whether the search over everything looks in it: in lists of records, not in those of figures about them
    is_found: bool = True
    #: arguments of `create`
    create_arguments: dict[str, str] = field(default_factory=dict)
    #: the declaration that takes this one's place where it would not tell the present: something is dated ahead
    instead: Callable[[Session], "Table | None"] | None = None
    #: the ways, each by an index of its own, by which rows are within the actor's scope: a page is put together from the first
    #: rows of each; none: it is found in one go
    ways: Callable[[Actor], Sequence[ColumnElement[bool]]] | None = None
    #: asks at once, for all rows of a page or a thousand, what their words (`Column.row_words`) will need
    ready: Callable[[Session, Sequence[Any]], None] | None = None
    #: the model of its rows, which `key` numbers, where they can have custom fields
    custom: type[Customised] | None = None
    #: whether many of its rows, documents of the kind of its name, are printed as one PDF
    prints: bool = False

    def present(self, session: Session) -> "Table":
        """This list, or the one that tells the same as of the present moment."""
        return (self.instead(session) if self.instead is not None else None) or self

    def open_columns(self, actor: Actor) -> list[Column]:
        """The columns that the actor may see: the others are not even asked for."""
        return [c for c in self.columns if actor.sees(c.group) and (c.needs is None or actor.may(c.needs))]

    def open_filters(self, actor: Actor) -> list[Filter]:
        """The filters that show the actor nothing that they may not see."""
        return [f for f in self.filters if actor.sees(f.group)]

    def open_search(self, actor: Actor) -> list[Any]:
        """What is searched for the actor: matches of a column that is closed to them would tell what stands there."""
        return [e for e, group in zip(self.search, self._search_groups, strict=True) if actor.sees(group)]

    @cached_property
    def first_pages(self) -> WeakKeyDictionary[Actor, dict[str, Select[Any]]]:
        """Statements of first pages that nobody has narrowed, by order: what is asked most, made once a user."""
        return WeakKeyDictionary()

    @cached_property
    def customised(self) -> dict[tuple[CustomField, ...], "Table"]:
        """The list with custom fields, by what they are: see `app.web.kit.custom_fields`."""
        return {}

    @cached_property
    def _search_groups(self) -> list[str | None]:
        plain = (e.text if isinstance(e, FoundIn) else e for e in self.search)
        return [None if isinstance(e, FoundBy) else _group_of(e) for e in plain]


@dataclass(frozen=True)
class Query:
    """What the user asked of a list."""

    text: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    order: str = ""
    #: where the page begins (`after`) or ends (`before`)
    after: str = ""
    before: str = ""
    limit: int = PAGE

    @classmethod
    def from_arguments(cls, table: Table, arguments: Any) -> "Query":
        """Read from a query string; what the list does not know is ignored."""
        named = {f.name: arguments.get(f.name, f.default) for f in table.filters}
        try:
            limit = min(max(int(arguments.get("limit", PAGE)), 1), MOST)
        except ValueError:
            limit = PAGE
        return cls(
            text=visible(arguments.get("q", "").replace("\0", "")),  # PostgreSQL takes no text with it
            filters={name: value for name, value in named.items() if value},
            order=arguments.get("order", ""),
            after=arguments.get("after", ""),
            before=arguments.get("before", ""),
            limit=limit,
        )

    def reach(self, table: Table) -> str:
        """By what it is narrowed, for the audit: filters with their choice; of what was typed only that it was, as it may be
        confidential."""
        by = ["q"] if self.text else []
        for each in table.filters:
            if (value := self.filters.get(each.name, "")) != each.default:
                is_choice = each.kind == "choice" and each.group is None
                by.append(f"{each.name}={value[:60]}" if is_choice and value else each.name)
        return f"; by {', '.join(by)}" if by else ""

    def is_plain(self, table: Table) -> bool:
        """Whether it asks for the list's first page, neither searched nor filtered otherwise than it is at first."""
        narrowed = any(self.filters.get(f.name, "") != f.default for f in table.filters)
        return not (self.text or self.after or self.before or narrowed)


@dataclass(frozen=True)
class Page:
    """A page of a list: its rows, and the cursors of its neighbours."""

    rows: list[Any]
    order: str
    previous: str | None
    following: str | None


def fetch(session: Session, table: Table, query: Query) -> Page:
    """One page, by one statement."""
    columns = table.open_columns(session.info["actor"])
    order, _, _ = _order(table, columns, query.order)
    backwards = bool(query.before)
    is_usual = query.limit == PAGE and query.is_plain(
        table
    )  # any other length is somebody's program's, of which there are many
    firsts = table.first_pages.setdefault(session.info["actor"], {}) if is_usual else {}
    statement = firsts.get(order)
    if statement is None:
        statement = firsts[order] = _page(session, table, columns, query)
    rows = list(session.execute(statement))
    more, rows = len(rows) > query.limit, rows[: query.limit]
    if backwards:
        rows.reverse()
    if table.ready is not None:
        table.ready(session, rows)
    has_previous = more if backwards else bool(query.after)
    has_following = bool(query.before) or more if not backwards else True
    return Page(
        rows,
        order,
        _cursor(rows[0]) if rows and has_previous else None,
        _cursor(rows[-1]) if rows and has_following else None,
    )


def _page(session: Session, table: Table, columns: list[Column], query: Query) -> Select[Any]:
    """The statement of one page, and of one row more: whether there is a next page."""
    _, sorting, descending = _order(table, columns, query.order)
    backwards = bool(query.before)
    found_in = _found_in(session, table, query)
    statement = _statement(session, table, columns, query, is_searched=not found_in)
    if cursor := query.before or query.after:
        here = tuple_(sorting.sorting, table.key)
        # Each value is bound as its column is kept: an amount of money is an integer of small units there.
        values = zip(_read_cursor(cursor, sorting, table.key_type), here.clauses, strict=True)
        at = tuple_(*(literal(value, clause.type) for value, clause in values))
        statement = statement.where(here > at if descending == backwards else here < at)
    down = descending != backwards

    def in_order(rows: Select[Any], *by: Any) -> Select[Any]:
        return rows.order_by(*(c.desc() if down else c.asc() for c in by)).limit(query.limit + 1)

    scopes = table.ways(session.info["actor"]) if table.ways else ()
    ways = [and_(scope, found) for scope in scopes or (true(),) for found in found_in or (true(),)]
    if len(ways) < 2:
        return in_order(statement, sorting.sorting, table.key)
    firsts = (in_order(statement.where(way), sorting.sorting, table.key).subquery() for way in ways)
    together = union(*(select(part) for part in firsts)).subquery()
    return in_order(select(together), together.c["_at"], together.c["_key"])


def _found_in(session: Session, table: Table, query: Query) -> Sequence[ColumnElement[bool]]:
    """The ways, each quick by itself, by which what is typed finds rows: see `FoundBy.ways`."""
    search = table.open_search(session.info["actor"]) if query.text else ()
    if len(search) != 1 or not isinstance(search[0], FoundBy):
        return ()
    searched_words(query.text)
    return search[0].ways(session, query.text)


def everything(session: Session, table: Table, query: Query) -> Iterator[Any]:
    """Every row that matches, in order, a thousand at a time."""
    columns = table.open_columns(session.info["actor"])
    _, sorting, descending = _order(table, columns, query.order)
    statement = _statement(session, table, columns, query)
    statement = statement.order_by(*(c.desc() if descending else c.asc() for c in (sorting.sorting, table.key)))
    for rows in session.execute(statement.execution_options(yield_per=1000)).partitions():
        if table.ready is not None:
            table.ready(session, rows)
        yield from rows


def narrowed(session: Session, table: Table, query: Query) -> Select[Any]:
    """Every row that matches, in no order."""
    return _statement(session, table, table.open_columns(session.info["actor"]), query)


def _statement(
    session: Session, table: Table, columns: list[Column], query: Query, *, is_searched: bool = True
) -> Select[Any]:
    """The list's rows, narrowed; the last two columns are what the cursor is made of."""
    _, sorting, _ = _order(table, columns, query.order)
    statement = table.source(session).add_columns(
        *(c.expression.label(c.name) for c in columns), sorting.sorting.label("_at"), table.key.label("_key")
    )
    actor = session.info["actor"]
    if query.text and table.search and is_searched:
        statement = statement.where(found_by(session, query.text, table.open_search(actor)))
    for f in table.open_filters(actor):
        if f.name in query.filters:
            statement = statement.where(_criterion(f, query.filters[f.name]))
    return statement


def found_by(session: Session, text: str, search: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a row has every word of a text in the expressions of `search`, or is of a record that an index finds by it.
    Refused (Invalid): what `searched_words` refuses."""
    words = searched_words(text)
    indexes = [e for e in search if isinstance(e, FoundBy)]
    plain = [e for e in search if not isinstance(e, FoundBy)]
    if not plain:
        return or_(false(), *(index.finds(session, text) for index in indexes))
    each = (
        or_(matching(plain, word), *(index.has(session, fold(word).split()) for index in indexes)) for word in words
    )
    numbers = (index.has(session, [number]) for index in indexes if (number := asked(text).number))
    return or_(and_(true(), *each), *numbers)


def searched_words(text: str) -> list[str]:
    """What is searched for. Refused (Invalid): more than `WORDS` words."""
    words = text.split()
    if len(words) > WORDS:
        raise Invalid(_l("Search for at most %(most)s words.", most=WORDS), field="q")
    return words


def matching(expressions: Iterable[Any], word: str) -> ColumnElement[bool]:
    """Whether one of the expressions has the word: a search column is folded, others are lower case at best."""
    spellings = sorted({*fold(word).split(), word.lower(), word})
    return or_(false(), *(e.contains(s, autoescape=True) for e in expressions for s in spellings))


def _criterion(f: Filter, text: str) -> ColumnElement[bool]:
    value = value_of(f.name, f.kind, text)
    try:
        return f.criterion(value)
    except ValueError:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=text), field=f.name) from None


def value_of(name: str, kind: str, text: str) -> Any:
    """What is typed into a filter, or as a parameter of a report: a day, a number, or the text itself. Refuses (Invalid)
    others."""
    try:
        return _FILTERS.get(kind, str)(text)
    except ValueError:
        if kind == "number":
            raise Invalid(_l("“%(text)s” isn't a number.", text=text), field=name) from None
        raise Invalid(_l("“%(value)s” isn't a date; write it as 2026-01-31.", value=text), field=name) from None


def _order(table: Table, columns: list[Column], asked: str) -> tuple[str, Column, bool]:
    """The order asked for, or the list's own: a column that the actor does not see sorts nothing, as that would tell."""
    sortable = {c.name: c for c in columns if c.sortable}
    order = next(o for o in (asked, table.order, *sortable) if o.removeprefix("-") in sortable)
    return order, sortable[order.removeprefix("-")], order.startswith("-")


def _cursor(row: Any) -> str:
    value = row._at
    plain = value.isoformat() if isinstance(value, (date, datetime)) else str(value) if value is not None else None
    if isinstance(value, bool):
        plain = "1" if value else ""
    return base64.urlsafe_b64encode(json.dumps([plain, row._key]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, column: Column, key_type: type) -> tuple[Any, Any]:
    """What `_cursor` wrote. Whatever else comes in the address is refused before the database sees it."""
    try:
        value, key = read_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
        return _READ.get(column.kind, str)(value), _whole(key) if key_type is int else key_type(key)
    except (ValueError, TypeError, ArithmeticError, binascii.Error):
        raise Invalid(_l("This page's address is incomplete. Open the list again.")) from None


def _whole(value: Any) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def _exact(value: Any) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > 18:  # what the column can't hold is refused when it is bound
        raise ValueError(value)
    return number


def _number(text: str) -> Decimal:
    number = parse_decimal(text)
    if not Quantity.holds(number):
        raise ValueError(text)
    return number


_FILTERS: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "number": _number}
_READ: dict[str, Callable[[Any], Any]] = {
    "money": _exact,
    "price": _exact,
    "quantity": _exact,
    "integer": _whole,
    "flag": bool,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}

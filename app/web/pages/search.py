"""The search over everything: pages and actions first, then records; recent ones first among documents."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from app.documents import Document
from app.documents.queries import document_title, newest_id
from app.errors import Forbidden
from app.formats import moment
from app.reference import organisation_id
from app.search import fold
from app.search.asking import FoundBy, Hit, first_found
from app.search.words import asked
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session, is_open
from app.web.edge.routing import ANY
from app.web.kit.cells import cell_of
from app.web.kit.commands import commands_of, find_commands
from app.web.kit.documents.journal import document_address
from app.web.kit.favourites import is_page
from app.web.kit.seeing import note_list
from app.web.kit.tables import Column, Link, Query, Table, fetch, matching, narrowed, searched_words
from app.web.pages.help import pages_in_two_languages

#: rows of each kind of record, and documents of every kind together
MOST, MOST_DOCUMENTS = 5, 20
#: So many documents, those that were made last, are looked through: no index finds a part of a word, and books grow for years.
MOST_SEARCHED = 20_000

_SHOWN = (Document.id, Document.kind, Document.number, Document.moment, Document.summary)

Rows = list[tuple[str | None, list[str], Hit | None]]


@routes.get("/search", needs=ANY)
def search() -> Any:
    """What has every word of `q`: commands, and the first matches of every list that is open to the user. As they type, only
    the part below the box; before they do, what they used last."""
    text = request.args.get("q", "").replace("\0", "").strip()
    every = commands_of(current_company(), current_actor(), pages_in_two_languages())
    commands = find_commands(every, text, g.arrangement.recent)
    found, is_all = _records(text) if len(text) > 1 else ([], True)
    template = "search_part.html" if request.headers.get("HX-Request") else "search.html"
    shown = {"q": text, "commands": commands, "found": found, "is_all": is_all}
    return render_template(template, **shown, is_page=is_page, title=_("Search"))


def _records(text: str) -> tuple[list[tuple[object, Rows]], bool]:
    """Kind of record and its rows: where each leads, and what is shown of it. And whether all documents were looked through."""
    session, actor, found = current_session(), current_actor(), []
    tables = [t for t in current_company().contributed("tables", Table) if t.is_found and actor.may(t.needs)]
    tables.sort(key=_is_found_by_others)
    journals = [t for t in tables if t.name in Document.__mapper__.polymorphic_map]
    for table in tables:
        if table in journals or not table.open_search(actor):
            continue
        try:
            rows, hits = _first_rows(table.present(session), text)
        except Forbidden:  # it is made of columns that are closed to them
            continue
        if rows:
            found.append((table.title, _matches(table, rows, hits)))
            note_list(table.name, _shown(table), len(rows), way="search", hits=hits)
    if not journals:
        return found, True
    newest = newest_id(session)
    ids = range(max(0, newest - MOST_SEARCHED) + 1, newest + 1)
    return [*found, *_documents(text, journals, ids)], ids.start == 1


def _is_found_by_others(table: Table) -> bool:
    """Whether its records are found by whom they are with, as contracts by their contact: these come after the others."""
    return any(isinstance(each, FoundBy) and each.number is not None for each in table.search)


def _first_rows(table: Table, text: str) -> tuple[list[Any], list[Hit]]:
    """A list's first rows, best first, and by what each was found where it is searched by an index of its own records."""
    session, (first, *others) = current_session(), table.search
    if others or not isinstance(first, FoundBy) or first.number is not None:
        return fetch(session, table, Query(text=text, limit=MOST)).rows, []
    searched_words(text)
    hits = first_found(session, first.index, text, MOST, table.source(session).add_columns(table.key))
    found = narrowed(session, table, Query()).where(table.key.in_([hit.id for hit in hits]))
    rows = {row._key: row for row in session.execute(found)}
    return [rows[hit.id] for hit in hits], hits


def _documents(text: str, journals: list[Table], ids: range) -> list[tuple[object, Rows]]:
    """Documents of every kind with such ids, the newest first; and those of any age that have just this number."""
    kinds = sorted(table.name for table in journals)
    rows = {row.id: row for row in [*_numbered(text, kinds), *_newest(text, journals, kinds, ids)]}
    groups: dict[str, Rows] = {}
    for row in rows.values():
        cells = [row.number or _("draft"), moment(row.moment), row.summary]
        groups.setdefault(row.kind, []).append((document_address(row.kind, row.id), cells, None))
    return [(document_title(kind), found[:MOST]) for kind, found in groups.items()]


def _numbered(text: str, kinds: list[str]) -> Sequence[Any]:
    """By the index of numbers."""
    mine = (Document.organisation_id == organisation_id(current_session()), Document.kind.in_(kinds))
    numbers = sorted({text, text.upper()})
    return current_session().execute(select(*_SHOWN).where(*mine, Document.number.in_(numbers)).limit(MOST)).all()


def _newest(text: str, journals: list[Table], kinds: list[str], ids: range) -> Sequence[Any]:
    """By one statement: a journal each would read them all once a kind. What it may read at all is a table of its own, between
    two ids, so that no database begins with an index that holds more."""
    recent = select(*_SHOWN).where(_within(Document.id, ids), Document.kind.in_(kinds))
    made = recent.order_by(Document.id.desc()).limit(MOST_SEARCHED).subquery()
    through = {e for table in journals for e in table.search if isinstance(e, FoundBy) and e.number is not None}

    def named(words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
        for e in sorted(through, key=repr):
            own = e.number.class_.id
            # Not by the index of contacts: what one of them has had in years is not read either.
            has = replace(e, number=e.number + 0).has(current_session(), words)
            if has is not false():
                yield made.c.id.in_(select(own).where(_within(own, ids), has))

    own = (func.lower(made.c.number), func.lower(made.c.summary))
    each = (or_(matching(own, word), *named(fold(word).split())) for word in searched_words(text))
    number = asked(text).number
    statement = select(made).where(or_(and_(true(), *each), *(named([number]) if number else ())))
    newest = statement.order_by(made.c.moment.desc(), made.c.id.desc()).limit(MOST_DOCUMENTS)
    return current_session().execute(newest).all()


def _within(column: Any, ids: range) -> ColumnElement[bool]:
    return column.between(ids.start, ids.stop - 1)  # type: ignore[no-any-return]


def _matches(table: Table, rows: list[Any], hits: list[Hit]) -> Rows:
    """Per row where it leads, its first cells, and by what it was found if not by its name."""
    links = (c.link for c in table.open_columns(current_actor()) if c.link is not None and not c.hidden)
    link = next((link for link in links if not isinstance(link, Link) or is_open(link.endpoint)), None)
    cells = [cell_of(column, current_company().currency) for column in _shown(table)]
    return [
        (link(row) if link else None, [Markup(cell(row)) for cell in cells], hit)  # noqa: S704
        for row, hit in zip_longest(rows, hits)
    ]


def _shown(table: Table) -> list[Column]:
    """A list's first columns that are open to the user."""
    return [c for c in table.open_columns(current_actor()) if not c.hidden][:3]

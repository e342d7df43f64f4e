"""The search over everything: pages and actions first, then records; recent ones first among documents."""

from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, or_, select

from app.documents import Document
from app.documents.queries import document_title
from app.errors import Forbidden
from app.formats import moment
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session, is_open
from app.web.edge.routing import ANY
from app.web.kit.cells import cell_of
from app.web.kit.commands import commands_of, find_commands
from app.web.kit.documents.journal import document_address
from app.web.kit.seeing import note_list
from app.web.kit.tables import Column, Link, Query, Table, Through, fetch, matching, searched_words
from app.web.pages.help import pages_in_two_languages

#: rows of each kind of record, and documents of every kind together
MOST, MOST_DOCUMENTS = 5, 20

Rows = list[tuple[str | None, list[str]]]


@routes.get("/search", needs=ANY)
def search() -> Any:
    """What has every word of `q`: commands, and the first matches of every list that is open to the user. As they type, only
    the part below the box; before they do, what they used last."""
    text = request.args.get("q", "").replace("\0", "").strip()
    every = commands_of(current_company(), current_actor(), pages_in_two_languages())
    commands = find_commands(every, text, g.arrangement.recent)
    found = _records(text) if len(text) > 1 else []
    template = "search_part.html" if request.headers.get("HX-Request") else "search.html"
    return render_template(template, q=text, commands=commands, found=found, title=_("Search"))


def _records(text: str) -> list[tuple[object, Rows]]:
    """Kind of record and its rows: where each leads, and what is shown of it."""
    session, actor, found = current_session(), current_actor(), []
    tables = [t for t in current_company().contributed("tables", Table) if t.is_found and actor.may(t.needs)]
    journals = [t for t in tables if t.custom is not None and issubclass(t.custom, Document)]
    for table in tables:
        if table in journals or not table.open_search(actor):
            continue
        try:
            rows = fetch(session, table.present(session), Query(text=text, limit=MOST)).rows
        except Forbidden:  # it is made of columns that are closed to them
            continue
        if rows:
            found.append((table.title, _matches(table, rows)))
            note_list(table.name, _shown(table), len(rows), way="search")
    return [*found, *_documents(text, journals)]


def _documents(text: str, journals: list[Table]) -> list[tuple[object, Rows]]:
    """Documents of every kind by one statement, the newest first: a journal each would read them all once a kind."""
    if not journals:
        return []
    actor = current_actor()
    through = {e for table in journals for e in table.open_search(actor) if isinstance(e, Through)}
    columns = (Document.id, Document.kind, Document.number, Document.moment, Document.summary)
    statement = select(*columns).where(Document.kind.in_(sorted(t.name for t in journals)))
    for word in searched_words(text):
        own = matching(word, (func.lower(Document.number), func.lower(Document.summary)))
        named = (
            Document.id.in_(select(e.number.class_.id).where(matching(word, (e,)))) for e in sorted(through, key=repr)
        )
        statement = statement.where(or_(own, *named))
    newest = statement.order_by(Document.moment.desc(), Document.id.desc()).limit(MOST_DOCUMENTS)
    groups: dict[str, Rows] = {}
    for row in current_session().execute(newest):
        cells = [row.number or _("draft"), moment(row.moment), row.summary]
        groups.setdefault(row.kind, []).append((document_address(row.kind, row.id), cells))
    return [(document_title(kind), rows[:MOST]) for kind, rows in groups.items()]


def _matches(table: Table, rows: list[Any]) -> Rows:
    """Per row where it leads and its first cells."""
    links = (c.link for c in table.open_columns(current_actor()) if c.link is not None and not c.hidden)
    link = next((link for link in links if not isinstance(link, Link) or is_open(link.endpoint)), None)
    cells = [cell_of(column, current_company().currency) for column in _shown(table)]
    return [(link(row) if link else None, [Markup(cell(row)) for cell in cells]) for row in rows]  # noqa: S704


def _shown(table: Table) -> list[Column]:
    """A list's first columns that are open to the user."""
    return [c for c in table.open_columns(current_actor()) if not c.hidden][:3]

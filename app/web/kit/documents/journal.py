"""The list of a kind of document, and the way from a document's row to its page and to what it is called."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import current_app, url_for
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from app.documents import STATES, Document, Kind, kind_of, outcomes, shown_state
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_actor, current_session
from app.web.kit.tables import Column, Filter, Link, Table, period_filters


def journal(
    kind: Kind[Any],
    *columns: Column,
    source: Callable[[Session], Select[Any]] | None = None,
    search: tuple[Any, ...] = (),
    filters: tuple[Filter, ...] = (),
    **options: Any,
) -> Table:
    """The list of a kind of document, newest first: number, date, the kind's own `columns`, state.

    `source` is asked for where the columns need more than the document; `search` and `filters` come after those of every
    journal, and `options` are a table's own: `title`, `create_title`, `empty`, `is_daily`.
    """
    model = kind.model
    number = Column(
        "number",
        _l("Number"),
        model.number,
        nullable=True,
        absent=_l("draft"),
        headline=True,
        link=Link(f"{kind.name}_view", document_id="id"),
    )
    return Table(
        name=kind.name,
        needs=f"{kind.name}.view",
        source=source or (lambda _session: select().select_from(model)),
        key=Document.__table__.c.id,  # of the index by which journals are read
        columns=(
            number,
            Column("moment", _l("Date"), model.moment, "moment"),
            *columns,
            *_state_columns(kind),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(model.number), *search),
        filters=(
            *state_filters(model),
            *period_filters(model.moment),
            *filters,
        ),
        create=f"{kind.name}_new",
        create_needs=f"{kind.name}.edit",
        custom=model,
        prints=kind.has_paper,
        ways=lambda actor: Document.ways_over(actor, kind.name),
        **options,
    )


def _state_columns(kind: Kind[Any]) -> tuple[Column, ...]:
    """The state that is stored; of kinds whose documents come to something a list shows that in its place, and the API both."""
    state = Column("state", _l("State"), kind.model.state, "state", choices=dict(kind.state_words))
    if not kind.outcomes:
        return (state,)
    # Not sorted by: what became of each document of all years would be asked.
    return replace(state, hidden=True), replace(
        state, name="outcome", expression=shown_state(kind.model), sortable=False
    )


def state_filter(model: Any) -> Filter:
    """A list's filter by the states that documents have, of a kind, or of several kinds that have the same."""
    is_one = "polymorphic_identity" in model.__mapper_args__

    def choices(_session: Session) -> list[tuple[str, object]]:
        return [(s, kind_of(model).state_words[s]) for s in kind_of(model).states] if is_one else list(STATES.items())

    return Filter("state", _l("State"), lambda value: model.state == value, choices)


def state_filters(model: Any) -> tuple[Filter, ...]:
    """The same of one kind; where its documents come to something, beside a filter by that, which stands on the page alone."""
    state, kind = state_filter(model), kind_of(model)
    if not kind.outcomes:
        return (state,)

    def criterion(value: Any) -> ColumnElement[bool]:
        # The state that is stored comes first, as indexes are of it.
        return and_(model.state == (value if value in kind.states else "posted"), shown_state(model) == value)

    outcome = Filter("outcome", _l("State"), criterion, lambda _session: list(kind.state_words.items()))
    return replace(state, is_aside=True), outcome


def state_shown(document: Document) -> str:
    """What a page says of a document's state: see `app.documents.outcomes`."""
    return outcomes.state_shown(current_session(), document)


def document_address(kind: str, document_id: int) -> str | None:
    """Where a document is shown: kind `module.noun` is at the endpoint `module.noun_view`.

    None when its module is off or the user may not see documents of the kind.
    """
    endpoint = f"{kind}_view"
    if not current_actor().may(f"{kind}.view") or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, document_id=document_id)

"""The list of a kind of document, and the way from a document's row to its page and to what it is called."""

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select, func, select
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
            Column("state", _l("State"), shown_state(model), "state", choices=dict(kind.state_words)),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(model.number), *search),
        filters=(
            state_filter(model),
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


def state_filter(model: Any) -> Filter:
    """A list's filter by the states of the documents of a kind and what became of them, or by the states of several kinds that
    have the same."""
    is_one = "polymorphic_identity" in model.__mapper_args__

    def choices(_session: Session) -> list[tuple[str, object]]:
        return list((kind_of(model).state_words if is_one else STATES).items())

    return Filter("state", _l("State"), lambda value: (shown_state(model) if is_one else model.state) == value, choices)


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

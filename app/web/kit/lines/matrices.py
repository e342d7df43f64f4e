"""Matrices: records that differ by two axes, such as sizes and colours. In a line grid many of one matrix are typed at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from app.texts import visible
from app.web.core import routes
from app.web.edge.request import current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.lines.lookups import OFFERED, opened


@dataclass(frozen=True)
class Matrices:
    """A module's `lookups.py` declares this beside a lookup whose records come in matrices too."""

    lookup: str
    #: of the button that opens one
    title: object
    #: whether there is any: else the line grid has no button
    are_there: Callable[[Session], bool]
    #: those that match a text, or, where that is given, of one record: dicts with id, code, title and perhaps note
    find: Callable[[Session, str, int, int | None], list[dict[str, Any]]]
    #: one, with what is in a place: `title`, the names of its `axes`, `unit`, the titles of its `columns`, and `rows`, each
    #: with a title and `cells`: what the lookup tells of a record and perhaps how much is `held`, or None. NotFound: none
    #: has the number
    of: Callable[[Session, int, int | None], dict[str, Any]]


def matrices_of(name: str) -> Matrices | None:
    """The matrices of a look-up, if there are any."""
    found = _declared(name)
    return found if found is not None and found.are_there(current_session()) else None


@routes.get("/lookup/<name>/matrices", needs=ANY, help=None)
def lookup_matrices(name: str) -> Any:
    """The matrices that match `q`, or that of the record `of`: each with the `matrix` where it is."""
    found = _declared(opened(name).name)
    text = visible(request.args.get("q", "").replace("\0", ""))
    rows = found.find(current_session(), text, OFFERED, request.args.get("of", type=int)) if found is not None else []
    return {"rows": [{**row, "matrix": url_for("core.lookup_matrix", name=name, number=row["id"])} for row in rows]}


@routes.get("/lookup/<name>/matrices/<int:number>", needs=ANY, help=None)
def lookup_matrix(name: str, number: int) -> Any:
    """One matrix, with what there is in `place`."""
    found = _declared(opened(name).name)
    return (
        found.of(current_session(), number, request.args.get("place", type=int)) if found is not None else {"rows": []}
    )


def _declared(name: str) -> Matrices | None:
    return next((m for m in current_company().contributed("lookups", Matrices) if m.lookup == name), None)

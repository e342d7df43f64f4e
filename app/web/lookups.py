"""Choosing a record by typing: modules declare what is offered, the pages' lookup element asks here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.web.core import routes
from app.web.edge import current_actor, current_company, current_session
from app.web.routing import ANY

#: How many are offered at once.
OFFERED = 12


@dataclass(frozen=True)
class Lookup:
    """Records to choose from. `find` gives dicts with `id`, `title`, and whatever else the page's element uses."""

    name: str
    needs: str
    find: Callable[[Session, str, int], list[dict[str, Any]]]


@routes.get("/lookup/<name>", needs=ANY)
def lookup(name: str) -> Any:
    """What matches `q`, best first."""
    found = next((entry for entry in current_company().contributed("tables", Lookup) if entry.name == name), None)
    if found is None or not current_actor().may(found.needs):
        raise NotFound
    text = request.args.get("q", "").replace("\0", "").strip()  # PostgreSQL takes no text with it
    return {"rows": found.find(current_session(), text, OFFERED)}

"""Making a record where it is missed: the form of its own page comes as a dialog, or in a new tab, and names what it made.

A module says what its look-up can make (`Lookup.creates`), and ends the form by which it is made with `after_made`. What the
dialog asks at once, the form says (`Form.first`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template, request, url_for

from app.web.core import routes
from app.web.edge.request import current_actor
from app.web.edge.routing import ANY
from app.web.kit.lines.lookups import declared


@dataclass(frozen=True)
class Creates:
    """A form that makes what a look-up offers; `needs` is the right to it."""

    title: object
    endpoint: str
    needs: str
    arguments: Mapping[str, str] = field(default_factory=dict)


def creates_of(name: str) -> list[dict[str, str]]:
    """What the user may make for a look-up: title and address."""
    return [
        {"title": f"+ {made.title}", "address": url_for(made.endpoint, **made.arguments)}
        for made in declared(name).creates
        if current_actor().may(made.needs)
    ]


def is_making() -> bool:
    """Whether the page is asked for as a dialog on another one (js/lines/creating.js)."""
    return request.headers.get("Kontor-Part") == "dialog"


def begin_named(field: Any) -> None:
    """Let the form of a new record begin with what was typed where the record was missed."""
    if request.method == "GET" and (text := request.args.get("name", "").strip()):
        field.data = text[:200]


def after_made(record_id: int, title: str, *, text: str, otherwise: str) -> Any:
    """Where a form leads that has made a record: back to where it was missed, if it was opened from there; else `otherwise`.
    `text` finds it in the look-up."""
    if token := request.args.get("made", ""):
        return redirect(url_for("core.record_made", token=token, id=record_id, title=title, text=text))
    return redirect(otherwise)


@routes.get("/made", needs=ANY, help=None)
def record_made() -> str:
    """Tells the page on which a record was missed that it is made, and closes the tab if it is one."""
    said = {name: request.args.get(name, "") for name in ("token", "id", "title", "text")}
    return render_template("record_made.html", said=said)

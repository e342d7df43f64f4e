"""Choosing a record by typing: modules declare what is offered, the pages' lookup element asks here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.search.asking import Hit
from app.texts import visible
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.seeing import note_hits

#: How many are offered at once.
OFFERED = 12
#: How many codes one question may name: a pasted spreadsheet is asked for in so many at a time.
CODES = 200


@dataclass(frozen=True)
class Lookup:
    """Records to choose from. `find` gives dicts with `id`, `title`, and whatever else the page's element
    uses, and may refuse a text (Invalid), which the page then says; `hit` is what an index of search says of it."""

    name: str
    needs: str
    find: Callable[[Session, str, int], list[dict[str, Any]]]
    #: what records are called, as far as they are open to the session's actor
    titles: Callable[[Session, Collection[int]], Mapping[int, str]]
    #: what a line that is shown again knows of its record, as `find` tells it of one that is chosen
    details: Callable[[Session, Collection[int]], Mapping[int, dict[str, Any]]] | None = None
    #: the forms by which one is made that is missed (`creating.Creates`)
    creates: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ByCode:
    """A module's `lookups.py` declares this beside a lookup: what `find` would give first for each of several texts that
    are exactly a code or barcode, in one question."""

    lookup: str
    find: Callable[[Session, Collection[str]], list[dict[str, Any]]]


@routes.get("/lookup/<name>", needs=ANY, help=None)
def lookup(name: str) -> Any:
    """What matches `q`, best first; `says` why a text that was scanned can't be looked for."""
    found = opened(name)
    text = visible(request.args.get("q", "").replace("\0", ""))  # PostgreSQL takes no text with it
    try:
        rows = found.find(current_session(), text, OFFERED)
    except Invalid as error:
        return {"rows": [], "says": str(error)}
    noun = found.needs.rpartition(".")[0]
    note_hits(noun, [row["hit"] for row in rows if "hit" in row], way="lookup")
    return {"rows": [_said(row) for row in rows]}


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """A record as the page takes it: `found` says by what, if not by its name, and which parts of that were typed."""
    hit: Hit | None = row.pop("hit", None)
    return row if hit is None or hit.by is None else {**row, "found": {"title": str(hit.by), "parts": hit.said}}


@routes.get("/lookup/<name>/codes", needs=ANY, help=None)
def lookup_codes(name: str) -> Any:
    """The records whose code or barcode is one of those given as `code`, however often; others are left out."""
    found = opened(name)
    codes = {visible(code.replace("\0", "")) for code in request.args.getlist("code")} - {""}
    if len(codes) > CODES:
        raise Invalid(_("Ask for at most %(n)d codes at once.", n=CODES))
    by_code = next((b for b in current_company().contributed("lookups", ByCode) if b.lookup == found.name), None)
    return {"rows": by_code.find(current_session(), codes) if by_code and codes else []}


def opened(name: str) -> Lookup:
    """The look-up of a name, where it is open to the user; NotFound else."""
    for entry in current_company().contributed("tables", Lookup):
        if entry.name == name and current_actor().may(entry.needs):
            return cast(Lookup, entry)
    raise NotFound


def details_of(name: str, ids: Collection[int]) -> Mapping[int, dict[str, Any]]:
    """What lines know of the records that a lookup offers, beside what they are called."""
    entry = declared(name)
    return entry.details(current_session(), ids) if entry.details is not None and ids else {}


def titles_of(name: str, ids: Collection[int]) -> Mapping[int, str]:
    """What the records that a lookup offers are called; those that are not open to the user are left out."""
    return declared(name).titles(current_session(), ids) if ids else {}


def declared(name: str) -> Lookup:
    """The look-up of a name."""
    entries = current_company().contributed("tables", Lookup)
    return cast(Lookup, next(entry for entry in entries if entry.name == name))

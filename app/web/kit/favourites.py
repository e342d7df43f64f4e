"""Favourites: which pages may become one, and which of a user's are open to them now."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from app.errors import Invalid
from app.preferences import Arrangement
from app.translation import lazy_gettext as _l
from app.web.edge.request import Kontor, current_actor, current_company, is_open
from app.web.edge.routing import PUBLIC
from app.web.kit.reports import open_reports

#: arguments of an address that say where in a list one is, or what of a form is kept
_PASSING = ("after", "before", "as", "kept", "print")
#: arguments that name somebody or something by what was typed; and those whose number names what may stand in an address that
#: stays. Any other number is a record's.
_TYPED, _NUMBERED = ("q", "name", "who", "code"), ("group", "place")
#: pages that are a click away everywhere
_ALWAYS_NEAR = ("core.home", "core.search")


@dataclass(frozen=True)
class Favourite:
    """A page that a user wants at hand."""

    address: str
    title: str


def open_favourites(arrangement: Arrangement) -> list[Favourite]:
    """Those whose pages are open to whoever asks, in the order in which they were added."""
    return [Favourite(a, title) for a, title in arrangement.favourites.items() if is_page(a)]


def favourite_here() -> tuple[str, bool] | None:
    """The address of the page that is shown and whether it is a favourite; None where it can't be one."""
    if request.method != "GET" or g.get("actor") is None:
        return None
    address = lasting(request.full_path)
    return (address, address in g.arrangement.favourites) if is_page(address) else None


def lasting(address: str) -> str:
    """The path and query of an address without what changes from visit to visit, and without what names a person or another
    record: it would stay with whoever may not see them any more. Refused (Invalid): one of another site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Invalid(_l("There is no such page.")) from None
    if parts.netloc or parts.scheme or not parts.path.startswith("/") or not address.isprintable():
        raise Invalid(_l("There is no such page."))
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if k not in _PASSING and not names_a_record(k, v)])
    return f"{parts.path}?{query}" if query else parts.path


def names_a_record(name: str, value: str) -> bool:
    """Whether an argument of an address names a person or another record."""
    return name in _TYPED or (value.strip().isdigit() and name not in _NUMBERED)


def lasting_title(address: str, title: str) -> str:
    """What the page of an address is called; only the page itself where it was filtered by what isn't kept."""
    named = any(names_a_record(k, v) for k, v in parse_qsl(urlsplit(address).query))
    return title.partition(" · ")[0] if named else title


def is_page(address: str) -> bool:
    """Whether an address is a screen that is open to whoever asks and isn't about one record: what a record is called would
    stay with whoever may not see it any more."""
    app = cast(Kontor, current_app)
    try:
        routing = app.create_url_adapter(request)
        assert routing is not None
        endpoint, arguments = routing.match(urlsplit(address).path, method="GET")
    except HTTPException:
        return False
    if endpoint not in app.screens or app.needs[endpoint] == PUBLIC or endpoint in _ALWAYS_NEAR:
        return False
    if any(isinstance(value, int) for value in arguments.values()) or not is_open(endpoint):
        return False
    reports = open_reports(current_company(), current_actor()) if endpoint == "core.report_view" else ()
    return endpoint != "core.report_view" or any(r.name == arguments["name"] for r in reports)

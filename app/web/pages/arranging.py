"""What users arrange for themselves with a click: groups of the menu, favourites, what they see no longer."""

from typing import Any

from flask import g, redirect, request, url_for

from app.errors import Invalid
from app.preferences import dismiss, note_use, open_group, toggle_favourite
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.favourites import is_page, lasting, lasting_title
from app.web.kit.menu import menu_of, navigation
from app.web.pages.home import STEPS


@routes.post("/menu/groups", needs=ANY)
def menu_group() -> Any:
    """Remember that a group of the menu is open (`open=1`) or closed. Refused (Invalid): one that the menu hasn't."""
    name, is_open = request.form.get("name", ""), request.form.get("open") == "1"
    if name not in {group.name for group in menu_of(current_company(), current_actor())}:
        raise Invalid(_l("There is no such page."))
    open_group(current_session(), current_actor(), name, is_open=is_open)
    return "", 204


@routes.post("/menu/favourites", needs=ANY)
def menu_favourite() -> Any:
    """Add a page to the favourites, or remove it; gives the menu as it is now, beside the page of `endpoint`.

    Refused (Invalid): what isn't a page that may be one.
    """
    address = _page_asked()
    title = " ".join(request.form.get("title", "").split()) or address
    title = lasting_title(request.form.get("address", ""), "".join(letter for letter in title if letter.isprintable()))
    g.arrangement = toggle_favourite(current_session(), current_actor(), address, title)
    shown = navigation(current_company(), current_actor(), request.form.get("endpoint", ""))
    return {"is_on": address in g.arrangement.favourites, "menu": str(shown)}


@routes.post("/menu/recent", needs=ANY)
def menu_recent() -> Any:
    """Remember that a page was chosen in the search. Refused (Invalid): what isn't a page."""
    note_use(current_session(), current_actor(), _page_asked())
    return "", 204


@routes.post("/home/dismissed", needs=ANY)
def home_dismissed() -> Any:
    """Show the first steps no longer."""
    dismiss(current_session(), current_actor(), STEPS)
    return redirect(url_for("core.home"))


def _page_asked() -> str:
    address = lasting(request.form.get("address", ""))
    if not is_page(address):
        raise Invalid(_l("There is no such page."))
    return address

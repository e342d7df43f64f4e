"""The side menu: the same on every page of a user, so it is made once for each of their languages."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import render_template, request, url_for
from markupsafe import Markup

from app.company import Company
from app.security import Actor
from app.translation import language
from app.translation import lazy_gettext as _l
from app.web.kit.reports import open_reports


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the menu: where it leads, and the beginning that the endpoints of its pages share."""

    title: str
    address: str
    icon: str
    stem: str


Menu = dict[str, list[Line]]

#: An actor never changes: whoever's rights or modules change gets a new one.
_menus: WeakKeyDictionary[Actor, dict[str, Menu]] = WeakKeyDictionary()


def menu_of(company: Company, actor: Actor | None) -> Menu:
    """The groups of the menu with the lines that are open to the actor."""
    if actor is None:
        return {}
    menus, spoken = _menus.setdefault(actor, {}), language()
    if spoken not in menus:
        made: Menu = {}
        for item in company.menu(actor):
            stem = item.endpoint.rpartition("_")[0]
            line = Line(str(item.title), url_for(item.endpoint), item.icon, stem)
            made.setdefault(str(item.group), []).append(line)
        if open_reports(company, actor):
            line = Line(str(_l("All reports")), url_for("core.report_list"), "chart-bar", "core.report")
            made.setdefault(str(_l("Reports")), []).append(line)
        menus[spoken] = made
    return menus[spoken]


#: As it stands beside the page: the same for all pages whose endpoints begin alike.
_navigations: WeakKeyDictionary[Actor, dict[tuple[str, str], Markup]] = WeakKeyDictionary()


def navigation(company: Company, actor: Actor) -> Markup:
    """The menu beside the page, with the line marked that the page belongs to."""
    endpoint = request.endpoint or ""
    stem = endpoint if endpoint == "core.home" else endpoint.rpartition("_")[0]
    made = _navigations.setdefault(actor, {})
    key = language(), stem
    if key not in made:
        made[key] = Markup(render_template("navigation.html", menu=menu_of(company, actor), stem=stem))  # noqa: S704
    return made[key]

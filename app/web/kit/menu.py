"""The side menu: the same on every page of a user, so it is made once for each of their languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import render_template, request, url_for
from markupsafe import Markup

from app.company import Company
from app.registry import MenuItem
from app.security import Actor
from app.translation import language
from app.translation import lazy_gettext as _l
from app.web.edge.routing import ANY
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
        for group, line in _lines(company, actor):
            made.setdefault(str(group), []).append(line)
        menus[spoken] = made
    return menus[spoken]


def _lines(company: Company, actor: Actor) -> Iterator[tuple[object, Line]]:
    """Group and line: those of the modules, all reports where one of them is open to the actor, those of the core."""
    items = list(company.menu(actor))
    of_core = [item for item in items if item.endpoint.startswith("core.")]
    yield from ((item.group, _line(item)) for item in items if item not in of_core)
    if open_reports(company, actor):
        yield _l("Reports"), _line(MenuItem(_l("All reports"), "core.report_list", ANY, icon="chart-bar"))
    yield from ((item.group, _line(item)) for item in of_core)


def _line(item: MenuItem) -> Line:
    return Line(str(item.title), url_for(item.endpoint), item.icon, item.endpoint.rpartition("_")[0])


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

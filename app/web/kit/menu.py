"""The side menu: the user's favourites, and groups of pages that open and close. Made once for each way a user has it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from flask import g, render_template, url_for
from markupsafe import Markup

from app.company import Company
from app.preferences import Arrangement
from app.registry import MenuItem
from app.security import Actor
from app.translation import in_english, language
from app.translation import lazy_gettext as _l
from app.web.edge.routing import ANY
from app.web.kit.favourites import Favourite, open_favourites
from app.web.kit.reports import open_reports

#: how many lines stand in the menu of a small screen; groups beyond that begin closed
FITTING = 23


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the menu: where it leads, and the beginning that the endpoints of its pages share; or its own endpoint, where
    another line has that beginning."""

    title: str
    address: str
    icon: str
    stem: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one title. `name` is the same in every language."""

    name: str
    title: str
    lines: list[Line] = field(default_factory=list)

    def has(self, stem: str) -> bool:
        """Whether the page of this stem belongs to one of its lines."""
        return any(line.stem == stem for line in self.lines)


#: An actor never changes: whoever's rights or modules change gets a new one.
_menus: WeakKeyDictionary[Actor, dict[str, list[Group]]] = WeakKeyDictionary()


def menu_of(company: Company, actor: Actor | None) -> list[Group]:
    """The groups of the menu with the lines that are open to the actor."""
    if actor is None:
        return []
    menus, spoken = _menus.setdefault(actor, {}), language()
    if spoken not in menus:
        made: dict[str, Group] = {}
        stems: set[str] = set()
        for title, item in _items(company, actor):
            with in_english():
                name = str(title)
            stem = _stem(item.endpoint)
            if stem in stems:  # of two lines the first has the pages that neither leads to
                stem = item.endpoint
            stems.add(stem)
            line = Line(str(item.title), url_for(item.endpoint), item.icon, stem)
            made.setdefault(name, Group(name, str(title))).lines.append(line)
        menus[spoken] = list(made.values())
    return menus[spoken]


def _items(company: Company, actor: Actor) -> Iterator[tuple[object, MenuItem]]:
    """Group and item: the modules' own groups, all reports where one of them is open to the actor, the groups of the core."""
    items = list(company.menu(actor))
    of_core = [item for item in items if item.endpoint.startswith("core.")]
    groups = {str(item.group) for item in of_core}
    of_modules = [item for item in items if not item.endpoint.startswith("core.")]
    of_core += [item for item in of_modules if str(item.group) in groups]
    yield from ((item.group, item) for item in of_modules if str(item.group) not in groups)
    if open_reports(company, actor):
        yield _l("Reports"), MenuItem(_l("All reports"), "core.report_list", ANY, icon="chart-bar")
    yield from ((item.group, item) for item in of_core)


def _stem(endpoint: str) -> str:
    return endpoint if endpoint == "core.home" else endpoint.rpartition("_")[0]


def open_groups(groups: list[Group], arrangement: Arrangement, stem: str, beside: int = 0) -> set[str]:
    """The names of the groups that are open: those that the user opened, the one that the page is in, and of the others as
    many of the first ones as fit beside `beside` more lines. What the user closed stays closed."""
    shown, room = set(), FITTING - beside - len(groups)
    for group in groups:
        room -= len(group.lines)
        if arrangement.groups.get(group.name, room >= 0 or group.has(stem)):
            shown.add(group.name)
    return shown


#: As it stands beside the page: the same for all pages whose endpoints begin alike, while nothing is arranged otherwise.
_navigations: WeakKeyDictionary[Actor, tuple[Arrangement, dict[tuple[str, str], Markup]]] = WeakKeyDictionary()


def navigation(company: Company, actor: Actor, endpoint: str) -> Markup:
    """The menu beside the page of `endpoint`, with the line marked that the page belongs to."""
    arrangement: Arrangement = g.arrangement
    own = any(line.stem == endpoint for group in menu_of(company, actor) for line in group.lines)
    stem = endpoint if own else _stem(endpoint)
    kept = _navigations.get(actor)
    if kept is None or kept[0] != arrangement:
        kept = _navigations[actor] = (arrangement, {})
    key, made = (language(), stem), kept[1]
    if key not in made:
        made[key] = _render(company, actor, stem, arrangement)
    return made[key]


def _render(company: Company, actor: Actor, stem: str, arrangement: Arrangement) -> Markup:
    groups = menu_of(company, actor)
    favourites: list[Favourite] = open_favourites(arrangement)
    opened = open_groups(groups, arrangement, stem, len(favourites))
    shown = render_template("navigation.html", groups=groups, opened=opened, favourites=favourites, stem=stem)
    return Markup(shown)  # noqa: S704 - rendered from a template of ours

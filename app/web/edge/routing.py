"""Blueprints whose every route says what it needs; one that does not keeps the program from starting."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.security.actor import Actor
from app.web.edge.bodies import Takes

#: needs: open to anyone (sign-in, health, static files only); open to whoever is signed in; open to partners, and to no user;
#: where partners come in, which knows nobody
PUBLIC, ANY, PARTNER, DOOR = "public", "signed-in", "partner", "partner's door"

Route = Callable[[Callable[..., Any]], Callable[..., Any]]


class UndeclaredPermission(RuntimeError):
    """A route does not say which permission it needs."""


class Routes(Blueprint):
    """A module's routes: `get` and `post` take `needs=`, the permission that opens the route.

    What GET shows is a screen, and a screen has a help page: that of the endpoint's noun (`sale_list` and `sale_edit`: `sale`),
    unless `help=` names another one, of a module that this one requires as `contacts.contact`. `help=None` says that it isn't a
    screen, but data, a file or a part of a page.
    """

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name, template_folder="templates")
        self.needs: dict[str, str] = {}
        #: endpoint → the rule of its address, for whatever GET reads
        self.rules: dict[str, str] = {}
        #: endpoint → the help page of its screen
        self.screens: dict[str, str] = {}
        self.self_committing: set[str] = set()
        self.fresh: set[str] = set()
        self.unattended: set[str] = set()
        #: endpoint → how large a body it takes, where that isn't the usual size
        self.takes: dict[str, Takes] = {}
        self.find_partner: Callable[[Session], Actor | None] = lambda _session: None
        self.no_partner: Callable[[], Any] = _nobody

    def know_partners(self, find: Callable[[Session], Actor | None], otherwise: Callable[[], Any]) -> None:
        """`find`: who the partner is that asks for a route that needs PARTNER; None: nobody. `otherwise`: what nobody is
        answered there."""
        self.find_partner, self.no_partner = find, otherwise

    def get(self, rule: str, *, needs: str, **options: Any) -> Route:  # type: ignore[override]
        """A page: reads, and is done again without harm."""
        return self._declared(rule, needs, methods=["GET"], **options)

    def post(self, rule: str, *, needs: str, **options: Any) -> Route:  # type: ignore[override]
        """An act: one transaction, committed at the edge."""
        return self._declared(rule, needs, methods=["POST"], **options)

    def form(self, rule: str, *, needs: str, **options: Any) -> Route:
        """A form: shown by GET, sent by POST."""
        return self._declared(rule, needs, methods=["GET", "POST"], **options)

    def _declared(
        self,
        rule: str,
        needs: str,
        *,
        self_committing: bool = False,
        fresh: bool = False,
        is_unattended: bool = False,
        takes: Takes | None = None,
        help: str | None = "",
        **options: Any,
    ) -> Route:
        """`self_committing`: the view's session only reads, whatever is sent; it writes in transactions of its own.

        `fresh`: it changes who may do what or how long sessions last, switches modules, or gives all data away, so a browser
        that has changed since it signed in, or whose user hasn't given the password for a while, has to sign in again.

        `is_unattended`: a page asks for it by itself, so it doesn't show that somebody uses the browser.

        `takes`: bytes of a body, where files may come that are larger than a form; nothing of it is read that comes from others
        than those who may open the route.
        """

        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = options.pop("endpoint", None) or view.__name__
            self.needs[f"{self.name}.{endpoint}"] = needs
            if "GET" in options["methods"]:
                self.rules[f"{self.name}.{endpoint}"] = rule
                if help is not None:
                    self.screens[f"{self.name}.{endpoint}"] = self._help_of(endpoint, help)
            if self_committing:
                self.self_committing.add(f"{self.name}.{endpoint}")
            if takes is not None:
                self.takes[f"{self.name}.{endpoint}"] = takes
            if fresh:
                self.fresh.add(f"{self.name}.{endpoint}")
            if is_unattended:
                self.unattended.add(f"{self.name}.{endpoint}")
            self.add_url_rule(rule, endpoint, view, **options)
            return view

        return declare

    def _help_of(self, endpoint: str, named: str) -> str:
        page = named or endpoint.rpartition("_")[0] or endpoint
        return page if "." in page else f"{self.name}.{page}"


def _nobody() -> Any:
    raise NotFound


def self_committing(app: Flask) -> frozenset[str]:
    """Endpoints whose views write in transactions of their own."""
    return frozenset().union(*(b.self_committing for b in app.blueprints.values() if isinstance(b, Routes)))


def fresh(app: Flask) -> frozenset[str]:
    """Endpoints for which a browser has to be the one that signed in, and its user to have given the password lately."""
    return frozenset().union(*(b.fresh for b in app.blueprints.values() if isinstance(b, Routes)))


def unattended(app: Flask) -> frozenset[str]:
    """Endpoints for which pages ask by themselves, whether or not somebody sits before them."""
    return frozenset().union(*(b.unattended for b in app.blueprints.values() if isinstance(b, Routes)))


def takes(app: Flask) -> dict[str, Takes]:
    """Endpoint → how large a body it takes, where that isn't the usual size."""
    own = (blueprint.takes for blueprint in app.blueprints.values() if isinstance(blueprint, Routes))
    return {endpoint: size for each in own for endpoint, size in each.items()}


def screens_of(app: Flask) -> dict[str, str]:
    """Endpoint → its help page, for every screen of the application."""
    own = (blueprint.screens for blueprint in app.blueprints.values() if isinstance(blueprint, Routes))
    return {endpoint: page for screens in own for endpoint, page in screens.items()}


def declared_needs(app: Flask, beside: Mapping[str, str]) -> dict[str, str]:
    """Endpoint → what it needs, for every route of the application, `beside` those of blueprints. Refuses to go on when one
    does not say."""
    needs = {"static": PUBLIC, **beside}
    for blueprint in app.blueprints.values():
        if isinstance(blueprint, Routes):
            needs.update(blueprint.needs)
    missing = sorted({r.endpoint for r in app.url_map.iter_rules()} - needs.keys())
    if missing:
        raise UndeclaredPermission(f"routes without a declared permission: {', '.join(missing)}")
    return needs

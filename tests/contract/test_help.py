"""Every screen has help, in English and in each language that its module speaks; no page names what isn't there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core_module import module as core
from app.help import CORE, FIRST, Library, Page
from app.registry import Installed, discover
from app.web import pages
from app.web.core import routes as core_routes
from app.web.edge.routing import DOOR, PARTNER, Routes
from tests.contract.routes import ask, path_of, rules_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

TEMPLATES = Path(pages.__file__).parents[1] / "templates"
#: before anybody is signed in, and refusals: their titles have no help
WITHOUT = (
    "entry.html",
    "errors/csrf.html",
    "errors/refused.html",
    "first_restore.html",
    "first_run.html",
    "login.html",
    "login_code.html",
    "macros.html",
    "record_made.html",
    "resend.html",
    "setup_secret.html",
)


@pytest.fixture(scope="session", autouse=True)
def routes_of_the_core() -> None:
    pages.load()


def routes_of(name: str) -> Routes:
    """The routes of the core or a module; a module without any has none."""
    routes = core_routes if name == "core" else discover()[name].attribute("routes", "routes")
    return routes if isinstance(routes, Routes) else Routes(name, __name__)


def pages_of(name: str) -> set[str]:
    """The help pages of the screens that the core or a module declares: its routes, and its tabs on cards."""
    manifest = core if name == "core" else discover()[name].manifest
    tabs = {tab.help or tab.target for tab in manifest.tabs} if manifest else set()
    return {*routes_of(name).screens.values(), *tabs}


def languages_of(name: str) -> list[str]:
    """English, and what the module's texts or any of its help pages are translated into."""
    folder = CORE.parent if name == "core" else discover()[name].folder
    spoken = {path.parent.name for path in folder.glob("translations/*/LC_MESSAGES")}
    written = {path.parent.name for path in folder.glob("help/*/*.md")}
    return sorted({FIRST, *spoken, *written})


def library() -> Library:
    installed = {m.name: m.folder / "help" for m in discover().values() if m.manifest is not None}
    return Library({"core": CORE, **installed})


def known_to(name: str) -> set[str]:
    """The module with the core and whatever it requires: what its pages may name."""
    known, todo = {"core"}, [name]
    while todo:
        known.add(one := todo.pop())
        manifest = core if one == "core" else discover()[one].manifest
        todo += manifest.requires if manifest else ()
    return known


def own_pages(name: str) -> Iterator[Page]:
    books = library()
    for page_name in books.names:
        if page_name.partition(".")[0] == name:
            for language in languages_of(name):
                page = books.page(page_name, language)
                assert page is not None
                yield page


def missing(name: str) -> set[str]:
    """Pages of screens that lack a file in one of the languages."""
    books, wanted = (
        library(),
        pages_of(name) | {n for n in library().names if n.startswith(f"{name}.")},
    )
    lacking = {n for n in wanted if n.partition(".")[0] not in known_to(name) or n not in books}
    own = {n for n in wanted - lacking if n.startswith(f"{name}.")}
    return lacking | {
        f"{n} ({language})"
        for n in own
        for language in languages_of(name)
        if books.page(n, language).language != language  # type: ignore[union-attr]
    }


def plain_addresses(name: str) -> set[str]:
    """The screens that one can be sent to without naming a record."""
    routes = routes_of(name)
    return {endpoint for endpoint in routes.screens if "<" not in routes.rules[endpoint]}


def dead_links(name: str) -> set[str]:
    """Links that lead to no page and no screen, as the core, the module and what it requires have them."""
    books, known = library(), known_to(name)
    addresses = set().union(*map(plain_addresses, known))
    dead = set()
    for page in own_pages(name):
        for link in page.links:
            kind, _, target = link.partition(":")
            is_known = target.partition(".")[0] in known
            if not (is_known and ((kind == "help" and target in books) or (kind == "screen" and target in addresses))):
                dead.add(f"{page.name} ({page.language}): {link}")
    return dead


def unreachable(name: str) -> set[str]:
    """Pages that belong to no screen and to which no page leads: most likely their name is wrong."""
    shown = pages_of(name)
    linked = {link.partition(":")[2] for page in own_pages(name) if page.name in shown for link in page.links}
    return {page.name for page in own_pages(name)} - shown - linked


def unlike(name: str) -> set[str]:
    """Pages whose headings differ in number or level from those of the English one."""
    books = library()
    levels = {(p.name, p.language): [s.level for s in p.sections] for p in own_pages(name)}
    return {f"{n} ({language})" for (n, language), found in levels.items() if found != levels[n, FIRST] and n in books}


def titled_otherwise(folder: Path, without: tuple[str, ...] = ()) -> set[str]:
    """Templates with a title of their own, beside which no help is offered."""
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")}
    return {name for name, text in found.items() if "<h1" in text} - set(without)


def test_each_screen_has_help_in_each_language(module: Installed) -> None:
    assert missing(module.name) == set()


def test_each_link_of_its_help_leads_somewhere(module: Installed) -> None:
    assert dead_links(module.name) == set()


def test_each_page_of_its_help_belongs_to_a_screen_or_is_linked(module: Installed) -> None:
    assert unreachable(module.name) == set()


def test_its_help_has_the_same_headings_in_each_language(module: Installed) -> None:
    assert unlike(module.name) == set()


def test_its_pages_offer_their_help_beside_the_title(module: Installed) -> None:
    otherwise = titled_otherwise(module.folder / "templates")
    assert {
        name for name in otherwise if not name.startswith(("contacts/client/", "trade/client/"))
    } == set()  # clients have no help


def test_what_is_not_a_screen_shows_no_page(module: Installed, worker: Any, token: Any, switch: Any) -> None:
    switch()
    app, administrator = worker(), token()
    for rule in rules_of(app, module):
        is_of_users = app.needs[rule.endpoint] not in (DOOR, PARTNER)
        if "GET" in (rule.methods or ()) and rule.endpoint not in app.screens and is_of_users:
            answer = ask(app, administrator, path_of(app, rule))
            assert answer.status_code != 200 or "<main" not in answer.text, rule.rule


class TestTheCore:
    """The same of the core itself."""

    def test_each_screen_has_help_in_each_language(self) -> None:
        assert missing("core") == set()

    def test_each_link_of_its_help_leads_somewhere(self) -> None:
        assert dead_links("core") == set()

    def test_each_page_of_its_help_belongs_to_a_screen_or_is_linked(self) -> None:
        assert unreachable("core") == set()

    def test_its_help_has_the_same_headings_in_each_language(self) -> None:
        assert unlike("core") == set()

    def test_its_pages_offer_their_help_beside_the_title(self) -> None:
        assert titled_otherwise(TEMPLATES, WITHOUT) == set()

    def test_what_is_not_a_screen_is_data_or_a_part(self) -> None:
        no_screens = {
            "health",
            "act_token",
            "lookup",
            "lookup_codes",
            "lookup_matrices",
            "lookup_matrix",
            "record_made",
            "api_lists",
            "api_list",
            "second_factor_picture",
            "rate_on",
            "job_state",
            "notification_panel",
            "period_check_list",
            "document_open",
            "backup_download",
            "file_download",
            "job_pdf",
            "template_pdf",
        }
        assert {e.partition(".")[2] for e in core_routes.rules.keys() - core_routes.screens.keys()} == no_screens

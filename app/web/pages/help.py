"""Help: a page for each screen, shown beside it; a list of all pages, and a search in them."""

import re
from collections.abc import Iterator
from typing import Any, cast

from flask import abort, current_app, g, render_template, request, url_for
from markupsafe import Markup, escape

from app.errors import Forbidden, NotFound
from app.help import CORE, FIRST, LINK, Library, Page, search_help
from app.translation import language
from app.web.core import routes
from app.web.edge.request import Kontor, current_company, is_open
from app.web.edge.routing import PUBLIC
from app.web.kit.cards import ANY_DOCUMENT

#: the element that help beside a page is put into
_BESIDE = "help-body"
_LEVEL_2 = re.compile(r"(</?)h2")


@routes.get("/help", needs=PUBLIC)
def help_list() -> Any:
    """All pages that are open to the reader, by module."""
    titles = {m.name: str(m.manifest.title) for m in current_company().enabled if m.manifest}
    groups: dict[str, list[Page]] = {}
    for page in _open_pages():
        groups.setdefault(titles.get(page.name.partition(".")[0], ""), []).append(page)
    return _show(groups={title: sorted(pages, key=lambda p: p.title) for title, pages in groups.items()})


@routes.get("/help/search", needs=PUBLIC)
def help_search() -> Any:
    """The pages that have all the words of `q`; all pages when it has none."""
    text = request.args.get("q", "")[:200].strip()
    return _show(text=text, found=search_help(_open_pages(), text)) if text else help_list()


@routes.get("/help/<name>", needs=PUBLIC)
def help_view(name: str) -> Any:
    """A help page. Refused: that of a screen that the reader may not open."""
    page, module = _library().page(name, language()), name.partition(".")[0]
    if page is None:
        raise NotFound
    if module in current_company().installed:
        current_company().require_on(module)
    if not _is_readable(name):
        if g.actor is None:
            abort(401)
        raise Forbidden(_screens(name)[0][1])
    return _show(page=page, text_of_page=_with_addresses(page))


def _show(**shown: Any) -> str:
    """As a page of its own, or as the part of it that is put beside another page."""
    beside = _is_beside()
    return render_template("help_part.html" if beside else "help.html", beside=beside, **shown)


def _is_beside() -> bool:
    return request.headers.get("HX-Target") == _BESIDE


def help_address() -> str:
    """The address of the help for the screen that is shown; empty when it has none."""
    page = _app().screens.get(request.endpoint or "", "")
    return url_for("core.help_view", name=page) if page in _library() else ""


def install(app: Kontor) -> None:
    """Find all pages; lets pages show the way to theirs."""
    modules = {m.name: m.folder / "help" for m in app.company.installed.values() if m.manifest is not None}
    app.extensions["kontor.help"] = Library({"core": CORE, **modules})
    app.jinja_env.globals["help_address"] = help_address


def _open_pages() -> Iterator[Page]:
    library, spoken = _library(), language()
    for name in library.names:
        page = library.page(name, spoken) if _is_readable(name) else None
        if page is not None:
            yield page


def pages_in_two_languages() -> Iterator[tuple[str, str, str]]:
    """Of each page that is open to the reader: its title, the same in English, and its address."""
    for page in _open_pages():
        english = _library().page(page.name, FIRST)
        yield page.title, english.title if english else "", url_for("core.help_view", name=page.name)


def _is_readable(name: str) -> bool:
    """Whether the reader may open one of the page's screens; a page of no screen is open to whoever is signed in."""
    company, module = current_company(), name.partition(".")[0]
    if module in company.installed and not company.is_on(module):
        return False
    screens = (
        _screens(name) if name != ANY_DOCUMENT else []
    )  # what they have in common is everybody's, whoever sees its tabs
    return any(is_open(endpoint) for endpoint, _ in screens) if screens else g.actor is not None


def _screens(name: str) -> list[tuple[str, str]]:
    """The page's screens with what each needs."""
    return [(endpoint, _app().needs[endpoint]) for endpoint, page in _app().screens.items() if page == name]


def _with_addresses(page: Page) -> Markup:
    """The page with its links leading somewhere; one that isn't open to the reader becomes text."""

    def link(match: re.Match[str]) -> str:
        kind, name, text = match["kind"], match["name"], match["text"]
        if kind == "help":
            is_there = name in _library() and _is_readable(name)
            return f'<a href="{escape(url_for("core.help_view", name=name))}">{text}</a>' if is_there else text
        is_there = name in _app().screens and is_open(name)
        return f'<a href="{escape(url_for(name))}" hx-boost="false">{text}</a>' if is_there else text

    html = (
        _LEVEL_2.sub(r"\1h3", page.html) if _is_beside() else page.html
    )  # beside a page, its title is a heading itself
    return Markup(LINK.sub(link, html))  # noqa: S704 (rendered from a file of ours, its own HTML escaped)


def _library() -> Library:
    return cast(Library, current_app.extensions["kontor.help"])


def _app() -> Kontor:
    return cast(Kontor, current_app)

"""The steps by which `create_app` puts the web application together."""

from functools import partial
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel, get_locale
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app import formats
from app.company import core_files
from app.documents import STATES, states_of
from app.documents.queries import document_title
from app.jobs.cron import cron_words
from app.jobs.models import STATES as JOB_STATES
from app.reference.rules import LANGUAGES
from app.reference.units import unit_word
from app.version import VERSION
from app.web.admin.recorded import noun_word
from app.web.admin.words import role_word
from app.web.edge import sign_in
from app.web.edge.cookies import Cookies
from app.web.edge.request import Kontor, current_company
from app.web.edge.routing import Routes, declared_needs, fresh, screens_of, self_committing, takes, unattended
from app.web.kit import assets, scripts
from app.web.kit.cards import begin_keys, begins_of, declare_tab, panels_of, tab_bar
from app.web.kit.choices import currency_by_country
from app.web.kit.custom_fields import custom_facts
from app.web.kit.documents.journal import document_address, state_shown
from app.web.kit.favourites import favourite_here
from app.web.kit.fingers import for_fingers
from app.web.kit.imports import imports_here
from app.web.kit.left_out import said_of_left_out
from app.web.kit.lines.creating import creates_of, is_making
from app.web.kit.lines.matrices import matrices_of
from app.web.kit.menu import navigation
from app.web.kit.phones import phone_links
from app.writable import Writable


def proxies(app: Kontor) -> None:
    """Believe what the proxies before the server say of where a request comes from, and nobody else."""
    count = app.company.config.proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.session_interface = Cookies()


def languages(app: Kontor) -> None:
    """English, Russian, Vietnamese: the user's own, else the browser's. Every module brings its catalogs."""
    folders = ["translations"] + [
        str(m.folder / "translations") for m in app.company.installed.values() if m.manifest is not None
    ]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)

    def chosen() -> str:
        actor = g.get("actor")
        return (actor and actor.locale) or request.accept_languages.best_match(LANGUAGES) or "en"

    Babel(app, locale_selector=chosen)


class RowNumber(IntegerConverter):
    """The number of a row in an address; one that no database can hold is nobody's, so there is no such page."""

    def __init__(self, map: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": 2**63 - 1, **options})


def pages_of_the_core(app: Kontor) -> None:
    """Sign-in, first run, home, account, administration, lists, search, health."""
    from app.web import pages
    from app.web.core import routes
    from app.web.pages import guesses, help, keeping

    pages.load()
    app.url_map.converters["int"] = RowNumber
    app.register_blueprint(routes)
    guesses.install(app)
    sign_in.manager.init_app(app, add_context_processor=False)  # a page that says what failed asks nothing more
    assets.install(app)
    scripts.install(app)
    keeping.install(app)
    help.install(app)
    app.context_processor(_page_context)
    for name in ("money", "price", "number", "day", "moment"):
        app.jinja_env.filters[name] = getattr(formats, name)
    app.jinja_env.filters |= {"phones": phone_links, "for_fingers": for_fingers}
    app.jinja_env.filters |= {"role_word": role_word, "unit_word": unit_word, "noun_word": noun_word}
    app.jinja_env.globals.update(
        get_locale=get_locale,
        unusual_digits=formats.unusual_digits,
        document_address=document_address,
        state_shown=state_shown,
        document_title=document_title,
        document_states=STATES,
        states_of=states_of,
        job_states=JOB_STATES,
        facts_of=custom_facts,
        cron_words=cron_words,
        favourite_here=favourite_here,
        tab_bar=tab_bar,
        panels_of=panels_of,
        begin_keys=begin_keys,
        begins_of=begins_of,
        currency_by_country=currency_by_country,
        creates_of=creates_of,
        matrices_of=matrices_of,
        is_making=is_making,
        imports_here=imports_here,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _page_context() -> dict[str, Any]:
    """What the layout of every page needs: who is here, and where they may go."""
    company, actor = current_company(), g.get("actor")
    if actor is not None and actor.partner is not None:
        actor = None  # whose pages have nothing beside them
    return {
        "actor": actor,
        "company": company,
        "own_name": company.name_for(actor),
        "navigation": partial(navigation, company, actor, request.endpoint or ""),
        "point": formats.separators(),
        "unread": g.get("unread", 0),
        "said_of_left_out": said_of_left_out,
    }


def pages_of_modules(app: Kontor) -> None:
    """Every installed module's routes, whether it is on or not: the gate asks at each request."""
    for module in app.company.installed.values():
        routes = module.attribute("routes", "routes")
        if module.manifest is not None and isinstance(routes, Routes):
            app.register_blueprint(routes)


def cards(app: Kontor) -> None:
    """The page of every tab that a module, or the core, adds to a card."""
    modules = [m for m in (*app.company.installed.values(), core_files()) if m.manifest is not None]
    app.needs = {declare_tab(app, m, tab): tab.needs for m in modules for tab in m.manifest.tabs}  # type: ignore[union-attr]
    app.screens = {f"{m.name}.{tab.name}": tab.help or tab.target for m in modules for tab in m.manifest.tabs}  # type: ignore[union-attr]


def jobs(app: Kontor) -> None:
    """Background jobs; the server starts their threads."""
    from app.jobs.worker import Jobs

    app.extensions["kontor.jobs"] = Jobs(app, app.company)


def watch(app: Kontor) -> None:
    """What `/healthz` tries."""
    app.extensions["kontor.writable"] = Writable(app.company.database, app.company.config.data_dir)


def headers(app: Flask) -> None:
    """Security headers on every answer; pages are compressed where that is safe."""
    from app.web.edge.compression import compress
    from app.web.edge.headers import set_headers

    app.after_request(set_headers)
    app.after_request(compress)


def logs(app: Flask) -> None:
    """A structured line per request."""
    from app.logs import log_requests

    log_requests(app)


def gate(app: Kontor) -> None:
    """Know what every route needs; a route that does not say keeps the program from starting."""
    app.needs, app.self_committing, app.fresh = declared_needs(app, app.needs), self_committing(app), fresh(app)
    app.unattended = unattended(app)
    app.takes = takes(app)
    app.screens = {**screens_of(app), **app.screens}
    app.jinja_env.globals["version"] = VERSION

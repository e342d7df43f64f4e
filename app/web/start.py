"""The steps by which `create_app` puts the web application together."""

from functools import partial
from typing import Any

import structlog
from flask import Flask, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import escape
from sqlalchemy.exc import DataError, OperationalError, StatementError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app.documents import STATES
from app.errors import Forbidden, KontorError
from app.reference.rules import LANGUAGES
from app.values import OutOfRange
from app.version import VERSION
from app.web import assets, formats
from app.web.choices import currency_by_country
from app.web.custom_fields import custom_facts
from app.web.edge import Kontor, current_company
from app.web.journal import document_address, document_title
from app.web.menu import menu_of, navigation
from app.web.resend import SignIn, again_page, is_kept, sign_in_page
from app.web.routing import Routes, declared_needs, self_committing

csrf = CSRFProtect()
_log = structlog.get_logger()


class Cookies(SecureCookieSessionInterface):
    """Cookies that came over HTTPS go nowhere else."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


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
    # A lazy text would pass for HTML as it is, with whatever the user typed that it quotes.
    LazyString.__html__ = lambda text: escape(str(text))  # type: ignore[method-assign]


class RowNumber(IntegerConverter):
    """The number of a row in an address; one that no database can hold is nobody's, so there is no such page."""

    def __init__(self, map: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": 2**63 - 1, **options})


def pages_of_the_core(app: Kontor) -> None:
    """Sign-in, first run, home, account, administration, lists, search, health."""
    from app.web import keeping, pages
    from app.web.core import routes
    from app.web.shell import limiter

    pages.load()
    app.url_map.converters["int"] = RowNumber
    app.register_blueprint(routes)
    limiter.init_app(app)
    formats.install(app)
    assets.install(app)
    keeping.install(app)
    app.context_processor(_page_context)
    app.jinja_env.globals.update(
        document_address=document_address,
        document_title=document_title,
        document_states=STATES,
        facts_of=custom_facts,
        currency_by_country=currency_by_country,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _page_context() -> dict[str, Any]:
    """What the layout of every page needs: who is here, and where he may go."""
    company, actor = current_company(), g.get("actor")
    return {
        "actor": actor,
        "company": company,
        "menu": menu_of(company, actor),
        "navigation": partial(navigation, company, actor),
        "point": formats.separators(),
    }


def pages_of_modules(app: Kontor) -> None:
    """Every installed module's routes, whether it is on or not: the gate asks at each request."""
    for module in app.company.installed.values():
        routes = module.attribute("routes", "routes")
        if module.manifest is not None and isinstance(routes, Routes):
            app.register_blueprint(routes)


def jobs(app: Kontor) -> None:
    """Background jobs; the server starts their threads."""
    from app.jobs.worker import Jobs

    app.extensions["kontor.jobs"] = Jobs(app, app.company)


def refusals(app: Kontor) -> None:
    """Every refusal is a page (or JSON for the API) that says what to do; nothing shows a traceback."""
    csrf.init_app(app)

    @app.errorhandler(KontorError)
    def refused(error: KontorError) -> Any:
        return _answer(error.status, str(error.message))

    @app.errorhandler(Forbidden)
    def forbidden(error: Forbidden) -> Any:
        right = current_company().title_of_right(error.needs)
        return _answer(
            403, _("You may not do this: it needs the right “%(right)s”. Ask an administrator.", right=right)
        )

    @app.errorhandler(OperationalError)
    def unreachable(error: OperationalError) -> Any:
        """The database is down, or others have held what was needed for longer than anybody waits."""
        _log.error("database.unreachable", path=request.path, fault=str(error.orig)[:200])
        message = _("The database can't be reached, or is too busy.")
        kept = again_page(message) if is_kept() and g.get("actor") else None
        page, status = (kept, 503) if kept else _answer(503, message)
        return page, status, {"Retry-After": "5"}

    @app.errorhandler(DataError)
    @app.errorhandler(OutOfRange)
    @app.errorhandler(OverflowError)
    def too_large(error: Exception) -> Any:
        _log.warning("request.too_large", path=request.path, fault=str(error)[:200])
        return _answer(422, _("Something entered is too long or too large. Go back, shorten it and send it again."))

    @app.errorhandler(StatementError)
    def unfit(error: StatementError) -> Any:
        return too_large(error.orig) if isinstance(error.orig, (OutOfRange, OverflowError)) else failed(error)

    @app.errorhandler(CSRFError)
    def stale(error: CSRFError) -> Any:
        app.find_actor()
        page = again_page() if is_kept() and g.get("actor") else None
        if page is None and is_kept() and request.endpoint != "core.login":
            return sign_in_page(SignIn(formdata=None), 400)
        return (page, 400) if page else _answer(400, "", template="errors/csrf.html")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is not None and error.code < 400:
            return error
        # werkzeug's own words are English, and mean nothing to the user
        plain = error.code in (404, 405) and not request.path.startswith("/api/")
        return _answer(error.code or 500, "" if plain else error.description or "")

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        _log.exception("request.failed", method=request.method, path=request.path)
        return _answer(500, "")


def _answer(status: int, message: str, *, template: str | None = None) -> Any:
    if request.path.startswith("/api/") or request.endpoint == "core.health":
        return {"error": message, "status": status}, status
    return render_template(template or "errors/refused.html", status=status, message=message), status


def headers(app: Flask) -> None:
    """Security headers on every answer."""
    from app.web.headers import set_headers

    app.after_request(set_headers)


def logs(app: Flask) -> None:
    """A structured line per request."""
    from app.logs import log_requests

    log_requests(app)


def gate(app: Kontor) -> None:
    """Know what every route needs; a route that does not say keeps the program from starting."""
    app.needs, app.self_committing = declared_needs(app), self_committing(app)
    app.jinja_env.globals["version"] = VERSION

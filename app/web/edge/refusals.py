"""What a refusal looks like: a page, or JSON for the API, that says what to do; nothing shows a traceback."""

import errno
from typing import Any

import structlog
from flask import g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, StatementError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.errors import Forbidden, Invalid, KontorError
from app.logs import logged_path
from app.translation import lazy_gettext as _l
from app.values import OutOfRange
from app.web.edge.bodies import csrf
from app.web.edge.content import refuse_other_bodies
from app.web.edge.request import Kontor, current_company
from app.web.edge.resend import SignIn, again_page, is_kept, sign_in_page
from app.web.edge.sign_in import is_api

_TOO_LARGE = _l("Something entered is too long or too large. Go back, shorten it and send it again.")
_FULL = _l(
    "What you sent can't be kept: the server's disk is full or can't be written to. Tell an administrator, and send it again."
)
#: how a system says that a file can't grow
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
_UNREADABLE = _l("Something entered holds a character that can't be kept. Go back, remove it and send it again.")
_log = structlog.get_logger()


def refusals(app: Kontor) -> None:
    """Every refusal is a page (or JSON for the API) that says what to do; nothing shows a traceback."""
    refuse_other_bodies(app)
    csrf.init_app(app)

    @app.errorhandler(KontorError)
    def refused(error: KontorError) -> Any:
        if isinstance(error, Invalid) and request.headers.get("HX-Target") == "list":
            return render_template("list_refused.html", problem=error.message)  # htmx drops what isn't well
        return _answer(error.status, str(error.message))

    @app.errorhandler(Forbidden)
    def forbidden(error: Forbidden) -> Any:
        what, company = f"{request.method} {request.endpoint}", current_company()
        company.refused_acts.note(company.database, g.get("actor"), error.needs, what)
        right = current_company().title_of_right(error.needs)
        return _answer(
            403, _("You may not do this: it needs the right “%(right)s”. Ask an administrator.", right=right)
        )

    @app.errorhandler(OperationalError)
    def unreachable(error: OperationalError) -> Any:
        """The database is down, or others have held what was needed for longer than anybody waits."""
        _log.error("database.unreachable", path=logged_path(request.path), error=str(error.orig)[:200])
        message = _("The database can't be reached, or is too busy.")
        kept = again_page(message) if is_kept() and g.get("actor") else None
        page, status = (kept, 503) if kept else _answer(503, message)
        return page, status, {"Retry-After": "5"}

    @app.errorhandler(RequestEntityTooLarge)
    def too_much(_error: RequestEntityTooLarge) -> Any:
        """Nothing of it was read, and nothing can be kept."""
        return _answer(413, str(_TOO_LARGE))

    @app.errorhandler(DataError)
    @app.errorhandler(OutOfRange)
    @app.errorhandler(OverflowError)
    def too_large(error: Exception) -> Any:
        _log.warning("request.too_large", path=logged_path(request.path), error=str(error)[:200])
        return _answer(422, str(_TOO_LARGE))

    @app.errorhandler(UnicodeEncodeError)
    def unreadable(error: UnicodeEncodeError) -> Any:
        """Half a character, such as JSON can write: no database and no page takes it."""
        _log.warning("request.unreadable", path=logged_path(request.path), error=str(error.reason))
        return _answer(422, str(_UNREADABLE))

    @app.errorhandler(OSError)
    def no_room(error: OSError) -> Any:
        if error.errno not in _NO_ROOM:
            return failed(error)
        _log.error("disk.full", path=logged_path(request.path), error=str(error.strerror))
        return _answer(503, str(_FULL))

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
        plain = error.code in (404, 405, 415) and not is_api()
        return _answer(error.code or 500, "" if plain else error.description or "")

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        _log.exception("request.failed", method=request.method, path=logged_path(request.path))
        return _answer(500, "")


def _answer(status: int, message: str, *, template: str | None = None) -> Any:
    if is_api() or request.endpoint == "core.health":
        return {"error": message, "status": status}, status
    return render_template(template or "errors/refused.html", status=status, message=message), status

"""Kontor's core: it knows documents, registers, rights and pages, and no module by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config import Config
    from app.web.edge.request import Kontor


def create_app(config: Config | None = None) -> Kontor:
    """The web application of one company. Every step may refuse to go on; nothing is half started."""
    # Here and not above: pure rules import `app.…` without Flask.
    from app.company import Company
    from app.config import Config
    from app.web import start
    from app.web.edge.bodies import FIELDS, FORM, USUAL
    from app.web.edge.refusals import refusals
    from app.web.edge.request import Kontor

    app = Kontor(__name__.partition(".")[0], static_folder="web/static", template_folder="web/templates")
    app.company = Company(config or Config.load())
    app.config.update(
        SECRET_KEY=app.company.config.secret_key,
        MAX_CONTENT_LENGTH=USUAL,
        MAX_FORM_MEMORY_SIZE=FORM,
        MAX_FORM_PARTS=FIELDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # it ends when the login in the database does, whatever is asked meanwhile
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate does, behind the question who asks
    )
    start.proxies(app)
    start.languages(app)
    start.pages_of_the_core(app)
    start.pages_of_modules(app)
    start.cards(app)
    start.jobs(app)
    start.watch(app)
    refusals(app)
    start.headers(app)
    start.logs(app)
    start.gate(app)
    return app

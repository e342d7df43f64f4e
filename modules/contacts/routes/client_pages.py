"""The pages of clients: coming in by a link or a sign-in of their own, and reading what is theirs.

They have a cookie of their own, which is sent to these pages alone. No page of staff takes it, and none of these takes theirs.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import utc_now, wall_clock
from app.api.errors import Invalid, KontorError, NotFound
from app.api.security import SYSTEM, Actor
from app.api.web import (
    DOOR,
    PARTNER,
    current_company,
    current_session,
    named,
    secret_in_address,
    seldom,
    send_pdf,
    sheet_pdf,
    sheet_title,
    sheets_of,
)
from modules.contacts.clients.finding import (
    NOTED_EVERY,
    Client,
    client_by_secret,
    enter,
    leave,
    note_opened,
    note_opening,
)
from modules.contacts.clients.forms import SignInForm
from modules.contacts.clients.mailing import ask_for_link
from modules.contacts.clients.models import DOCUMENTS, OPEN_ITEMS, PARTS, STATEMENT
from modules.contacts.clients.reading import PAGE, document_of_client, documents_of_client, shown_kinds
from modules.contacts.families import family_of
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import open_items_of, open_sums, statement_of, turnovers_of
from modules.contacts.routes.blueprint import routes
from modules.contacts.statement_pdf import statement_pdf

#: what shows → its page
_PAGES = {
    STATEMENT: "contacts.client_statement",
    OPEN_ITEMS: "contacts.client_open_items",
    DOCUMENTS: "contacts.client_documents",
}
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@routes.after_request
def _say_nothing_elsewhere(response: Response) -> Response:
    """No page of clients is kept, found by search engines, or named to where it leads."""
    if routes.needs.get(str(request.endpoint)) in (DOOR, PARTNER):
        response.headers.update(_HEADERS)
    return response


def _find(session: Session) -> Actor | None:
    secret = request.cookies.get(_cookie(), "")
    g.client = client_by_secret(session, secret) if secret else None
    return g.client.actor if g.client is not None else None


def _nobody() -> Any:
    return render_template("contacts/client/nothing.html"), 404


routes.know_partners(_find, _nobody)

_Page = Callable[..., Any]


def _of_client(part: str | None) -> Callable[[_Page], _Page]:
    """A page that shows `part` to whom it was given; a refusal is said on a page of clients."""

    def declare(page: _Page) -> _Page:
        @wraps(page)
        def shown(**arguments: Any) -> Any:
            client: Client = g.client
            if part is not None and part not in client.parts:
                return _nobody()
            _note(client)
            try:
                return page(client, **arguments)
            except KontorError as error:
                said = {"message": error.message if error.status != 404 else _("There is no such page.")}
                return render_template("contacts/client/refused.html", **_known(client), **said), error.status

        return shown

    return declare


def _note(client: Client) -> None:
    if client.opened_at is None or client.opened_at + NOTED_EVERY < utc_now():
        current_company().database.run_if_free(lambda s: note_opened(s, client.access_id), actor=SYSTEM)


def _known(client: Client) -> dict[str, Any]:
    pages = [(PARTS[part], url_for(_PAGES[part]), _PAGES[part]) for part in PARTS if part in client.parts]
    contact = contact_by_id(current_session(), client.contact_id)
    return {"client": client, "contact": contact, "pages": pages}


@routes.get("/client/open/<secret>", needs=DOOR, help=None)
@secret_in_address
def client_open(secret: str) -> Any:
    """A link that staff gave: the browser keeps its secret, and the address is left at once."""
    client = current_company().database.run(lambda s: client_by_secret(s, secret), actor=SYSTEM, write=False)
    if client is None or client.is_signed_in:
        g.is_wrong_password = True
        return _nobody()
    if request.method == "GET":  # HEAD is sent by what looks at mails, not by whoever reads them
        current_company().database.run_if_free(lambda s: _came(s, client), actor=SYSTEM)
    return _with_cookie(redirect(url_for("contacts.client_home")), secret)


def _came(session: Session, client: Client) -> None:
    note_opened(session, client.access_id)
    note_opening(session, client)


@routes.form("/client/sign-in", needs=DOOR, help=None, self_committing=True)
@seldom
def client_sign_in() -> Any:
    """Ask for a link that signs in once. Everybody is answered alike, whomever the program knows."""
    form = SignInForm()
    is_asked = form.validate_on_submit()
    if is_asked:
        email = str(form.email.data)[:254]
        current_company().database.run(lambda s: ask_for_link(s, email), actor=SYSTEM)
    return render_template("contacts/client/sign_in.html", form=form, is_asked=is_asked)


@routes.form("/client/enter/<secret>", needs=DOOR, help=None, self_committing=True)
@secret_in_address
def client_enter(secret: str) -> Any:
    """A link that signs in once. It is taken by a click: what looks at mails opens addresses, but sends no forms."""
    if request.method != "POST":
        return render_template("contacts/client/enter.html")
    found = current_company().database.run(lambda s: enter(s, secret), actor=SYSTEM)
    if found is None:
        g.is_wrong_password = True
        return _nobody()
    return _with_cookie(redirect(url_for("contacts.client_home")), found[1])


@routes.post("/client/sign-out", needs=PARTNER)
@_of_client(None)
def client_sign_out(client: Client) -> Any:
    """The browser keeps nothing."""
    leave(current_session(), request.cookies.get(_cookie(), ""))
    answer = make_response(redirect(url_for("contacts.client_sign_in")))
    answer.delete_cookie(_cookie(), path=_path(), secure=request.is_secure, httponly=True, samesite="Lax")
    return answer


@routes.get("/client/", needs=PARTNER, help=None)
@_of_client(None)
def client_home(client: Client) -> Any:
    """The first of what is shown."""
    return redirect(url_for(next(_PAGES[part] for part in PARTS if part in client.parts)))


@routes.get("/client/statement", needs=PARTNER, help=None)
@_of_client(STATEMENT)
def client_statement(client: Client) -> Any:
    """The client's statement for a period, by currency; `?as=pdf` gives the file."""
    session, known = current_session(), _known(client)
    today = wall_clock().date()
    since, until = _day("since", today - timedelta(days=365)), _day("until", today)
    found = statement_of(session, client.contact_id, since, until)
    if request.args.get("as") == "pdf":
        pdf = statement_pdf(session, known["contact"], since, until, found, without_reversed=False)
        return send_pdf(pdf, named(_("Statement"), client.code, since, until))
    values = {"since": since, "until": until, "statements": found, "turnovers_of": turnovers_of}
    return render_template("contacts/client/statement.html", **known, **values)


@routes.get("/client/open-items", needs=PARTNER, help=None)
@_of_client(OPEN_ITEMS)
def client_open_items(client: Client) -> Any:
    """What is open, the oldest first, and what it comes to by currency."""
    session = current_session()
    items = open_items_of(session, client.contact_id)
    sums = open_sums(session, family_of(session, client.contact_id))
    values = {"items": items, "sums": sums, "today": wall_clock().date(), "sheets": _readable(client)}
    return render_template("contacts/client/open_items.html", **_known(client), **values)


@routes.get("/client/documents", needs=PARTNER, help=None)
@_of_client(DOCUMENTS)
def client_documents(client: Client) -> Any:
    """The client's documents, the latest first, each with its sheets as PDF."""
    session, kinds = current_session(), _readable(client)
    before = request.args.get("before", "")
    if before and not (before.isdecimal() and len(before) < 18):
        raise NotFound
    found = documents_of_client(session, kinds, before=int(before) if before else None)
    rows = [(each, sheets_of(session, current_company(), each)) for each in found[:PAGE]]
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("contacts/client/documents.html", **_known(client), rows=rows, following=following)


@routes.get("/client/documents/<int:document_id>", needs=PARTNER, help=None)
@_of_client(DOCUMENTS)
def client_document(client: Client, document_id: int) -> Any:
    """One of a document's sheets as PDF; `?sheet=` names another than its own."""
    session, company, sheet = current_session(), current_company(), request.args.get("sheet", "")
    document = document_of_client(session, _readable(client), document_id)
    pdf = sheet_pdf(session, company, document, sheet)
    return send_pdf(pdf, sheet_title(session, company, document, sheet))


def _readable(client: Client) -> list[str]:
    return shown_kinds(current_company().is_on) if DOCUMENTS in client.parts else []


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name) or otherwise.isoformat())
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31."), field=name) from None


def _cookie() -> str:
    return "__Secure-client" if request.is_secure else "client"


def _path() -> str:
    return f"{request.script_root}/client"


def _with_cookie(answer: Any, secret: str) -> Response:
    made = make_response(answer)
    made.set_cookie(_cookie(), secret, path=_path(), secure=request.is_secure, httponly=True, samesite="Lax")
    return made

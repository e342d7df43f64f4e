"""The page of a quote for whom it is made: opened by a private link, read, answered. And for staff: links given and revoked.

A link's secret is kept by the browser in a cookie of its own, which is sent to that quote's pages alone; the address is left at
once. No page of staff takes it.
"""

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.documents import kind_of
from app.api.errors import KontorError, NotFound
from app.api.reference import organisation
from app.api.security import SYSTEM, Actor
from app.api.web import (
    DOOR,
    PARTNER,
    current_actor,
    current_company,
    current_session,
    secret_in_address,
    seldom,
    send_pdf,
    sheet_pdf,
    sheets_of,
)
from modules.contacts.api import contact_by_id, language_of
from modules.trade.answers.links import Reader, give_link, note_opened, reader_by_secret, revoke_link
from modules.trade.answers.models import ANSWERS
from modules.trade.answers.operations import answer_quote, final_answer, why_closed
from modules.trade.blueprint import routes
from modules.trade.models import Quote

_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@routes.after_request
def _say_nothing_elsewhere(response: Response) -> Response:
    if routes.needs.get(str(request.endpoint)) in (DOOR, PARTNER):
        response.headers.update(_HEADERS)
    return response


def _find(session: Session) -> Actor | None:
    link_id = (request.view_args or {}).get("link_id")
    secret = request.cookies.get(_cookie(link_id), "")
    reader = reader_by_secret(session, secret) if secret else None
    g.reader = reader if reader is not None and reader.link_id == link_id else None
    return g.reader.actor if g.reader is not None else None


def _nobody() -> Any:
    return render_template("trade/client/nothing.html"), 404


routes.know_partners(_find, _nobody)


@routes.get("/offer/open/<secret>", needs=DOOR, help=None)
@secret_in_address
def offer_open(secret: str) -> Any:
    """A link that was mailed: the browser keeps its secret, and the address is left at once."""
    database = current_company().database
    reader = database.run(lambda s: reader_by_secret(s, secret), actor=SYSTEM, write=False)
    if reader is None:
        g.is_wrong_password = True
        return _nobody()
    if reader.is_new and request.method == "GET":  # HEAD is sent by what looks at mails
        database.run_if_free(lambda s: note_opened(s, reader.link_id), actor=SYSTEM)
    answer = make_response(redirect(url_for("trade.offer", link_id=reader.link_id)))
    answer.set_cookie(
        _cookie(reader.link_id),
        secret,
        path=f"{request.script_root}/offer/{reader.link_id}",
        max_age=30 * 24 * 3600,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


@routes.get("/offer/<int:link_id>", needs=PARTNER, help=None)
def offer(link_id: int) -> Any:
    """The version of the quote that the link is for, and what can be answered; of another one, that it is superseded."""
    del link_id
    return _page(g.reader)


@routes.get("/offer/<int:link_id>/pdf", needs=PARTNER, help=None)
def offer_pdf(link_id: int) -> Any:
    """The same as PDF. Refused (NotFound): once there is a newer version."""
    del link_id
    session, company, quote = current_session(), current_company(), _quote(g.reader)
    if quote.version != g.reader.version or quote.state == "reversed":
        return _nobody()
    sheets = sheets_of(session, company, quote)
    sheet = next((each.name for each in sheets if each.is_form), "")
    return send_pdf(sheet_pdf(session, company, quote, sheet), str(quote.number))


@routes.post("/offer/<int:link_id>/answer", needs=PARTNER, self_committing=True)
@seldom
def offer_answer(link_id: int) -> Any:
    """Accept, decline or ask. What is refused is said on the same page, and nothing has changed."""
    reader, address = g.reader, request.remote_addr or ""
    verb, name, text = (request.form.get(field, "") for field in ("verb", "name", "text"))

    def answer(session: Session) -> None:
        answer_quote(session, reader, verb, name=name, text=text, address=address)

    try:
        current_company().database.run(answer, actor=SYSTEM)
    except KontorError as error:
        return _page(reader, refused=error, name=name, text=text), error.status
    return redirect(url_for("trade.offer", link_id=link_id, answered=verb))


def _page(reader: Reader, *, refused: KontorError | None = None, **said: str) -> str:
    session = current_session()
    quote = _quote(reader)
    final, why = final_answer(session, quote), why_closed(quote, reader.version)
    is_shown = quote.version == reader.version and quote.state != "reversed"
    paper = kind_of(quote).paper(session, quote) if is_shown else None
    for line in paper.lines if paper is not None else ():
        line["aside"] = None  # how it was priced is the company's own
    answered = request.args.get("answered", "")
    return render_template(
        "trade/client/offer.html",
        quote=quote,
        reader=reader,
        paper=paper,
        final=final if is_shown else None,
        answers=ANSWERS,
        why=why,
        refused=refused,
        said=said,
        thanks=answered if answered in ANSWERS else "",
    )


def _quote(reader: Reader) -> Quote:
    quote = current_session().get(Quote, reader.document_id)
    if quote is None:
        raise NotFound
    return quote


def _cookie(link_id: Any) -> str:
    return f"__Secure-offer-{link_id}" if request.is_secure else f"offer-{link_id}"


@routes.post("/trade/quotes/<int:document_id>/links", needs="trade.quote.post")
def quote_link_give(document_id: int) -> Any:
    """A link to the quote as it stands, shown this once."""
    session = current_session()
    quote = session.get(Quote, document_id)
    if quote is None:
        raise NotFound
    back = url_for("trade.quote_answers", document_id=document_id)
    try:
        contact = contact_by_id(session, quote.contact_id)
        language = language_of(contact, organisation(session).country)
        secret = give_link(session, current_actor(), quote, language=language)
    except KontorError as error:
        flash(str(error), "error")
        return redirect(back)
    return render_template("trade/offer_link.html", quote=quote, link=address_of(site(), secret), back=back)


@routes.post("/trade/quotes/links/<int:link_id>/revoke", needs="trade.quote.post")
def quote_link_revoke(link_id: int) -> Any:
    """It opens nothing any more."""
    link = revoke_link(current_session(), current_actor(), link_id)
    flash(_("Revoked: it opens nothing any more."), "success")
    return redirect(url_for("trade.quote_answers", document_id=link.document_id))


def site() -> str:
    """The address of this program: as it is set, or as whoever asks has it before them."""
    return str(current_company().config.site or request.url_root).rstrip("/")


def address_of(site: str, secret: str) -> str:
    """Where a link's secret is taken."""
    return f"{site}/offer/open/{secret}"

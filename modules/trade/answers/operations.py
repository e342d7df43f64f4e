"""What a customer answers to a quote: once accepted or declined it stays so; questions may be several."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import close, locked, save
from app.api.errors import Conflict, Invalid
from app.api.notifications import notify_users
from app.api.reference import books_of
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from app.api.texts import one_line, visible
from modules.trade.answers.links import Reader
from modules.trade.answers.models import ACCEPTED, ANSWERS, ASKED, DECLINED, QuoteAnswer, QuoteLink
from modules.trade.making import order_of
from modules.trade.models import Quote, SalesOrder
from modules.trade.notifications import quote_answered

#: questions that one quote takes
MOST_QUESTIONS = 20


def why_closed(quote: Quote, version: int) -> Any:
    """Why nobody can accept this version of the quote any more; None: it can be accepted."""
    if quote.state == "reversed":
        return _l("This quote was cancelled.")
    if quote.version != version:
        return _l("There is a newer version of this quote. Ask for a link to it.")
    if quote.state == "closed":
        return _l("This quote is closed.")
    if quote.valid_until is not None and quote.valid_until < wall_clock().date():
        return _l("This quote has expired. Ask for a new one.")
    return None


def final_answer(session: Session, quote: Quote) -> QuoteAnswer | None:
    """How the quote was answered for good; None: not yet."""
    asked = select(QuoteAnswer).where(QuoteAnswer.document_id == quote.id, QuoteAnswer.version == quote.version)
    return session.scalars(asked.where(QuoteAnswer.verb != ASKED).order_by(QuoteAnswer.id.desc()).limit(1)).first()


def answer_quote(session: Session, reader: Reader, verb: str, *, name: str, text: str, address: str) -> QuoteAnswer:
    """Keep what the customer answers, and notify whoever is responsible, or else gave the link. Accepting makes a draft order
    where the quote says so, in the books that the quote is in; declining closes the quote.

    Refused: without a name, or a text where it is declined or asked about (Invalid); a version that is superseded, expired or
    cancelled, one that was accepted or declined before, too many questions (Conflict).
    """
    name, text = one_line(name)[:120], visible(text, one_blank=False)[:4000]
    if verb not in ANSWERS:
        raise Invalid(_l("Choose from the list."), field="verb")
    if not name:
        raise Invalid(_l("Type your name."), field="name")
    if verb != ACCEPTED and not text:
        raise Invalid(_l("Write why, or what you would like to know."), field="text")
    quote = locked(session, Quote, reader.document_id)
    why, final = why_closed(quote, reader.version), final_answer(session, quote)
    if final is not None:
        raise Conflict(_l("This quote was answered before: %(what)s.", what=ANSWERS[final.verb]))
    if why is not None:
        raise Conflict(why)
    if verb == ASKED:
        _refuse_flood(session, quote)
    answer = QuoteAnswer(
        document_id=quote.id,
        link_id=reader.link_id,
        version=quote.version,
        verb=verb,
        name=name,
        text=text,
        address=address[:45],
    )
    session.add(answer)
    session.flush()
    record(
        session,
        f"trade.quote.{verb}",
        subject="trade.quote",
        subject_id=quote.id,
        summary=str(quote.number),
        actor=reader.actor,
    )
    with books_of(session, quote.organisation_id) as acting:
        if verb == ACCEPTED and quote.makes_order:
            draft = order_of(session, quote)
            draft.responsible_id, draft.operation_id = (
                quote.responsible_id,
                f"quote {quote.id}.{quote.version} accepted",
            )
            if draft.lines:
                save(session, acting, SalesOrder, draft)
        if verb == DECLINED:
            close(session, acting, quote)
    giver = session.scalar(select(QuoteLink.user_id).where(QuoteLink.id == reader.link_id))
    hears = quote.responsible_id or giver
    notify_users(
        session,
        quote_answered,
        text=_said(verb, name=name, number=quote.number),
        to=[hears] if hears is not None else [],
        link=f"/trade/quotes/{quote.id}",
        organisation=quote.organisation_id,
        record=quote,
    )
    return answer


def _said(verb: str, **what: object) -> object:
    if verb == ACCEPTED:
        return _l("%(name)s accepts %(number)s.", **what)
    if verb == DECLINED:
        return _l("%(name)s declines %(number)s.", **what)
    return _l("%(name)s asks about %(number)s.", **what)


def _refuse_flood(session: Session, quote: Quote) -> None:
    asked = select(func.count(QuoteAnswer.id)).where(QuoteAnswer.document_id == quote.id, QuoteAnswer.verb == ASKED)
    if session.scalars(asked).one() >= MOST_QUESTIONS:
        raise Conflict(_l("There are many questions already. Please call us."))

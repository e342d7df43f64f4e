"""What a quote's card shows of its customer's answers."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.api.clock import on_the_wall
from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from app.api.web import Shown, current_actor
from modules.trade.answers.links import answers_to, links_of
from modules.trade.answers.models import ACCEPTED, ANSWERS, ASKED
from modules.trade.answers.operations import final_answer
from modules.trade.models import Quote


def quote_answers(session: Session, quote: Quote) -> Shown:
    """Its links and what was answered by them; for who may, a button that gives one."""
    links = links_of(session, quote.id)
    may_give = current_actor().may("trade.quote.post")
    values = {"quote": quote, "links": links, "answers": answers_to(session, quote.id), "words": ANSWERS}
    return Shown("trade/quote_answers.html", {**values, "may_give": may_give})


def answer_facts(session: Session, quote: Quote) -> Iterator[Fact]:
    """By whom and when the quote was accepted or declined; the latest question, while it has no other answer."""
    final = final_answer(session, quote)
    answer = final or next((a for a in answers_to(session, quote.id) if a.verb == ASKED), None)
    if answer is None:
        return
    title = _l("Accepted by") if answer.verb == ACCEPTED else _l("Asked by")
    if final is not None and final.verb != ACCEPTED:
        title = _l("Declined by")
    yield Fact(title, answer.name)
    yield Fact(_l("When"), on_the_wall(answer.answered_at), "moment")
    yield Fact(_l("From the address"), answer.address)
    yield Fact(_l("What they wrote"), answer.text or None)

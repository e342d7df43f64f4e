"""A customer answers a quote by a private link: once, the version that they read, and nothing else is open to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import wall_clock
from app.db import utc_now
from app.documents import Document, correct, kind_of, post, reverse, save
from app.errors import Conflict, Forbidden, Invalid
from app.notifications import Notification
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.answers.links import give_link, reader_by_secret, revoke_link
from modules.trade.answers.models import QuoteAnswer, QuoteLink
from modules.trade.answers.operations import answer_quote
from modules.trade.drafts import QuoteDraft, TradeLineDraft
from modules.trade.models import Quote, SalesOrder
from modules.trade.todo.queries import parts
from modules.warehouse.operations import create_item


@pytest.fixture
def quote(company: Any, employ: Any) -> tuple[int, Any]:
    """A quote of sofia's, two anvils at 10.00 for two weeks; and sofia as an actor."""
    sofia = employ("sofia", "salesperson")

    def work(session: Any) -> int:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", responsible_id=sofia.user_id)
        create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck GmbH")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        session.flush()
        until = (wall_clock() + timedelta(days=14)).date()
        line = TradeLineDraft(1, D(2), D(10), tax_rate=D(20))
        said = QuoteDraft(contact.id, [line], valid_until=until, makes_order=True, responsible_id=sofia.user_id)
        made = save(session, SYSTEM, Quote, said)
        post(session, SYSTEM, [made])
        return int(made.id)

    return company.database.run(work, actor=SYSTEM), sofia


def do(company: Any, work: Callable[[Any], Any], actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def link(company: Any, quote_id: int) -> str:
    return str(do(company, lambda s: give_link(s, SYSTEM, s.get(Quote, quote_id), language="en")))


def answer(company: Any, secret: str, verb: str = "accepted", name: str = "Ann Lee", text: str = "") -> None:
    def work(session: Any) -> None:
        reader = reader_by_secret(session, secret)
        assert reader is not None
        answer_quote(session, reader, verb, name=name, text=text, address="192.0.2.7")

    do(company, work)


def counts(company: Any) -> tuple[int, ...]:
    counted = (select(func.count()).select_from(m) for m in (QuoteAnswer, Document, Notification))
    return do(company, lambda s: tuple(s.scalar(each) for each in counted))


def test_a_quote_is_accepted_once_and_makes_a_draft_order_that_its_salesperson_hears_of(
    company: Any, quote: tuple[int, Any]
) -> None:
    quote_id, sofia = quote
    secret = link(company, quote_id)
    answer(company, secret, "asked", text="Is it black?")
    with pytest.raises(Invalid):
        answer(company, secret, name=" ")
    with pytest.raises(Invalid):
        answer(company, secret, "declined")
    answer(company, secret)
    before = counts(company)
    for verb in ("accepted", "declined", "asked"):
        with pytest.raises(Conflict):
            answer(company, secret, verb, text="again")
    assert counts(company) == before

    def look(session: Any) -> None:
        verbs = session.execute(select(QuoteAnswer.verb, QuoteAnswer.name, QuoteAnswer.address)).all()
        assert [tuple(row) for row in verbs] == [
            ("asked", "Ann Lee", "192.0.2.7"),
            ("accepted", "Ann Lee", "192.0.2.7"),
        ]
        order = session.scalars(select(SalesOrder)).one()
        assert (order.state, order.amount, order.responsible_id) == ("draft", D(24), sofia.user_id)
        assert order.origins == {1: (quote_id, 1)}
        texts = session.scalars(select(Notification.message).where(Notification.user_id == sofia.user_id)).all()
        assert texts == ["%(name)s asks about %(number)s.", "%(name)s accepts %(number)s."]

    do(company, look, sofia)


def test_declining_closes_the_quote(company: Any, quote: tuple[int, Any]) -> None:
    secret = link(company, quote[0])
    answer(company, secret, "declined", text="Too dear")
    assert do(company, lambda s: s.get(Quote, quote[0]).state) == "closed"
    assert do(company, lambda s: s.scalar(select(func.count(SalesOrder.id)))) == 0


def test_a_superseded_expired_or_cancelled_quote_cannot_be_accepted(company: Any, quote: tuple[int, Any]) -> None:
    quote_id, _ = quote
    old = link(company, quote_id)

    def dearer(session: Any, **said: Any) -> None:
        document = session.get(Quote, quote_id)
        draft = kind_of(document).draft_of(document)
        correct(session, SYSTEM, document, replace(draft, lines=[replace(draft.lines[0], price=D(11))], **said))

    do(company, dearer)
    with pytest.raises(Conflict, match="newer version"):
        answer(company, old)
    new = link(company, quote_id)
    past = wall_clock() - timedelta(days=9)
    do(company, lambda s: dearer(s, moment=past, valid_until=past.date()))
    with pytest.raises(Conflict, match="newer version"):
        answer(company, new)
    expired = link(company, quote_id)
    with pytest.raises(Conflict, match="expired"):
        answer(company, expired)
    do(company, lambda s: reverse(s, SYSTEM, s.get(Quote, quote_id)))
    with pytest.raises(Conflict, match="cancelled"):
        answer(company, expired)
    assert do(company, lambda s: s.scalar(select(func.count(QuoteAnswer.id)))) == 0


def test_a_link_opens_one_contacts_quotes_and_nothing_once_it_is_revoked_or_over(
    company: Any, employ: Any, quote: tuple[int, Any]
) -> None:
    quote_id, sofia = quote
    steve = employ("steve", "storekeeper")
    secret = link(company, quote_id)
    reader = do(company, lambda s: reader_by_secret(s, secret))
    assert do(company, lambda s: reader_by_secret(s, secret + "x")) is None

    def other(session: Any) -> None:
        made = save(session, SYSTEM, Quote, QuoteDraft(2, [TradeLineDraft(1, D(1), D(77))]))
        post(session, SYSTEM, [made])

    do(company, other)
    assert do(company, lambda s: s.scalars(select(Quote.id)).all(), reader.actor) == [quote_id]
    with pytest.raises(Forbidden):
        do(company, lambda s: revoke_link(s, steve, reader.link_id), steve)
    do(company, lambda s: revoke_link(s, sofia, reader.link_id), sofia)
    assert do(company, lambda s: reader_by_secret(s, secret)) is None
    again = link(company, quote_id)

    def age(session: Any) -> None:
        last = session.scalars(select(QuoteLink).order_by(QuoteLink.id.desc())).first()
        last.expires_at = utc_now() - timedelta(seconds=1)

    assert do(company, lambda s: reader_by_secret(s, again)) is not None
    do(company, age)
    assert do(company, lambda s: reader_by_secret(s, again)) is None


def test_an_acceptance_waits_first_and_whoever_gave_the_link_hears_of_it(
    app: Any, company: Any, quote: tuple[int, Any]
) -> None:
    quote_id, sofia = quote

    def change(session: Any, **said: Any) -> None:
        document = session.get(Quote, quote_id)
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), **said))

    def waits() -> list[str]:
        def look(session: Any) -> list[str]:
            return [t.says for p in parts(session, SYSTEM, is_all=True) for t in p.tasks if "/quotes/" in t.address]

        with app.test_request_context():
            return list(do(company, look))

    def another(session: Any) -> None:
        line = TradeLineDraft(1, D(1), D(5))
        post(session, SYSTEM, [save(session, SYSTEM, Quote, QuoteDraft(1, [line], valid_until=wall_clock().date()))])

    do(company, another)
    answer(company, link(company, quote_id), "asked", text="Is it black?")
    assert waits()[1] == "the customer asks"
    do(company, lambda s: change(s, makes_order=False, responsible_id=None))
    assert "asks" not in waits()[1]  # about a version that is superseded
    secret = str(do(company, lambda s: give_link(s, sofia, s.get(Quote, quote_id), language="en"), sofia))
    do(company, lambda s: setattr(s.get(Quote, quote_id), "responsible_id", None))
    answer(company, secret, "asked", text="And now?")
    answer(company, secret)
    assert waits()[0] == "the customer accepts"
    texts = select(Notification.message).where(Notification.user_id == sofia.user_id).order_by(Notification.id)
    assert do(company, lambda s: s.scalars(texts).all())[-1] == "%(name)s accepts %(number)s."
    assert do(company, lambda s: s.scalar(select(func.count(Notification.id)))) == 3

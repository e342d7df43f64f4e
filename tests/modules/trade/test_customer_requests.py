"""A customer asks in words or by lines; a quote answers, and the chain shows both."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import chain_of, close, kind_of, post, reverse, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import QuoteDraft, TradeLineDraft
from modules.trade.models import CustomerRequest, Quote
from modules.trade.requests.kind import AskedLineDraft, RequestDraft, quote_of
from modules.trade.requests.queries import is_answered, requests_offered
from modules.warehouse.operations import create_item


@pytest.fixture
def asked(company: Any) -> Any:
    """Does something where two customers are known, and anvils at a sales price of 10.00."""

    def prepare(session: Any) -> None:
        for name in ("Bergen AS", "Lübeck GmbH"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", price=D(10))

    company.database.run(prepare, actor=SYSTEM)
    return lambda work: company.database.run(work, actor=SYSTEM)


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def answered(session: Any, request_id: int) -> bool:
    session.flush()
    return session.scalar(select(CustomerRequest.id).where(CustomerRequest.id == request_id, is_answered())) is not None


def test_a_request_is_answered_by_a_quote_that_takes_its_lines_at_todays_prices(asked: Any) -> None:
    def work(session: Any) -> None:
        said = RequestDraft(contact_id=1, lines=[AskedLineDraft(1, D(3))], asked="Anvils?", channel="phone")
        request = made(session, CustomerRequest, said)
        assert (request.number, request.amount) == ("CR-000001", D(0))
        assert kind_of(request).draft_of(request).lines == [AskedLineDraft(1, D(3))]
        assert not answered(session, request.id)
        draft = quote_of(session, request)
        assert [(x.item_id, x.quantity, x.price, x.origin) for x in draft.lines] == [(1, D(3), D(10), None)]
        quote = save(session, SYSTEM, Quote, draft)
        assert not answered(session, request.id)
        post(session, SYSTEM, [quote])
        assert answered(session, request.id)
        assert chain_of(session, quote).pairs == [(request.id, quote.id)]
        assert chain_of(session, request).pairs == [(request.id, quote.id)]
        reverse(session, SYSTEM, quote)
        assert not answered(session, request.id)

    asked(work)


def test_a_request_may_be_words_alone_but_says_something(asked: Any, refused: Any) -> None:
    def words(session: Any) -> int:
        request = made(session, CustomerRequest, RequestDraft(contact_id=1, lines=[], asked="Do you have black ones?"))
        assert quote_of(session, request).lines == []
        return int(request.id)

    number = asked(words)
    today = wall_clock()
    wrong = (
        RequestDraft(contact_id=1, lines=[]),
        RequestDraft(contact_id=1, lines=[], asked="x", channel="pigeon"),
        RequestDraft(contact_id=1, lines=[], asked="x", moment=today, answer_by=(today - timedelta(days=1)).date()),
        RequestDraft(contact_id=1, lines=[AskedLineDraft(1, D(0))]),
    )
    for draft in wrong:
        refused(lambda s, draft=draft: save(s, SYSTEM, CustomerRequest, draft), Invalid)

    def quote(contact: int) -> QuoteDraft:
        return QuoteDraft(contact, [TradeLineDraft(1, D(1), D(1))], request_id=number)

    refused(lambda s: save(s, SYSTEM, Quote, quote(2)), Invalid, field="request_id")
    asked(lambda s: close(s, SYSTEM, s.get(CustomerRequest, number)))
    refused(lambda s: save(s, SYSTEM, Quote, quote(1)), Invalid, field="request_id")
    assert asked(lambda s: requests_offered(s, 1)) == []

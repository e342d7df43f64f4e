"""A coupon is used as often as it may be and no more, whoever sells at the same moment, and is given back with the sale."""

import threading
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import sale_of
from modules.trade.models import Sale, SalesOrder
from modules.trade.pricing.coupons import uses
from modules.trade.pricing.policy import create_rule
from modules.warehouse.operations import create_item

COUPON, WRITERS = "SPRING", 4


@pytest.fixture
def shop(company: Any) -> Any:
    """Does something for the system, where three customers and a service are, and a coupon for two uses, one by each."""

    def prepare(session: Any) -> None:
        company.refresh(session)
        for name in ("Bergen AS", "Lübeck GmbH", "Riga SIA"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        create_rule(session, SYSTEM, name="Spring", percent=D(10), coupon=COUPON, most_uses=2, most_by_contact=1)

    def do(work: Any) -> Any:
        return company.database.run(work, actor=SYSTEM)

    do(prepare)
    return do


def draft(contact: int, lines: Any = None) -> TradeDraft:
    return TradeDraft(contact, lines or [TradeLineDraft(1, D(1), D(100), tax_rate=D(0))], coupon=COUPON)


def posted(session: Any, contact: int) -> int:
    sale = save(session, SYSTEM, Sale, draft(contact))
    post(session, SYSTEM, [sale])
    return int(sale.id)


def test_a_coupon_is_refused_after_its_last_use_and_given_back_with_a_reversed_sale(shop: Any) -> None:
    first = shop(lambda s: posted(s, 1))
    with pytest.raises(Conflict, match="This customer has used"):
        shop(lambda s: posted(s, 1))
    shop(lambda s: posted(s, 2))
    with pytest.raises(Conflict, match="was used 2 times"):
        shop(lambda s: posted(s, 3))
    assert shop(lambda s: uses(s, COUPON, [1])) == (2, 1)
    shop(lambda s: reverse(s, SYSTEM, s.get(Sale, first)))
    assert shop(lambda s: uses(s, COUPON, [1])) == (1, 0)
    shop(lambda s: posted(s, 3))
    assert shop(lambda s: list(ledger.verify(s))) == []


def test_of_many_that_sell_at_once_only_as_many_use_it_as_may(shop: Any, company: Any) -> None:
    """Each draft was saved while the coupon was free: it is the posting that counts."""
    shop(lambda s: create_rule(s, SYSTEM, name="Once", percent=D(5), coupon="ONCE", most_uses=1))

    def saved_once(session: Any, contact: int) -> int:
        said = draft(contact)
        said.coupon = "ONCE"
        sale = save(session, SYSTEM, Sale, said)
        session.flush()
        return int(sale.id)

    drafts = [shop(lambda s, n=n: saved_once(s, 1 + n % 3)) for n in range(WRITERS)]
    barrier, answers = threading.Barrier(WRITERS), [None] * WRITERS

    def sell(n: int) -> None:
        barrier.wait()
        try:
            shop(lambda s: post(s, SYSTEM, [s.get(Sale, drafts[n])]))
        except Exception as error:
            answers[n] = error

    threads = [threading.Thread(target=sell, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers.count(None) == 1
    assert all(isinstance(each, Conflict) for each in answers if each is not None), answers
    assert shop(lambda s: uses(s, "ONCE")) == (1, 0)


@pytest.mark.one_engine
def test_an_order_that_is_shipped_in_parts_is_one_use(shop: Any) -> None:
    lines = [TradeLineDraft(1, D(4), D(100), tax_rate=D(0))]

    def ordered(session: Any) -> int:
        order = save(session, SYSTEM, SalesOrder, SalesOrderDraft(1, lines, coupon=COUPON))
        post(session, SYSTEM, [order])
        return int(order.id)

    def ship(session: Any, order: int, quantity: int) -> None:
        made = sale_of(session, session.get(SalesOrder, order))
        made.lines[0].quantity = D(quantity)
        post(session, SYSTEM, [save(session, SYSTEM, Sale, made)])

    order = shop(ordered)
    shop(lambda s: ship(s, order, 3))
    shop(lambda s: ship(s, order, 1))
    assert shop(lambda s: uses(s, COUPON, [1])) == (1, 1)


@pytest.mark.one_engine
def test_two_sales_of_one_posting_are_counted_too(shop: Any) -> None:
    def both(session: Any) -> None:
        post(session, SYSTEM, [save(session, SYSTEM, Sale, draft(1)) for _ in range(2)])

    with pytest.raises(Conflict, match="This customer has used"):
        shop(both)
    assert shop(lambda s: uses(s, COUPON)) == (0, 0), "nothing is half posted"


@pytest.mark.one_engine
def test_only_a_coupon_is_counted(shop: Any) -> None:
    for wrong in ({"coupon": "", "most_uses": 2}, {"coupon": "X", "most_by_contact": 0}):
        with pytest.raises(Invalid, match="from 1 to"):
            shop(lambda s, wrong=wrong: create_rule(s, SYSTEM, name="R", percent=D(1), **wrong))

"""Something comes back of a sale and something else goes instead: in one act, never more than was sold."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import Document, SentBefore, chain_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_of
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.exchanging.operations import exchange
from modules.trade.models import Purchase, Sale
from modules.trade.registers import Sales
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

ANVIL, HAMMER = 1, 2


def line(item: int, quantity: Any, price: Any) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(price), tax_rate=D(0))


@pytest.fixture
def sold(proved: Any) -> tuple[Callable[[Callable[[Any], Any]], Any], int]:
    """Ten of each bought at 2.00; four anvils sold at 10.00 each, and paid."""

    def prepare(session: Any) -> int:
        for name in ("Bergen AS", "Lübeck GmbH"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        for code in ("ANVIL", "HAMMER"):
            create_item(session, SYSTEM, code=code, name=code.title())
        session.flush()
        made = [
            save(session, SYSTEM, Purchase, TradeDraft(2, [line(ANVIL, 10, 2), line(HAMMER, 10, 2)])),
            save(session, SYSTEM, Sale, TradeDraft(1, [line(ANVIL, 4, 10)])),
        ]
        for each in made:
            post(session, SYSTEM, [each])
        sale = made[1]
        record_payment(
            session, SYSTEM, contact_id=1, direction="in", amount=D(40), method="bank", pays=[(sale.id, D(40))]
        )
        return int(sale.id)

    return proved, proved(prepare)


@pytest.mark.parametrize(("price", "to_pay"), [(15, 10), (10, 0), (8, -4)])
def test_an_exchange_leaves_only_the_difference_open(sold: Any, price: int, to_pay: int) -> None:
    do, sale_id = sold

    def work(session: Any) -> None:
        made = exchange(session, SYSTEM, sale_id, {1: D(2)}, [line(HAMMER, 2, price)], operation_id="act")
        again = exchange(session, SYSTEM, sale_id, {1: D(2)}, [line(HAMMER, 2, price)], operation_id="act")
        assert (again.sale.id, again.to_pay) == (made.sale.id, made.to_pay)
        for back, instead in (({1: D(1)}, 2), ({1: D(2)}, 1)):
            with pytest.raises(SentBefore):
                exchange(session, SYSTEM, sale_id, back, [line(HAMMER, instead, price)], operation_id="act")
        assert made.to_pay == D(to_pay)
        left = open_of(session, [made.back.id, made.sale.id])
        assert left == {made.back.id: max(D(-to_pay), D(0)), made.sale.id: max(D(to_pay), D(0))}
        assert {(sale_id, made.back.id), (made.back.id, made.sale.id)} <= set(chain_of(session, made.sale).pairs)

    do(work)


def test_a_refused_exchange_changes_nothing(sold: Any, refused: Any) -> None:
    do, sale_id = sold
    wrong: tuple[tuple[dict[int, Any], list[Any], type[Exception]], ...] = (
        ({1: D(5)}, [line(HAMMER, 1, 1)], Invalid),
        ({2: D(1)}, [line(HAMMER, 1, 1)], Invalid),
        ({1: D(-1)}, [line(HAMMER, 1, 1)], Invalid),
        ({1: D(0)}, [line(HAMMER, 1, 1)], Invalid),
        ({1: D(1)}, [], Invalid),
        ({1: D(1)}, [line(HAMMER, 11, 1)], NotEnoughStock),
    )
    for back, instead, kind in wrong:
        refused(lambda s, back=back, instead=instead: exchange(s, SYSTEM, sale_id, back, instead), kind)
    do(lambda s: exchange(s, SYSTEM, sale_id, {1: D(3)}, [line(HAMMER, 1, 30)]))
    refused(lambda s: exchange(s, SYSTEM, sale_id, {1: D(2)}, [line(HAMMER, 1, 1)]), Invalid)


def test_an_exchange_is_reversed_from_its_end_and_leaves_nothing_behind(sold: Any, refused: Any) -> None:
    do, sale_id = sold

    def figures(session: Any) -> list[Any]:
        registers = (
            (Stock.on_hand, ("item",)),
            (Settlements.balance, ("contact",)),
            (Sales.results, ("item", "contact")),
        )
        return [
            sorted((f.key, tuple(f.amounts.items())) for f in now(session, t, by=by) if any(f.amounts.values()))
            for t, by in registers
        ]

    before = do(figures)
    back, instead = do(
        lambda s: (lambda m: (m.back.id, m.sale.id))(exchange(s, SYSTEM, sale_id, {1: D(2)}, [line(HAMMER, 2, 15)]))
    )
    refused(lambda s: reverse(s, SYSTEM, s.get(Document, back)), Conflict)
    for number in (instead, back):
        do(lambda s, number=number: reverse(s, SYSTEM, s.get(Document, number)))
    assert do(figures) == before
    assert do(lambda s: s.scalars(select(Document.state).where(Document.id == sale_id)).one()) == "posted"


def test_the_page_says_what_is_refused_and_posts_both(house: Any, sign_in: Callable[[str], Any]) -> None:
    maria, steve = sign_in("maria"), sign_in("steve")
    whole = select(Sale.id).where(Sale.state == "posted", Sale.currency == "GBP").order_by(Sale.id)
    sale_id = house.company.database.run(lambda s: s.scalars(whole).first(), actor=SYSTEM, write=False)
    address = f"/trade/sales/{sale_id}/exchange"
    page = maria.get(address).text
    assert ("Goes instead" in page, "object at" in page) == (True, False)
    assert steve.get(address).status_code == 403
    empty = maria.post(address, data={"operation": "a", "lines": "[]"})
    assert (empty.status_code, "Type how much of at least one line" in empty.text) == (200, True)
    line = '[{"item_id": "1", "quantity": "1", "price": "1", "discount": ""}]'
    done = maria.post(address, data={"operation": "b", "lines": line, "back_1": "1"})
    assert done.status_code == 302
    assert "are posted" in maria.get(done.headers["Location"]).text

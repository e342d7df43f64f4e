"""The chain follows what hangs together as a whole, however many steps away, in a fixed number of statements."""

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import event

from app.documents import chain_of, kind_of, post, save
from app.documents.chain import MOST
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import LandedDraft, QuoteDraft, TradeDraft, TradeLineDraft
from modules.trade.kinds import KINDS
from modules.trade.models import GoodsReceipt, LandedCost, PurchaseOrder, Quote
from modules.warehouse.operations import create_item

PARTNER, ANVIL, FREIGHT = 1, 1, 2


@pytest.fixture
def shop(proved: Any) -> Any:
    """A contact, anvils and freight."""

    def prepare(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_item(session, SYSTEM, code="FREIGHT", name="Freight", kind="service")

    proved(prepare)
    return proved


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


def lines(item: int, quantity: Any, price: Any) -> list[TradeLineDraft]:
    return [TradeLineDraft(item, D(quantity), D(price), tax_rate=D(0))]


def next_of(session: Any, document: Any, target: str) -> Any:
    makes = next(m for m in kind_of(document).makes if m.target == target)
    return made(session, KINDS[target.partition(".")[2]].model, makes.draft(session, document))


def landed_over(session: Any, *receipts: Any) -> Any:
    numbers = ", ".join(r.number for r in receipts)
    return made(session, LandedCost, LandedDraft(PARTNER, lines(FREIGHT, 1, 4), receipts=numbers, basis="value"))


def test_a_chain_goes_on_behind_what_joins_it_as_a_whole(shop: Any) -> None:
    def act(session: Any) -> None:
        orders = [made(session, PurchaseOrder, TradeDraft(PARTNER, lines(ANVIL, 5, 2))) for _ in range(2)]
        receipts = [next_of(session, order, "trade.receipt") for order in orders]
        cost = landed_over(session, *receipts)
        whole = {d.id for d in (*orders, *receipts, cost)}
        # From each of them all is seen: an order is two steps from the cost, and four from the other order.
        for document in (*orders, *receipts, cost):
            chain = chain_of(session, document)
            assert {row.id for row in chain.documents} == whole
            assert set(chain.pairs) == {
                *((order.id, receipt.id) for order, receipt in zip(orders, receipts, strict=True)),
                *((receipt.id, cost.id) for receipt in receipts),
            }
            assert (chain.more, chain.is_cut) == (0, False)

    shop(act)


def test_a_long_chain_shows_the_nearest_and_says_how_many_more_in_as_many_statements(shop: Any) -> None:
    def act(session: Any) -> None:
        short = next_of(session, made(session, Quote, QuoteDraft(PARTNER, lines(ANVIL, 1, 2))), "trade.invoice")
        receipt = made(session, GoodsReceipt, TradeDraft(PARTNER, lines(ANVIL, 500, 2)))
        for _ in range(MOST + 11):
            landed_over(session, receipt)
        session.flush()
        chains, counted = {}, {}
        for document in (short, receipt):
            said: list[str] = []

            def note(*args: Any, said: list[str] = said) -> None:
                said.append(args[2])

            connection = session.connection()
            event.listen(connection, "before_cursor_execute", note)
            chains[document.id] = chain_of(session, document)
            event.remove(connection, "before_cursor_execute", note)
            counted[document.id] = len(said)
        long = chains[receipt.id]
        assert (len(long.documents), long.more, long.is_cut) == (MOST, 12, False)
        assert receipt.id in {row.id for row in long.documents}
        assert counted[short.id] == counted[receipt.id]
        assert replace(long, more=0).documents[0].id == receipt.id

    shop(act)

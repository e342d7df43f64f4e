"""From a quote to the money: each document made from the one before, partial at every step, and nothing left behind."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import Document, close, correct, kind_of, locked, post, reopen, reverse, save
from app.documents.chain import chain_of, depths
from app.documents.links import HasFollowers, left_of, takers_of_one
from app.documents.shares import shares_taken
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_of
from modules.trade.drafts import QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.kinds import KINDS
from modules.trade.models import Invoice, Purchase, PurchaseOrder, Quote, Sale, SalesOrder
from modules.trade.paying import shares_paid
from modules.trade.registers import Orders
from modules.trade.tables import DOCUMENTS
from modules.warehouse.errors import NotEnoughFree
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock

ANVIL, HAMMER, FITTING = 1, 2, 3
CUSTOMER, SUPPLIER, MAIN = 1, 2, 100


@pytest.fixture
def shop(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Does something where ten anvils and ten hammers were bought at 2.00; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck GmbH")
        for code in ("ANVIL", "HAMMER"):
            create_item(session, SYSTEM, code=code, name=code.title())
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        buy(session, ANVIL, 10)
        buy(session, HAMMER, 10)

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def lines(*said: tuple[int, Any, Any]) -> list[TradeLineDraft]:
    return [TradeLineDraft(item, D(quantity), D(price), tax_rate=D(20)) for item, quantity, price in said]


def made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def buy(session: Any, item: int, quantity: int) -> int:
    return made(session, Purchase, TradeDraft(SUPPLIER, lines((item, quantity, 2))))


def order(session: Any, *said: tuple[int, Any, Any], **more: Any) -> int:
    return made(session, SalesOrder, SalesOrderDraft(CUSTOMER, lines(*said), **more))


def next_of(session: Any, document_id: int, target: str, quantities: dict[int, Any] | None = None) -> int:
    """What the button makes, of so much of some lines."""
    document = session.get(Document, document_id)
    makes = next(m for m in kind_of(document).makes if m.target == target)
    draft = makes.draft(session, document)
    if quantities is not None:
        kept = [(x, quantities.get(x.origin[1])) for x in draft.lines]
        draft = replace(draft, lines=[replace(x, quantity=D(q)) for x, q in kept if q is not None])
    return made(session, KINDS[target.partition(".")[2]].model, draft)


def awaited(session: Any) -> dict[tuple[Any, ...], D]:
    """What is still to be delivered, by order and line."""
    figures = ledger.now(session, Orders.awaited, by=("order", "order_line"))
    return {f.key: f.amounts["quantity"] for f in figures if f.amounts["quantity"]}


def kept(session: Any, item: int) -> tuple[D, D]:
    """How much of an item is free, and how much is kept for orders."""
    figures = ledger.now(session, Stock.claims, by=("claim",), where={"item": item})
    free = sum((f.amounts["quantity"] for f in figures if not f.key[0]), D(0))
    return free, sum((f.amounts["quantity"] for f in figures if f.key[0]), D(0))


def shares(session: Any, document_id: int) -> dict[str, int]:
    document: Any = session.get(Document, document_id)
    taken = shares_taken(document, takers_of_one(session, document))
    return {str(s.title): s.per_cent for s in (*taken, *shares_paid(session, document))}


def test_what_is_shipped_of_an_order_is_shipped_of_its_invoice(shop: Any) -> None:
    def invoice_and_ship(session: Any) -> list[int]:
        ordered = order(session, (ANVIL, 6, 10), (FITTING, 1, 40))
        invoices = [next_of(session, ordered, "trade.invoice", {1: 2}), next_of(session, ordered, "trade.invoice")]
        next_of(session, ordered, "trade.sale", {1: 5})
        return [ordered, *invoices]

    ordered, first, second = shop(invoice_and_ship)

    def left(session: Any) -> list[dict[int, D]]:
        return [left_of(session, session.get(Document, i), "trade.sale") for i in (ordered, first, second)]

    # One of six anvils can still go out, whichever of the two invoices one begins with.
    assert shop(left) == [{1: D(1), 2: D(1)}, {1: D(1)}, {1: D(1), 2: D(1)}]
    shop(lambda s: next_of(s, second, "trade.sale"))
    assert shop(left) == [{1: D(0), 2: D(0)}, {1: D(0)}, {1: D(0), 2: D(0)}]
    assert shop(lambda s: [shares(s, i)["Shipped"] for i in (ordered, first, second)]) == [100, 100, 100]


def pay(session: Any, amount: Any, **more: Any) -> int:
    payment = record_payment(session, SYSTEM, contact_id=CUSTOMER, direction="in", amount=D(amount), **more)
    return int(payment.id)


def paid(session: Any, document_id: int) -> tuple[int, D]:
    """How many per cent of an order or an invoice for payment are paid, and what is left to pay."""
    (found,) = shares_paid(session, session.get(Document, document_id))
    return found.per_cent, found.left


def test_what_was_paid_of_an_order_is_not_proposed_again(shop: Any) -> None:
    def order_and_pay_in_advance(session: Any) -> tuple[int, int]:
        ordered = order(session, (ANVIL, 6, 10), (FITTING, 1, 40))
        return ordered, pay(session, 50, advance_for=ordered)

    ordered, _payment = shop(order_and_pay_in_advance)
    assert shop(lambda s: paid(s, ordered)) == (41, D(70))
    shop(lambda s: pay(s, 70, pays=[(next_of(s, ordered, "trade.sale"), D(70))]))
    assert shop(lambda s: paid(s, ordered)) == (100, D(0))


def test_lists_tell_what_is_left_to_be_paid_to_whoever_may_know(shop: Any, company: Any, employ: Any) -> None:
    def sell_and_pay(session: Any) -> list[int]:
        sold = [made(session, Sale, TradeDraft(CUSTOMER, lines((ANVIL, n, 10)))) for n in (1, 2)]
        pay(session, 5, pays=[(sold[0], D(5))])
        pay(session, 24, pays=[(sold[1], D(24))])
        return [*sold, buy(session, HAMMER, 3)]

    first, second, bought = shop(sell_and_pay)

    def left(session: Any) -> dict[int, D]:
        tables = (DOCUMENTS["sale"], DOCUMENTS["purchase"])
        return {row.id: getattr(row, "open", None) for table in tables for row in fetch(session, table, Query()).rows}

    found = shop(left)
    assert {i: found[i] for i in (first, second, bought)} == {first: D(7), second: D(0), bought: D("7.2")}
    bella = employ("bella", "buyer")  # who sees the purchases, and of nothing how far it is paid
    closed = company.database.run(left, actor=bella)
    assert bought in closed
    assert set(closed.values()) == {None}
    manager = employ("maria", "manager")
    assert company.database.run(left, actor=manager) == found


def test_what_the_sales_of_an_order_were_paid_counts_for_its_invoices(shop: Any) -> None:
    def invoice_in_two(session: Any) -> tuple[int, int, int]:
        ordered = order(session, (ANVIL, 6, 10), (FITTING, 1, 40))
        return ordered, next_of(session, ordered, "trade.invoice", {1: 2}), next_of(session, ordered, "trade.invoice")

    ordered, first, second = shop(invoice_in_two)

    def both(session: Any) -> list[tuple[int, D]]:
        return [paid(session, i) for i in (first, second)]

    assert shop(both) == [(0, D(24)), (0, D(96))]
    # A sale of 36 from the order, of which 30 are paid: the first invoice is of 24, so the second has the other 6.
    shop(lambda s: pay(s, 30, pays=[(next_of(s, ordered, "trade.sale", {1: 3}), D(30))]))
    assert shop(both) == [(100, D(0)), (6, D(90))]
    # Another line, which only the second invoice has.
    shop(lambda s: pay(s, 48, pays=[(next_of(s, ordered, "trade.sale", {2: 1}), D(48))]))
    assert shop(both) == [(100, D(0)), (56, D(42))]
    shop(lambda s: pay(s, 42, advance_for=ordered))
    assert shop(both) == [(100, D(0)), (100, D(0))]


def test_what_one_invoice_was_paid_in_advance_is_not_paid_of_another(shop: Any) -> None:
    def invoice_in_two(session: Any) -> tuple[int, int, int]:
        ordered = order(session, (ANVIL, 6, 10))
        return ordered, next_of(session, ordered, "trade.invoice", {1: 2}), next_of(session, ordered, "trade.invoice")

    ordered, first, second = shop(invoice_in_two)
    shop(lambda s: pay(s, 48, advance_for=second))
    shop(lambda s: next_of(s, ordered, "trade.sale", {1: 2}))
    assert shop(lambda s: [paid(s, i) for i in (first, second)]) == [(0, D(24)), (100, D(0))]
    shop(lambda s: pay(s, 24, pays=[(next_of(s, ordered, "trade.sale"), D(24))]))
    assert shop(lambda s: [paid(s, i) for i in (first, second)]) == [(100, D(0)), (100, D(0))]


def test_the_whole_chain_in_parts(shop: Any) -> None:
    def quote_and_order(session: Any) -> tuple[int, int]:
        said = lines((ANVIL, 6, 10), (FITTING, 1, 40))
        quote = made(session, Quote, QuoteDraft(CUSTOMER, said))
        return quote, next_of(session, quote, "trade.sales_order")

    quote, ordered = shop(quote_and_order)

    def look(session: Any) -> None:
        assert shares(session, quote) == {"Ordered": 100, "Invoiced": 0}
        assert awaited(session) == {(ordered, 1): D(6), (ordered, 2): D(1)}
        assert kept(session, ANVIL) == (D(4), D(6))
        assert open_of(session, [quote, ordered]) == {}  # nothing is owed before anything is sold

    shop(look)

    def invoice_pay_and_ship(session: Any) -> tuple[int, int, int]:
        invoice = next_of(session, ordered, "trade.invoice")
        payment = record_payment(
            session, SYSTEM, contact_id=CUSTOMER, direction="in", amount=D(60), advance_for=invoice
        )
        sale = next_of(session, ordered, "trade.sale", {1: 4})
        return invoice, payment.id, sale

    invoice, payment, sale = shop(invoice_pay_and_ship)

    def look_again(session: Any) -> None:
        assert open_of(session, [payment, sale]) == {
            payment: D(12),
            sale: D(0),
        }  # 48 of the advance of 60 paid the sale
        assert awaited(session) == {(ordered, 1): D(2), (ordered, 2): D(1)}
        assert kept(session, ANVIL) == (D(4), D(2))
        assert shares(session, ordered) == {"Shipped": 40, "Invoiced": 100, "Paid": 50}  # 48 and 60 of 120
        assert shares(session, invoice) == {"Shipped": 40, "Paid": 50}
        chain = chain_of(session, session.get(Document, sale))
        assert [row.id for row in chain.documents] == [quote, ordered, invoice, payment, sale]
        steps = depths([row.id for row in chain.documents], chain.pairs)
        assert steps == {quote: 0, ordered: 1, invoice: 2, sale: 2, payment: 3}

    shop(look_again)

    def ship_the_rest_and_undo_it_all(session: Any) -> None:
        rest = next_of(session, ordered, "trade.sale")
        assert awaited(session) == {}
        assert kept(session, ANVIL) == (D(4), D(0))
        back = next_of(session, sale, "trade.sales_return")
        assert kept(session, ANVIL) == (D(8), D(0))  # what comes back is free: the order was served
        for document_id in (back, rest, sale, payment, invoice, ordered, quote):
            reverse(session, SYSTEM, locked(session, Document, document_id))
        assert awaited(session) == {}
        assert kept(session, ANVIL) == (D(10), D(0))
        assert (
            ledger.now(session, Orders.awaited, by=()) == []
            or not ledger.now(session, Orders.awaited, by=())[0].amounts["quantity"]
        )

    shop(ship_the_rest_and_undo_it_all)


def test_no_more_is_made_than_is_left_of_each_thing(shop: Any, refused: Any) -> None:
    ordered = shop(lambda session: order(session, (ANVIL, 6, 10)))
    shop(lambda session: next_of(session, ordered, "trade.invoice", {1: 6}))
    shop(lambda session: next_of(session, ordered, "trade.sale", {1: 4}))  # what is invoiced is not shipped
    line = replace(lines((ANVIL, 3, 10))[0], origin=(ordered, 1))
    for model in (Sale, Invoice):
        said = refused(lambda s, m=model: made(s, m, TradeDraft(CUSTOMER, [line])), Invalid, field="lines")
        assert "is left of the line that it comes from" in said


def test_a_line_comes_from_the_same_contact_and_goods(shop: Any, refused: Any) -> None:
    ordered = shop(lambda session: order(session, (ANVIL, 6, 10)))

    def sell(session: Any, contact: int, item: int, **more: Any) -> None:
        save(
            session, SYSTEM, Sale, TradeDraft(contact, [replace(lines((item, 1, 10))[0], origin=(ordered, 1))], **more)
        )

    assert "another contact" in refused(lambda s: sell(s, SUPPLIER, ANVIL), Invalid, field="lines")
    assert "has other goods" in refused(lambda s: sell(s, CUSTOMER, HAMMER), Invalid, field="lines")

    def buy_what_was_ordered_to_be_sold(session: Any) -> None:
        save(session, SYSTEM, Purchase, TradeDraft(CUSTOMER, [replace(lines((ANVIL, 1, 10))[0], origin=(ordered, 1))]))

    assert "has other goods" in refused(buy_what_was_ordered_to_be_sold, Invalid, field="lines")


def test_goods_are_kept_for_whoever_ordered_them(shop: Any, refused: Any) -> None:
    first = shop(lambda session: order(session, (ANVIL, 8, 10)))
    assert shop(lambda session: kept(session, ANVIL)) == (D(2), D(8))
    refused(lambda s: made(s, Sale, TradeDraft(CUSTOMER, lines((ANVIL, 3, 10)))), NotEnoughFree)
    # What isn't there yet is promised as it comes: by priority, whoever came first.
    second = shop(lambda session: order(session, (ANVIL, 4, 10)))
    urgent = shop(lambda session: order(session, (ANVIL, 3, 10), priority=5))
    assert shop(lambda session: kept(session, ANVIL)) == (D(0), D(10))
    refused(lambda s: next_of(s, urgent, "trade.sale"), NotEnoughFree)
    shop(lambda session: buy(session, ANVIL, 4))
    shop(lambda session: next_of(session, urgent, "trade.sale"))
    refused(lambda s: next_of(s, second, "trade.sale"), NotEnoughFree)
    assert shop(lambda session: kept(session, ANVIL)) == (D(0), D(11))
    shop(lambda session: next_of(session, second, "trade.sale", {1: 3}))
    shop(lambda session: next_of(session, first, "trade.sale"))
    assert shop(lambda session: (kept(session, ANVIL), awaited(session))) == ((D(0), D(0)), {(second, 1): D(1)})


def test_what_is_shipped_from_another_warehouse_is_kept_no_longer(shop: Any) -> None:
    def prepare(session: Any) -> int:
        branch = create_place(session, SYSTEM, code="B", name="Branch").id
        made(session, Purchase, TradeDraft(SUPPLIER, lines((ANVIL, 5, 2)), place_id=branch))
        return int(branch)

    branch = shop(prepare)
    ordered = shop(lambda session: order(session, (ANVIL, 8, 10)))

    def ship_from_there(session: Any) -> int:
        document = session.get(Document, ordered)
        draft: Any = next(m for m in kind_of(document).makes if m.target == "trade.sale").draft(session, document)
        said = [replace(x, quantity=D(5)) for x in draft.lines]
        return made(session, Sale, replace(draft, lines=said, place_id=branch))

    def kept_by_place(session: Any) -> dict[Any, D]:
        figures = ledger.now(session, Stock.claims, by=("warehouse", "claim"), where={"item": ANVIL})
        return {(f.key[0], f.key[1] > 0): f.amounts["quantity"] for f in figures if f.amounts["quantity"]}

    sale = shop(ship_from_there)
    assert shop(lambda s: (kept_by_place(s), awaited(s))) == (
        {(MAIN, False): D(7), (MAIN, True): D(3)},
        {(ordered, 1): D(3)},
    )
    shop(lambda session: reverse(session, SYSTEM, locked(session, Sale, sale)))
    there = {(MAIN, False): D(2), (MAIN, True): D(8), (branch, False): D(5)}
    assert shop(lambda s: (kept_by_place(s), awaited(s))) == (there, {(ordered, 1): D(8)})


def test_closing_lets_go_and_reopening_takes_up(shop: Any, refused: Any) -> None:
    ordered = shop(lambda session: order(session, (ANVIL, 6, 10), (HAMMER, 2, 5)))
    sale = shop(lambda session: next_of(session, ordered, "trade.sale", {1: 2}))
    refused(lambda s: reverse(s, SYSTEM, locked(s, SalesOrder, ordered)), HasFollowers)
    shop(lambda session: close(session, SYSTEM, locked(session, SalesOrder, ordered)))
    assert shop(lambda s: (kept(s, ANVIL), kept(s, HAMMER), awaited(s))) == ((D(8), D(0)), (D(10), D(0)), {})
    refused(lambda s: next_of(s, ordered, "trade.sale"), Invalid)
    refused(lambda s: close(s, SYSTEM, locked(s, Sale, sale)), Conflict)
    shop(lambda session: reopen(session, SYSTEM, locked(session, SalesOrder, ordered)))
    assert shop(lambda s: (kept(s, ANVIL), kept(s, HAMMER))) == ((D(4), D(4)), (D(8), D(2)))
    assert shop(awaited) == {(ordered, 1): D(4), (ordered, 2): D(2)}


def test_a_corrected_order_keeps_and_awaits_what_it_says_now(shop: Any, refused: Any) -> None:
    ordered = shop(lambda session: order(session, (ANVIL, 6, 10)))
    shop(lambda session: next_of(session, ordered, "trade.sale", {1: 2}))

    def change(session: Any, quantity: int, **more: Any) -> None:
        document = locked(session, SalesOrder, ordered)
        draft = kind_of(document).draft_of(document)
        said = [replace(x, quantity=D(quantity)) for x in draft.lines]
        correct(session, SYSTEM, document, replace(draft, lines=said, **more))

    shop(lambda session: change(session, 9))
    assert shop(lambda s: (kept(s, ANVIL), awaited(s))) == ((D(1), D(7)), {(ordered, 1): D(7)})
    shop(lambda session: change(session, 3))
    assert shop(lambda s: (kept(s, ANVIL), awaited(s))) == ((D(7), D(1)), {(ordered, 1): D(1)})
    refused(lambda s: change(s, 1), Conflict)  # two have gone
    shop(lambda session: change(session, 5, reserves=False))
    assert shop(lambda s: (kept(s, ANVIL), awaited(s))) == ((D(8), D(0)), {(ordered, 1): D(3)})


def test_a_reversed_sale_gives_its_goods_back_to_the_order(shop: Any) -> None:
    ordered = shop(lambda session: order(session, (ANVIL, 6, 10)))
    sale = shop(lambda session: next_of(session, ordered, "trade.sale", {1: 5}))
    shop(lambda session: reverse(session, SYSTEM, locked(session, Sale, sale)))
    assert shop(lambda s: (kept(s, ANVIL), awaited(s))) == ((D(4), D(6)), {(ordered, 1): D(6)})
    shop(lambda session: reverse(session, SYSTEM, locked(session, SalesOrder, ordered)))
    assert shop(lambda s: (kept(s, ANVIL), awaited(s))) == ((D(10), D(0)), {})


def test_what_comes_of_a_purchase_order_is_awaited(shop: Any) -> None:
    def work(session: Any) -> int:
        from modules.trade.drafts import OrderDraft

        return made(session, PurchaseOrder, OrderDraft(SUPPLIER, lines((ANVIL, 20, 2), (HAMMER, 5, 3))))

    ordered = shop(work)
    assert shop(awaited) == {(ordered, 1): D(20), (ordered, 2): D(5)}
    waiting = shop(lambda session: order(session, (ANVIL, 15, 10)))
    assert shop(lambda s: kept(s, ANVIL)) == (D(0), D(10))
    shop(lambda session: next_of(session, ordered, "trade.purchase", {1: 8}))
    assert shop(lambda s: kept(s, ANVIL)) == (D(3), D(15))
    assert shop(awaited) == {(ordered, 1): D(12), (ordered, 2): D(5), (waiting, 1): D(15)}
    assert shop(lambda s: shares(s, ordered)) == {"Received": 29}  # 16 of 55

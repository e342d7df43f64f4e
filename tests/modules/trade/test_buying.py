"""A buyer's day: several suppliers asked, the best ordered, costs landed, invoices held to tolerances, goods sent back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import Document, correct, kind_of, locked, post, reverse, save
from app.documents.chain import chain_of
from app.errors import Conflict, Invalid
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.drafts import AgreementDraft, LandedDraft, OfferDraft, OrderDraft, TradeDraft, TradeLineDraft
from modules.trade.landed.lookups import came
from modules.trade.landed.spreading import spread_facts, spread_of
from modules.trade.models import (
    GoodsReceipt,
    LandedCost,
    Purchase,
    PurchaseAgreement,
    PurchaseOrder,
    Sale,
    SupplierInvoice,
    SupplierOffer,
)
from modules.trade.sourcing.comparing import compare, order_offers
from modules.trade.sourcing.history import last_prices
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.requests import RequestDraft, RequestLineDraft, ask_supplier
from modules.trade.sourcing.tolerances import change_tolerances
from modules.warehouse.explaining.pages import document_costs, lines_of, money_of
from modules.warehouse.explaining.queries import explained
from modules.warehouse.operations import create_item
from modules.warehouse.queries import costs_of
from tests.at_once import at_once
from tests.modules.trade.test_chain import lines, made, next_of, shares

ANVIL, HAMMER, FREIGHT = 1, 2, 3
CUSTOMER, SUPPLIER, CARRIER = 1, 2, 3


@pytest.fixture
def shop(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Does something in a company with two goods, a service and three contacts; the books are proved after it."""

    def prepare(session: Any) -> None:
        for name in ("Bergen AS", "Lübeck GmbH", "Cargo Oy"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", weight=D("40"))
        create_item(session, SYSTEM, code="HAMMER", name="Hammer")
        create_item(session, SYSTEM, code="FREIGHT", name="Freight", kind="service")

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def received(session: Any, *said: tuple[int, Any, Any]) -> int:
    ordered = made(session, PurchaseOrder, OrderDraft(SUPPLIER, lines(*said)))
    return next_of(session, ordered, "trade.receipt")


def number_of(session: Any, document_id: int) -> str:
    return str(session.get(Document, document_id).number)


def landed(session: Any, amount: str, *receipts: int, basis: str = "value") -> int:
    said = ", ".join(number_of(session, receipt) for receipt in receipts)
    return made(session, LandedCost, LandedDraft(CARRIER, lines((FREIGHT, 1, amount)), receipts=said, basis=basis))


def undo(session: Any, *documents: int) -> None:
    for document_id in documents:
        reverse(session, SYSTEM, locked(session, Document, document_id))


def test_a_landed_cost_rests_on_goods_wherever_they_are(shop: Any, refused: Any) -> None:
    first = shop(lambda s: received(s, (ANVIL, 3, 10), (HAMMER, 7, 10)))
    second = shop(lambda s: made(s, Purchase, TradeDraft(SUPPLIER, lines((ANVIL, 1, 10)))))
    sale = shop(lambda s: made(s, Sale, TradeDraft(CUSTOMER, lines((HAMMER, 7, 30)))))
    cost = shop(lambda s: landed(s, "100", first, second))

    def look(session: Any) -> None:
        bears = spread_of(session, session.get(LandedCost, cost))
        assert [(b.line, b.part) for b in bears] == [
            ((first, 1), D("27.27")),
            ((first, 2), D("63.64")),
            ((second, 1), D("9.09")),
        ]
        shown = [f.value for f in spread_facts(session, session.get(LandedCost, cost))]
        assert shown == [D("27.27"), D("63.64"), D("9.09"), D(100)]
        assert costs_of(session, sale) == {1: D("133.64")}  # sold already: 70 and its part
        # The page of the receipt says the same as what is behind its links.
        assert [(line, cost) for line, _, _, cost in lines_of(session, first)] == [(1, D("57.27")), (2, D("133.64"))]
        assert [money_of(sum(x.booked.value for x in explained(session, (first, n)))) for n in (1, 2)] == [
            D("57.27"),
            D("133.64"),
        ]
        assert [f.value for f in document_costs(session, session.get(Document, first))] == [D("190.91")]
        assert open_of(session, [cost]) == {cost: D(120)}  # owed to the carrier, with tax
        assert {r.id for r in chain_of(session, session.get(Document, cost)).documents} >= {first, second, cost}

    shop(look)
    assert "costs" not in refused(lambda s: undo(s, first), Conflict)  # a cost rests on it

    def spread_otherwise(session: Any) -> None:
        document = locked(session, LandedCost, cost)
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), basis="quantity"))
        assert [b.part for b in spread_of(session, document)] == [D("27.27"), D("63.64"), D("9.09")]

    shop(spread_otherwise)
    shop(lambda s: undo(s, cost))
    assert shop(lambda s: costs_of(s, sale)) == {1: D(70)}
    assert shop(lambda s: [cost for *_, cost in lines_of(s, first)]) == [D(30), D(70)]


def test_a_landed_cost_says_what_it_cant_rest_on(shop: Any, refused: Any) -> None:
    receipt = shop(lambda s: received(s, (ANVIL, 3, 10), (HAMMER, 7, 10)))
    said = refused(lambda s: landed(s, "5", receipt, basis="weight"), Invalid, field="basis")
    assert "“Hammer” has no weight" in said
    number = shop(lambda s: number_of(s, receipt))

    def enter(session: Any, item: int, receipts: str) -> int:
        return made(session, LandedCost, LandedDraft(CARRIER, lines((item, 1, 5)), receipts=receipts))

    assert "“OR-9”" in refused(lambda s: enter(s, FREIGHT, f"{number}, OR-9"), Invalid, field="receipts")
    refused(lambda s: enter(s, FREIGHT, " "), Invalid, field="receipts")
    assert "is goods" in refused(lambda s: enter(s, HAMMER, number), Invalid, field="lines")


def test_what_a_landed_cost_is_on_is_looked_up_by_number_and_supplier(shop: Any, company: Any, employ: Any) -> None:
    receipt = shop(lambda s: received(s, (ANVIL, 3, 10)))
    purchase = shop(lambda s: made(s, Purchase, TradeDraft(CARRIER, lines((HAMMER, 1, 10)))))
    shop(lambda s: save(s, SYSTEM, Purchase, TradeDraft(SUPPLIER, lines((HAMMER, 1, 10)))))  # a draft has no number

    def found(text: str, actor: Any = SYSTEM, most: int = 12) -> list[int]:
        rows = company.database.run(lambda s: came.find(s, text, most), actor=actor, write=False)
        return [row["id"] for row in rows]

    number = shop(lambda s: number_of(s, receipt))
    assert (found(""), found("", most=1)) == ([purchase, receipt], [purchase])
    assert (found(number.lower()), found("cargo"), found("nobody"), found("%")) == ([receipt], [purchase], [], [])
    bella = employ("bella", "buyer")
    nobody = replace(bella, scopes={**bella.scopes, "trade.receipt": "own", "trade.purchase": "own"})
    assert found("", nobody) == []
    assert shop(lambda s: came.titles(s, [receipt, 999])) == {receipt: number}


def test_what_went_back_of_a_receipt_is_not_invoiced_nor_left_to_be(shop: Any) -> None:
    receipt = shop(lambda s: received(s, (ANVIL, 8, 10)))
    shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 2}))
    assert shop(lambda s: shares(s, receipt)) == {"Invoiced": 0}
    shop(lambda s: next_of(s, receipt, "trade.supplier_invoice", {1: 3}))
    assert shop(lambda s: shares(s, receipt)) == {"Invoiced": 50}
    shop(lambda s: next_of(s, receipt, "trade.supplier_invoice"))
    assert shop(lambda s: shares(s, receipt)) == {"Invoiced": 100}
    other = shop(lambda s: received(s, (ANVIL, 8, 10)))
    shop(lambda s: next_of(s, other, "trade.receipt_return"))
    assert shop(lambda s: shares(s, other)) == {}


def test_a_landed_cost_rests_on_what_has_not_gone_back(shop: Any, refused: Any) -> None:
    receipt = shop(lambda s: received(s, (ANVIL, 3, 10), (HAMMER, 7, 10)))
    shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 3}))
    cost = shop(lambda s: landed(s, "100", receipt))
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {2: 2}))

    def look(session: Any) -> None:
        assert costs_of(session, back) == {1: D("48.57")}  # 20, and its part of the cost that it bore when it went
        document = locked(session, LandedCost, cost)
        assert [f.value for f in spread_facts(session, document)] == [D(100), D(100)]
        correct(session, SYSTEM, document, replace(kind_of(document).draft_of(document), basis="quantity"))
        assert [(b.line, b.part) for b in spread_of(session, document)] == [((receipt, 2), D(100))]

    shop(look)
    said = refused(lambda s: landed(s, "5", receipt), Invalid, field="receipts")
    assert "Hammer: 2 of 7 went back" in said
    shop(lambda s: next_of(s, receipt, "trade.receipt_return", {2: 5}))
    refused(lambda s: landed(s, "5", receipt), Invalid, field="receipts")


def test_an_invoice_beyond_the_tolerance_is_posted_by_whoever_may(
    company: Any, employ: Any, shop: Any, refused: Any
) -> None:
    anna, maria = employ("anna", "accountant"), employ("maria", "manager")
    shop(lambda s: change_tolerances(s, SYSTEM, price_percent=D(5), quantity_percent=D(0)))
    receipt = shop(lambda s: received(s, (HAMMER, 10, 3)))

    def charge(session: Any, actor: Any, price: str, *more: TradeLineDraft, of: int = receipt, **said_: Any) -> int:
        from app.documents import post

        document: Any = session.get(Document, of)
        makes = next(m for m in kind_of(document).makes if m.target == "trade.supplier_invoice")
        draft: Any = makes.draft(session, document)
        said = [replace(x, **{"quantity": D(2), "price": D(price), **said_}) for x in draft.lines]
        invoice = save(session, actor, SupplierInvoice, replace(draft, lines=[*said, *more]))
        post(session, actor, [invoice])
        return int(invoice.id)

    def tried(work: Callable[[Any], Any]) -> str:
        from tests.modules.conftest import rows_of_all_tables

        before = company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
        with pytest.raises(Conflict) as refusal:
            company.database.run(work, actor=anna)
        assert company.database.run(rows_of_all_tables, actor=SYSTEM, write=False) == before
        return str(refusal.value)

    assert "Line 1, Hammer: 3.16 charged, 3 ordered." in tried(lambda s: charge(s, anna, "3.16"))
    assert "Line 2, Hammer: 3 charged, 2 received." in tried(lambda s: charge(s, anna, "3", *lines((HAMMER, 1, 3))))
    assert "Line 1, Hammer: 2 charged, 0 received." in tried(lambda s: charge(s, anna, "3", origin=None))
    company.database.run(lambda s: charge(s, anna, "3.15"), actor=anna)
    company.database.run(lambda s: charge(s, maria, "3.16"), actor=maria)
    shop(lambda s: change_tolerances(s, SYSTEM, price_percent=D(0), price_amount=D(0)))
    fine = shop(lambda s: received(s, (HAMMER, 1000, "0.0125")))
    for quantity in (10, 30):  # 0.125 and 0.375 are 0.13 and 0.38 of any currency with two digits
        of: Any = {"of": fine, "quantity": D(quantity)}
        company.database.run(lambda s, of=of: charge(s, anna, "0.0125", **of), actor=anna)
    assert "0.013 charged, 0.0125 ordered" in tried(lambda s: charge(s, anna, "0.013", of=fine, quantity=D(100)))
    shop(lambda s: None)
    refused(lambda s: change_tolerances(s, SYSTEM, price_percent=D(-1)), Invalid, field="price_percent")


def test_goods_go_back_before_and_after_they_are_charged(shop: Any, refused: Any) -> None:
    receipt = shop(lambda s: received(s, (HAMMER, 10, 3)))
    back = shop(lambda s: next_of(s, receipt, "trade.receipt_return", {1: 4}))
    assert shop(lambda s: (costs_of(s, back), open_of(s, [back]))) == ({1: D(12)}, {})  # no debt has arisen
    refused(lambda s: next_of(s, receipt, "trade.supplier_invoice", {1: 7}), Invalid, field="lines")

    def charge(session: Any) -> int:
        document: Any = session.get(Document, receipt)
        makes = next(m for m in kind_of(document).makes if m.target == "trade.supplier_invoice")
        draft: Any = makes.draft(session, document)
        return made(session, SupplierInvoice, replace(draft, lines=[replace(x, price=D(4)) for x in draft.lines]))

    invoice = shop(charge)
    credited = shop(lambda s: next_of(s, invoice, "trade.purchase_return", {1: 2}))

    def look(session: Any) -> None:
        assert open_of(session, [invoice]) == {invoice: D("19.2")}  # 6 of 4.00 and tax, less 2
        assert set(costs_of(session, credited)) == {1}

    shop(look)
    shop(lambda s: undo(s, credited, invoice, back))
    assert shop(lambda s: shares(s, receipt)) == {"Invoiced": 0}


def asked(session: Any) -> tuple[int, list[int]]:
    said = [RequestLineDraft(ANVIL, D(2)), RequestLineDraft(HAMMER, D(10))]
    request = made(session, SupplierRequest, RequestDraft(said))
    document = session.get(SupplierRequest, request)
    return request, [ask_supplier(session, SYSTEM, document, c).id for c in (SUPPLIER, CARRIER)]


def answer(session: Any, offer: int, currency: str, *prices: Any, **more: Any) -> None:
    document = locked(session, SupplierOffer, offer)
    draft: OfferDraft = kind_of(document).draft_of(document)
    said = [replace(x, price=D(p)) for x, p in zip(draft.lines, prices, strict=True)]
    today = wall_clock().date()
    correct(session, SYSTEM, document, replace(draft, lines=said, currency=currency, answered=today, **more))


def test_the_best_of_several_answers_is_ordered(shop: Any, refused: Any) -> None:
    request, offers = shop(asked)
    shop(lambda s: set_rate(s, SYSTEM, currency="USD", day=date(2020, 1, 1), rate=ExchangeRate(D("0.5"))))
    refused(lambda s: ask_supplier(s, SYSTEM, s.get(SupplierRequest, request), SUPPLIER), Conflict, field="contact_id")
    said = refused(lambda s: order_offers(s, SYSTEM, s.get(SupplierRequest, request), offers[0]), Conflict)
    assert "hasn't answered yet" in said
    shop(lambda s: answer(s, offers[0], s.get(SupplierOffer, offers[0]).currency, 10, 3, delivery_days=4))
    shop(lambda s: answer(s, offers[1], "USD", 18, "6.20"))

    def look(session: Any) -> None:
        comparison = compare(session, session.get(SupplierRequest, request))
        best = [{n: a.is_best for n, a in one.answers.items()} for one in comparison.asked]
        assert best == [{1: False, 2: True}, {1: True, 2: False}]  # 18 USD are 9.00, 6.20 are 3.10
        assert [(one.total, one.is_best) for one in comparison.asked] == [(D(50), False), (D(49), True)]
        in_base = [[a.price_in_base for a in one.answers.values()] for one in comparison.asked]
        assert in_base == [[D(10), D(3)], [D(9), D("3.1")]]  # of one unit, as the prices beside them
        later = compare(session, session.get(SupplierRequest, request), today=date(9999, 1, 1))
        assert len(later.best) == 2  # neither says until when

    shop(look)

    def order_the_best(session: Any) -> list[int]:
        orders = order_offers(session, SYSTEM, session.get(SupplierRequest, request))
        assert [(o.contact_id, o.currency, [(x.item_id, x.price) for x in o.lines]) for o in orders] == [
            (SUPPLIER, offers_currency(session, offers[0]), [(HAMMER, D(3))]),
            (CARRIER, "USD", [(ANVIL, D(18))]),
        ]
        assert orders[0].delivery == wall_clock().date() + timedelta(days=4)
        return [o.id for o in orders]

    orders = shop(order_the_best)
    chain = shop(lambda s: {row.id for row in chain_of(s, s.get(Document, orders[0])).documents})
    assert chain >= {request, offers[0], orders[0]}
    own = shop(lambda s: offers_currency(s, offers[0]))
    last = shop(lambda s: last_prices(s, SUPPLIER, {ANVIL, HAMMER}, currency=own, tax_included=False))
    assert {item: found.price for item, found in last.items()} == {ANVIL: D(10), HAMMER: D(3)}


def test_of_two_who_ask_a_supplier_at_once_one_is_refused(shop: Any, company: Any) -> None:
    request, _offers = shop(asked)

    def ask(session: Any) -> Any:
        return ask_supplier(session, SYSTEM, session.get(SupplierRequest, request), CUSTOMER).contact_id

    answers = at_once(*(lambda: company.database.run(ask, actor=SYSTEM),) * 2)
    assert sorted(str(answer) for answer in answers) == [str(CUSTOMER), "Bergen AS was asked already."]


def test_a_total_is_what_ordering_all_of_the_offer_comes_to(shop: Any) -> None:
    request, offers = shop(asked)

    def look(session: Any) -> None:
        own, today = offers_currency(session, offers[0]), wall_clock().date()
        # Hammers at two prices, and freight that nobody asked for; the other one gives the anvils for nothing.
        first = lines((ANVIL, 2, 10), (HAMMER, 4, 3), (HAMMER, 6, 2), (FREIGHT, 1, 300))
        for offer, said in zip(offers, (first, lines((ANVIL, 2, 0), (HAMMER, 10, 5))), strict=True):
            document = locked(session, SupplierOffer, offer)
            draft: OfferDraft = kind_of(document).draft_of(document)
            correct(session, SYSTEM, document, replace(draft, lines=said, currency=own, answered=today))
        one, other = compare(session, session.get(SupplierRequest, request)).asked
        answers = [(a.price, a.quantity, a.amount, a.is_best) for a in one.answers.values()]
        assert answers == [(D(10), D(2), D(20), False), (D("2.4"), D(10), D(24), True)]
        assert (one.total, one.is_whole, one.is_best) == (D(344), True, False)
        assert [(a.price, a.amount, a.is_best) for a in other.answers.values()] == [(0, 0, True), (D(5), D(50), False)]
        assert (other.total, other.is_whole, other.is_best) == (D(50), True, True)
        for offer, total in zip(offers, (344, 50), strict=True):
            (order,) = order_offers(session, SYSTEM, session.get(SupplierRequest, request), offer)
            assert order.net == total

    shop(look)


def offers_currency(session: Any, offer: int) -> str:
    return str(session.get(SupplierOffer, offer).currency)


def test_no_more_is_ordered_than_was_agreed_and_not_after_its_end(shop: Any, refused: Any) -> None:
    end = wall_clock().date() + timedelta(days=30)
    agreed = shop(
        lambda s: made(s, PurchaseAgreement, AgreementDraft(SUPPLIER, lines((HAMMER, 100, 3)), valid_until=end))
    )
    first = shop(lambda s: next_of(s, agreed, "trade.purchase_order", {1: 60}))
    assert shop(lambda s: shares(s, agreed)) == {"Ordered": 60}
    refused(lambda s: next_of(s, agreed, "trade.purchase_order", {1: 41}), Invalid, field="lines")

    def too_late(session: Any) -> int:
        document: Any = session.get(Document, agreed)
        draft = kind_of(document).makes[0].draft(session, document)
        return made(session, PurchaseOrder, replace(draft, moment=wall_clock() + timedelta(days=31)))

    assert "the agreement ended on" in refused(too_late, Invalid, field="lines")

    def draft_of(session: Any) -> int:
        document: Any = session.get(Document, agreed)
        saved = save(session, SYSTEM, PurchaseOrder, kind_of(document).makes[0].draft(session, document))
        session.flush()
        return int(saved.id)

    waiting = shop(draft_of)  # undated: it is of the day on which it is confirmed

    def end_before(session: Any) -> None:
        session.get(Document, agreed).valid_until = wall_clock().date() - timedelta(days=1)
        session.flush()
        post(session, SYSTEM, [locked(session, PurchaseOrder, waiting)])

    assert "the agreement ended on" in refused(end_before, Invalid, field="lines")
    receipt = shop(lambda s: next_of(s, first, "trade.receipt"))
    assert shop(lambda s: s.get(GoodsReceipt, receipt).lines[0].price) == D(3)
    shop(lambda s: undo(s, receipt, first))
    assert shop(lambda s: shares(s, agreed)) == {"Ordered": 0}

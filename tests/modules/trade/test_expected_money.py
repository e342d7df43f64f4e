"""Money that orders will bring and cost: in the payment calendar from the order to the debt, each amount in one place."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import close, post, reopen, reverse, save
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from modules.contacts.contracts import create_contract
from modules.contacts.models import Contact
from modules.contacts.money.calendar import calendar
from modules.contacts.money.calendar_rows import rows_of
from modules.contacts.money.paid_ahead import NOTHING
from modules.contacts.operations import create_contact, record_payment
from modules.trade.direct.operations import deliver_directly
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.expected.orders import _not_charged
from modules.trade.models import Invoice, Purchase, PurchaseOrder, Quote, Sale, SalesOrder
from modules.trade.repeating.models import Repetition
from modules.trade.repeating.operations import pause, repeat, skip_next
from modules.warehouse.operations import create_item
from tests.modules.trade.test_chain import next_of
from tests.statements import counted

ANVIL, CUSTOMER, SUPPLIER = 1, 1, 2
TODAY = wall_clock().date()
FAR = TODAY + timedelta(days=400)


def line(quantity: Any, price: Any, **more: Any) -> TradeLineDraft:
    return TradeLineDraft(ANVIL, D(quantity), D(price), **{"tax_rate": D(0), **more})


def made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


@pytest.fixture
def shop(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """A customer who pays ten days after the document, a supplier without terms, and a hundred anvils."""

    def prepare(session: Any) -> None:
        for name in ("Bergen AS", "Lübeck GmbH"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        session.get(Contact, CUSTOMER).payment_terms, session.get(Contact, CUSTOMER).payment_days = "days", 10
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        session.flush()
        bought = made(session, Purchase, TradeDraft(SUPPLIER, [line(100, 1)]))
        record_payment(session, SYSTEM, contact_id=SUPPLIER, direction="out", amount=D(100), pays=[(bought, D(100))])

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def said(session: Any, **asked: Any) -> list[tuple[Any, ...]]:
    """Source, which way, in how many days (None: nobody said), amount."""
    return [
        (
            row.source.name.partition(".")[2],
            "in" if row.is_in else "out",
            None if row.day is None else (row.day - TODAY).days,
            row.amount,
        )
        for row in rows_of(session, TODAY, FAR, **asked)
    ]


def test_a_sales_order_is_expected_until_it_is_shipped_and_its_advance_counts_once(shop: Any) -> None:
    def of_order(session: Any) -> int:
        later = TODAY + timedelta(days=5)
        draft = SalesOrderDraft(CUSTOMER, [line(6, 10, tax_rate=D(20))], delivery=later, reserves=False)
        return made(session, SalesOrder, draft)

    order = shop(of_order)
    assert shop(said) == [("ordered", "in", 15, 72)]
    shop(lambda s: next_of(s, order, "trade.invoice"))
    assert shop(said) == [("ordered", "in", 15, 72)], "an invoice for payment owes nothing"
    pay = {"contact_id": CUSTOMER, "direction": "in", "amount": D(30), "advance_for": order}
    shop(lambda s: record_payment(s, SYSTEM, **pay))
    assert shop(said) == [("ordered", "in", 15, 42)]
    found = shop(lambda s: calendar(s, TODAY, step=7, count=8))["GBP"]
    assert [(s.come_in, s.go_out) for s in found if s.parts] == [(42, 0)]
    assert shop(lambda s: calendar(s, TODAY, step=7, count=8, expected=NOTHING))["GBP"][-1].go_out == 30
    shop(lambda s: next_of(s, order, "trade.sale", {1: 2}))
    assert shop(said) == [("ordered", "in", 15, 42)], "24 of the advance paid the sale, 6 are left of it"
    shop(lambda s: next_of(s, order, "trade.sale"))
    assert shop(said) == [("owed", "in", 10, 42)]
    shop(lambda s: record_payment(s, SYSTEM, contact_id=CUSTOMER, direction="in", amount=D(42)))
    assert shop(said) == []


def test_a_purchase_order_is_expected_until_it_is_invoiced_whether_received_or_not(shop: Any) -> None:
    order = shop(lambda s: made(s, PurchaseOrder, OrderDraft(SUPPLIER, [line(10, 3)])))
    assert shop(said) == [("ordered", "out", None, 30)]
    receipt = shop(lambda s: next_of(s, order, "trade.receipt", {1: 4}))
    assert shop(said) == [("received", "out", 0, 12), ("ordered", "out", None, 18)]
    shop(lambda s: next_of(s, receipt, "trade.supplier_invoice", {1: 3}))
    assert sorted(shop(said), key=str) == [
        ("ordered", "out", None, 18),
        ("owed", "out", 0, 9),
        ("received", "out", 0, 3),
    ]
    shop(lambda s: record_payment(s, SYSTEM, contact_id=SUPPLIER, direction="out", amount=D(20)))
    assert shop(said) == [("ordered", "out", None, 10)], "9 settle the debt, 11 are paid ahead of what comes"
    shop(lambda s: next_of(s, receipt, "trade.receipt_return"))
    shop(lambda s: close(s, SYSTEM, s.get(PurchaseOrder, order)))
    assert shop(said) == [("owed", "in", None, 11)], "what went back and what was closed costs nothing"


def test_a_direct_delivery_is_sold_by_one_order_and_bought_by_the_other(shop: Any) -> None:
    def ordered(session: Any) -> int:
        order = made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(2, 10), line(4, 10, direct=1)]))
        bought = [line(4, 5, origin=(order, 2), direct=1)]
        return made(session, PurchaseOrder, OrderDraft(SUPPLIER, bought))

    bought = shop(ordered)
    assert shop(said) == [("ordered", "in", None, 60), ("ordered", "out", None, 20)]
    shop(lambda s: deliver_directly(s, SYSTEM, bought, {1: D(3)}))
    found = {(source, way): amount for source, way, _, amount in shop(said)}
    assert found == {("ordered", "in"): 30, ("ordered", "out"): 5, ("owed", "in"): 30, ("owed", "out"): 15}


def test_a_contract_in_parts_and_a_day_on_the_order_say_when(shop: Any) -> None:
    def ordered(session: Any) -> None:
        parts = {"contact_id": CUSTOMER, "number": "A", "currency": "GBP", "instalments": "30/0, 70/30"}
        contract = create_contract(session, SYSTEM, **parts, payment_terms="days").id
        late = {"moment": wall_clock() - timedelta(days=9), "delivery": TODAY - timedelta(days=3)}
        made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 100)], contract_id=contract, **late))
        due = TODAY + timedelta(days=2)
        made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 7)], due=due))

    shop(ordered)
    assert shop(said) == [("ordered", "in", 0, 30), ("ordered", "in", 2, 7), ("ordered", "in", 30, 70)]


def test_a_prepayment_that_a_contract_wants_is_expected_by_the_delivery_and_counted_once(shop: Any) -> None:
    def ordered(session: Any) -> int:
        terms: dict[str, Any] = {"contact_id": CUSTOMER, "currency": "GBP", "payment_terms": "days", "payment_days": 10}
        contract = create_contract(session, SYSTEM, number="P", prepayment=D(30), **terms).id
        said: dict[str, Any] = {"contract_id": contract, "reserves": False}
        made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 7)], **said))
        due = {"delivery": TODAY + timedelta(days=5), "due": TODAY + timedelta(days=3)}
        made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 9)], **due, **said))
        return made(
            session,
            SalesOrder,
            SalesOrderDraft(CUSTOMER, [line(10, 10)], delivery=TODAY + timedelta(days=5), **said),
        )

    order = shop(ordered)
    others = [("ordered", "in", 3, D("6.3")), ("prepaid", "in", 3, D("2.7"))]
    undated = [("ordered", "in", None, D("4.9")), ("prepaid", "in", None, D("2.1"))]

    def rest(*rows: tuple[Any, ...]) -> None:
        found = sorted(shop(said), key=str)
        assert found == sorted([*others, *undated, *rows], key=str)

    rest(("prepaid", "in", 5, 30), ("ordered", "in", 15, 70))
    sums = shop(lambda s: calendar(s, TODAY, step=7, count=8))["GBP"]
    assert sum(span.come_in for span in sums) == 116
    pay: dict[str, Any] = {"contact_id": CUSTOMER, "direction": "in", "advance_for": order}
    shop(lambda s: record_payment(s, SYSTEM, amount=D(20), **pay))
    rest(("prepaid", "in", 5, 10), ("ordered", "in", 15, 70))
    shop(lambda s: record_payment(s, SYSTEM, amount=D(10), **pay))
    rest(("ordered", "in", 15, 70))
    shop(lambda s: next_of(s, order, "trade.sale", {1: 5}))
    rest(("owed", "in", 10, 20), ("prepaid", "in", 5, 15), ("ordered", "in", 15, 35))
    shop(lambda s: next_of(s, order, "trade.sale"))
    rest(("owed", "in", 10, 20), ("owed", "in", 10, 50))


def test_orders_are_expected_by_whom_they_are_open_to_and_in_their_own_books(
    shop: Any, company: Any, employ: Callable[..., Any]
) -> None:
    sam, anna = employ("sam", "salesperson"), employ("anna", "accountant")

    def ordered(session: Any) -> int:
        own = create_contact(session, SYSTEM, kind="legal_entity", name="Own", responsible_id=sam.user_id).id
        for contact, price in ((CUSTOMER, 10), (own, 20)):
            made(session, SalesOrder, SalesOrderDraft(contact, [line(1, price)]))
        made(session, PurchaseOrder, OrderDraft(SUPPLIER, [line(1, 5)]))
        there = create_organisation(session, SYSTEM, name="Harbour", country="GB").id
        with books_of(session, there):
            made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 40)]))
            assert [amount for *_, amount in said(session)] == [40]
        return int(there)

    shop(ordered)
    of = lambda actor: company.database.run(said, actor=actor, write=False)  # noqa: E731
    assert [(way, amount) for _, way, _, amount in of(sam)] == [("in", 20)]
    assert [(way, amount) for _, way, _, amount in of(anna)] == [("in", 10), ("out", 5), ("in", 20)]


def test_what_is_repeated_is_expected_on_its_next_days_within_the_calendar(shop: Any) -> None:
    monday = TODAY + timedelta(days=1)
    within = lambda session: [  # noqa: E731
        (row.source.name, row.is_in, (row.day - TODAY).days, row.amount)
        for row in rows_of(session, TODAY, TODAY + timedelta(days=28))
        if row.source.name == "trade.repeated" and row.day is not None
    ]

    def repeating(session: Any) -> list[int]:
        said: dict[str, Any] = {"every": "week", "first": monday}
        sale = made(session, Sale, TradeDraft(CUSTOMER, [line(1, 8)]))
        invoice = made(session, Invoice, TradeDraft(CUSTOMER, [line(1, 900)]))
        later = OrderDraft(SUPPLIER, [line(2, 3)], delivery=TODAY + timedelta(days=10))
        order = made(session, PurchaseOrder, later)
        repeat(session, SYSTEM, order, **{**said, "every": "month"})
        repeat(session, SYSTEM, invoice, **said)
        return [repeat(session, SYSTEM, sale, **said).id, order]

    repetition, order = shop(repeating)
    # ten days to pay: what comes on the 1st, 8th and 15th day is paid within the four weeks; the order comes ten days later
    sales = [("trade.repeated", True, day, 8) for day in (11, 18, 25)]
    assert shop(within) == [sales[0], ("trade.repeated", False, 11, 6), *sales[1:]]
    shop(lambda s: skip_next(s, SYSTEM, s.get(Repetition, repetition), monday))
    assert [day for _, is_in, day, _ in shop(within) if is_in] == [18, 25]
    shop(lambda s: pause(s, SYSTEM, s.get(Repetition, repetition)))
    assert shop(within) == [("trade.repeated", False, 11, 6)]
    assert shop(lambda s: [row.document_id for row in rows_of(s, TODAY, FAR, source="trade.repeated")])[0] == order


def test_the_calendar_asks_as_many_questions_whatever_is_ordered(shop: Any) -> None:
    def asked(session: Any) -> int:
        session.expire_all()
        with counted(session) as statements:
            rows_of(session, TODAY, FAR)
        return len(statements)

    def ordered(session: Any, count: int) -> None:
        for _ in range(count):
            made(session, SalesOrder, SalesOrderDraft(CUSTOMER, [line(1, 10)]))
            order = made(session, PurchaseOrder, OrderDraft(SUPPLIER, [line(2, 5)]))
            next_of(session, order, "trade.receipt", {1: 1})
            record_payment(session, SYSTEM, contact_id=CUSTOMER, direction="in", amount=D(1))

    shop(lambda s: ordered(s, 1))
    few = shop(asked)
    shop(lambda s: ordered(s, 3))
    assert shop(asked) == few <= 12


def test_nothing_is_expected_of_a_closed_order_whose_delivery_was_reversed(shop: Any) -> None:
    order = shop(lambda s: made(s, SalesOrder, SalesOrderDraft(CUSTOMER, [line(10, 10)])))
    shop(lambda s: next_of(s, order, "trade.invoice"))
    sale = shop(lambda s: next_of(s, order, "trade.sale", {1: 4}))
    shop(lambda s: close(s, SYSTEM, s.get(SalesOrder, order)))
    shop(lambda s: reverse(s, SYSTEM, s.get(Sale, sale)))
    assert shop(said) == []
    shop(lambda s: reopen(s, SYSTEM, s.get(SalesOrder, order)))
    assert shop(said) == [("ordered", "in", None, 100)]


def test_an_advance_for_an_invoice_beside_the_order_is_taken_off_the_order(shop: Any) -> None:
    quote = shop(lambda s: made(s, Quote, QuoteDraft(CUSTOMER, [line(1, 100)])))
    invoice = shop(lambda s: next_of(s, quote, "trade.invoice"))
    pay = {"contact_id": CUSTOMER, "direction": "in", "amount": D(100), "advance_for": invoice}
    shop(lambda s: record_payment(s, SYSTEM, **pay))
    shop(lambda s: next_of(s, quote, "trade.sales_order"))
    assert shop(said) == []


def test_what_was_charged_of_receipts_is_asked_of_those_that_count(shop: Any) -> None:
    order = shop(lambda s: made(s, PurchaseOrder, OrderDraft(SUPPLIER, [line(10, 3)])))
    receipt = shop(lambda s: next_of(s, order, "trade.receipt"))
    shop(lambda s: next_of(s, receipt, "trade.supplier_invoice", {1: 4}))

    def asked(session: Any) -> list[str]:
        with counted(session) as statements:
            assert _not_charged(session, TODAY) == {(receipt, 1): D(6)}
            assert _not_charged(session, TODAY + timedelta(days=1)) == {}
        return [text for x in statements if "taken" in (text := " ".join(x.split()))]

    found = shop(asked)
    assert len(found) == 2
    assert all(".origin_id IN (SELECT core_document.id FROM core_document WHERE" in x for x in found), found

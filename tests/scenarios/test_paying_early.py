"""2/10 net 30: who pays early is let off two per cent; every register agrees with the documents, and a return empties them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import SentBefore, correct, kind_of, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.bank.statement import Line, Party, Statement
from modules.contacts.bank_lines import confirm_sure, statement_by_id
from modules.contacts.bank_orders import make_order, order_by_id, payable
from modules.contacts.bank_statements import keep_statements
from modules.contacts.contracts import create_contract
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.queries import open_of
from modules.contacts.reductions import reductions_of
from modules.contacts.registers import ExchangeResults, Settlements
from modules.trade.drafts import ChargeDraft, OrderDraft, TradeDraft, TradeLineDraft
from modules.trade.early.offering import early_words
from modules.trade.early.operations import DiscountSaid, give_discount
from modules.trade.exchanging.operations import exchange
from modules.trade.making import charge_of, receipt_of
from modules.trade.models import (
    EarlyDiscount,
    GoodsReceipt,
    Purchase,
    PurchaseOrder,
    PurchaseReturn,
    Sale,
    SalesReturn,
    SupplierDiscount,
    SupplierInvoice,
)
from modules.trade.registers import Sales
from modules.trade.returning import return_of
from modules.trade.taxes.register import Taxes
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.rows import rows_of_all_tables

TODAY = date.today()
DAY = datetime.combine(TODAY - timedelta(days=5), datetime.min.time()).replace(hour=12)
OWN = "GB82WEST12345698765432"


def line(item: int, quantity: Any, price: Any, tax: int = 20) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(price), tax_rate=D(tax))


@dataclass
class Shop:
    """A customer and a supplier who both pay 2/10 net 30, two goods and a service."""

    session: Any
    customer: int
    supplier: int
    anvil: int
    book: int
    work: int
    account: int

    def sale(self, **more: Any) -> Any:
        """Ten anvils at 80.00 with 20 %, and three books at 12.67 with 5 %: 960.00 and 39.91."""
        lines = [line(self.anvil, 10, 80), line(self.book, 3, "12.67", 5)]
        return self.posted(Sale, TradeDraft(self.customer, lines, moment=DAY, **more))

    def posted(self, kind: Any, draft: Any) -> Any:
        document = save(self.session, SYSTEM, kind, draft)
        post(self.session, SYSTEM, [document])
        return document

    def pay(self, document: Any, amount: str, *, days: int = 3, reduced: bool = True, **more: Any) -> Any:
        said: dict[str, Any] = {"pays": [(document.id, D(amount))], "reduced": [document.id] if reduced else []}
        way = "out" if document.is_bought else "in"
        said |= {
            "contact_id": document.contact_id,
            "direction": way,
            "amount": D(amount),
            "currency": document.currency,
        }
        return record_payment(self.session, SYSTEM, moment=DAY + timedelta(days=days), account_id=None, **said, **more)

    def discount(self, document: Any, kind: Any = EarlyDiscount) -> Any:
        return self.session.query(kind).filter_by(discounted_id=document.id, state="posted").one_or_none()

    def taxes(self) -> dict[tuple[str, D], tuple[D, D]]:
        found = now(self.session, Taxes.by_rate, by=("direction", "rate"))
        rows = {(f.key[0], D(f.key[1]) / 10_000): (f.amounts["base"], f.amounts["tax"]) for f in found}
        return {key: both for key, both in rows.items() if any(both)}

    def sold(self) -> dict[int, tuple[D, D]]:
        found = now(self.session, Sales.results, by=("item",))
        return {f.key[0]: (f.amounts["quantity"], f.amounts["revenue"]) for f in found}

    def worth(self, item: int) -> tuple[D, D]:
        found = now(self.session, Stock.worth, by=("item",), where={"item": item})
        return (found[0].amounts["quantity"], found[0].amounts["value"]) if found else (D(0), D(0))

    def open(self, *documents: Any) -> list[D]:
        found = open_of(self.session, [d.id for d in documents])
        return [found[d.id] for d in documents]

    def prove(self) -> None:
        assert list(ledger.verify(self.session)) == []

    def refused(self, error: type[Exception], words: str, act: Callable[[], Any]) -> None:
        """The act is refused in these words, and nothing changed."""
        before = self._everything()
        with pytest.raises(error, match=words), self.session.begin_nested():
            act()
        assert self._everything() == before

    def _everything(self) -> dict[str, list[str]]:
        return {name: rows for name, rows in rows_of_all_tables(self.session).items() if not name.endswith("_total")}


@pytest.fixture
def shop(company: Any) -> Iterator[Shop]:
    with company.database.session(SYSTEM, write=True) as session:
        terms: dict[str, Any] = {"payment_terms": "days", "payment_days": 30}
        terms |= {"discount_percent": D(2), "discount_days": 10}
        terms |= {"bank_account": "DE89370400440532013000", "country": "DE"}
        people = [create_contact(session, SYSTEM, kind="legal_entity", name=n, **terms).id for n in ("Anna", "Otto")]
        goods = [create_item(session, SYSTEM, code=code, name=code.title()).id for code in ("ANVIL", "BOOK")]
        work = create_item(session, SYSTEM, code="WORK", name="Work", kind="service").id
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D("0.8533")))
        main = save_account(session, SYSTEM, kind="bank", name="Main", currency="GBP", number=OWN, may_overdraw=True).id
        made = Shop(session, *people, *goods, work, main)
        made.posted(
            Purchase, TradeDraft(made.supplier, [line(i, 20, 5, 0) for i in goods], moment=DAY - timedelta(days=1))
        )
        yield made
        session.rollback()


def test_a_sale_paid_early_is_settled_and_a_return_of_all_empties_every_register(shop: Shop) -> None:
    before, stock = shop.taxes(), shop.worth(shop.anvil)
    sale = shop.sale()
    assert (sale.amount, sale.discount_percent, sale.due) == (D("999.91"), D(2), (DAY + timedelta(days=30)).date())
    assert "Pay 979.91 by" in str(early_words(shop.session, sale))
    assert "(2 % off), 999.91 by" in str(early_words(shop.session, sale))
    payment = shop.pay(sale, "979.91", operation_id="act")
    assert shop.pay(sale, "979.91", operation_id="act") is payment
    with pytest.raises(SentBefore):
        shop.pay(sale, "979.91", operation_id="act", reduced=False)
    given = shop.discount(sale)
    assert (given.net, given.tax, given.amount, given.moment) == (D("16.76"), D("3.24"), D("20.00"), payment.moment)
    assert shop.open(sale, payment, given) == [0, 0, 0]
    assert [(x.item_id, x.quantity, x.net, x.tax) for x in given.lines] == [
        (shop.anvil, 0, D("16.00"), D("3.20")),
        (shop.book, 0, D("0.76"), D("0.04")),
    ]
    taxes = shop.taxes()
    assert taxes["output", D(20)] == (D("784.00"), D("156.80"))
    assert taxes["output", D(5)] == (D("37.25"), D("1.86"))
    assert shop.sold() == {shop.anvil: (10, D("784.00")), shop.book: (3, D("37.25"))}
    shop.prove()
    back = shop.posted(SalesReturn, return_of(shop.session, sale))
    assert (back.amount, shop.open(back)) == (D("979.91"), [D("979.91")])
    record_payment(
        shop.session,
        SYSTEM,
        contact_id=shop.customer,
        direction="out",
        amount=D("979.91"),
        pays=[(back.id, D("979.91"))],
    )
    assert (shop.taxes(), shop.worth(shop.anvil)) == (before, stock)
    assert {value for both in shop.sold().values() for value in both} == {0}
    assert shop.open(sale, back) == [0, 0]
    shop.prove()


def test_a_return_in_parts_gives_back_what_was_paid_to_the_coin(shop: Shop) -> None:
    sale = shop.sale()
    shop.pay(sale, "979.91")
    whole = D(0)
    for quantity in (1, 2):
        draft = return_of(shop.session, sale)
        draft.lines = [x for x in draft.lines if x.item_id == shop.book]
        draft.lines[0].quantity = D(quantity)
        whole += shop.posted(SalesReturn, draft).amount
    whole += shop.posted(SalesReturn, return_of(shop.session, sale)).amount
    assert whole == D("979.91")
    assert {revenue for _, revenue in shop.sold().values()} == {0}
    assert [key for key in shop.taxes() if key[0] == "output"] == []
    shop.prove()


def test_what_came_back_before_is_not_let_off(shop: Shop) -> None:
    sale = shop.sale()
    draft = return_of(shop.session, sale)
    draft.lines = [x for x in draft.lines if x.item_id == shop.anvil]
    draft.lines[0].quantity, draft.moment = D(5), DAY + timedelta(days=1)
    back = shop.posted(SalesReturn, draft)
    assert shop.open(sale, back) == [D("519.91"), 0]
    offer = reductions_of(shop.session, [sale.id])[sale.id]
    assert (offer.amount, offer.rest) == (D("10.40"), D("509.51"))
    shop.pay(sale, "509.51")
    assert shop.open(sale) == [0]
    draft = return_of(shop.session, sale)
    draft.lines = [x for x in draft.lines if x.item_id == shop.anvil]
    draft.lines[0].quantity = D(1)
    assert shop.posted(SalesReturn, draft).amount == D("94.08")  # a fifth of what was paid for those that stayed
    shop.posted(SalesReturn, return_of(shop.session, sale))
    assert {revenue for _, revenue in shop.sold().values()} == {0}
    shop.prove()


def test_a_discount_is_offered_for_the_whole_rest_once_and_within_its_days(shop: Shop) -> None:
    sale = shop.sale()
    shop.refused(Conflict, "979.91 is to be paid", lambda: shop.pay(sale, "500"))
    shop.refused(Conflict, "was for payments until", lambda: shop.pay(sale, "979.91", days=11))
    shop.pay(sale, "500", reduced=False)
    shop.pay(sale, "479.91", days=10)
    assert shop.open(sale) == [0]
    shop.refused(Conflict, "no early-payment discount, or it was given", lambda: shop.pay(sale, "1"))
    again = DiscountSaid(sale.id, D(1))
    shop.refused(Conflict, "is the discount on it already", lambda: give_discount(shop.session, SYSTEM, again))
    assert shop.discount(shop.sale()) is None


def test_one_by_hand_is_never_more_than_is_open_and_late_only_when_meant(shop: Shop) -> None:
    sale = shop.sale()
    shop.pay(sale, "979.91", days=3, reduced=False)
    late = DAY + timedelta(days=20)

    def give(amount: str, **more: Any) -> Any:
        return lambda: give_discount(shop.session, SYSTEM, DiscountSaid(sale.id, D(amount), moment=late, **more))

    shop.refused(Invalid, "Tick this if you give it all the same", give("20"))
    shop.refused(Invalid, "At most 20.00 GBP is open", give("20.01", is_late=True))
    shop.refused(Invalid, "whole coins", give("0.001", is_late=True))
    given = give("20", is_late=True, operation_id="hand")()
    assert give("20", is_late=True, operation_id="hand")() is given
    with pytest.raises(SentBefore):
        give("19", is_late=True, operation_id="hand")()
    assert shop.open(sale) == [0]
    reverse(shop.session, SYSTEM, locked(shop.session, EarlyDiscount, given.id))
    assert shop.open(sale) == [D("20.00")]
    assert shop.sold()[shop.anvil] == (10, D("800.00"))
    shop.prove()


def test_undoing_says_in_which_order(shop: Shop) -> None:
    sale = shop.sale()
    payment = shop.pay(sale, "979.91")
    given, session = shop.discount(sale), shop.session
    shop.refused(
        Conflict, f"{given.number} was given for this payment", lambda: reverse_payment(session, SYSTEM, payment.id)
    )
    shop.refused(Conflict, f"{given.number} is the early-payment discount", lambda: reverse(session, SYSTEM, sale))
    draft = kind_of(sale).draft_of(sale)
    shop.refused(Conflict, f"{given.number} is the early-payment", lambda: correct(session, SYSTEM, sale, draft))
    back = shop.posted(SalesReturn, return_of(session, sale))
    shop.refused(Conflict, f"{back.number} gave back", lambda: reverse(session, SYSTEM, given))
    for document in (back, given):
        reverse(session, SYSTEM, document)
    reverse_payment(session, SYSTEM, payment.id)
    reverse(session, SYSTEM, sale)
    assert shop.sold() in ({}, {shop.anvil: (0, 0), shop.book: (0, 0)})
    assert not now(session, Settlements.balance, by=(), where={"contact": shop.customer})[0].amounts["amount"]
    shop.prove()


def test_what_we_buy_costs_less_and_a_return_to_the_supplier_empties_everything(shop: Shop) -> None:
    before, stock = shop.taxes(), shop.worth(shop.anvil)
    bought = shop.posted(
        Purchase, TradeDraft(shop.supplier, [line(shop.anvil, 10, 8), line(shop.work, 1, 20)], moment=DAY)
    )
    shop.pay(bought, "117.60")
    taken = shop.discount(bought, SupplierDiscount)
    assert (taken.net, taken.tax, shop.open(bought, taken)) == (D("2.00"), D("0.40"), [0, 0])
    assert shop.taxes()["input", D(20)] == (D("98.00"), D("19.60"))
    assert shop.worth(shop.anvil) == (stock[0] + 10, stock[1] + D("78.40"))
    shop.prove()
    back = shop.posted(PurchaseReturn, return_of(shop.session, bought))
    assert (back.amount, shop.taxes(), shop.worth(shop.anvil)) == (D("117.60"), before, stock)
    shop.prove()


def test_a_suppliers_invoice_for_receipts_is_paid_early_too(shop: Shop) -> None:
    order = shop.posted(PurchaseOrder, OrderDraft(shop.supplier, [line(shop.anvil, 10, 8)], moment=DAY))
    draft = receipt_of(shop.session, order)
    draft.moment = DAY
    receipt = shop.posted(GoodsReceipt, draft)
    charged = charge_of(shop.session, receipt)
    assert isinstance(charged, ChargeDraft)
    charged.moment = DAY
    invoice = shop.posted(SupplierInvoice, charged)
    worth = shop.worth(shop.anvil)[1]
    shop.pay(invoice, "94.08")
    assert shop.worth(shop.anvil)[1] == worth - D("1.60")
    taken = shop.discount(invoice, SupplierDiscount)
    reverse(shop.session, SYSTEM, taken)
    assert (shop.worth(shop.anvil)[1], shop.open(invoice)) == (worth, [D("1.92")])
    shop.prove()


def test_in_a_foreign_currency_the_discount_has_the_rate_of_its_document(shop: Shop) -> None:
    save_account(shop.session, SYSTEM, kind="bank", name="Euros", currency="EUR")
    sale = shop.sale(currency="EUR")
    set_rate(shop.session, SYSTEM, currency="EUR", day=(DAY + timedelta(days=2)).date(), rate=ExchangeRate(D("0.9")))
    payment = shop.pay(sale, "979.91")
    given = shop.discount(sale)
    assert (given.rate, payment.rate == sale.rate, shop.open(sale)) == (sale.rate, False, [0])
    (result,) = now(shop.session, ExchangeResults.results, by=())
    carried = sale.rate.in_base(D("979.91"), 2)
    assert abs(result.amounts["base"] - (payment.base - carried)) <= D("0.01")
    assert shop.sold()[shop.anvil][1] == sale.rate.in_base(D("800"), 2) - sale.rate.in_base(D("16"), 2)
    shop.prove()


def test_a_contract_says_the_terms_before_its_contact(shop: Shop) -> None:
    terms = {"discount_percent": D(3), "discount_days": 5}
    contract = create_contract(shop.session, SYSTEM, contact_id=shop.customer, **terms)
    assert reductions_of(shop.session, [shop.sale(contract_id=contract.id).id]).popitem()[1].percent == 3
    plain = create_contract(shop.session, SYSTEM, contact_id=shop.customer, payment_terms="days", payment_days=7)
    assert reductions_of(shop.session, [shop.sale(contract_id=plain.id).id]) == {}
    wrong = {"discount_percent": D(100)}
    shop.refused(
        Invalid, "less than 100", lambda: create_contract(shop.session, SYSTEM, contact_id=shop.customer, **wrong)
    )


def test_a_banks_line_of_the_reduced_amount_gives_the_discount(shop: Shop) -> None:
    session, sale = shop.session, shop.sale()
    lines = [
        Line((DAY + timedelta(days=4)).date(), D("979.91"), party=Party(name="Anna"), purpose=f"Invoice {sale.number}")
    ]
    keep_statements(session, SYSTEM, [Statement(OWN, "GBP", lines)], format="OFX", file="x.ofx")
    assert confirm_sure(session, SYSTEM, statement_by_id(session, 1)) == 1
    assert (shop.open(sale), shop.discount(sale).amount) == ([0], D("20.00"))
    shop.prove()


def test_a_batch_pays_suppliers_less_the_discount(shop: Shop) -> None:
    session = shop.session
    bought = shop.posted(Purchase, TradeDraft(shop.supplier, [line(shop.work, 1, 100)], moment=DAY))
    offered = {each.document.document_id: each.offer for each in payable(session, "GBP", TODAY + timedelta(days=7))}
    assert offered[bought.id].rest == D("117.60")  # its own due day is further off
    order = make_order(session, SYSTEM, account_id=shop.account, document_ids=[bought.id], day=TODAY)
    (one,) = order_by_id(session, order.id).lines
    assert one.amount == D("117.60")
    lines = [Line(TODAY, D("-117.60"), reference=one.reference, purpose="transfer")]
    keep_statements(session, SYSTEM, [Statement(OWN, "GBP", lines)], format="OFX", file="x.ofx")
    assert confirm_sure(session, SYSTEM, statement_by_id(session, 1)) == 1
    assert (shop.open(bought), shop.discount(bought, SupplierDiscount).amount) == ([0], D("2.40"))


def test_an_exchange_is_let_off_of_what_is_left_to_pay(shop: Shop) -> None:
    paid = shop.sale()
    shop.pay(paid, "999.91", reduced=False)
    made = exchange(shop.session, SYSTEM, paid.id, {1: D(10)}, [line(shop.anvil, 11, 80)]).sale
    assert shop.open(made) == [D(96)]  # 1056.00 less 960.00 that came back
    offer = reductions_of(shop.session, [made.id])[made.id]
    assert (offer.amount, offer.rest) == (D("1.92"), D("94.08"))
    shop.pay(made, "94.08", days=6)
    assert shop.open(made) == [0]
    shop.prove()


def test_what_is_said_of_paying_early_is_of_what_is_left(shop: Shop) -> None:
    sale = shop.sale()
    draft = return_of(shop.session, sale)
    shop.posted(SalesReturn, replace(draft, lines=[replace(draft.lines[0], quantity=D(5))], moment=DAY))  # 480.00
    shop.pay(sale, "119.91", reduced=False)
    assert "Pay 389.60 by" in str(early_words(shop.session, sale))  # 400.00 less 2 % of 519.91
    assert "(2 % off), 400.00 by" in str(early_words(shop.session, sale))
    shop.pay(sale, "389.60", reduced=True)
    assert shop.open(sale) == [0]
    assert early_words(shop.session, sale) is None

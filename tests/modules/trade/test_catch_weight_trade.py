"""Catch weight on trade documents: priced by either quantity, weighed when goods move, returned by its share to the cent."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import kind_of, post, reverse, save
from app.errors import Invalid
from app.ledger import now, verify
from app.printing.papers import paper_printing
from app.reference import Unit
from app.security import SYSTEM
from app.values import line_amount
from app.web.kit.documents.paper import paper_json
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import charge_of, receipt_of, sale_of
from modules.trade.models import (
    GoodsReceipt,
    Purchase,
    PurchaseOrder,
    Sale,
    SalesOrder,
    SalesReturn,
    SupplierInvoice,
)
from modules.trade.paper.invoice import invoice_data
from modules.trade.paper.russian import russian_data
from modules.trade.paper.vietnamese import issue_note_data
from modules.trade.prints import delivery_paper
from modules.trade.returning import return_of
from modules.trade.rules import line_totals
from modules.warehouse.api import Stock, create_item, priced_quantity
from modules.warehouse.catch_weight.queries import seconds_at


class Cheese:
    """Wheels at a price per kilogram, and who buys and sells them."""

    def __init__(self, session: Any) -> None:
        kilogram = session.query(Unit).filter_by(code="KGM").one().id
        said = {"second_unit_id": kilogram, "is_priced_by_second": True}
        self.session = session
        self.item = create_item(session, SYSTEM, code="CHEESE", name="Gouda", second_per_unit=D("8.2"), **said)
        self.unknown = create_item(session, SYSTEM, code="FISH", name="Tuna", **said)
        self.contact = create_contact(session, SYSTEM, kind="legal_entity", name="Dairy").id

    def line(self, quantity: int, second: Any, price: str, **more: Any) -> TradeLineDraft:
        item = more.pop("item", self.item.id)
        said = {"tax_rate": D(0), "second": None if second is None else D(second), **more}
        return TradeLineDraft(item, D(quantity), D(price), **said)

    def posted(self, model: Any, draft: TradeDraft) -> Any:
        made = save(self.session, SYSTEM, model, draft)
        post(self.session, SYSTEM, [made])
        return made

    def there(self) -> tuple[D, D, D]:
        """Both quantities, and what they are worth."""
        own = {"item": self.item.id}
        held = now(self.session, Stock.worth, by=(), where=own)
        base, value = (sum((f.amounts[name] for f in held), D(0)) for name in ("quantity", "value"))
        return base, seconds_at(self.session, [self.item.id]).get((self.item.id, 100), D(0)), value


def test_wheels_are_bought_sold_and_returned_by_the_kilogram(company: Any) -> None:
    def work(session: Any) -> None:
        c = Cheese(session)
        c.posted(Purchase, _charge(c, c.line(20, "163.450", "7.35", tax_rate=D(19))))
        assert c.there() == (D(20), D("163.45"), D("1201.36"))
        sale = c.posted(Sale, TradeDraft(c.contact, [c.line(3, "24.180", "11.90", discount=D(5), tax_rate=D(7))]))
        # 24.18 × 11.90 × 0.95 = 273.3549
        assert (sale.net, sale.tax, sale.amount) == (D("273.35"), D("19.13"), D("292.48"))
        assert c.there() == (D(17), D("139.27"), D("1021.16"))
        row = paper_json(sale, kind_of(sale).paper(session, sale))["lines"][0]
        assert (row["second"], row["per"], D(row["price"])) == ("24.18 kg", "kg", D("11.9"))
        assert delivery_paper(session, sale).lines[0]["second"] == "24.18 kg"
        assert invoice_data(session, sale)["lines"][0][1:3] == ["3 pc · 24.18 kg", "11.90 / kg"]
        goods = russian_data(session, sale)["lines"][0]  # what is multiplied stands in its one column
        assert (goods["quantity"], goods["unit"], goods["price"]) == ("24.18", "kg", "11.30")
        assert issue_note_data(session, sale)["lines"][0][3:7] == ["kg", "24.18", "24.18", "11.3"]
        assert paper_printing(session, "", kind_of(sale).paper(session, sale)).data["lines"][0][1:3] == [
            "3 pc · 24.18 kg",
            "11.90 / kg",
        ]

        back = return_of(session, sale)
        assert (back.lines[0].quantity, back.lines[0].second) == (D(3), D("24.18"))
        back.lines[0].second = D("24.181")
        with pytest.raises(Invalid, match="more comes back than is left to return: 24"), session.begin_nested():
            save(session, SYSTEM, SalesReturn, back)
        session.expire_all()
        back.lines[0].quantity, back.lines[0].second = D(1), D("8.060")
        first = c.posted(SalesReturn, back)
        assert first.net == D("91.12")  # a third of 273.35
        rest = return_of(session, sale)
        assert (rest.lines[0].quantity, rest.lines[0].second) == (D(2), D("16.12"))
        second = c.posted(SalesReturn, rest)
        assert (first.net + second.net, first.tax + second.tax) == (sale.net, sale.tax)
        assert c.there() == (D(20), D("163.45"), D("1201.36"))
        reverse(session, SYSTEM, second)
        reverse(session, SYSTEM, first)
        assert c.there()[:2] == (D(17), D("139.27"))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


def test_an_order_estimates_and_what_is_delivered_is_weighed(company: Any) -> None:
    def work(session: Any) -> None:
        c = Cheese(session)
        order = c.posted(PurchaseOrder, OrderDraft(c.contact, [c.line(20, None, "7.35")]))
        assert (order.lines[0].second, order.net) == (D(164), D("1205.40"))
        made = receipt_of(session, order)
        assert made.lines[0].second is None
        receipt = save(session, SYSTEM, GoodsReceipt, made)
        with pytest.raises(Invalid, match="Line 1: “Gouda” needs its second quantity"), session.begin_nested():
            post(session, SYSTEM, [receipt])
        session.expire_all()
        assert (receipt.state, c.there()) == ("draft", (D(0), D(0), D(0)))
        made.lines[0].second = D("163.450")
        receipt = c.posted(GoodsReceipt, made)
        charged = charge_of(session, receipt)
        assert charged.lines[0].second == D("163.45")
        charged.lines[0].price = D("7.40")
        c.posted(SupplierInvoice, charged)
        assert c.there() == (D(20), D("163.45"), D("1209.53"))

        sold = c.posted(SalesOrder, SalesOrderDraft(c.contact, [c.line(3, "25", "11.90")]))
        sale = sale_of(session, sold)
        sale.lines[0].second = D("24.180")
        assert c.posted(Sale, sale).net == D("287.74")
        with pytest.raises(Invalid, match="“Tuna” needs its second quantity"), session.begin_nested():
            save(session, SYSTEM, SalesOrder, SalesOrderDraft(c.contact, [c.line(1, None, "9", item=c.unknown.id)]))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


def _charge(c: Cheese, *lines: TradeLineDraft) -> Any:
    from modules.trade.drafts import ChargeDraft

    return ChargeDraft(c.contact, list(lines))


class _Item:
    second, second_digits = "kg", 3

    def __init__(self, *, by_second: bool) -> None:
        self.is_priced_by_second, self.second_per_unit = by_second, None


@given(
    st.integers(1, 999),
    st.decimals("0.001", 9999, places=3),
    st.decimals(0, 999, places=4),
    st.decimals(0, 100, places=2),
    st.booleans(),
)
def test_the_price_is_of_one_of_both_quantities(pieces: int, kg: D, price: D, discount: D, by_second: bool) -> None:
    """The amount is that of a line of the priced quantity alone, rounded once, whatever the other one is."""
    priced = priced_quantity(_Item(by_second=by_second), D(pieces), kg)
    assert priced == (kg if by_second else pieces)
    totals = line_totals(priced, price, discount=discount, tax_rate=D(19), tax_included=False, digits=2)
    assert totals.net == line_amount(kg if by_second else D(pieces), price, discount=discount, digits=2)
    assert totals.net + totals.tax == totals.gross

"""Taxes of documents: decided by contact, item and day, entered once, and reported as the documents have them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app import ledger
from app.documents import correct, kind_of, post, reverse, save
from app.ledger.verification import rebuild_named
from app.reference.operations import set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from app.web.kit.tables import Query, everything
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import ExchangeResults, Settlements
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import sale_of
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesOrder, SalesReturn
from modules.trade.prints import trade_paper
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose
from modules.trade.queries import taxes_on_paper
from modules.trade.registers import Sales
from modules.trade.returning import return_of
from modules.trade.taxes.lines import tax_warnings
from modules.trade.taxes.models import TaxCode
from modules.trade.taxes.operations import save_code, set_cash_step, set_default, set_tax_rate
from modules.trade.taxes.presets import take_preset
from modules.trade.taxes.register import Taxes
from modules.trade.taxes.tables import tax_documents, taxes_between
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand

NOON, LONG_AGO = datetime(2026, 3, 2, 12), datetime(2009, 5, 1)


@pytest.fixture
def shop(company: Any) -> dict[str, int]:
    """British codes; contacts at home and abroad, a taxed and a zero-rated item, and work."""

    def work(session: Any) -> dict[str, int]:
        take_preset(session, SYSTEM, "GB")
        ids = {code.name: code.id for code in session.scalars(select(TaxCode))}
        for name, country in (("home", "GB"), ("away", "US")):
            ids[name] = create_contact(session, SYSTEM, kind="legal_entity", name=name, country=country).id
        for code, kind in (("BOLT", "goods"), ("BOOK", "goods"), ("WORK", "service")):
            ids[code] = create_item(session, SYSTEM, code=code, name=code, kind=kind).id
        group = ItemGroup(name="Print")
        session.add(group)
        session.flush()
        inner = ItemGroup(name="Books", parent_id=group.id)
        session.add(inner)
        session.flush()
        session.get(Item, ids["BOOK"]).group_id = inner.id
        session.flush()
        set_default(session, SYSTEM, "group_id", group.id, ids["VAT zero-rated"])
        for month, rate in ((1, "0.85"), (4, "0.91")):
            set_rate(session, SYSTEM, currency="EUR", day=date(2026, month, 1), rate=ExchangeRate(D(rate)))
        return ids

    return dict(company.database.run(work, actor=SYSTEM))


def line(shop: dict[str, int], item: str, quantity: str = "1", price: str = "10", **more: Any) -> Any:
    return TradeLineDraft(shop[item], D(quantity), D(price), **more)


def made(session: Any, kind: Any, contact: int, lines: list[Any], **more: Any) -> Any:
    document = save(session, SYSTEM, kind, TradeDraft(contact, lines, moment=more.pop("moment", NOON), **more))
    post(session, SYSTEM, [document])
    return document


def entered(session: Any) -> dict[tuple[str, str, D], tuple[D, D]]:
    """Direction, category and rate → base and tax."""
    figures = ledger.now(session, Taxes.by_rate, by=("direction", "category", "rate"))
    return {
        (f.key[0], f.key[1], D(f.key[2]).scaleb(-4)): (f.amounts["base"], f.amounts["tax"])
        for f in figures
        if any(f.amounts.values())
    }


def rows(session: Any, table: Any) -> list[Any]:
    return list(everything(session, table, Query.from_arguments(table, {})))


def test_a_line_without_a_rate_has_what_is_decided(shop: dict[str, int], proved: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        lines = [line(shop, "BOLT"), line(shop, "BOOK"), line(shop, "WORK")]
        draft = save(session, SYSTEM, Sale, TradeDraft(shop["home"], lines, moment=NOON))
        assert [(x.tax_rate, x.tax_category) for x in draft.lines] == [(D(20), "S"), (D(0), "Z"), (D(20), "S")]
        draft = save(session, SYSTEM, Sale, TradeDraft(shop["home"], lines, moment=LONG_AGO))
        assert draft.lines[0].tax_rate == D(15)  # the rate of its day
        draft = save(session, SYSTEM, Sale, TradeDraft(shop["away"], lines, moment=NOON))
        assert [x.tax_category for x in draft.lines] == ["G", "G", "O"]
        assert draft.tax == 0
        set_default(session, SYSTEM, "contact_id", shop["away"], shop["VAT exempt"])
        set_default(session, SYSTEM, "item_id", shop["WORK"], shop["VAT reduced"])
        draft = save(session, SYSTEM, Sale, TradeDraft(shop["away"], lines, moment=NOON))
        assert [x.tax_category for x in draft.lines] == ["E", "E", "E"]
        session.flush()
        again = kind_of(Sale).draft_of(draft)
        assert save(session, SYSTEM, Sale, again, document=draft).lines[0].tax_code_id == shop["VAT exempt"]
        # an order of a day at 15 % is sold at the rate of today, unless somebody agreed on another
        ordered = SalesOrderDraft(
            shop["home"], [line(shop, "BOLT"), line(shop, "BOLT", tax_rate=D(7))], moment=LONG_AGO
        )
        order = save(session, SYSTEM, SalesOrder, ordered)
        post(session, SYSTEM, [order])
        sold = save(session, SYSTEM, Sale, sale_of(session, order))
        assert [x.tax_rate for x in (*order.lines, *sold.lines)] == [D(15), D(7), D(20), D(7)]
        assert [str(warning)[:23] for warning in tax_warnings(session, sold)] == ["Line 2: tax at 7 %, tho"]
        typed = [
            line(shop, "BOLT", tax_rate=D(5)),
            line(shop, "WORK", tax_rate=D(5)),
            line(shop, "BOLT", tax_rate=D(0)),
        ]
        draft = save(session, SYSTEM, Sale, TradeDraft(shop["home"], typed, moment=NOON))
        kept = [(x.tax_rate, x.tax_category, x.tax_code_id) for x in draft.lines]
        assert kept == [(D(5), "S", None), (D(5), "S", shop["VAT reduced"]), (D(0), "", None)]
        assert [str(warning) for warning in tax_warnings(session, draft)] == [
            "Line 1: tax at 5 %, though “VAT” is 20 % on 2 Mar 2026. Correct it if that isn't meant.",
            "Line 3: tax at 0 %, though “VAT” is 20 % on 2 Mar 2026. Correct it if that isn't meant.",
        ]

        # and so it is proposed while one types
        typing = [
            AskedLine(shop["BOLT"], D(1)),
            AskedLine(shop["BOOK"], D(1)),
            AskedLine(shop["BOLT"], D(1), {"tax_rate": D(5)}),
        ]
        asked = Asked("sale", "GBP", date(2026, 3, 2), typing, shop["home"])
        found = propose(session, SYSTEM, asked).lines
        assert [line.cells["tax_rate"] for line in found] == [D(20), D(0), D(20)]
        assert [line.cells["tax_code_id"] for line in found] == [shop["VAT"], shop["VAT zero-rated"], shop["VAT"]]
        said = [[str(words) for words in line.says if "VAT" in str(words)] for line in found]
        assert said == [[], ["“VAT zero-rated”: of the group of items"], ["usually “VAT”, 20 %"]]

    proved(work)


def test_a_category_and_its_rate_agree(company: Any, shop: dict[str, int], refused: Callable[..., str]) -> None:
    def sell(**tax: Any) -> Any:
        return lambda s: save(s, SYSTEM, Sale, TradeDraft(shop["home"], [line(shop, "BOLT", **tax)], moment=NOON))

    from app.errors import Conflict, Invalid

    assert "has no tax" in refused(sell(tax_code_id=shop["VAT exempt"], tax_rate=D(20)), Invalid, field="lines")
    assert "above 0" in refused(sell(tax_code_id=shop["VAT"], tax_rate=D(0)), Invalid, field="lines")
    assert "no such tax code" in refused(sell(tax_code_id=987654), Invalid, field="lines")

    def on(day: datetime) -> Any:
        return lambda s: save(s, SYSTEM, Sale, TradeDraft(shop["home"], [line(shop, "BOLT")], moment=day))

    assert "has no rate on" in refused(on(datetime(1990, 1, 1)), Invalid, field="lines")
    code = lambda s: s.get(TaxCode, shop["VAT exempt"])  # noqa: E731
    refused(lambda s: set_tax_rate(s, SYSTEM, code(s), since=date(2026, 1, 1), rate=D(3)), Invalid, field="rate")
    vat = lambda s: s.get(TaxCode, shop["VAT"])  # noqa: E731
    refused(lambda s: set_tax_rate(s, SYSTEM, vat(s), since=date(2026, 1, 1), rate=D(101)), Invalid, field="rate")
    refused(lambda s: save_code(s, SYSTEM, name="VAT", category="S"), Conflict, field="name")
    refused(lambda s: save_code(s, SYSTEM, name="New", category="X"), Invalid, field="category")
    refused(lambda s: set_cash_step(s, SYSTEM, "GBP", D("0.001")), Invalid, field="step")


def test_the_report_is_what_the_documents_say(company: Any, shop: dict[str, int], proved: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        bolts, books = line(shop, "BOLT", "7", "3.33"), line(shop, "BOOK", "4", "5")
        made(session, Purchase, shop["home"], [replace(bolts, quantity=D(50)), replace(books, quantity=D(50))])
        bought = made(session, Purchase, shop["away"], [line(shop, "WORK", "1", "100.03")], currency="EUR")
        assert (bought.tax, bought.lines[0].reverse_rate) == (D(0), D(20))
        sold = made(session, Sale, shop["home"], [bolts, books, line(shop, "WORK", "3", "9.99")], tax_included=True)
        foreign = made(session, Sale, shop["home"], [bolts, books], currency="EUR", moment=datetime(2026, 4, 3))
        april = foreign.rate.in_base(foreign.amount, 2)
        found = entered(session)
        assert found["input", "AE", D(20)] == found["output", "AE", D(20)] == (D("85.03"), D("17.01"))
        vat = sold.lines[0].net + sold.lines[2].net, sold.lines[0].tax + sold.lines[2].tax
        march = {
            (r.direction, r.category, r.rate): (r.base, r.tax) for r in rows(session, taxes_between(session, *MARCH))
        }
        assert march["output", "S", D(20)] == vat
        assert march["output", "Z", D(0)] == (D(20), D(0))
        after = rows(session, taxes_between(session, date(2026, 4, 1), date(2026, 4, 30)))
        assert sum(r.base + r.tax for r in after) == april
        # each figure leads to its documents, which come to it
        for row in rows(session, taxes_between(session, None, None)):
            documents = rows(session, tax_documents(session, None, None, row.direction, row.category or "-", row.rate))
            assert (sum(d.base for d in documents), sum(d.tax for d in documents)) == (row.base, row.tax)
        (only,) = rows(session, tax_documents(session, *MARCH, "output", "Z"))
        assert (only.number, only.base) == (sold.number, D(20))
        # a correction, and a reversal
        draft = kind_of(Sale).draft_of(sold)
        correct(session, SYSTEM, sold, replace(draft, lines=[replace(draft.lines[0], tax_rate=D(5), tax_code_id=None)]))
        assert entered(session)["output", "S", D(5)] == (sold.net, sold.tax)
        reverse(session, SYSTEM, sold)
        reverse(session, SYSTEM, foreign)
        assert set(entered(session)) == {("output", "AE", D(20)), *((INPUT, c, D(r)) for c, r in BOUGHT)}

    proved(work)
    entry = Taxes.entries

    def spoil(by: int) -> list[str]:
        company.database.run(lambda s: s.connection().execute(update(entry).values(tax=entry.c.tax + by)), actor=SYSTEM)
        return list(company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False))

    assert any("has entered otherwise than its lines say" in problem for problem in spoil(1))
    assert spoil(-1) == []


MARCH = (date(2026, 3, 1), date(2026, 3, 31))
INPUT, BOUGHT = "input", (("S", 20), ("Z", 0), ("AE", 20))


def test_what_was_posted_before_the_register_is_entered(company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> None:
        made(session, Purchase, shop["home"], [line(shop, "BOLT", "9"), line(shop, "BOOK", "9")], currency="EUR")
        sold = made(session, Sale, shop["home"], [line(shop, "BOLT", "3"), line(shop, "BOOK", "2")])
        made(session, SalesReturn, shop["home"], [line(shop, "BOLT", "1", origin=(sold.id, 1))])
        made(session, Purchase, shop["away"], [line(shop, "WORK")])
        reverse(session, SYSTEM, made(session, Sale, shop["home"], [line(shop, "WORK")]))
        save(session, SYSTEM, Sale, TradeDraft(shop["home"], [line(shop, "WORK")], moment=NOON))
        before = entered(session)
        assert len(before) == 6
        connection = session.connection()
        for table in (Taxes.entries, Taxes.by_rate.table, Taxes.by_rate.months):
            connection.execute(delete(table))
        assert list(Taxes.prove(session))
        Taxes.enter_past(connection)
        Taxes.enter_past(connection)  # what is there isn't entered twice
        rebuild_named(connection, ["trade.taxes.by_rate"])
        assert entered(session) == before

    company.database.run(work, actor=SYSTEM)
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []


@pytest.mark.parametrize("currency", ["GBP", "VND", "KWD"])
def test_a_full_return_brings_every_register_to_zero(
    shop: dict[str, int], proved: Callable[..., Any], currency: str
) -> None:
    def work(session: Any) -> None:
        for code, rate in (("VND", "0.00003"), ("KWD", "2.5")):
            set_rate(session, SYSTEM, currency=code, day=date(2026, 1, 1), rate=ExchangeRate(D(rate)))
        price = {"GBP": "3.33", "VND": "100333", "KWD": "1.0777"}[currency]
        lines = [line(shop, "BOLT", "7", price), line(shop, "BOOK", "3", price, discount=D("7.5"))]
        for included in (False, True):
            stock = made(session, Purchase, shop["home"], lines, currency=currency, tax_included=included)
            sold = made(
                session,
                Sale,
                shop["home"],
                [*lines, line(shop, "WORK", "1", price)],
                currency=currency,
                tax_included=included,
            )
            assert sum(x.net for x in sold.lines) == sold.net
            assert sum(x.net + x.tax for x in sold.lines) == sold.amount
            paper = trade_paper(session, sold)
            assert sum(total.value for total in paper.totals if not total.is_grand) == sold.amount
            for kind, document in ((SalesReturn, sold), (PurchaseReturn, stock)):
                back = save(session, SYSTEM, kind, replace(return_of(session, document), moment=NOON))
                post(session, SYSTEM, [back])
        assert entered(session) == {}
        assert [f for f in stock_on_hand(session) if any(f.amounts.values())] == []
        for totals, by in ((Settlements.balance, "contact"), (Sales.results, "item")):
            assert [f for f in ledger.now(session, totals, by=(by,)) if any(f.amounts.values())] == []

    proved(work)


def test_what_is_paid_in_cash_is_rounded_to_a_coin(shop: dict[str, int], proved: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        set_cash_step(session, SYSTEM, "GBP", D("0.05"))
        sold = made(session, Sale, shop["home"], [line(shop, "WORK", "1", "8.36")], is_cash=True)
        assert (sold.net, sold.tax, sold.rounding, sold.amount) == (D("8.36"), D("1.67"), D("0.02"), D("10.05"))
        (owed,) = ledger.now(session, Settlements.balance, by=("contact",))
        assert owed.amounts["amount"] == D("10.05")
        paper = trade_paper(session, sold)
        assert [total.value for total in paper.totals] == [D("8.36"), D("1.67"), D("0.02"), D("10.05")]
        assert sold.net + sum(value for _, value in taxes_on_paper(sold)) == sold.amount  # as forms print it
        back = save(session, SYSTEM, SalesReturn, replace(return_of(session, sold), moment=NOON))
        post(session, SYSTEM, [back])
        assert (back.rounding, back.amount) == (sold.rounding, sold.amount)
        set_cash_step(session, SYSTEM, "GBP", None)
        other = made(session, Sale, shop["home"], [line(shop, "WORK", "1", "8.36")], is_cash=True)
        assert (other.rounding, other.amount) == (D(0), D("10.03"))

    proved(work)


def test_a_foreign_sale_that_is_paid_at_another_rate_gains_the_difference(
    shop: dict[str, int], proved: Callable[..., Any]
) -> None:
    def work(session: Any) -> None:
        sold = made(session, Sale, shop["home"], [line(shop, "WORK", "1", "100")], currency="EUR")
        may = datetime(2026, 5, 4)
        record_payment(
            session, SYSTEM, contact_id=shop["home"], direction="in", amount=sold.amount, currency="EUR", moment=may
        )
        # 120 euros were 102.00 pounds in March, and 109.20 when they came
        (gained,) = ledger.now(session, ExchangeResults.results, by=("contact", "currency"))
        assert gained.amounts["base"] == D("7.20")
        (owed,) = ledger.now(session, Settlements.balance, by=("contact",))
        assert (owed.amounts["amount"], owed.amounts["base"]) == (0, 0)
        assert entered(session)["output", "S", D(20)] == (D(85), D(17))  # tax stays as it was charged

    proved(work)

"""What trade documents come to: currencies and their digits, tax, discount; and what a line may not say."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.company import Company
from app.config import Config
from app.documents import correct, kind_of, post, save
from app.errors import Invalid
from app.reference import PER_LINE, PER_RATE, organisation
from app.reference.models import CurrencyRate, Unit
from app.reference.operations import change_organisation, save_unit, set_rate
from app.security import SYSTEM
from app.setup import create_company
from app.values import ExchangeRate
from modules.contacts.operations import create_contact
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.prints import trade_paper
from modules.trade.queries import taxes_of
from modules.trade.registers import Sales
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, Opening
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand

MAIN = 100
NOON = datetime(2026, 1, 20, 12)


@pytest.fixture
def shop(company: Any) -> dict[str, int]:
    """A contact, a bolt of which ten are there at 1.00, and rates: the euro's rises in February."""

    def work(session: Any) -> dict[str, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck Tools GmbH").id
        item = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        opening = save(
            session,
            SYSTEM,
            Opening,
            MovementDraft([MovementLineDraft(item, D(10), D(1))], target_id=MAIN, moment=datetime(2026, 1, 1)),
        )
        post(session, SYSTEM, [opening])
        rates = (("EUR", 1, "0.85"), ("EUR", 2, "0.91"), ("VND", 1, "0.00003"), ("KWD", 1, "2.5"))
        for currency, month, rate in rates:
            set_rate(session, SYSTEM, currency=currency, day=date(2026, month, 1), rate=ExchangeRate(D(rate)))
        return {"contact": contact, "item": item}

    return dict(company.database.run(work, actor=SYSTEM))


def line(shop: dict[str, int], quantity: str, price: str, discount: str = "0", tax: str = "0") -> Any:
    return TradeLineDraft(shop["item"], D(quantity), D(price), D(discount), D(tax))


def posted(session: Any, shop: dict[str, int], kind: Any, lines: list[Any], **more: Any) -> Any:
    draft = TradeDraft(shop["contact"], lines, moment=more.pop("moment", NOON), **more)
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return document


def held(session: Any) -> tuple[D, D]:
    """Quantity and value of the bolts."""
    (figure,) = stock_on_hand(session)
    return figure.amounts["quantity"], figure.amounts["value"]


def owed(session: Any) -> dict[str, D]:
    return {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("currency",))}


def sold(session: Any) -> tuple[D, D, D]:
    """Quantity, revenue and cost."""
    (figure,) = ledger.now(session, Sales.results, by=("item",))
    return figure.amounts["quantity"], figure.amounts["revenue"], figure.amounts["cost"]


def test_a_purchase_in_a_foreign_currency_enters_stock_at_the_days_rate_without_tax(
    company: Any, shop: dict[str, int]
) -> None:
    def work(session: Any) -> None:
        lines = [line(shop, "3", "3.33", discount="10", tax="20")]
        bought = posted(session, shop, Purchase, lines, currency="EUR")
        # 3 × 3.33 less a tenth is 8.991; 8.99 euros at 0.85 are 7.6415 pounds.
        assert (bought.net, bought.tax, bought.amount, bought.rate) == (
            D("8.99"),
            D("1.80"),
            D("10.79"),
            ExchangeRate(D("0.85")),
        )
        assert held(session) == (D(13), D("17.64"))
        assert owed(session) == {"EUR": D("-10.79")}
        january = session.scalars(select(CurrencyRate).filter_by(currency="EUR", day=date(2026, 1, 1))).one()
        # known only afterwards
        set_rate(session, SYSTEM, january, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D(2)))
        february = [line(shop, "1", "10", tax="20")]
        posted(session, shop, Purchase, february, currency="EUR", moment=datetime(2026, 2, 1))
        assert held(session) == (D(14), D("26.74"))

    company.database.run(work, actor=SYSTEM)
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []


def test_a_currency_without_a_rate_for_the_day_is_refused(refused: Any, shop: dict[str, int]) -> None:
    early = datetime(2025, 12, 31, 23, 59)
    why = refused(
        lambda s: posted(s, shop, Purchase, [line(shop, "1", "1")], currency="EUR", moment=early),
        Invalid,
    )
    assert why == "There is no exchange rate of EUR for 31 Dec 2025."


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"quantity": "0"}, "Line 2: the quantity must be above zero."),
        ({"quantity": "-1"}, "Line 2: the quantity must be above zero."),
        ({"price": "-0.000001"}, "Line 2: the price is below zero."),
        ({"discount": "-0.0001"}, "Line 2: a discount is between 0 and 100 per cent."),
        ({"discount": "100.0001"}, "Line 2: a discount is between 0 and 100 per cent."),
        ({"tax": "-0.0001"}, "Line 2: a tax rate is between 0 and 100 per cent."),
        ({"tax": "100.0001"}, "Line 2: a tax rate is between 0 and 100 per cent."),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", [Sale, Purchase])
def test_a_line_out_of_bounds_is_refused_and_nothing_changed(
    refused: Any, shop: dict[str, int], kind: Any, wrong: dict[str, str], why: str
) -> None:
    lines = [line(shop, "1", "1"), line(shop, **{"quantity": "1", "price": "1", **wrong})]
    assert refused(lambda s: posted(s, shop, kind, lines), Invalid) == why


def test_a_document_without_lines_is_refused(refused: Any, shop: dict[str, int]) -> None:
    assert refused(lambda s: posted(s, shop, Sale, []), Invalid) == "Add at least one line."


def test_a_line_at_its_bounds_is_taken(company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> list[tuple[D, D]]:
        pieces = session.scalars(select(Unit).where(Unit.code == "C62")).one()
        save_unit(session, SYSTEM, pieces, code="C62", name="pc", digits=6)
        lines = [
            line(shop, "0.000001", "1", discount="0", tax="0"),
            line(shop, "1", "0", discount="0", tax="100"),
            line(shop, "1", "1", discount="100", tax="100"),
            line(shop, "1", "1", discount="0", tax="100"),
        ]
        return [(made.net, made.tax) for made in posted(session, shop, Sale, lines).lines]

    assert company.database.run(work, actor=SYSTEM) == [(0, 0), (0, 0), (0, 0), (1, 1)]


ZERO_RATED = ("0", "1.98", "0.00")


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("per", "included", "taxes", "totals"),
    [
        # 30.97 has 5.1617 in it, 10.50 has 0.50
        (PER_RATE, True, [ZERO_RATED, ("5", "10.50", "0.50"), ("20", "30.97", "5.16")], ("37.79", "5.66", "43.45")),
        # 30.97 takes 6.194, 10.50 takes 0.525
        (PER_RATE, False, [ZERO_RATED, ("5", "10.50", "0.53"), ("20", "30.97", "6.19")], ("43.45", "6.72", "50.17")),
        # 29.97 has 4.995 in it, 1.00 has 0.1667
        (PER_LINE, True, [ZERO_RATED, ("5", "10.50", "0.50"), ("20", "30.97", "5.17")], ("37.78", "5.67", "43.45")),
        # 29.97 takes 5.994, 1.00 takes 0.20
        (PER_LINE, False, [ZERO_RATED, ("5", "10.50", "0.53"), ("20", "30.97", "6.19")], ("43.45", "6.72", "50.17")),
    ],
)
def test_taxes_of_several_rates_sum_exactly(
    company: Any, shop: dict[str, int], per: str, included: bool, taxes: list[tuple[str, ...]], totals: tuple[str, ...]
) -> None:
    def work(session: Any) -> None:
        lines = [
            line(shop, "3", "9.99", tax="20"),
            line(shop, "1", "10.50", tax="5"),
            line(shop, "2", "0.99"),
            line(shop, "1", "1", tax="20"),
        ]
        sale = posted(session, shop, Sale, lines, tax_included=included)
        net, tax, amount = map(D, totals)
        assert (sale.net, sale.tax, sale.amount) == (net, tax, amount)
        assert taxes_of(sale) == [tuple(map(D, figures)) for figures in taxes]
        assert sum(made.gross for made in sale.lines) == amount
        assert owed(session) == {"GBP": amount}
        assert sold(session) == (7, net, 7)

    round_tax(company, per)
    company.database.run(work, actor=SYSTEM)


def round_tax(company: Company, per: str) -> None:
    def work(session: Any) -> None:
        own = organisation(session)
        kept = {"name": own.name, "country": own.country, "tax_id": own.tax_id, "zone": own.zone}
        change_organisation(session, SYSTEM, **kept, tax_rounding=per)

    company.database.run(work, actor=SYSTEM)
    company.database.run(company.refresh, actor=SYSTEM)  # as each request does


def test_what_is_printed_of_taxes_can_be_worked_out(company: Any, shop: dict[str, int]) -> None:
    """Three lines of 22.22 at 23 %: 15.33 of 66.66, and of 0.66 that come in 33 parts neither 0.00 nor 0.33."""

    def printed(session: Any, lines: list[Any], **more: Any) -> list[tuple[str, D]]:
        sale = posted(session, shop, Sale, lines, **more)
        return [(str(total.title), total.value) for total in trade_paper(session, sale).totals]

    def work(session: Any) -> None:
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id
        parts = [TradeLineDraft(hour, D(1), D("0.02"), D(0), D(23))] * 33
        free = [TradeLineDraft(hour, D(1), D("5.00"))]
        assert printed(session, [*parts, *free]) == [
            ("Without tax", D("5.66")),
            ("Tax 0 % of 5.00", D("0.00")),
            ("Tax 23 % of 0.66", D("0.15")),
            ("Total", D("5.81")),
        ]
        assert printed(session, parts, tax_included=True) == [
            ("Without tax", D("0.54")),
            ("Tax 23 % in 0.66", D("0.12")),
            ("Total", D("0.66")),
        ]

    company.database.run(work, actor=SYSTEM)
    round_tax(company, PER_LINE)

    def by_line(session: Any) -> None:
        hour = session.scalars(select(Item.id).where(Item.code == "HOUR")).one()
        parts = [TradeLineDraft(hour, D(1), D("0.02"), D(0), D(23))] * 33
        assert printed(session, parts)[1] == ("Tax 23 % of 0.66, rounded on each line", D("0.00"))

    company.database.run(by_line, actor=SYSTEM)


def test_a_corrected_document_keeps_its_way_of_rounding(company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> tuple[int, D]:
        sale = posted(session, shop, Sale, [line(shop, "1", "0.02", tax="23"), line(shop, "1", "0.02", tax="23")])
        assert sale.tax == D("0.01")
        return sale.id, sale.tax

    sale_id, _ = company.database.run(work, actor=SYSTEM)
    round_tax(company, PER_LINE)

    def correct_it(session: Any) -> None:
        sale = session.get(Sale, sale_id)
        draft = kind_of(sale).draft_of(sale)
        correct(session, SYSTEM, sale, replace(draft, note="Corrected"))
        assert (sale.tax, sale.note) == (D("0.01"), "Corrected")
        other = posted(session, shop, Sale, [line(shop, "1", "0.02", tax="23"), line(shop, "1", "0.02", tax="23")])
        assert other.tax == D("0.00")

    company.database.run(correct_it, actor=SYSTEM)


def test_with_a_discount_of_a_hundred_per_cent_goods_leave_at_their_cost_for_nothing(
    company: Any, shop: dict[str, int]
) -> None:
    def work(session: Any) -> None:
        sale = posted(session, shop, Sale, [line(shop, "4", "9.99", discount="100", tax="20")])
        assert (sale.net, sale.tax, sale.amount) == (0, 0, 0)
        assert held(session) == (6, 6)
        assert sold(session) == (4, 0, 4)
        assert set(owed(session).values()) <= {D(0)}

    company.database.run(work, actor=SYSTEM)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("currency", "price", "tax", "totals", "revenue"),
    [
        # 99,999.99 dong are 100,000; at 0.00003 they are 3 pounds
        ("VND", "33333.33", "10", ("100000", "10000", "110000"), "3.00"),
        # 3.7035 dinars go up, 0.1852 of tax down; 3.704 at 2.5 are 9.26 pounds
        ("KWD", "1.2345", "5", ("3.704", "0.185", "3.889"), "9.26"),
    ],
)
def test_a_document_is_rounded_to_the_digits_of_its_currency(
    company: Any, shop: dict[str, int], currency: str, price: str, tax: str, totals: tuple[str, ...], revenue: str
) -> None:
    def work(session: Any) -> None:
        sale = posted(session, shop, Sale, [line(shop, "3", price, tax=tax)], currency=currency)
        assert (sale.net, sale.tax, sale.amount) == tuple(map(D, totals))
        assert owed(session) == {currency: D(totals[2])}
        assert sold(session) == (3, D(revenue), 3)

    company.database.run(work, actor=SYSTEM)


@pytest.mark.parametrize(
    ("currency", "paid", "first", "left"),
    [("VND", "333.5", "334", "667"), ("KWD", "0.3335", "0.334", "0.667")],
)
def test_the_books_are_kept_in_the_digits_of_their_own_currency(
    empty_url: str, tmp_path: Any, currency: str, paid: str, first: str, left: str
) -> None:
    company = Company(Config(tmp_path, empty_url, "tests"))
    create_company(
        company,
        organisation="Ours",
        country="VN",
        currency=currency,
        edition="trade",
        login="admin",
        password="correct horse",
    )

    def work(session: Any) -> None:
        contact = create_contact(session, SYSTEM, kind="individual", name="Hương").id
        item = create_item(session, SYSTEM, code="NAIL", name="Nail").id
        shop = {"contact": contact, "item": item}
        bought = posted(session, shop, Purchase, [line(shop, "3", paid)])  # 1,000.5 dong are 1,001; 1.0005 dinars 1.001
        assert owed(session) == {currency: -bought.amount}
        assert bought.amount == D(first) + D(left)
        # A third of 1,001 is 333.67, in whole dong 334; what is left is what is left.
        posted(session, shop, Sale, [line(shop, "1", paid)])
        assert sold(session) == (1, D(first), D(first))
        assert held(session) == (2, D(left))

    try:
        company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
    finally:
        company.database.dispose()


@pytest.mark.one_engine
@pytest.mark.parametrize("per", [PER_RATE, PER_LINE])
@pytest.mark.parametrize("included", [False, True])
@pytest.mark.parametrize("parts", [1, 20])
def test_what_comes_back_is_credited_to_the_last_coin_however_often_and_however_tax_is_rounded_by_then(
    company: Any, shop: dict[str, int], per: str, included: bool, parts: int
) -> None:
    """Twenty lines of 0.33 at 23 %; the organisation rounds otherwise when they come back, at once or one by one."""

    def sell(session: Any) -> tuple[int, D]:
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id
        lines = [TradeLineDraft(hour, D(1), D("0.33"), D(0), D(23))] * 20
        sale = posted(session, shop, Sale, lines, tax_included=included)
        return sale.id, sale.amount

    def give_back(session: Any) -> D:
        sale = session.get(Sale, sale_id)
        lines = [replace(line, origin=(sale_id, n)) for n, line in enumerate(kind_of(sale).draft_of(sale).lines, 1)]
        credited, size = D(0), len(lines) // parts
        for first in range(0, len(lines), size):
            some = lines[first : first + size]
            credited += posted(session, shop, SalesReturn, some, tax_included=included).amount
        return credited

    round_tax(company, per)
    sale_id, charged = company.database.run(sell, actor=SYSTEM)
    round_tax(company, PER_LINE if per == PER_RATE else PER_RATE)
    assert company.database.run(give_back, actor=SYSTEM) == charged
    assert company.database.run(owed, actor=SYSTEM, write=False).get("GBP", 0) == 0


def test_two_drafts_of_the_last_coin_are_not_both_posted(company: Any, shop: dict[str, int]) -> None:
    """Half of a coin is a coin, for whoever comes first."""

    def work(session: Any) -> list[Any]:
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service", unit="HUR").id
        sale = posted(session, shop, Sale, [TradeLineDraft(hour, D(1), D("0.01"))])
        half = TradeLineDraft(hour, D("0.5"), D("0.01"), origin=(sale.id, 1))
        drafts = [
            save(session, SYSTEM, SalesReturn, TradeDraft(shop["contact"], [half], moment=NOON)) for _ in range(2)
        ]
        session.flush()
        post(session, SYSTEM, [drafts[0]])
        return drafts

    first, second = company.database.run(work, actor=SYSTEM)
    with pytest.raises(Invalid, match=r"more than was charged for this quantity, which is 0\.00"):
        company.database.run(lambda s: post(s, SYSTEM, [s.get(SalesReturn, second.id)]), actor=SYSTEM)
    assert company.database.run(lambda s: s.get(SalesReturn, first.id).amount, actor=SYSTEM) == D("0.01")

"""What is printed adds up, however tax is put, rounded and paid; and money in a foreign currency leaves nothing behind."""

from datetime import date, datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ledger
from app.documents import kind_of, post, reverse, save
from app.reference import PER_LINE, PER_RATE, organisation
from app.reference.operations import change_organisation, set_rate
from app.security import SYSTEM
from app.translation import in_language
from app.values import ExchangeRate
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.contacts.models import Payment
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import ExchangeResults, Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.paper import russian
from modules.trade.paper.invoice import commercial_data
from modules.trade.prints import trade_paper
from modules.trade.taxes.operations import set_cash_step
from modules.trade.taxes.rounded import rounded_in_cash
from modules.warehouse.operations import create_item

NOON = datetime(2026, 3, 10, 12)
CURRENCIES = ("GBP", "EUR", "VND", "KWD")


@pytest.fixture
def shop(company: Any) -> int:
    """A customer and a service, currencies of 0, 2 and 3 digits, coins of 5."""

    def work(session: Any) -> int:
        create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service")
        for currency, rate in (("EUR", "0.85"), ("VND", "0.00003"), ("KWD", "2.5")):
            set_rate(session, SYSTEM, currency=currency, day=date(2026, 1, 1), rate=ExchangeRate(D(rate)))
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 5, 1), rate=ExchangeRate(D("0.91")))
        set_cash_step(session, SYSTEM, "GBP", D("0.05"))
        return create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck Tools GmbH").id

    return int(company.database.run(work, actor=SYSTEM))


def round_tax(session: Any, per: str) -> None:
    own = organisation(session)
    kept = {"name": own.name, "country": own.country, "tax_id": own.tax_id, "zone": own.zone}
    change_organisation(session, SYSTEM, **kept, tax_rounding=per)


def printed(text: str) -> D:
    """An amount as it is read."""
    return D(text.replace(",", "").replace("\u2212", "-"))


class _Undone(Exception):
    """Nothing of an example stays."""


lines = st.lists(
    st.tuples(
        st.integers(1, 999).map(D),
        st.decimals("0", "99999", places=2),
        st.sampled_from([D(0), D("12.5"), D(100)]),
        st.sampled_from([D(0), D("5.5"), D(10), D(20), D(23)]),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.one_engine
@pytest.mark.parametrize("per", [PER_LINE, PER_RATE])
def test_the_printed_invoice_adds_up_in_every_mode(company: Any, shop: int, per: str) -> None:
    company.database.run(lambda s: round_tax(s, per), actor=SYSTEM)
    company.database.run(company.refresh, actor=SYSTEM)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(lines, st.booleans(), st.booleans(), st.sampled_from(CURRENCIES))
    def adds_up(said: Any, included: bool, is_cash: bool, currency: str) -> None:
        def work(session: Any) -> None:
            drafts = [TradeLineDraft(1, quantity, price, off, rate) for quantity, price, off, rate in said]
            draft = TradeDraft(shop, drafts, moment=NOON, currency=currency, tax_included=included, is_cash=is_cash)
            sale = save(session, SYSTEM, Sale, draft)
            session.flush()
            with in_language("en"):
                data = commercial_data(session, sale, "Invoice")
                totals = [printed(row["value"]) for row in data["totals"]]
                amounts = [printed(row[-1]) for row in data["lines"]]
            assert sum(totals[:-1]) == totals[-1] == sale.amount
            assert sum(amounts) == (sale.net + sale.tax if included else sale.net)
            screen = [total.value for total in trade_paper(session, sale).totals]
            assert (sum(screen[:-1]), screen[-1]) == (sale.amount, sale.amount)
            raise _Undone

        with pytest.raises(_Undone):
            company.database.run(work, actor=SYSTEM)

    adds_up()


def test_what_is_gained_by_a_rate_goes_back_to_zero_with_the_payments(shop: int, proved: Any) -> None:
    """100 euros at 0.85 are paid in two parts at 0.91: 2.40 and 3.60 pounds are gained; reversing all leaves nothing."""

    def work(session: Any) -> None:
        line = TradeLineDraft(1, D(1), D(100), tax_rate=D(0))
        sale = save(session, SYSTEM, Sale, TradeDraft(shop, [line], moment=NOON, currency="EUR"))
        post(session, SYSTEM, [sale])
        may = datetime(2026, 5, 4)
        paid: list[Payment] = [
            record_payment(
                session, SYSTEM, contact_id=shop, direction="in", amount=D(amount), currency="EUR", moment=may
            )
            for amount in (40, 60)
        ]
        (gained,) = ledger.now(session, ExchangeResults.results, by=("contact", "currency"))
        assert gained.amounts["base"] == D("6.00")
        reverse(session, SYSTEM, paid[0])
        (gained,) = ledger.now(session, ExchangeResults.results, by=("contact", "currency"))
        assert gained.amounts["base"] == D("3.60")
        reverse(session, SYSTEM, paid[1])
        reverse(session, SYSTEM, sale)
        assert [f.amounts["base"] for f in ledger.now(session, ExchangeResults.results, by=("contact",))] in ([], [0])
        owed = ledger.now(session, Settlements.balance, by=("contact", "currency"))
        assert all(not value for figure in owed for value in figure.amounts.values())

    proved(work)


def test_a_payments_paper_says_its_rate_and_what_was_gained_as_the_register_has_it(shop: int, proved: Any) -> None:
    """Of 100 euros sold at 0.85, 40 are paid at 0.91 at once and 60 by an allocation of what was paid ahead."""

    def work(session: Any) -> None:
        line = TradeLineDraft(1, D(1), D(100), tax_rate=D(0))
        sale = save(session, SYSTEM, Sale, TradeDraft(shop, [line], moment=NOON, currency="EUR"))
        post(session, SYSTEM, [sale])
        money: dict[str, Any] = {"direction": "in", "currency": "EUR", "moment": datetime(2026, 5, 4)}
        paid = record_payment(session, SYSTEM, contact_id=shop, amount=D(40), **money)
        ahead = record_payment(session, SYSTEM, contact_id=shop, amount=D(60), pays=[], **money)
        moved = allocate(session, SYSTEM, contact_id=shop, lines=[AllocationLineDraft(ahead.id, sale.id, D(60))])

        def said(document: Any) -> tuple[list[Any], list[Any]]:
            paper = kind_of(document).paper(session, document)
            rates = [fact.value for fact in paper.facts if fact.name == "rate"]
            return rates, [total.value for total in paper.totals if str(total.title) == "Exchange difference"]

        assert said(paid) == (["1 EUR = 0.91 GBP (1 GBP ≈ 1.098901 EUR)"], ["2.40 GBP"])
        assert said(ahead)[1] == [], "what settles nothing realises nothing"
        assert said(moved) == ([], ["3.60 GBP"])
        assert sum(f.amounts["base"] for f in ledger.now(session, ExchangeResults.results, by=())) == D("6.00")
        groups = [total.group for total in kind_of(paid).paper(session, paid).totals]
        assert groups == ["contacts.financial", None], "what we gained is our own: no partner reads it"
        reverse(session, SYSTEM, paid)
        session.refresh(paid)
        assert said(paid)[1] == []

    proved(work)


def test_what_was_rounded_for_coins_is_known_by_days(shop: int, proved: Any) -> None:
    from dataclasses import replace

    from modules.trade.returning import return_of

    def work(session: Any) -> None:
        line = TradeLineDraft(1, D(1), D("10.03"), tax_rate=D(0))
        sold = []
        for _ in range(2):
            sale = save(session, SYSTEM, Sale, TradeDraft(shop, [line], moment=NOON, is_cash=True))
            post(session, SYSTEM, [sale])
            sold.append(sale)
        day = NOON.date()
        assert rounded_in_cash(session, day, day) == {"GBP": D("0.04")}
        back = save(session, SYSTEM, SalesReturn, replace(return_of(session, sold[0]), moment=NOON))
        post(session, SYSTEM, [back])
        assert rounded_in_cash(session, day, day) == {"GBP": D("0.02")}
        reverse(session, SYSTEM, sold[1])
        assert rounded_in_cash(session, day, day) == {}
        assert rounded_in_cash(session, date(2026, 3, 11), date(2026, 12, 31)) == {}

    proved(work)


@pytest.mark.parametrize(("points_off", "price"), [(D(0), "10.00"), (D(4), "8.00")])
def test_the_price_on_a_russian_form_is_what_is_left_of_it_by_points(points_off: D, price: str) -> None:
    goods = SimpleNamespace(unit=SimpleNamespace(name="pc"), code="A", name="A", kind="goods")
    paid = {"discount": D(0), "points_off": points_off, "price": D(10), "quantity": D(2), "net": D(20) - points_off}
    taxed: Any = {"gross": paid["net"], "tax": D(0), "tax_rate": D(0)}
    line: Any = SimpleNamespace(**paid, **taxed, item=goods, priced=D(2), priced_unit="pc")
    document: Any = SimpleNamespace(tax_included=False, currency="RUB")
    said = russian._line(document, 1, line)
    assert (D(said["price"]) * D(said["quantity"]), said["price"]) == (paid["net"], price)

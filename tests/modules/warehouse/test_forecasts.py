"""What is expected to go out: rules of the forecast, held against real sales; the history it is made of; when it is made."""

import csv
import gzip
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.planning.demand import expected
from modules.warehouse.planning.forecast import AHEAD, first_of, month_of, outlooks
from modules.warehouse.planning.forecasting import forecast, forecast_part
from modules.warehouse.planning.history import histories
from modules.warehouse.planning.models import Forecast, ForecastMonth, ReorderRule
from modules.warehouse.planning.operations import add_rule, change_rule, remove_rule
from modules.warehouse.planning.outlook import chart_of, outlook_of
from tests.conftest import DATA

ANVIL, SHOP = 1, 101
UNITS = st.integers(0, 10**12)


@given(units=UNITS, months=st.integers(6, 36), gaps=st.sets(st.integers(1, 35)))
def test_what_is_always_the_same_stays_so_whatever_months_were_without_stock(
    units: int, months: int, gaps: set[int]
) -> None:
    history = [None if at in gaps else units for at in range(months)]
    (found,) = outlooks([history])
    assert found is not None
    assert found.months == (units,) * AHEAD
    assert found.without == len({at for at in gaps if at < months})


@given(year=st.lists(UNITS, min_size=12, max_size=12), months=st.integers(24, 36))
def test_what_follows_the_season_alone_follows_it_further(year: list[int], months: int) -> None:
    (found,) = outlooks([[year[at % 12] for at in range(months)]])
    assert found is not None
    assert found.has_season
    assert found.growth == (0 if any(year) else None)
    ahead = [year[(months + at) % 12] for at in range(AHEAD)]
    assert all(abs(is_ - was) <= 1 for is_, was in zip(found.months, ahead, strict=True))


@given(history=st.lists(st.one_of(st.none(), UNITS), max_size=36))
def test_nothing_is_expected_below_zero_and_one_history_does_not_sway_another(history: list[int | None]) -> None:
    whole = [5, *history][:36]
    found, again = outlooks([whole])[0], outlooks([[7] * len(whole), whole])[1]
    assert found == again
    assert (found is None) == (len(whole) < 6)
    assert found is None or (len(found.months) == AHEAD and min(found.months) >= 0)


def test_what_grows_is_expected_to_grow_and_to_level_off() -> None:
    (found,) = outlooks([[10 * at for at in range(36)]])
    assert found is not None
    steps = [later - earlier for earlier, later in pairwise(found.months)]
    assert found.months[0] > 350
    assert all(0 <= later <= earlier + 1 for earlier, later in pairwise(steps))  # each is rounded
    assert steps[-1] < steps[0]
    assert found.growth is not None
    assert found.growth > 0


@pytest.mark.parametrize("held", [3, 6, 12])
def test_real_sales_are_foreseen_better_than_by_the_same_months_of_the_year_before(held: int) -> None:
    months, sold = _adventure_works()
    known, kept = months[:-held], months[-held:]
    wrong, naive = 0, 0
    histories, ahead = [], []
    for each in sold.values():
        history = [each[month] for month in known]
        first = next((at for at, units in enumerate(history) if units), len(history))
        if len(history) - first >= 24:
            histories.append(history[first:])
            ahead.append([each[month] for month in kept])
    assert len(histories) >= 50
    for history, outlook, came in zip(histories, outlooks(histories), ahead, strict=True):
        assert outlook is not None
        wrong += sum(abs(is_ - was) for is_, was in zip(outlook.months, came, strict=False))
        naive += sum(abs(is_ - was) for is_, was in zip(history[-12:], came, strict=False))
    assert wrong < naive, (wrong, naive)


def _adventure_works() -> tuple[list[str], dict[str, Counter[str]]]:
    """The months that are whole, and of each product how many were sold in which."""
    folder = DATA / "adventureworks" / "csv"
    with gzip.open(folder / "Sales.SalesOrderHeader.csv.gz", "rt") as file:
        month = {row["SalesOrderID"]: row["OrderDate"][:7] for row in csv.DictReader(file)}
    sold: dict[str, Counter[str]] = defaultdict(Counter)
    with gzip.open(folder / "Sales.SalesOrderDetail.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            sold[row["ProductID"]][month[row["SalesOrderID"]]] += int(row["OrderQty"])
    return sorted({each for each in month.values() if each < "2014-06"}), sold


THIS = month_of(wall_clock().date())


@pytest.fixture
def shop(proved: Any) -> Any:
    """Anvils: 10 left in each of the 8 months before the last, of which the fifth was without stock; then 10 more came."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        moved(session, Receipt, 40, THIS - 9, target_id=FIRST_WAREHOUSE)
        for month in (9, 8, 7, 6):
            moved(session, Issue, 10, THIS - month, day=20, source_id=FIRST_WAREHOUSE)
        moved(session, Receipt, 60, THIS - 4, target_id=FIRST_WAREHOUSE)
        moved(session, Transfer, 20, THIS - 4, day=3, source_id=FIRST_WAREHOUSE, target_id=SHOP)
        for month in (4, 3, 2):
            moved(session, Issue, 10, THIS - month, day=20, source_id=FIRST_WAREHOUSE)
        moved(session, Issue, 9, THIS, day=1, source_id=FIRST_WAREHOUSE)  # the month isn't over

    proved(prepare)
    return proved


def moved(session: Any, model: Any, quantity: int, month: int, *, day: int = 2, **places: int) -> None:
    lines = [MovementLineDraft(ANVIL, D(quantity), D(2) if model is Receipt else None)]
    first = first_of(month)
    moment = min(datetime(first.year, first.month, day, 9), wall_clock())
    post(session, SYSTEM, [save(session, SYSTEM, model, MovementDraft(lines, moment=moment, **places))])


def test_a_history_begins_with_the_first_use_leaves_transfers_out_and_knows_months_without_stock(
    shop: Any, company: Any, employ: Any
) -> None:
    found = shop(lambda s: histories(s, {ANVIL}, wall_clock().date()))
    ten = 10 * 10**6
    assert found == {(ANVIL, FIRST_WAREHOUSE): [ten, ten, ten, ten, None, ten, ten, ten, 0]}
    for place in (FIRST_WAREHOUSE, SHOP):  # whoever is limited to warehouses has the histories of those
        boss = replace(employ(f"boss{place}", "administrator"), limits={"warehouse.place": frozenset({place})})
        seen = company.database.run(lambda s: histories(s, {ANVIL}, wall_clock().date()), actor=boss)
        assert seen == {key: months for key, months in found.items() if key[1] == place}


def test_a_forecast_is_made_with_the_rule_and_again_for_each_month(shop: Any, company: Any, refused: Any) -> None:
    said = {"minimum": D(5), "lead_days": 30, "from_demand": True, "review_days": 60}

    def decide(session: Any) -> None:
        add_rule(session, SYSTEM, item_id=ANVIL, place_id=FIRST_WAREHOUSE, **said)
        add_rule(session, SYSTEM, item_id=ANVIL, place_id=SHOP, **said)

    def heads(session: Any) -> list[tuple[Any, ...]]:
        rows = session.scalars(select(Forecast).order_by(Forecast.rule_id))
        return [(r.rule_id, r.month, r.has_season, r.growth, r.without, r.is_known) for r in rows]

    def months(session: Any) -> int:
        return len(session.scalars(select(ForecastMonth)).all())

    def due(session: Any) -> bool:
        assert forecast.is_due is not None
        return forecast.is_due(session)

    shop(decide)
    made = [(1, THIS, False, None, 1, True), (2, THIS, False, None, 0, False)]
    assert (shop(heads), shop(months), shop(due)) == (made, AHEAD, False)

    def grow_old(session: Any) -> None:
        for each in session.scalars(select(Forecast)):
            each.month -= 1

    shop(grow_old)
    assert shop(due)
    assert shop(forecast_part) == 2
    assert (shop(heads), shop(months), shop(due)) == (made, AHEAD, False)
    too_far = {**said, "lead_days": 300, "review_days": 66}
    refused(lambda s: change_rule(s, SYSTEM, s.get(ReorderRule, 1), **too_far), Invalid, field="review_days")
    refused(
        lambda s: change_rule(s, SYSTEM, s.get(ReorderRule, 1), **{**said, "review_days": 0}),
        Invalid,
        field="review_days",
    )
    shop(lambda s: change_rule(s, SYSTEM, s.get(ReorderRule, 1), minimum=D(5)))
    shop(lambda s: remove_rule(s, SYSTEM, s.get(ReorderRule, 2)))
    assert (shop(heads), shop(months)) == ([], 0)


def test_a_rule_shows_what_went_out_and_what_is_expected(shop: Any) -> None:
    said = {"minimum": D(5), "lead_days": 30, "from_demand": True, "review_days": 60}
    rule = shop(lambda s: add_rule(s, SYSTEM, item_id=ANVIL, place_id=FIRST_WAREHOUSE, **said).id)
    months = shop(lambda s: outlook_of(s, s.get_one(ReorderRule, rule)))
    assert [each.first for each in months] == [first_of(THIS - 9 + n) for n in range(9 + AHEAD)]
    assert [each.went for each in months[:9]] == [10, 10, 10, 10, None, 10, 10, 10, 0]
    assert all(each.went is None and each.expected is not None and each.season is None for each in months[9:])
    drawn = chart_of(months)
    assert [len(series["values"]) for series in drawn["series"]] == [9 + AHEAD] * 3  # the last: a year before
    before = drawn["series"][2]["values"]
    assert [value for value in before if value is not None] == ["10.000000"] * 7 + ["0.000000"]

    def season(session: Any) -> list[Any]:
        session.get_one(Forecast, rule).has_season = True
        for n, month in enumerate(session.scalars(select(ForecastMonth).order_by(ForecastMonth.start))):
            month.quantity = D(30 if n == 0 else 10)
        session.flush()
        return [each.season for each in outlook_of(session, session.get_one(ReorderRule, rule))[9:]]

    # 30 and eleven times 10 are 140 a year: 30 is 257 % of the mean month, 10 is 86 %.
    assert shop(season) == [D(257)] + [D(86)] * (AHEAD - 1)
    shop(lambda s: change_rule(s, SYSTEM, s.get_one(ReorderRule, rule), minimum=D(5)))
    assert len(shop(lambda s: outlook_of(s, s.get_one(ReorderRule, rule)))) == 9  # by no demand nothing is forecast


@pytest.mark.one_engine
def test_the_page_of_a_rule_has_the_chart_and_the_same_as_a_table(shop: Any, app: Any) -> None:
    rule = shop(lambda s: add_rule(s, SYSTEM, item_id=ANVIL, place_id=FIRST_WAREHOUSE, minimum=D(5)).id)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get(f"/warehouse/planning/{rule}").text
    assert f'src="/warehouse/planning/{rule}/chart"' in page
    assert page.count('data-label="Quantity out"') == 9
    assert "nothing was there" in page
    assert "Nothing is forecast, as it isn't bought by demand." in page
    said = browser.get(f"/warehouse/planning/{rule}/chart").json
    assert [series["name"] for series in said["series"]] == ["Quantity out"]
    assert browser.get("/warehouse/planning/99/chart").status_code == 404


def test_a_part_of_a_month_is_expected_in_part(shop: Any) -> None:
    def asked(session: Any) -> list[int]:
        add_rule(session, SYSTEM, item_id=ANVIL, place_id=SHOP, minimum=D(0))
        for day, days, quantity in ((date(2026, 1, 1), 31, 31), (date(2026, 2, 1), 28, 56)):
            session.add(ForecastMonth(rule_id=1, start=day.toordinal(), days=days, quantity=D(quantity)))
        session.flush()
        first = date(2026, 1, 1).toordinal()
        spans = [(0, 1), (0, 31), (30, 33), (31, 59), (-9, 99), (59, 70), (5, 5)]
        return [session.scalar(select(expected(1, first + a, first + b))) // 10**6 for a, b in spans]

    assert shop(asked) == [1, 31, 1 + 2 * 2, 56, 87, 0, 0]

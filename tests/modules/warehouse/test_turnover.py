"""How stock turned over: its figures beside those worked out by hand, what lies dead, and who sees which of them."""

import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import BigInteger, literal, select

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.errors import Invalid
from app.security import SYSTEM
from app.web.kit.tables import Query, everything
from modules.warehouse.analysis import sums
from modules.warehouse.analysis.sums import quotient
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_group, create_item, create_place
from modules.warehouse.reports import stock_value, turnover

ANVIL, HAMMER, NAIL = 1, 2, 3
TODAY = wall_clock().replace(hour=0, minute=0, second=0, microsecond=0)


def moved(
    session: Any, model: Any, item: int, quantity: int, moment: datetime, price: int | None = None, **to: int
) -> Any:
    lines = [MovementLineDraft(item, D(quantity), None if price is None else D(price))]
    document = save(session, SYSTEM, model, MovementDraft(lines, moment=moment, **to))
    post(session, SYSTEM, [document])
    return document


@pytest.fixture
def shop(proved: Any) -> Any:
    """Anvils in January to March of 2025, hammers that nobody wants, nails that came today."""

    def prepare(session: Any) -> None:
        tools = create_group(session, SYSTEM, name="Tools")
        hand = create_group(session, SYSTEM, name="Hand tools", parent_id=tools.id)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", group_id=tools.id)
        create_item(session, SYSTEM, code="HAMMER", name="Hammer", group_id=hand.id)
        create_item(session, SYSTEM, code="NAIL", name="Nail", unit="KGM")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        here = {"source_id": FIRST_WAREHOUSE}
        moved(session, Opening, ANVIL, 100, datetime(2024, 12, 31, 9), 10, target_id=FIRST_WAREHOUSE)
        moved(session, Issue, ANVIL, 20, datetime(2025, 1, 10), **here)
        moved(session, Transfer, ANVIL, 30, datetime(2025, 2, 1), **here, target_id=101)
        moved(session, WriteOff, ANVIL, 10, datetime(2025, 2, 10), **here)
        moved(session, Issue, ANVIL, 25, datetime(2025, 3, 31, 23, 59), source_id=101)
        reverse(session, SYSTEM, moved(session, Issue, ANVIL, 5, datetime(2025, 4, 20), **here))
        moved(session, Opening, HAMMER, 7, datetime(2024, 12, 31, 9), 3, target_id=FIRST_WAREHOUSE)
        moved(session, Receipt, NAIL, 4, TODAY, 2, target_id=FIRST_WAREHOUSE)

    proved(prepare)
    return proved


def rows(session: Any, *columns: str, report: Any = turnover, **said: str) -> list[tuple[Any, ...]]:
    found = everything(session, report.asked(session, said), Query())
    return [tuple(getattr(row, name) for name in columns) for row in found]


QUARTER = {"since": "2025-01-01", "until": "2025-03-31"}


def test_a_quarter_is_what_it_comes_to_by_hand(shop: Any) -> None:
    # Ends of months: 1000, 800, 700, 450 of anvils; half of the first and the last: (500 + 800 + 700 + 225) / 3 = 741.6667.
    # 45 went out in 90 days; 45 are on hand. 450 / 741.6667 * 365 / 90 = 2.5 a year.
    quantities = ("code", "quantity_out", "on_hand", "cover", "last")
    assert shop(lambda s: rows(s, *quantities, **QUARTER)) == [
        ("ANVIL", D(45), D(45), D(90), datetime(2025, 3, 31).date()),
        ("HAMMER", D(0), D(7), None, None),
        ("NAIL", D(0), D(4), None, None),
    ]
    assert shop(lambda s: rows(s, "code", "cost_out", "average", "turns", "value", **QUARTER)) == [
        ("ANVIL", D(450), D("741.6667"), D("2.5"), D(450)),
        ("HAMMER", D(0), D(21), D(0), D(21)),
        ("NAIL", D(0), D(0), None, D(8)),
    ]
    assert shop(lambda s: rows(s, "code", "average", since="2025-01-05", until="2025-01-31"))[0] == ("ANVIL", D(900))


def test_groups_sum_up_their_items_and_say_a_quantity_in_one_unit_only(shop: Any) -> None:
    columns = ("group", "quantity_out", "on_hand", "cost_out", "average", "value", "last")
    day = datetime(2025, 3, 31).date()
    assert shop(lambda s: rows(s, *columns, by="group", **QUARTER)) == [
        (None, D(0), D(4), D(0), D(0), D(8), None),
        ("Tools", D(45), D(52), D(450), D("762.6667"), D(471), day),
    ]
    assert shop(lambda s: rows(s, *columns, by="group", group="1", **QUARTER)) == [
        ("Hand tools", D(0), D(7), D(0), D(21), D(21), None),
        ("Tools", D(45), D(45), D(450), D("741.6667"), D(450), day),
    ]
    assert [code for (code,) in shop(lambda s: rows(s, "code", group="2"))] == ["HAMMER"]


def test_a_warehouse_turns_over_by_itself(shop: Any) -> None:
    def of(place: int, **said: str) -> Any:
        columns = ("code", "quantity_out", "on_hand", "cost_out", "average", "value")
        return shop(lambda s: rows(s, *columns, place=str(place), **{**QUARTER, **said}))

    # Main: 1000, 800, 400 and 400 at the ends of months; (500 + 800 + 400 + 200) / 3 = 633.3333.
    main = [
        ("ANVIL", D(20), D(40), D(200), D("633.3333"), D(400)),
        ("HAMMER", D(0), D(7), D(0), D(21), D(21)),
        ("NAIL", D(0), D(4), D(0), D(0), D(8)),
    ]
    assert of(FIRST_WAREHOUSE) == main
    # The shop: 300 from the first of February, 300 and 50 at the ends of months: (150 + 300 + 25) / 2.
    assert of(101) == [("ANVIL", D(25), D(5), D(250), D("237.5"), D(50))]
    assert of(999) == []
    assert shop(lambda s: rows(s, "group", "value", place="101", by="group", **QUARTER)) == [("Tools", D(50))]
    assert shop(lambda s: rows(s, "code", stock="dead", place="101")) == [("ANVIL",)]


def test_days_before_the_first_goods_came_are_not_counted(shop: Any) -> None:
    columns = ("code", "cover", "days", "average", "turns")
    # A year is asked for, and 59 days are there: 5 last for 5 * 59 / 25 days, and 250 / 237.5 * 365 / 59 turns are a year's.
    said = {"since": "2024-04-01", "until": "2025-03-31"}
    assert shop(lambda s: rows(s, *columns, place="101", **said)) == [("ANVIL", D("11.8"), 59, D("237.5"), D("6.5"))]
    # In the company goods came on the 31st of December: 500 of that day, 1000, 800, 700 and 225 over four months.
    anvil, hammer, nail = shop(lambda s: rows(s, *columns, **said))
    assert anvil == ("ANVIL", D(91), 91, D("806.25"), D("2.2"))
    assert hammer == ("HAMMER", None, 91, D(21), D(0))
    assert nail[1:3] == (None, 91)
    # An item that is new counts from its own first day, while the company goes on.
    shop(lambda s: moved(s, Receipt, NAIL, 8, datetime(2025, 3, 22), 2, target_id=FIRST_WAREHOUSE))
    shop(lambda s: moved(s, Issue, NAIL, 2, datetime(2025, 3, 30), source_id=FIRST_WAREHOUSE))
    assert shop(lambda s: rows(s, "code", "on_hand", "cover", "days", **said))[2] == ("NAIL", D(10), D(50), 10)
    of_group = shop(lambda s: rows(s, "group", "days", by="group", **said))
    assert of_group == [(None, 10), ("Tools", 91)]


def test_where_the_company_shares_one_cost_a_warehouse_has_no_value_of_its_own(shop: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sums, "shares_company_cost", lambda _session: True)
    columns = shop(lambda s: {c.name for c in turnover.asked(s, {**QUARTER, "place": "101"}).columns})
    assert not columns & {"value", "average", "cost_out", "turns"}
    assert shop(lambda s: rows(s, "code", "on_hand", place="101", **QUARTER)) == [("ANVIL", D(5))]


def test_dead_stock_was_there_before_and_has_not_left_since(shop: Any) -> None:
    def dead(days: int) -> list[tuple[Any, ...]]:
        return shop(lambda s: rows(s, "code", "value", stock="dead", days=str(days)))  # type: ignore[no-any-return]

    assert dead(90) == [("ANVIL", D(450)), ("HAMMER", D(21))]
    shop(lambda s: moved(s, Issue, ANVIL, 1, TODAY - timedelta(days=30), source_id=FIRST_WAREHOUSE))
    assert dead(90) == [("HAMMER", D(21))]
    assert dead(30) == [("ANVIL", D(440)), ("HAMMER", D(21))]
    shop(lambda s: moved(s, WriteOff, HAMMER, 7, TODAY, source_id=FIRST_WAREHOUSE))
    assert dead(90) == []


def test_a_storekeeper_sees_quantities_and_no_cost(company: Any, employ: Any, shop: Any) -> None:
    steve = employ("steve", "storekeeper")

    def seen(session: Any) -> set[str]:
        return {c.name for c in turnover.asked(session, QUARTER).open_columns(steve)}

    columns = company.database.run(seen, actor=steve)
    assert columns == {"code", "name", "item_id", "quantity_out", "on_hand", "unit", "cover", "days", "last"}
    found = company.database.run(lambda s: rows(s, "code", "quantity_out", **QUARTER), actor=steve)
    assert found == [("ANVIL", D(45)), ("HAMMER", D(0)), ("NAIL", D(0))]


@pytest.mark.one_engine  # what a question refuses
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"since": "2001-01-01"}, "since"),
        ({"by": "colour"}, "by"),
        ({"stock": "some"}, "stock"),
        ({"group": "x"}, "group"),
        ({"place": "x"}, "place"),
        ({"days": "0"}, "days"),
        ({"days": "1.5"}, "days"),
        ({"days": "9999"}, "days"),
    ],
)
def test_what_cannot_be_asked_is_refused(shop: Any, refused: Any, said: dict[str, str], field: str) -> None:
    refused(lambda s: rows(s, "code", **said), Invalid, field=field)


def test_a_period_that_ends_before_it_begins_or_lies_ahead_has_nothing_going_out(shop: Any) -> None:
    for since, until in (("2025-03-31", "2025-01-01"), ("9999-12-31", "9999-12-31")):
        assert {out for (out,) in shop(lambda s: rows(s, "quantity_out", since=since, until=until))} == {D(0)}  # noqa: B023


@pytest.mark.parametrize(
    ("part", "whole", "times", "expected"),
    [
        (1, 3, 1, "0.3"),
        (1, 20, 1, "0.1"),  # half up
        (45, 45, 90, "90"),
        (0, 5, 365, "0"),
        (5, 0, 1, None),
        (-1, 5, 1, None),
        (10**18, 10**15, 3652, "3652000"),
        (10**12, 1, 1, str(10**12)),
        (10**12, 1, 100, None),
    ],
)
def test_a_quotient_is_exact_to_a_tenth_however_large(
    company: Any, part: int, whole: int, times: int, expected: Any
) -> None:
    query = select(quotient(literal(part, BigInteger), literal(whole, BigInteger), times=times))
    found = company.database.run(lambda s: s.execute(query).scalar_one(), actor=SYSTEM, write=False)
    assert found == (None if expected is None else D(expected))


def test_stock_is_worth_by_group_what_its_items_are(shop: Any) -> None:
    def worth(**said: str) -> Any:
        return shop(lambda s: rows(s, "group", "items", "value", "share", report=stock_value, **said))

    assert worth(until="2025-03-31") == [("Tools", 2, D(471), D(100))]
    assert worth(until="2025-03-31", group="1") == [("Hand tools", 1, D(21), D("4.5")), ("Tools", 1, D(450), D("95.5"))]
    assert worth(until="2025-03-31", place="101") == [("Tools", 1, D(50), D(100))]
    assert worth(until="2024-01-01") == []
    assert worth() == [(None, 1, D(8), D("1.7")), ("Tools", 2, D(471), D("98.3"))]


def test_stock_is_worth_at_the_ends_of_months_what_it_was_then(shop: Any) -> None:
    def worth(**said: str) -> Any:
        return shop(lambda s: rows(s, "month", "value", "share", report=stock_value, by="month", **said))

    months = [(202412, D(1021), D(100)), (202501, D(821), D("80.4")), (202502, D(721), D("70.6"))]
    assert worth(since="2024-12-05", until="2025-03-30") == [*months, (202503, D(721), D("70.6"))]
    assert worth(since="2025-03-01", until="2025-03-31") == [(202503, D(471), D(100))]
    assert worth(since="2025-02-01", until="2025-02-28", place="101") == [(202502, D(300), D(100))]
    assert worth(since="2025-01-01", until="2025-01-31", group="2") == [(202501, D(21), D(100))]


def test_a_storekeeper_sees_how_many_items_there_are_and_no_value(company: Any, employ: Any, shop: Any) -> None:
    steve = employ("steve", "storekeeper")
    for by in ("group", "month"):
        table = company.database.run(lambda s, by=by: stock_value.asked(s, {"by": by}), actor=steve)
        assert {c.name for c in table.open_columns(steve)} <= {"group", "group_id", "items", "month"}


@pytest.mark.one_engine
def test_a_share_is_a_number_and_a_bar_in_a_page_and_in_a_workbook(app: Any, employ: Any, shop: Any) -> None:
    employ("maria", "manager")
    client = app.test_client()
    client.post("/login", data={"login": "maria", "password": "maria-sample"})
    page = client.get("/warehouse/stock-value?until=2025-03-31&group=1").text
    assert '95.5<svg class="share" aria-hidden="true"><rect width="95.5%"' in page
    file = client.get("/warehouse/stock-value?until=2025-03-31&group=1&as=xlsx")
    sheet = zipfile.ZipFile(io.BytesIO(file.data)).read("xl/worksheets/sheet1.xml").decode()
    assert "95.5" in sheet
    assert "dataBar" in sheet

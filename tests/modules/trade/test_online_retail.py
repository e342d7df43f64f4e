"""The real shop's 50,000 rows, whole: every figure that its ground truth tells, and every customer's debt, by hand; ABC,
XYZ and turnover beside a script that knows nothing of the program.

Whole on SQLite; on PostgreSQL their first 1,500, as the same statements bring in all of them.
"""

import gc
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import ledger
from app.documents import post, save
from app.importing import run_import
from app.security import SYSTEM
from app.web.kit.tables import Query, everything
from modules.contacts.models import Contact
from modules.contacts.registers import Settlements
from modules.trade.models import Sale, SalesReturn
from modules.trade.registers import Sales
from modules.trade.reports import item_classes, results
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, LOSSES, Item, Opening, WriteOff
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from modules.warehouse.reports import turnover as turnover_report
from tests.modules.trade.independent_figures import NOT_GOODS, classes, code_of, turnover
from tests.modules.trade.test_sales_import import write_sheet


@pytest.fixture
def slice_(data: Path) -> Path:
    """The first 50,000 rows of the UCI set."""
    return data / "online_retail_slice" / "online_retail_first_50000.xlsx"


@pytest.fixture
def truth(data: Path) -> Any:
    """Figures computed from exactly that file by others."""
    return json.loads((data / "online_retail_slice" / "ground_truth.json").read_text())


@pytest.fixture
def seldom_collected() -> Iterator[None]:
    """As the command imports: nothing lives long, so looking for cycles a hundred times a second finds none."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    yield
    gc.set_threshold(*usual)


def _rows(path: Path) -> list[list[Any]]:
    import python_calamine

    return python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()


def _by_hand(rows: list[list[Any]]) -> dict[str, Decimal]:
    """Each customer's net revenue, straight from the rows of the sheet."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[str(int(row[6])) if row[6] != "" else "WALK-IN"] += Decimal(repr(row[3])) * Decimal(repr(row[5]))
    return sums


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("seldom_collected")
def test_a_real_shops_sheet_goes_in_to_the_penny(company: Any, slice_: Path, truth: Any) -> None:
    report = run_import(company, SYSTEM, "trade.sales", [slice_], "online_retail")
    assert (report.rows_read, report.skipped, report.errors) == (truth["rows"], [], [])
    assert dict(report.created) == {
        "contacts.contact": truth["distinct"]["customers_nonblank"] + 1,
        "warehouse.item": truth["distinct"]["stock_codes"],
        "warehouse.opening": 1,
        "trade.sale": 1869,
        "trade.sale_line": 48992,
        "trade.sales_return": truth["distinct"]["invoices_cancelled_C"],
        "trade.sales_return_line": truth["dirt_counts"]["rows_invoice_C"],
        "warehouse.write_off": 85,
        "warehouse.write_off_line": truth["dirt_counts"]["rows_quantity_negative_not_C"],
    }
    revenue = Decimal(truth["totals"]["revenue_all_rows"])
    assert (report.control.amount_in_file, report.control.amount_posted) == (revenue, revenue)
    assert report.control.rounding == 0
    company.database.run(lambda s: _compare(s, slice_, truth), actor=SYSTEM, write=False)
    company.database.run(lambda s: _compare_figures(s, _rows(slice_)[1:]), actor=SYSTEM, write=False)
    company.database.run(lambda s: _compare_classes(s, _rows(slice_)[1:]), actor=SYSTEM, write=False)

    again = run_import(company, SYSTEM, "trade.sales", [slice_], "online_retail")
    assert not again.created
    assert len(again.skipped) == truth["rows"]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_its_first_rows_go_into_the_other_engine_to_the_penny(company: Any, slice_: Path, tmp_path: Path) -> None:
    header, *rows = _rows(slice_)[:1501]
    path = write_sheet(
        tmp_path / "first.xlsx", [[None if cell == "" else cell for cell in row] for row in rows], header
    )
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    by_hand = _by_hand(rows)
    assert (report.rows_read, report.skipped, report.errors) == (len(rows), [], [])
    assert report.control.amount_in_file == report.control.amount_posted == sum(by_hand.values())

    def check(session: Any) -> None:
        assert list(ledger.verify(session)) == []
        _compare_customers(session, by_hand)
        _compare_figures(session, rows)

    company.database.run(check, actor=SYSTEM, write=False)
    again = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert not again.created
    assert len(again.skipped) == len(rows)


def test_a_part_of_it_turns_over_as_a_script_of_its_own_says(company: Any, slice_: Path, tmp_path: Path) -> None:
    """A few of its invoices of all days, of goods that were there before at a cost."""
    header, *whole = _rows(slice_)
    rows = [row for row in whole if int(str(row[0]).removeprefix("C").split(".")[0]) % 150 == 0]
    stock = {
        code_of(row): (10_000, Decimal(int(row[5] * 40)) / 100)
        for row in rows
        if row[3] > 0 and code_of(row) not in NOT_GOODS
    }
    opened = datetime(2010, 11, 30, 12)

    def prepare(session: Any) -> None:
        items = {code: create_item(session, SYSTEM, code=code, name=code).id for code in sorted(stock)}
        lines = [MovementLineDraft(items[code], Decimal(n), cost) for code, (n, cost) in sorted(stock.items())]
        draft = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=opened)
        post(session, SYSTEM, [save(session, SYSTEM, Opening, draft)])

    company.database.run(prepare, actor=SYSTEM)
    path = write_sheet(tmp_path / "part.xlsx", [[None if cell == "" else cell for cell in row] for row in rows], header)
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert (report.rows_read, report.skipped, report.errors) == (len(rows), [], [])

    def check(session: Any) -> None:
        _compare_classes(session, rows)
        until = max(row[4] for row in rows).date()
        for since in (date(2010, 12, 1), date(2010, 1, 15)):
            table = turnover_report.asked(session, {"since": str(since), "until": str(until)})
            names = ("quantity_out", "on_hand", "cover", "last", "cost_out", "average", "turns")
            found = {r.code: [getattr(r, name) for name in names] for r in everything(session, table, Query())}
            wanted = turnover(rows, opened.date(), stock, since, until)
            assert {code: found[code] for code in stock} == {
                code: [getattr(turned, name) for name in names] for code, turned in wanted.items()
            }

    company.database.run(check, actor=SYSTEM, write=False)


def _compare(session: Any, path: Path, truth: Any) -> None:
    totals = ledger.totals_of(session)
    assert totals["trade.sales"]["revenue"] == Decimal("840620.50")
    assert totals["trade.sales"]["cost"] == 0
    assert list(ledger.verify(session)) == []

    numbers = {n for kind in (Sale, SalesReturn, WriteOff) for n in session.scalars(select(kind.number))}
    assert len(numbers) == truth["distinct"]["invoices_all"]
    assert session.scalar(select(func.count(Item.id)).where(Item.kind == "service")) == len(
        truth["dirt_counts"]["rows_non_product_code"]
    )
    for number, said in truth["invoice_samples"].items():
        sale = session.scalars(select(Sale).where(Sale.number == number)).one()
        assert (len(sale.lines), sale.amount) == (said["rows"], Decimal(said["amount"]))

    by_hand = _by_hand(_rows(path)[1:])
    _compare_customers(session, by_hand)
    for code, amount in truth["top10_customers_by_revenue_all_rows"].items():
        assert by_hand[code] == Decimal(amount)

    by_item = {f.key[0]: f.amounts["revenue"] for f in ledger.now(session, Sales.results, by=("item",))}
    items = {i.code: i.id for i in session.scalars(select(Item))}
    for code, amount in truth["top10_products_by_revenue_all_rows"].items():
        assert by_item[items[code]] == Decimal(amount)

    on_hand = ledger.now(session, Stock.on_hand, by=("item",), where={"place": FIRST_WAREHOUSE})
    assert min(f.amounts["quantity"] for f in on_hand) == 0
    # Losses of goods aren't sales, so sold + written off is what the file's quantities come to.
    sold, lost = totals["trade.sales"]["quantity"], _lost(session)
    assert sold - lost == Decimal(str(truth["totals"]["quantity_all_rows"]))


def _lost(session: Any) -> Decimal:
    e = Stock.entries.c
    return session.execute(select(func.sum(e.quantity)).where(e.place_to_id == LOSSES)).scalar_one()  # type: ignore[no-any-return]


def _compare_customers(session: Any, by_hand: dict[str, Decimal]) -> None:
    """Each customer's revenue and debt."""
    by_contact = {f.key[0]: f.amounts["revenue"] for f in ledger.now(session, Sales.results, by=("contact",))}
    owed = {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("contact",))}
    codes = {c.id: c.code for c in session.scalars(select(Contact))}
    assert {codes[i]: v for i, v in owed.items() if v} == {code: v for code, v in by_hand.items() if v}
    assert {codes[i]: v for i, v in by_contact.items() if v} == {code: v for code, v in by_hand.items() if v}


def _compare_figures(session: Any, rows: list[list[Any]]) -> None:
    """Sales figures of any kind, beside sums over the sheet's own rows."""
    sold: dict[str, dict[tuple[str, ...], Decimal]] = {
        by: defaultdict(Decimal) for by in ("item", "contact", "day", "month")
    }
    together: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        amount, day = Decimal(repr(row[3])) * Decimal(repr(row[5])), row[4].date()
        code = str(int(row[1])) if isinstance(row[1], float) else str(row[1])
        said = {"item": code, "contact": str(int(row[6])) if row[6] != "" else "WALK-IN"}
        said |= {"day": str(day), "month": str(day.replace(day=1))}
        for by, sums in sold.items():
            sums[(said[by],)] += amount
        together[said["month"], said["item"]] += amount
    days = {"since": min(row[4] for row in rows).date(), "until": max(row[4] for row in rows).date()}
    for by, sums in sold.items():
        assert _figures(session, (by,), days) == {key: amount for key, amount in sums.items() if amount}, by
    assert _figures(session, ("month", "item"), days) == {key: amount for key, amount in together.items() if amount}
    (whole,) = _figures(session, ("warehouse",), days).values()
    assert whole == sum(together.values())


def _compare_classes(session: Any, rows: list[list[Any]]) -> None:
    """Each item's revenue, quantity, variation and classes, beside what a script of its own makes of the sheet's rows."""
    for by in ("revenue", "quantity"):
        wanted = classes(rows, by=by)
        days = {"since": "2010-12-01", "until": str(max(row[4] for row in rows).date())}
        table = item_classes.asked(session, {"by": by, **days})
        found = {
            row.code: (row.revenue, row.quantity, row.variation, row.abc + row.xyz)
            for row in everything(session, table, Query())
        }
        assert found == {
            code: (sold.revenue, sold.quantity, sold.variation, sold.abc + sold.xyz)
            for code, sold in wanted.items()
            if sold.revenue or any(sold.months.values())
        }
        assert {each[3][0] for each in found.values()} == {"A", "B", "C"}


def _figures(session: Any, by: tuple[str, ...], days: dict[str, Any]) -> dict[tuple[str, ...], Decimal]:
    """What the list of sales figures says, by code; rows of nothing left out."""
    table = results.asked(session, {"by": by[0], "then": (*by, "alone")[1], **{n: str(day) for n, day in days.items()}})
    codes = dict(session.execute(select(Contact.id, Contact.code)).all())
    found = {}
    for row in everything(session, table, Query()):
        said = {"item": lambda row: row.code, "contact": lambda row: codes[row.contact_id]}
        key = tuple(said[name](row) if name in said else str(getattr(row, name)) for name in by)
        if row.revenue:
            found[key] = row.revenue
    return found

"""Whatever rows a sheet holds: the counts add up, nothing is half done, and the books agree with the report."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ledger
from app.importing import Report, run_import
from app.security import SYSTEM
from modules.warehouse.models import FIRST_WAREHOUSE
from modules.warehouse.registers import Stock

_HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
_invoice = st.tuples(st.sampled_from(["", "", "", "", "C", "C", "A", "Z"]), st.integers(1, 6))
_rows = st.lists(
    st.tuples(
        _invoice,
        st.sampled_from(["85123A", "85123a", "71053", "71053", "POST", "B", "B", ""]),
        st.sampled_from(["", "THING"]),
        st.sampled_from([*"123456789", "-1", "-2", "-3", "-4", "0.5", "0", "junk", ""]),
        st.integers(1, 28).map(lambda day: f"2010-12-{day:02} 08:26"),
        st.sampled_from(["2.55", "2.55", "0", "0", "0", "0.001", "1.005", "-3", "x"]),
        st.sampled_from(["", "17850", "17850", "17850"]),
        st.sampled_from(["EIRE", "Nowhere"]),
    ),
    max_size=12,
)
#: Invoice numbers of an example begin here, so that examples in one database do not meet.
_examples = iter(range(1000, 10**9, 10))


@pytest.fixture
def books(company: Any) -> Any:
    """The sums of all registers, the stock, and proof."""

    def read(session: Any) -> Any:
        assert list(ledger.verify(session)) == []
        stock = ledger.now(session, Stock.on_hand, by=("item",), where={"place": FIRST_WAREHOUSE})
        assert all(f.amounts["quantity"] >= 0 for f in stock)
        return ledger.totals_of(session)

    return lambda: company.database.run(read, actor=SYSTEM, write=False)


def _check_report(report: Report) -> None:
    lines = sum(n for kind, n in report.created.items() if kind.endswith("_line"))
    assert lines + len(report.skipped) + len(report.errors) == report.rows_read
    assert len({(e.file, e.row) for e in (*report.skipped, *report.errors)}) == len(report.skipped) + len(report.errors)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_rows, skip_errors=st.booleans())
def test_counts_add_up_and_nothing_is_half_done(
    company: Any, books: Any, tmp_path: Path, rows: list[Any], skip_errors: bool
) -> None:
    _bring_in(company, books, tmp_path, rows, skip_errors)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_rows, skip_errors=st.booleans())
def test_counts_add_up_on_the_other_engine(
    company: Any, books: Any, tmp_path: Path, rows: list[Any], skip_errors: bool
) -> None:
    """Fewer: most of what chance finds is in how rows are read, which no engine hears of."""
    _bring_in(company, books, tmp_path, rows, skip_errors)


def _bring_in(company: Any, books: Any, tmp_path: Path, rows: list[Any], skip_errors: bool) -> None:
    path, base = tmp_path / "rows.csv", next(_examples)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(_HEADER)
        out.writerows([f"{prefix}{base + n}", *rest] for (prefix, n), *rest in rows)
    before = books()
    tried = run_import(company, SYSTEM, "trade.sales", [path], "online_retail", dry_run=True, skip_errors=skip_errors)
    assert books() == before
    done = run_import(company, SYSTEM, "trade.sales", [path], "online_retail", skip_errors=skip_errors)
    after = books()
    assert (tried.created, tried.control, tried.skipped, tried.errors) == (
        done.created,
        done.control,
        done.skipped,
        done.errors,
    )
    _check_report(done)
    if done.errors and not skip_errors:
        assert after == before
        assert not done.created
    assert after["trade.sales"]["revenue"] - before["trade.sales"]["revenue"] == done.control.amount_posted
    assert (
        after["contacts.settlements"]["amount"] - before["contacts.settlements"]["amount"] == done.control.amount_posted
    )
    sold = done.created["trade.sale_line"] + done.created["trade.sales_return_line"]
    assert after["trade.sales"]["entries"] - before["trade.sales"]["entries"] == sold

    again = run_import(company, SYSTEM, "trade.sales", [path], "online_retail", skip_errors=skip_errors)
    _check_report(again)
    assert not +again.created
    assert books() == after

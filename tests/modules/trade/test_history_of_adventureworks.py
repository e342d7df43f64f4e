"""Orders to suppliers and of customers as history: the real rows of AdventureWorks, with discounts, and their dirt."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import ledger
from app.importing import Report, run_import
from app.reference import CurrencyRate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.models import Contact
from modules.contacts.registers import Settlements
from modules.trade.models import Purchase, Sale, TradeLine
from tests.modules.trade.test_sales_import import assert_adds_up

pytestmark = pytest.mark.one_engine  # what rows become: no engine decides

SALES = (
    "Sales.SalesOrderDetail",
    "Sales.SalesOrderHeader",
    "Sales.Customer",
    "Sales.SalesTerritory",
    "Production.Product",
)
PURCHASES = ("Purchasing.PurchaseOrderDetail", "Purchasing.PurchaseOrderHeader", "Production.Product")
#: Of so many orders one is brought in.
SOME = {"Sales.SalesOrderDetail": 200, "Purchasing.PurchaseOrderDetail": 20}
CENT = Decimal("0.01")


@pytest.fixture
def bring(company: Any, data: Path, tmp_path: Path) -> Callable[[str, tuple[str, ...]], Report]:
    """Import some rows of a table; gives the report, after holding that its counts add up and the books are proved."""

    rate = CurrencyRate(currency="USD", day=date(2011, 1, 1), rate=ExchangeRate(Decimal("0.6")))
    company.database.run(lambda s: s.add(rate), actor=SYSTEM)

    def go(what: str, tables: tuple[str, ...]) -> Report:
        paths = [table_of(data, tmp_path, name) for name in tables]
        report = run_import(company, SYSTEM, f"trade.{what}", paths, f"adventureworks_{what}")
        assert_adds_up(report)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return report

    return go


def table_of(data: Path, folder: Path, name: str) -> Path:
    """The table as the file that people have: whole documents of some of its rows."""
    target = folder / f"{name}.csv"
    with gzip.open(data / "adventureworks" / "csv" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as source:
        target.write_text("".join(some(source, SOME[name]) if name in SOME else source), encoding="utf-8")
    return target


def some(lines: Iterator[str], each: int) -> Iterator[str]:
    """The header, and each so many-th document whole."""
    yield next(lines)
    yield from (line for line in lines if int(line.partition(",")[0]) % each == 0)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_orders_come_in_as_sales_with_their_discounts(company: Any, bring: Any, tmp_path: Path) -> None:
    report = bring("sales", SALES)
    rows = read(tmp_path / "Sales.SalesOrderDetail.csv")
    exact: dict[str, Decimal] = defaultdict(Decimal)
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        amount = int(row["OrderQty"]) * Decimal(row["UnitPrice"]) * (1 - Decimal(row["UnitPriceDiscount"]))
        assert amount == Decimal(row["LineTotal"])
        exact[row["SalesOrderID"]] += amount
        posted[row["SalesOrderID"]] += amount.quantize(CENT, ROUND_HALF_UP)
    assert report.created["trade.sale"] == len(exact)
    assert report.control.amount_in_file == sum(exact.values())
    assert report.control.amount_posted == sum(posted.values())
    assert report.control.rounding == sum(posted.values()) - sum(exact.values())

    def look(session: Any) -> None:
        sums = {s.number: s.amount for s in session.scalars(select(Sale))}
        assert sums == posted
        discounts = set(session.scalars(select(TradeLine.discount).distinct()))
        assert discounts == {Decimal(row["UnitPriceDiscount"]) * 100 for row in rows}
        assert len(discounts) > 1
        store = session.scalars(select(Contact).where(Contact.code == "298")).one()
        assert (store.name, store.country) == ("Customer 298", "US")  # of its store, not of who works there

    company.database.run(look, actor=SYSTEM, write=False)
    again = bring("sales", SALES)
    assert not again.created
    assert len(again.skipped) == len(rows)


def test_orders_to_suppliers_come_in_as_purchases_that_are_owed(company: Any, bring: Any, tmp_path: Path) -> None:
    report = bring("purchases", PURCHASES)
    vendors = {row["PurchaseOrderID"]: row["VendorID"] for row in read(tmp_path / "Purchasing.PurchaseOrderHeader.csv")}
    rows = read(tmp_path / "Purchasing.PurchaseOrderDetail.csv")
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        amount = int(row["OrderQty"]) * Decimal(row["UnitPrice"])
        owed[vendors[row["PurchaseOrderID"]]] += amount.quantize(CENT, ROUND_HALF_UP)
    assert report.control.amount_in_file == sum(int(r["OrderQty"]) * Decimal(r["UnitPrice"]) for r in rows)
    assert report.control.amount_posted == sum(owed.values())
    assert "warehouse.opening" not in report.created  # what is bought explains itself

    def look(session: Any) -> None:
        assert session.scalar(select(func.count(Purchase.id))) == report.created["trade.purchase"]
        codes = dict(session.execute(select(Contact.id, Contact.code)).all())
        debts = ledger.now(session, Settlements.balance, by=("contact",))
        assert {codes[f.key[0]]: -f.amounts["amount"] for f in debts} == owed

    company.database.run(look, actor=SYSTEM, write=False)
    again = bring("purchases", PURCHASES)
    assert not again.created
    assert len(again.skipped) == len(rows)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("1,5,A,0,10,0", "OrderQty", "the quantity is zero"),
        ("1,5,A,-1,10,0", "UnitPrice", "a quantity below zero"),
        ("1,,A,1,10,0", "Vendor", "the supplier is missing"),
        ("1,x5,A,1,10,0", "Vendor", "isn't a supplier's number"),
        ("1,5,A,1,10,101", "Off", "isn't between nothing and all of the price"),
        ("1,5,A,1,10,-1", "Off", "isn't between nothing and all of the price"),
        ("1,5,A,1,10,0.12345", "Off", "more than 4 digits"),
        ("C1,5,A,1,10,0", "OrderQty", "a cancellation with a quantity above zero"),
        ("C1,5,A,-2,10,0", "Order", ""),
        ("1,5,A,1,10,100", "Order", ""),
    ],
)
def test_what_is_wrong_with_a_purchase_is_said_at_its_column(
    company: Any, tmp_path: Path, row: str, column: str, said: str
) -> None:
    preset = tmp_path / "own.toml"
    preset.write_text(
        'target = "trade.purchases"\ncurrency = "GBP"\ndecimal = "."\nmoments = ["%Y-%m-%d"]\n[columns]\n'
        'invoice = "Order"\nitem = "Item"\n'
        'description = "Item"\nquantity = "OrderQty"\nmoment = "Day"\nprice = "UnitPrice"\nsupplier = "Vendor"\n'
        'discount = "Off"\n[invoices]\npurchase = "[0-9]+"\npurchase_return = "C[0-9]+"\n'
        '[suppliers]\nname = "Supplier {code}"\nkind = "legal_entity"\npattern = "[0-9]+"\n'
    )
    sheet = tmp_path / "own.csv"
    sheet.write_text(f"Order,Vendor,Item,OrderQty,UnitPrice,Off,Day\n{row},2024-05-01\n")
    report = run_import(company, SYSTEM, "trade.purchases", [sheet], str(preset))
    assert_adds_up(report)
    assert [(e.field, said in e.message) for e in report.errors] == ([(column, True)] if said else [])
    assert bool(report.created) is not bool(said)

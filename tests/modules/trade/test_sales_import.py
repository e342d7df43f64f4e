"""Every kind of dirt that invoice rows bring, and what is made of it. One small sheet a test, on both engines."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

from app import ledger
from app.audit import AuditLine
from app.documents import post, save
from app.errors import Forbidden, Invalid
from app.importing import Report, run_import
from app.reference import CurrencyRate, organisation
from app.registry.state import bump_generation
from app.security import SYSTEM, Actor
from app.values import ExchangeRate
from modules.contacts.models import Contact
from modules.contacts.queries import contact_by_code, statement_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Opening, WriteOff
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand

pytestmark = pytest.mark.one_engine  # how rows are read: no engine decides

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
AT = datetime(2010, 12, 1, 8, 26)
Rows = Sequence[Sequence[Any]]
Bring = Callable[..., Report]


def write_sheet(path: Path, rows: Rows, header: Sequence[Any] = HEADER) -> Path:
    """A workbook of one sheet; None leaves a cell out, a text that begins with = becomes a formula."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Online Retail")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for r, row in enumerate([header, *rows]):
        for c, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(r, c, value, moment)
            elif isinstance(value, tuple):
                sheet.write_formula(r, c, value[0], None, value[1])
            elif value is not None:
                sheet.write(r, c, value)
    book.close()
    return path


def row(invoice: Any = 536365, item: Any = "85123A", quantity: Any = 6, price: Any = 2.55, **other: Any) -> list[Any]:
    """A row as the sheet has them."""
    return [
        invoice,
        item,
        other.get("description", "A THING"),
        quantity,
        other.get("moment", AT),
        price,
        other.get("customer", 17850),
        other.get("country", "United Kingdom"),
    ]


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Bring:
    """Import rows; gives the report, after holding that its counts add up and that the books are proven."""
    made = iter(range(1000))

    def go(rows: Rows, *, header: Sequence[Any] = HEADER, actor: Actor = SYSTEM, **options: Any) -> Report:
        path = write_sheet(tmp_path / f"{next(made)}.xlsx", rows, header)
        report = run_import(company, actor, "trade.sales", [path], "online_retail", **options)
        assert_adds_up(report)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return report

    return go


def assert_adds_up(report: Report) -> None:
    """Rows read = rows that became lines + skipped + in error, and no row is in two of them."""
    lines = sum(count for kind, count in report.created.items() if kind.endswith("_line"))
    assert lines + len(report.skipped) + len(report.errors) == report.rows_read
    reported = [(e.file, e.row) for e in (*report.skipped, *report.errors)]
    assert len(reported) == len(set(reported))


@pytest.fixture
def look(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Read something for the system."""
    return lambda work: company.database.run(work, actor=SYSTEM, write=False)


def count(model: Any) -> Callable[[Any], int]:
    """How many rows a model has."""
    return lambda session: session.scalar(select(func.count()).select_from(model.__table__))


def failures(report: Report) -> list[tuple[int, str]]:
    """Row and column of every error."""
    return [(e.row, e.field) for e in report.errors]


def test_what_an_import_did_is_noted_of_the_organisation_in_whose_books_it_is(bring: Bring, look: Any) -> None:
    bring([row()])
    lines = select(AuditLine.subject, AuditLine.subject_id).where(AuditLine.summary.startswith("online_retail: "))
    assert look(lambda s: [tuple(line) for line in s.execute(lines)]) == [("core.organisation", 1)] * 2


def test_an_invoice_becomes_one_posted_sale_with_the_sheets_number(bring: Bring, look: Any) -> None:
    report = bring(
        [row(), row(item=71053, quantity=2, price=3.39), row(), row(536366, item=71053, price=1.005, quantity=1)]
    )
    assert dict(report.created) == {
        "contacts.contact": 1,
        "warehouse.item": 2,
        "warehouse.opening": 1,
        "trade.sale": 2,
        "trade.sale_line": 4,
    }
    # 2 × 15.30 (the same row twice is two lines) + 6.78 + 1.005, which is 1.01 in pence
    assert report.control.amount_in_file == Decimal("38.385")
    assert report.control.amount_posted == Decimal("38.39")
    assert report.control.rounding == Decimal("0.005")

    def check(session: Any) -> None:
        sale = session.scalars(select(Sale).where(Sale.number == "536365")).one()
        assert (sale.state, sale.moment, sale.currency, sale.amount) == ("posted", AT, "GBP", Decimal("37.38"))
        assert sale.operation_id == "online_retail:sale:536365"
        assert [line.quantity for line in sale.lines] == [6, 2, 6]
        contact = contact_by_code(session, "17850")
        assert contact is not None
        assert (contact.name, contact.kind, contact.country) == ("Customer 17850", "legal_entity", "GB")
        assert statement_of(session, contact.id)["GBP"].closing["amount"] == Decimal("38.39")

    look(check)


def test_a_cancellation_is_a_return_and_a_bare_negative_row_a_write_off(bring: Bring, look: Any) -> None:
    report = bring(
        [
            row(quantity=10),
            row("C536379", quantity=-4, moment=AT.replace(hour=9)),
            row(536414, quantity=-3, price=0, customer=None, description=None, moment=AT.replace(hour=10)),
        ]
    )
    assert report.created["trade.sales_return"] == report.created["warehouse.write_off"] == 1
    assert report.control.amount_posted == Decimal("15.30")

    def check(session: Any) -> None:
        back = session.scalars(select(SalesReturn)).one()
        assert (back.number, back.amount, back.lines[0].quantity) == ("C536379", Decimal("10.20"), 4)
        lost = session.scalars(select(WriteOff)).one()
        assert (lost.number, lost.source_id, lost.lines[0].quantity) == ("536414", FIRST_WAREHOUSE, 3)

    look(check)


def test_rows_without_customer_go_to_the_walk_in_contact(bring: Bring, look: Any) -> None:
    bring([row(customer=None), row(536366, customer="  ")])
    bring([row(536367, customer=None)])
    found = look(lambda s: s.scalars(select(Contact)).all())
    assert [(c.code, c.kind) for c in found] == [("WALK-IN", "individual")]


def test_charges_are_services_and_leave_no_stock(bring: Bring, look: Any) -> None:
    codes = ["POST", "DOT", "M", "m", "C2", "D", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "B", "PADS"]
    report = bring([row(item=code, quantity=1, price=0.001 if code == "PADS" else 18) for code in codes])
    assert "warehouse.opening" not in report.created
    assert report.control.amount_in_file == Decimal("198.001")
    assert report.control.rounding == Decimal("-0.001")
    assert look(lambda s: {i.code: i.kind for i in s.scalars(select(Item))}) == dict.fromkeys(codes, "service")


def test_other_codes_are_goods_and_case_makes_a_difference(bring: Bring, look: Any) -> None:
    codes = ["85123A", "85123a", "gift_0001_20", "DCGSSBOY", 22423]
    bring([row(item=code) for code in codes])
    kinds = look(lambda s: {i.code: i.kind for i in s.scalars(select(Item))})
    assert kinds == dict.fromkeys(["85123A", "85123a", "gift_0001_20", "DCGSSBOY", "22423"], "goods")


def test_an_adjustment_is_a_sale_or_a_return_by_its_sign(bring: Bring, look: Any) -> None:
    adjust = {"item": "B", "quantity": 1, "customer": None, "description": "Adjust bad debt"}
    report = bring(
        [row("A563185", price=11062.06, **adjust), *(row(f"A56318{n}", price=-11062.06, **adjust) for n in (6, 7))]
    )
    assert (report.created["trade.sale"], report.created["trade.sales_return"]) == (1, 2)
    assert report.control.amount_in_file == report.control.amount_posted == Decimal("-11062.06")
    assert look(ledger.totals_of)["trade.sales"]["revenue"] == Decimal("-11062.06")


#: A row that can't be, and the column that says so.
BAD = (
    (row("X536370"), "InvoiceNo"),
    (row("c536370"), "InvoiceNo"),
    (row("536370.5"), "InvoiceNo"),
    (row(None), "InvoiceNo"),
    (row("5" * 41), "InvoiceNo"),
    (row(True), "InvoiceNo"),
    (row(item=None), "StockCode"),
    (row(item="   "), "StockCode"),
    (row(item="X" * 61), "StockCode"),
    (row(quantity=0), "Quantity"),
    (row(quantity=None), "Quantity"),
    (row(quantity="six"), "Quantity"),
    (row(quantity="1_000"), "Quantity"),
    (row(quantity="٣"), "Quantity"),
    (row(quantity=True), "Quantity"),
    (row(quantity=1e15), "Quantity"),
    (row(quantity=0.0000001), "Quantity"),
    (row(price=None), "UnitPrice"),
    (row(price="2,55"), "UnitPrice"),
    (row(price="nan"), "UnitPrice"),
    (row(price="1e3"), "UnitPrice"),
    (row(price=-1), "UnitPrice"),
    (row(price=0.12345678), "UnitPrice"),
    (row(moment=None), "InvoiceDate"),
    (row(moment="1 December"), "InvoiceDate"),
    (row(moment="01/12/2010 08:26"), "InvoiceDate"),
    (row(moment=40513.35), "InvoiceDate"),
    (row(customer="1" * 41), "CustomerID"),
    (row(quantity=-1), "UnitPrice"),
    (row("C536370"), "Quantity"),
    (row("C536370", quantity=-1, price=-1), "UnitPrice"),
    (row("A536370"), "StockCode"),
    (row("A536370", item="B", price=0), "UnitPrice"),
    (row(quantity=999999, price=999999), "UnitPrice"),
)


def test_what_is_not_known_is_refused_by_row_and_column_and_nothing_is_written(bring: Bring, look: Any) -> None:
    """All in one sheet, so each is reported whatever else is wrong; one alone is enough to refuse it, as below."""
    report = bring([row(536000), *(bad for bad, _ in BAD)])
    assert failures(report) == [(n, column) for n, (_, column) in enumerate(BAD, 3)]
    assert all(error.message for error in report.errors)
    assert not report.is_whole
    assert not report.created
    assert [look(count(m)) for m in (Sale, Contact, Item, Opening)] == [0, 0, 0, 0]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no row of it comes as far as a database
@pytest.mark.parametrize(("bad", "column"), [BAD[0], BAD[9], BAD[17], BAD[23], BAD[27], BAD[-1]])
def test_one_bad_row_is_enough_and_nothing_is_written(bring: Bring, look: Any, bad: list[Any], column: str) -> None:
    report = bring([row(536000), bad])
    assert failures(report) == [(3, column)]
    assert not report.is_whole
    assert not report.created
    assert [look(count(m)) for m in (Sale, Contact, Item, Opening)] == [0, 0, 0, 0]


def test_an_invoice_with_a_bad_row_is_left_out_whole_and_the_rest_goes_in(bring: Bring, look: Any) -> None:
    rows = [row(536365), row(536366), row(536366, quantity="junk"), row(536366), row(536367)]
    report = bring(rows, skip_errors=True)
    assert failures(report) == [(4, "Quantity")]
    assert [(s.row, s.reason) for s in report.skipped] == [
        (3, "its invoice is refused because of row 4"),
        (5, "its invoice is refused because of row 4"),
    ]
    assert look(lambda s: list(s.scalars(select(Sale.number).order_by(Sale.number)))) == ["536365", "536367"]
    assert report.control.amount_in_file == Decimal("61.20")  # the bad row has no amount
    assert report.control.amount_posted == Decimal("30.60")
    assert report.control.rounding == 0


def test_two_customers_on_one_invoice_are_refused(bring: Bring) -> None:
    assert failures(bring([row(), row(customer=13047)])) == [(3, "CustomerID")]
    assert failures(bring([row(), row(customer=None)])) == [(3, "CustomerID")]


def test_blank_rows_are_counted_and_reported(bring: Bring) -> None:
    report = bring([row(), [], [None, "  "], row(536366)])
    assert [(s.row, s.reason) for s in report.skipped] == [(3, "blank row"), (4, "blank row")]
    assert report.rows_read == 4
    assert report.is_whole


def test_a_service_without_a_price_is_not_written_off(bring: Bring) -> None:
    report = bring([row(item="POST", quantity=-1, price=0), row(536366)])
    assert [s.row for s in report.skipped] == [2]
    assert report.is_whole


def test_numbers_and_dates_written_as_text_and_formulas_are_read(bring: Bring, look: Any) -> None:
    report = bring(
        [
            row("536365", item="71053", quantity="6", price="2.55", customer="17850", moment="2010-12-01 08:26:00"),
            row(536365, item=71053, quantity=("=2+4", 6), price=("=5.1/2", 2.55), customer="17850.0"),
        ]
    )
    assert report.created["trade.sale"] == report.created["warehouse.item"] == report.created["contacts.contact"] == 1
    assert report.control.amount_posted == Decimal("30.60")


def test_the_columns_may_stand_in_any_order_with_others_between(bring: Bring) -> None:
    order = [7, 6, 5, 4, 3, 2, 1, 0]
    values = row()
    report = bring([[*(values[i] for i in order), "x"]], header=[*(f" {HEADER[i].lower()} " for i in order), "Remark"])
    assert report.created["trade.sale"] == 1
    assert any("Remark" in note for note in report.notes)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the header is read before a database is asked
@pytest.mark.parametrize("missing", HEADER)
def test_a_missing_column_is_refused_by_name(bring: Bring, missing: str) -> None:
    header = [name if name != missing else "Other" for name in HEADER]
    with pytest.raises(Invalid, match=f"has no column “{missing}”"):
        bring([row()], header=header)


def test_a_column_that_stands_twice_is_refused(bring: Bring) -> None:
    with pytest.raises(Invalid, match="“Quantity” more than once"):
        bring([[*row(), 5]], header=[*HEADER, "quantity"])


def test_countries_become_iso_codes_and_unknown_ones_stay_in_the_note(bring: Bring, look: Any) -> None:
    countries = [
        "EIRE",
        "RSA",
        "Germany",
        "USA",
        "Channel Islands",
        "Unspecified",
        "Atlantis",
        "Hong Kong",
        "Czech Republic",
    ]
    bring([row(536365 + i, customer=12000 + i, country=c) for i, c in enumerate(countries)])

    def check(session: Any) -> None:
        found = session.scalars(select(Contact).order_by(Contact.code)).all()
        assert [c.country for c in found] == ["IE", "ZA", "DE", "US", "", "", "", "HK", "CZ"]
        assert found[6].note == "Country in the imported file: Atlantis"
        assert found[0].note == ""

    look(check)


def test_a_customer_of_several_countries_keeps_the_first(bring: Bring, look: Any) -> None:
    report = bring([row(country="Cyprus"), row(536366, country="Austria")])
    assert look(lambda s: s.scalars(select(Contact.country)).one()) == "CY"
    assert any("17850" in note for note in report.notes)


def test_the_first_description_that_is_not_blank_names_the_item(bring: Bring, look: Any) -> None:
    bring(
        [
            row(description=None),
            row(description="  WHITE LANTERN "),
            row(description="?"),
            row(item=22423, description=" "),
        ]
    )
    names = look(lambda s: {i.code: i.name for i in s.scalars(select(Item))})
    assert names == {"85123A": "WHITE LANTERN", "22423": "22423"}


def test_opening_stock_is_the_least_that_keeps_every_moment_above_zero(bring: Bring, look: Any) -> None:
    bring(
        [
            row(536367, quantity=5, moment=AT.replace(day=3)),  # stands first, happened last
            row(536365, quantity=4),
            row("C536366", quantity=-3, moment=AT.replace(day=2)),
        ]
    )

    def check(session: Any) -> None:
        opening = session.scalars(select(Opening)).one()
        assert opening.moment == AT.replace(minute=25, second=59)
        assert [(line.quantity, line.amount) for line in opening.lines] == [(6, 0)]  # −4, −1, −6
        assert stock_on_hand(session) == []
        assert [f.amounts["quantity"] for f in stock_on_hand(session, date(2010, 12, 1))] == [2]

    look(check)


def test_opening_stock_counts_what_is_there_and_leaves_alone_what_is_promised_later(
    bring: Bring, look: Any, company: Any
) -> None:
    def buy_and_sell(session: Any) -> None:
        from modules.trade.models import Purchase

        item = create_item(session, SYSTEM, code="85123A", name="Lantern").id
        from modules.contacts.operations import create_contact

        other = create_contact(session, SYSTEM, kind="legal_entity", name="Other").id
        for kind, quantity, day in ((Purchase, 10, 1), (Sale, 8, 20)):
            moment = datetime(2010, 11, day) if kind is Purchase else datetime(2010, 12, day)
            lines = [TradeLineDraft(item, Decimal(quantity), Decimal(1))]
            post(session, SYSTEM, [save(session, SYSTEM, kind, TradeDraft(other, lines, moment=moment))])

    company.database.run(buy_and_sell, actor=SYSTEM)
    bring([row(quantity=6), row("C536366", quantity=-6, moment=AT.replace(day=2))])
    # Ten were bought, eight of them go on the 20th: of the six sold meanwhile four were not there when posted.
    assert look(lambda s: s.scalars(select(Opening)).one().lines[0].quantity) == 4


def test_the_same_file_again_makes_nothing_and_a_longer_one_only_what_is_new(bring: Bring, look: Any) -> None:
    rows = [row(), row("C536379", quantity=-1), row(536414, quantity=-2, price=0)]
    bring(rows)
    before = look(ledger.totals_of)
    again = bring(rows)
    assert not again.created
    assert {s.reason for s in again.skipped} == {"already imported"}
    assert look(ledger.totals_of) == before
    longer = bring([*rows, row(536415, quantity=1)])
    assert longer.created["trade.sale"] == longer.created["trade.sale_line"] == 1
    assert longer.control.amount_posted == Decimal("2.55")


@pytest.mark.parametrize(
    "changed",
    [
        [row(), row()],
        [row(quantity=3, price=5.10)],
        [row(item=71053)],
        [row(customer=13047)],
        [row(moment=AT.replace(minute=27))],
        [row(customer=None)],
    ],
    ids=["another row", "the same amount", "another item", "another customer", "another minute", "nobody"],
)
def test_an_invoice_that_changed_since_is_refused_and_never_passed_over(bring: Bring, look: Any, changed: Rows) -> None:
    bring([row()])
    before = look(ledger.totals_of)
    report = bring(changed)
    assert failures(report) == [(2, "InvoiceNo")]
    assert "imported before with another content" in report.errors[0].message
    assert look(ledger.totals_of) == before


def test_a_write_off_that_changed_since_is_refused_too(bring: Bring) -> None:
    bring([row(quantity=-3, price=0)])
    assert failures(bring([row(quantity=-3000, price=0)])) == [(2, "InvoiceNo")]
    assert bring([row(quantity=-3, price=0)]).skipped[0].reason == "already imported"


def test_a_write_off_of_what_is_a_service_in_the_books_is_refused_by_row(bring: Bring, company: Any, look: Any) -> None:
    company.database.run(lambda s: create_item(s, SYSTEM, code="SRV1", name="srv", kind="service"), actor=SYSTEM)
    before = look(ledger.totals_of)
    report = bring([row(), row(536366), row(536366, item="SRV1", quantity=-2, price=0)])
    assert [(e.row, e.field, e.message) for e in report.errors] == [
        (4, "StockCode", "“SRV1” is a service in the books")
    ]
    assert look(ledger.totals_of) == before


def test_an_error_of_the_spreadsheet_is_refused_and_not_taken_for_a_blank(bring: Bring, look: Any) -> None:
    bad, fields = [], []
    for column in (0, 1, 3, 4, 5, 6):
        for value in (("=NA()", "#N/A"), ("=1/0", "#DIV/0!")):
            bad.append(row(536366 + len(bad)))
            bad[-1][column] = value
            fields.append(HEADER[column])
    report = bring([row(), *bad])
    assert failures(report) == list(enumerate(fields, 3))
    assert look(count(Sale)) == 0


def test_what_is_not_a_customers_number_is_refused(bring: Bring) -> None:
    customers = ["17850.5", "-17850", "nan", "NULL", "#N/A", "178 50"]
    report = bring([row(536365 + n, customer=customer) for n, customer in enumerate(customers)])
    assert failures(report) == [(n, "CustomerID") for n in range(2, 2 + len(customers))]


def test_charges_are_services_whatever_their_letters_case(bring: Bring, look: Any) -> None:
    codes = ["post", "Bank Charges", "AmazonFee", "m", "d"]
    assert "warehouse.opening" not in bring([row(536365 + n, item=code) for n, code in enumerate(codes)]).created
    assert look(lambda s: {i.code: i.kind for i in s.scalars(select(Item))}) == dict.fromkeys(codes, "service")


def test_characters_that_no_database_keeps_are_refused_by_row(company: Any, tmp_path: Path) -> None:
    path = tmp_path / "nul.csv"
    lines = [f"{n},8512{n},{text},1,2010-12-01 08:26,1,17850,EIRE" for n, text in enumerate(("A", "B\0", "C"), 1)]
    path.write_text("\n".join([",".join(HEADER), *lines, "4,X\tY,D,1,2010-12-01 08:26,1,17850,EIRE"]))
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert failures(report) == [(3, "Description"), (5, "StockCode")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_of_a_csv_stand_apart_by_comma_semicolon_or_tab(company: Any, tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "sales.csv"
    cells = ["536365", "85123A", "WHITE; HANGING, HEART", "6", "2010-12-01 08:26", "2.55", "17850", "EIRE"]
    quoted = [f'"{cell}"' for cell in cells]
    path.write_text("\ufeff" + delimiter.join(HEADER) + "\n" + delimiter.join(quoted) + "\n")
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert report.created["trade.sale_line"] == 1


def test_a_number_that_another_document_has_is_refused(bring: Bring, company: Any) -> None:
    def sell(session: Any) -> None:
        from modules.contacts.operations import create_contact

        other = create_contact(session, SYSTEM, kind="legal_entity", name="Other").id
        service = create_item(session, SYSTEM, code="POST", name="Postage", kind="service").id
        lines = [TradeLineDraft(service, Decimal(1), Decimal(1))]
        post(session, SYSTEM, [save(session, SYSTEM, Sale, TradeDraft(other, lines, number="536365"))])

    company.database.run(sell, actor=SYSTEM)
    assert failures(bring([row()])) == [(2, "InvoiceNo")]


def test_a_closed_period_is_refused_by_row(bring: Bring, company: Any) -> None:
    def close(session: Any) -> None:
        organisation(session).closed_until = date(2010, 12, 1)

    company.database.run(close, actor=SYSTEM)
    report = bring([row(), row(536366, moment=AT.replace(day=2))], skip_errors=True)
    assert failures(report) == [(2, "InvoiceDate")]
    assert report.created["trade.sale"] == 1


def test_a_foreign_currency_needs_a_rate(bring: Bring, company: Any, look: Any) -> None:
    def go_euro(session: Any) -> None:
        organisation(session).currency = "EUR"
        bump_generation(session)

    company.database.run(go_euro, actor=SYSTEM)
    with pytest.raises(Invalid, match="no exchange rate of GBP"):
        bring([row()])
    assert look(count(Item)) == 0
    rate = CurrencyRate(currency="GBP", day=date(2010, 11, 1), rate=ExchangeRate(Decimal("1.2")))
    company.database.run(lambda s: s.add(rate), actor=SYSTEM)
    bring([row()])
    assert look(ledger.totals_of)["trade.sales"]["revenue"] == Decimal("18.36")


def test_a_dry_run_tells_what_would_be_and_writes_nothing(bring: Bring, look: Any) -> None:
    rows = [row(), row("C536379", quantity=-1), row(536414, quantity=-2, price=0)]
    tried = bring(rows, dry_run=True)
    assert [look(count(m)) for m in (Sale, Contact, Item, Opening)] == [0, 0, 0, 0]
    done = bring(rows)
    assert tried.created == done.created
    assert tried.control == done.control


def test_an_actor_needs_every_right_that_the_import_uses(bring: Bring, look: Any) -> None:
    with pytest.raises(Forbidden, match=r"core\.import\.run"):
        bring([row()], actor=Actor(1, "nobody"))
    with pytest.raises(Forbidden, match=r"contacts\.contact\.edit"):
        bring([row()], actor=Actor(1, "clerk", permissions=frozenset({"core.import.run"})))
    assert look(count(Item)) == 0


def test_several_files_are_one_import_and_rows_name_their_file(company: Any, tmp_path: Path) -> None:
    paths = [
        write_sheet(tmp_path / "a.xlsx", [row(), row(536366)]),
        write_sheet(tmp_path / "b.xlsx", [row(536367, quantity=1), row(536368, quantity="junk")]),
    ]
    report = run_import(company, SYSTEM, "trade.sales", paths, "online_retail", skip_errors=True)
    assert_adds_up(report)
    assert report.created["trade.sale"] == 3
    assert '"file": "b.xlsx"' in "".join(report.json())


def test_the_same_file_given_twice_is_refused_and_not_doubled(company: Any, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [row()])
    report = run_import(company, SYSTEM, "trade.sales", [path, path], "online_retail", skip_errors=True)
    assert_adds_up(report)
    assert failures(report) == [(2, "InvoiceNo")]
    assert not report.created


def test_a_workbook_of_several_sheets_is_refused_unless_the_preset_names_one(company: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "two.xlsx")
    book.add_worksheet("empty")
    for name in ("2009", "2010"):
        book.add_worksheet(name).write_row(0, 0, HEADER)
    book.close()
    with pytest.raises(Invalid, match="several sheets: 2009, 2010"):
        run_import(company, SYSTEM, "trade.sales", [tmp_path / "two.xlsx"], "online_retail")

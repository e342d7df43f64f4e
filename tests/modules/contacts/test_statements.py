"""A contact's statement: by period and currency, on its page, as a file and by command; and payments that settle it."""

import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from app import ledger
from app.audit import AuditLine
from app.cli.commands import kontor
from app.documents import post, reverse, save
from app.errors import Invalid
from app.reference.operations import close_period, set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.queries import statement_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.operations import create_item

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, 12) for month in (1, 2, 3))


@pytest.fixture
def client_id(company: Any) -> int:
    """A client with a sale in each of two months and in each of two currencies, a return, and two payments."""

    def work(session: Any) -> int:
        set_rate(session, SYSTEM, currency="KWD", day=date(2026, 1, 1), rate=ExchangeRate(Decimal("2.5")))
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen Joinery AS", code="B-1").id
        work_done = create_item(session, SYSTEM, code="CUT", name="Cutting to size", kind="service").id

        def trades(kind: Any, price: str, moment: datetime, currency: str = "GBP") -> None:
            line = TradeLineDraft(work_done, Decimal(1), Decimal(price))
            draft = TradeDraft(contact, [line], moment=moment, currency=currency)
            document = save(session, SYSTEM, kind, draft)
            post(session, SYSTEM, [document])

        trades(Sale, "100", JANUARY)
        trades(Sale, "50.25", FEBRUARY)
        trades(SalesReturn, "20.25", FEBRUARY)
        trades(Sale, "7.125", FEBRUARY, "KWD")
        record_payment(session, SYSTEM, contact_id=contact, direction="in", amount=Decimal(90), moment=MARCH)
        record_payment(session, SYSTEM, contact_id=contact, direction="out", amount=Decimal("5.50"), moment=MARCH)
        return contact

    return int(company.database.run(work, actor=SYSTEM))


def test_a_period_opens_with_what_came_before_and_closes_with_what_is_left(company: Any, client_id: int) -> None:
    def work(session: Any) -> None:
        statements = statement_of(session, client_id, date(2026, 2, 1), date(2026, 2, 28))
        assert sorted(statements) == ["GBP", "KWD"]
        pounds = statements["GBP"]
        assert pounds.opening["amount"] == 100
        assert [(line.amounts["amount"], line.balance["amount"]) for line in pounds.lines] == [
            (Decimal("50.25"), Decimal("150.25")),
            (Decimal("-20.25"), Decimal("130.00")),
        ]
        assert pounds.closing["amount"] == 130
        assert statements["KWD"].closing["amount"] == Decimal("7.125")
        after = statement_of(session, client_id, date(2026, 3, 1), date(2026, 3, 31))
        assert after["GBP"].opening["amount"] == 130
        assert after["GBP"].closing["amount"] == Decimal("45.50")

    company.database.run(work, actor=SYSTEM, write=False)


def test_any_days_of_the_calendar_are_a_period_and_their_order_is_looked_at(company: Any, client_id: int) -> None:
    def work(session: Any) -> None:
        for since, until in ((date.min, date.max), (date.min, date.min), (date.max, date.max), (None, None)):
            statement = statement_of(session, client_id, since, until)["GBP"]
            assert len(statement.lines) == (5 if since != until or since is None else 0)
        with pytest.raises(Invalid, match="after the last"):
            statement_of(session, client_id, date(2026, 2, 1), date(2026, 1, 31))

    company.database.run(work, actor=SYSTEM, write=False)


def test_a_foreign_sale_is_owed_in_its_currency_and_counted_in_ours(company: Any, client_id: int) -> None:
    def work(session: Any) -> Decimal:
        sums: Decimal = ledger.totals_of(session)["trade.sales"]["revenue"]
        return sums

    # 7.125 dinars at 2.5 are 17.8125 pounds, in pence 17.81; the pounds are 100 + 50.25 − 20.25.
    assert company.database.run(work, actor=SYSTEM, write=False) == Decimal("147.81")


def test_a_payment_that_is_reversed_is_owed_again(company: Any, client_id: int) -> None:
    def work(session: Any) -> Any:
        payment = record_payment(session, SYSTEM, contact_id=client_id, direction="in", amount=Decimal("45.50"))
        paid = statement_of(session, client_id)["GBP"].closing["amount"]
        reverse_payment(session, SYSTEM, payment.id)
        return paid, statement_of(session, client_id)["GBP"].closing["amount"]

    assert company.database.run(work, actor=SYSTEM) == (0, Decimal("45.50"))


@pytest.fixture
def late_reversal(company: Any, client_id: int) -> int:
    """January's sale, reversed after January was closed: on the first open day."""

    def work(session: Any) -> int:
        sale = session.scalars(select(Sale).where(Sale.moment == JANUARY)).one()
        close_period(session, SYSTEM, until=date(2026, 1, 31), today=date(2026, 3, 31))
        session.flush()
        reverse(session, SYSTEM, sale)
        return client_id

    return int(company.database.run(work, actor=SYSTEM))


@pytest.mark.parametrize("since", [date(2026, 1, 1), date(2026, 2, 1)])
def test_a_reversal_is_called_so_whatever_days_are_shown(company: Any, late_reversal: int, since: date) -> None:
    lines = company.database.run(
        lambda s: statement_of(s, late_reversal, since, date(2026, 2, 28))["GBP"].lines, actor=SYSTEM, write=False
    )
    said = [(line.amounts["amount"], line.is_reversal) for line in lines if line.state == "reversed"]
    assert said == [(100, False), (-100, True)][since.month - 1 :]
    assert not any(line.is_reversal for line in lines if line.state != "reversed")


def test_what_cancels_itself_in_the_period_can_be_left_out_and_balances_stay(company: Any, late_reversal: int) -> None:
    def work(session: Any) -> Any:
        def seen(since: date, *, without_reversed: bool) -> Any:
            found = statement_of(session, late_reversal, since, date(2026, 2, 28), without_reversed=without_reversed)[
                "GBP"
            ]
            lines = [(line.amounts["amount"], line.balance["amount"]) for line in found.lines]
            return found.opening["amount"], lines, found.closing["amount"]

        return [seen(date(2026, m, 1), without_reversed=without) for m in (1, 2) for without in (False, True)]

    bought, back, reversal = Decimal("50.25"), Decimal("-20.25"), Decimal(-100)
    whole, short, cut, kept = company.database.run(work, actor=SYSTEM, write=False)
    assert whole == (0, [(100, 100), (reversal, 0), (bought, bought), (back, 30)], 30)
    assert short == (0, [(bought, bought), (back, 30)], 30)
    # What it reverses lies before the period: here it cancels nothing.
    assert cut == kept == (100, [(reversal, 0), (bought, bought), (back, 30)], 30)


def test_page_file_and_command_leave_out_what_cancels_itself(
    app: Any, company: Any, config: Any, late_reversal: int, monkeypatch: Any
) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/{late_reversal}/statement?since=2026-01-01&until=2026-02-28"

    def rows(query: str) -> list[tuple[Any, ...]]:
        sheet = load_workbook(io.BytesIO(browser.get(f"{address}&as=xlsx{query}").data))["GBP"]
        return [row[1:2] + row[3:6] for row in sheet.iter_rows(min_row=5, values_only=True)]

    assert rows("") == [
        ("Opening balance", None, None, 0),
        ("Sale, reversed", 100, 0, 100),
        ("Sale, reversal", 0, 100, 0),
        ("Sale", 50.25, 0, 50.25),
        ("Sales return", 0, 20.25, 30),
        ("Turnover", 150.25, 120.25, None),
        ("Closing balance", None, None, 30),
    ]
    assert rows("&without_reversed=1") == [
        ("Opening balance", None, None, 0),
        ("Sale", 50.25, 0, 50.25),
        ("Sales return", 0, 20.25, 30),
        ("Turnover", 50.25, 20.25, None),
        ("Closing balance", None, None, 30),
    ]
    assert browser.get(address).text.count("state-reversed") == 2
    page = browser.get(f"{address}&without_reversed=1").text
    assert "state-reversed" not in page
    assert "without reversed documents" in page
    assert "until=2026-02-28&amp;without_reversed=1&amp;as=xlsx" in page

    monkeypatch.setenv("KONTOR_DATABASE_URL", config.database_url)
    asked = ["statement", "B-1", "--to", "2026-02-28", "--json", "--data", str(config.data_dir)]
    for options, debits in (([], ["100.00", "0.00", "50.25", "0.00"]), (["--without-reversed"], ["50.25", "0.00"])):
        done = CliRunner().invoke(kontor, [*asked, *options], catch_exceptions=False)
        pounds = json.loads(done.stdout)["currencies"]["GBP"]
        assert [line["debit"] for line in pounds["lines"]] == debits
        assert (pounds["opening"], pounds["closing"]) == ("0.00", "30.00")


def test_the_api_gives_the_statement_of_the_page(app: Any, company: Any, late_reversal: int) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/api/v1/contacts/{late_reversal}/statement"
    whole = browser.get(f"{address}?since=2026-01-01&until=2026-02-28").json
    assert (whole["contact"], whole["name"], sorted(whole["currencies"])) == (
        "B-1",
        "Bergen Joinery AS",
        ["GBP", "KWD"],
    )
    assert [line["balance"] for line in whole["currencies"]["GBP"]["lines"]] == ["100.00", "0.00", "50.25", "30.00"]
    short = browser.get(f"{address}?until=2026-02-28&without_reversed=1").json["currencies"]["GBP"]
    assert (short["opening"], short["closing"]) == ("0.00", "30.00")
    assert short["lines"][0] == {
        "moment": "2026-02-10T12:00:00",
        "document": "trade.sale",
        "number": "S-000002",
        "debit": "50.25",
        "credit": "0.00",
        "balance": "50.25",
    }
    for wrong in ("at=2026-01-01", "since=yesterday", "since=2026-03-01&until=2026-02-01"):
        assert browser.get(f"{address}?{wrong}").status_code == 422
    assert browser.get("/api/v1/contacts/999/statement").status_code == 404
    seen = select(AuditLine.summary).where(AuditLine.action == "contacts.statement.export")
    noted = company.database.run(lambda s: list(s.scalars(seen)), actor=SYSTEM, write=False)
    assert noted == ["API, 2026-01-01 – 2026-02-28", "API, … – 2026-02-28"]


def test_what_was_reversed_at_its_own_moment_has_no_line(company: Any, client_id: int) -> None:
    def work(session: Any) -> Any:
        sale = session.scalars(select(Sale).where(Sale.moment == JANUARY)).one()
        reverse(session, SYSTEM, sale)
        return statement_of(session, client_id, date(2026, 1, 1), date(2026, 1, 31))["GBP"].lines

    assert company.database.run(work, actor=SYSTEM) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("0.0001"), "currency": "KWD"},
        {"amount": Decimal(1), "direction": "sideways"},
        {"amount": Decimal(1), "method": "cheque"},
        {"amount": Decimal(1), "currency": "XQX"},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal(10**15)},
    ],
    ids=str,
)
def test_a_payment_that_can_not_be_is_refused_and_nothing_changed(
    company: Any, client_id: int, wrong: dict[str, Any]
) -> None:
    before = company.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    with pytest.raises(Invalid):
        company.database.run(
            lambda s: record_payment(s, SYSTEM, **{"contact_id": client_id, "direction": "in", **wrong}), actor=SYSTEM
        )
    assert company.database.run(ledger.totals_of, actor=SYSTEM, write=False) == before


def test_the_page_and_the_file_name_documents_in_words(app: Any, company: Any, client_id: int) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/{client_id}/statement?since=2026-02-01&until=2026-03-31"
    page = browser.get(address).text
    assert all(word in page for word in ("Sale", "Sales return", "Payment", "150.25", "7.125", "45.50"))
    assert "trade.sale" not in page
    book = load_workbook(io.BytesIO(browser.get(f"{address}&as=xlsx").data))
    assert book.sheetnames == ["GBP", "KWD"]
    rows = [row[1:] for row in book["GBP"].iter_rows(min_row=5, values_only=True)]
    assert [(document, debit, credit, balance) for document, _number, debit, credit, balance in rows] == [
        ("Opening balance", None, None, 100),
        ("Sale", 50.25, 0, 150.25),
        ("Sales return", 0, 20.25, 130),
        ("Payment", 0, 90, 40),
        ("Payment", 5.5, 0, 45.5),
        ("Turnover", 55.75, 110.25, None),
        ("Closing balance", None, None, 45.5),
    ]


def test_the_command_says_every_digit_that_the_currency_has(config: Any, client_id: int, monkeypatch: Any) -> None:
    monkeypatch.setenv("KONTOR_DATABASE_URL", config.database_url)
    folder = str(config.data_dir)

    def run(*options: str) -> str:
        done = CliRunner().invoke(kontor, ["statement", "B-1", "--data", folder, *options], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    statement = json.loads(run("--from", "2026-02-01", "--to", "2026-02-28", "--json"))
    assert statement["contact"] == "B-1"
    assert statement["currencies"]["KWD"] == {
        "opening": "0.000",
        "lines": [
            {
                "moment": "2026-02-10 12:00:00",
                "document": "trade.sale",
                "number": "S-000003",
                "debit": "7.125",
                "credit": "0.000",
                "balance": "7.125",
            }
        ],
        "closing": "7.125",
    }
    lines = run().splitlines()
    assert "KWD: closing 7.125" in lines
    assert "GBP: closing 45.50" in lines

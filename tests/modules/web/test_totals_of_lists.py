"""Below a list and its file stands what its columns come to: all rows that match, nothing closed, nothing mixed."""

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from app.documents import discard, reverse, save
from app.security import SYSTEM
from app.web.kit.tables import Table
from app.web.kit.totals import MOST
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item
from tests.statements import counted


def totals(client: Any, address: str) -> list[str]:
    """The cells of the row, as text."""
    page = client.get(address, query_string={"totals": "1"}).text
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", page, re.DOTALL)]


def test_a_list_ends_with_what_it_comes_to(sign_in: Any, ask: Any) -> None:
    client = sign_in("admin")
    assert 'hx-get="/trade/sales?totals=1"' in client.get("/trade/sales").text
    row = totals(client, "/trade/sales")
    query = select(Sale.state, func.sum(Sale.amount)).where(Sale.currency == "GBP").group_by(Sale.state)
    sums = ask(None, lambda s: dict(s.execute(query).all()))
    assert row[0] == "Total"
    assert f"{sums['posted']:,.2f}" in row[4]
    assert "GBP" in row[4]


def test_reversed_documents_come_to_nothing(sign_in: Any, house: Any) -> None:
    def work(session: Any, *, undone: bool) -> None:
        contact = session.scalars(select(Contact.id).where(Contact.name == "Twice Paid Ltd")).first()
        contact = contact or create_contact(session, SYSTEM, kind="legal_entity", name="Twice Paid Ltd").id
        paid = record_payment(session, SYSTEM, contact_id=contact, amount=Decimal("213.60"), direction="in")
        if undone:
            reverse(session, SYSTEM, paid)

    client = sign_in("admin")
    address = "/contacts/payments?q=Twice+Paid"
    house.company.database.run(lambda s: work(s, undone=True), actor=SYSTEM)
    assert "213.60" in client.get(address).text
    assert "213.60" not in client.get(f"{address}&totals=1").text
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(client.get(f"{address}&as=xlsx").data)).active for cell in row
    ]
    assert [cell.value for cell in cells].count(213.6) == 1, "the row's own"
    house.company.database.run(lambda s: work(s, undone=False), actor=SYSTEM)
    assert "213.60" in client.get(f"{address}&totals=1").text
    assert "427.20" not in client.get(f"{address}&totals=1").text
    assert "Reversed" not in client.get(f"{address}&totals=1").text


def test_it_counts_what_the_filters_leave(sign_in: Any) -> None:
    client = sign_in("admin")
    page = client.get("/trade/sales", query_string={"q": "S-000001", "totals": "1"}).text
    one = client.get("/api/v1/lists/trade.sale", query_string={"q": "S-000001"}).json["rows"]
    assert len(one) == 1
    assert f"{Decimal(one[0]['amount']):,.2f}" in page


def test_it_takes_one_statement(sign_in: Any, house: Any) -> None:
    client = sign_in("admin")
    totals(client, "/trade/sales")
    with house.company.database.session(SYSTEM) as session, counted(session, "sum(") as statements:
        totals(client, "/trade/sales")
    assert len(statements) == 1


def test_units_are_not_mixed(sign_in: Any) -> None:
    client = sign_in("admin")
    rows = client.get("/api/v1/lists/warehouse.stock").json["rows"]
    assert len({row["unit"] for row in rows}) > MOST
    assert totals(client, "/warehouse/stock")[3] == "", "so many sums say nothing"
    kilos = [row for row in rows if row["unit"] == "kg"]
    page = client.get("/warehouse/stock", query_string={"q": kilos[0]["code"], "totals": "1"}).text
    whole = sum(Decimal(row["quantity"]) for row in kilos if row["code"] == kilos[0]["code"])
    assert f"<div>{whole:,f}".rstrip("0").rstrip(".") in page


def test_nothing_closed_is_summed(sign_in: Any) -> None:
    assert len(totals(sign_in("admin"), "/warehouse/stock")) == len(totals(sign_in("sam"), "/warehouse/stock")) + 1
    page = sign_in("sam").get("/trade/results?totals=1").text
    assert "Margin" not in page
    assert "Cost" not in page


def test_a_file_ends_with_it_too(sign_in: Any) -> None:
    client = sign_in("admin")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/trade/results?as=xlsx").data))
    rows = list(book.active.values)
    at = rows[0].index("Revenue")
    assert rows[-1][0] == "Total"
    assert round(sum(row[at] for row in rows[1:-1]), 2) == round(rows[-1][at], 2)


def test_a_file_of_a_past_day_carries_the_day(sign_in: Any) -> None:
    client = sign_in("admin")
    answer = client.get("/warehouse/stock?at=2026-03-05&as=xlsx")
    assert "Stock on hand 2026-03-05.xlsx" in answer.headers["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[0].endswith("2026-03-05")
    answer = client.get("/trade/results?since=2026-01-01&until=2026-03-31&as=xlsx")
    assert "Sales figures 2026-01-01 2026-03-31.xlsx" in answer.headers["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames == ["Sales 2026-01-01 2026-03-31"]
    assert "Sales 2" in client.get("/trade/sales?as=xlsx").headers["Content-Disposition"]


def test_every_list_has_its_totals(sign_in: Any, house: Any) -> None:
    from app.web.kit.totals import is_summed, sums_of

    names = set()
    admin = sign_in("admin")
    assert admin.get("/").status_code == 200
    with house.test_request_context("/"), house.company.database.session(SYSTEM) as session:
        from app.web.kit.tables import Query

        for table in house.company.contributed("tables", Table):
            assert bool(sums_of(session, table, Query())) <= is_summed(table.columns), table.name
            if is_summed(table.columns):
                names.add(table.name)
    assert {"trade.sale", "contacts.payment", "contacts.balance", "warehouse.stock"} <= names


@pytest.mark.parametrize(
    "address",
    [
        "/trade/results",
        "/reports/trade.result",
        "/trade/sales",
        "/contacts/payments",
        "/contacts/allocations",
        "/warehouse/receipts",
        "/admin/audit",
    ],
)
def test_a_period_that_ends_before_it_begins_says_so(sign_in: Any, address: str) -> None:
    answer = sign_in("admin").get(f"{address}?since=2026-03-01&until=2026-02-01", follow_redirects=True)
    assert answer.status_code == 200
    assert "The first day is after the last one." in answer.text


def test_payments_are_listed_up_to_a_day_with_all_of_it(sign_in: Any, house: Any) -> None:
    anna = sign_in("anna")
    rows = anna.get("/api/v1/lists/contacts.payment?limit=500").json["rows"]
    last = max(row["moment"] for row in rows)[:10]
    early = anna.get(f"/api/v1/lists/contacts.payment?limit=500&until={last}").json["rows"]
    assert len(early) == len(rows) > 1
    first = min(row["moment"] for row in rows)[:10]
    of_day = anna.get(f"/api/v1/lists/contacts.payment?limit=500&since={first}&until={first}").json["rows"]
    assert [row["moment"][:10] for row in of_day] == [first] * sum(row["moment"].startswith(first) for row in rows)


def test_a_statement_says_it_at_its_days(sign_in: Any, ask: Any) -> None:
    from modules.contacts.models import Contact

    contact = ask(None, lambda s: s.scalars(select(Contact.id)).first())
    answer = sign_in("admin").get(f"/contacts/{contact}/statement?since=2026-03-01&until=2026-02-01")
    assert answer.status_code == 200
    assert 'id="period-error"' in answer.text
    assert 'aria-describedby="period-error"' in answer.text
    assert "Opening balance" not in answer.text


def test_more_than_64_bits_can_be_added_up(sign_in: Any, house: Any) -> None:
    """Nobody posts so much, but drafts say whatever somebody typed."""
    client = sign_in("admin")

    def work(session: Any) -> None:
        hour = create_item(session, SYSTEM, code="DEAR", name="Dear", kind="service").id
        lines = [TradeLineDraft(hour, Decimal(1), Decimal(9_000_000_000_000))]
        for _ in range(103):  # 103 × 9 × 10^16 ten-thousandths are beyond 2^63
            save(session, SYSTEM, Purchase, TradeDraft(1, lines, note="Dear"))

    house.company.database.run(work, actor=SYSTEM)
    assert "927,000,000,000,000.00" in client.get("/trade/purchases?state=draft&totals=1").text
    answer = client.get("/trade/purchases?state=draft&as=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert 927_000_000_000_000 in [cell.value for row in sheet.iter_rows() for cell in row]
    house.company.database.run(
        lambda s: [discard(s, SYSTEM, d) for d in s.query(Purchase).filter_by(state="draft", note="Dear")], actor=SYSTEM
    )

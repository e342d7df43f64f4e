"""Run by test_pallets, where the example is installed: a day at the gate, through the pages and the ledger."""

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import create_app, ledger
from app.company import Company
from app.config import Config
from app.registry.lifecycle import enable
from app.security import SYSTEM, User
from app.security.login import open_session
from app.setup import create_company
from modules.contacts.operations import create_contact

company = Company(Config(Path(sys.argv[2]), sys.argv[1], "tests"))
create_company(
    company,
    organisation="Gate Ltd",
    country="GB",
    currency="GBP",
    edition="trade",
    login="admin",
    password="correct horse",
)

from pallets.operations import record_exchange, reverse_exchange  # noqa: E402 (a stranger: loaded by the company)
from pallets.registers import Balance  # noqa: E402


def _prepare(session: Any) -> str:
    enable(session, SYSTEM, company, "pallets")
    create_contact(session, SYSTEM, kind="legal_entity", name="Haulier Ltd")
    return open_session(session, session.query(User).one(), kind="token")


def _work(session: Any) -> int:
    first = record_exchange(session, SYSTEM, contact_id=1, given=9, taken=12, moment=datetime(2026, 1, 5))
    record_exchange(session, SYSTEM, contact_id=1, given=10, taken=0, moment=datetime(2026, 2, 5))
    return first.id


def _look(session: Any) -> list[Decimal]:
    january = ledger.at(session, Balance.owed, datetime(2026, 1, 31), by=("contact",))
    now = ledger.now(session, Balance.owed, by=("contact",))
    assert list(ledger.verify(session)) == []
    return [sum((f.amounts["pallets"] for f in figures), Decimal(0)) for figures in (january, now)]


def _moved(session: Any) -> list[tuple[Decimal, Decimal]]:
    rows = ledger.turnover(session, Balance.owed, date(2026, 1, 1), date(2026, 12, 31), by=("contact",))
    return [(row.taken_in["pallets"], row.given_out["pallets"]) for row in rows]


token = company.database.run(_prepare, actor=SYSTEM)
first_id = company.database.run(_work, actor=SYSTEM)
assert company.database.run(_look, actor=SYSTEM, write=False) == [-3, 7]
assert company.database.run(_moved, actor=SYSTEM, write=False) == [(19, 12)]
company.database.run(lambda session: reverse_exchange(session, SYSTEM, first_id), actor=SYSTEM)
assert company.database.run(_look, actor=SYSTEM, write=False) == [0, 10]
assert company.database.run(_moved, actor=SYSTEM, write=False) == [(10, 0)]  # as if it had never been

app = create_app(company.config)
app.config.update(WTF_CSRF_ENABLED=False)
browser, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
sent = browser.post(
    "/pallets/exchanges/new",
    data={"contact_id": "1", "given": "0", "taken": "4", "moment": "2026-03-01T08:00"},
    headers=headers,
)
assert sent.status_code == 302, sent.text
assert "PX-000003" in browser.get(sent.headers["Location"], headers=headers).text
assert browser.post(f"{sent.headers['Location']}/reverse", headers=headers).status_code == 302
assert "Haulier Ltd" in browser.get("/pallets/balances", headers=headers).text
rows = browser.get("/api/v1/lists/pallets.balance", headers=headers).json["rows"]
assert rows == [{"contact": "Haulier Ltd", "pallets": "10"}], rows
fields = {"contact_id": "1", "given": "50", "taken": "0", "moment": "2099-01-01T08:00"}
assert browser.post("/pallets/exchanges/new", data=fields, headers=headers).status_code == 302
rows = browser.get("/api/v1/lists/pallets.balance", headers=headers).json["rows"]
assert rows == [{"contact": "Haulier Ltd", "pallets": "10"}], rows  # what is dated ahead counts when its day comes
company.database.dispose()
app.company.database.dispose()
print("all as it should be")

"""Run by test_pallets, where the example is installed: a day at the gate, through the pages and the ledger."""

import re
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import create_app, ledger
from app.company import Company
from app.config import Config
from app.documents import locked, post, reverse, save
from app.registry.lifecycle import disable, enable
from app.security import SYSTEM, User
from app.security.login import open_session
from app.setup import create_company
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

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

from pallets import reminders as reminding  # noqa: E402
from pallets.models import Reminder  # noqa: E402
from pallets.operations import record_exchange, reverse_exchange  # noqa: E402 (a stranger: loaded by the company)
from pallets.registers import Balance  # noqa: E402


def _prepare(session: Any) -> str:
    enable(session, SYSTEM, company, "pallets")
    create_contact(session, SYSTEM, kind="legal_entity", name="Haulier Ltd")
    return open_session(session, session.query(User).one())


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
browser = app.test_client()
with browser.session_transaction() as cookie:
    cookie["_user_id"] = token
sent = browser.post(
    "/pallets/exchanges/new",
    data={"contact_id": "1", "given": "0", "taken": "4", "moment": "2026-03-01T08:00"},
)
assert sent.status_code == 302, sent.text
assert "PX-000003" in browser.get(sent.headers["Location"]).text
assert browser.post(f"{sent.headers['Location']}/reverse").status_code == 302
assert "Haulier Ltd" in browser.get("/pallets/balances").text
rows = browser.get("/api/v1/lists/pallets.balance").json["rows"]
assert rows == [{"contact": "Haulier Ltd", "pallets": "10"}], rows
fields = {"contact_id": "1", "given": "50", "taken": "0", "moment": "2099-01-01T08:00"}
assert browser.post("/pallets/exchanges/new", data=fields).status_code == 302
rows = browser.get("/api/v1/lists/pallets.balance").json["rows"]
assert rows == [{"contact": "Haulier Ltd", "pallets": "10"}], rows  # what is dated ahead counts when its day comes


# What the module adds to others: a tab and a panel on the contact's card, a report, and what it keeps of sales.
def get(address: str, status: int = 200) -> Any:
    answer = browser.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.text)
    return answer


def sell(session: Any) -> int:
    item = create_item(session, SYSTEM, code=f"W{datetime.now():%f}", name="Work", kind="service").id
    draft = TradeDraft(1, [TradeLineDraft(item, Decimal(1), Decimal(5))])
    sale = save(session, SYSTEM, Sale, draft)
    post(session, SYSTEM, [sale])
    return sale.id


def reminders(session: Any) -> dict[int, int]:
    return {r.document_id: r.pallets for r in session.query(Reminder)}


def do(work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


tab = "/pallets/contacts/1/contact-exchanges"
card = get("/contacts/1").text
assert f'href="{tab}"' in card
assert re.search(
    r'aria-label="Pallets"><h2 class="h3">Pallets</h2>\s*<dl class="facts">.*?<dd>10</dd>', card, re.DOTALL
)
assert {"PX-000001", "PX-000002", "PX-000003"} <= set(re.findall(r"PX-\d+", get(tab).text))
assert 'aria-current="page">Pallets<' in get(tab).text
get("/pallets/contacts/2/contact-exchanges", 404)

asked = "since=2026-01-01&until=2026-12-31"
page = get(f"/reports/pallets.turnover?{asked}").text
assert re.search(r">Haulier Ltd</a>.*?>10<.*?>0<", page, re.DOTALL), page
rows = get(f"/api/v1/lists/pallets.turnover?{asked}").json["rows"]
assert rows == [{"contact": "Haulier Ltd", "given": "10", "taken": "0", "id": 1}], rows
assert get("/api/v1/lists/pallets.turnover?since=2026-03-01&until=2026-03-02").json["rows"] == []
assert get(f"/reports/pallets.turnover?{asked}&as=xlsx").data[:2] == b"PK"
assert "/reports/pallets.turnover" in get("/reports").text

sold = do(sell)
assert do(reminders) == {sold: 10}
assert "To bring back" in get(f"/trade/sales/{sold}").text
assert "Pallet slip" in get(f"/trade/sales/{sold}?print=pallets.slip").text
do(lambda s: reverse(s, SYSTEM, locked(s, Sale, sold)))
assert do(reminders) == {}

# An error in it aborts the posting, and nothing has changed.
before = do(lambda s: s.query(Sale).count())
reminding.Balance = None
try:
    do(sell)
except AttributeError:
    assert do(lambda s: s.query(Sale).count()) == before
else:
    raise AssertionError("a hook that fails let the sale through")
finally:
    reminding.Balance = Balance

# Off: no tab, no panel, no print, no report; what it keeps of sales stays true.
do(lambda s: disable(s, SYSTEM, company, "pallets"))
for address in (
    tab,
    "/reports/pallets.turnover",
    "/api/v1/lists/pallets.turnover",
    f"/trade/sales/{sold}?print=pallets.slip",
):
    get(address, 404)
assert "Pallets" not in get("/contacts/1").text
assert "/reports/pallets." not in get("/reports").text
sold = do(sell)
assert do(reminders) == {sold: 10}
company.database.dispose()
app.company.database.dispose()
print("all as it should be")

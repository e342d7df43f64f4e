"""Run by test_new_kind, where its module is installed: samples are saved, posted, looked at and reversed."""

import io
import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app import create_app, ledger
from app.cli import main
from app.company import Company
from app.config import Config
from app.documents import post, save
from app.registry.lifecycle import enable
from app.security import SYSTEM, User
from app.security.login import open_session
from modules.contacts.operations import create_contact
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand

folder = Path(sys.argv[1])
company = Company(Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests"))


def _prepare(session: Any) -> str:
    company.refresh(session)
    enable(session, SYSTEM, company, "tasting")
    create_contact(session, SYSTEM, kind="legal_entity", name="Bistro Ltd")
    wine = create_item(session, SYSTEM, code="W1", name="Red", kind="goods")
    create_item(session, SYSTEM, code="S1", name="Delivery", kind="service")
    bought = MovementDraft([MovementLineDraft(wine.id, Decimal(10), Decimal(4))], target_id=100)
    post(session, SYSTEM, [save(session, SYSTEM, Receipt, bought)])
    return open_session(session, session.query(User).one())


def stock() -> tuple[Decimal, Decimal]:
    """How many bottles there are and what they are worth; the books are proven."""

    def read(session: Any) -> tuple[Decimal, Decimal]:
        assert list(ledger.verify(session)) == []
        (figure,) = stock_on_hand(session)
        return figure.amounts["quantity"], figure.amounts["value"]

    return company.database.run(read, actor=SYSTEM, write=False)


token = company.database.run(_prepare, actor=SYSTEM)
app = create_app(company.config)
app.config.update(WTF_CSRF_ENABLED=False)
browser = app.test_client()
with browser.session_transaction() as cookie:
    cookie["_user_id"] = token


def get(address: str) -> Any:
    """A page that is there."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return answer


def send(address: str, **fields: str) -> Any:
    return browser.post(address, data=fields)


def lines(item: int, quantity: str) -> str:
    return json.dumps([{"item_id": item, "quantity": quantity}])


assert stock() == (10, 40)

# The form, with what it refuses; then a draft, which moves nothing.
assert 'name="place_id"' in get("/tasting/samples/new").text
header = {"contact_id": "1", "place_id": "100", "note": "for the new menu"}
assert "is a service" in send("/tasting/samples/new", **header, lines=lines(2, "1")).text
assert "must be above zero" in send("/tasting/samples/new", **header, lines=lines(1, "0")).text
saved = send("/tasting/samples/new", **header, lines=lines(1, "2"), operation="a", then="save")
assert saved.status_code == 302, saved.text
sample = saved.headers["Location"]
assert "Bistro Ltd" in get(sample).text
assert stock() == (10, 40)

# Changed, once by whoever has seen the newest version, and posted: the goods leave at their cost.
page = get(f"{sample}/edit").text
version = re.search(r'name="version"[^>]*value="(\d+)"', page)
assert version is not None
assert "for the new menu" in page
changed = send(f"{sample}/edit", **header, lines=lines(1, "3"), version=version[1], then="save")
assert changed.status_code == 302, changed.text
overtaken = send(f"{sample}/edit", **header, lines=lines(1, "4"), version=version[1], then="save")
assert "Somebody else has saved this" in overtaken.text
assert send(f"{sample}/post").status_code == 302
assert stock() == (7, 28)
assert "for the new menu" in get(f"/tasting/samples/new?copy={sample.rpartition('/')[2]}").text

# What it says, for people and for programs.
assert "SM-000001" in get("/tasting/samples").text
assert get("/api/v1/lists/tasting.sample?q=bistro").json["rows"][0]["number"] == "SM-000001"
assert "SM-000001" in get(sample).text
said = get(f"{sample}?as=json").json
assert (said["number"], said["state"]) == ("SM-000001", "posted")
assert said["lines"] == [{"item": "W1 Red", "quantity": "3", "cost": "12"}]
assert "xl/workbook.xml" in ZipFile(io.BytesIO(get(f"{sample}?as=xlsx").data)).namelist()

# Corrected under its own number, with what it said before.
version = re.search(r'name="version"[^>]*value="(\d+)"', get(f"{sample}/edit").text)
assert version is not None
corrected = send(f"{sample}/edit", **header, lines=lines(1, "2"), version=version[1], then="correct")
assert corrected.status_code == 302, corrected.text
assert stock() == (8, 32)
assert get(f"{sample}?as=json").json["lines"] == [{"item": "W1 Red", "quantity": "2", "cost": "8"}]
assert "SM-000001" in get(sample).text

# Reversed, once.
assert send(f"{sample}/reverse").status_code == 302
assert stock() == (10, 40)
assert get(f"{sample}?as=json").json["state"] == "reversed"
assert send(f"{sample}/reverse").status_code == 302
assert get(f"{sample}?as=json").json["state"] == "reversed"
assert stock() == (10, 40)
company.database.dispose()
app.company.database.dispose()

# The command proves them as well, the new kind's among the others.
sys.argv = ["kontor", "ledger", "verify", "--data", str(folder)]
ended: object = "not"
try:
    main()
except SystemExit as end:
    ended = end.code
assert ended == 0, ended
print("the bottles are back")

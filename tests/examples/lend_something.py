"""Run by test_tutorial, where the tutorial's module is installed: lend a ladder, look at it, record its return."""

import sys
from pathlib import Path
from typing import Any

from app import create_app
from app.company import Company
from app.config import Config
from app.registry.lifecycle import enable
from app.security import SYSTEM, User
from app.security.login import open_session
from modules.contacts.operations import create_contact

folder = Path(sys.argv[1])
company = Company(Config(folder, f"sqlite:///{folder / 'kontor.db'}", "tests"))


def _prepare(session: Any) -> str:
    company.refresh(session)
    enable(session, SYSTEM, company, "lending")
    create_contact(session, SYSTEM, kind="legal_entity", name="Painters Ltd")
    return open_session(session, session.query(User).one())


token = company.database.run(_prepare, actor=SYSTEM)
app = create_app(company.config)
app.config.update(WTF_CSRF_ENABLED=False)
browser = app.test_client()
with browser.session_transaction() as cookie:
    cookie["_user_id"] = token
assert browser.get("/lending/loans/new").status_code == 200
fields = {"contact_id": "1", "thing": "Ladder", "on": "2026-01-05"}
sent = browser.post("/lending/loans/new", data=fields)
assert sent.status_code == 302, sent.text
assert "Painters Ltd" in browser.get(sent.headers["Location"]).text
assert "Ladder" in browser.get("/lending/loans").text
assert browser.post("/lending/loans/1/return").status_code == 302
assert browser.post("/lending/loans/1/return").status_code == 409
assert "Ladder" not in browser.get("/lending/loans?where=out").text.partition('id="list"')[2]
company.database.dispose()
app.company.database.dispose()
print("the ladder is back")

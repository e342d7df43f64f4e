"""What the next page says travels in a cookie, and browsers drop one that is too large: it is shortened, and never lost."""

from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from app.documents import save
from app.security import SYSTEM
from app.web.edge.cookies import shorter
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue
from modules.warehouse.operations import create_item
from tests.conftest import ADMIN, PASSWORD

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

#: What browsers take of one cookie, with its name and attributes (RFC 6265, 6.1).
MOST = 4096
LINES = 150


@pytest.fixture
def issue(company: Any) -> int:
    """A draft that gives out much of what isn't there."""

    def work(session: Any) -> int:
        # names that no compression makes short
        names = [f"Bracket {n} {sha256(str(n).encode()).hexdigest()}" for n in range(LINES)]
        items = [create_item(session, SYSTEM, code=f"I{n}", name=name) for n, name in enumerate(names)]
        session.flush()
        lines = [MovementLineDraft(item.id, Decimal(3)) for item in items]
        draft = MovementDraft(lines, source_id=FIRST_WAREHOUSE, moment=datetime(2026, 3, 2))
        document = save(session, SYSTEM, Issue, draft)
        session.flush()
        return document.id

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def test_a_refusal_of_many_lines_is_seen_on_the_next_page(app: Any, issue: int) -> None:
    client = app.test_client()
    client.post("/login", data={"login": ADMIN, "password": PASSWORD})
    answer = client.post(f"/warehouse/issues/{issue}/post")
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all(len(cookie) <= MOST for cookie in cookies)
    page = client.get(answer.headers["Location"]).text
    assert page.count('class="flash flash-error"') == 1
    assert "Bracket 0 5feceb66" in page
    assert " …</span>" in page
    assert "flash-error" not in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no database is asked
def test_the_longest_message_gives_way_and_short_ones_stay(app: Any) -> None:
    del app
    long, brief = "word " * 100, "Saved."
    first, *rest = shorter([("error", long), ("success", brief)])
    assert rest == [("success", brief)]
    assert len(first[1]) < len(long)
    assert first[1].endswith("word …")
    assert shorter([("error", "x" * 5000), ("success", brief)]) == [("success", brief)]

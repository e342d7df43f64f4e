"""Two people at the same document: one of them gets a message, and nothing happens twice."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import discard, locked, post, reverse, save
from app.errors import Conflict
from app.security import SYSTEM
from app.web.kit.documents import editing
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt
from modules.warehouse.operations import create_item
from tests.conftest import ADMIN, PASSWORD
from tests.modules.web.browser_forms import fields_of


def draft_of(item_id: int, quantity: int) -> MovementDraft:
    line = MovementLineDraft(item_id, Decimal(quantity), Decimal(2))
    return MovementDraft([line], target_id=FIRST_WAREHOUSE, moment=datetime(2026, 3, 2))


@pytest.fixture
def draft(company: Any) -> tuple[int, int]:
    """A draft receipt of ten pieces, and its item."""

    def work(session: Any) -> tuple[int, int]:
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        document = save(session, SYSTEM, Receipt, draft_of(item.id, 10))
        session.flush()
        return document.id, item.id

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def entries(company: Any) -> Any:
    return company.database.run(ledger.totals_of, actor=SYSTEM, write=False)["warehouse.stock"]["entries"]


def test_a_draft_that_another_has_posted_meanwhile_is_not_posted_again(company: Any, draft: tuple[int, int]) -> None:
    with company.database.session(SYSTEM) as early:
        seen = early.get(Receipt, draft[0])
        early.expunge(seen)
        early.rollback()
        company.database.run(lambda s: post(s, SYSTEM, [s.get(Receipt, draft[0])]), actor=SYSTEM)

        def again(session: Any) -> None:
            stale = session.merge(seen, load=False)
            post(session, SYSTEM, [stale])

        with pytest.raises(Conflict, match="meanwhile"):
            company.database.run(again, actor=SYSTEM)
    assert entries(company) == 1


def test_a_draft_that_another_has_posted_meanwhile_is_not_changed(company: Any, draft: tuple[int, int]) -> None:
    with company.database.session(SYSTEM) as early:
        seen = early.get(Receipt, draft[0])
        early.expunge(seen)
        early.rollback()
        company.database.run(lambda s: post(s, SYSTEM, [s.get(Receipt, draft[0])]), actor=SYSTEM)

        def change(session: Any) -> None:
            save(session, SYSTEM, Receipt, draft_of(draft[1], 99), document=session.merge(seen, load=False))

        with pytest.raises(Conflict, match="has been posted meanwhile"):
            company.database.run(change, actor=SYSTEM)
    quantity = company.database.run(lambda s: s.get(Receipt, draft[0]).lines[0].quantity, actor=SYSTEM, write=False)
    assert quantity == 10


def test_a_document_is_reversed_once(company: Any, draft: tuple[int, int]) -> None:
    company.database.run(lambda s: post(s, SYSTEM, [s.get(Receipt, draft[0])]), actor=SYSTEM)
    company.database.run(lambda s: reverse(s, SYSTEM, locked(s, Receipt, draft[0])), actor=SYSTEM)
    with pytest.raises(Conflict):
        company.database.run(lambda s: reverse(s, SYSTEM, locked(s, Receipt, draft[0])), actor=SYSTEM)
    assert entries(company) == 2


# SQLite has one writer: nobody discards while another's form is read.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", ["discard", "reverse"])
def test_what_is_typed_while_another_discards_is_shown_as_a_new_draft(
    app: Any, draft: tuple[int, int], act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, client = app.company.database, app.test_client()
    client.post("/login", data={"login": ADMIN, "password": PASSWORD})
    address, write = f"/warehouse/receipts/{draft[0]}/edit", editing._write
    fields = fields_of(client.get(address).text) | {"note": ["typed for nothing?"], "then": ["save"]}

    def write_late(*arguments: Any) -> Any:
        """The document was read; before it is locked, another is quicker."""
        if act == "discard":
            database.run(lambda s: discard(s, SYSTEM, s.get(Receipt, draft[0])), actor=SYSTEM)
        else:
            database.run(lambda s: post(s, SYSTEM, [s.get(Receipt, draft[0])]), actor=SYSTEM)
            database.run(lambda s: reverse(s, SYSTEM, s.get(Receipt, draft[0])), actor=SYSTEM)
        return write(*arguments)

    monkeypatch.setattr(editing, "_write", write_late)
    answer = client.post(address, data=fields)
    assert answer.status_code in (200, 404)
    assert "typed for nothing?" in answer.text
    if act == "discard":
        assert "somebody has discarded it meanwhile" in answer.text
        assert 'action="/warehouse/receipts/new"' in answer.text
    assert database.run(lambda s: s.scalars(select(Receipt.state)).all(), actor=SYSTEM, write=False) == (
        [] if act == "discard" else ["reversed"]
    )

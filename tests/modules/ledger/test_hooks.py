"""Hooks are called within the transaction of whoever calls them: all of it happens, or nothing."""

from datetime import datetime
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.calling import effect
from app.documents import locked, post, reverse, save
from app.errors import Conflict
from app.ledger import now, verify
from app.registry import lifecycle
from app.security import SYSTEM
from modules.trade import hooks as of_trade
from modules.trade.models import Sale
from modules.trade.registers import Sales
from modules.warehouse import hooks as of_warehouse
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt

EARLIER = datetime(2026, 1, 5)


@effect
def something_happened(session: Any, number: int, word: str) -> None:
    """A hook of these tests: `number` and `word`."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Who was called by `something_happened` with what, in their order: trade stands on the warehouse."""
    found: list[Any] = []
    for module in (of_trade, of_warehouse):
        name = module.__name__.split(".")[1]

        def hear(_session: Any, *what: Any, who: str = name) -> None:
            found.append((who, *what))

        monkeypatch.setattr(module, something_happened.name, hear, raising=False)
    return found


def test_modules_are_called_in_the_order_in_which_they_stand_on_each_other(company: Any, heard: list) -> None:
    company.database.run(lambda session: something_happened(session, 1, "two"), actor=SYSTEM)
    assert heard == [("warehouse", 1, "two"), ("trade", 1, "two")]


def test_a_hook_that_nobody_has_does_nothing(company: Any) -> None:
    company.database.run(lambda session: something_happened(session, 1, "two"), actor=SYSTEM)


def test_a_session_of_no_company_calls_nobody(heard: list) -> None:
    something_happened(SimpleNamespace(info={"database": SimpleNamespace(known={})}), 1, "two")  # type: ignore[arg-type]
    assert heard == []


def receive_before_all(shop: Any) -> Any:
    """Ten more of the first item, cheaper, dated before everything: what was sold costs less by it."""

    def work(session: Any) -> None:
        line = MovementLineDraft(shop.items[0], D(10), D("0.50"))
        draft = MovementDraft([line], target_id=FIRST_WAREHOUSE, moment=EARLIER)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])

    return work


def cost_of_sales(shop: Any) -> D:
    (figure,) = shop.ask(lambda s: now(s, Sales.results, by=("item",), where={"item": shop.items[0]}))
    return D(figure.amounts["cost"])


def test_a_hook_that_raises_aborts_the_whole_posting(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sell([(0, "4", "2")])
    assert cost_of_sales(shop) == D(4)
    changed = of_trade.costs_changed

    def refuse(*arguments: Any) -> None:
        changed(*arguments)
        raise Conflict("not today")

    monkeypatch.setattr(of_trade, "costs_changed", refuse)
    before = shop.everything()
    with pytest.raises(Conflict, match="not today"):
        shop.do(receive_before_all(shop))
    assert shop.everything() == before
    monkeypatch.undo()
    shop.do(receive_before_all(shop))
    assert cost_of_sales(shop) == D(3)


def test_a_module_that_is_switched_off_is_called_all_the_same(shop: Any) -> None:
    shop.sell([(0, "4", "2")])
    shop.do(lambda session: lifecycle.disable(session, SYSTEM, shop.company, "trade"))
    shop.do(shop.company.refresh)
    assert "trade" not in {m.name for m in shop.company.enabled}
    shop.do(receive_before_all(shop))
    assert cost_of_sales(shop) == D(3)
    assert shop.ask(lambda s: list(verify(s))) == []


def test_what_is_built_on_a_document_is_undone_before_it_is_reversed(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = shop.sell([(0, "1", "2")])
    asked: list[tuple[str, int]] = []

    def undo(session: Any, _actor: Any, document: Any) -> None:
        entries = session.connection().execute(
            select(func.count()).select_from(Sales.entries).where(Sales.entries.c.document_id == document.id)
        )
        asked.append((document.state, entries.scalar_one()))
        raise Conflict("not now")

    monkeypatch.setattr(of_trade, "document_reversing", undo, raising=False)
    before = shop.everything()
    with pytest.raises(Conflict, match="not now"):
        shop.do(lambda session: reverse(session, SYSTEM, locked(session, Sale, sale)))
    assert asked == [("reversed", 1)]
    assert shop.everything() == before

"""Trying a switch out on a copy of a working company's database."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from app.documents import post, save
from app.errors import NotFound
from app.registry.rehearsal import RehearsalFailed, rehearse
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from modules.warehouse.operations import create_item
from tests.commands import teller


@pytest.fixture
def working(company: Any) -> Any:
    """A company with stock."""

    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        lines = [MovementLineDraft(item.id, Decimal(3), Decimal("9.99"))]
        draft = MovementDraft(lines, target_id=100, moment=datetime(2026, 1, 5))
        post(session, SYSTEM, [save(session, SYSTEM, Opening, draft)])

    company.database.run(work, actor=SYSTEM)
    return company


def _databases(url: str) -> set[str]:
    if url.startswith("sqlite"):
        return set()
    engine = create_engine(url)
    with engine.connect() as connection:
        names = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
    engine.dispose()
    return names


def _has_production(company: Any) -> bool:
    return company.database.run(  # type: ignore[no-any-return]
        lambda session: inspect(session.connection()).has_table("production_bom"), actor=SYSTEM, write=False
    )


def test_a_rehearsal_tells_what_would_happen_and_changes_nothing(working: Any, database_url: str) -> None:
    before = _databases(database_url)
    said = "\n".join(rehearse(working, "production"))
    assert "Switched on in" in said
    assert "Production" in said
    unchanged = [line.split() for line in said.splitlines() if line.strip().startswith("Stock")]
    assert unchanged == [
        ["Stock", "by", "bin", "0", "entries", "unchanged"],
        ["Stock", "in", "second", "units", "0", "entries", "unchanged"],
        ["Stock", "1", "entries", "unchanged"],
    ]
    assert "the books of the copy are proven" in said
    assert not _has_production(working)
    assert _databases(database_url) == before


def test_a_register_that_moves_fails_the_rehearsal(
    working: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.registry import rehearsal

    def meddle(session: Any, actor: Any, company: Any, name: str) -> list[str]:
        del actor, company
        session.execute(text("UPDATE warehouse_stock_worth_total SET value = value + 1 WHERE pool_id = 100"))
        return [name]

    monkeypatch.setattr(rehearsal, "enable", meddle)
    before = _databases(database_url)
    with pytest.raises(RehearsalFailed, match="Stock"):
        list(rehearse(working, "production"))
    assert _databases(database_url) == before


def test_a_module_that_is_not_there_is_refused_before_anything_is_copied(working: Any) -> None:
    with pytest.raises(NotFound, match="no module “nonsense”"):
        next(rehearse(working, "nonsense"))


def test_the_command_rehearses_and_then_switches_the_edition(
    working: Any, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = teller(tmp_path, database_url, monkeypatch)

    def kontor(*arguments: str) -> str:
        done = tell(*arguments)
        assert done.code == 0, done.err
        return done.out

    assert "unchanged" in kontor("modules", "enable", "production", "--rehearse")
    assert not _has_production(working)
    totals = kontor("ledger", "totals", "--json")
    assert kontor("edition", "set", "enterprise") == "edition: enterprise\n"
    assert _has_production(working)
    assert "production      on" in kontor("modules", "list")
    assert kontor("ledger", "totals", "--json") == totals
    kontor("edition", "set", "trade")
    assert "production      off" in kontor("modules", "list")
    assert kontor("edition", "show") == "trade\n"
    kontor("ledger", "verify")

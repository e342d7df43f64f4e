"""A working company to back up, and where its backups are restored."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.company import Company
from app.config import Config, embedded
from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from modules.warehouse.operations import create_item


def quiet(_step: object) -> None:
    """Hears every step of a backup, and says nothing."""


def post_opening(session: Any, item_id: int, quantity: int, day: int = 5) -> None:
    """A document that moves figures."""
    lines = [MovementLineDraft(item_id, Decimal(quantity), Decimal("9.99"))]
    draft = MovementDraft(lines, target_id=100, moment=datetime(2026, 1, day))
    post(session, SYSTEM, [save(session, SYSTEM, Opening, draft)])


@pytest.fixture(autouse=True)
def any_passphrase_at_once(cheap_passphrases: None) -> None:
    """What a passphrase really costs is a matter of `tests/unit/backup/test_archive.py`."""


@pytest.fixture
def working(company: Any, tmp_path: Path) -> Any:
    """A company with stock and files."""

    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="A", name="Anvil – наковальня")
        post_opening(session, item.id, 3)

    company.database.run(work, actor=SYSTEM)
    kept = tmp_path / "imports" / "of today"
    kept.mkdir(parents=True)
    (kept / "receipt ü.txt").write_bytes(b"\x00 paid \xff")
    (tmp_path / "kontor.toml").write_text('proxies = "0"  # this machine only')
    return company


@pytest.fixture
def elsewhere(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str | None]]:
    """A data folder that isn't there yet, and the address of an empty database (None: the file in the folder)."""
    folder = tmp_path / ".elsewhere" / "data"  # hidden from the company's own files
    if engine == "sqlite":
        yield folder, None
        return
    cluster, name = request.getfixturevalue("cluster"), f"elsewhere_{abs(hash(tmp_path)) % 10**9}"
    cluster.sql(f"CREATE DATABASE {name}")
    yield folder, cluster.url(name)
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def server(company: Any) -> str | None:
    """The server that takes scratch databases, where one is needed."""
    return None if company.database.is_sqlite else company.database.url


@pytest.fixture
def company_in() -> Iterator[Callable[[tuple[Path, str | None]], Company]]:
    """Open the company that was restored elsewhere."""
    opened: list[Company] = []

    def open_it(place: tuple[Path, str | None]) -> Company:
        folder, address = place
        made = Company(Config(folder, address or embedded(folder), "tests"))
        made.database.run(lambda session: made.refresh(session), actor=SYSTEM, write=False)
        opened.append(made)
        return made

    yield open_it
    for made in opened:
        made.database.dispose()

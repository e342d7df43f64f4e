"""A small shop with goods in its main warehouse; and registers of the tests' own, with nothing in them."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from own_registers import Books, Clock, declared, own_tables
from sqlalchemy import text

from app.company import Company
from app.config import Config
from app.db import Base, Tries
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, TradeDocument
from modules.warehouse.operations import create_item
from tests.conftest import Restored, close, make_company
from tests.postgresql import Copies
from tests.rows import rows_of_all_tables

NOON = datetime(2026, 2, 10, 12)


@dataclass
class Shop:
    """What tests do in it, each as an operation with its commit."""

    company: Any
    contact: int
    items: list[int]

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Work and commit."""
        return self.company.database.run(work, actor=SYSTEM)

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """Only read."""
        return self.company.database.run(question, actor=SYSTEM, write=False)

    def draft(self, session: Any, kind: type[TradeDocument], lines: list, moment: datetime = NOON, **more: Any) -> Any:
        """A draft of lines (which item, quantity, price)."""
        typed = [TradeLineDraft(self.items[i], Decimal(q), Decimal(p)) for i, q, p in lines]
        return save(session, SYSTEM, kind, TradeDraft(self.contact, typed, moment=moment, **more))

    def buy(self, lines: list, moment: datetime = NOON) -> int:
        """A posted purchase."""
        return self._posted(Purchase, lines, moment)

    def sell(self, lines: list, moment: datetime = NOON) -> int:
        """A posted sale."""
        return self._posted(Sale, lines, moment)

    def _posted(self, kind: type[TradeDocument], lines: list, moment: datetime) -> int:
        def work(session: Any) -> int:
            document = self.draft(session, kind, lines, moment)
            post(session, SYSTEM, [document])
            return int(document.id)

        return int(self.do(work))

    def sql(self, statement: str, **values: Any) -> Any:
        """What someone with a database client and bad intentions does."""
        return self.do(lambda session: session.connection().execute(text(statement), values))

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value from the database."""
        return self.ask(lambda session: session.connection().execute(text(statement), values).scalar())

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table: to show that a refusal changed nothing."""
        return self.ask(rows_of_all_tables)


@pytest.fixture
def shop(company: Any) -> Shop:
    """The shop, with ten of each item bought in January at a pound each."""

    def work(session: Any) -> tuple[int, list[int]]:
        company.refresh(session)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Ötzi Ltd").id
        return contact, [create_item(session, SYSTEM, code=code, name=code).id for code in ("A", "B")]

    made = Shop(company, *company.database.run(work, actor=SYSTEM))
    made.buy([(0, "10", "1"), (1, "10", "1")], datetime(2026, 1, 10, 12))
    return made


@pytest.fixture(scope="module")
def own_registers() -> Iterator[Any]:
    """A register of transfers and one with sides, which the program forgets after the module."""
    with declared() as registers:
        yield registers


@pytest.fixture(scope="module")
def own_copies(own_registers: Any, cluster: Any, restored: Restored) -> Iterator[Copies]:
    """PostgreSQL's databases with a fresh company and the tables of these registers in each."""
    tables = own_tables()
    columns = repr(sorted(str(column) for table in tables for column in table.columns))

    def make(url: str, folder: Path) -> None:
        make_company(url, folder, "trade")
        company = Company(Config(folder, url, "tests"))
        company.database.run(lambda s: Base.metadata.create_all(s.connection(), tables=tables), actor=SYSTEM)
        close(company)

    copies = Copies(cluster, restored(f"template_own_{zlib.crc32(columns.encode())}", make))
    yield copies
    copies.drop()


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own; PostgreSQL's has the tables of own registers: who makes them spoils the copy."""
    if engine == "sqlite" or "own_registers" not in request.fixturenames:
        yield request.getfixturevalue("database_url")
        return
    with request.getfixturevalue("own_copies").one() as url:
        yield url


@pytest.fixture
def books(company: Any, own_registers: Any) -> Books:
    """A company whose only entries are those that the test posts to registers of its own."""
    return Books(company, own_registers)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The wall clock, as the test sets it: noon of the tenth of February 2026 to begin with."""
    made = Clock(NOON)
    for user in ("documents.posting", "ledger.floors", "ledger.posting", "ledger.parts", "ledger.queries"):
        monkeypatch.setattr(f"app.{user}.wall_clock", made)
    return made


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done again because others stood in the way."""
    found: list[str] = []
    wait = Tries.wait_after

    def counted(self: Tries, error: Any) -> None:
        found.append(str(error))
        wait(self, error)

    monkeypatch.setattr(Tries, "wait_after", counted)
    return found

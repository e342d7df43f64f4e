"""A server answers every request while another process switches production on and off meanwhile."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app import ledger
from app.config import Config
from app.documents import post, save
from app.security import SYSTEM, User
from app.security.login import open_session
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item
from tests.commands import teller
from tests.conftest import opened

KONTOR = [sys.executable, "-c", "from app.cli import main; main()"]
PAGES = (
    "/healthz",
    "/api/v1/lists",
    "/api/v1/lists/trade.sale",
    "/api/v1/lists/warehouse.item",
    "/lookup/items?q=anvil",
)
#: How many processes people's requests come from.
READERS = 3
#: Answers and receipts that people get done between two switches.
ANSWERS, RECEIPTS = 40, 5
#: Seconds after which something hangs, however busy the machine is.
PATIENCE = 120


class Server:
    """`kontor serve` in a process of its own."""

    def __init__(self, environment: dict[str, str], cookie: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.headers = {"Cookie": cookie}
        self.process = subprocess.Popen(
            [*KONTOR, "serve", "--port", str(self.port)], env=environment, stderr=subprocess.DEVNULL
        )

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body; a connection that is cut counts as a failure of the server."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=self.headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait(self) -> None:
        """Until it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server has ended"
            with suppress(OSError):
                if self.ask("/healthz")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the server did not start")


@pytest.fixture
def environment(company: Any, database_url: str, tmp_path: Path) -> dict[str, str]:
    """What every process of the company shares."""
    return {
        **os.environ,
        "KONTOR_DATABASE_URL": database_url,
        "KONTOR_DATA_DIR": str(tmp_path),
        "KONTOR_SECRET_KEY": "tests",
    }


@pytest.fixture
def working(company: Any) -> tuple[int, str]:
    """A company that has bought and sold; gives the item's id, and what the administrator's browser holds."""

    def work(session: Any) -> tuple[int, str]:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Smith Ltd").id
        for kind, quantity, price in ((Purchase, "50", "9.99"), (Sale, "3", "20")):
            lines = [TradeLineDraft(item, Decimal(quantity), Decimal(price), tax_rate=Decimal(20))]
            draft = TradeDraft(contact, lines, moment=datetime(2026, 1, 5))
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        administrator = session.query(User).filter_by(login="admin").one()
        return item, open_session(session, administrator)

    return company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


@pytest.fixture
def server(environment: dict[str, str], working: tuple[int, str], shell: Any) -> Iterator[Server]:
    with opened(
        shell, Config(Path(environment["KONTOR_DATA_DIR"]), environment["KONTOR_DATABASE_URL"], "tests")
    ) as app:
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = working[1]
        held = browser.get_cookie("session")
    running = Server(environment, f"session={held.value}")
    try:
        running.wait()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(PATIENCE)


class People:
    """Threads that ask the server for pages, and one that posts goods receipts, until they are asked to stop."""

    def __init__(self, server: Server, company: Any, item_id: int) -> None:
        self.server, self.company, self.item_id = server, company, item_id
        self.answers: Counter[tuple[str, int]] = Counter()
        self.posted = 0
        self.failures: list[Exception] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(i,)) for i in range(READERS)]
        self._threads.append(threading.Thread(target=self._post))

    def __enter__(self) -> "People":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def work_on(self) -> None:
        """Wait until they have got some more done, of which most began after what was done to them last."""
        answers, posted, end = self.answers.total() + ANSWERS, self.posted + RECEIPTS, time.monotonic() + PATIENCE
        while self.answers.total() < answers or self.posted < posted:
            assert not self.failures
            assert time.monotonic() < end, "nobody gets on"
            time.sleep(0.02)

    def _ask(self, number: int) -> None:
        while not self._stop.is_set():
            path = PAGES[number % len(PAGES)]
            number += 1
            try:
                self.answers[path, self.server.ask(path)[0]] += 1
            except OSError as error:
                self.failures.append(error)

    def _post(self) -> None:
        def work(session: Any) -> None:
            lines = [MovementLineDraft(self.item_id, Decimal(1), Decimal("10"))]
            post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=100))])

        while not self._stop.is_set():
            try:
                self.company.database.run(work, actor=SYSTEM)
                self.posted += 1
            except Exception as error:  # a thread's error would be lost
                self.failures.append(error)
            time.sleep(0.01)


@pytest.fixture
def kontor(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command; this process is another than the server's as well."""
    tell = teller(tmp_path, database_url, monkeypatch)

    def run(*arguments: str) -> str:
        done = tell(*arguments)
        assert done.code == 0, done.err
        return done.out

    return run


def test_every_request_is_answered_while_production_goes_on_and_off(
    server: Server, kontor: Callable[..., str], company: Any, working: tuple[int, str]
) -> None:
    totals = json.loads(kontor("ledger", "totals", "--json"))
    assert server.ask("/production/work-orders")[0] == 404
    with People(server, company, working[0]) as people:
        people.work_on()
        assert kontor("modules", "enable", "production") == "switched on: production\n"
        assert server.ask("/api/v1/lists/production.bom")[0] == 200
        assert b'"rows":[]' in server.ask("/lookup/boms")[1].replace(b" ", b"").replace(b"\n", b"")
        assert server.ask("/production/work-orders")[0] == 200
        people.work_on()
        kontor("modules", "disable", "production")
        assert server.ask("/production/work-orders")[0] == 404
        assert server.ask("/api/v1/lists/production.bom")[0] == 404
        kontor("edition", "set", "enterprise")
        assert server.ask("/production/boms")[0] == 200
        people.work_on()
    assert people.failures == []
    assert {status for _, status in people.answers} == {200}
    assert {path for path, _ in people.answers} == set(PAGES)

    after = json.loads(kontor("ledger", "totals", "--json"))
    assert after["trade.sales"] == totals["trade.sales"]
    assert after["contacts.settlements"] == totals["contacts.settlements"]
    assert after["warehouse.stock"]["entries"] == totals["warehouse.stock"]["entries"] + people.posted
    assert company.database.run(lambda session: list(ledger.verify(session)), actor=SYSTEM, write=False) == []

"""Clients post documents over HTTP while processes are killed: what was acknowledged is there once, whole and proven.

Each document is an act with a number of its own. A client that gets no answer, or a refusal for now, sends the very same again,
as a browser does whose user presses the button again.
"""

import http.client
import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select

from app import ledger
from app.audit import verify as verify_audit
from app.company import Company
from app.config import Config
from app.security import SYSTEM
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.modules.web.browser_forms import fields_of
from tests.postgresql import Cluster
from tests.serving import KONTOR, Running

NEW = "/warehouse/receipts/new"
#: seconds after which nobody waits any longer, so that a hang is noticed
PATIENCE = 120


@dataclass
class Killed:
    """What was killed, and what became of the documents meanwhile."""

    kills: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    unanswered: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    halves: int = 0
    wrong: list[str] = field(default_factory=list)


class Client:
    """Somebody who posts one receipt after another, each until it is acknowledged."""

    def __init__(self, kills: "Kills", name: str) -> None:
        self.kills, self.name = kills, name
        self.acknowledged: list[str] = []
        self._cookies: dict[str, str] = {}
        self._form: dict[str, list[str]] = {}
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        try:
            self._sign_in()
            while not self.kills.is_over.is_set():
                self._post(f"{self.name}-{len(self.acknowledged)}")
        except Exception as error:  # a thread's error would be lost
            self.kills.done.wrong.append(f"client {self.name}: {error!r}")

    def _sign_in(self) -> None:
        fields = fields_of(self._sure("GET", "/login")[1]) | {"login": ["admin"], "password": [self.kills.password]}
        status, _page, _to = self._sure("POST", "/login", fields)
        if status != 302:
            raise AssertionError(f"signing in is answered with {status}")

    def _post(self, note: str) -> None:
        form = fields_of(self._sure("GET", NEW)[1])
        lines = [{"item_id": self.kills.item_id, "quantity": "2", "price": "3"}]
        fields = form | {
            "note": [note],
            "lines": [json.dumps(lines)],
            "target_id": [str(FIRST_WAREHOUSE)],
            "then": ["post"],
        }
        status, page, to = self._sure("POST", NEW, fields)
        if status != 302 or not re.fullmatch(r"/warehouse/receipts/\d+", to):
            raise AssertionError(f"{note} is answered with {status} {to} {page[:300]}")
        self.acknowledged.append(note)

    def _sure(self, method: str, path: str, fields: dict[str, list[str]] | None = None) -> tuple[int, str, str]:
        """Ask until there is an answer that stands."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, page, to = self._ask(method, path, fields)
            except (OSError, http.client.HTTPException):
                self.kills.count(None)
                time.sleep(0.02)
                continue
            self.kills.count(status)
            if status < 500:
                return status, page, to
            time.sleep(0.05)
        raise AssertionError(f"{method} {path} isn't answered")

    def _ask(self, method: str, path: str, fields: dict[str, list[str]] | None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.kills.running.port, timeout=30)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields, doseq=True) if fields is not None else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return answer.status, page, answer.headers.get("Location", "")
        finally:
            connection.close()


class Kills:
    """One server over a company of the Trade edition, and what is done to it. `cluster`: the PostgreSQL server that holds the
    company, which is killed as well."""

    def __init__(self, folder: Path, url: str, seed: int, *, password: str, cluster: Cluster | None = None) -> None:
        self.folder, self.password, self.done = folder, password, Killed()
        self.is_over = threading.Event()
        self._chance, self._cluster, self._url, self._lock = random.Random(seed), cluster, url, threading.Lock()
        (folder / "kontor.toml").write_text(f"database_url = {json.dumps(url)}\n")
        self.item_id = self._asked(lambda session: _item(session))
        self.running = Running(KONTOR, folder, "--empty")

    def run(self, is_due: Callable[[int], bool], clients: int = 3) -> Killed:
        """Kill, as long as it is due after so many kills, while clients work; then prove everything."""
        working = [Client(self, f"c{number}") for number in range(clients)]
        for client in working:
            client.thread.start()
        try:
            ways = [self._worker, self._worker, self._server, *([self._database] if self._cluster else [])]
            while is_due(sum(self.done.kills.values())):
                way = ways[sum(self.done.kills.values()) % len(ways)]
                self._wait_for_more(working)
                time.sleep(self._chance.uniform(0, 0.05))
                way()
                self.done.kills[way.__name__.removeprefix("_")] += 1
            self._wait_for_more(working)
        finally:
            self.is_over.set()
            for client in working:
                client.thread.join()
            self.running.end(signal.SIGTERM)
            self.running.close()
        self._count([note for client in working for note in client.acknowledged])
        return self.done

    def count(self, status: int | None) -> None:
        """Count an answer, or that there was none."""
        with self._lock:
            self.done.requests += 1
            if status is None:
                self.done.unanswered += 1
            else:
                self.done.statuses[status] += 1

    def _wait_for_more(self, clients: list[Client]) -> None:
        """Until each client has been answered again, so that every kill finds them at work."""
        before = [len(client.acknowledged) for client in clients]
        until = time.monotonic() + PATIENCE
        while any(len(c.acknowledged) <= n and c.thread.is_alive() for c, n in zip(clients, before, strict=True)):
            if time.monotonic() > until:
                raise AssertionError("the clients aren't answered any more")
            time.sleep(0.01)

    def _worker(self) -> None:
        """The process that answers; the server starts another."""
        children = Path(f"/proc/{self.running.process.pid}/task/{self.running.process.pid}/children")
        for number in children.read_text().split():
            os.kill(int(number), signal.SIGKILL)

    def _server(self) -> None:
        """All its processes, as when a machine loses its power; somebody starts it again at the same address."""
        self.running.end(signal.SIGKILL)
        self.running.close()
        self.running = Running(KONTOR, self.folder, "--empty", port=self.running.port)

    def _database(self) -> None:
        """PostgreSQL, at once; it recovers from its log."""
        assert self._cluster is not None
        self._cluster.crash()

    def _count(self, acknowledged: list[str]) -> None:
        found: Counter[str] = Counter()
        for note, state, lines, entries in self._asked(_documents):
            found[note] += state == "posted"
            # a form may be saved and its answer lost, but never without its lines or its entries
            self.done.halves += (lines, entries) != (1, 1)
            if state != "posted":
                self.done.wrong.append(f"{note} is {state}")
        self.done.acknowledged = len(acknowledged)
        self.done.lost = sum(found[note] == 0 for note in acknowledged)
        self.done.doubled = sum(count > 1 for count in found.values())
        self.done.wrong += self._asked(lambda session: [*ledger.verify(session), *verify_audit(session)])
        for what in ("lost", "doubled", "halves"):
            if count := getattr(self.done, what):
                self.done.wrong.append(f"{count} documents {what}")

    def _asked(self, work: Callable[[Any], Any]) -> Any:
        company = Company(Config(self.folder, self._url, "tests"))
        try:
            company.database.run(company.refresh, actor=SYSTEM, write=False)
            return company.database.run(work, actor=SYSTEM)
        finally:
            company.database.dispose()


def _item(session: Any) -> int:
    found = session.scalar(select(Item.id).where(Item.code == "KILLED"))
    if found is None:
        made = create_item(session, SYSTEM, code="KILLED", name="Unbreakable")
        session.flush()
        found = made.id
    return int(found)


def _documents(session: Any) -> list[tuple[str, str, int, int]]:
    """Note, state, lines and entries of every receipt that a client has made."""
    entries = Stock.entries.c
    counted = dict(
        session.connection().execute(select(entries.document_id, func.count()).group_by(entries.document_id)).all()
    )
    made = session.scalars(select(Receipt).where(Receipt.note.regexp_match("^c[0-9]+-[0-9]+$")))
    return [(each.note, str(each.state), len(each.lines), counted.get(each.id, 0)) for each in made]

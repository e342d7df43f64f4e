"""What people were shown while others held the database is written when the server stops."""

import http.cookiejar
import re
import signal
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.company import Company
from app.config import Config
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from tests.conftest import ADMIN, PASSWORD
from tests.serving import SERVERS, Running


def sign_in(running: Running) -> urllib.request.OpenerDirector:
    """The administrator's browser."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener, site = urllib.request.build_opener(jar), f"http://127.0.0.1:{running.port}"
    page = opener.open(f"{site}/login").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    form = {"login": ADMIN, "password": PASSWORD, "csrf_token": token[1]}
    opener.open(f"{site}/login", urllib.parse.urlencode(form).encode()).close()
    return opener


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_stops_writes_the_looks_in_its_memory(
    up: Callable[..., Running], made: Path, server: str
) -> None:
    company = Company(Config(made, f"sqlite:///{made / 'kontor.db'}", "tests"))
    company.database.run(
        lambda session: create_contact(session, SYSTEM, kind="individual", name="Ada", phone="+44 20 7946 0018"),
        actor=SYSTEM,
    )
    company.database.dispose()
    running = up(SERVERS[server], made)
    browser = sign_in(running)
    with closing(sqlite3.connect(made / "kontor.db", isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        with browser.open(f"http://127.0.0.1:{running.port}/contacts/people") as answer:
            assert "Ada" in answer.read().decode()
        holding.execute("ROLLBACK")
    running.end(signal.SIGTERM)
    with closing(sqlite3.connect(made / "kontor.db")) as reading:
        looks = reading.execute("SELECT list_name, row_count FROM core_look").fetchall()
        audit = "SELECT subject, 1 FROM core_audit WHERE action = 'core.list.view'"
        looks += reading.execute(audit).fetchall()
    assert looks == [("contacts.individual", 1)]

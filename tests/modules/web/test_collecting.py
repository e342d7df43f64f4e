"""What is collected of modules is only shown: a module that fails is logged and left out, and spoils nothing of the others'."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.calling import asked
from app.hooks import home_figures
from app.reference import Unit
from app.registry.lifecycle import disable
from app.security import SYSTEM
from app.web.kit.home import HomeFigure
from modules.contacts import hooks as of_contacts
from modules.trade import hooks as of_trade

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

GOOD = HomeFigure("Good", "7", "/good")


def good(_session: Any, _actor: Any) -> list[HomeFigure]:
    return [GOOD]


def raises(_session: Any, _actor: Any) -> Iterator[HomeFigure]:
    yield HomeFigure("Half", "1", "/half")
    raise RuntimeError("no figures today")


def asks_nonsense(session: Any, _actor: Any) -> list[HomeFigure]:
    return list(session.connection().execute(text("SELECT nothing FROM nowhere")))


@pytest.fixture
def figures(company: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[HomeFigure]]:
    """What is collected when contacts, which come first, and then trade have these functions."""

    def run(first: Any, second: Any = good, *, write: bool = False) -> list[HomeFigure]:
        monkeypatch.setattr(of_contacts, "home_figures", first, raising=False)
        monkeypatch.setattr(of_trade, "home_figures", second)

        def work(session: Any) -> list[HomeFigure]:
            unit = Unit(code="XX", name="thing", digits=0) if write else None
            session.add_all([unit] if unit is not None else [])
            found = home_figures(session, SYSTEM)
            assert session.connection().execute(text("SELECT 1")).scalar_one() == 1  # the session goes on
            return found

        return company.database.run(work, actor=SYSTEM, write=write)

    return run


@pytest.mark.parametrize("write", [False, True], ids=["reading", "writing"])
@pytest.mark.parametrize("bad", [raises, asks_nonsense])
def test_one_that_fails_is_logged_and_left_out(figures: Any, company: Any, bad: Any, write: bool) -> None:
    with capture_logs() as logs:
        assert figures(bad, write=write) == [GOOD]
    (line,) = (log for log in logs if log["event"] == "module.left_out")
    assert (line["module"], line["what"], line["log_level"]) == ("contacts", "home_figures", "error")
    assert len(line["error_id"]) == 8
    kept = company.database.run(lambda s: s.query(Unit).filter_by(code="XX").count(), actor=SYSTEM, write=False)
    assert kept == int(write)  # what the session wrote before stands


def test_the_page_says_whose_part_is_missing_and_by_what_the_log_has_the_error(
    sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = sign_in("admin")
    monkeypatch.setattr(of_contacts, "home_figures", good, raising=False)
    monkeypatch.setattr(of_trade, "home_figures", asks_nonsense)
    with capture_logs() as logs:
        page = admin.get("/")
    (line,) = (log for log in logs if log["event"] == "module.left_out")
    said = "A part of this page couldn't be worked out, and is missing: what “Trade” says here."
    assert (page.status_code, f"the error is in the log as {line['error_id']}." in page.text) == (200, True)
    assert unescape(page.text).count(said) == 1
    assert "/good" in page.text  # and nothing else is
    monkeypatch.setattr(of_trade, "home_figures", good)
    assert "worked out" not in admin.get("/").text


def test_all_of_them_are_shown_in_the_order_in_which_they_stand_on_each_other(figures: Any) -> None:
    first = HomeFigure("First", "1", "/first")
    assert figures(lambda _session, _actor: iter([first])) == [first, GOOD]


def test_a_module_that_is_off_is_not_asked(figures: Any, company: Any) -> None:
    company.database.run(lambda s: disable(s, SYSTEM, company, "trade"), actor=SYSTEM)
    company.database.run(company.refresh, actor=SYSTEM, write=False)
    assert figures(lambda _session, _actor: []) == []


def test_what_may_go_well_another_time_is_done_again_by_the_edge(company: Any) -> None:
    def busy() -> list[str]:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    with company.database.session(SYSTEM) as session, pytest.raises(OperationalError):
        asked(session, "trade", "anything", busy)


def test_the_home_page_is_shown_without_the_figures_that_fail(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_contacts, "home_figures", asks_nonsense, raising=False)
    monkeypatch.setattr(of_trade, "home_figures", good)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get("/")
    assert page.status_code == 200
    assert "Good" in page.text

"""Two who switch modules at once, and a switch that finds somebody else migrating."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.company import Company
from app.db import PATIENCE
from app.errors import Conflict
from app.migrations import hold, runner
from app.registry import ModuleState
from app.registry.lifecycle import disable, enable
from app.security import SYSTEM


def test_two_who_enable_at_once_both_succeed_and_it_is_done_once(config: Any) -> None:
    companies = [Company(config) for _ in range(4)]
    start, done, failed = threading.Barrier(len(companies)), [], []

    def switch(company: Company) -> None:
        try:
            start.wait()
            done.append(company.database.run(lambda s: enable(s, SYSTEM, company, "production"), actor=SYSTEM))
        except Exception as error:  # a thread's error would be lost
            failed.append(error)

    threads = [threading.Thread(target=switch, args=(company,)) for company in companies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(done) == [[], [], [], ["production"]]
    for company in companies:
        company.database.dispose()


def test_one_switches_on_what_another_switches_off_and_both_are_recorded(config: Any) -> None:
    first, second = Company(config), Company(config)
    first.database.run(lambda s: enable(s, SYSTEM, first, "production"), actor=SYSTEM)

    def again_and_again(company: Company, work: Any, times: list[int]) -> None:
        for _ in range(10):
            try:
                company.database.run(lambda s: work(s, SYSTEM, company, "production"), actor=SYSTEM)
                times.append(1)
            except Conflict:
                pass  # off already

    on: list[int] = []
    off: list[int] = []
    threads = [
        threading.Thread(target=again_and_again, args=(first, enable, on)),
        threading.Thread(target=again_and_again, args=(second, disable, off)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(on) == 10
    assert off
    for company in (first, second):
        company.database.dispose()


# SQLite has one writer: whoever switches waits for the file.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_while_somebody_else_migrates_a_switch_is_refused_in_words_and_changes_nothing(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOCK_TIMEOUT", "200ms")
    one, other = Company(config), Company(config)
    with one.database.session(SYSTEM, write=True) as migrating:
        hold(migrating.connection())
        with pytest.raises(Conflict, match="Try again in a minute"):
            other.database.run(lambda s: enable(s, SYSTEM, other, "production"), actor=SYSTEM)
    look = select(ModuleState.name).where(ModuleState.name == "production")
    assert other.database.run(lambda s: s.scalars(look).first(), actor=SYSTEM, write=False) is None
    assert other.database.run(lambda s: enable(s, SYSTEM, other, "production"), actor=SYSTEM) == ["production"]
    for company in (one, other):
        company.database.dispose()


def _hold_documents(company: Company, holding: threading.Event, until: threading.Event) -> None:
    """A posting that takes long: it holds the table to which a new module's tables point."""
    with company.database.session(SYSTEM, write=True) as session:
        session.execute(text("UPDATE core_document SET note = note WHERE id = 0"))
        holding.set()
        until.wait(30)
        session.commit()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_long_posting_makes_a_switch_try_again_and_is_not_disturbed(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOCK_TIMEOUT", "100ms")
    poster, switcher = Company(config), Company(config)
    holding, until = threading.Event(), threading.Event()
    thread = threading.Thread(target=_hold_documents, args=(poster, holding, until))
    thread.start()
    holding.wait(30)

    def switch() -> list[str]:
        return switcher.database.run(lambda s: enable(s, SYSTEM, switcher, "production"), actor=SYSTEM)

    with pytest.raises(OperationalError, match="lock timeout"):  # tried six times, and nothing was left behind
        switch()
    threading.Timer(0.3, until.set).start()
    assert switch() == ["production"]
    thread.join()
    for company in (poster, switcher):
        company.database.dispose()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_migrations_timeouts_end_with_it(company: Any) -> None:
    def work(session: Any) -> list[str]:
        names = ("lock_timeout", "statement_timeout")
        session.execute(text("SET LOCAL statement_timeout = '7s'"))
        enable(session, SYSTEM, company, "production")
        return [session.execute(text(f"SHOW {name}")).scalar_one() for name in names]

    assert company.database.run(work, actor=SYSTEM) == [f"{PATIENCE}s", "7s"]

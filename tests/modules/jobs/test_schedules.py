"""Schedules: each due moment asks for one job, however many servers look; missed ones are made up for once."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import utc_now
from app.errors import Changed, Forbidden, Invalid
from app.jobs import Job, Kind, Schedule, ScheduleState, change_schedule, run_now, schedules_shown
from app.jobs.schedules import begin_due_schedules
from app.jobs.worker import Jobs
from app.notifications import Notification
from app.registry.lifecycle import disable, enable
from app.security import SYSTEM
from tests.at_once import at_once
from tests.modules.jobs.declared import declared, jobs_of, set_back

NIGHTLY = Schedule("test.nightly", "Nightly", "test.count", "0 2 * * *", {"of": 3})


@pytest.fixture
def ran() -> Iterator[list[dict[str, Any]]]:
    """The arguments of the jobs that ran."""
    found: list[dict[str, Any]] = []

    def count(run: Any) -> dict[str, Any]:
        found.append(run.arguments)
        if run.arguments.get("of") == 0:
            raise Invalid("There is nothing to count.")
        return {}

    with declared(test_count=Kind("test.count", "Count", count), test_nightly=NIGHTLY):
        yield found


@pytest.fixture
def jobs(app: Any) -> Jobs:
    made: Jobs = app.extensions["kontor.jobs"]
    return made


def do(app: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return app.company.database.run(work, actor=actor)


def test_a_new_schedule_has_missed_nothing(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    jobs.begin_scheduled()
    assert jobs_of(app, "test.nightly") == []
    assert do(app, lambda s: s.get_one(ScheduleState, "test.nightly").begun_until) <= utc_now()


def test_what_was_missed_for_days_is_made_up_for_once(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    jobs.begin_scheduled()
    set_back(app, "test.nightly", timedelta(days=5))
    jobs.begin_scheduled()
    jobs.begin_scheduled()
    assert jobs.run_waiting() == 1
    jobs.begin_scheduled()
    assert [(job.state, job.user_id) for job in jobs_of(app, "test.nightly")] == [("done", None)]
    assert ran == [{"of": 3}]


def test_it_runs_when_its_moment_has_come_and_not_before(app: Any, ran: list[Any]) -> None:
    before, after = datetime(2026, 1, 10, 1, 59), datetime(2026, 1, 10, 2, 1)  # the company's zone is London's

    def work(session: Any) -> list[int]:
        session.add(ScheduleState(name="test.nightly", begun_until=datetime(2026, 1, 9, 12)))
        session.flush()
        return [len(begin_due_schedules(session, [NIGHTLY], now=now)) for now in (before, after, after)]

    assert do(app, work) == [0, 1, 0]


def test_two_servers_ask_for_one_job(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    jobs.begin_scheduled()
    servers = [jobs, *(Jobs(app, app.company) for _ in range(3))]
    for times in range(1, 4):
        set_back(app, "test.nightly", timedelta(days=2))
        threads = [threading.Thread(target=server.begin_scheduled) for server in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        jobs.run_waiting()
        assert len(jobs_of(app, "test.nightly")) == times


def test_who_read_the_row_before_another_moved_it_asks_for_nothing(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    """One server has looked, another asks, and only then does the first one go on."""
    jobs.begin_scheduled()
    set_back(app, "test.nightly", timedelta(days=2))

    def late(session: Any) -> list[Job]:
        state = session.get_one(ScheduleState, "test.nightly")
        state_then = state.begun_until
        if session.info["database"].is_sqlite:  # where only one writes at a time: as if it had been another
            session.connection().execute(ScheduleState.__table__.update().values(begun_until=utc_now()))
        else:
            do(app, lambda s: begin_due_schedules(s, [NIGHTLY], now=utc_now()))
        assert state.begun_until == state_then
        from app.jobs import schedules

        begun = schedules._begin_if_due(session, NIGHTLY, state, utc_now())
        return [begun] if begun else []

    assert do(app, late) == []


def test_one_that_is_still_under_way_is_not_begun_again_until_it_is_over(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    jobs.begin_scheduled()
    set_back(app, "test.nightly", timedelta(days=2))
    jobs.begin_scheduled()
    set_back(app, "test.nightly", timedelta(days=2))
    jobs.begin_scheduled()
    assert len(jobs_of(app, "test.nightly")) == 1
    jobs.run_waiting()
    jobs.begin_scheduled()
    assert len(jobs_of(app, "test.nightly")) == 2


def test_a_paused_one_asks_for_nothing_and_makes_up_for_nothing_afterwards(
    app: Any, jobs: Jobs, ran: list[Any]
) -> None:
    jobs.begin_scheduled()
    do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="", is_paused=True))
    set_back(app, "test.nightly", timedelta(days=5))
    jobs.begin_scheduled()
    do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="", is_paused=False))
    jobs.begin_scheduled()
    assert jobs_of(app, "test.nightly") == []


def test_administrators_change_the_time(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="*/5  * * * *", is_paused=False))
    shown = do(app, lambda s: schedules_shown(s, [NIGHTLY])[0])
    assert (shown.cron, shown.is_paused) == ("*/5 * * * *", False)
    assert shown.due - utc_now() <= timedelta(minutes=5)
    do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron=NIGHTLY.cron, is_paused=False))
    assert do(app, lambda s: s.get_one(ScheduleState, "test.nightly").cron) is None  # follows what is declared


def test_a_bad_time_and_a_time_saved_meanwhile_are_refused(app: Any, refused: Any, ran: list[Any]) -> None:
    do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="0 3 * * *", is_paused=False))
    said = refused(
        lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="3 o'clock", is_paused=False), Invalid, field="cron"
    )
    assert "“0 2 * * *” is 02:00 every day" in said
    refused(lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron="0 4 * * *", is_paused=False, version=0), Changed)


def test_of_two_who_open_one_that_nobody_has_changed_the_second_hears_of_the_first(
    app: Any, jobs: Jobs, refused: Any, ran: list[Any]
) -> None:
    def change(cron: str, version: int) -> Any:
        return lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron=cron, is_paused=False, version=version)

    seen = do(app, lambda s: schedules_shown(s, [NIGHTLY])[0].version)
    jobs.begin_scheduled()  # the program writes the row, which is nobody's change
    do(app, change("0 3 * * *", seen))
    refused(change("0 4 * * *", seen), Changed)
    do(app, change("0 4 * * *", seen + 1))
    assert do(app, lambda s: schedules_shown(s, [NIGHTLY])[0].cron) == "0 4 * * *"


def test_schedules_are_changed_and_run_by_who_may(app: Any, refused: Any, employ: Any, ran: list[Any]) -> None:
    anna = employ("anna", "accountant")
    refused(lambda s: change_schedule(s, anna, NIGHTLY, cron="0 3 * * *", is_paused=False), Forbidden)
    refused(lambda s: run_now(s, anna, NIGHTLY), Forbidden)


def test_one_that_is_run_out_of_turn_stays_due(app: Any, jobs: Jobs, employ: Any, ran: list[Any]) -> None:
    jobs.begin_scheduled()
    boss = employ("boss", "administrator")
    due = do(app, lambda s: schedules_shown(s, [NIGHTLY])[0].due)
    job_id = do(app, lambda s: run_now(s, boss, NIGHTLY).id, actor=boss)
    jobs.run_waiting()
    shown = do(app, lambda s: schedules_shown(s, [NIGHTLY])[0])
    assert (shown.last_job.id, shown.last_job.state, shown.due) == (job_id, "done", due)


def test_a_module_that_is_off_schedules_nothing(app: Any, jobs: Jobs) -> None:
    file = app.company.installed["warehouse"].files["jobs"]
    file.test_weekly = Schedule("warehouse.weekly", "Weekly", "warehouse.recost", "0 2 * * mon")
    try:
        jobs.begin_scheduled()
        set_back(app, "warehouse.weekly", timedelta(days=8))
        for module in ("trade", "production", "warehouse"):
            if app.company.is_on(module):
                do(app, lambda s, module=module: disable(s, SYSTEM, app.company, module))
        jobs.begin_scheduled()
        assert jobs_of(app, "warehouse.weekly") == []
        do(app, lambda s: enable(s, SYSTEM, app.company, "warehouse"))
        jobs.begin_scheduled()
        assert len(jobs_of(app, "warehouse.weekly")) == 1
    finally:
        del file.test_weekly


def test_a_wrong_time_is_refused_where_it_is_declared() -> None:
    with pytest.raises(Invalid):
        Schedule("test.wrong", "Wrong", "test.count", "never")


def test_administrators_hear_of_one_that_failed_once_a_day(app: Any, jobs: Jobs, employ: Any, ran: list[Any]) -> None:
    boss, anna = employ("boss", "administrator"), employ("anna", "accountant")
    empty = Schedule("test.empty", "Empty", "test.count", "0 * * * *", {"of": 0})
    with declared(test_empty=empty):
        jobs.begin_scheduled()
        for _ in range(2):
            set_back(app, "test.empty", timedelta(hours=3))
            jobs.begin_scheduled()
            jobs.run_waiting()
    assert [job.state for job in jobs_of(app, "test.empty")] == ["failed", "failed"]
    found = do(app, lambda s: s.scalars(select(Notification).order_by(Notification.user_id)).all())
    assert [(n.user_id, n.kind) for n in found] == [(1, "core.schedule_failed"), (boss.user_id, "core.schedule_failed")]
    assert found[0].parameters == {"title": "Count", "why": "There is nothing to count."}
    assert anna.user_id not in {n.user_id for n in found}


def test_the_page_shows_schedules_and_refuses_a_bad_time(app: Any, jobs: Jobs, ran: list[Any]) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.get("/admin/schedules").text
    assert "Nightly" in page
    assert "0 2 * * *" in page
    answer = browser.post("/admin/schedules/test.nightly", data={"cron": "whenever", "version": "0"})
    assert answer.status_code == 200
    assert "“whenever” isn&#39;t a schedule" in answer.text
    saved = browser.post("/admin/schedules/test.nightly", data={"cron": "15 4 * * *", "version": "0"})
    assert saved.status_code == 302
    assert "15 4 * * *" in browser.get("/admin/schedules").text
    late = browser.post("/admin/schedules/test.nightly", data={"cron": "0 5 * * *", "version": "0"})
    assert late.status_code == 200
    assert "15 4 * * *" in late.text
    assert "15 4 * * *" in browser.get("/admin/schedules").text
    job = browser.post("/admin/schedules/test.nightly/run").headers["Location"]
    jobs.run_waiting()
    assert "done" in browser.get(job).text
    assert "done" in browser.get("/admin/schedules").text
    assert f'href="{job}"' in browser.get("/admin/jobs").text
    assert browser.get("/admin/schedules/test.nothing").status_code == 404


def test_of_two_who_change_one_at_the_same_moment_the_second_is_asked(app: Any, ran: list[Any]) -> None:
    def change(cron: str) -> Any:
        return lambda: do(app, lambda s: change_schedule(s, SYSTEM, NIGHTLY, cron=cron, is_paused=False, version=0))

    answers = at_once(change("0 3 * * *"), change("0 4 * * *"))
    assert [type(answer) for answer in answers if answer is not None] == [Changed]
    kept = do(app, lambda s: s.get_one(ScheduleState, "test.nightly").cron)
    assert kept == ("0 3 * * *" if answers[0] is None else "0 4 * * *")

"""Jobs that wait for their moment, and those that are tried again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.db import utc_now
from app.errors import Invalid
from app.jobs import Job, Kind, Retry, cancel, enqueue
from app.jobs.worker import CUT_OFF, CUT_OFFS, Jobs
from app.notifications import Notification
from app.security import SYSTEM, User
from tests.modules.jobs.declared import declared, job_of

ROOT = Path(__file__).parents[3]


class Flaky:
    """A job that fails by accident as often as a test wants."""

    def __init__(self) -> None:
        self.failures, self.runs = 0, 0

    def run(self, run: Any) -> dict[str, Any]:
        self.runs += 1
        if self.runs <= self.failures:
            raise ConnectionError("the inside of it")
        return {"runs": self.runs}

    def refuse(self, run: Any) -> dict[str, Any]:
        self.runs += 1
        raise Invalid("It is refused.")


@pytest.fixture
def flaky() -> Iterator[Flaky]:
    made = Flaky()
    three = Retry(attempts=3, first=timedelta(minutes=1), jitter=0)
    kinds = {
        "test_flaky": Kind("test.flaky", "Flaky", made.run, retry=three),
        "test_refused": Kind("test.refused", "Refused", made.refuse, retry=three),
        "test_resumable": Kind("test.resumable", "Resumable", made.run, is_resumable=True),
        "test_once": Kind("test.once", "Once", made.run),
    }
    with declared(**kinds):
        yield made


@pytest.fixture
def jobs(app: Any) -> Jobs:
    made: Jobs = app.extensions["kontor.jobs"]
    return made


def ask_for(app: Any, kind: str, **options: Any) -> int:
    return int(app.company.database.run(lambda s: enqueue(s, SYSTEM, kind, **options).id, actor=SYSTEM))


def let_the_pause_be_over(app: Any, job_id: int) -> timedelta:
    def work(session: Any) -> timedelta:
        job = session.get_one(Job, job_id)
        pause: timedelta = job.not_before - utc_now()
        job.not_before = utc_now()
        return pause

    pause: timedelta = app.company.database.run(work, actor=SYSTEM)
    return pause


def test_a_job_waits_for_its_moment(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    later = ask_for(app, "test.once", not_before=utc_now() + timedelta(hours=1))
    ask_for(app, "test.once", not_before=utc_now() - timedelta(seconds=1))
    ask_for(app, "test.once")
    assert jobs.run_waiting() == 2
    assert job_of(app, later).state == "queued"
    let_the_pause_be_over(app, later)
    assert jobs.run_waiting() == 1


def test_an_accident_is_tried_again_after_growing_pauses(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    flaky.failures = 2
    job_id = ask_for(app, "test.flaky")
    for attempt, pause in ((1, 60), (2, 120)):
        assert jobs.run_waiting() == 1
        job = job_of(app, job_id)
        assert (job.state, job.attempt, job.worker, job.ended_at) == ("queued", attempt, None, None)
        assert let_the_pause_be_over(app, job_id) <= timedelta(seconds=pause)
    assert jobs.run_waiting() == 1
    assert (job_of(app, job_id).state, job_of(app, job_id).attempt) == ("done", 3)
    assert job_of(app, job_id).result == {"runs": 3}


def test_after_the_last_attempt_it_has_failed(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    flaky.failures = 10
    job_id = ask_for(app, "test.flaky")
    for _ in range(2):
        jobs.run_waiting()
        let_the_pause_be_over(app, job_id)
    jobs.run_waiting()
    job = job_of(app, job_id)
    assert (job.state, job.attempt) == ("failed", 3)
    assert "inside" not in job.message
    assert jobs.run_waiting() == 0


def test_one_that_fails_after_it_was_to_be_cancelled_is_not_tried_again(app: Any, jobs: Jobs) -> None:
    def fail_after_the_cancel(run: Any) -> dict[str, Any]:
        app.company.database.run(lambda s: cancel(s, SYSTEM, s.get_one(Job, run.job_id)), actor=SYSTEM)
        raise ConnectionError

    with declared(test_late=Kind("test.late", "Late", fail_after_the_cancel, is_resumable=True)):
        job_id = ask_for(app, "test.late")
        assert jobs.run_waiting() == 1
        job = job_of(app, job_id)
        assert (job.state, job.ended_at is None) == ("cancelled", False)
        assert jobs.run_waiting() == 0


def test_one_cut_off_says_so_in_the_language_of_whoever_asked(app: Any, jobs: Jobs, flaky: Flaky, employ: Any) -> None:
    anna = employ("anna", "accountant")

    def begin(session: Any) -> int:
        session.get_one(User, anna.user_id).locale = "ru"
        job = enqueue(session, anna, "test.once")
        job.state, job.worker, job.beat_at = "running", "elsewhere:1:abc", utc_now() - timedelta(hours=1)
        return int(job.id)

    job_id = app.company.database.run(begin, actor=SYSTEM)
    jobs.recover()
    with app.test_request_context(), force_locale("ru"):
        said = str(CUT_OFF)
    assert said != "cut off by a restart"
    assert (job_of(app, job_id).state, job_of(app, job_id).message) == ("failed", said)


def test_a_refusal_is_not_tried_again(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    job_id = ask_for(app, "test.refused")
    jobs.run_waiting()
    assert (job_of(app, job_id).state, job_of(app, job_id).message) == ("failed", "It is refused.")
    assert flaky.runs == 1


def test_what_may_be_done_twice_is_tried_again_and_the_rest_is_not(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    flaky.failures = 2
    resumable, once = ask_for(app, "test.resumable"), ask_for(app, "test.once")
    jobs.run_waiting()
    assert (job_of(app, resumable).state, job_of(app, once).state) == ("queued", "failed")


def test_whoever_asked_hears_of_a_failure_in_their_language(app: Any, jobs: Jobs, flaky: Flaky, employ: Any) -> None:
    anna = employ("anna", "accountant")
    app.company.database.run(lambda s: enqueue(s, anna, "test.refused"), actor=anna)
    jobs.run_waiting()
    found = app.company.database.run(lambda s: s.scalars(select(Notification)).all(), actor=SYSTEM)
    assert [(n.user_id, n.kind, n.link) for n in found] == [(anna.user_id, "core.job_failed", "/jobs/1")]


def test_the_one_who_waits_for_a_long_job_hears_of_its_end(
    app: Any, jobs: Jobs, flaky: Flaky, employ: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = employ("anna", "accountant")
    short = ask_for(app, "test.once", awaited_by=anna.user_id)
    jobs.run_waiting()
    monkeypatch.setattr("app.jobs.endings.LONG", timedelta(0))
    long = ask_for(app, "test.once", awaited_by=anna.user_id)
    jobs.run_waiting()
    found = app.company.database.run(lambda s: s.scalars(select(Notification)).all(), actor=SYSTEM)
    assert [(n.user_id, n.kind, n.link) for n in found] == [(anna.user_id, "core.job_done", f"/jobs/{long}")]
    browser = app.test_client()
    browser.post("/login", data={"login": "anna", "password": "anna-sample"})
    assert {browser.get(f"/jobs/{id}").status_code for id in (short, long)} == {200}


def test_a_job_that_kills_its_server_again_and_again_fails_in_the_end(app: Any, jobs: Jobs, flaky: Flaky) -> None:
    job_id = ask_for(app, "test.resumable")

    def die(session: Any) -> None:
        job = session.get_one(Job, job_id)
        job.worker, job.beat_at = "elsewhere:1:abc", utc_now() - timedelta(hours=1)

    for attempt in range(1, CUT_OFFS + 1):
        assert jobs._claim() == job_id
        app.company.database.run(die, actor=SYSTEM)
        jobs.recover()
        assert job_of(app, job_id).attempt == attempt
    assert job_of(app, job_id).state == "failed"


def test_a_worker_that_is_killed_in_the_middle_leaves_its_job_to_the_next(
    app: Any, jobs: Jobs, flaky: Flaky, database_url: str, tmp_path: Path
) -> None:
    """In a process of its own, killed by SIGKILL while the job runs."""
    job_id = ask_for(app, "test.resumable")
    command = [sys.executable, str(Path(__file__).parent / "hang_in_a_job.py"), database_url, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "hanging\n"
        assert job_of(app, job_id).state == "running"
        worker.send_signal(signal.SIGKILL)
    jobs.recover()
    assert (job_of(app, job_id).state, job_of(app, job_id).attempt) == ("queued", 1)
    assert jobs.run_waiting() == 1
    assert (job_of(app, job_id).state, job_of(app, job_id).attempt) == ("done", 2)

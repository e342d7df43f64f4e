"""Modules hear of every end of a job, once, in whatever way it comes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import utc_now
from app.errors import Invalid
from app.jobs import Job, Kind, Retry, cancel, enqueue
from app.jobs.worker import CUT_OFFS, Jobs
from app.notifications import Notification
from app.security import SYSTEM
from modules.trade import hooks
from tests.modules.jobs.declared import declared, job_of


def _refuse(_run: Any) -> Any:
    raise Invalid("It is refused.")


def _fail(_run: Any) -> Any:
    raise ConnectionError


@pytest.fixture
def jobs(app: Any) -> Jobs:
    made: Jobs = app.extensions["kontor.jobs"]
    return made


def test_every_end_of_a_job_is_heard_once_and_none_that_is_not_for_good(
    app: Any, jobs: Jobs, employ: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: dict[int, tuple[str, str]] = {}
    refusing: list[int] = []

    def job_ended(session: Any, job: Job) -> None:
        assert job.id not in heard
        if job.id in refusing:
            raise RuntimeError
        heard[job.id] = (job.state, job.message)

    monkeypatch.setattr(hooks, "job_ended", job_ended, raising=False)
    anna = employ("anna", "accountant")
    run = app.company.database.run

    def ask(kind: str) -> int:
        return int(run(lambda s: enqueue(s, anna, f"test.{kind}").id, actor=anna))

    def cut_off(session: Any, *ids: int) -> None:
        for job in session.scalars(select(Job).where(Job.id.in_(ids))):
            job.state, job.worker, job.attempt = "running", "elsewhere:1:abc", CUT_OFFS
            job.beat_at = utc_now() - timedelta(hours=1)

    kinds = {
        "test_done": Kind("test.done", "Done", lambda _run: {}),
        "test_refused": Kind("test.refused", "Refused", _refuse, is_quiet=True),
        "test_failing": Kind("test.failing", "Failing", _fail, retry=Retry(attempts=2)),
        "test_resumable": Kind("test.resumable", "Resumable", lambda _run: {}, is_resumable=True),
    }
    with declared(**kinds):
        done, refused, failing, unknown = (ask(kind) for kind in ("done", "refused", "failing", "no_such"))
        jobs.run_waiting()
        assert {id: state for id, (state, _why) in heard.items()} == {
            done: "done",
            refused: "failed",
            unknown: "failed",
        }
        assert heard[refused] == ("failed", "It is refused.")
        run(lambda s: cancel(s, SYSTEM, s.get_one(Job, failing)), actor=SYSTEM)  # it waited for another attempt
        broken, killed = ask("resumable"), ask("resumable")
        refusing.append(broken)
        run(lambda s: cut_off(s, broken, killed), actor=SYSTEM)
        jobs.recover()  # a module that fails keeps that job alone from ending
        assert (heard[failing][0], heard[killed]) == ("cancelled", ("failed", "cut off by a restart"))
        assert job_of(app, broken).state == "running"
        refusing.clear()
        jobs.recover()
        assert (heard[broken][0], job_of(app, broken).state) == ("failed", "failed")
    links = run(lambda s: s.scalars(select(Notification.link)).all(), actor=SYSTEM)
    assert f"/jobs/{refused}" not in links, "a quiet one"
    assert f"/jobs/{unknown}" in links

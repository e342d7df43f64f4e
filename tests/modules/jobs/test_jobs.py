"""Background jobs: begun after the commit, seen, cancelled, never lost."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.company import Company, core_files
from app.db import utc_now
from app.errors import Invalid
from app.jobs import Job, Kind, Run, cancel, enqueue
from app.jobs.kinds import prove_audit, verify_ledger
from app.jobs.work import Stopped
from app.jobs.worker import SILENCE, Jobs
from app.security import SYSTEM, User
from app.security.operations import add_user, change_user


class Doings:
    """What the jobs of these tests did, and what holds them up."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.began, self.go_on = threading.Event(), threading.Event()

    def count(self, run: Run) -> dict[str, Any]:
        for i in range(3):
            run.progress(i, 3, "counting")
        self.seen.append(run.actor.name)
        return {"counted": 3}

    def refuse(self, run: Run) -> dict[str, Any]:
        raise Invalid("The file is not what it should be.")

    def break_down(self, run: Run) -> dict[str, Any]:
        raise ZeroDivisionError("secret of the inside")

    def wait(self, run: Run) -> dict[str, Any]:
        self.began.set()
        while not self.go_on.is_set():
            run.progress(7, 10, "waiting")
            time.sleep(0.01)
        return {}


@pytest.fixture
def doings() -> Iterator[Doings]:
    """Kinds of jobs that the core has for these tests alone."""
    made = Doings()
    file = core_files().files["jobs"]
    kinds = {
        "test_count": Kind("test.count", "Count", made.count, is_resumable=True),
        "test_refuse": Kind("test.refuse", "Refuse", made.refuse),
        "test_break": Kind("test.break", "Break", made.break_down),
        "test_wait": Kind("test.wait", "Wait", made.wait),
    }
    for name, kind in kinds.items():
        setattr(file, name, kind)
    yield made
    made.go_on.set()
    for name in kinds:
        delattr(file, name)


@pytest.fixture
def jobs(app: Any) -> Iterator[Jobs]:
    """The jobs of the test's application; their threads, if a test starts them, end with it."""
    made: Jobs = app.extensions["kontor.jobs"]
    yield made
    made.stop()


def ask_for(app: Any, kind: str) -> int:
    return int(app.company.database.run(lambda s: enqueue(s, SYSTEM, kind).id, actor=SYSTEM))


def look(app: Any, job_id: int) -> Job:
    found: Job = app.company.database.run(lambda s: s.get_one(Job, job_id), actor=SYSTEM, write=False)
    return found


#: Seconds after which something hangs, however busy the machine is.
PATIENCE = 120


def until(true: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_a_job_is_done_and_says_what_came_of_it(app: Any, jobs: Jobs, doings: Doings) -> None:
    job_id = ask_for(app, "test.count")
    assert look(app, job_id).state == "queued"
    assert jobs.state()["queued"] == 1
    assert jobs.run_waiting() == 1
    job = look(app, job_id)
    assert (job.state, job.result, job.progress, job.total) == ("done", {"counted": 3}, 2, 3)
    assert job.started_at
    assert job.ended_at
    assert doings.seen == ["system"]


def test_what_is_rolled_back_asks_for_nothing(app: Any, jobs: Jobs, doings: Doings) -> None:
    with app.company.database.session(SYSTEM, write=True) as session:
        enqueue(session, SYSTEM, "test.count")
        session.rollback()
    assert jobs.run_waiting() == 0


def test_a_started_worker_begins_at_the_commit(
    app: Any, jobs: Jobs, doings: Doings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.worker.PAUSE", 10 * PATIENCE)  # so that it is woken, or never looks again
    jobs.start()
    assert jobs.state()["workers"] == "alive"
    for _ in range(2):  # what a thread that just starts would find anyway, and what it would not
        job_id = ask_for(app, "test.count")
        until(lambda job_id=job_id: look(app, job_id).state == "done")
    assert doings.seen == ["system", "system"]


def test_a_refusal_is_shown_and_an_accident_is_not_shown_in_detail(app: Any, jobs: Jobs, doings: Doings) -> None:
    refused, broken, unknown = (ask_for(app, kind) for kind in ("test.refuse", "test.break", "test.nothing"))
    jobs.run_waiting()
    assert (look(app, refused).state, look(app, refused).message) == ("failed", "The file is not what it should be.")
    assert look(app, broken).state == "failed"
    assert "secret" not in look(app, broken).message
    assert look(app, unknown).state == "failed"
    assert "test.nothing" in look(app, unknown).message


def test_a_running_job_shows_how_far_it_is_and_can_be_cancelled(
    app: Any, jobs: Jobs, doings: Doings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.worker.PAUSE", 0.1)
    jobs.start()
    job_id = ask_for(app, "test.wait")
    assert doings.began.wait(PATIENCE)
    until(lambda: jobs.progress_of(look(app, job_id)) == (7, 10, "waiting"))
    app.company.database.run(lambda s: cancel(s, SYSTEM, s.get_one(Job, job_id)), actor=SYSTEM)
    until(lambda: look(app, job_id).state == "cancelled")


def test_a_waiting_job_that_is_cancelled_is_never_begun(app: Any, jobs: Jobs, doings: Doings) -> None:
    job_id = ask_for(app, "test.count")
    app.company.database.run(lambda s: cancel(s, SYSTEM, s.get_one(Job, job_id)), actor=SYSTEM)
    assert jobs.run_waiting() == 0
    assert look(app, job_id).state == "cancelled"
    assert doings.seen == []


def test_what_a_dead_server_left_fails_or_begins_again(app: Any, jobs: Jobs, doings: Doings) -> None:
    left = {kind: ask_for(app, kind) for kind in ("test.count", "test.refuse")}
    living = ask_for(app, "test.wait")

    def die(session: Any) -> None:
        for job_id in left.values():
            job = session.get_one(Job, job_id)
            job.state, job.worker, job.beat_at = "running", "elsewhere:1:abc", utc_now() - 2 * SILENCE
        job = session.get_one(Job, living)
        job.state, job.worker, job.beat_at = "running", "elsewhere:2:def", utc_now()

    app.company.database.run(die, actor=SYSTEM)
    jobs.recover()
    assert look(app, left["test.refuse"]).state == "failed"
    assert "cut off" in look(app, left["test.refuse"]).message
    assert look(app, left["test.count"]).state == "queued"
    assert look(app, living).state == "running"
    jobs.run_waiting()
    assert look(app, left["test.count"]).state == "done"


def test_a_server_that_has_just_started_knows_which_jobs_of_modules_may_be_done_again(app: Any) -> None:
    left = ask_for(app, "contacts.find_duplicates")

    def die(session: Any) -> None:
        job = session.get_one(Job, left)
        job.state, job.worker = "running", "elsewhere:1:abc"

    app.company.database.run(die, actor=SYSTEM)
    new = Company(app.company.config)
    Jobs(app, new).recover()
    new.database.dispose()
    assert look(app, left).state == "queued"


def test_a_server_that_ends_marks_what_it_cuts_off(
    app: Any, jobs: Jobs, doings: Doings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.worker.PAUSE", 10 * PATIENCE)  # so that no thread ends by looking once more
    jobs.start()
    threads = list(jobs._threads)
    job_id = ask_for(app, "test.wait")
    assert doings.began.wait(PATIENCE)
    jobs.stop(timeout=PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert (look(app, job_id).state, look(app, job_id).message) == ("failed", "cut off by a restart")


def test_two_servers_never_do_the_same_job(app: Any, jobs: Jobs, doings: Doings) -> None:
    other = Jobs(app, app.company)
    asked = [ask_for(app, "test.count") for _ in range(10)]
    threads = [threading.Thread(target=server.run_waiting) for server in (jobs, other, jobs, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [look(app, job_id).state for job_id in asked] == ["done"] * 10
    assert len(doings.seen) == 10


def test_a_job_runs_with_the_rights_that_its_user_has_by_then(app: Any, jobs: Jobs) -> None:
    company = app.company
    user = company.database.run(
        lambda s: add_user(s, SYSTEM, login="anna", name="Anna", password="correct horse", roles=["accountant"]),
        actor=SYSTEM,
    )
    from app.company import actor_of

    anna = company.database.run(lambda s: actor_of(s, user.id, frozenset()), actor=SYSTEM, write=False)
    job_id = company.database.run(lambda s: enqueue(s, anna, "core.verify_ledger").id, actor=anna)
    again = company.database.run(lambda s: enqueue(s, anna, "core.verify_ledger").id, actor=anna)
    assert jobs._claim() == job_id
    jobs._do(job_id)
    assert look(app, job_id).result == {"proven": True, "errors": []}
    company.database.run(lambda s: change_user(s, SYSTEM, s.get(User, user.id), roles=["storekeeper"]), actor=SYSTEM)
    jobs.run_waiting()
    assert look(app, again).state == "failed"
    assert "core.ledger.view" in look(app, again).message


def test_a_job_is_open_to_whoever_asked_for_it(app: Any, jobs: Jobs, doings: Doings) -> None:
    add = app.company.database.run
    for login in ("anna", "maria"):
        add(
            lambda s, login=login: add_user(
                s, SYSTEM, login=login, name=login, password="correct horse", roles=["accountant"]
            ),
            actor=SYSTEM,
        )
    browsers = {login: app.test_client() for login in ("anna", "maria", "admin")}
    for login, browser in browsers.items():
        assert browser.post("/login", data={"login": login, "password": "correct horse"}).status_code == 302
    page = browsers["anna"].post("/admin/books/verify").headers["Location"]
    assert "hx-get" in browsers["anna"].get(page).text
    jobs.run_waiting()
    assert "Proven" in browsers["anna"].get(f"{page}/state").text
    assert browsers["maria"].get(page).status_code == 404
    assert browsers["maria"].post(f"{page}/cancel").status_code == 404
    assert browsers["admin"].get(page).status_code == 200


def test_health_tells_of_jobs(app: Any, jobs: Jobs, doings: Doings) -> None:
    ask_for(app, "test.count")
    answer = app.test_client().get("/healthz").json["jobs"]
    assert answer == {"workers": "off", "queued": 1, "running": 0}
    assert app.company.database.run(lambda s: s.scalars(select(Job.state)).all(), actor=SYSTEM) == ["queued"]


@pytest.mark.parametrize("kind", [verify_ledger, prove_audit])
def test_a_proof_tells_how_far_it_is_and_can_be_cancelled(company: Any, kind: Kind) -> None:
    run = Run(company, SYSTEM, 1, {})
    assert kind.run(run)["proven"]
    assert run.at[2]
    run.stop()
    with pytest.raises(Stopped):
        kind.run(run)

"""The threads that do the jobs, one set in each server, and the one that looks after them."""

import math
import os
import random
import secrets
import socket
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import structlog
from flask import Flask
from sqlalchemy import event, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.audit import are_looks_waiting, record, write_down_looks
from app.db import KontorSession, utc_now
from app.errors import Invalid, KontorError, NotFound
from app.jobs.endings import end_job
from app.jobs.models import Job
from app.jobs.queue import enqueue
from app.jobs.schedules import Schedule, begin_due_schedules
from app.jobs.work import Kind, Run, Stopped
from app.security.actor import SYSTEM, Actor
from app.security.models import User
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.company import Company

#: Jobs done at once: one that writes much should not wait for one that reads much.
THREADS = 2
#: Without word from its server for this long, a job counts as cut off.
SILENCE = timedelta(seconds=90)
#: How often the table is looked at when nobody wakes the threads (another server may have taken the request).
PAUSE = 5.0
#: Seconds between looking for what is due; as long a job that failed waits before it is begun again.
BETWEEN = 60.0
#: Seconds between looking at the schedules: as late a job may begin.
SCHEDULES_BETWEEN = 15.0
#: A job during which servers die so often may be what kills them.
CUT_OFFS = 10

#: Why a job failed, as far as people see.
ACCIDENT = _l("something went wrong on our side; the log has it")
CUT_OFF = _l("cut off by a restart")

_log = structlog.get_logger("jobs")
_all: "WeakSet[Jobs]" = WeakSet()


class Jobs:
    """The jobs of one company in this process."""

    def __init__(self, app: Flask, company: "Company") -> None:
        self._app, self._company = app, company
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._running: dict[int, Run] = {}
        self._threads: list[threading.Thread] = []
        self._wake, self._end = threading.Event(), threading.Event()
        _all.add(self)

    def start(self) -> None:
        """Start the threads; only a server does. After a fork, the child does."""
        if self._threads:
            return
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        targets = [self._work] * THREADS + [self._look_after]
        self._threads = [threading.Thread(target=t, name=f"job-{i}", daemon=True) for i, t in enumerate(targets)]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop the jobs under way at their next step, and end the threads."""
        self._end.set()
        self._wake.set()
        for run in list(self._running.values()):
            run.stop()
        for thread in self._threads:
            thread.join(timeout)
        self._threads = []

    def wake(self) -> None:
        """Something may be waiting."""
        self._wake.set()

    def progress_of(self, job: Job) -> tuple[int, int, str]:
        """Done, total, message: what the job said last, if it runs here; otherwise what the table says."""
        run = self._running.get(job.id)
        return run.at if run else (job.progress, job.total, job.message)

    def stop_running(self, job_id: int) -> None:
        """Stop the job at once if it runs here."""
        if run := self._running.get(job_id):
            run.stop()

    def state(self) -> dict[str, Any]:
        """For /healthz: whether the threads live, and how many jobs wait and run."""
        counts = self._read(
            lambda s: {row[0]: row[1] for row in s.execute(select(Job.state, func.count()).group_by(Job.state))}
        )
        alive = sum(thread.is_alive() for thread in self._threads)
        return {
            "workers": "off" if not self._threads else "alive" if alive == len(self._threads) else "dead",
            "queued": counts.get("queued", 0),
            "running": counts.get("running", 0),
        }

    def run_waiting(self) -> int:
        """Do everything that waits, here and now; gives how many jobs that were."""
        count = 0
        while job_id := self._claim():
            self._do(job_id)
            count += 1
        return count

    def recover(self) -> None:
        """Jobs whose server is gone: those that may be done again wait again, the others have failed."""
        running = self._read(lambda s: s.scalars(select(Job).where(Job.state == "running")).all())
        orphans = [job for job in running if job.id not in self._running and self._is_orphan(job)]
        if orphans:  # a server that has just started knows of no module yet, and so not which may be done again
            self._read(self._company.refresh)
        for job in orphans:
            kind = self._kinds().get(job.kind)
            values = {"state": "cancelled"} if job.is_cancel_asked else self._cut_off(job, job.attempt)
            try:
                state = self._write(lambda s, job=job, kind=kind, values=values: end_job(s, job, kind, values, CUT_OFF))
            except Exception:  # whoever hears of one end must not keep the others, and this server's beat, waiting
                _log.exception("job.not_ended", job=job.id, kind=job.kind)
                continue
            if state:
                _log.warning("job.cut_off", job=job.id, kind=job.kind, state=state)

    def begin_due(self) -> None:
        """Begin jobs of which something is left to do and nobody is at it, as an earlier one failed or was cancelled."""
        for kind in self._kinds().values():
            if kind.is_due is not None and self._read(kind.is_due):
                self._write(lambda session, name=kind.name: _begin_unless_under_way(session, name))

    def begin_scheduled(self) -> None:
        """Begin the jobs of the schedules that are due, of the core and of modules that are on."""
        self._read(self._company.refresh)
        declared = list(self._company.contributed("jobs", Schedule))
        for job in self._write(lambda session: begin_due_schedules(session, declared, now=utc_now())):
            _log.info("job.scheduled", job=job.id, schedule=job.schedule)

    def write_down_looks(self) -> None:
        """Let the audit have its lines of what people saw in minutes that are over."""
        if self._read(are_looks_waiting):
            minute = utc_now().replace(second=0, microsecond=0)
            self._write(lambda session: write_down_looks(session, minute))

    def _is_orphan(self, job: Job) -> bool:
        host, pid, _tail = (job.worker or "::").rsplit(":", 2)
        if host == socket.gethostname() and not _lives(pid):
            return True
        return job.beat_at is None or utc_now() - job.beat_at > SILENCE

    def _work(self) -> None:
        while not self._end.is_set():
            try:
                self.run_waiting()
            except Exception:  # the thread must outlive whatever happens to the database meanwhile
                _log.exception("jobs.failed")
            if self._wake.wait(PAUSE):
                self._wake.clear()
                if self._end.is_set():  # the other threads are to hear of it too, not to wait out their pause
                    self._wake.set()

    def _look_after(self) -> None:
        turns = (
            (self._tend, 0.0),
            (self.begin_scheduled, SCHEDULES_BETWEEN),
            (self.begin_due, BETWEEN),
            (self.write_down_looks, BETWEEN),
        )
        done = {turn: -math.inf for turn, _between in turns}
        while not self._end.is_set():
            for turn, between in turns:
                if time.monotonic() - done[turn] < between:
                    continue
                try:
                    turn()
                except Exception:  # each is tried again in its time, whatever became of it and of the others
                    _log.exception("jobs.failed")
                done[turn] = time.monotonic()
            self._end.wait(2.0 if self._running else PAUSE)

    def _tend(self) -> None:
        self.recover()
        self._beat()

    def _beat(self) -> None:
        """Write down how far the jobs are, and see which of them were cancelled elsewhere."""
        for run in list(self._running.values()):
            done, total, message = run.at
            values = {"beat_at": utc_now(), "progress": done, "total": total, "message": message}
            asked = self._read(lambda s, run=run: s.scalar(select(Job.is_cancel_asked).where(Job.id == run.job_id)))
            if asked:
                run.stop()
            try:
                statement = update(Job).where(Job.id == run.job_id, Job.state == "running").values(**values)
                self._write(lambda s, statement=statement: s.execute(statement))
            except SQLAlchemyError:  # the file is busy, maybe with this very job: the next beat will do
                _log.debug("job.beat_left_out", job=run.job_id)

    def _claim(self) -> int | None:
        """The oldest waiting job, taken so that no other thread or server takes it too."""
        now = utc_now()
        ready = (Job.state == "queued", or_(Job.not_before.is_(None), Job.not_before <= now))
        if self._end.is_set() or not self._read(lambda s: s.scalar(select(Job.id).where(*ready).limit(1))):
            return None
        oldest = select(Job.id).where(*ready).order_by(Job.id).limit(1)
        if not self._company.database.is_sqlite:
            oldest = oldest.with_for_update(skip_locked=True)
        statement = (
            update(Job)
            .where(Job.id == oldest.scalar_subquery(), Job.state == "queued")
            .values(state="running", worker=self.name, started_at=now, beat_at=now, attempt=Job.attempt + 1)
            .returning(Job.id)
        )
        unsynchronised = {"synchronize_session": False}
        claimed: int | None = self._write(lambda s: s.execute(statement, execution_options=unsynchronised).scalar())
        return claimed

    def _do(self, job_id: int) -> None:
        """Run a claimed job, and write down how it ended."""
        job = self._read(lambda s: s.get_one(Job, job_id))
        run = Run(self._company, SYSTEM, job_id, dict(job.arguments))
        self._running[job_id] = run
        try:
            values, why = self._outcome(job, run)
            done, total, _message = run.at
            self._finish(job, {"progress": done, "total": total, "message": "", **values}, why)
        finally:
            self._running.pop(job_id, None)

    def _outcome(self, job: Job, run: Run) -> tuple[dict[str, Any], object]:
        """What is written down of the job, and why it failed."""
        try:
            run.actor = self._actor_of(job)  # which also learns which modules are on by now
            kind = self._kinds().get(job.kind)
            if kind is None:
                raise NotFound(_l("No module that is on knows the job “%(kind)s”.", kind=job.kind))
            with self._app.test_request_context(**_language(run.actor.locale or job.language)):
                return {"state": "done", "result": kind.run(run)}, ""
        except Stopped:
            if not self._end.is_set():
                return {"state": "cancelled"}, ""
            return {**self._cut_off(job), "attempt": job.attempt - 1}, CUT_OFF  # nothing went wrong
        except KontorError as error:
            return {"state": "failed", "message": self._said(job, error.message)}, error.message
        except Exception:
            _log.exception("job.failed", job=job.id, kind=job.kind, attempt=job.attempt)
            return self._again(job) or {"state": "failed", "message": self._said(job, ACCIDENT)}, ACCIDENT

    def _again(self, job: Job) -> dict[str, Any] | None:
        """Waiting for the next attempt, if there is to be one."""
        kind = self._kinds().get(job.kind)
        pause = kind.retried.pause_after(job.attempt, random.random()) if kind else None  # noqa: S311 - nothing secret
        return {"state": "queued", "worker": None, "not_before": utc_now() + pause} if pause is not None else None

    def _cut_off(self, job: Job, attempt: int = 0) -> dict[str, Any]:
        """What becomes of a job whose server ended before it did."""
        kind = self._kinds().get(job.kind)
        if kind is not None and kind.is_resumable and attempt < CUT_OFFS:
            return {"state": "queued", "worker": None, "message": ""}
        return {"state": "failed", "message": self._said(job, CUT_OFF)}

    def _said(self, job: Job, message: object) -> str:
        """In the language of whoever waits for the job."""
        reader = job.awaited_by_id or job.user_id
        locale = self._read(lambda s: s.scalar(select(User.locale).where(User.id == reader))) if reader else None
        with self._app.test_request_context(**_language(locale or job.language)):
            return str(message)

    def _finish(self, job: Job, values: dict[str, Any], why: object) -> None:
        kind = self._kinds().get(job.kind)

        def work(session: Session) -> str | None:
            if state := end_job(session, job, kind, values, why):
                record(session, f"core.job.{state}", subject="core.job", subject_id=job.id, summary=job.kind)
            return state

        _log.info("job", job=job.id, kind=job.kind, state=self._write(work))

    def _actor_of(self, job: Job) -> Actor:
        from app.company import actor_of

        def work(session: Session) -> Actor | None:
            self._company.refresh(session)
            enabled = frozenset(m.name for m in self._company.enabled)
            if job.user_id is None:
                return SYSTEM
            found = actor_of(session, job.user_id, enabled)
            if found is None or not (job.organisation_id is None or found.may_work_in(job.organisation_id)):
                return None
            return self._company.placed(found, job.organisation_id)

        actor: Actor | None = self._read(work)
        if actor is None:
            raise Invalid(_l("Whoever asked for it may not sign in any more."))
        return actor  # type: ignore[no-any-return]

    def _kinds(self) -> dict[str, Kind]:
        return {kind.name: kind for kind in self._company.contributed("jobs", Kind)}

    def _read(self, work: Any) -> Any:
        return self._company.database.run(work, actor=SYSTEM, write=False)

    def _write(self, work: Any) -> Any:
        return self._company.database.run(work, actor=SYSTEM)


def _begin_unless_under_way(session: Session, kind: str) -> None:
    recently = utc_now() - timedelta(seconds=BETWEEN)
    under_way = or_(Job.state.in_(("queued", "running")), Job.ended_at > recently)
    if session.scalars(select(Job.id).where(Job.kind == kind, under_way).limit(1)).first() is None:
        enqueue(session, SYSTEM, kind)


def _language(locale: str | None) -> dict[str, Any]:
    """A request as the reader's browser would send it, so that messages are in their language."""
    return {"headers": {"Accept-Language": locale}} if locale else {}


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


@event.listens_for(KontorSession, "after_flush")
def _note_new_jobs(session: Session, _context: object) -> None:
    if any(isinstance(new, Job) for new in session.new):
        session.info["jobs"] = True


@event.listens_for(KontorSession, "after_commit")
def _wake_after_commit(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop("jobs", None):
        for jobs in list(_all):
            jobs.wake()


@event.listens_for(KontorSession, "after_rollback")
def _forget_after_rollback(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint that is rolled back leaves what was asked for before it
        session.info.pop("jobs", None)


__all__ = ["Jobs"]

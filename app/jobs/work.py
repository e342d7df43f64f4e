"""What a kind of job is, and what its function is given."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.jobs.retrying import ONCE, Retry
from app.notifications.declaring import NotificationKind
from app.security.actor import Actor

if TYPE_CHECKING:
    from app.company import Company


class Stopped(Exception):
    """Raised within a job at its next step after it was cancelled: no error, someone asked for it."""


@dataclass
class Run:
    """A job under way. `progress` is to be called now and then: it is also where a cancelled job stops."""

    company: "Company"
    actor: Actor
    job_id: int
    arguments: dict[str, Any]
    #: done, total, message: what the page shows; written to the table now and then, never within the job's transaction
    at: tuple[int, int, str] = (0, 0, "")
    _stop: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int = 0, message: object = "") -> None:
        """Tell how far it is; raises Stopped when it was cancelled."""
        self.at = (done, total, str(message))
        if self._stop.is_set():
            raise Stopped

    def stop(self) -> None:
        """Make the next `progress` raise Stopped."""
        self._stop.set()


@dataclass(frozen=True)
class Kind:
    """A kind of job. `run` commits by itself and gives what the page shows as JSON.

    `is_resumable`: done twice it does no harm, so that one cut off by a restart begins again instead of failing. `retry`: how
    often and when one that failed by accident is tried again; by itself a resumable kind is, and others aren't. A refusal
    (KontorError) makes the job fail at once. `is_due`: whether there is something left to do: then one is begun although nobody
    asks, should an earlier one have failed. `failure`: the kind of notification by which its failure is reported, instead of
    the core's own. `is_quiet`: neither its failure nor its end is reported, as whoever asks for many such jobs reports what
    became of all.
    """

    name: str
    title: object
    run: Callable[[Run], dict[str, Any]]
    is_resumable: bool = False
    is_due: Callable[[Session], bool] | None = None
    retry: Retry | None = None
    failure: NotificationKind | None = None
    is_quiet: bool = False

    @property
    def retried(self) -> Retry:
        """How it is tried again."""
        return self.retry or (Retry() if self.is_resumable else ONCE)

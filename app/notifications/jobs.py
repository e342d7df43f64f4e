"""The jobs of notifications and their schedules: the daily mail, what expires soon, tidying up."""

from datetime import date, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import on_the_wall, wall_clock
from app.db import utc_now
from app.jobs.models import Job
from app.jobs.queue import enqueue
from app.jobs.retrying import Retry
from app.jobs.schedules import Schedule
from app.jobs.work import Kind, Run
from app.mail import MailRefused, MailUnknown, NotSent, send
from app.notifications import daily
from app.notifications.declaring import NotificationKind
from app.notifications.kinds import access_expires
from app.notifications.models import DailyMail, Notification
from app.notifications.operations import notify_users
from app.notifications.queries import open_kinds
from app.security import SYSTEM, Login, User
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.company import Company

#: How long before its end a token or sign-in is reported.
SOON = timedelta(days=14)
#: How long notifications are kept: read ones, and such as nobody ever reads.
READ_KEPT, UNREAD_KEPT = timedelta(days=30), timedelta(days=365)

_MAIL = "core.mail_digest"


def _begin_daily_mail(run: Run) -> dict[str, Any]:
    """A job for each user for whom something waits, so that one bad address holds nobody up."""
    day = wall_clock().date()

    def work(session: Session) -> int:
        daily.end_cut_off_before(session, day)
        users = daily.waiting_for_mail(session)
        for user_id in users:
            enqueue(session, SYSTEM, _MAIL, {"user_id": user_id, "day": day.isoformat()})
        return len(users)

    return {"mails": run.company.database.run(work, actor=SYSTEM)}


def _send_digest(run: Run) -> dict[str, Any]:
    company, settings = run.company, run.company.mail
    user_id, day = int(run.arguments["user_id"]), date.fromisoformat(run.arguments["day"])
    if settings is None:
        return {"sent": 0}
    write = company.database.run
    if write(lambda s: _is_begun_again(s, run.job_id) and daily.end_cut_off(s, user_id, day), actor=SYSTEM):
        raise MailUnknown
    message, ids, left_out = write(lambda s: _begin(s, company, settings.sender, user_id, day), actor=SYSTEM)
    if message is not None:
        try:
            send(settings, message)
        except (NotSent, MailRefused):
            write(lambda s: daily.refuse_mail(s, user_id, day), actor=SYSTEM)
            raise
        except MailUnknown:
            write(lambda s: daily.end_unknown(s, user_id, day, ids), actor=SYSTEM)
            raise
    if ids:
        write(lambda s: daily.end_mail(s, user_id, day, ids, left_out=left_out), actor=SYSTEM)
    return {"sent": len(ids) - len(left_out) if message is not None else 0}


def _is_begun_again(session: Session, job_id: int) -> bool:
    """Whether an earlier attempt of the same job may have left the mail half sent; another job that finds it so leaves it to
    the one that sends it."""
    job = session.get(Job, job_id)
    return job is not None and job.attempt > 1


def _begin(
    session: Session, company: "Company", sender: str, user_id: int, day: date
) -> tuple[EmailMessage | None, list[int], list[int]]:
    """The message, the ids of what waited for it, and of these the ones for which it has no room."""
    from app.company import actor_of

    user = session.get(User, user_id)
    actor = actor_of(session, user_id, frozenset(m.name for m in company.enabled))
    if user is None or actor is None or not user.email:
        return None, [], []
    rows = daily.begin_mail(session, user_id, day)
    kinds = open_kinds(company.contributed("notifications", NotificationKind), actor)
    message = daily.write_mail(
        user, rows, kinds, company=company.name, sender=sender, site=company.config.site, day=day
    )
    return message, [row.id for row in rows], daily.beyond(rows, kinds)


def _check_expiries(run: Run) -> dict[str, Any]:
    return {"notified": run.company.database.run(notify_of_expiries, actor=SYSTEM)}


def notify_of_expiries(session: Session) -> int:
    """Notify each user once of every token of theirs that expires soon; gives how many were.

    Not of browsers: they are signed in for no longer than that, and signing in is all there is to do about it.
    """
    now = utc_now()
    soon = select(Login).where(Login.expires_at > now, Login.expires_at <= now + SOON, Login.kind != "browser")
    count = 0
    for login in session.scalars(soon.order_by(Login.id)):
        words = _l(
            "“%(name)s”, which opens the program to other programs for you, expires on %(day)s.",
            name=login.agent,
            day=on_the_wall(login.expires_at).date(),
        )
        once = f"login:{login.id}"
        count += len(notify_users(session, access_expires, to=[login.user_id], text=words, link="/account", once=once))
    return count


def _tidy(run: Run) -> dict[str, Any]:
    return {"removed": run.company.database.run(tidy, actor=SYSTEM)}


def tidy(session: Session) -> int:
    """Remove notifications that were read long ago, or never were for much longer; gives how many."""
    now = utc_now()
    old = (Notification.read_at < now - READ_KEPT) | (Notification.created_at < now - UNREAD_KEPT)
    unsynchronised: Any = {"synchronize_session": False}
    removed = session.execute(delete(Notification).where(old), execution_options=unsynchronised)
    long_ago = DailyMail.day < wall_clock().date() - UNREAD_KEPT
    session.execute(delete(DailyMail).where(long_ago), execution_options=unsynchronised)
    return int(removed.rowcount)  # type: ignore[attr-defined]


begin_daily_mail = Kind("core.daily_mail", _l("Begin the daily mails"), _begin_daily_mail, is_resumable=True)
send_digest = Kind(
    _MAIL,
    _l("Send a daily mail"),
    _send_digest,
    is_resumable=True,  # what was under way when the server ended isn't sent again: see `begin_mail`
    retry=Retry(attempts=7, first=timedelta(minutes=1), factor=3, most=timedelta(hours=2)),
)
check_expiries = Kind("core.check_expiries", _l("Look for what expires soon"), _check_expiries, is_resumable=True)
tidy_notifications = Kind("core.tidy_notifications", _l("Remove old notifications"), _tidy, is_resumable=True)

daily_mail_schedule = Schedule("core.daily_mail", _l("Daily mail"), begin_daily_mail.name, "0 7 * * *")
expiries_schedule = Schedule("core.check_expiries", _l("Notice what expires soon"), check_expiries.name, "0 6 * * *")
tidy_schedule = Schedule(
    "core.tidy_notifications", _l("Remove old notifications"), tidy_notifications.name, "30 3 * * *"
)

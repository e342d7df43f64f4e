"""What became of each time that a mailing went: what broke off, and telling the owner once what did not go out."""

from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.api.jobs import Job
from app.api.notifications import notify_users
from app.api.texts import lazy_gettext as _l
from modules.contacts.letters.models import FAILED, SENDING, UNKNOWN, WAITING, Letter
from modules.contacts.mailings.models import Mailing, MailingLetter, MailingRun
from modules.contacts.mailings.saving import JOB
from modules.contacts.notifications import mailing_failed


def run_of(session: Session, mailing: Mailing, since: date, until: date) -> MailingRun | None:
    """The time at which the mailing went for a period, if it has begun."""
    of_period = (MailingRun.mailing_id == mailing.id, MailingRun.since == since, MailingRun.until == until)
    return session.scalars(select(MailingRun).where(*of_period)).first()


def break_off(session: Session, job: Job) -> None:
    """The job that writes the letters of a time has ended for good. Without all of them, the time says so and is reported."""
    mailing = session.get(Mailing, job.arguments["mailing"]) if job.kind == JOB else None
    if mailing is None:
        return
    since, until = (date.fromisoformat(job.arguments[name]) for name in ("since", "until"))
    run = run_of(session, mailing, since, until)
    if run is None and job.state != "done":  # done without a time: the mailing has stopped, and everyone was notified
        run = MailingRun(mailing_id=mailing.id, since=since, until=until)
        session.add(run)
    if run is not None and not run.is_whole:
        run.broken_off, run.is_reported = job.message or mailing.stopped or str(_l("cancelled")), False
    session.flush()


def report(session: Session) -> int:
    """Tell owners of what did not go out, once everything of a time has an end; gives of how many times."""
    under_way = select(MailingLetter.run_id).join(Letter).where(Letter.state.in_((WAITING, SENDING)))
    ended = (
        or_(MailingRun.is_whole, MailingRun.broken_off != ""),
        MailingRun.is_reported.is_(False),
        MailingRun.id.not_in(under_way),
    )
    reported = 0
    for run_id in session.scalars(select(MailingRun.id).where(*ended).order_by(MailingRun.id)).all():
        session.execute(select(MailingRun.id).where(MailingRun.id == run_id).with_for_update())
        # Whoever sends something again locks it too: looked at once more, it is still at its end, or left for the next time.
        run = session.scalars(select(MailingRun).where(*ended, MailingRun.id == run_id)).first()
        if run is not None:
            _report(session, run)
            reported += 1
    session.flush()
    return reported


def _report(session: Session, run: MailingRun) -> None:
    run.is_reported = True
    counts = select(func.count(MailingLetter.id)).outerjoin(Letter).where(MailingLetter.run_id == run.id)
    failed = session.scalar(counts.where(or_(MailingLetter.why != "", Letter.state.in_((FAILED, UNKNOWN)))))
    mailing = run.mailing
    said = {"name": mailing.name, "failed": failed, "all": session.scalar(counts)}
    if run.broken_off:
        text = _l(
            "The mailing “%(name)s” broke off: %(why)s. So far %(failed)s of %(all)s letters did not go out.",
            why=run.broken_off.rstrip("."),
            **said,
        )
    elif failed:
        text = _l("The mailing “%(name)s”: %(failed)s of %(all)s letters did not go out.", **said)
    else:
        return
    notify_users(
        session,
        mailing_failed,
        to=[mailing.owner_id],
        # somebody has to hear of it
        holding=None if mailing.owner.is_active else "contacts.mailing.edit",
        text=text,
        link=f"/contacts/mailings/{mailing.id}?run={run.id}",
    )

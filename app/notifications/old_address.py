"""The mail to the address of e-mail that a user had until now: notices of the change go to the new one, which may be an
intruder's. It goes out by itself and not with the daily mail, and the change doesn't wait for it."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.jobs.queue import enqueue
from app.jobs.retrying import Retry
from app.jobs.work import Kind, Run
from app.mail import send
from app.security.actor import SYSTEM
from app.security.models import User
from app.translation import lazy_gettext as _l


def mail_old_address(session: Session, user_id: int, address: str, *, who: str) -> None:
    """Let the address hear, once the session commits, that `who` has given the user another one, or none."""
    if session.info.get("has_mail"):
        enqueue(session, SYSTEM, mail_of_change.name, {"user_id": user_id, "address": address, "who": who})


def _send(run: Run) -> dict[str, Any]:
    company, settings, given = run.company, run.company.mail, run.arguments
    user = company.database.run(lambda s: s.get(User, given["user_id"]), actor=SYSTEM, write=False)
    if settings is None or user is None or "address" not in given:
        return {"sent": 0}
    send(settings, _message(user, given, company=company.name, sender=settings.sender))
    company.database.run(lambda s: _forget_address(s, run.job_id), actor=SYSTEM)
    return {"sent": 1}


def _message(user: User, given: dict[str, Any], *, company: str, sender: str) -> EmailMessage:
    """In the user's language. It has no link, so that nobody learns to follow one in such a mail."""
    message = EmailMessage()
    message["From"], message["To"] = sender, given["address"]
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice answers it
    with force_locale(user.locale or "en"):
        message["Subject"] = _("%(company)s: your address of e-mail was changed", company=" ".join(company.split()))
        lines = [
            _("Hello %(name)s,", name=user.name),
            "",
            _("%(who)s changed your address of e-mail. Notices don't come to this one any more.", who=given["who"]),
            _("If you didn't want this, tell an administrator at once: somebody else may be using your account."),
        ]
    message.set_content("\n".join(lines) + "\n")
    return message


def _forget_address(session: Session, job_id: int) -> None:
    """What the job's row need not keep once it has gone out."""
    job = session.get_one(Job, job_id)
    job.arguments = {name: value for name, value in job.arguments.items() if name != "address"}
    session.flush()


mail_of_change = Kind(
    "core.mail_old_address",
    _l("Mail the address that a user had"),
    _send,
    is_resumable=True,
    retry=Retry(attempts=7, first=timedelta(minutes=1), factor=3, most=timedelta(hours=2)),
)

"""Mailing one-time links to clients who sign in. Whoever asks learns nothing of whom the program knows: a job does it, also
when there is nobody to write to."""

from email.message import EmailMessage
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.jobs import JobKind, Run, enqueue
from app.api.mail import send
from app.api.reference import organisation
from app.api.security import SYSTEM
from app.api.texts import in_language, one_line
from app.api.texts import lazy_gettext as _l
from modules.contacts.clients.finding import CODE_LIFE, accesses_of_address, new_code


def ask_for_link(session: Session, email: str) -> None:
    """Let a one-time link go to the address, if it opens anything."""
    enqueue(session, SYSTEM, client_mail.name, {"accesses": accesses_of_address(session, email)})


def _mail(run: Run) -> dict[str, Any]:
    settings, sent = run.company.mail, 0
    for access_id in run.arguments["accesses"]:
        if settings is None:
            raise Conflict(_l("No mail is set up on this server. An administrator does so on the page of mail."))
        made = partial(_message, access_id=int(access_id), sender=settings.sender)
        message = run.company.database.run(made, actor=SYSTEM)
        if message is not None:
            send(settings, message)
            sent += 1
    return {"sent": sent}


def _message(session: Session, access_id: int, sender: str) -> EmailMessage | None:
    made = new_code(session, access_id)
    if made is None:
        return None
    row, address = made
    company = organisation(session).name
    message = EmailMessage()
    with in_language(row.language):
        said = {
            "company": company,
            "minutes": int(CODE_LIFE.total_seconds()) // 60,
            "address": address,
            "name": row.name,
        }
        message["Subject"] = one_line(_("Sign in at %(company)s", company=company))
        message.set_content(
            _(
                "Hello %(name)s,\n\nthis link signs you in at %(company)s, once and within %(minutes)d minutes:\n\n"
                "%(address)s\n\nIf you didn't ask for it, leave it unopened: nothing happens.",
                **said,
            )
        )
    message["From"], message["To"] = sender, row.email
    return message


client_mail = JobKind("contacts.client_mail", _l("Mail a sign-in link to a client"), _mail)

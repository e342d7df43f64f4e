"""Sending letters: asked for within a transaction, sent by a job, once at most."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import change_rows
from app.api.errors import Conflict, Invalid, KontorError
from app.api.jobs import Job, JobKind, Retry, Run, attempt_of, enqueue
from app.api.mail import MailUnknown, NotSent, send
from app.api.reference import check_email
from app.api.security import SYSTEM, Actor, User, record, require
from app.api.texts import in_language, kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.languages import LANGUAGES
from modules.contacts.letters.enclosures import ENCLOSURES, LINK_PLACE
from modules.contacts.letters.models import FAILED, SENDING, SENT, UNKNOWN, WAITING, Letter
from modules.contacts.models import Contact

#: addresses of one letter
MOST = 20
_SUBTYPES = {"pdf": "pdf", "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
RETRY = Retry(attempts=7, first=timedelta(minutes=1), factor=3, most=timedelta(hours=2))


def check_recipients(text: str) -> list[str]:
    """The addresses of a text with commas between them. Refused (Invalid): none, too many, what isn't an address."""
    asked = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not asked:
        raise Invalid(_l("Type the address to which it goes."), field="recipients")
    if len(asked) > MOST:
        raise Invalid(_l("At most %(n)s addresses for one letter.", n=MOST), field="recipients")
    return list(dict.fromkeys(check_email(each, field="recipients", is_own=True) for each in asked))


def send_letter(
    session: Session,
    actor: Actor,
    contact: Contact,
    *,
    enclosure: str,
    arguments: Mapping[str, Any],
    title: str,
    language: str,
    recipients: str,
    subject: str,
    body: str,
    formats: Sequence[str] = ("pdf",),
    is_quiet: bool = False,
) -> Letter:
    """A letter that a job sends once the session is committed, with what it encloses in these formats (pdf, xlsx). `is_quiet`:
    whoever asks reports by itself what became of it.

    Refused: without a mail server (Conflict); no address, subject or text, an enclosure that can't be made for this contact
    (Invalid).
    """
    require(actor, "contacts.letter.send")
    require_mail(session)
    if enclosure not in ENCLOSURES or language not in LANGUAGES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=enclosure), field="enclosure")
    arguments = {**ENCLOSURES[enclosure].check(session, contact, arguments), "formats": list(formats)}
    texts = kept(Letter, {"subject": subject, "body": body})
    for name, text in texts.items():
        if not text:
            raise Invalid(_l("A letter needs a subject and a text."), field=name)
    letter = Letter(
        contact_id=contact.id,
        document_id=arguments.get("document"),
        enclosure=enclosure,
        arguments=arguments,
        title=title[:200],
        language=language,
        recipients=", ".join(check_recipients(recipients)),
        user_id=actor.user_id,
        **texts,
    )
    session.add(letter)
    session.flush()
    said = f"{letter.title} → {letter.recipients}"
    record(session, "contacts.letter.send", subject="contacts.contact", subject_id=contact.id, summary=said)
    enqueue(session, actor, (quiet_letter_job if is_quiet else letter_job).name, {"letter": letter.id})
    return letter


def require_mail(session: Session) -> None:
    """Refuse (Conflict) where the server has no mail set up."""
    if not session.info.get("has_mail"):
        raise Conflict(_l("No mail is set up on this server. An administrator does so on the page of mail."))


def letters_to(session: Session, contact_id: int) -> Sequence[Letter]:
    """The latest letters to a contact, newest first."""
    asked = select(Letter).where(Letter.contact_id == contact_id)
    return session.scalars(asked.order_by(Letter.id.desc()).limit(200)).all()


def letters_with(session: Session, document_id: int) -> Sequence[Letter]:
    """The latest letters that enclosed a sheet of a document, newest first."""
    asked = select(Letter).where(Letter.document_id == document_id)
    return session.scalars(asked.order_by(Letter.id.desc()).limit(200)).all()


def end_letter(session: Session, job: Job) -> None:
    """The job of a letter has ended for good: what still waited isn't sent, and nobody knows of what was being sent."""
    if job.kind not in (letter_job.name, quiet_letter_job.name) or job.state == "done":
        return
    why = job.message or str(_l("cancelled"))
    for was, values in ((WAITING, {"state": FAILED, "why": why}), (SENDING, {"state": UNKNOWN, "why": ""})):
        change_rows(
            session, Letter, Letter.id == job.arguments["letter"], Letter.state == was, **values, changed_at=utc_now()
        )


def _send(run: Run) -> dict[str, Any]:
    """Send one letter. What was being sent when the server ended isn't sent again: nobody knows whether it went out."""
    letter_id, company = int(run.arguments["letter"]), run.company
    state, enclosure = company.database.run(
        lambda s: (lambda letter: (letter.state, letter.enclosure))(s.get_one(Letter, letter_id)),
        actor=SYSTEM,
        write=False,
    )
    if state == SENDING:
        _end(run, letter_id, UNKNOWN)
        raise MailUnknown
    if state != WAITING:
        return {"sent": 0}
    try:
        settings = company.mail
        if settings is None:
            raise Conflict(_l("No mail is set up on this server. An administrator does so on the page of mail."))
        # Files take a while to make: nobody who writes waits for them. A link is made where it is kept.
        message = company.database.run(
            lambda s: _message(run, s, letter_id, settings.sender),
            actor=run.actor,
            write=ENCLOSURES[enclosure].link is not None,
        )
        _end(run, letter_id, SENDING)
        send(settings, message)
    except MailUnknown:
        _end(run, letter_id, UNKNOWN)
        raise
    except NotSent as error:
        is_last = company.database.run(lambda s: attempt_of(s, run.job_id), actor=SYSTEM, write=False) >= RETRY.attempts
        _end(run, letter_id, FAILED if is_last else WAITING, why=str(error))
        raise
    except KontorError as error:
        _end(run, letter_id, FAILED, why=str(error))
        raise
    _end(run, letter_id, SENT)
    return {"sent": 1}


def _message(run: Run, session: Session, letter_id: int, sender: str) -> EmailMessage:
    letter = session.get_one(Letter, letter_id)
    enclosure = ENCLOSURES[letter.enclosure]
    body = letter.body
    if enclosure.link is not None:
        place = f"{{{LINK_PLACE}}}"
        body = body if place in body else f"{body}\n\n{place}"
        body = body.replace(place, enclosure.link(session, letter.contact, letter.arguments))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.recipients, letter.subject
    user = session.get(User, letter.user_id) if letter.user_id else None
    if user is not None and user.email:
        message["Reply-To"] = user.email
    # The same for each try, so that a server on the way can leave out a second one.
    message["Message-ID"] = f"<kontor-letter-{letter.id}@{sender.rpartition('@')[2].strip('> ')}>"
    message.set_content(body)
    formats = letter.arguments.get("formats", ["pdf"])
    made = {"pdf": enclosure.pdf, "xlsx": enclosure.xlsx}
    for name in formats:
        if (make := made.get(name)) is not None:
            with in_language(letter.language):
                file = make(session, run.company, letter.contact, letter.arguments)
            message.add_attachment(
                file, maintype="application", subtype=_SUBTYPES[name], filename=f"{letter.title}.{name}"
            )
    return message


def _end(run: Run, letter_id: int, state: str, *, why: str = "") -> None:
    def work(session: Session) -> None:
        letter = session.get_one(Letter, letter_id)
        letter.state, letter.why, letter.changed_at = state, why, utc_now()

    run.company.database.run(work, actor=SYSTEM)


letter_job = JobKind("contacts.letter", _l("Send a letter"), _send, is_resumable=True, retry=RETRY)
#: one of many, of which whoever asked for them reports what became of all
quiet_letter_job = JobKind(
    "contacts.quiet_letter", _l("Send a letter"), _send, is_resumable=True, retry=RETRY, is_quiet=True
)

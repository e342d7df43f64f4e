"""Letting mailings go: who is due, and the letters of each.

A contact's row of a run and its letter are written in one transaction, of a page of contacts each. So a server that ends in the
middle leaves rows without which nobody was written to, and the job that begins again goes on behind them.
"""

from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import on_the_wall, utc_now
from app.api.data import change_rows
from app.api.errors import KontorError
from app.api.jobs import JobKind, Run, Schedule, next_due
from app.api.notifications import notify_users
from app.api.reference import organisation
from app.api.security import SYSTEM, Actor, record
from app.api.texts import in_language
from app.api.texts import lazy_gettext as _l
from app.api.web import Company
from modules.contacts.languages import language_of
from modules.contacts.letters.enclosures import ENCLOSURES
from modules.contacts.letters.sending import require_mail, send_letter
from modules.contacts.letters.writing import written
from modules.contacts.mailings.models import Mailing, MailingLetter, MailingRun
from modules.contacts.mailings.recipients import Recipient, page_of
from modules.contacts.mailings.reporting import report, run_of
from modules.contacts.mailings.rules import period_before
from modules.contacts.mailings.saving import JOB, ask_for, mailing_by_id, may_mail
from modules.contacts.notifications import mailing_stopped


def begin_due(session: Session) -> int:
    """Ask for the job of every mailing that is due, once however many servers look; gives of how many."""
    begun, now = 0, utc_now()
    for mailing in session.scalars(select(Mailing).where(Mailing.is_paused.is_(False)).order_by(Mailing.id)):
        due: datetime = next_due(mailing.cron, mailing.begun_until)
        if due > now:
            continue
        seen = (Mailing.id == mailing.id, Mailing.begun_until == mailing.begun_until)
        if change_rows(session, Mailing, *seen, begun_until=due) == 0:
            continue  # another server was quicker
        session.refresh(mailing)
        if not mailing.owner.is_active:
            stop(session, mailing, _l("its owner may not sign in any more"))
            continue
        since, until = period_before(mailing.every, on_the_wall(due).date())
        ask_for(session, mailing, {"since": since.isoformat(), "until": until.isoformat()})
        begun += 1
    return begun


def stop(session: Session, mailing: Mailing, why: object) -> None:
    """Pause a mailing, and tell its owner and all who look after mailings."""
    mailing.is_paused, mailing.stopped = True, str(why)
    session.flush()
    record(session, "contacts.mailing.stop", subject="contacts.mailing", subject_id=mailing.id, summary=mailing.name)
    words = _l("The mailing “%(name)s” has stopped: %(why)s.", name=mailing.name, why=why)
    notify_users(
        session,
        mailing_stopped,
        to=[mailing.owner_id],
        holding="contacts.mailing.edit",
        text=words,
        link=f"/contacts/mailings/{mailing.id}",
    )


def _run(run: Run) -> dict[str, int]:
    """Write the letters of one period. Begun again, it goes on behind those that are there."""
    mailing_id, since, until = (
        run.arguments["mailing"],
        *(date.fromisoformat(run.arguments[n]) for n in ("since", "until")),
    )
    database = run.company.database
    if not may_mail(run.actor):
        why = _l("its owner may no longer send statements")
        database.run(lambda s: stop(s, mailing_by_id(s, mailing_id), why), actor=SYSTEM)
        return {"letters": 0}
    database.run(require_mail, actor=SYSTEM, write=False)
    run_id: int = database.run(lambda s: _begin(s, mailing_id, since, until), actor=run.actor)
    made, after = 0, 0
    while True:
        letters, last = database.run(partial(write_page, run=run, run_id=run_id, after=after), actor=run.actor)
        made += letters
        run.progress(made)
        if last is None:
            break
        after = last
    database.run(lambda s: setattr(s.get_one(MailingRun, run_id), "is_whole", True), actor=run.actor)
    return {"letters": made}


def _begin(session: Session, mailing_id: int, since: date, until: date) -> int:
    """The run of a period: there is one, and it goes on where it broke off."""
    mailing = mailing_by_id(session, mailing_id)
    found = run_of(session, mailing, since, until)
    if found is None or found.broken_off:
        found = found or MailingRun(mailing_id=mailing.id, since=since, until=until)
        found.broken_off, found.is_reported = "", False
        session.add(found)
        session.flush()
        record(
            session,
            "contacts.mailing.send",
            subject="contacts.mailing",
            subject_id=mailing.id,
            summary=f"{since} – {until}",
        )
    return found.id


def write_page(session: Session, run: Run, run_id: int, after: int) -> tuple[int, int | None]:
    """Ask for the letters of some contacts; gives how many, and whom it looked at last (None: that was all)."""
    time = session.get_one(MailingRun, run_id)
    page = page_of(session, time.mailing, time.since, time.until, after=after)
    ids = [recipient.contact.id for recipient in page.recipients]
    rows = select(MailingLetter).where(MailingLetter.run_id == time.id, MailingLetter.contact_id.in_(ids))
    known = {(row.contact_id, row.currency) for row in session.scalars(rows)}
    made = 0
    for recipient in page.recipients:
        for currency in recipient.currencies:
            if (recipient.contact.id, currency) not in known:
                row = MailingLetter(run_id=time.id, contact_id=recipient.contact.id, currency=currency)
                session.add(row)
                write(session, run.company, run.actor, time, recipient, row)
                made += row.letter_id is not None
    session.flush()
    return made, page.last


def write(
    session: Session, company: Company, actor: Actor, time: MailingRun, to: Recipient, row: MailingLetter
) -> None:
    """Ask for a letter, in the contact's own language; or say why there is none."""
    contact, mailing = to.contact, time.mailing
    if not to.address:
        row.why = str(_l("no e-mail address"))
        return
    language = language_of(contact, organisation(session).country)
    arguments = {"since": time.since.isoformat(), "until": time.until.isoformat()}
    arguments |= {"currency": row.currency} if row.currency else {}
    try:
        with in_language(language):
            called = ENCLOSURES[mailing.enclosure].called(session, company, contact, arguments)
            subject, body = written(session, actor, contact, mailing.enclosure, called, language, arguments)
        # Outside of the block: why it fails is said in the language of whoever asks.
        row.letter_id = send_letter(
            session,
            actor,
            contact,
            enclosure=mailing.enclosure,
            arguments=arguments,
            title=called,
            language=language,
            recipients=to.address,
            subject=subject,
            body=body,
            formats=mailing.formats.split(","),
            is_quiet=True,
        ).id
    except KontorError as error:
        row.why = str(error.message)


def _look(run: Run) -> dict[str, int]:
    begun = run.company.database.run(begin_due, actor=SYSTEM)
    return {"begun": begun, "reported": run.company.database.run(report, actor=SYSTEM)}


mailing_job = JobKind(JOB, _l("Write the letters of a mailing"), _run, is_resumable=True, is_quiet=True)
looking = JobKind("contacts.mailings", _l("Look for mailings that are due"), _look, is_resumable=True)
every_five_minutes = Schedule("contacts.mailings", _l("Look for mailings that are due"), looking.name, "*/5 * * * *")

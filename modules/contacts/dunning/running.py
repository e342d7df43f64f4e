"""Reminding: letters by e-mail where there is an address, else on paper; each debt remembers its level."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Conflict, Invalid, KontorError, NotFound
from app.api.reference import organisation, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import in_language
from app.api.texts import lazy_gettext as _l
from modules.contacts.dunning.levels import TITLES
from modules.contacts.dunning.models import Reminder, ReminderExclusion, ReminderLine, ReminderRun
from modules.contacts.dunning.proposing import Proposed, proposed
from modules.contacts.languages import language_of
from modules.contacts.letters.enclosures import REMINDERS
from modules.contacts.letters.sending import send_letter
from modules.contacts.letters.writing import written
from modules.contacts.models import Contact
from modules.contacts.parties import contact_by_id

NEEDS = "contacts.reminder.send"


def remind(session: Session, actor: Actor, *, contact_ids: Collection[int], by_mail: bool) -> ReminderRun:
    """Remind contacts of all that is proposed for them; `by_mail`: those with an address get it by e-mail. A letter that
    can't be sent keeps no other back: it says why, and is printed.

    Refused: nobody (Invalid), a contact of whom nothing is proposed, as somebody else has just reminded it, or that gets no
    reminders (Conflict).
    """
    require(actor, NEEDS)
    if not contact_ids:
        raise Invalid(_l("Choose at least one contact."))
    held = select(Contact.id).where(Contact.id.in_(contact_ids)).order_by(Contact.id)
    session.execute(held.with_for_update())  # two who remind the same at once
    found = {each.contact.id: each for each in proposed(session, contact_ids) if not each.is_excluded}
    if missing := set(contact_ids) - found.keys():
        name = contact_by_id(session, min(missing)).name
        raise Conflict(_l("Nothing is to be sent to “%(name)s” now. Open the page again.", name=name))
    run = ReminderRun(organisation_id=organisation_id(session), day=wall_clock().date(), user_id=actor.user_id)
    session.add(run)
    for each in found.values():
        _remind(session, actor, run, each, by_mail=by_mail)
    said = f"{len(found)}"
    record(session, "contacts.reminder.send", subject="contacts.reminder", subject_id=run.id, summary=said)
    return run


def _remind(session: Session, actor: Actor, run: ReminderRun, each: Proposed, *, by_mail: bool) -> None:
    contact, name, title = each.contact, REMINDERS[each.level - 1].name, TITLES[each.level - 1]
    language = language_of(contact, organisation(session).country)
    with in_language(language):
        title = str(title)
        subject, body = written(session, actor, contact, name, title, language, {})
    reminder = Reminder(run=run, contact_id=contact.id, level=each.level, language=language, text=body, why="")
    reminder.lines = [ReminderLine(item_id=x.item_id, level=x.next or x.level, open=x.open) for x in each.lines]
    session.add(reminder)
    session.flush()
    if not (by_mail and each.addresses):
        return
    try:
        with session.begin_nested():
            letter = send_letter(
                session,
                actor,
                contact,
                enclosure=name,
                arguments={"reminder": reminder.id},
                title=title,
                language=language,
                recipients=each.addresses[0],
                subject=subject,
                body=body,
            )
            reminder.letter_id = letter.id
    except KontorError as error:
        reminder.letter_id, reminder.why = None, str(error)
    session.flush()


def run_by_id(session: Session, run_id: int) -> ReminderRun:
    """A run of this organisation; NotFound otherwise."""
    run = session.get(ReminderRun, run_id)
    if run is None or run.organisation_id != organisation_id(session):
        raise NotFound
    return run


def reminders_of(session: Session, run: ReminderRun) -> Sequence[Reminder]:
    """The letters of a run, by the names of contacts, as far as these are open to the session's actor."""
    query = select(Reminder).join(Contact, Contact.id == Reminder.contact_id).where(Reminder.run_id == run.id)
    return session.scalars(query.order_by(Contact.name_order, Contact.id)).all()


def exclude(session: Session, actor: Actor, contact: Contact, *, is_excluded: bool) -> None:
    """Remind a contact no more, or again."""
    require(actor, NEEDS)
    known = session.get(ReminderExclusion, contact.id)
    if is_excluded == (known is not None):
        return
    if known is not None:
        session.delete(known)
    else:
        session.add(ReminderExclusion(contact_id=contact.id, user_id=actor.user_id))
    session.flush()
    verb = "exclude" if is_excluded else "include"
    record(
        session, f"contacts.reminder.{verb}", subject="contacts.contact", subject_id=contact.id, summary=contact.name
    )


def excluded(session: Session) -> Sequence[Contact]:
    """The contacts that get no reminders."""
    query = select(Contact).join(ReminderExclusion, ReminderExclusion.contact_id == Contact.id)
    return session.scalars(query.order_by(Contact.name_order, Contact.id)).all()


def count_of_letters() -> object:
    """How many letters a run has, for lists of runs."""
    query = select(func.count()).where(Reminder.run_id == ReminderRun.id)
    return query.correlate(ReminderRun).scalar_subquery()

"""Saving mailings, and asking for one that isn't due."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import utc_now, wall_clock
from app.api.data import begin_version
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.jobs import enqueue_single
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.contacts.folders import check_folder
from modules.contacts.labels import label_by_id
from modules.contacts.mailings.models import Mailing, MailingRun
from modules.contacts.mailings.rules import EVERY, FORMATS, WHAT, WHOM, codes_in, cron_of, period_before
from modules.contacts.models import KINDS, Contact

#: what whoever lets letters go by a schedule needs, as they do everything that the mailing does
NEEDS = ("contacts.mailing.edit", "contacts.letter.send", "contacts.statement.view", "contacts.contact.view")
GROUPS = ("contacts.private", "contacts.financial")
JOB = "contacts.mailing"


def may_mail(actor: Actor) -> bool:
    """Whether mailings may go in the actor's name."""
    return all(map(actor.may, NEEDS)) and all(map(actor.sees, GROUPS))


def require_to_mail(actor: Actor) -> None:
    """Refuse (Forbidden) whoever mailings may not go in the name of."""
    for needed in NEEDS:
        require(actor, needed)
    for group in GROUPS:
        if not actor.sees(group):
            raise Forbidden(group)


def mailing_by_id(session: Session, mailing_id: int) -> Mailing:
    """The mailing of a number, or NotFound."""
    found = session.get(Mailing, mailing_id)
    if found is None:
        raise NotFound
    return found


def save_mailing(
    session: Session,
    actor: Actor,
    mailing: Mailing | None,
    *,
    name: str,
    enclosure: str,
    formats: str,
    every: str,
    day: int,
    at: str,
    whom: str,
    kind: str = "",
    folder_id: int | None = None,
    label_id: int | None = None,
    excluded: str = "",
    is_paused: bool = False,
    version: int | None = None,
) -> Mailing:
    """A new mailing, or another one from now on; it goes in the actor's name and scope. What was due before isn't made up for.

    Refused: without a name, what none of the choices is, what `cron_of` refuses, an excluded code that no contact has
    (Invalid); one that somebody has saved since `version` (Changed).
    """
    require_to_mail(actor)
    if actor.user_id is None:
        raise Invalid(_l("A mailing goes in the name of a user."))
    said = kept(Mailing, {"name": name, "excluded": ", ".join(codes_in(excluded))})
    if not said["name"]:
        raise Invalid(_l("Say what it is called."), field="name")
    chosen = {"enclosure": (enclosure, WHAT), "formats": (formats, FORMATS), "every": (every, EVERY)}
    chosen |= {"whom": (whom, WHOM), "kind": (kind, {"": "", **KINDS})}
    for field, (value, choices) in chosen.items():
        if value not in choices:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=value), field=field)
        said[field] = value
    said["cron"] = cron_of(every, day, at)
    check_folder(session, folder_id)
    if label_id is not None:
        label_by_id(session, label_id)
    _check_codes(session, codes_in(said["excluded"]))
    if mailing is None:
        mailing = Mailing(version=1)
        session.add(mailing)
    else:
        begin_version(session, mailing, version)
    for field, value in said.items():
        setattr(mailing, field, value)
    mailing.folder_id, mailing.label_id, mailing.is_paused = folder_id, label_id, is_paused
    mailing.owner_id, mailing.stopped, mailing.begun_until = actor.user_id, "", utc_now()
    session.flush()
    record(session, "contacts.mailing.edit", subject="contacts.mailing", subject_id=mailing.id, summary=said["name"])
    return mailing


def _check_codes(session: Session, codes: list[str]) -> None:
    known = set(session.scalars(select(Contact.code).where(Contact.code.in_(codes))))
    if unknown := [code for code in codes if code not in known]:
        raise Invalid(_l("There is no contact with the code “%(code)s”.", code=unknown[0]), field="excluded")


def remove_mailing(session: Session, actor: Actor, mailing: Mailing) -> None:
    """Remove a mailing with what is known of its times; the letters stay on the contacts' cards."""
    require(actor, "contacts.mailing.edit")
    record(session, "contacts.mailing.remove", subject="contacts.mailing", subject_id=mailing.id, summary=mailing.name)
    session.delete(mailing)
    session.flush()


def send_now(session: Session, actor: Actor, mailing: Mailing) -> None:
    """Let a mailing go at once, of the last period, in its owner's name; one that broke off goes on. Refused (Conflict):
    where it went for that period already."""
    require(actor, "contacts.mailing.edit")
    since, until = period_before(mailing.every, wall_clock().date())
    of_period = (MailingRun.mailing_id == mailing.id, MailingRun.since == since, MailingRun.until == until)
    if session.scalar(select(MailingRun.id).where(*of_period, MailingRun.is_whole)):
        raise Conflict(_l("It went out for this period already. Nobody gets the same twice."))
    ask_for(session, mailing, {"since": since.isoformat(), "until": until.isoformat()})


def go_on(session: Session, actor: Actor, run: MailingRun) -> None:
    """Let what broke off go on, in the name of the mailing's owner: who was written to isn't again. Refused (Conflict): what
    didn't break off."""
    require(actor, "contacts.mailing.edit")
    if not run.broken_off:
        raise Conflict(_l("It didn't break off."))
    ask_for(session, run.mailing, {"since": run.since.isoformat(), "until": run.until.isoformat()})


def ask_for(session: Session, mailing: Mailing, period: dict[str, Any]) -> None:
    """Ask for the job that writes the letters, in the owner's name, unless it waits or runs already."""
    enqueue_single(session, Actor(mailing.owner_id, mailing.owner.name), JOB, {"mailing": mailing.id, **period})

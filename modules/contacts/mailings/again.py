"""Sending again at a time that is over: what failed, and to those who were left out."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.api.data import pieces
from app.api.errors import Invalid, NotFound
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.web import Company
from modules.contacts.letters.addresses import addresses_of
from modules.contacts.letters.models import FAILED, Letter
from modules.contacts.letters.sending import require_mail, send_letter
from modules.contacts.mailings.models import MailingLetter, MailingRun
from modules.contacts.mailings.recipients import Recipient, named_by
from modules.contacts.mailings.running import write
from modules.contacts.mailings.saving import require_to_mail
from modules.contacts.models import Contact


def resend_failed(session: Session, actor: Actor, run: MailingRun) -> int:
    """Send once more what failed, to the addresses that the contacts have now; gives how many. What may have gone out isn't.
    A letter that can't be sent keeps no other back: its row says why.

    In the name of whoever asks, who needs what the owner needs. Refused (Conflict): without a mail server.
    """
    _begin(session, actor, run)
    sent = 0
    for row, address in _addressed(session, _failed(session, run)):
        letter = row.letter
        assert letter is not None
        try:
            row.letter_id = send_letter(
                session,
                actor,
                row.contact,
                enclosure=letter.enclosure,
                arguments=letter.arguments,
                title=letter.title,
                language=letter.language,
                recipients=address,
                subject=letter.subject,
                body=letter.body,
                formats=run.mailing.formats.split(","),
                is_quiet=True,
            ).id
        except (Invalid, NotFound) as error:
            row.why = str(error.message) if address else str(_l("no e-mail address"))
        else:
            row.why, sent = "", sent + 1
    _end(session, run, sent)
    return sent


def left_out(session: Session, run: MailingRun) -> list[tuple[MailingLetter, str]]:
    """To whom no letter could be written, though the mailing still names them, each with the e-mail address of now."""
    is_named = MailingLetter.contact_id.in_(named_by(run.mailing).with_only_columns(Contact.id))
    rows = _rows(run).where(MailingLetter.letter_id.is_(None), MailingLetter.why != "", is_named)
    return [(row, address) for row, address in _addressed(session, session.scalars(rows).all()) if address]


def send_to_left_out(session: Session, company: Company, actor: Actor, run: MailingRun) -> int:
    """Write to those who were left out and have an address now, as the time would have; gives how many letters. Of
    those to whom none can be written even now the rows say why.

    In the name of whoever asks, who needs what the owner needs. Refused (Conflict): without a mail server.
    """
    _begin(session, actor, run)
    sent = 0
    for row, address in left_out(session, run):
        row.why = ""
        write(session, company, actor, run, Recipient(row.contact, address, (row.currency,)), row)
        sent += row.letter_id is not None
    _end(session, run, sent)
    return sent


def _begin(session: Session, actor: Actor, run: MailingRun) -> None:
    require_to_mail(actor)
    require_mail(session)
    session.refresh(run, with_for_update=True)  # two who ask for the same at once


def _end(session: Session, run: MailingRun, sent: int) -> None:
    if sent:
        run.is_reported = False
    session.flush()


def _failed(session: Session, run: MailingRun) -> Sequence[MailingLetter]:
    return session.scalars(_rows(run).join(MailingLetter.letter).where(Letter.state == FAILED)).all()


def _rows(run: MailingRun) -> Select[MailingLetter]:
    query = select(MailingLetter).where(MailingLetter.run_id == run.id).order_by(MailingLetter.id)
    return query.options(joinedload(MailingLetter.contact), joinedload(MailingLetter.letter))


def _addressed(session: Session, rows: Sequence[MailingLetter]) -> Iterator[tuple[MailingLetter, str]]:
    """Each with the address to which it goes; empty: there is none."""
    for some in pieces(rows):
        addresses = addresses_of(session, [row.contact for row in some])
        yield from ((row, next(iter(addresses[row.contact_id]), "")) for row in some)

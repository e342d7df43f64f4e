"""Clients to whom a mailing goes, and what became of its letters: for tests to import."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.company import actor_of
from app.jobs.work import Run
from app.notifications import Notification
from app.security import SYSTEM
from modules.contacts.details import add_detail, remove_detail
from modules.contacts.letters.models import Letter
from modules.contacts.mailings import running
from modules.contacts.mailings.models import MailingLetter
from modules.contacts.mailings.rules import period_before
from modules.contacts.mailings.saving import save_mailing
from modules.contacts.models import EMAIL, Channel, Contact
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.operations import create_contact

SAID: dict[str, Any] = {
    "name": "Statements",
    "enclosure": "contacts.statement",
    "formats": "pdf,xlsx",
    "every": "month",
    "day": 1,
    "at": "08:00",
    "whom": "either",
}


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


@pytest.fixture
def owner(company: Any) -> Any:
    """The administrator, with every right."""
    return do(company, lambda s: actor_of(s, 1, frozenset(m.name for m in company.enabled)))


@pytest.fixture
def clients(company: Any) -> Any:
    """Two who owe since long ago, one without an address who does, one to whom nothing ever happened."""

    def make(session: Any) -> Any:
        people = {
            "Viet": ("VN", "v@example.com"),
            "Rus": ("RU", "r@example.com"),
            "Mute": ("GB", ""),
            "Idle": ("GB", "i@example.com"),
        }
        made = {}
        for name, (country, email) in people.items():
            contact = create_contact(
                session,
                SYSTEM,
                kind="legal_entity",
                name=name,
                code=name,
                country=country,
                email=email,
                responsible_id=1,
            )
            made[name] = contact.id
            if name != "Idle":
                long_ago = wall_clock() - timedelta(days=200)
                record_opening_debt(session, SYSTEM, contact_id=contact.id, side="them", amount=D(100), moment=long_ago)
        return SimpleNamespace(**made)

    return do(company, make)


def saved(company: Any, owner: Any, **said: Any) -> int:
    return int(do(company, lambda s: save_mailing(s, owner, None, **{**SAID, **said}).id, owner))


@pytest.fixture(autouse=True)
def spoken(app: Any) -> Iterator[None]:
    """As within a job, texts are in somebody's language."""
    with app.test_request_context():
        yield


def go(company: Any, owner: Any, mailing_id: int) -> dict[str, Any]:
    """Write the letters, as the job does."""
    since, until = period_before("month", wall_clock().date())
    run = Run(company, owner, 1, {"mailing": mailing_id, "since": since.isoformat(), "until": until.isoformat()})
    return running._run(run)


def outcomes(company: Any) -> list[tuple[str, Any, str]]:
    query = select(Contact.name, Letter.state, MailingLetter.why).select_from(MailingLetter).join(Contact)
    query = query.outerjoin(Letter, Letter.id == MailingLetter.letter_id).order_by(MailingLetter.id)
    return [tuple(row) for row in do(company, lambda s: s.execute(query).all())]


def bells(company: Any) -> list[Any]:
    return list(do(company, lambda s: s.scalars(select(Notification.kind).order_by(Notification.id)).all()))


def emails(session: Any, contact_id: int, *addresses: str) -> None:
    """The contact has these e-mail addresses from now on, the last of them as its main one."""
    contact = session.get(Contact, contact_id)
    for channel in session.scalars(
        select(Channel).where(Channel.contact_id == contact_id, Channel.kind == EMAIL)
    ).all():
        remove_detail(session, SYSTEM, contact, channel)
    for address in addresses:
        add_detail(session, SYSTEM, contact, Channel, kind=EMAIL, value=address, is_main=True)

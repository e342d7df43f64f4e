"""To whom a mailing goes: the contacts that it names, as far as the session's actor sees them, and what each gets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.api.ledger import turnover
from modules.contacts.families import families_of
from modules.contacts.folders import below
from modules.contacts.letters.addresses import addresses_of
from modules.contacts.mailings.models import Mailing
from modules.contacts.mailings.rules import ACT, ALL, MOVED, OWING, codes_in
from modules.contacts.models import Contact, contact_label
from modules.contacts.registers import Settlements

#: so many contacts are looked at, and written to, in one transaction
PAGE = 25


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets what the mailing sends."""

    contact: Contact
    #: the e-mail address to which it goes; empty: there is none
    address: str
    #: a letter for each: of an act its currency, of a statement nothing
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the contacts that a mailing names: who gets something, and whom it looked at last (None: that was all)."""

    recipients: list[Recipient]
    last: int | None
    #: how many have nothing to be sent
    left_out: int


def page_of(session: Session, mailing: Mailing, since: date, until: date, *, after: int = 0, size: int = PAGE) -> Page:
    """The next contacts behind the one with the number `after`."""
    contacts = session.scalars(named_by(mailing).where(Contact.id > after).order_by(Contact.id).limit(size)).all()
    if not contacts:
        return Page([], None, 0)
    currencies, addresses = _currencies(session, mailing, contacts, since, until), addresses_of(session, contacts)
    found = [
        Recipient(c, next(iter(addresses[c.id]), ""), currencies[c.id] if mailing.enclosure == ACT else ("",))
        for c in contacts
        if currencies[c.id] or (mailing.whom == ALL and mailing.enclosure != ACT)
    ]
    return Page(found, contacts[-1].id if len(contacts) == size else None, len(contacts) - len(found))


def named_by(mailing: Mailing) -> Select[Contact]:
    """The contacts to which the mailing goes, if there is something to send."""
    query = select(Contact).where(Contact.is_active)
    if mailing.kind:
        query = query.where(Contact.kind == mailing.kind)
    if mailing.folder_id is not None:
        query = query.where(Contact.folder_id.in_(below(mailing.folder_id)))
    if mailing.label_id is not None:
        having = select(contact_label.c.contact_id).where(contact_label.c.label_id == mailing.label_id)
        query = query.where(Contact.id.in_(having))
    if codes := codes_in(mailing.excluded):
        query = query.where(Contact.code.not_in(codes))
    return query


def all_of(session: Session, mailing: Mailing, since: date, until: date) -> Iterator[Page]:
    """Every page, for a preview."""
    after: int | None = 0
    while after is not None:
        page = page_of(session, mailing, since, until, after=after, size=500)
        yield page
        after = page.last


def _currencies(
    session: Session, mailing: Mailing, contacts: Any, since: date, until: date
) -> dict[int, tuple[str, ...]]:
    """The currencies in which something moved or is owed, as the mailing asks for it, by contact."""
    whose = families_of(session, [contact.id for contact in contacts])
    moved: dict[tuple[int, str], list[Decimal]] = {}
    asked = {"contact": list(whose)}
    for row in turnover(session, Settlements.balance, since, until, by=("contact", "currency"), where=asked):
        contact, currency = row.key
        sums = moved.setdefault((whose[contact], currency), [Decimal(0)] * 3)
        for n, amounts in enumerate((row.taken_in, row.given_out, row.closing)):
            sums[n] += amounts["amount"]
    found: dict[int, list[str]] = {contact.id: [] for contact in contacts}
    for (contact_id, currency), (taken_in, given_out, closing) in sorted(moved.items()):
        has_moved, owes = bool(taken_in or given_out), bool(closing)
        if {MOVED: has_moved, OWING: owes}.get(mailing.whom, has_moved or owes):
            found[contact_id].append(currency)
    return {contact: tuple(some) for contact, some in found.items()}

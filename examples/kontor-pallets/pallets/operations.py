"""Recording and reversing exchanges of pallets."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Kind, locked, post, reverse
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import contact_by_id
from pallets.models import Exchange
from pallets.registers import Balance


def record_exchange(
    session: Session, actor: Actor, *, contact_id: int, given: int, taken: int, moment: datetime | None = None
) -> Exchange:
    """Record and post: `given` went to the contact, `taken` came from it.

    Without a `moment` it is the present one. Refused: zero pallets, fewer than zero.
    """
    if given < 0 or taken < 0 or not given + taken:
        raise Invalid(_l("Say how many pallets changed hands."), field="given")
    contact = contact_by_id(session, contact_id)
    exchange = Exchange(
        organisation_id=organisation_id(session),
        contact_id=contact.id,
        given=given,
        taken=taken,
        moment=moment or wall_clock(),
        is_dated=moment is not None,
        currency=base_currency(session),
        responsible_id=actor.user_id,
        summary=contact.name,
    )
    post(session, actor, [exchange])
    return exchange


def reverse_exchange(session: Session, actor: Actor, exchange_id: int) -> Exchange:
    """Reverse a posted exchange."""
    exchange = locked(session, Exchange, exchange_id)
    reverse(session, actor, exchange)
    return exchange


def _book(posting: Posting, exchanges: Sequence[Exchange]) -> None:
    """What a contact got counts as in, what it gave back as out, so that turnovers show both."""
    for e in exchanges:
        if e.given:
            posting.add(Balance, e, 1, side=1, contact=e.contact_id, pallets=Decimal(e.given))
        if e.taken:
            posting.add(Balance, e, 2, side=-1, contact=e.contact_id, pallets=Decimal(-e.taken))


Kind(Exchange, move=_book)

"""What is let off of a document that is paid early, as payments offer it: the module whose documents they are says it.

Contacts knows when something is paid; what a discount does to revenue and taxes, only that module knows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Conflict
from app.api.security import Actor
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from modules.contacts.models import Payment

Pays = Sequence[tuple[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Reduction:
    """An early-payment discount that a document's terms offer. Amounts are above zero, in the document's currency."""

    document_id: int
    number: str
    currency: str
    #: what is let off
    amount: Decimal
    #: what is to be paid for it: all that is open but the discount
    rest: Decimal
    #: the last day on which it is offered
    until: date
    percent: Decimal

    @property
    def is_offered_today(self) -> bool:
        """Whether its last day hasn't passed."""
        return wall_clock().date() <= self.until


@dataclass(frozen=True, slots=True)
class _Source:
    find: Callable[[Session, Collection[int]], Mapping[int, Reduction]]
    give: Callable[[Session, Actor, Payment, Reduction], Any]
    given: Callable[[Session, int], set[int]]


_SOURCES: list[_Source] = []


def declare_reductions(
    *,
    find: Callable[[Session, Collection[int]], Mapping[int, Reduction]],
    give: Callable[[Session, Actor, Payment, Reduction], Any],
    given: Callable[[Session, int], set[int]],
) -> None:
    """Let payments offer what `find` finds of documents, as far as the actor may give it. `give` posts the discount beside its
    payment; `given` names the documents that a payment has one for."""
    _SOURCES.append(_Source(find, give, given))


def reductions_of(session: Session, documents: Collection[int], day: date | None = None) -> dict[int, Reduction]:
    """What is offered of documents of which all but the discount is to be paid; on a `day`, what is still offered then."""
    found: dict[int, Reduction] = {}
    for source in _SOURCES if documents else ():
        found |= source.find(session, documents)
    return {i: each for i, each in found.items() if day is None or day <= each.until}


def check_reduced(session: Session, reduced: Collection[int], pays: Pays | None, day: date) -> list[Reduction]:
    """What is let off of the documents `reduced`, by a payment of a day. Refused (Conflict): a document that offers nothing
    any more, a day after its last, and a payment that isn't all of the rest."""
    if not reduced:
        return []
    offered, parts = reductions_of(session, reduced), dict(pays or ())
    for document in sorted(reduced):
        if (offer := offered.get(document)) is None:
            raise Conflict(_l("A chosen document has no early-payment discount, or it was given already."))
        said = {"number": offer.number, "until": said_day(offer.until)}
        if day > offer.until:
            raise Conflict(
                _l(
                    "%(number)s: the discount was for payments until %(until)s. Untick it, or give it on the document's page.",
                    **said,
                )
            )
        if parts.get(document) != offer.rest:
            rest = money(offer.rest, offer.currency)
            message = _l(
                "%(number)s: with the discount %(rest)s is to be paid. Type that beside it, or untick the discount.",
                number=offer.number,
                rest=rest,
            )
            raise Conflict(message)
    return [offered[document] for document in sorted(reduced)]


def give_reductions(session: Session, actor: Actor, payment: Payment, reductions: Sequence[Reduction]) -> None:
    """Post the discounts beside their payment."""
    for reduction in reductions:
        for source in _SOURCES:
            source.give(session, actor, payment, reduction)


def reduced_by(session: Session, payment_id: int) -> set[int]:
    """The documents that a payment has a discount for."""
    return set().union(*(source.given(session, payment_id) for source in _SOURCES))

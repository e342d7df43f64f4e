"""Companies that belong to one group: who belongs to it, and what they owe together (docs/adr/0054)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid, NotFound
from app.api.ledger import first_closed, turnover
from app.api.security import MASKED, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.families import families_of
from modules.contacts.models import Contact, Payment, Relation
from modules.contacts.parties import contact_by_id
from modules.contacts.queries import FIRST_DAY, LAST_DAY, OpenDocument, OpenDocuments, open_items_among
from modules.contacts.registers import Settlements

#: so many open items of a group a payment goes through
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Group:
    """A company with those that belong to its group, however far below, as far as they are open to the session's actor."""

    head: Contact
    #: by their numbers in the database, the head among them
    members: Mapping[int, Contact]
    #: each of them with itself, and contacts that were merged into them with the one into which they were
    member_of: Mapping[int, int]


def group_of(session: Session, head_id: int) -> Group:
    """The group below a company: it alone, where nobody belongs to it. One that lies below a member whom the actor may not see
    isn't found. Refused (NotFound): a company that isn't open to the actor."""
    head = contact_by_id(session, head_id)
    found, waiting = {head.id}, {head.id}
    while waiting:
        below = select(Relation.first_id).where(Relation.kind == "group", Relation.other_id.in_(waiting))
        waiting = set(session.scalars(below)) - found
        found |= waiting
    contacts = session.scalars(select(Contact).where(Contact.id.in_(found)).order_by(Contact.name_order, Contact.id))
    members = {contact.id: contact for contact in contacts}
    return Group(head, members, families_of(session, members))


def groups_offered(session: Session) -> list[tuple[str, object]]:
    """The companies to whose group others belong, as choices."""
    query = select(Contact.id, Contact.name, Contact.name_order).join(Relation, Relation.other_id == Contact.id)
    heads = session.execute(query.where(Relation.kind == "group").distinct().order_by(Contact.name_order, Contact.id))
    return [(str(row.id), row.name) for row in heads]


def chosen_group(session: Session, head: str) -> Group:
    """The group of a choice. Refused (Invalid): what is none."""
    try:
        return group_of(session, int(head))
    except (ValueError, NotFound):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=head), field="group") from None


@dataclass(frozen=True, slots=True)
class OfMember:
    """What moved with one member of a group in one currency over a period; MASKED where it would tell what is closed."""

    member: Contact
    currency: str
    opening: Any
    debit: Any
    credit: Any
    closing: Any


def turnovers_by_member(session: Session, group: Group, since: date, until: date) -> list[OfMember]:
    """The turnovers of each member in each currency, as far as anything stood or moved; by the members' names."""
    require(session.info["actor"], "contacts.statement.view")
    since, until = (min(max(day, FIRST_DAY), LAST_DAY) for day in (since, until))
    where = {"contact": list(group.member_of)}
    is_closed = first_closed(session, Settlements.balance, where=where) is not None
    sums: dict[tuple[int, str], list[Any]] = {}
    for row in turnover(session, Settlements.balance, since, until, by=("contact", "currency"), where=where):
        contact, currency = row.key
        amounts = [each["amount"] for each in (row.opening, row.taken_in, row.given_out, row.closing)]
        before = sums.get((group.member_of[contact], currency), [Decimal(0)] * 4)
        amounts = [MASKED if is_closed or b is MASKED else a + b for a, b in zip(before, amounts, strict=True)]
        sums[group.member_of[contact], currency] = amounts
    order = {member: n for n, member in enumerate(group.members)}
    keys = sorted(sums, key=lambda key: (order[key[0]], key[1]))
    return [OfMember(group.members[m], c, *sums[m, c]) for m, c in keys]


def members_for(session: Session, head_id: int, payer_id: int) -> frozenset[int]:
    """The contacts for whom a payer may pay, with what was merged into them. Refused (Invalid): a payer outside the group."""
    group = group_of(session, head_id)
    if payer_id not in group.members:
        raise Invalid(_l("Choose who of the group pays."), field="contact_id")
    return frozenset(group.member_of)


def oldest_of(session: Session, members: Collection[int], payment: Payment) -> list[tuple[int, Decimal]]:
    """What a payment settles of the members' documents, of those before it, the oldest first. Refused (Invalid): one that is
    for more documents than it can go through."""
    found = payable(session, members, payment.currency, payment.direction, limit=_COUNTED)
    earlier = [item for item in found if item.moment <= payment.moment]
    if found.is_cut and sum((abs(item.open) for item in earlier), Decimal(0)) < payment.amount:
        raise Invalid(
            _l("At most %(n)d open documents can be paid at once: make several payments.", n=_COUNTED), field="amount"
        )
    return oldest_parts(earlier, payment.amount)


def payable(
    session: Session, members: Collection[int], currency: str, direction: str, *, limit: int, **only: Any
) -> OpenDocuments:
    """What is open of members in a currency that a payment could settle, the oldest first, `limit` at most: what they owe us
    where it comes `in`, what we owe them where it goes `out`. `only` some of it, as `open_items_among` takes it."""
    return open_items_among(session, members, currency, sign=sign_of(direction), limit=limit, **only)


def sign_of(direction: str) -> int:
    """The sign of what a payment settles: 1 for what is owed to us, which comes `in`, -1 for what we owe."""
    return 1 if direction == "in" else -1


def oldest_parts(documents: Sequence[OpenDocument], amount: Decimal) -> list[tuple[int, Decimal]]:
    """How an amount goes over open documents, in their order: each in full, as far as it reaches."""
    parts: list[tuple[int, Decimal]] = []
    for document in documents:
        part = min(abs(document.open), amount)
        if part <= 0:
            break
        parts.append((document.document_id, part))
        amount -= part
    return parts

"""How contacts belong together: who directs or works at a company, who lives together, which companies are one group."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.data import begin_versions, forget
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation
from app.api.security import Actor, record, require, unrestricted
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import LEGAL_ENTITY, PEOPLE, SOLE_PROPRIETOR, Contact, Relation
from modules.contacts.parties import contact_by_id

#: a contact has so many relations at most
MOST = 500


@dataclass(frozen=True, slots=True)
class RelationKind:
    """A way to belong together, from the one who says it to the other."""

    #: what the first is to the other, and the other to the first; alike where both are the same to each other
    forth: object
    back: object
    #: of which kinds of contact each can be; empty: of any
    first: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def is_mutual(self) -> bool:
        """Whether both are the same to each other."""
        return str(self.forth) == str(self.back)


_ALL = (LEGAL_ENTITY, *PEOPLE)
_FIRMS = (LEGAL_ENTITY, SOLE_PROPRIETOR)
KINDS = {
    "director": RelationKind(_l("Director of"), _l("Director"), PEOPLE, (LEGAL_ENTITY,)),
    "works_at": RelationKind(_l("Works at"), _l("Employee"), PEOPLE, _FIRMS),
    "household": RelationKind(_l("Same household"), _l("Same household"), PEOPLE, PEOPLE),
    "group": RelationKind(_l("Belongs to the group of"), _l("Parent of the group for"), _FIRMS, _FIRMS),
    "related": RelationKind(_l("Connected with"), _l("Connected with")),
}


@dataclass(frozen=True, slots=True)
class Related:
    """A contact that another belongs together with, and how."""

    id: int
    title: object
    contact: Contact
    #: whether the other belongs to the group of the contact
    is_member: bool = False


def choices_of(contact: Contact) -> list[tuple[str, object]]:
    """What a contact can be to another: a kind as the first says it, or with `-` before it as the other does."""
    found: list[tuple[str, object]] = []
    for name, kind in KINDS.items():
        if contact.kind in (kind.first or _ALL):
            found.append((name, kind.forth))
        if not kind.is_mutual and contact.kind in (kind.other or _ALL):
            found.append((f"-{name}", kind.back))
    return found


def relations_of(session: Session, contact: Contact) -> list[Related]:
    """With whom a contact belongs together, as far as both are open to the session's actor."""
    rows = session.scalars(select(Relation).where(_at(contact)).order_by(Relation.id)).all()
    others = {row.id: row.other_id if row.first_id == contact.id else row.first_id for row in rows}
    found = session.scalars(select(Contact).where(Contact.id.in_(others.values()))) if rows else ()
    contacts = {other.id: other for other in found}
    said = (
        Related(
            row.id, _said(row, contact), contacts[others[row.id]], row.kind == "group" and row.other_id == contact.id
        )
        for row in rows
    )
    return sorted(said, key=lambda related: (str(related.title), related.contact.name_order))


def add_relation(session: Session, actor: Actor, contact: Contact, *, what: str, other_id: int) -> Relation:
    """Let a contact belong together with another; `what` is one of `choices_of` it.

    Refused: what there isn't, what contacts of their kinds can't be to each other, the contact itself, another that is not open
    to the actor, what is there already, a company above one that it belongs to, more than MOST.
    """
    require(actor, "contacts.contact.edit")
    if what not in dict(choices_of(contact)):
        raise Invalid(_l("Choose how they belong together."), field="what")
    name, other = what.removeprefix("-"), contact_by_id(session, other_id)
    kind, (first, second) = KINDS[name], (other, contact) if what.startswith("-") else (contact, other)
    if first is second:
        raise Invalid(_l("Choose another contact."), field="other_id")
    if first.kind not in (kind.first or _ALL) or second.kind not in (kind.other or _ALL):
        raise Invalid(_l("A contact of this kind can't be that."), field="other_id")
    begin_versions(session, {first: None, second: None})
    there = session.scalars(select(Relation).where(or_(_at(first), _at(second)))).all()
    pairs = [(row.first_id, row.other_id) for row in there if row.kind == name]
    if (first.id, second.id) in pairs or (kind.is_mutual and (second.id, first.id) in pairs):
        raise Conflict(_l("They belong together so already."), field="other_id")
    if len(there) >= MOST:
        raise Invalid(_l("A contact can have %(n)d of these at most.", n=MOST))
    if name == "group":
        session.scalars(
            select(Organisation.id).order_by(Organisation.id).with_for_update()
        ).all()  # one group at a time
    if name == "group" and first.id in _above(session, second.id):
        raise Conflict(_l("“%(name)s” is above it in the group already.", name=first.name), field="other_id")
    made = Relation(first_id=first.id, other_id=second.id, kind=name)
    session.add(made)
    _record(session, first, second)
    return made


def remove_relation(session: Session, actor: Actor, contact: Contact, relation_id: int) -> None:
    """Let two contacts belong together no longer. Refused (NotFound): what isn't the contact's, or isn't open to the actor."""
    require(actor, "contacts.contact.edit")
    relation = session.get(Relation, relation_id)
    if relation is None or contact.id not in (relation.first_id, relation.other_id):
        raise NotFound
    first, second = (contact_by_id(session, i) for i in (relation.first_id, relation.other_id))
    begin_versions(session, {first: None, second: None})
    session.delete(relation)
    _record(session, first, second)


def _at(contact: Contact) -> Any:
    return or_(Relation.first_id == contact.id, Relation.other_id == contact.id)


def _said(row: Relation, contact: Contact) -> object:
    kind = KINDS[row.kind]
    return kind.forth if row.first_id == contact.id else kind.back


def _above(session: Session, contact_id: int) -> set[int]:
    """The companies to whose group a contact belongs, however far above, and itself."""
    found, waiting = {contact_id}, {contact_id}
    with unrestricted(session, "companies of a group lie above each other, whoever may see them"):
        while waiting:
            query = select(Relation.other_id).where(Relation.kind == "group", Relation.first_id.in_(waiting))
            waiting = set(session.scalars(query)) - found
            found |= waiting
    return found


def _record(session: Session, *contacts: Contact) -> None:
    session.flush()
    for contact in contacts:
        forget(session, "contacts.contact", contact.id)
        record(
            session, "contacts.contact.change", subject="contacts.contact", subject_id=contact.id, summary=contact.code
        )

"""A contact that turns out to be, or becomes, of another kind: what is lost is said before, and what can't be is refused."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from app.api.custom import fields_of, set_custom
from app.api.data import begin_version, change_rows, forget
from app.api.errors import Conflict, Forbidden, Invalid
from app.api.reference import check_tax_kind, organisation
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.families import merged_into, refuse_ended
from modules.contacts.models import (
    FINANCIAL,
    INDIVIDUAL,
    KINDS,
    LEGAL_ENTITY,
    PEOPLE,
    PRIVATE,
    Contact,
    Relation,
    TaxNumber,
)
from modules.contacts.relations import KINDS as RELATIONS

_ROWS = PastPolicy(
    "with whom a contact is connected decides whether its kind can change, whoever sees these; nothing is shown of it"
)


@dataclass(frozen=True, slots=True)
class Loss:
    """What a contact says now and could not say as one of another kind: a field of its own, or a custom one."""

    name: str
    #: of a custom field; what the forms call the others, they say themselves
    title: str
    value: Any


def losses(contact: Contact, kind: str, session: Session) -> list[Loss]:
    """What would be lost. A contact person stays among the persons, whatever the kind; custom fields of the same key and type
    are carried over."""
    there = set(inspect(KINDS[kind]).column_attrs.keys())
    own = [p.key for p in inspect(type(contact)).column_attrs if p.key not in there and p.key != "contact_person"]
    found = [Loss(name, "", value) for name in own if (value := getattr(contact, name)) not in (None, "")]
    carried = _carried(session, contact, kind)
    said = contact.custom
    of_kind = fields_of(session, contact.custom_subject())
    lost = [f for f in of_kind if said.get(f.key) not in (None, "") and f.key not in carried]
    return [*found, *(Loss(f.name, f.title, said[f.key]) for f in lost)]


def check_kind(session: Session, actor: Actor, contact: Contact, kind: str) -> None:
    """Refuse (Forbidden) whoever may not change contacts, or doesn't see all that would be lost; (Invalid) no other kind, a tax
    number that no contact of that kind can have; (Conflict) a contact that was merged, or has others merged into it, and one
    with a connection that contacts of that kind don't have."""
    require(actor, "contacts.contact.edit")
    groups = {PRIVATE["group"], FINANCIAL["group"], *(f.group for f in fields_of(session, contact.custom_subject()))}
    for group in filter(None, groups):
        if not actor.sees(group):
            raise Forbidden(group)
    if kind not in KINDS or kind == contact.kind:
        raise Invalid(_l("Choose another kind."), field="kind")
    refuse_ended(session, [contact])
    if merged_into(session, contact.id):
        raise Conflict(_l("Others were merged into this contact, and are of its kind. Undo that first."))
    country = contact.country or organisation(session).country
    for number in session.scalars(select(TaxNumber).where(TaxNumber.contact_id == contact.id).order_by(TaxNumber.id)):
        check_tax_kind(number.kind, number.number, country=number.country or country, is_person=kind in PEOPLE)
    table = Relation.__table__.c
    query = select(table.kind, table.first_id).where(or_(table.first_id == contact.id, table.other_id == contact.id))
    for row in _ROWS(session).execute(query):
        relation = RELATIONS[row.kind]
        said, kinds = (
            (relation.forth, relation.first) if row.first_id == contact.id else (relation.back, relation.other)
        )
        if kinds and kind not in kinds:
            raise Conflict(_l("A contact of that kind has no connection “%(what)s”. Remove it first.", what=said))


def change_kind(session: Session, actor: Actor, contact: Contact, kind: str, *, version: int | None = None) -> Contact:
    """Let a contact be of another kind, and give it as such; what `losses` names is gone. Refused: what `check_kind` refuses,
    one that was saved since `version` (Changed)."""
    begin_version(session, contact, version)
    check_kind(session, actor, contact, kind)
    carried, before, number = _carried(session, contact, kind), contact.kind, contact.id
    for loss in losses(contact, kind, session):
        if not loss.title:
            setattr(contact, loss.name, None)
    contact.values.clear()
    session.flush()
    first = INDIVIDUAL if kind == INDIVIDUAL else LEGAL_ENTITY
    session.expunge(contact)
    change_rows(session, Contact, Contact.id == number, kind=kind, first_kind=first)
    changed = session.get_one(Contact, number)
    set_custom(session, actor, {changed: carried})
    session.flush()
    forget(session, "contacts.contact", number)
    said = f"{changed.code}: {before} → {kind}"
    record(session, "contacts.contact.convert", subject="contacts.contact", subject_id=number, summary=said)
    return changed


def _carried(session: Session, contact: Contact, kind: str) -> dict[str, Any]:
    """What it says in custom fields that contacts of both kinds have."""
    there = {field.key: field for field in fields_of(session, KINDS[kind].custom_subject())}
    own = {field.key: field for field in fields_of(session, contact.custom_subject())}
    return {
        key: value
        for key, value in contact.custom.items()
        if value is not None and key in own and key in there and there[key].type == own[key].type
    }

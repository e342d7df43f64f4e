"""A contact with those that were merged into it: what was posted with any of them is read at the head."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact, Merge

_HEADS = select(Merge.merged_id, Merge.head_id)


def family_of(session: Session, contact_id: int) -> list[int]:
    """The contact, and those that were merged into it."""
    return list(families_of(session, [contact_id]))


def families_of(session: Session, contacts: Iterable[int]) -> dict[int, int]:
    """Contacts, each with itself, and those that were merged into them, each with its head."""
    found = {contact: contact for contact in contacts}
    query = select(Merge.merged_id, Merge.head_id).where(Merge.head_id.in_(found)).order_by(Merge.merged_id)
    return found | {row.merged_id: row.head_id for row in session.execute(query)}


def merged_with(contact: ColumnElement[int]) -> CompoundSelect[Any]:
    """Those that are one with a contact, whichever of them is the head, and whoever may see them: for the books."""
    merged = Merge.__table__.c
    head = func.coalesce(select(merged.head_id).where(merged.merged_id == contact).scalar_subquery(), contact)
    return select(merged.merged_id).where(merged.head_id == head).union_all(select(head))


def merged_into(session: Session, contact_id: int) -> Sequence[Contact]:
    """The contacts that were merged into one."""
    query = select(Contact).join(Merge, Merge.merged_id == Contact.id).where(Merge.head_id == contact_id)
    return session.scalars(query.order_by(Contact.name_order, Contact.id)).all()


def head_of(session: Session, contact_id: int) -> int | None:
    """Into which contact it was merged, as far as that is open to the session's actor; None: it stands by itself."""
    return session.scalar(select(Merge.head_id).where(Merge.merged_id == contact_id))


def are_merged(session: Session) -> bool:
    """Whether any contact was merged into another that is open to the session's actor."""
    return session.scalar(select(Merge.merged_id).limit(1)) is not None


def are_one(session: Session, first: int, other: int) -> bool:
    """Whether two contacts are one: the same, or merged, whichever of them is the head."""
    if first == other:
        return True
    heads = {row.merged_id: row.head_id for row in session.execute(_HEADS.where(Merge.merged_id.in_((first, other))))}
    return bool(heads.get(first, first) == heads.get(other, other))


def refuse_ended(session: Session, contacts: Iterable[Contact]) -> None:
    """Refuse (Conflict) contacts that were merged into another, as what they say is said there, and erased persons."""
    by_id = {contact.id: contact for contact in contacts}
    if erased := next((contact for contact in by_id.values() if contact.erased_at is not None), None):
        raise Conflict(_l("“%(name)s” was erased, and nothing is kept of them any more.", name=erased.name))
    found = session.scalars(select(Merge.merged_id).where(Merge.merged_id.in_(by_id)).limit(1)).first()
    if found is not None:
        raise Conflict(_l("“%(name)s” was merged into another contact. Change that one.", name=by_id[found].name))


def by_head(figures: Any, *, keys: Sequence[str] = (), name: str = "by_head") -> Any:
    """Figures by contact, a subquery, as one with those of merged contacts at their heads. `keys`: by what they are besides."""
    c = figures.c
    head = func.coalesce(Merge.head_id, c.contact_id).label("contact_id")
    kept = [c[key] for key in keys]
    sums = [
        type_coerce(func.sum(column), column.type).label(column.name)
        for column in c
        if column.name not in ("contact_id", "organisation_id", "last_moment", *keys)
    ]
    query = select(head, *kept, *sums).select_from(figures).outerjoin(Merge, Merge.merged_id == c.contact_id)
    return query.group_by(head, *kept).subquery(name)

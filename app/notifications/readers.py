"""Who may read of what: asked for those whom a notification is for, and not for whoever causes it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.past_policy import PastPolicy
from app.security import Actor, Scoped
from app.security.partners import criterion_for

_READERS = PastPolicy("what whoever is notified may see is asked for them and not for whoever writes")


def may_see(
    session: Session, reader: Actor | None, needs: str | None, group: str | None, record: Scoped | None
) -> bool:
    """Whether a reader holds the permission and the confidential group, and has the record within what they see."""
    if reader is None or (needs is not None and not reader.may(needs)) or not reader.sees(group):
        return False
    if record is None:
        return True
    organisation = getattr(record, "organisation_id", None)
    if organisation is not None and not reader.may_work_in(organisation):
        return False
    model: Any = type(record)
    criterion = criterion_for(model, reader)
    if criterion is None:
        return True
    (key,) = model.__mapper__.primary_key
    query = select(key).where(key == record.id, criterion)  # type: ignore[attr-defined]
    return _READERS(session).execute(query).first() is not None


def readers(session: Session, ids: Iterable[int]) -> list[tuple[int, Actor | None]]:
    """The users, each with the actor that they would be."""
    from app.company import actor_of
    from app.registry.models import ModuleState

    if not ids:
        return []
    on = frozenset(_READERS(session).execute(select(ModuleState.name).where(ModuleState.is_enabled)).scalars())
    return [(id, actor_of(session, id, on)) for id in ids]

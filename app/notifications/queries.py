"""What a user has been notified of, and which kinds there are for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.notifications import texts
from app.notifications.declaring import NotificationKind
from app.notifications.models import Notification, NotificationChoice
from app.security import Actor
from app.translation import lazy_gettext as _l

#: Stands where a right, or a module, has gone since: what there was to say isn't open any more.
CLOSED = _l("This is no longer open to you.")


@dataclass(frozen=True)
class Shown:
    """A notification as its user reads it, in their language."""

    id: int
    text: str
    link: str
    is_read: bool
    #: UTC
    created_at: datetime


def open_kinds(declared: Iterable[NotificationKind], actor: Actor) -> dict[str, NotificationKind]:
    """The kinds that the actor may be notified of, by name."""
    return {kind.name: kind for kind in declared if kind.needs is None or actor.may(kind.needs)}


def latest_notifications(
    session: Session, actor: Actor, kinds: Mapping[str, NotificationKind], *, count: int, before: int | None = None
) -> list[Shown]:
    """The actor's newest, as far as the bell shows them; `before`: older than this one."""
    query = select(Notification).where(Notification.user_id == actor.user_id, Notification.is_belled)
    if before is not None:
        query = query.where(Notification.id < before)
    rows = session.scalars(query.order_by(Notification.id.desc()).limit(count))
    return [shown(row, kinds) for row in rows]


def unread_count(session: Session, actor: Actor) -> int:
    """How many the bell has that the actor hasn't read."""
    own = (Notification.user_id == actor.user_id, Notification.read_at.is_(None), Notification.is_belled)
    return session.scalar(select(func.count(Notification.id)).where(*own)) or 0


def shown(row: Notification, kinds: Mapping[str, NotificationKind]) -> Shown:
    """How the row reads; one of a kind that isn't open any more says nothing but that."""
    is_open = row.kind in kinds
    text = texts.said(row.message, row.parameters) if is_open else str(CLOSED)
    return Shown(row.id, text, row.link if is_open else "", row.read_at is not None, row.created_at)


def chosen_channels(session: Session, actor: Actor, kinds: Mapping[str, NotificationKind]) -> dict[str, Any]:
    """For each kind the channel that holds for the actor."""
    rows = session.execute(
        select(NotificationChoice.kind, NotificationChoice.channel).where(NotificationChoice.user_id == actor.user_id)
    )
    own = {row.kind: row.channel for row in rows}
    return {name: own.get(name, kind.default) for name, kind in kinds.items()}

"""Notifying users, marking as read, choosing the channel; all within the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import pieces, utc_now
from app.errors import Invalid, NotFound
from app.notifications import texts
from app.notifications.declaring import CHANNELS, Channel, NotificationKind
from app.notifications.models import Notification, NotificationChoice
from app.notifications.readers import may_see, readers
from app.past_policy import PastPolicy
from app.security import Actor, Grant, Scoped, User
from app.security.limits import books_read
from app.security.models import user_role
from app.translation import lazy_gettext as _l

_READERS = PastPolicy("whom to notify follows from what they may do, whoever causes it")


def notify_users(
    session: Session,
    kind: NotificationKind,
    *,
    text: object,
    to: Iterable[int] = (),
    holding: str | None = None,
    link: str = "",
    once: str | None = None,
    organisation: int | None = None,
    record: Scoped | None = None,
) -> list[int]:
    """Notify users of something, each by the channel that they chose for the kind; gives whom (their ids, in order).

    `text`: made by `lazy_gettext`, so that everyone reads it in their own language; what is filled in may be lazy too, or a
    moment (as shown by the organisation's clock), a day, a number. It must say nothing that a recipient may not see.
    `to`: the users. `holding`: and everyone who holds this permission. Left out: who may not sign in, who lacks what the kind
    needs, who switched it off. `link`: a path within the program. `once`: names what happened; whoever was notified of it isn't
    again. `organisation`: in whose books it happened, which must be open to whom it is for; None: in nobody's, such as a task.
    `record`: what it is about; who is limited, such as to some warehouses, hears of it as far as it is open to them.
    """
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError(f"a notification leads to a page of the program, not to {link}")
    ids = set(to) | (users_holding(session, holding) if holding else set())
    if kind.needs is not None:
        ids &= users_holding(session, kind.needs)
    found = _recipients(session, ids, organisation, record)
    if once is not None:
        before = _notified(session, found, once)
        found = {id: has for id, has in found.items() if id not in before}
    chosen = {} if kind.is_fixed else _channels(session, kind, found)
    message, parameters = texts.kept(text)
    notified = []
    for user_id, has_address in sorted(found.items()):
        is_belled, is_mailed = _ways(chosen.get(user_id, kind.default), can_mail=has_address)
        if not (is_belled or is_mailed):
            continue
        ways = {"is_belled": is_belled, "is_mailed": is_mailed}
        what = {"kind": kind.name, "message": message, "parameters": parameters, "link": link, "once": once}
        session.add(Notification(user_id=user_id, **what, **ways))
        notified.append(user_id)
    session.flush()
    return notified


def mark_read(session: Session, actor: Actor, notification_id: int) -> Notification:
    """Mark one of the actor's own as read; otherwise NotFound."""
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound
    if found.read_at is None:
        found.read_at = utc_now()
        session.flush()
    return found


def mark_all_read(session: Session, actor: Actor, *, up_to: int | None = None) -> None:
    """Mark all of the actor's own as read; `up_to`: the newest one that they have seen, as more may have come since."""
    own = [Notification.user_id == actor.user_id, Notification.read_at.is_(None)]
    if up_to is not None:
        own.append(Notification.id <= up_to)
    statement = update(Notification).where(*own).values(read_at=utc_now())
    session.execute(statement, execution_options={"synchronize_session": False})


def set_channels(
    session: Session, actor: Actor, kinds: Collection[NotificationKind], wanted: Mapping[str, str]
) -> None:
    """Choose the actor's own channel for kinds by their names. Refused (Invalid): a kind that isn't among `kinds`, those open
    to the actor; a channel that there isn't."""
    if actor.user_id is None:
        raise NotFound
    known = {kind.name for kind in kinds if not kind.is_fixed}
    held = {c.kind: c for c in session.scalars(select(NotificationChoice).where(_own_choice(actor.user_id)))}
    for name, channel in wanted.items():
        if name not in known or channel not in CHANNELS:
            raise Invalid(_l("Choose from the list."), field=name)
        if name in held:
            held[name].channel = channel
        else:
            session.add(NotificationChoice(user_id=actor.user_id, kind=name, channel=channel))
    session.flush()


def users_holding(session: Session, permission: str) -> set[int]:
    """The ids of those who may sign in and hold the permission by one of their roles."""
    holders = (
        select(user_role.c.user_id)
        .join(Grant, Grant.role_id == user_role.c.role_id)
        .join(User, User.id == user_role.c.user_id)
        .where(Grant.kind == "permission", Grant.name == permission, User.is_active)
    )
    return set(_READERS(session).execute(holders).scalars())


def users_who_may(session: Session, permission: str, *, organisation: int, record: Scoped) -> list[tuple[int, str]]:
    """Whom work can be given to: the ids and names, by name, of those who may sign in, hold the permission, work in the books
    and have the record open to them."""
    found = _recipients(session, users_holding(session, permission), organisation, record)
    named = select(User.id, User.name).where(User.id.in_(sorted(found))).order_by(User.name_order, User.id)
    return [(row.id, row.name) for row in _READERS(session).execute(named)]


def _recipients(session: Session, ids: set[int], organisation: int | None, record: Scoped | None) -> dict[int, bool]:
    """Of these users the ones who may be notified, and whether they have an address for mail."""
    can_mail = bool(session.info.get("has_mail"))
    found: dict[int, bool] = {}
    limited: list[int] = []
    for some in pieces(sorted(ids)):
        users = select(User.id, User.email, User.books, User.limits).where(User.id.in_(some), User.is_active)
        for row in _READERS(session).execute(users):
            books = books_read(row.books)
            if not books or organisation is None or organisation in books:
                found[row.id] = can_mail and bool(row.email)
                limited += [row.id] if row.limits else []
    if record is not None:
        for id, reader in readers(session, limited):
            if not may_see(session, reader, None, None, record):
                del found[id]
    return found


# Of other users than the session's own, so past its policy; nothing of it is shown to anybody.
def _notified(session: Session, ids: Collection[int], once: str) -> set[int]:
    table = Notification.__table__
    found: set[int] = set()
    for some in pieces(sorted(ids)):
        query = select(table.c.user_id).where(table.c.once == once, table.c.user_id.in_(some))
        found |= set(_READERS(session).execute(query).scalars())
    return found


def _channels(session: Session, kind: NotificationKind, ids: Collection[int]) -> dict[int, Any]:
    chosen: dict[int, Any] = {}
    for some in pieces(sorted(ids)):
        query = select(NotificationChoice.user_id, NotificationChoice.channel).where(
            NotificationChoice.kind == kind.name, NotificationChoice.user_id.in_(some)
        )
        chosen |= {row.user_id: row.channel for row in _READERS(session).execute(query)}
    return chosen


def _ways(channel: Channel, *, can_mail: bool) -> tuple[bool, bool]:
    """By the bell, by mail. Who can't be sent any mail gets it by the bell."""
    is_mailed = channel in ("mail", "both") and can_mail
    return channel in ("bell", "both") or (channel == "mail" and not can_mail), is_mailed


def _own_choice(user_id: int) -> Any:
    return NotificationChoice.user_id == user_id

"""Notifying users of what changes about how they come in, whoever changed it: one who didn't do it themselves finds out."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.db import utc_now
from app.notifications.kinds import access_changed
from app.notifications.operations import notify_users
from app.security.actor import Actor
from app.translation import lazy_gettext as _l

#: what has changed → the words for it, given who did it
_WORDS: dict[str, Callable[[Any], object]] = {
    "password": lambda who: _l("%(who)s changed your password.", who=who),
    "email": lambda who: _l("%(who)s changed your address of e-mail.", who=who),
    "roles": lambda who: _l("%(who)s changed your roles.", who=who),
    "books": lambda who: _l("%(who)s changed in which organisations you work.", who=who),
    "limits": lambda who: _l("%(who)s changed what you are limited to, such as warehouses.", who=who),
    "factor on": lambda who: _l("%(who)s switched your second factor on.", who=who),
    "factor off": lambda who: _l("%(who)s switched your second factor off.", who=who),
    "factor reset": lambda who: _l("%(who)s took your second factor away: the password alone signs you in.", who=who),
    "codes": lambda who: _l("%(who)s made you new recovery codes.", who=who),
    "deputy": lambda who: _l("%(who)s lets you stand in for them.", who=who),
    "sessions": lambda who: _l("%(who)s signed you out.", who=who),
    "token": lambda who: _l("%(who)s created a token for programs that open Kontor as you.", who=who),
}


def notice_change(session: Session, actor: Actor, user_id: int, what: str) -> None:
    """Notify the user by the bell and by mail that their password, email, roles, organisations, limits, second factor, recovery
    codes, tokens or sessions (`what`) were changed by the actor. The program itself changes such things for whoever has the
    server alone, and the audit says so."""
    if not actor.is_system:
        notify_users(session, access_changed, to=[user_id], text=_WORDS[what](actor.name), link="/account")


def notice_old_address(session: Session, actor: Actor, user_id: int, address: str) -> None:
    """Let the address that was the user's until now hear of the change as well, by a mail of its own: the new one is known to
    whoever changed it."""
    if address and not actor.is_system:
        from app.notifications.old_address import mail_old_address  # it speaks the web's languages; rules load without

        mail_old_address(session, user_id, address, who=actor.name)


def notice_wrong_code(session: Session, user_id: int) -> None:
    """Notify the user, at most once an hour, that somebody gave their password and then a wrong code."""
    text = _l(
        "Somebody signed in with your password, and then gave a wrong code. If it wasn't you, change the password."
    )
    once = f"code:{utc_now():%Y-%m-%dT%H}"
    notify_users(session, access_changed, to=[user_id], text=text, link="/account", once=once)

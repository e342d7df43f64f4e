"""Tokens: what programs send to open the API in a user's name, reading or writing, for as long as the user said."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Conflict, Invalid, NotFound
from app.security.actor import NEVER_FOR_OTHERS, Actor
from app.security.login import open_session
from app.security.models import Login, User
from app.security.noticing import notice_change
from app.texts import kept_text, longest
from app.translation import lazy_gettext as _l

#: What a token may do: read, or write as well.
ACCESSES = ("read", "write")
#: For how many days a token may be made.
DAYS = (7, 30, 90, 365)
#: Tokens of one user that open anything.
MOST_TOKENS = 20


def make_token(
    session: Session,
    actor: Actor,
    *,
    name: str = "",
    access: str = "read",
    days: int = 90,
    reach: Collection[str] = (),
    login_id: int | None = None,
) -> str:
    """A token of the actor's own, with their rights as far as `access` goes and within `reach`, modules or nouns (none: all of
    them); gives the secret, which nobody sees again.

    Refused: an access, a number of days or a reach that isn't offered, so nothing of which they have no right; a name that
    can't be kept; more than `MOST_TOKENS` that open anything; while the actor acts for somebody else; from a browser,
    `login_id`, that was signed out meanwhile (NotFound).
    """
    if actor.acting:
        raise Conflict(_l("Whoever stands in for somebody makes no token."))
    if access not in ACCESSES:
        raise Invalid(_l("Choose from the list."), field="access")
    if days not in DAYS:
        raise Invalid(_l("Choose from the list."), field="days")
    if not set(reach) <= reaches_of(actor):
        raise Invalid(_l("Choose from the list."), field="reach")
    held = select(User).where(User.id == actor.user_id).with_for_update(key_share=True)  # who counts, waits
    user = session.scalars(held.execution_options(populate_existing=True)).first()
    if user is None or (login_id is not None and session.scalar(select(Login.id).where(Login.id == login_id)) is None):
        raise NotFound
    now = utc_now()
    alive = select(func.count(Login.id)).where(Login.user_id == user.id, Login.kind == "token", Login.expires_at > now)
    if (session.scalar(alive) or 0) >= MOST_TOKENS:
        raise Conflict(_l("You have %(n)s tokens already. Sign out one that you no longer need.", n=MOST_TOKENS))
    name = kept_text(name, longest(Login, "agent"), field="name") or "API"
    kept_reach = ",".join(sorted(set(reach)))
    secret = open_session(
        session, user, kind="token", agent=name, access=access, reach=kept_reach, life=timedelta(days=days)
    )
    summary = f"{access}, {days} days{', ' + kept_reach if kept_reach else ''}: {name}"
    record(session, "security.token.add", subject="core.user", subject_id=user.id, summary=summary)
    notice_change(session, actor, user.id, "token")
    return secret


def reaches_of(actor: Actor) -> set[str]:
    """What a token of the actor's can be held to: the modules and nouns of which they have a right."""
    nouns = {right.rpartition(".")[0] for right in actor.permissions}
    return nouns | {noun.partition(".")[0] for noun in nouns}


def within_token(actor: Actor, access: str, reach: str) -> Actor:
    """The actor that a program is who sends a token: its user, as they are now, within what the token is for. It never changes
    who may do what."""
    held = {right for right in actor.permissions if right not in NEVER_FOR_OTHERS or right.endswith(".view")}
    if access == "read":
        held = {right for right in held if right.endswith(".view")}
    if reach:
        among = set(reach.split(","))
        held = {right for right in held if not among.isdisjoint(_around(right))}
    return replace(actor, permissions=frozenset(held))


def _around(right: str) -> tuple[str, str]:
    """A right's module and noun."""
    return right.partition(".")[0], right.rpartition(".")[0]

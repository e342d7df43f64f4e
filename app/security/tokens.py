"""Tokens: what programs send to open the API in a user's name, reading or writing, for as long as the user said."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import record
from app.db import utc_now
from app.errors import Conflict, Invalid, NotFound
from app.security.actor import Actor
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


def make_token(session: Session, actor: Actor, *, name: str = "", access: str = "read", days: int = 90) -> str:
    """A token of the actor's own, with their rights as far as `access` goes; gives the secret, which nobody sees again.

    Refused: an access or a number of days that isn't offered, a name that can't be kept, more than `MOST_TOKENS` that open
    anything.
    """
    if access not in ACCESSES:
        raise Invalid(_l("Choose from the list."), field="access")
    if days not in DAYS:
        raise Invalid(_l("Choose from the list."), field="days")
    user = session.scalars(select(User).where(User.id == actor.user_id).with_for_update()).first()  # who counts, waits
    if user is None:
        raise NotFound
    now = utc_now()
    alive = select(func.count(Login.id)).where(Login.user_id == user.id, Login.kind == "token", Login.expires_at > now)
    if (session.scalar(alive) or 0) >= MOST_TOKENS:
        raise Conflict(_l("You have %(n)s tokens already. Sign out one that you no longer need.", n=MOST_TOKENS))
    name = kept_text(name, longest(Login, "agent"), field="name") or "API"
    secret = open_session(session, user, kind="token", agent=name, access=access, life=timedelta(days=days))
    summary = f"{access}, {days} days: {name}"
    record(session, "security.token.add", subject="core.user", subject_id=user.id, summary=summary)
    notice_change(session, actor, user.id, "token")
    return secret

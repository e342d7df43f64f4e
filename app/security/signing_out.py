"""Signing somebody else out: one browser or token of theirs, or all of them."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.audit import record
from app.errors import NotFound
from app.security.actor import Actor, require
from app.security.login import end_sessions
from app.security.models import Login, User
from app.security.noticing import notice_change
from app.security.operations import refuse_more_than
from app.security.second_factor import forget_trusted


def sign_out(session: Session, actor: Actor, user: User, login_id: int | None = None) -> int:
    """End one browser or token of a user, or all of them; then no browser is trusted with the password alone either. Gives how
    many.

    They are notified. Refused: whoever has more rights than the actor; a `login_id` that isn't theirs (NotFound).
    """
    require(actor, "core.user.manage")
    refuse_more_than(session, actor, user)
    if login_id is None:
        ended = end_sessions(session, user.id)
        forget_trusted(session, user.id)
    else:
        one = delete(Login).where(Login.user_id == user.id, Login.id == login_id)
        ended = list(session.scalars(one.returning(Login.id)))
        if not ended:
            raise NotFound
    which = "all" if login_id is None else f"#{login_id}"
    record(session, "security.login.end", subject="core.user", subject_id=user.id, summary=f"{user.login}: {which}")
    notice_change(session, actor, user.id, "sessions")
    return len(ended)

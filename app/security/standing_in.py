"""Rights for a time: a role from one day to another, a deputy who stands in for somebody, and seeing what somebody sees.

Whoever stands in, or looks, stays who they are: their forms, notifications and account are their own, and what they do goes
into their own chain of the audit, as “Ann for Bob” or “Ann as Bob”. Days are the organisation's; both ends count.
"""

from datetime import date

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import wall_clock
from app.errors import Conflict, Invalid, NotFound
from app.registry.state import bump_generation
from app.security.actor import NEVER_FOR_OTHERS as NEVER_FOR_OTHERS
from app.security.actor import Actor, require
from app.security.models import Deputy, Login, Role, RoleForTime, User
from app.security.noticing import notice_change
from app.security.operations import refuse_more_than
from app.translation import lazy_gettext as _l

#: how somebody acts as somebody else
VIEW, DEPUTY = "view", "deputy"


def add_role_for_time(
    session: Session, actor: Actor, user: User, role: Role, *, from_day: date, until_day: date
) -> None:
    """Give a user a role from one day to another. Refused: days in the wrong order or in the past; a role that holds more than
    the actor does; one that they have."""
    require(actor, "core.user.manage")
    refuse_more_than(session, actor, user, role)
    _check_days(from_day, until_day)
    if role in user.roles:
        raise Conflict(_l("%(name)s has this role already, for good.", name=user.name))
    session.add(RoleForTime(user_id=user.id, role_id=role.id, from_day=from_day, until_day=until_day))
    _changed(session, actor, user.id, "core.user.lend", f"{user.login}: {role.name}, {from_day} – {until_day}")


def end_role_for_time(session: Session, actor: Actor, user: User, number: int) -> None:
    """Take such a role away before its day. Refused (NotFound): there isn't any."""
    require(actor, "core.user.manage")
    refuse_more_than(session, actor, user)
    lent = session.get(RoleForTime, number)
    if lent is None or lent.user_id != user.id:
        raise NotFound
    session.delete(lent)
    _changed(session, actor, user.id, "core.user.lend", f"{user.login}: {lent.role.name}, –")


def _changed(session: Session, actor: Actor, user_id: int, action: str, summary: str) -> None:
    session.flush()
    record(session, action, subject="core.user", subject_id=user_id, summary=summary)
    notice_change(session, actor, user_id, "roles")
    bump_generation(session)


def add_deputy(session: Session, actor: Actor, user_id: int, *, from_day: date, until_day: date) -> None:
    """Let somebody stand in for the actor from one day to another. Refused: whoever doesn't sign in, the actor, days in the
    wrong order or in the past; while the actor stands in for somebody themselves (Conflict)."""
    if actor.acting:
        raise Conflict(_l("Whoever stands in for somebody names no deputy."))
    user = session.get(User, user_id)
    if user is None or not user.is_active or user_id == actor.user_id:
        raise Invalid(_l("Choose from the list."), field="deputy")
    _check_days(from_day, until_day)
    session.add(Deputy(user_id=user_id, for_id=actor.user_id, from_day=from_day, until_day=until_day))
    session.flush()
    summary = f"{user.login}, {from_day} – {until_day}"
    record(session, "core.deputy.add", subject="core.user", subject_id=actor.user_id, summary=summary)
    notice_change(session, actor, user_id, "deputy")
    bump_generation(session)


def end_deputy(session: Session, actor: Actor, number: int) -> None:
    """Let nobody stand in any more by this one. Refused (NotFound): it isn't the actor's."""
    deputy = session.get(Deputy, number)
    if deputy is None or deputy.for_id != actor.user_id or actor.acting:
        raise NotFound
    session.delete(deputy)
    session.flush()
    record(session, "core.deputy.end", subject="core.user", subject_id=actor.user_id, summary=deputy.user.login)
    bump_generation(session)


def _check_days(from_day: date, until_day: date) -> None:
    if until_day < from_day:
        raise Invalid(_l("The last day is before the first."), field="until_day")
    if until_day < wall_clock().date():
        raise Invalid(_l("The last day is over already."), field="until_day")


def stood_in_for(user_id: int, day: date) -> Select[User]:
    """For whom a user may act on a day."""
    on = Deputy.user_id == user_id, Deputy.from_day <= day, Deputy.until_day >= day
    return select(User).where(User.id.in_(select(Deputy.for_id).where(*on)), User.is_active).order_by(User.name)


def begin_acting(session: Session, actor: Actor, login_id: int, user_id: int, kind: str) -> None:
    """Let one browser of the actor's act for somebody whose deputy they are, or see what somebody sees, until they end it.

    Refused: whoever isn't their deputy today, or acts already (NotFound); to see, whoever may not manage roles (Forbidden).
    """
    user = session.get(User, user_id)
    if user is None or not user.is_active or user_id == actor.user_id or actor.acting:
        raise NotFound
    if kind == VIEW:
        require(actor, "core.role.manage")
    elif user.id not in {each.id for each in session.scalars(stood_in_for(actor.user_id or 0, wall_clock().date()))}:
        raise NotFound
    acting = {"as_user_id": user_id, "as_kind": kind}
    session.execute(update(Login).where(Login.id == login_id, Login.user_id == actor.user_id).values(acting))
    record(session, f"core.acting.{kind}", subject="core.user", subject_id=user_id, summary=user.name)


def end_acting(session: Session, login_id: int) -> None:
    """Let the browser be its user's own again."""
    session.execute(update(Login).where(Login.id == login_id).values(as_user_id=None, as_kind=None))
    record(session, "core.acting.end")

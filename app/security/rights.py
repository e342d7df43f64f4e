"""What roles hold together: how far their scopes reach, and whether one goes beyond what somebody has."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from app.security.actor import SCOPES, Actor
from app.security.models import Deputy, Grant, Role, RoleForTime, User, user_role


def widest_scopes(grants: Iterable[Any]) -> dict[str, str]:
    """Per noun the widest scope of those roles that let the actor at the noun at all; a role that says nothing says all."""
    viewers: dict[str, set[int]] = {}
    held = list(grants)
    for g in held:
        if g.kind == "permission" and g.name.endswith(".view"):
            viewers.setdefault(g.name.removesuffix(".view"), set()).add(g.role_id)
    said = {(g.role_id, g.name): g.scope for g in held if g.kind == "scope"}
    nouns = {name for _, name in said}
    return {
        noun: max((said.get((role, noun), "all") for role in viewers.get(noun, ())), key=SCOPES.index, default="none")
        for noun in nouns
    }


def roles_of(user_id: int, day: date) -> Any:
    """The ids of the roles that a user has on a day, those that they have for a time among them."""
    lent = RoleForTime.user_id == user_id, RoleForTime.from_day <= day, RoleForTime.until_day >= day
    return union(
        select(user_role.c.role_id).where(user_role.c.user_id == user_id), select(RoleForTime.role_id).where(*lent)
    )


def users_reached(user_id: int, day: date) -> CompoundSelect[Any]:
    """The ids of the user, and of those for whom they stand in on that day or later."""
    stood = select(Deputy.for_id).where(Deputy.user_id == user_id, Deputy.until_day >= day)
    return union(select(User.id).where(User.id == user_id), stood)


def roles_reached(user_id: int, day: date) -> Any:
    """The ids of the roles by which whoever is signed in as this user can act, on that day or later: their own, those that
    they have for a time, and those of whom they stand in for."""
    who = users_reached(user_id, day).subquery().c.id
    lent = RoleForTime.user_id.in_(select(who)), RoleForTime.until_day >= day
    return union(
        select(user_role.c.role_id).where(user_role.c.user_id.in_(select(who))),
        select(RoleForTime.role_id).where(*lent),
    )


def is_beyond(session: Session, actor: Actor, role: Role) -> bool:
    """Whether the role holds anything that the actor's own roles don't: a right, a group or a wider scope, also of modules that
    are switched off or gone, as they may come on again."""
    own = select(user_role.c.role_id).where(user_role.c.user_id == actor.user_id)
    mine = list(session.scalars(select(Grant).where(Grant.role_id.in_(own))))
    theirs = list(session.scalars(select(Grant).where(Grant.role_id == role.id)))
    scopes, reach = widest_scopes(mine), {g.name: g.scope or "all" for g in theirs if g.kind == "scope"}
    held = {(g.kind, g.name) for g in mine}
    nouns = {g.name.removesuffix(".view") for g in theirs if g.kind == "permission" and g.name.endswith(".view")}
    return any(g.kind != "scope" and (g.kind, g.name) not in held for g in theirs) or any(
        SCOPES.index(reach.get(noun, "all")) > SCOPES.index(scopes.get(noun, "all")) for noun in nouns
    )

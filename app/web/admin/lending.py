"""Roles that a user has for a time, on the user's page."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from app.clock import wall_clock
from app.security import Role, User
from app.security.models import RoleForTime
from app.security.operations import roles_named
from app.security.standing_in import add_role_for_time, end_role_for_time
from app.web.admin.users import NEEDS, changed
from app.web.core import routes
from app.web.edge.request import current_session
from app.web.pages.standing_in import typed_day


def lent_roles(user: User) -> dict[str, Any]:
    """What the user's page shows of them."""
    session, today = current_session(), wall_clock().date()
    lent = select(RoleForTime).where(RoleForTime.user_id == user.id, RoleForTime.until_day >= today)
    return {
        "today": today,
        "lent": session.scalars(lent.order_by(RoleForTime.from_day)).all(),
        "role_names": session.scalars(select(Role.name).order_by(Role.name)).all(),
    }


@routes.post("/admin/users/<int:user_id>/roles", needs=NEEDS, fresh=True)
def user_role_lend(user_id: int) -> Any:
    """Give a user a role from one day to another."""

    def work(session: Any, actor: Any, user: User) -> None:
        (role,) = roles_named(session, [request.form.get("role", "")])
        days = {"from_day": typed_day("from_day"), "until_day": typed_day("until_day")}
        add_role_for_time(session, actor, user, role, **days)

    return changed(user_id, work, _("Added."))


@routes.post("/admin/users/<int:user_id>/roles/<int:role_id>/end", needs=NEEDS, fresh=True)
def user_role_end(user_id: int, role_id: int) -> Any:
    """Take such a role away before its day; `role_id` is that of what was given."""
    return changed(user_id, lambda s, actor, user: end_role_for_time(s, actor, user, role_id), _("Saved."))

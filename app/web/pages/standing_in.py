"""Deputies: who stands in for oneself, for whom one stands in, and acting as somebody else until one ends it."""

from datetime import date
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.clock import wall_clock
from app.errors import KontorError
from app.security import User
from app.security.models import Deputy
from app.security.standing_in import (
    DEPUTY,
    VIEW,
    add_deputy,
    begin_acting,
    end_acting,
    end_deputy,
    stood_in_for,
)
from app.web.core import routes
from app.web.edge.request import current_actor, current_session
from app.web.edge.routing import ANY


def shown_deputies() -> dict[str, Any]:
    """What the account's page shows of them."""
    session, actor, today = current_session(), current_actor(), wall_clock().date()
    assert actor.user_id is not None
    others = select(User).where(User.is_active, User.id != actor.user_id).order_by(User.name_order)
    mine = select(Deputy).where(Deputy.for_id == actor.user_id, Deputy.until_day >= today).order_by(Deputy.from_day)
    return {
        "today": today,
        "colleagues": session.scalars(others).all(),
        "deputies": session.scalars(mine).all(),
        "stood_in_for": session.scalars(stood_in_for(actor.user_id, today)).all(),
    }


def typed_day(name: str) -> date:
    """A day as a browser sends it; today where it sends none."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return wall_clock().date()


@routes.post("/account/deputies", needs=ANY, fresh=True)
def deputy_new() -> Any:
    """Let somebody stand in for oneself."""
    session = current_session()
    chosen = request.form.get("deputy", 0, type=int)
    try:
        add_deputy(session, current_actor(), chosen, from_day=typed_day("from_day"), until_day=typed_day("until_day"))
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        flash(_("Added."), "success")
    return redirect(url_for("core.account", _anchor="deputies"))


@routes.post("/account/deputies/<int:deputy_id>/end", needs=ANY)
def deputy_end(deputy_id: int) -> Any:
    """Let them stand in no longer."""
    end_deputy(current_session(), current_actor(), deputy_id)
    return redirect(url_for("core.account", _anchor="deputies"))


@routes.post("/account/act-for/<int:user_id>", needs=ANY, fresh=True)
def acting_begin(user_id: int) -> Any:
    """Act for somebody whose deputy one is, in this browser."""
    begin_acting(current_session(), current_actor(), g.login_id, user_id, DEPUTY)
    return redirect(url_for("core.home"))


@routes.post("/admin/users/<int:user_id>/view-as", needs="core.role.manage", fresh=True)
def user_view_as(user_id: int) -> Any:
    """See what a user sees, in this browser."""
    begin_acting(current_session(), current_actor(), g.login_id, user_id, VIEW)
    return redirect(url_for("core.home"))


@routes.post("/account/act-as-myself", needs=ANY)
def acting_end() -> Any:
    """Be oneself again."""
    end_acting(current_session(), g.login_id)
    return redirect(url_for("core.home"))

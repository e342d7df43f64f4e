"""Roles: what each may do, how far it reaches, and which confidential fields it sees."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms import StringField

from app.core_module import module as core
from app.errors import KontorError, NotFound
from app.registry import Module
from app.security import Grant, Role
from app.security.models import user_role
from app.security.operations import add_role, set_grants
from app.web.core import routes
from app.web.edge import current_actor, current_company, current_session
from app.web.forms import Form, required

NEEDS = "core.role.manage"
SCOPE_TITLES = {"none": _l("nothing"), "own": _l("one's own"), "team": _l("the team's"), "all": _l("everything")}


class RoleForm(Form):
    """A new role."""

    of = Role

    name = StringField(_l("Name"), [required])


class Rights(NamedTuple):
    """What a role holds: names of permissions and groups, noun → scope."""

    permissions: frozenset[str]
    groups: frozenset[str]
    scopes: dict[str, str]


@routes.get("/admin/roles", needs=NEEDS)
def role_list() -> Any:
    """Roles, with how many users have each."""
    users = select(user_role.c.role_id, func.count().label("users")).group_by(user_role.c.role_id).subquery()
    query = select(Role.id, Role.name, func.coalesce(users.c.users, 0).label("users")).outerjoin(
        users, users.c.role_id == Role.id
    )
    rows = current_session().execute(query.order_by(Role.name)).all()
    return render_template("admin/roles.html", rows=rows, form=RoleForm())


@routes.post("/admin/roles/new", needs=NEEDS)
def role_new() -> Any:
    """A role of the company's own; it begins with no right at all."""
    form = RoleForm()
    if not form.validate_on_submit():
        return redirect(url_for("core.role_list"))
    try:
        role = add_role(current_session(), current_actor(), name=form.name.data)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
        return redirect(url_for("core.role_list"))
    return redirect(url_for("core.role_view", role_id=role.id))


@routes.get("/admin/roles/<int:role_id>", needs=NEEDS)
def role_view(role_id: int) -> Any:
    """Everything that a role can be given, module by module."""
    role = _role(role_id)
    return render_template(
        "admin/role.html", role=role, manifests=list(_manifests()), rights=_rights_of(role), scopes=SCOPE_TITLES
    )


@routes.post("/admin/roles/<int:role_id>/grant", needs=NEEDS)
def role_grant(role_id: int) -> Any:
    """Give the role what is ticked, take from it what is not; holds from everybody's next request on."""
    role = _role(role_id)
    wanted: dict[tuple[str, str], str | bool] = {}
    for manifest in _manifests():
        for permission in manifest.permissions:
            wanted["permission", permission.name] = permission.name in request.form.getlist("permission")
        for group in manifest.field_groups:
            wanted["group", group.name] = group.name in request.form.getlist("group")
        for noun in manifest.nouns:
            if (scope := request.form.get(f"scope:{noun.name}")) is not None:
                wanted["scope", noun.name] = scope
    try:
        count = set_grants(current_session(), current_actor(), role, wanted)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("%(n)s rights changed.", n=count), "success")
    return redirect(url_for("core.role_view", role_id=role_id))


def _role(role_id: int) -> Role:
    role = current_session().get(Role, role_id)
    if role is None:
        raise NotFound
    return role


def _manifests() -> Iterator[Module]:
    yield from (m.manifest for m in current_company().enabled if m.manifest)
    yield core


def _rights_of(role: Role) -> Rights:
    grants = current_session().scalars(select(Grant).where(Grant.role_id == role.id)).all()
    return Rights(
        frozenset(g.name for g in grants if g.kind == "permission"),
        frozenset(g.name for g in grants if g.kind == "group"),
        {g.name: g.scope for g in grants if g.kind == "scope" and g.scope},
    )

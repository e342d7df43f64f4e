"""Roles: what each may do, how far it reaches, and which confidential fields it sees."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from wtforms import BooleanField, SelectMultipleField, StringField

from app.clock import wall_clock
from app.core_module import module as core
from app.errors import KontorError, NotFound
from app.registry import Module
from app.registry.requirements import requirements
from app.security import Grant, Role, User
from app.security.models import RoleForTime, user_role
from app.security.operations import add_role, set_grants
from app.security.second_factor import require_factor
from app.translation import lazy_gettext as _l
from app.web.admin.role_grid import grid_of
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField, required
from app.web.kit.selects import SelectField

NEEDS = "core.role.manage"
SCOPE_TITLES = {"none": _l("nothing"), "own": _l("one's own"), "team": _l("the team's"), "all": _l("everything")}


class RoleForm(Form):
    """A new role."""

    of = Role

    name = StringField(_l("Name"), [required])


class RightsForm(Form):
    """What a role may do and which confidential fields it sees, by the rights' names; `_rights_form` adds its scopes."""

    version = VersionField()
    needs_second_factor = BooleanField(_l("Whoever has it needs a second factor"))
    # what a module declared that has been switched off meanwhile is left alone
    permission = SelectMultipleField(validate_choice=False)
    group = SelectMultipleField(validate_choice=False)


@routes.get("/admin/roles", needs=NEEDS)
def role_list() -> Any:
    """Roles, with how many users have each."""
    users = select(user_role.c.role_id, func.count().label("users")).group_by(user_role.c.role_id).subquery()
    query = select(Role.id, Role.name, func.coalesce(users.c.users, 0).label("users")).outerjoin(
        users, users.c.role_id == Role.id
    )
    rows = current_session().execute(query.order_by(Role.name)).all()
    return render_template("admin/roles.html", rows=rows, form=RoleForm())


@routes.post("/admin/roles/new", needs=NEEDS, fresh=True)
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
    return redirect(url_for("core.role_edit", role_id=role.id))


@routes.form("/admin/roles/<int:role_id>", needs=NEEDS, fresh=True)
def role_edit(role_id: int) -> Any:
    """Give a role what is ticked, take from it what is not; holds from everybody's next request on."""
    session = current_session()
    role = session.get(Role, role_id)
    if role is None:
        raise NotFound
    form = _rights_form(_rights_of(role))
    if form.validate_on_submit():
        try:
            count = set_grants(session, current_actor(), role, _wanted(form), version=form.version.data)
            count += require_factor(session, current_actor(), role, form.needs_second_factor.data)
        except KontorError as error:
            show_refusal(form, error, said=_rights_of)
        else:
            flash(_("%(n)s rights changed.", n=count), "success")
            for words in _not_holding(form):
                flash(words, "warning")
            return redirect(url_for("core.role_edit", role_id=role_id))
    modules = [(manifest, *grid_of(manifest)) for manifest in _manifests()]
    return render_template("admin/role.html", role=role, modules=modules, form=form, **_holders(role))


def _holders(role: Role) -> dict[str, Any]:
    """Who has the role, those first who sign in; and who has it for a time, now or later."""
    session, today = current_session(), wall_clock().date()
    by_name = (User.is_active.desc(), User.name_order, User.id)
    users = session.scalars(select(User).join(user_role).where(user_role.c.role_id == role.id).order_by(*by_name)).all()
    lent = select(RoleForTime, User).join(User, User.id == RoleForTime.user_id)
    lent = lent.where(RoleForTime.role_id == role.id, RoleForTime.until_day >= today).order_by(User.name_order)
    return {"holders": users, "lent": [tuple(row) for row in session.execute(lent)]}


def _not_holding(form: RightsForm) -> Iterator[str]:
    """Of the rights that are ticked those that this role alone doesn't give, as they require others."""
    company, ticked = current_company(), {*(form.permission.data or ()), *(form.group.data or ())}
    for name, needed in requirements({m.name for m in company.enabled}).items():
        if name in ticked and (missing := sorted(needed - ticked)):
            others = "”, “".join(company.title_of_right(other) for other in missing)
            yield str(_("“%(right)s” holds only with “%(others)s”.", right=company.title_of_right(name), others=others))


def _rights_of(role: Role) -> dict[str, Any]:
    """What the form shows of a role."""
    grants = (
        current_session().execute(select(Grant.kind, Grant.name, Grant.scope).where(Grant.role_id == role.id)).all()
    )
    return {
        "version": role.version,
        "needs_second_factor": role.needs_second_factor,
        "permission": [g.name for g in grants if g.kind == "permission"],
        "group": [g.name for g in grants if g.kind == "group"],
        **{f"scope:{noun.name}": "all" for manifest in _manifests() for noun in manifest.nouns},
        **{f"scope:{g.name}": g.scope for g in grants if g.kind == "scope"},
    }


def _rights_form(data: dict[str, Any]) -> RightsForm:
    manifests = list(_manifests())
    nouns = [noun for manifest in manifests for noun in manifest.nouns]
    scopes = {f"scope:{n.name}": SelectField(n.title, choices=lambda: list(SCOPE_TITLES.items())) for n in nouns}
    form: RightsForm = type("RightsForm", (RightsForm,), scopes)(data=data)
    form.permission.choices = [(p.name, p.title) for manifest in manifests for p in manifest.permissions]
    form.group.choices = [(g.name, g.title) for manifest in manifests for g in manifest.field_groups]
    return form


def _wanted(form: RightsForm) -> dict[tuple[str, str], str | bool]:
    wanted: dict[tuple[str, str], str | bool] = {}
    for field in (form.permission, form.group):
        wanted |= {(field.name, choice.value): choice.selected for choice in field.iter_choices()}
    for field in form.entries:
        kind, _colon, noun = field.name.partition(":")
        if noun:
            wanted[kind, noun] = field.data
    return wanted


def _manifests() -> Iterator[Module]:
    yield from (m.manifest for m in current_company().enabled if m.manifest)
    yield core

"""Who can sign in: the list of users, and the form of one."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import Conflict, Invalid, KontorError, NotFound
from app.security import Actor, Limited, Login, Role, Team, User, limited_models
from app.security.limits import books_read, limits_read
from app.security.operations import add_user, change_user
from app.security.second_factor import factor_of, reset_factor
from app.security.signing_out import sign_out
from app.translation import lazy_gettext as _l
from app.web.admin import tables
from app.web.admin.token_words import ACCESS_TITLES, reach_word
from app.web.admin.words import role_word
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField, required
from app.web.kit.lists import show_list
from app.web.pages.agents import named

NEEDS = "core.user.manage"


class UserForm(Form):
    """A user."""

    of = User

    version = VersionField()
    login = StringField(_l("Login"), [required])
    name = StringField(_l("Name"), [required])
    email = StringField(_l("E-mail"), description=_l("Where the daily mail goes."))
    password = PasswordField(
        _l("Password"),
        description=_l("At least 8 characters; they choose their own when they next sign in. Empty: stays as it is."),
    )
    team = StringField(_l("Team"), description=_l("Users of one team share what the scope “team” opens."))
    roles = SelectMultipleField(_l("Roles"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    books = SelectMultipleField(
        _l("Works in"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Nothing ticked: in all organisations, those too that are added later."),
    )
    is_active = BooleanField(_l("May sign in"), default=True)
    #: the fields of what modules let users be limited to
    limits: list[Any]


@routes.get("/admin/users", needs=NEEDS)
def user_list() -> Any:
    """Users and their roles."""
    return show_list(tables.users)


@routes.form("/admin/users/new", needs=NEEDS, fresh=True)
def user_new() -> Any:
    """A new user."""
    form = _form()
    form.password.description = _("At least 8 characters; they choose their own when they first sign in.")
    if form.validate_on_submit():
        values = _given(form)
        del values["is_active"]
        try:
            user = add_user(current_session(), current_actor(), **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            _warn_of_no_role(user)
            return redirect(url_for("core.user_edit", user_id=user.id))
    del form.is_active
    return render_template("admin/user.html", form=form, title=_("New user"))


@routes.form("/admin/users/<int:user_id>", needs=NEEDS, fresh=True)
def user_edit(user_id: int) -> Any:
    """Change a user; what is taken from them is gone at their next request."""
    session = current_session()
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    form = _form(data=_said(user), limits=limits_read(user.limits))
    del form.login
    if form.validate_on_submit():
        try:
            change_user(session, current_actor(), user, version=form.version.data, **_given(form))
        except KontorError as error:
            show_refusal(form, error, said=_said)
        else:
            flash(_("Saved."), "success")
            _warn_of_no_role(user)
            return redirect(url_for("core.user_list"))
    from app.web.admin.lending import lent_roles  # its routes stand above these

    logins = session.scalars(select(Login).where(Login.user_id == user.id).order_by(Login.id.desc())).all()
    shown = {"user": user, "logins": logins, "named": named, "has_factor": factor_of(session, user.id) is not None}
    from app.web.admin.why import nouns_asked  # its routes stand above these, too

    shown |= {"nouns_asked": nouns_asked, "accesses": ACCESS_TITLES, "reach_word": reach_word}
    return render_template("admin/user.html", form=form, title=user.name, **shown, **lent_roles(user))


@routes.post("/admin/users/<int:user_id>/sign-out", needs=NEEDS, fresh=True)
def user_sign_out_all(user_id: int) -> Any:
    """End every browser and token of a user."""
    return changed(user_id, sign_out, _("Signed out everywhere."))


@routes.post("/admin/users/<int:user_id>/logins/<int:login_id>/sign-out", needs=NEEDS, fresh=True)
def user_sign_out(user_id: int, login_id: int) -> Any:
    """End one browser or token of a user."""
    return changed(user_id, partial(sign_out, login_id=login_id), _("Signed out there."))


@routes.post("/admin/users/<int:user_id>/second-factor/reset", needs=NEEDS, fresh=True)
def user_factor_reset(user_id: int) -> Any:
    """Take a user's second factor away, who has lost their phone."""
    return changed(user_id, reset_factor, _("Their second factor is off."))


def changed(user_id: int, work: Callable[[Any, Actor, User], Any], done: str) -> Any:
    """Do `work` with a user; their page, with what was done or refused."""
    session = current_session()
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    try:
        work(session, current_actor(), user)
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(str(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for("core.user_edit", user_id=user_id))


def _warn_of_no_role(user: User) -> None:
    if user.is_active and not user.roles:
        flash(_("%(name)s has no role yet, so hardly anything is open to them. Tick one.", name=user.name), "warning")


def _said(user: User) -> dict[str, Any]:
    """What the form shows of a user."""
    team = current_session().get(Team, user.team_id) if user.team_id else None
    return {
        "version": user.version,
        "login": user.login,
        "name": user.name,
        "email": user.email,
        "team": team.name if team else "",
        "roles": [role.name for role in user.roles],
        "books": sorted(books_read(user.books)),
        **{model.limit_field(): sorted(limits_read(user.limits).get(model.noun, ())) for model in limited_models()},
        "is_active": user.is_active,
    }


def _given(form: UserForm) -> dict[str, Any]:
    """What the form says, as users are added and changed."""
    values = form.values()
    fields = {model.noun: model.limit_field() for model in limited_models() if model.limit_field() in values}
    return values | {"limits": {noun: values.pop(field) for noun, field in fields.items()}}


def _form(data: dict[str, Any] | None = None, limits: Mapping[str, Collection[int]] | None = None) -> UserForm:
    """The form, with what there is to choose from; `limits`: to what the user is limited already."""
    kept = limits or {}
    choices = {m: list(m.limit_choices(current_session(), kept.get(m.noun, ()))) for m in limited_models()}
    asked = {model: some for model, some in choices.items() if len(some) > 1 and _is_on(model)}
    fields = {model.limit_field(): _limit_field(model) for model in asked}
    form: UserForm = type("UserForm", (UserForm,), fields)(data=data)
    form.limits = [form[name] for name in fields]
    for field, some in zip(form.limits, asked.values(), strict=True):
        field.choices = some
    names = current_session().scalars(select(Role.name).order_by(Role.name))
    form.roles.choices = [(name, role_word(name)) for name in names]
    form.books.choices = list(current_company().organisations.items())
    if len(form.books.choices) < 2:
        form.leave_out("books")
    return form


def _is_on(model: type[Limited]) -> bool:
    return current_company().is_on(model.noun.partition(".")[0])


def _limit_field(model: type[Limited]) -> SelectMultipleField:
    return SelectMultipleField(
        model.limit_title,
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=model.limit_hint,
    )

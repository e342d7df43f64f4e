"""The pages that everyone has: first run, signing in and out, one's own account."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import BooleanField, PasswordField, StringField

from app.documents import Document
from app.errors import Invalid, KontorError, NotFound
from app.security import SYSTEM, Login, User
from app.security.login import WrongCredentials, authenticate, close_session, note_refusal, revoke
from app.security.operations import change_own
from app.security.second_factor import factor_of
from app.security.tokens import DAYS, make_token
from app.setup import create_company
from app.translation import lazy_gettext as _l
from app.web.admin.token_words import ACCESS_TITLES, reach_word, reaches_offered
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.resend import SignIn, sign_in_page
from app.web.edge.routing import ANY, PUBLIC
from app.web.edge.sign_in import drop_token, hold_token, is_fresh
from app.web.kit.choices import countries, currencies, languages, likely_country
from app.web.kit.comparison import show_refusal
from app.web.kit.documents.journal import document_address
from app.web.kit.forms import Form, VersionField, required
from app.web.kit.selects import SelectField
from app.web.pages.agents import named
from app.web.pages.guesses import guessed, remember_device
from app.web.pages.notifications import CHANNEL_TITLES, channel_choices
from app.web.pages.second_step import ask_for_code, enter, is_code_due
from app.web.pages.setup_secret import SetupForm, refuse_unnamed_proxy
from app.web.pages.standing_in import shown_deputies


class FirstRun(SetupForm):
    """What a new company needs to begin."""

    organisation = StringField(_l("Organisation"), [required])
    country = SelectField(_l("Country"), choices=countries)
    currency = SelectField(_l("Base currency"), choices=currencies)
    name = StringField(_l("Your name"), [required])
    login = StringField(_l("Login"), [required])
    password = PasswordField(_l("Password"), [required], description=_l("At least 8 characters."))
    edition = SelectField(
        _l("Edition"),
        choices=[("trade", _l("Trade: contacts, warehouse, trade")), ("enterprise", _l("Enterprise: with production"))],
    )
    sample = BooleanField(
        _l("Fill it with a sample company's data, to look around"),
        description=_l("It can be removed later, and what is yours stays."),
    )


class Account(Form):
    """What users change about themselves."""

    version = VersionField()
    locale = SelectField(_l("Language"), choices=languages)
    email = StringField(_l("E-mail"), description=_l("Where the daily mail goes."))
    password = PasswordField(_l("New password"), description=_l("Leave it empty to keep the one you have."))
    current = PasswordField(
        _l("Current password"), description=_l("Needed to change the password, and sometimes the address.")
    )


#: what a token may do


@routes.form("/login", needs=PUBLIC, self_committing=True)
@guessed
def login() -> Any:
    """Sign in; a wrong login and a wrong password get the same answer. Before there is a company: make one."""
    session = current_session()
    if not current_company().has_users(session):
        return _first_run()
    form = SignIn()
    if form.validate_on_submit():
        session.info["actor"] = SYSTEM  # nobody is signed in yet, so the program itself looks the user up
        write = partial(current_company().database.run, actor=SYSTEM)  # briefly: proving a password takes long
        address = request.remote_addr or ""
        try:
            user = authenticate(session, form.login.data, form.password.data)
        except Invalid as error:
            g.is_wrong_password = True
            write(lambda writing: note_refusal(writing, form.login.data, address))
            form.login.errors = [str(error)]
        else:
            return ask_for_code(user) if is_code_due(session, user) else enter(user)
    return sign_in_page(form, 401 if form.errors else 200)


def _first_run() -> Any:
    """The first page of an empty database; closed for good once there is a company."""
    refuse_unnamed_proxy()
    company, form = current_company(), FirstRun()
    if request.method == "GET":
        form.country.data, form.currency.data = likely_country([language for language, _q in request.accept_languages])
    if form.validate_on_submit():
        values = form.values()
        sample = values.pop("sample")
        values.pop("setup_secret", None)
        try:
            create_company(company, **values)
        except KontorError as error:
            form.refuse(error)
        else:
            if sample:
                from app.demo import fill

                fill(company)
            flash(_("Your company is ready. Sign in."), "success")
            return redirect(url_for("core.login"))
    return render_template("first_run.html", form=form)


@routes.post("/logout", needs=ANY)
def logout() -> Any:
    """Sign out."""
    if token := drop_token():
        close_session(current_session(), token)
    return redirect(url_for("core.login"))


@routes.get("/documents/<int:document_id>", needs=ANY, help=None)
def document_open(document_id: int) -> Any:
    """The page of a document of whatever kind, for links that know its number alone."""
    document = current_session().get(Document, document_id)
    address = document_address(document.kind, document.id) if document is not None else None
    if address is None:
        raise NotFound
    return redirect(address)


@routes.form("/account", needs=ANY)
@guessed
def account() -> Any:
    """One's own language, password and signed-in browsers."""
    session, actor = current_session(), current_actor()
    user = session.get(User, actor.user_id)
    assert user is not None
    form = Account(obj=user)
    if form.validate_on_submit():
        try:
            secret = change_own(
                session,
                actor,
                locale=form.locale.data or None,
                email=form.email.data or "",
                password=form.password.data or "",
                current=form.current.data or "",
                login_id=g.login_id,
                is_present=is_fresh(g.signed_in),
                version=form.version.data,
            )
        except WrongCredentials as error:
            session.rollback()
            g.is_wrong_password = True
            note_refusal(session, user.login, request.remote_addr or "")
            form.current.errors = [str(error)]
        except KontorError as error:
            show_refusal(form, error)
        else:
            return _after_saving(user, secret)
    logins = session.scalars(select(Login).where(Login.user_id == actor.user_id).order_by(Login.id.desc())).all()
    return _account_page(form, logins)


def _after_saving(user: User, secret: str | None) -> Any:
    """The account again; after a new password in the same browser, which is known by it from now on."""
    answer = redirect(url_for("core.account"))
    if secret is None:
        flash(_("Saved."), "success")
        return answer
    hold_token(secret)
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return remember_device(answer, user)


@routes.post("/account/logins/<int:login_id>/revoke", needs=ANY)
def login_revoke(login_id: int) -> Any:
    """Sign out one of one's own browsers or tokens."""
    actor = current_actor()
    assert actor.user_id is not None
    revoke(current_session(), login_id, user_id=actor.user_id)
    flash(_("Signed out there."), "success")
    return redirect(url_for("core.account"))


@routes.post("/account/tokens", needs=ANY, fresh=True)
def token_new() -> Any:
    """A token for the API, with one's own rights as far as it is to have them; shown once."""
    session = current_session()
    user = session.get(User, current_actor().user_id)
    assert user is not None
    wanted = {name: request.form[name] for name in ("name", "access") if name in request.form}
    try:
        days, reach = request.form.get("days", 90, type=int), request.form.getlist("reach")
        token = make_token(session, current_actor(), days=days, reach=reach, login_id=g.login_id, **wanted)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
        return redirect(url_for("core.account"))
    logins = session.scalars(select(Login).where(Login.user_id == user.id).order_by(Login.id.desc())).all()
    return _account_page(Account(formdata=None, obj=user), logins, token=token)


def _account_page(form: Account, logins: Sequence[Login], *, token: str | None = None) -> str:
    return render_template(
        "account.html",
        form=form,
        logins=logins,
        mine=g.login_id,
        token=token,
        named=named,
        **shown_deputies(),
        has_factor=factor_of(current_session(), g.actor.user_id) is not None,
        must_change=g.signed_in.must_change_password,
        accesses=ACCESS_TITLES,
        days=DAYS,
        reaches=reaches_offered(),
        reach_word=reach_word,
        channels=channel_choices(),
        channel_titles=CHANNEL_TITLES,
    )

"""How mail leaves: what is set, setting it, and a test of it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import IntegerField, PasswordField, StringField
from wtforms.validators import Optional

from app.audit import record
from app.errors import Conflict, Invalid, KontorError
from app.mail import NotSent
from app.mail.keeping import NEEDS, kept_server, save_mail_server
from app.mail.models import MailServer
from app.mail.testing import send_test
from app.security import User
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField
from app.web.kit.selects import SelectField

SECURITIES = {"starttls": "STARTTLS", "tls": "TLS", "none": _l("none")}


class MailForm(Form):
    """The mail server."""

    of = MailServer

    version = VersionField()
    host = StringField(_l("Mail server"), description=_l("Such as smtp.example.com. Left empty, no mail is sent."))
    security = SelectField(_l("Encryption"), choices=lambda: list(SECURITIES.items()), default="starttls")
    port = IntegerField(
        _l("Port"), [Optional()], description=_l("Left empty: 587 for STARTTLS, 465 for TLS, 25 without.")
    )
    user = StringField(_l("Signs in as"))
    password = PasswordField(
        _l("Password"), description=_l("Left empty, the saved one stays. It is kept encrypted and never shown.")
    )
    sender = StringField(_l("Sender"), description=_l("Such as Kontor <kontor@example.com>."))


@routes.get("/admin/mail", needs=NEEDS)
def mail_view() -> Any:
    """The mail server that is set, without its password; or how one is set."""
    user = current_session().get(User, current_actor().user_id)
    company = current_company()
    return render_template(
        "admin/mail.html",
        settings=company.config.mail or company.mail_kept,
        is_in_file=company.config.mail is not None,
        securities=SECURITIES,
        address=user.email if user else "",
    )


@routes.form("/admin/mail/server", needs=NEEDS, fresh=True, help="mail")
def mail_edit() -> Any:
    """Set the mail server. Refused (Conflict): when the file or the environment do, which come first."""
    session, company = current_session(), current_company()
    if company.config.mail is not None:
        raise Conflict(_("Mail is set up in kontor.toml or the environment, which come first. Change it there."))
    form = MailForm(obj=kept_server(session))
    if form.validate_on_submit():
        try:
            save_mail_server(
                session,
                current_actor(),
                company.config.secret_key,
                version=form.version.data,
                **{**form.values(), "password": form.password.data or ""},
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved. Send a test mail to see whether it works."), "success")
            return redirect(url_for("core.mail_view"))
    return render_template("form.html", form=form, title=_("Mail server"), back=url_for("core.mail_view"))


@routes.post("/admin/mail/test", needs=NEEDS, self_committing=True)  # a mail server may take half a minute
def mail_test() -> Any:
    """Send a test mail to whoever asks; without an address of theirs it says where they add it. Refused (Invalid): without a
    server."""
    actor, company = current_actor(), current_company()
    user, settings = current_session().get(User, actor.user_id), company.mail
    if settings is None or user is None:
        raise Invalid(_("Mail needs a server first."))
    if not user.email:
        about = escape(_("You have no e-mail address, so the test mail can't go to you. Add yours here:"))
        link = Markup('{} <a href="{}">{}</a>').format(about, url_for("core.account"), _("My account"))
        flash(link, "error")
        return redirect(url_for("core.mail_view"))
    try:
        send_test(settings, to=user.email, company=company.name)
    except NotSent as error:
        flash(_("The mail server can't be reached, or is too busy: %(why)s", why=str(error)), "error")
    except KontorError as error:
        flash(str(error), "error")
    else:
        flash(
            _("The mail server took the test mail to %(address)s. Look whether it arrives.", address=user.email),
            "success",
        )
    company.database.run(lambda session: record(session, "core.mail.test", subject="core.mail"), actor=actor)
    return redirect(url_for("core.mail_view"))

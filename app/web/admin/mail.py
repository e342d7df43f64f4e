"""Whether mail is set up, and a test of it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.audit import record
from app.errors import Invalid, KontorError
from app.mail import NotSent
from app.mail.testing import send_test
from app.security import User
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session

NEEDS = "core.organisation.manage"


@routes.get("/admin/mail", needs=NEEDS)
def mail_view() -> Any:
    """The mail server that is set, without its password; or how one is set."""
    user = current_session().get(User, current_actor().user_id)
    return render_template(
        "admin/mail.html", settings=current_company().config.mail, address=user.email if user else ""
    )


@routes.post("/admin/mail/test", needs=NEEDS, self_committing=True)  # a mail server may take half a minute
def mail_test() -> Any:
    """Send a test mail to whoever asks. Refused (Invalid): without a server, or an address of theirs."""
    actor, company = current_actor(), current_company()
    user = current_session().get(User, actor.user_id)
    if company.config.mail is None or user is None or not user.email:
        raise Invalid(_("Mail needs a server, and you an e-mail address under My account."))
    try:
        send_test(company.config.mail, to=user.email, company=company.name)
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

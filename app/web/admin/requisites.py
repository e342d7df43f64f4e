"""What the organisation says of itself on formal papers, and its logo."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, TextAreaField

from app.errors import KontorError
from app.reference.requisites import MOST_LOGO, NEEDS, Requisites, requisites, save_requisites
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField


class RequisitesForm(Form):
    """What stands on formal papers."""

    of = Requisites

    version = VersionField()
    legal_name = StringField(_l("Name in the register"), description=_l("When it is not the usual one."))
    registration_number = StringField(_l("Registration number"), description=_l("In the register of companies."))
    tax_office_code = StringField(
        _l("Code of the tax office"), description=_l("In Russia the КПП; elsewhere it is left empty.")
    )
    phone = StringField(_l("Phone"))
    director = StringField(_l("Director"), description=_l("As papers have it, such as Ivanov I. I."))
    accountant = StringField(_l("Chief accountant"))
    address = TextAreaField(_l("Registered address"))
    logo = FileField(_l("Logo"), description=_l("PNG or JPEG, up to %(most)s kB.", most=MOST_LOGO // 1024))
    no_logo = BooleanField(_l("Without a logo"))


@routes.form("/admin/requisites", needs=NEEDS, fresh=True, help="organisation")
def requisites_edit() -> Any:
    """Change it."""
    session = current_session()
    current = requisites(session)
    form = RequisitesForm(obj=current)
    if form.validate_on_submit():
        texts = {name: value for name, value in form.values().items() if name not in ("logo", "no_logo")}
        logo = b"" if form.no_logo.data else (form.logo.data.read() or None) if form.logo.data else None
        try:
            save_requisites(session, current_actor(), logo=logo, version=form.version.data, **texts)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.requisites_edit"))
    return render_template("admin/requisites.html", form=form, has_logo=bool(current.logo))

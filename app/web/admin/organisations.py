"""The company's own organisations: their list, one more, and in whose books somebody works."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from wtforms import StringField

from app.errors import KontorError
from app.preferences import work_in
from app.reference import Organisation, organisation
from app.reference.own_organisations import create_organisation
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.choices import countries
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, required
from app.web.kit.lists import show_list
from app.web.kit.selects import SelectField
from app.web.kit.tables import Column, Table

organisations = Table(
    name="core.organisation",
    title=_l("Own organisations"),
    needs="core.organisation.manage",
    source=lambda session: select().select_from(Organisation),
    key=Organisation.id,
    columns=(
        Column("name", _l("Name"), Organisation.name, headline=True),
        Column("country", _l("Country"), Organisation.country),
        Column("tax_id", _l("Tax number"), Organisation.tax_id),
        Column("currency", _l("Currency"), Organisation.currency),
        Column("closed_until", _l("Closed until"), Organisation.closed_until, "day", nullable=True),
    ),
    order="name",
    search=(func.lower(Organisation.name), func.lower(Organisation.tax_id)),
    create="core.organisation_new",
    create_title=_l("New organisation"),
)


class NewOrganisationForm(Form):
    """One more organisation."""

    of = Organisation

    name = StringField(_l("Name"), [required])
    country = SelectField(_l("Country"), choices=countries)
    tax_id = StringField(_l("Tax number"))


@routes.get("/admin/organisations", needs="core.organisation.manage", help="organisation")
def organisation_list() -> Any:
    """The company's own organisations."""
    return show_list(organisations)


@routes.form("/admin/organisations/new", needs="core.organisation.manage", fresh=True, help="organisation")
def organisation_new() -> Any:
    """One more; whoever adds it works in it then, as its requisites, accounts and taxes come next."""
    session, actor, form = current_session(), current_actor(), NewOrganisationForm()
    if request.method == "GET":
        form.country.data = organisation(session).country
    if form.validate_on_submit():
        try:
            made = create_organisation(session, actor, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            g.arrangement = work_in(session, actor, made.id)
            flash(
                _("You work in the books of %(name)s now. Say here what stands on its papers.", name=made.name),
                "success",
            )
            return redirect(url_for("core.requisites_edit"))
    return render_template("form.html", form=form, title=_("New organisation"), back=url_for("core.organisation_list"))


@routes.post("/organisations/work", needs=ANY)
def organisation_work() -> Any:
    """Work in the books of the organisation `id` from now on. Refused (NotFound): one that there isn't."""
    asked = request.form.get("id", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    g.arrangement = work_in(current_session(), current_actor(), number)
    flash(_("You work in the books of %(name)s now.", name=current_company().organisations[number]), "success")
    return redirect(url_for("core.home"))

"""The organisation's details, exchange rates and units."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from app.clock import wall_clock
from app.errors import Invalid, KontorError, NotFound
from app.reference import PER_LINE, PER_RATE, CurrencyRate, Organisation, Unit, base_currency, organisation, rate_at
from app.reference.operations import change_organisation, save_unit, set_rate
from app.reference.units import unit_word
from app.translation import lazy_gettext as _l
from app.values import ExchangeRate
from app.web.admin import tables
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.choices import countries, currencies, time_zones
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import DayField, DecimalField, Form, VersionField, required
from app.web.kit.lists import show_list
from app.web.kit.selects import SelectField


class OrganisationForm(Form):
    """The organisation."""

    of = Organisation

    version = VersionField()
    name = StringField(_l("Name"), [required])
    country = SelectField(_l("Country"), choices=countries)
    tax_id = StringField(_l("Tax number"))
    letterhead = TextAreaField(
        _l("Letterhead"),
        description=_l("Stands below the name on what is printed: address, phone, bank account."),
    )
    tax_rounding = SelectField(
        _l("Tax is rounded"),
        choices=lambda: [(PER_RATE, _("once for each rate")), (PER_LINE, _("on each line"))],
        description=_l("European invoices round once for each rate (EN 16931). Documents written before keep theirs."),
    )
    zone = SelectField(_l("Time zone"), choices=time_zones, description=_l("New documents are dated by its clock."))
    idle_minutes = IntegerField(
        _l("Signed out after so many minutes without a click"),
        [Optional()],
        description=_l("720 minutes are 12 hours."),
    )
    signed_in_days = IntegerField(
        _l("Signed out after so many days in any case"),
        [Optional()],
        description=_l("Of browsers; a token has its own end."),
    )


class RateForm(Form):
    """An exchange rate."""

    version = VersionField()
    currency = SelectField(_l("Currency"), choices=currencies)
    day = DayField(_l("In force from"), [required])
    number = DecimalField(_l("Rate"), [required], places=30)
    quoted = SelectField(_l("Quoted as"), default="base")

    def offer(self, base: str) -> None:
        """The two directions, in the words of the organisation's currency; the currency is typed beside it."""
        self.quoted.choices = [
            ("base", _("%(currency)s for one unit of the currency", currency=base)),
            ("foreign", _("units of the currency for one %(currency)s", currency=base)),
        ]

    @property
    def rate(self) -> ExchangeRate:
        """What the two fields say together."""
        return ExchangeRate(self.number.data, self.quoted.data == "foreign")


class UnitForm(Form):
    """A unit of measure."""

    of = Unit

    version = VersionField()
    name = StringField(_l("Name"), [required])
    code = StringField(_l("Code"), [required], description=_l("As in UN/ECE Recommendation 20, such as KGM."))
    digits = IntegerField(_l("Digits after the point"), default=0)


@routes.form("/admin/organisation", needs="core.organisation.manage", fresh=True)
def organisation_edit() -> Any:
    """The organisation's details."""
    session = current_session()
    current = organisation(session)
    form = OrganisationForm(obj=current)
    if current.id != next(iter(current_company().organisations)):  # the first one's hold for all
        del form.zone, form.idle_minutes, form.signed_in_days
    if form.validate_on_submit():
        try:
            change_organisation(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.organisation_edit"))
    return render_template(
        "admin/organisation.html",
        form=form,
        title=_("Organisation"),
        back=url_for("core.home"),
        is_sample=current.is_sample,
    )


@routes.get("/admin/rates", needs="core.rate.view")
def rate_list() -> Any:
    """Exchange rates."""
    return show_list(tables.rates)


@routes.get("/rates/on", needs=ANY, help=None)
def rate_on() -> Any:
    """What the currency `of` is worth on the day `day`, or today, as programs read it: "0.85" of the organisation's own, or
    "1/30012.5"; null without a rate. Documents show their rates to everyone, so this does too."""
    try:
        day = date.fromisoformat(request.args.get("day") or wall_clock().date().isoformat())
        rate = str(rate_at(current_session(), request.args.get("of", ""), day))
    except (ValueError, Invalid):
        return {"rate": None}
    return {"rate": rate}


@routes.form("/admin/rates/new", needs="core.rate.edit")
def rate_new() -> Any:
    """An exchange rate from a day on."""
    return _edit_rate(None)


@routes.form("/admin/rates/<int:rate_id>", needs="core.rate.edit")
def rate_edit(rate_id: int) -> Any:
    """Change an exchange rate; documents keep the one that they were written with."""
    rate = current_session().get(CurrencyRate, rate_id)
    if rate is None:
        raise NotFound
    return _edit_rate(rate)


def _edit_rate(rate: CurrencyRate | None) -> Any:
    session, form = current_session(), RateForm(obj=rate)
    if rate is None and request.method == "GET":
        form.day.data = request.args.get("day", type=date.fromisoformat) or wall_clock().date()
        form.currency.data = request.args.get("currency", form.currency.data)
    form.offer(base_currency(session))
    if form.validate_on_submit():
        try:
            said: dict[str, Any] = {"currency": form.currency.data, "day": form.day.data, "rate": form.rate}
            set_rate(session, current_actor(), rate, version=form.version.data, **said)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.rate_list"))
    title = rate.currency if rate else _("New exchange rate")
    return render_template("form.html", form=form, title=title, back=url_for("core.rate_list"))


@routes.get("/admin/units", needs="core.organisation.manage")
def unit_list() -> Any:
    """Units of measure."""
    return show_list(tables.units)


@routes.form("/admin/units/new", needs="core.organisation.manage")
def unit_new() -> Any:
    """A new unit."""
    return _edit_unit(None)


@routes.form("/admin/units/<int:unit_id>", needs="core.organisation.manage")
def unit_edit(unit_id: int) -> Any:
    """Change a unit."""
    unit = current_session().get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return _edit_unit(unit)


def _edit_unit(unit: Unit | None) -> Any:
    form = UnitForm(obj=unit)
    if form.validate_on_submit():
        values = {**form.values(), "digits": form.digits.data or 0}
        try:
            save_unit(current_session(), current_actor(), unit, version=form.version.data, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.unit_list"))
    title = unit_word(unit.name) if unit else _("New unit")
    return render_template("form.html", form=form, title=title, back=url_for("core.unit_list"))

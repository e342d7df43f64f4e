"""The pages of boxes and pallets, and of repackings."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.documents import documents_by_id
from app.api.errors import KontorError
from app.api.web import current_actor, current_session, declare_pages, named, send_pdf, show_list, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.items import items_by_id
from modules.warehouse.logistic_units import EDIT, REPACK, VIEW, tables
from modules.warehouse.logistic_units.forms import NewUnitsForm, RepackingForm, SeriesForm, UnitForm, UnitLabelForm
from modules.warehouse.logistic_units.kinds import REPACKING
from modules.warehouse.logistic_units.labels import unit_label_pdf
from modules.warehouse.logistic_units.models import KINDS
from modules.warehouse.logistic_units.operations import (
    change_unit,
    create_units,
    draft_emptying,
    series_of,
    set_prefix,
    unit_by_id,
)
from modules.warehouse.logistic_units.queries import children_of, documents_of, held_lines, inside
from modules.warehouse.logistic_units.scanning import says_where

_ROOT = "/warehouse/logistic-units"
_ONE = f"{_ROOT}/<int:unit_id>"


def _prepare(form: Any, is_new: bool) -> bool:
    """A new one begins with what the address names: into which unit, in which warehouse."""
    if request.method == "GET" and is_new and (unit_id := request.args.get("unit", type=int)):
        unit = unit_by_id(current_session(), unit_id)
        form.to_unit.data = unit.code
        form.place_id.data = unit.warehouse_id or form.place_id.data
    return False


declare_pages(routes, REPACKING, table=tables.repackings, form=RepackingForm, prepare=_prepare)


@routes.get(_ROOT, needs=VIEW)
def logistic_unit_list() -> Any:
    """Boxes and pallets."""
    return show_list(tables.logistic_units, list_template="warehouse/logistic_units.html")


@routes.form(f"{_ROOT}/new", needs=EDIT)
def logistic_unit_new() -> Any:
    """New boxes or pallets, one or many at once."""
    form, back = NewUnitsForm(), url_for("warehouse.logistic_unit_list")
    if form.validate_on_submit():
        try:
            made = create_units(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)s is added.", "%(num)s are added.", len(made)), "success")
            one = url_for("warehouse.logistic_unit_view", unit_id=made[0].id)
            return redirect(one if len(made) == 1 else back)
    return render_template("form.html", form=form, title=_("New box or pallet"), back=back)


@routes.form(f"{_ROOT}/numbers", needs="warehouse.place.edit", help="logistic_unit")
def logistic_unit_numbers() -> Any:
    """From which company prefix SSCCs are made."""
    session, back = current_session(), url_for("warehouse.logistic_unit_list")
    form = SeriesForm(obj=series_of(session))
    if form.validate_on_submit():
        try:
            set_prefix(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=_("Numbers of boxes and pallets"), back=back)


@routes.get(_ONE, needs=VIEW)
def logistic_unit_view(unit_id: int) -> Any:
    """A box or pallet: what is in it, where it is, and what became of it."""
    session, actor = current_session(), current_actor()
    unit = unit_by_id(session, unit_id)
    lines = held_lines(session, [unit.id, *inside(session, unit.id)])
    past = documents_of(session, unit.id)
    documents = documents_by_id(session, past)
    return render_template(
        "warehouse/logistic_unit.html",
        unit=unit,
        kind=KINDS[unit.kind],
        where=says_where(unit),
        lines=lines,
        items=items_by_id(session, {line.item_id for line in lines}),
        children=children_of(session, unit.id),
        documents=[documents[i] for i in past if i in documents],
        may_edit=actor.may(EDIT),
        may_pack=actor.may(f"{REPACK}.edit"),
    )


@routes.form(f"{_ONE}/change", needs=EDIT)
def logistic_unit_edit(unit_id: int) -> Any:
    """Change what it is, and on what it is."""
    session = current_session()
    unit = unit_by_id(session, unit_id)
    form, back = UnitForm(obj=unit), url_for("warehouse.logistic_unit_view", unit_id=unit_id)
    if request.method == "GET":
        form.parent.data = unit.parent.code if unit.parent else ""
    if form.validate_on_submit():
        try:
            change_unit(session, current_actor(), unit, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=unit.code, back=back)


@routes.form(f"{_ONE}/label", needs=VIEW, help="logistic_unit")
def logistic_unit_label(unit_id: int) -> Any:
    """Print its label."""
    session = current_session()
    unit, form = unit_by_id(session, unit_id), UnitLabelForm()
    back = url_for("warehouse.logistic_unit_view", unit_id=unit_id)
    if form.validate_on_submit():
        try:
            pdf = unit_label_pdf(session, current_actor(), unit, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            return send_pdf(pdf, named(_("Label"), unit.code))
    return render_template(
        "warehouse/labels_form.html", form=form, title=_("Label of %(code)s", code=unit.code), back=back
    )


@routes.post(f"{_ONE}/empty", needs=f"{REPACK}.edit")
def logistic_unit_empty(unit_id: int) -> Any:
    """Take everything out of it: a repacking, posted where one may."""
    session, actor = current_session(), current_actor()
    unit, back = unit_by_id(session, unit_id), url_for("warehouse.logistic_unit_view", unit_id=unit_id)
    try:
        document = draft_emptying(session, actor, unit, is_posted=actor.may(f"{REPACK}.post"))
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
        return redirect(back)
    if document is None:
        flash(_("There is nothing in it."), "success")
        return redirect(back)
    return redirect(url_for("warehouse.repacking_view", document_id=document.id))

"""The pages of models: the list, one with its grid, the model itself, and which items are its variants."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import KontorError, NotFound
from app.api.web import current_actor, current_session, show_list, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.models import PRICE
from modules.warehouse.queries import warehouses
from modules.warehouse.variants import EDIT, VIEW
from modules.warehouse.variants.forms import ModelForm, NewVariantsForm, VariantForm
from modules.warehouse.variants.models import ItemModel, Variant
from modules.warehouse.variants.operations import (
    Cell,
    change_model,
    create_model,
    make_variants,
    model_by_id,
    proposed_cells,
    release_variant,
    remove_model,
    set_variant,
)
from modules.warehouse.variants.queries import variants_of
from modules.warehouse.variants.tables import models


@routes.get("/warehouse/models", needs=VIEW)
def model_list() -> Any:
    """Models, whose variants are items."""
    return show_list(models)


@routes.get("/warehouse/models/<int:model_id>", needs=VIEW)
def model_view(model_id: int) -> Any:
    """A model: its variants in a grid, with what is there of each, in `?place=` or in all warehouses."""
    session = current_session()
    model, places = model_by_id(session, model_id), warehouses(session)
    chosen = request.args.get("place", type=int)
    if chosen is not None and chosen not in {place.id for place in places}:
        raise NotFound
    grid = variants_of(session, model, place_id=chosen)
    return render_template("warehouse/model.html", model=model, grid=grid, places=places, chosen=chosen)


@routes.form("/warehouse/models/new", needs=EDIT)
def model_new() -> Any:
    """A new model."""
    return _edit(None)


@routes.form("/warehouse/models/<int:model_id>/edit", needs=EDIT)
def model_edit(model_id: int) -> Any:
    """Change a model, or (`then=remove`) remove it."""
    return _edit(model_by_id(current_session(), model_id))


@routes.form("/warehouse/models/<int:model_id>/variants/new", needs=EDIT, help="model")
def variants_new(model_id: int) -> Any:
    """Make variants of a model: those whose cells are ticked."""
    session = current_session()
    model = model_by_id(session, model_id)
    form, back = NewVariantsForm(obj=model), url_for("warehouse.model_view", model_id=model.id)
    ticked = set(request.form.getlist("cell"))
    if form.validate_on_submit():
        try:
            cells = {_cell(text) for text in ticked}
            made = make_variants(session, current_actor(), model, cells, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)d variant made.", "%(num)d variants made.", len(made)), "success")
            return redirect(back)
    grid, proposed = variants_of(session, model), proposed_cells(session, model)
    title = _("New variants of %(name)s", name=model.name)
    shown = {"form": form, "title": title, "back": back, "model": model, "grid": grid, "proposed": proposed}
    return render_template("warehouse/variants_form.html", ticked=ticked, **shown)


@routes.form("/warehouse/models/<int:model_id>/variants/add", needs=EDIT, help="model")
def variant_add(model_id: int) -> Any:
    """Make an item that is there a variant of a model."""
    return _edit_variant(model_by_id(current_session(), model_id), None)


@routes.form("/warehouse/models/<int:model_id>/variants/<int:item_id>", needs=EDIT, help="model")
def variant_edit(model_id: int, item_id: int) -> Any:
    """Let an item be another variant of its model, or (`then=remove`) of no model."""
    variant = current_session().get(Variant, item_id)
    if variant is None or variant.model_id != model_id:
        raise NotFound
    return _edit_variant(variant.model, variant)


def _edit(model: ItemModel | None) -> Any:
    session, actor = current_session(), current_actor()
    form, title, is_known = ModelForm(obj=model), model.name if model else _("New model"), model is not None
    back = url_for("warehouse.model_view", model_id=model.id) if model else url_for("warehouse.model_list")
    form.offer(session)
    if not actor.sees(PRICE["group"]):
        form.close("price")
    is_removal = model is not None and request.form.get("then") == "remove"
    if form.validate_on_submit():
        try:
            if model is None:
                model = create_model(session, actor, **form.values())
            elif is_removal:
                remove_model(session, actor, model, version=form.version.data)
                model = None
            else:
                change_model(session, actor, model, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Removed.") if is_removal else _("Saved."), "success")
            if model is None:
                return redirect(url_for("warehouse.model_list"))
            step = "model_view" if model.variants else "variants_new"
            return redirect(url_for(f"warehouse.{step}", model_id=model.id))
    return render_template("warehouse/model_form.html", form=form, title=title, back=back, is_known=is_known)


def _edit_variant(model: ItemModel, variant: Variant | None) -> Any:
    session, actor = current_session(), current_actor()
    known = {} if variant is None else {name: getattr(variant, name) for name in ("item_id", "first_id", "second_id")}
    item, back = variant.item if variant is not None else None, url_for("warehouse.model_view", model_id=model.id)
    form = VariantForm(data={**known, "version": model.version})
    form.offer(model)
    if variant is not None:
        form.leave_out("item_id")
    is_removal = variant is not None and request.form.get("then") == "remove"
    if form.validate_on_submit():
        values = {**known, **form.values()}
        cell = (values["first_id"], values.get("second_id"))
        try:
            if is_removal:
                release_variant(session, actor, model, known["item_id"], version=form.version.data)
            else:
                set_variant(session, actor, model, item_id=values["item_id"], cell=cell, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error, said=lambda _stored: values)
        else:
            flash(_("Removed.") if is_removal else _("Saved."), "success")
            return redirect(back)
    title = _("Add an item to %(name)s", name=model.name) if item is None else item.name
    return render_template("warehouse/variant_form.html", form=form, title=title, back=back, item=item)


def _cell(text: str) -> Cell:
    """The values of a cell such as "3:8", or "3:" of one axis. What names none is refused (NotFound)."""
    first, _sign, second = text.partition(":")
    if not first.isdecimal() or (second and not second.isdecimal()) or len(text) > 30:
        raise NotFound
    return int(first), int(second) if second else None

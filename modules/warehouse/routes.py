"""The warehouse's pages."""

from datetime import timedelta
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import documents_by_id
from app.api.errors import Conflict, Invalid, KontorError
from app.api.reports import show_report
from app.api.security import Actor
from app.api.web import (
    after_made,
    begin_named,
    current_actor,
    current_session,
    declare_pages,
    show_card,
    show_list,
    show_refusal,
    with_custom_fields,
)
from modules.warehouse import cards, reports, tables
from modules.warehouse.analysis.pages import stock_value as stock_value
from modules.warehouse.analysis.pages import turnover as turnover
from modules.warehouse.bins import VIEW as SEE_BINS
from modules.warehouse.bins.pages import bin_list as bin_list
from modules.warehouse.bins.queries import bins_of_item
from modules.warehouse.blueprint import routes as routes
from modules.warehouse.catch_weight.queries import seconds_at
from modules.warehouse.certificates.pages import certificate_list as certificate_list
from modules.warehouse.competitors.pages import competitor_list as competitor_list
from modules.warehouse.counting.pages import count_sheet as count_sheet
from modules.warehouse.counting.screen import count_scanning as count_scanning
from modules.warehouse.explaining.pages import cost_list as cost_list
from modules.warehouse.forms import GroupForm, ItemForm, MovementForm, PlaceForm, costing_form
from modules.warehouse.groups import change_group, group_by_id, items_directly_in, put_items, remove_group
from modules.warehouse.holds.pages import held_list as held_list
from modules.warehouse.holds.queries import kept_of_item
from modules.warehouse.items import item_by_id
from modules.warehouse.kinds import KINDS
from modules.warehouse.kits.pages import composition_edit as composition_edit
from modules.warehouse.kits.pages import fill_in
from modules.warehouse.labels.pages import goods_label_new as goods_label_new
from modules.warehouse.logistic_units.pages import logistic_unit_list as logistic_unit_list
from modules.warehouse.lots.pages import lot_list as lot_list
from modules.warehouse.models import (
    GOODS,
    PRICE,
    TRANSIT,
    Assembly,
    CostPolicy,
    Disassembly,
    Item,
    ItemGroup,
    Place,
)
from modules.warehouse.nesting import Tree
from modules.warehouse.operations import change_item, create_group, create_item, set_costs
from modules.warehouse.packing.forms import shown_fraction
from modules.warehouse.packing.pages import packing_new as packing_new
from modules.warehouse.pending import items_waiting
from modules.warehouse.pictures.operations import main_picture
from modules.warehouse.pictures.pages import item_picture as item_picture
from modules.warehouse.places import places_by_id
from modules.warehouse.planning.pages import planning_list as planning_list
from modules.warehouse.planning.refill_pages import refill_list as refill_list
from modules.warehouse.policies import policy_of
from modules.warehouse.queries import movements_of, stock_on_hand, warehouses
from modules.warehouse.requisitions.pages import requested_list as requested_list
from modules.warehouse.scanner.pages import scanner_view as scanner_view
from modules.warehouse.substitutes.pages import substitute_new as substitute_new
from modules.warehouse.transit.pages import transit_list as transit_list
from modules.warehouse.transit.tables import IN_TRANSIT
from modules.warehouse.variants.pages import model_list as model_list
from modules.warehouse.variants.queries import model_of
from modules.warehouse.warehouses import change_place, create_place, warehouse_by_id

#: so many movements an item's card shows, the newest; what a card costs doesn't grow with them
SHOWN = 200
#: so many groups the tree shows; the list below it has all
SHOWN_GROUPS = 500
#: so many items of a group stand beside the tree; the list of items has all
SHOWN_ITEMS = 200


@routes.get("/warehouse/stock", needs="warehouse.stock.view")
def stock_list() -> Any:
    """Stock on hand: now, or at the end of a past day."""
    waiting = items_waiting(current_session())
    return show_report(reports.stock, list_template="warehouse/stock.html", waiting=waiting)


@routes.get("/warehouse/items", needs="warehouse.item.view")
def item_list() -> Any:
    """Goods and services."""
    return show_list(tables.items)


@routes.get("/warehouse/items/<int:item_id>", needs="warehouse.item.view")
def item_view(item_id: int) -> Any:
    """An item's card: what it is; of goods, to who may see stock, where they lie and how they got there."""
    session = current_session()
    item = item_by_id(session, item_id)
    shown: dict[str, Any] = {"kinds": tables.ITEM_KINDS, "picture_id": main_picture(session, item_id)}
    shown |= {"item_packings": item.packings, "shown_fraction": shown_fraction, "model": model_of(session, item_id)}
    if item.kind != GOODS or not current_actor().may("warehouse.stock.view"):
        return show_card(cards.item, item, "warehouse/item.html", statement=None, **shown)
    today = wall_clock().date()
    held = stock_on_hand(session, items=[item_id])
    places = warehouses(session)
    has_bins = any(where.has_bins for where in places_by_id(session, {f.key[1] for f in held}).values())
    place_id = request.args.get("place", type=int) or (held[0].key[1] if held else places[0].id if places else 0)
    days = (today - timedelta(days=90), today + timedelta(days=3650))
    statement = movements_of(session, item_id, place_id, *days, newest=SHOWN)
    return show_card(
        cards.item,
        item,
        "warehouse/item.html",
        held=held,
        seconds=seconds_at(session, [item_id]) if item.second_unit_id is not None else {},
        places={**{p.id: p.name for p in places}, TRANSIT: IN_TRANSIT},
        bins=bins_of_item(session, item_id) if has_bins and current_actor().may(SEE_BINS) else (),
        place_id=place_id,
        statement=statement,
        kept=kept_of_item(session, item_id),
        waiting=items_waiting(session).get(item_id),
        causes=documents_by_id(session, {line.cause_id for line in statement.lines if line.cause_id}),
        **shown,
    )


@routes.form("/warehouse/items/new", needs="warehouse.item.edit")
def item_new() -> Any:
    """A new item."""
    return _edit_item(None)


@routes.form("/warehouse/items/<int:item_id>/edit", needs="warehouse.item.edit")
def item_edit(item_id: int) -> Any:
    """Change an item."""
    return _edit_item(item_by_id(current_session(), item_id))


@routes.get("/warehouse/groups", needs="warehouse.item.view")
def group_list() -> Any:
    """Groups of items: their tree, in which one draws a group into another; the items of one of them (`?items=`, 0: of none),
    which are drawn into others; and the list."""
    session, shown = current_session(), request.args.get("items", type=int)
    here = group_by_id(session, shown) if shown else None
    items = items_directly_in(session, shown or None, SHOWN_ITEMS + 1) if shown is not None else None
    tree = list(islice(Tree(session).shown(), SHOWN_GROUPS))
    versions = {row.id: row.version for row in session.execute(select(ItemGroup.id, ItemGroup.version))}
    known: dict[str, Any] = {
        "tree": tree,
        "versions": versions,
        "group_here": here,
        "items": items,
        "most": SHOWN_ITEMS,
    }
    return show_list(tables.groups, list_template="warehouse/groups.html", **known)


@routes.post("/warehouse/groups/put", needs="warehouse.item.edit")
def group_put() -> Any:
    """Put the items that are ticked into a group (`to`), or into none, and go back to where they were (`back`)."""
    try:
        ids, to = [_number(text) for text in request.form.getlist("item")], _chosen_group()
        count = put_items(current_session(), current_actor(), ids, to)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(ngettext("%(num)d item moved.", "%(num)d items moved.", count), "success")
    return redirect(url_for("warehouse.group_list", items=request.form.get("back", 0, type=int)))


@routes.form("/warehouse/groups/new", needs="warehouse.item.edit")
def group_new() -> Any:
    """A new group."""
    return _edit_group(None)


@routes.form("/warehouse/groups/<int:group_id>", needs="warehouse.item.edit")
def group_edit(group_id: int) -> Any:
    """Rename a group, let it lie in another, or remove it."""
    return _edit_group(group_by_id(current_session(), group_id))


@routes.post("/warehouse/groups/<int:group_id>/move", needs="warehouse.item.edit")
def group_move(group_id: int) -> Any:
    """Let a group lie in another (`to`), or in none; refused where it was saved since `version`."""
    session, actor = current_session(), current_actor()
    group = group_by_id(session, group_id)
    version = request.form.get("version", type=int)
    change_group(session, actor, group, name=group.name, parent_id=_chosen_group(), version=version)
    flash(_("Moved."), "success")
    return redirect(url_for("warehouse.group_list"))


def _chosen_group() -> int | None:
    """The group that a request moves something to (`to`); None where it says none. Refused (Invalid): what isn't a number, or
    no word of it: that never means none."""
    text = request.form.get("to", "?")
    return _number(text) if text else None


def _number(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 19):
        raise Invalid(_("Choose from the list."))
    return int(text)


@routes.get("/warehouse/places", needs="warehouse.place.edit")
def place_list() -> Any:
    """Warehouses."""
    return show_list(tables.places)


@routes.form("/warehouse/places/new", needs="warehouse.place.edit")
def place_new() -> Any:
    """A new warehouse."""
    return _edit_place(None)


@routes.form("/warehouse/places/<int:place_id>", needs="warehouse.place.edit")
def place_edit(place_id: int) -> Any:
    """Rename a warehouse, close it, or open it again."""
    return _edit_place(warehouse_by_id(current_session(), place_id))


def _edit_place(place: Place | None) -> Any:
    session, actor = current_session(), current_actor()
    form = PlaceForm(obj=place)
    if place is None:
        form.leave_out("is_active")
    if form.validate_on_submit():
        try:
            if place is None:
                create_place(session, actor, **form.values())
            else:
                change_place(session, actor, place, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added.") if place is None else _("Saved."), "success")
            return redirect(url_for("warehouse.place_list"))
    title = _("New warehouse") if place is None else place.name
    return render_template("form.html", form=form, title=title, back=url_for("warehouse.place_list"))


@routes.form("/warehouse/costing", needs="warehouse.costing.set")
def costing_edit() -> Any:
    """How goods cost when they leave: what shares one cost, and the method of each group."""
    session = current_session()
    groups = {
        row.id: row.name
        for row in session.execute(select(ItemGroup.id, ItemGroup.name).order_by(ItemGroup.name_order, ItemGroup.id))
    }
    form = costing_form(groups, _costs(policy_of(session)))
    if form.validate_on_submit():
        costings = {i: form[f"group-{i}"].data for i in groups}
        try:
            set_costs(session, current_actor(), pool=form.pool.data, costings=costings, version=form.version.data)
        except KontorError as error:
            show_refusal(form, error, said=_costs)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("warehouse.costing_edit"))
    return render_template("warehouse/costing.html", form=form, title=_("Costing"))


def _costs(policy: CostPolicy) -> dict[str, Any]:
    """What the form shows of what was decided about costs."""
    groups = current_session().execute(select(ItemGroup.id, ItemGroup.costing))
    return {"version": policy.version, "pool": policy.pool, **{f"group-{row.id}": row.costing for row in groups}}


def _edit_group(group: ItemGroup | None) -> Any:
    session, actor = current_session(), current_actor()
    form = GroupForm(obj=group)
    form.offer(session, group)
    is_removal = group is not None and request.form.get("then") == "remove"
    if form.validate_on_submit():
        values = {"name": form.name.data or "", "parent_id": form.parent_id.data}
        try:
            if group is None:
                create_group(session, actor, **values)
            elif is_removal:
                remove_group(session, actor, group, with_inner=form.with_inner.data, version=form.version.data)
            else:
                change_group(session, actor, group, version=form.version.data, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Removed.") if is_removal else _("Saved."), "success")
            return redirect(url_for("warehouse.group_list"))
    title = _("New group") if group is None else group.name
    back = url_for("warehouse.group_list")
    return render_template("warehouse/group_form.html", form=form, title=title, back=back, group=group)


def _edit_item(item: Item | None) -> Any:
    session, actor = current_session(), current_actor()
    form = with_custom_fields(ItemForm, Item)(obj=item)
    form.offer(session)
    if not actor.sees(PRICE["group"]):
        form.close("price")
    if item is None:
        begin_named(form.name)
    if form.validate_on_submit():
        values = form.values()
        new_group = values.pop("new_group")
        try:
            if new_group:
                values["group_id"] = _new_group(session, actor, new_group, values["group_id"])
            if item is None:
                item = create_item(session, actor, **values)
            else:
                change_item(session, actor, item, version=form.version.data, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            own = url_for("warehouse.item_view", item_id=item.id)
            return after_made(item.id, f"{item.code} {item.name}", text=item.code, otherwise=own)
    back = url_for("warehouse.item_view", item_id=item.id) if item else url_for("warehouse.item_list")
    title = item.name if item else _("New item")
    return render_template("form.html", form=form, title=title, back=back)


def _new_group(session: Session, actor: Actor, name: str, parent_id: int | None) -> int:
    """The group that is typed beside the others; what is refused of it is shown there."""
    try:
        return create_group(session, actor, name=name, parent_id=parent_id).id
    except (Invalid, Conflict) as error:
        raise Invalid(error.message, field="new_group") from error


for _noun, _kind in KINDS.items():
    _of_kits: dict[str, Any] = {}
    if _kind.model in (Assembly, Disassembly):
        _of_kits = {"form_template": "warehouse/kit_form.html", "prepare": fill_in}
    declare_pages(routes, _kind, table=tables.MOVEMENTS[_noun], form=MovementForm, **_of_kits)

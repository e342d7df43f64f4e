"""The warehouse's pages."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.api.clock import wall_clock
from app.api.documents import documents_by_id
from app.api.errors import KontorError
from app.api.reports import show_report
from app.api.web import (
    Routes,
    current_actor,
    current_session,
    declare_pages,
    show_card,
    show_list,
    show_refusal,
    with_custom_fields,
)
from modules.warehouse import cards, reports, tables
from modules.warehouse.cards import item_by_id
from modules.warehouse.forms import ItemForm, MovementForm, PlaceForm, costing_form
from modules.warehouse.kinds import KINDS
from modules.warehouse.models import GOODS, CostPolicy, Item, ItemGroup
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costs
from modules.warehouse.pending import items_waiting
from modules.warehouse.policies import policy_of
from modules.warehouse.queries import movements_of, stock_on_hand, warehouses
from modules.warehouse.rules import group_name

routes = Routes("warehouse", __name__)
#: so many movements an item's card shows, the newest; what a card costs doesn't grow with them
SHOWN = 200


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
    if item.kind != GOODS or not current_actor().may("warehouse.stock.view"):
        return show_card(cards.item, item, "warehouse/item.html", kinds=tables.ITEM_KINDS, statement=None)
    today = wall_clock().date()
    held = stock_on_hand(session, items=[item_id])
    places = warehouses(session)
    place_id = request.args.get("place", type=int) or (held[0].key[1] if held else places[0].id if places else 0)
    days = (today - timedelta(days=90), today + timedelta(days=3650))
    statement = movements_of(session, item_id, place_id, *days, newest=SHOWN)
    return show_card(
        cards.item,
        item,
        "warehouse/item.html",
        held=held,
        places={p.id: p.name for p in places},
        place_id=place_id,
        statement=statement,
        waiting=items_waiting(session).get(item_id),
        causes=documents_by_id(session, {line.cause_id for line in statement.lines if line.cause_id}),
        kinds=tables.ITEM_KINDS,
    )


@routes.form("/warehouse/items/new", needs="warehouse.item.edit")
def item_new() -> Any:
    """A new item."""
    return _edit_item(None)


@routes.form("/warehouse/items/<int:item_id>/edit", needs="warehouse.item.edit")
def item_edit(item_id: int) -> Any:
    """Change an item."""
    return _edit_item(item_by_id(current_session(), item_id))


@routes.get("/warehouse/places", needs="warehouse.place.edit")
def place_list() -> Any:
    """Warehouses."""
    return show_list(tables.places)


@routes.form("/warehouse/places/new", needs="warehouse.place.edit")
def place_new() -> Any:
    """A new warehouse."""
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            create_place(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("warehouse.place_list"))
    return render_template("form.html", form=form, title=_("New warehouse"), back=url_for("warehouse.place_list"))


@routes.form("/warehouse/costing", needs="warehouse.costing.set")
def costing_edit() -> Any:
    """How goods cost when they leave: what shares one cost, and the method of each group."""
    session = current_session()
    groups = {
        row.id: row.name for row in session.execute(select(ItemGroup.id, ItemGroup.name).order_by(ItemGroup.name))
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


def _edit_item(item: Item | None) -> Any:
    session, actor = current_session(), current_actor()
    form = with_custom_fields(ItemForm, Item)(obj=item)
    form.offer(session)
    if form.validate_on_submit():
        values = form.values()
        new_group = values.pop("new_group")
        try:
            if new_group:
                name = group_name(new_group, field="new_group")
                values["group_id"] = create_group(session, actor, name=name, parent_id=values["group_id"]).id
            if item is None:
                item = create_item(session, actor, **values)
            else:
                change_item(session, actor, item, version=form.version.data, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("warehouse.item_view", item_id=item.id))
    back = url_for("warehouse.item_view", item_id=item.id) if item else url_for("warehouse.item_list")
    title = item.name if item else _("New item")
    return render_template("form.html", form=form, title=title, back=back)


for _noun, _kind in KINDS.items():
    declare_pages(routes, _kind, table=tables.MOVEMENTS[_noun], form=MovementForm)

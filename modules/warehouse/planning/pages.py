"""The pages of planning: the list, one rule, and the same for all goods of a group."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.api.errors import KontorError
from app.api.web import changed_or_removed, current_actor, current_session, show_list, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.items import items_by_id
from modules.warehouse.planning import EDIT, VIEW
from modules.warehouse.planning.forms import ManyForm, RuleForm
from modules.warehouse.planning.many import set_for_group
from modules.warehouse.planning.operations import add_rule, change_rule, remove_rule, rule_by_id
from modules.warehouse.planning.outlook import SEASON, chart_of, outlook_of
from modules.warehouse.planning.tables import planning


@routes.get("/warehouse/planning", needs=VIEW)
def planning_list() -> Any:
    """When goods are bought again."""
    return show_list(planning, list_template="warehouse/planning.html")


@routes.form("/warehouse/planning/new", needs=EDIT)
def planning_new() -> Any:
    """Decide of an item in a warehouse; `?item=` says of which."""
    form = RuleForm()
    if request.method == "GET":
        form.item_id.data = request.args.get("item", type=int)
    if form.validate_on_submit():
        try:
            rule = add_rule(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("warehouse.item_planning", item_id=rule.item_id))
    return render_template("form.html", form=form, title=_("New rule"), back=url_for("warehouse.planning_list"))


@routes.form("/warehouse/planning/<int:rule_id>", needs=VIEW)
def planning_edit(rule_id: int) -> Any:
    """Decide otherwise, or (`then=remove`) remove the rule."""
    session, actor = current_session(), current_actor()
    rule = rule_by_id(session, rule_id)
    form, item = RuleForm(obj=rule), items_by_id(session, {rule.item_id})[rule.item_id]
    form.leave_out("item_id", "place_id")
    back = url_for("warehouse.item_planning", item_id=rule.item_id)
    change, remove = (partial(act, session, actor, rule) for act in (change_rule, remove_rule))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(back)
    title = f"{item.code} {item.name}, {rule.place.name}"
    may_edit = actor.may(EDIT)
    shown = {"form": form, "title": title, "back": back, "may_edit": may_edit, "rule": rule, "season_title": SEASON}
    return render_template("warehouse/planning_form.html", months=outlook_of(session, rule), **shown)


@routes.get("/warehouse/planning/<int:rule_id>/chart", needs=VIEW, help=None)
def planning_chart(rule_id: int) -> Any:
    """What went out and is expected to, as a chart shows it."""
    session = current_session()
    return chart_of(outlook_of(session, rule_by_id(session, rule_id)))


@routes.form("/warehouse/planning/many", needs=EDIT)
def planning_many() -> Any:
    """The same decision for all goods of a group in a warehouse."""
    form = ManyForm()
    if form.validate_on_submit():
        values = form.values()
        group = values.pop("group_id")
        try:
            made = set_for_group(current_session(), current_actor(), group_id=int(group) if group else None, **values)
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(ngettext("%(num)d item is planned so.", "%(num)d items are planned so.", made), "success")
            return redirect(url_for("warehouse.planning_list"))
    back = url_for("warehouse.planning_list")
    return render_template("form.html", form=form, title=_("Plan a group of items"), back=back)

"""The pages on which one says what may be given instead of an item; what is said stands on the item's card."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.web import changed_or_removed, current_actor, current_session, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.substitutes import EDIT
from modules.warehouse.substitutes.forms import SubstituteForm
from modules.warehouse.substitutes.operations import (
    add_substitute,
    change_substitute,
    remove_substitute,
    substitute_by_id,
)


@routes.form("/warehouse/substitutes/new", needs=EDIT, help="substitute")
def substitute_new() -> Any:
    """Say what may be given instead of an item; `?item=` says of which."""
    form, item_id = SubstituteForm(), request.args.get("item", type=int)
    if request.method == "GET":
        form.item_id.data = item_id
    if form.validate_on_submit():
        try:
            add_substitute(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("warehouse.item_substitutes", item_id=form.item_id.data))
    back = url_for("warehouse.item_substitutes", item_id=item_id) if item_id else url_for("warehouse.item_list")
    return render_template("form.html", form=form, title=_("New substitute"), back=back)


@routes.form("/warehouse/substitutes/<int:substitute_id>", needs=EDIT, help="substitute")
def substitute_edit(substitute_id: int) -> Any:
    """Change what is said of two items, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    row = substitute_by_id(session, substitute_id)
    form = SubstituteForm(obj=row)
    form.leave_out("item_id", "other_id")
    back = url_for("warehouse.item_substitutes", item_id=row.item_id)
    title = f"{row.item.name} – {row.other.name}"
    change, remove = (partial(act, session, actor, row) for act in (change_substitute, remove_substitute))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(back)
    return render_template("warehouse/removable_form.html", form=form, title=title, back=back)

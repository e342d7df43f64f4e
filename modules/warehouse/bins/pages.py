"""The pages of bins, of what lies in them, and of bin moves."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.web import (
    changed_or_removed,
    current_actor,
    current_session,
    declare_pages,
    named,
    send_pdf,
    show_list,
    show_refusal,
)
from modules.warehouse.bins import EDIT, MOVE, VIEW, tables
from modules.warehouse.bins.forms import BinForm, BinLabelsForm, BinLevelForm, BinMoveForm, NewBinsForm
from modules.warehouse.bins.kinds import BIN_MOVE
from modules.warehouse.bins.labels import bin_labels_pdf
from modules.warehouse.bins.levels import (
    add_level,
    change_level,
    draft_bringing,
    level_by_id,
    remove_level,
    to_bring,
)
from modules.warehouse.bins.operations import bin_by_id, change_bin, create_bins
from modules.warehouse.bins.putting import draft_put_away, shown_lines, unplaced, warehouses_with_bins
from modules.warehouse.blueprint import routes
from modules.warehouse.queries import warehouses

declare_pages(routes, BIN_MOVE, table=tables.bin_moves, form=BinMoveForm)


@routes.get("/warehouse/bins/stock", needs=VIEW, help="bin")
def bin_stock_list() -> Any:
    """What lies in which bin."""
    return show_list(tables.bin_stock)


@routes.form("/warehouse/bins/put-away", needs=f"{MOVE}.edit", help="bin_move")
def put_away() -> Any:
    """What isn't put away, and a draft that puts it away."""
    return _drafted(_("Put away"), unplaced, draft_put_away, nothing=_("Everything is put away."))


@routes.get("/warehouse/bins/levels", needs=VIEW, help="bin")
def bin_level_list() -> Any:
    """In which bins items usually lie."""
    return show_list(tables.levels)


@routes.form("/warehouse/bins/levels/new", needs=EDIT, help="bin")
def bin_level_new() -> Any:
    """A new usual bin."""
    form, back = BinLevelForm(), url_for("warehouse.bin_level_list")
    if form.validate_on_submit():
        try:
            add_level(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=_("New usual bin"), back=back)


@routes.form("/warehouse/bins/levels/<int:level_id>", needs=EDIT, help="bin")
def bin_level_edit(level_id: int) -> Any:
    """Change how much is kept in a usual bin, or (`then=remove`) let the item lie there no more."""
    session, actor = current_session(), current_actor()
    row = level_by_id(session, level_id)
    form, back = BinLevelForm(obj=row), url_for("warehouse.bin_level_list")
    form.leave_out("item_id", "place_id", "bin")
    change, remove = (partial(act, session, actor, row) for act in (change_level, remove_level))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(back)
    title = f"{row.bin.code}: {row.item.name}"
    return render_template("warehouse/removable_form.html", form=form, title=title, back=back)


@routes.form("/warehouse/bins/bring", needs=f"{MOVE}.edit", help="bin_move")
def bring_to_bins() -> Any:
    """What is to be brought to usual bins that hold too little, and a draft that brings it."""
    return _drafted(_("Fill bins"), to_bring, draft_bringing, nothing=_("No usual bin holds too little."))


@routes.get("/warehouse/bins", needs=VIEW)
def bin_list() -> Any:
    """Bins."""
    return show_list(tables.bins, list_template="warehouse/bins.html")


@routes.form("/warehouse/bins/labels", needs=VIEW, help="bin")
def bin_labels() -> Any:
    """Print the labels of bins."""
    form, back = BinLabelsForm(), url_for("warehouse.bin_list")
    if form.validate_on_submit():
        try:
            pdf = bin_labels_pdf(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            return send_pdf(pdf, named(_("Labels of bins"), wall_clock().date()))
    return render_template("warehouse/labels_form.html", form=form, title=_("Labels of bins"), back=back)


@routes.form("/warehouse/bins/new", needs=EDIT)
def bin_new() -> Any:
    """New bins, one or many at once."""
    form, back = NewBinsForm(), url_for("warehouse.bin_list")
    if form.validate_on_submit():
        try:
            made = create_bins(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(n)s bins are added.", n=len(made)), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=_("New bins"), back=back)


@routes.form("/warehouse/bins/<int:bin_id>", needs=EDIT)
def bin_edit(bin_id: int) -> Any:
    """Change a bin, close it, or open it again."""
    session = current_session()
    bin_ = bin_by_id(session, bin_id)
    form, back = BinForm(obj=bin_), url_for("warehouse.bin_list")
    if form.validate_on_submit():
        try:
            change_bin(session, current_actor(), bin_, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(back)
    return render_template("form.html", form=form, title=bin_.code, back=back)


def _asked_place() -> tuple[Any, list[Any]]:
    """The warehouse with bins that the address names, else the first, and all of them; None when there is none."""
    session = current_session()
    with_bins = warehouses_with_bins(session)
    places = [place for place in warehouses(session) if place.id in with_bins]
    asked = request.args.get("place", type=int)
    return next((each for each in places if each.id == asked), places[0] if places else None), places


def _drafted(title: str, find: Callable[..., Any], draft: Callable[..., Any], *, nothing: str) -> Any:
    """What `find` says is to change bins in a warehouse, and the `draft` of a bin move of all that; `nothing`: said of none."""
    session = current_session()
    place, places = _asked_place()
    if request.method == "POST" and place is not None:
        document = draft(session, current_actor(), place.id)
        if document is not None:
            return redirect(url_for("warehouse.bin_move_edit", document_id=document.id))
    lines = shown_lines(session, find(session, place.id)) if place is not None else []
    return render_template(
        "warehouse/bin_work.html", title=title, nothing=nothing, place=place, places=places, lines=lines
    )

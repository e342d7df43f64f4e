"""The pages of bonus points: the report, loyalty programmes, changes by hand."""

import secrets
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.documents import locked, reverse
from app.api.errors import KontorError
from app.api.reports import show_report
from app.api.web import current_actor, current_session, operation_id, show_document, show_list, show_refusal
from modules.trade.blueprint import routes
from modules.trade.points import CHANGES, VIEW, tables
from modules.trade.points.changing import change_by_id, change_points
from modules.trade.points.forms import ChangeForm, ProgrammeForm
from modules.trade.points.keeping import programme_by_id, save_programme
from modules.trade.points.models import PointsChange, Programme
from modules.trade.pricing.forms import group_choices


@routes.get("/trade/points", needs=VIEW, help="points")
def points_list() -> Any:
    """Who has points, and what became of them."""
    return show_report(tables.points_report)


@routes.get("/trade/points/programmes", needs=tables.EDIT, help="points")
def points_programme_list() -> Any:
    """The loyalty programmes."""
    return show_list(tables.programmes)


@routes.form("/trade/points/programmes/new", needs=tables.EDIT, help="points")
def points_programme_new() -> Any:
    """Set up a programme."""
    return _programme(None)


@routes.form("/trade/points/programmes/<int:programme_id>", needs=tables.EDIT, help="points")
def points_programme_edit(programme_id: int) -> Any:
    """Change a programme."""
    return _programme(programme_by_id(current_session(), programme_id))


@routes.get("/trade/points/changes", needs=CHANGES, help="points")
def points_change_list() -> Any:
    """Points given and taken by hand, and what has expired."""
    return show_list(tables.changes)


@routes.form("/trade/points/changes/new", needs="trade.points_change.post", help="points")
def points_change_new() -> Any:
    """Give or take points by hand; `?contact=` says whose."""
    form = ChangeForm()
    if request.method == "GET":
        form.contact_id.data = request.args.get("contact", type=int)
    if form.validate_on_submit():
        values = form.values()
        said = {**values, "points": values["points"] or 0, "programme_id": values["programme_id"] or 0}
        try:
            made = change_points(current_session(), current_actor(), **said, operation_id=operation_id())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(number)s is posted.", number=made.number), "success")
            return redirect(url_for("trade.points_change_view", document_id=made.id))
    back = url_for("trade.points_change_list")
    title, act = _("Give or take points"), secrets.token_hex(12)
    return render_template("trade/points_change.html", form=form, title=title, back=back, operation=act)


@routes.get("/trade/points/changes/<int:document_id>", needs=CHANGES, help="points")
def points_change_view(document_id: int) -> Any:
    """A change of points."""
    return show_document(change_by_id(current_session(), document_id))


@routes.post("/trade/points/changes/<int:document_id>/reverse", needs="trade.points_change.reverse")
def points_change_reverse(document_id: int) -> Any:
    """Reverse a change of points."""
    session = current_session()
    try:
        document = locked(session, PointsChange, document_id)
        reverse(session, current_actor(), document)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        flash(_("%(number)s is reversed.", number=document.number), "success")
    return redirect(url_for("trade.points_change_view", document_id=document_id))


def _programme(programme: Programme | None) -> Any:
    session = current_session()
    said: dict[str, Any] = {"is_active": True, "most_share": Decimal(100), "earns": 1}
    if programme is not None:
        said = {"excluded": [row.group_id for row in programme.excluded]}
    form = ProgrammeForm(obj=programme, data=said)
    form.excluded.choices = [(int(key), words) for key, words in group_choices(session) if key]
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if name != "version"}
        values["earns"], values["most_share"] = values["earns"] or 0, values["most_share"] or Decimal(0)
        try:
            save_programme(
                session, current_actor(), programme, version=form.version.data if programme else None, **values
            )
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("trade.points_programme_list"))
    title = _("New programme") if programme is None else form.name.data or ""
    return render_template("form.html", form=form, title=title, back=url_for("trade.points_programme_list"))

"""The pages of stock counts: those of every kind of document, the sheet, what is typed from it, and what differs."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import KontorError, NotFound
from app.api.web import (
    LinesField,
    current_actor,
    current_session,
    declare_pages,
    named,
    operation_id,
    refusal_words,
    send_pdf,
    show_refusal,
    tell_saved,
)
from modules.warehouse.blueprint import routes
from modules.warehouse.counting import EDIT, POST, VIEW, tables
from modules.warehouse.counting.forms import CountForm, TypedForm, TypedLine
from modules.warehouse.counting.kinds import COUNT
from modules.warehouse.counting.models import RESTS
from modules.warehouse.counting.operations import Tallied, post_count, recount, tally
from modules.warehouse.counting.paper import differing_in_words, sheet_pdf
from modules.warehouse.counting.results import count_by_id, counted_in, results, uncounted
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import lots_of_goods

_ONE = "/warehouse/counts/<int:document_id>"


declare_pages(
    routes,
    COUNT,
    table=tables.counts,
    form=CountForm,
    form_template="warehouse/count_form.html",
    draft_buttons="warehouse/count_buttons.html",
)


@routes.get(f"{_ONE}/sheet", needs=VIEW, help=None)
def count_sheet(document_id: int) -> Any:
    """The sheet to count on, as PDF."""
    count = count_by_id(current_session(), document_id)
    return send_pdf(sheet_pdf(current_session(), count), named(_("Counting sheet"), count.number or count.id))


@routes.form(f"{_ONE}/typed", needs=EDIT, help="count", takes=LinesField.TAKES)
def count_typed(document_id: int) -> Any:
    """Quantities that are typed from a sheet, counted at one moment."""
    session, count, form = current_session(), count_by_id(current_session(), document_id), TypedForm()
    form.offer()
    back = url_for("warehouse.count_view", document_id=count.id)
    if form.validate_on_submit():
        moment = form.moment.data
        if moment is not None and moment >= count.begun_at.replace(second=0):  # it is typed without seconds
            moment = max(moment, count.begun_at)
        act = operation_id() or secrets.token_hex(12)
        typed = form.lines.lines(TypedLine)
        try:
            tally(session, current_actor(), document_id, _typed(session, typed, act, moment))
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("%(n)s lines are counted.", n=len(typed)), "success")
            return redirect(back)
    return render_template(
        "warehouse/count_typed.html",
        form=form,
        title=_("Type in what was counted"),
        back=back,
        operation=secrets.token_hex(12),
        digits=2,
    )


def _typed(session: Session, lines: Sequence[TypedLine], act: str, moment: datetime | None) -> list[Tallied]:
    """The lines of a sheet, each lot and serial number by itself. Refused (Invalid): what `lots_of_goods` refuses."""
    items, rows = items_by_id(session, {line.item_id for line in lines}), []
    for n, line in enumerate(lines, 1):
        item = items[line.item_id]
        parts = lots_of_goods(n, line.lots, line.quantity, item)
        if not parts:
            rows.append(Tallied(item.id, line.quantity, f"{act}:{n}", moment))
        for part_n, part in enumerate(parts, 1):
            name = f"{act}:{n}:{part_n}"
            rows.append(Tallied(item.id, part.quantity, name, moment, part.code, line.expires))
    return rows


@routes.form(f"{_ONE}/differences", needs=POST, help="count")
def count_differences(document_id: int) -> Any:
    """What differs: to be counted once more, or posted."""
    session, actor, count = current_session(), current_actor(), count_by_id(current_session(), document_id)
    view = url_for("warehouse.count_view", document_id=document_id)
    if request.method == "POST":
        try:
            if request.form.get("then") == "recount":
                ticked = {int(i) for i in request.form.getlist("item") if i.isdecimal() and len(i) < 19}
                asked = recount(session, actor, document_id, ticked)
                flash(_("%(n)s items are to be counted once more.", n=asked), "success")
                return redirect(view)
            tell_saved(post_count(session, actor, document_id, request.form.get("rest", "")))
            return redirect(view)
        except NotFound:
            raise
        except KontorError as error:
            session.rollback()
            flash(refusal_words(error), "error")
            return redirect(request.path)
    if count.state != "draft":
        return redirect(view)
    found = results(session, count, wall_clock())
    items = items_by_id(session, {result.item_id for result in found})
    left = uncounted(session, count, counted_in(session, count))
    return render_template(
        "warehouse/count_differences.html",
        count=count,
        found=[
            (items[r.item_id], r, differing_in_words(r, items[r.item_id].tracking))
            for r in found
            if r.counted is not None and (r.differs or r.has_moved)
        ],
        agreeing=sum(r.counted is not None and not r.differs and not r.has_moved for r in found),
        uncounted=len(left),
        rests=RESTS,
    )

"""The pages of stock counts: those of every kind of document, the sheet, what is typed from it, and what differs."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid, KontorError, NotFound
from app.api.texts import lazy_gettext as _l
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
from modules.warehouse.bins.rules import bin_code
from modules.warehouse.blueprint import routes
from modules.warehouse.counting import EDIT, POST, VIEW, tables
from modules.warehouse.counting.bins import bins_by_id, counted_bins
from modules.warehouse.counting.books import Spot
from modules.warehouse.counting.forms import CountForm, TypedForm, TypedLine
from modules.warehouse.counting.kinds import COUNT
from modules.warehouse.counting.models import RESTS, StockCount
from modules.warehouse.counting.operations import Tallied, count_whole_bin, post_count, recount, tally
from modules.warehouse.counting.paper import differing_in_words, sheet_pdf, weighed_in_words
from modules.warehouse.counting.results import Result, changed_nothing, count_by_id, counted_in, results, uncounted
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import lots_of_goods
from modules.warehouse.models import NONE

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
    form.offer(count)
    back = url_for("warehouse.count_view", document_id=count.id)
    if form.validate_on_submit():
        moment, now = form.moment.data, wall_clock()
        if (
            moment is not None and moment <= now
        ):  # typed without seconds: after what was begun or asked for in that minute
            moment = min(moment + timedelta(seconds=59), now)
        act = operation_id() or secrets.token_hex(12)
        typed = form.lines.lines(TypedLine)
        try:
            rows = _typed(session, typed, act, moment, _bins_typed(session, count, typed))
            tally(session, current_actor(), document_id, rows)
            if form.is_whole and form.is_whole.data:
                for bin_id in sorted({row.bin_id for row in rows}):
                    count_whole_bin(session, current_actor(), document_id, bin_id, f"{act}:bin:{bin_id}", moment)
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


def _bins_typed(session: Session, count: StockCount, lines: Sequence[TypedLine]) -> list[int]:
    """The bin of each line of a sheet. Refused (Invalid): one that isn't counted; in a count by bins none at all."""
    if not count.is_by_bin:
        return [NONE] * len(lines)
    bins = {each.code: each.id for each in counted_bins(session, count)}
    for n, line in enumerate(lines, 1):
        code = bin_code(line.bin)
        if code not in bins:
            words = _l("Line %(n)s: bin “%(bin)s” isn't counted in this count.", n=n, bin=code)
            if not code:
                words = _l("Line %(n)s: say the bin, or “-” for what isn't put away.", n=n)
            raise Invalid(words, field="lines", column="bin")
    return [bins[bin_code(line.bin)] for line in lines]


def _typed(
    session: Session, lines: Sequence[TypedLine], act: str, moment: datetime | None, bins: Sequence[int]
) -> list[Tallied]:
    """The lines of a sheet, each lot and serial number by itself. Refused (Invalid): what `lots_of_goods` refuses."""
    items, rows = items_by_id(session, {line.item_id for line in lines}), []
    for n, (line, bin_id) in enumerate(zip(lines, bins, strict=True), 1):
        item = items[line.item_id]
        parts = lots_of_goods(n, line.lots, line.quantity, item)
        if not parts:
            rows.append(Tallied(item.id, line.quantity, f"{act}:{n}", moment, bin_id=bin_id, second=line.second))
        if len(parts) > 1 and line.second is not None:
            words = _l("Line %(n)s: give each lot a line of its own, with its second quantity.", n=n)
            raise Invalid(words, field="lines", column="second")
        for part_n, part in enumerate(parts, 1):
            name = f"{act}:{n}:{part_n}"
            rows.append(Tallied(item.id, part.quantity, name, moment, part.code, line.expires, bin_id, line.second))
    return rows


@routes.form(f"{_ONE}/differences", needs=POST, help="count")
def count_differences(document_id: int) -> Any:
    """What differs: to be counted once more, or posted."""
    session, actor, count = current_session(), current_actor(), count_by_id(current_session(), document_id)
    view = url_for("warehouse.count_view", document_id=document_id)
    if request.method == "POST":
        try:
            if request.form.get("then") == "recount":
                asked = recount(session, actor, document_id, _ticked(request.form.getlist("item")))
                flash(_("%(n)s items are to be counted once more.", n=asked), "success")
                return redirect(view)
            posted = post_count(session, actor, document_id, request.form.get("rest", ""))
            tell_saved(posted)
            if changed_nothing(session, posted):
                flash(_("Nothing differs."), "success")
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
    bins = bins_by_id(session, {result.bin_id for result in found})
    turn = {bin_id: n for n, bin_id in enumerate(bins)}
    seen = counted_in(session, count)
    left, reached = uncounted(session, count, seen), {bin_id for _, bin_id in seen}
    return render_template(
        "warehouse/count_differences.html",
        count=count,
        found=[
            (items[r.item_id], bins[r.bin_id], r, _asides(session, count, r, items[r.item_id]))
            for r in sorted(found, key=lambda r: (turn[r.bin_id], r.item_id))
            if r.counted is not None and (r.differs or r.has_moved)
        ],
        agreeing=sum(r.counted is not None and not r.differs and not r.has_moved for r in found),
        uncounted=len({item_id for item_id, _ in left}),
        bins_left=[each.title for each in counted_bins(session, count) if each.id not in reached],
        rests=RESTS,
    )


def _asides(session: Session, count: StockCount, result: Result, item: Any) -> str:
    weighed = weighed_in_words(session, result, item.second, is_by_bin=count.is_by_bin)
    return ". ".join(filter(None, (weighed, differing_in_words(result, item.tracking))))


def _ticked(values: Sequence[str]) -> set[Spot]:
    """What is ticked, an item and its bin as `12-3`."""
    pairs = (value.split("-") for value in values)
    return {
        (int(pair[0]), int(pair[1]))
        for pair in pairs
        if len(pair) == 2 and all(n.isdecimal() and len(n) < 19 for n in pair)
    }

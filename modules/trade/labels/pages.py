"""The page of labels: which items, how many of each, and the PDF."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.security import record
from app.api.web import current_session, named, send_pdf, show_refusal
from modules.trade.blueprint import routes
from modules.trade.labels.forms import ChoosingForm, LabelsForm
from modules.trade.labels.prices import Priced, items_to_label
from modules.trade.labels.printing import Labels, labels_pdf
from modules.trade.pricing.runs import run_by_id
from modules.trade.pricing.types import type_by_id
from modules.warehouse.api import pieces_asked

VIEW = "trade.price.view"


@routes.form("/trade/labels", needs=VIEW, help="labels")
def label_new() -> Any:
    """Items to print labels of, chosen by the address (`type_id`, `group_id`, `text`, `since`; `run`: those of a change of
    prices, `item`: one of them); what is sent is printed."""
    session = current_session()
    # what is asked changes nothing: no token is needed
    asked = ChoosingForm(formdata=request.args or None, meta={"csrf": False})
    run_id, item_id = (request.args.get(name, type=int) for name in ("run", "item"))
    if run_id is not None:
        run = run_by_id(session, run_id)
        asked.type_id.data = run.type_id
    form = LabelsForm()
    kind = type_by_id(session, asked.type_id.data) if asked.type_id.data else None
    if form.validate_on_submit():
        try:
            wanted = Labels(kind, _pieces(), form.size.data, form.code.data, asked.since.data, form.skipped.data or 0)
            pdf = labels_pdf(session, wanted)
            record(session, "trade.labels.export", summary=f"PDF, {sum(wanted.pieces.values())}, {wanted.size}")
        except KontorError as error:
            show_refusal(form, error)
        else:
            return send_pdf(pdf, named(_("Labels"), wall_clock().date()))
    is_valid = not request.args or asked.validate()
    if not is_valid:
        flash(next(str(error) for errors in asked.errors.values() for error in errors), "error")
    said = {"group_id": asked.group_id.data, "text": asked.text.data or "", "since": asked.since.data}
    rows: list[Priced] = []
    is_more = False
    if is_valid and request.args:
        rows, is_more = items_to_label(session, kind, run_id=run_id, item_id=item_id, **said)
    return render_template(
        "trade/labels.html", form=form, asked=asked, rows=rows, is_more=is_more, run_id=run_id, item_id=item_id,
        is_asked=bool(request.args), pieces=request.form, title=_("Labels"),
    )  # fmt: skip


def _pieces() -> dict[int, int]:
    """How many labels of each item were asked for. Refused (Invalid): what isn't a number."""
    asked = pieces_asked(request.form)
    return {int(item): count for item, count in asked.items() if item.isdecimal() and len(item) < 12}

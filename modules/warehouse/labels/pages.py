"""The page of labels of goods: of which, how many of each, and the PDF. It says no price."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.documents import documents_by_id
from app.api.errors import KontorError
from app.api.security import record
from app.api.web import current_session, named, send_pdf, show_refusal
from modules.warehouse.blueprint import routes
from modules.warehouse.labels import VIEW
from modules.warehouse.labels.asked import pieces_asked
from modules.warehouse.labels.choosing import Asked, GoodsLabel, labels_of
from modules.warehouse.labels.forms import GoodsForm, GoodsLabelsForm
from modules.warehouse.labels.printing import GoodsLabels, goods_labels_pdf


@routes.form("/warehouse/labels", needs=VIEW, help="goods_labels")
def goods_label_new() -> Any:
    """Labels to print, chosen by the address (`group_id`, `text`; `item`, `lot`: of one; `document`: of what it brings); what
    is sent is printed."""
    session = current_session()
    # what is asked changes nothing: no token is needed
    asked = GoodsForm(formdata=request.args or None, meta={"csrf": False})
    form = GoodsLabelsForm()
    of = {name: request.args.get(name, type=int) for name in ("document", "lot", "item")}
    rows: list[GoodsLabel] = []
    is_more = False
    if not request.args or asked.validate():
        wanted = Asked(of["document"], of["lot"], of["item"], asked.group_id.data, asked.text.data or "")
        rows, is_more = labels_of(session, wanted) if request.args else (rows, False)
    else:
        flash(next(str(error) for errors in asked.errors.values() for error in errors), "error")
    if form.validate_on_submit():
        try:
            pdf = _printed(rows, form)
        except KontorError as error:
            show_refusal(form, error)
        else:
            return send_pdf(pdf, named(_("Labels of goods"), wall_clock().date()))
    document = documents_by_id(session, {of["document"]}).get(of["document"]) if of["document"] else None
    return render_template(
        "warehouse/goods_labels.html", form=form, asked=asked, rows=rows, is_more=is_more, of=of, document=document,
        is_asked=bool(request.args), pieces=request.form, title=_("Labels of goods"),
    )  # fmt: skip


def _printed(rows: list[GoodsLabel], form: GoodsLabelsForm) -> bytes:
    """The PDF of as many as were typed of each row; noted as what was taken along."""
    pieces = pieces_asked(request.form)
    wanted = GoodsLabels(
        [(row, pieces.get(row.key, 0)) for row in rows], form.size.data, form.code.data, form.skipped.data or 0
    )
    pdf = goods_labels_pdf(current_session(), wanted)
    count = sum(count for _, count in wanted.pieces)
    record(current_session(), "warehouse.labels.export", summary=f"PDF, {count}, {wanted.size}")
    return pdf

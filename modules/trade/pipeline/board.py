"""The page of the pipelines: stages side by side, how many and for how much, and the documents that a figure is made of."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.errors import NotFound
from app.api.reference import base_currency
from app.api.reports import Parameter, Report
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Routes, Table, current_actor, current_session, document_address
from modules.contacts.api import ContactSearch
from modules.trade.figures.asked import persons_offered
from modules.trade.figures.periods import STEPS
from modules.trade.models import TradeDocument
from modules.trade.pipeline.stages import MONTH, RESPONSIBLE, STAGES, board, lying_in, stage_of
from modules.trade.registers import IN, OUT

#: direction → title, and what one needs to see any of it
_SIDES = {
    OUT: (_l("Sales pipeline"), "trade.sales_order.view"),
    IN: (_l("Purchase pipeline"), "trade.purchase_order.view"),
}
_BY = {"": _l("all together"), RESPONSIBLE: _l("responsible"), MONTH: _l("month")}


def _persons(session: Session) -> list[tuple[str, object]]:
    return [*persons_offered(session), ("0", _l("nobody"))]


_PARAMETERS = (
    Parameter("since", _l("Since")),
    Parameter("until", _l("Until")),
    Parameter("responsible", _l("Responsible"), "choice", _persons),
)


def _list(session: Session, said: Mapping[str, Any]) -> Table:
    direction = said["side"]
    stage, model = stage_of(direction, said["stage"]), TradeDocument
    is_open = stage.is_open(session.info["actor"])
    criteria = lying_in(session, direction, stage, said) if is_open else [model.id < 0]
    return Table(
        name="trade.pipeline",
        title=stage.title,
        needs="trade.sales_order.view" if direction == OUT else "trade.purchase_order.view",
        source=lambda _session: (
            select().select_from(model).outerjoin(User, User.id == model.responsible_id).where(*criteria)
        ),
        key=model.id,
        columns=(
            Column(
                "number", _l("Number"), model.number, headline=True, link=lambda row: document_address(row.kind, row.id)
            ),
            Column("moment", _l("Date"), model.moment, "moment"),
            Column("summary", _l("Contact"), model.summary),
            Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=()),
            Column("currency", _l("Currency"), model.currency),
            Column("due", _l("Payment due"), model.due, "date", nullable=True),
            Column("responsible", _l("Responsible"), User.name, nullable=True),
            Column("kind", "", model.kind, hidden=True, sortable=False),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(model.number), func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        empty=_l("Nothing lies in this stage."),
        is_found=False,
    )


def _report(direction: str) -> Report:
    title, needs = _SIDES[direction]
    stages = tuple((stage.name, stage.title) for stage in STAGES[direction])

    def of(session: Session, said: Mapping[str, Any]) -> Table:
        return _list(session, {**said, "side": direction})

    return Report(
        f"trade.pipeline_{direction}",
        title,
        needs,
        _l("The documents that lie in a stage, from the quote or order to the payment."),
        of=of,
        parameters=(Parameter("stage", _l("Stage"), "choice", stages, default=lambda: "ordered"), *_PARAMETERS),
    )


sales_pipeline, purchase_pipeline = _report(OUT), _report(IN)
_REPORTS = {OUT: sales_pipeline, IN: purchase_pipeline}


def declare_pipelines(routes: Routes) -> None:
    """The boards of both directions."""

    @routes.get("/trade/pipeline/sales", needs="trade.sales_order.view", help="pipeline")
    def pipeline_sales() -> Any:
        """What lies in each stage of selling."""
        return _board(OUT)

    @routes.get("/trade/pipeline/purchases", needs="trade.purchase_order.view", help="pipeline")
    def pipeline_purchases() -> Any:
        """The same of buying."""
        return _board(IN)


def _board(direction: str) -> Any:
    session, report = current_session(), _REPORTS[direction]
    said, values = report.said(request.args), report.values(request.args)
    by = request.args.get("by", "")
    if by not in _BY:
        raise NotFound
    found = board(session, direction, values, by)
    stages = [stage for stage in STAGES[direction] if stage.is_open(current_actor())]
    return render_template(
        "trade/pipeline.html",
        title=_SIDES[direction][0],
        stages=stages,
        rows=_rows(session, found, by, values),
        by=by,
        choices=_BY,
        said=said,
        persons=_persons(session),
        currency=base_currency(session),
        narrowed={n: said[n] for n in ("since", "until", "responsible") if said[n]},
        leads=lambda stage, own: url_for("core.report_view", name=report.name, stage=stage.name, **own),
    )


def _rows(
    session: Session, found: Mapping[Any, Any], by: str, said: Mapping[str, Any]
) -> list[tuple[object, dict[str, str], Any]]:
    """Title, what narrows a figure of the row further, and its figures by stage; all together comes last."""
    users = session.execute(select(User.id, User.name)) if by == RESPONSIBLE else ()
    names = {row.id: row.name for row in users}
    rows: list[tuple[object, dict[str, str], Any]] = []
    for key in sorted(k for k in found if k is not None):
        if by == MONTH:
            first = STEPS[MONTH].first_day(key)
            last = min(STEPS[MONTH].last_day(first), said.get("until") or date.max)
            begin = max(first, said.get("since") or first)
            rows.append(
                (STEPS[MONTH].words(first), {"since": begin.isoformat(), "until": last.isoformat()}, found[key])
            )
        else:
            rows.append((names.get(key, _l("nobody")), {"responsible": str(key)}, found[key]))
    return [*rows, (_l("All together"), {}, found.get(None, {}))]

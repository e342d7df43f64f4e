"""The pages of goods on commission, and the button that makes a report of what is to be reported."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.api.documents import kind_of
from app.api.errors import Conflict, Invalid
from app.api.reports import show_report
from app.api.web import current_actor, current_session, declare_pages, refusal_words
from modules.trade.blueprint import routes
from modules.trade.commission import reports
from modules.trade.commission.forms import CommissionMoveForm, CommissionReportForm
from modules.trade.commission.kinds import AGENT_REPORT, COMMISSION_MOVE, PRINCIPAL_REPORT
from modules.trade.commission.models import GIVEN, TAKEN
from modules.trade.commission.reporting import REPORTS, draft_report, to_report
from modules.trade.commission.tables import TABLES
from modules.warehouse.api import items_by_id


@routes.get("/trade/on-commission", needs="trade.commission_move.view", help="commission_move")
def on_commission_list() -> Any:
    """What was given, sold, went back and is left."""
    return show_report(reports.on_commission, list_template="trade/on_commission.html")


@routes.get("/trade/agent-reports/due", needs="trade.agent_report.edit", help="agent_report")
def agent_report_due() -> Any:
    """What agents still have, each with the button that makes their report."""
    return _due(GIVEN)


@routes.get("/trade/principal-reports/due", needs="trade.principal_report.edit", help="principal_report")
def principal_report_due() -> Any:
    """What was sold of principals' goods and isn't reported, each with the button that makes the report."""
    return _due(TAKEN)


@routes.post("/trade/agent-reports/due/<int:contact_id>", needs="trade.agent_report.edit")
def agent_report_make(contact_id: int) -> Any:
    """Make the draft of an agent's report, or open the one that there is."""
    return _make(GIVEN, contact_id)


@routes.post("/trade/principal-reports/due/<int:contact_id>", needs="trade.principal_report.edit")
def principal_report_make(contact_id: int) -> Any:
    """Make the draft of a report to a principal, or open the one that there is."""
    return _make(TAKEN, contact_id)


def _due(direction: str) -> Any:
    session = current_session()
    rows = to_report(session, direction)
    items = items_by_id(session, {item for row in rows for item in row.items})
    return render_template(
        "trade/commission_due.html",
        rows=rows,
        items=items,
        is_ours=direction == GIVEN,
        kind=kind_of(REPORTS[direction]).name,
    )


def _make(direction: str, contact_id: int) -> Any:
    session, kind = current_session(), kind_of(REPORTS[direction]).name
    try:
        draft = draft_report(session, current_actor(), direction, contact_id)
    except (Conflict, Invalid) as error:  # what isn't open to them isn't there
        session.rollback()
        flash(refusal_words(error), "error")
        return redirect(url_for(f"{kind}_due"))
    if direction == GIVEN:
        said = _("Lower each quantity to what the agent has sold, and take out the lines of which nothing was sold.")
    else:
        said = _("These are the goods sold since the last report. Check the commission, then post it.")
    flash(said, "success")
    return redirect(url_for(f"{kind}_edit", document_id=draft.id))


for _kind, _form in (
    (COMMISSION_MOVE, CommissionMoveForm),
    (AGENT_REPORT, CommissionReportForm),
    (PRINCIPAL_REPORT, CommissionReportForm),
):
    declare_pages(
        routes,
        _kind,
        table=TABLES[_kind.noun],
        list_template="list.html" if _kind is COMMISSION_MOVE else "trade/commission_reports.html",
        form=_form,
        form_template="trade/document_form.html",
        buttons="trade/document_buttons.html",
        with_prices=not _kind.model.is_bought,
    )

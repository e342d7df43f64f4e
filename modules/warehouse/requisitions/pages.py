"""The pages of internal requests, and of what they still ask for."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError, NotFound
from app.api.web import current_actor, current_session, declare_pages, refusal_words, show_list
from modules.warehouse.blueprint import routes
from modules.warehouse.requisitions import REQUISITION, tables
from modules.warehouse.requisitions.forms import RequisitionForm
from modules.warehouse.requisitions.kinds import REQUESTED
from modules.warehouse.requisitions.operations import refuse_rest

declare_pages(
    routes,
    REQUESTED,
    table=tables.requisitions,
    form=RequisitionForm,
    buttons="warehouse/requisition_buttons.html",
)


@routes.get("/warehouse/requested", needs=f"{REQUISITION}.view", help="requisition")
def requested_list() -> Any:
    """What is still to be sent of internal requests."""
    return show_list(tables.requested)


@routes.post("/warehouse/requisitions/<int:document_id>/refuse", needs=f"{REQUISITION}.post")
def requisition_refuse(document_id: int) -> Any:
    """Close a request of which no more will be sent, with the reason."""
    try:
        document = refuse_rest(current_session(), current_actor(), document_id, request.form.get("reason", ""))
    except NotFound:
        raise
    except KontorError as error:
        current_session().rollback()
        flash(refusal_words(error), "error")
    else:
        flash(_("%(number)s is closed.", number=document.number), "success")
    return redirect(url_for("warehouse.requisition_view", document_id=document_id))

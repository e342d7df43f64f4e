"""Papers of records that aren't documents."""

from typing import Any

from flask_babel import gettext as _

from app.api.prints import form_pdf
from app.api.web import current_session, in_asked_language, named, send_pdf
from modules.contacts.api import contract_by_id
from modules.trade.blueprint import routes
from modules.trade.paper.contract import contract_form


@routes.get("/trade/contracts/<int:contract_id>/paper", needs="contacts.contract.view", help=None)
def contract_paper(contract_id: int) -> Any:
    """A contract as PDF, in the reader's language or (`?language=`) another."""
    session = current_session()
    contract = contract_by_id(session, contract_id)
    with in_asked_language():
        pdf = form_pdf(session, contract_form, contract)
    return send_pdf(pdf, named(_("Contract"), contract.number))

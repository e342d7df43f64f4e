"""What a document's form says, while it is filled in, of what is agreed with its contact."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.texts import day
from modules.contacts.contracts import check_contract, due_for
from modules.contacts.parties import parties_by_id

#: kinds of documents that make a debt with a day of its own
_CHARGES = ("sale", "charge")


@dataclass(frozen=True, slots=True)
class Said:
    """A line beside the form's contact."""

    text: str
    is_well: bool = True


def said_of(session: Session, form: Any, use: str) -> Iterator[Said]:
    """What is to be said so far; nothing of a contact that isn't chosen, or isn't open to the session's actor."""
    contact_id, currency = form.contact_id.data, form.currency.data
    try:
        parties_by_id(session, {contact_id} if contact_id else set())
        contract = check_contract(session, form.contract_id.data, contact_id=contact_id, currency=currency)
    except KontorError as error:
        yield Said(str(error), is_well=False)
        return
    if contact_id is None or use not in _CHARGES:
        return
    moment = form.moment.data or wall_clock()
    if due := due_for(session, contact_id, contract.id if contract else None, moment.date()):
        yield Said(_("To be paid by %(day)s, unless you type another day.", day=day(due)))

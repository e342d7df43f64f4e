"""What a document's form says, while it is filled in, of what is agreed with its contact."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.reference import base_currency
from app.api.texts import day, money
from modules.contacts.conditions import BLOCK
from modules.contacts.contracts import check_contract, due_for
from modules.contacts.credit import Credit, credit_of
from modules.contacts.parties import parties_by_id
from modules.contacts.queries import sees_open_items

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
    if use == "sale":
        yield from _credit(session, credit_of(session, contact_id, contract))
    moment = form.moment.data or wall_clock()
    if due := due_for(session, contact_id, contract.id if contract else None, moment.date()):
        yield Said(_("To be paid by %(day)s, unless you type another day.", day=day(due)))


def _credit(session: Session, credit: Credit) -> Iterator[Said]:
    """What the contact owes, as far as whoever sells may know it; others only that nothing can be sold."""
    actor, currency = session.info["actor"], base_currency(session)
    found = list(credit.reasons(currency))
    is_blocked = any(action == BLOCK for action, _why in found) and not actor.may_override("contacts.limit.override")
    if not sees_open_items(actor):
        if is_blocked:
            yield Said(_("A sale to this contact can't be posted now."), is_well=False)
        return
    owed = {"owed": money(credit.owed, currency), "currency": currency}
    if credit.limit is not None:
        yield Said(
            _("Owes %(owed)s %(currency)s; the limit is %(limit)s.", limit=money(credit.limit, currency), **owed)
        )
    elif credit.owed > 0:
        yield Said(_("Owes %(owed)s %(currency)s.", **owed))
    if credit.late > 0 and credit.late_since is not None:
        late = {"late": money(credit.late, currency), "day": day(credit.late_since), "currency": currency}
        yield Said(_("Late with %(late)s %(currency)s, due since %(day)s.", **late), is_well=False)
    if is_blocked:
        yield Said(_("A sale to this contact can't be posted now."), is_well=False)

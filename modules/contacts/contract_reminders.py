"""Reminding whoever is responsible for a contact that a contract with it ends."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.notifications import notify_users
from app.api.texts import lazy_gettext as _l
from modules.contacts.conditions import MOST_DAYS
from modules.contacts.contract_models import ACTIVE, Contract
from modules.contacts.models import Contact
from modules.contacts.notifications import contract_ends


def remind_of_contracts(session: Session) -> int:
    """Remind of the contracts that end within the days that each says, once for each last day; gives of how many."""
    today = wall_clock().date()
    soon = (Contract.state == ACTIVE, Contract.remind_days > 0, Contract.reminded.is_(None))
    until = Contract.until.between(today, today + timedelta(days=MOST_DAYS))
    query = select(Contract, Contact.name, Contact.responsible_id).join(Contact, Contact.id == Contract.contact_id)
    reminded = 0
    for contract, name, responsible_id in session.execute(query.where(*soon, until).order_by(Contract.until)).all():
        if contract.until is None or contract.until > today + timedelta(days=contract.remind_days):
            continue
        contract.reminded = today
        reminded += 1
        if responsible_id is not None:
            notify_users(
                session,
                contract_ends,
                text=_l(
                    "The contract %(number)s with %(name)s ends on %(day)s.",
                    number=contract.number,
                    name=name,
                    day=contract.until,
                ),
                to=[responsible_id],
                link=f"/contacts/contracts/{contract.id}",
                once=f"contacts.contract:{contract.id}:{contract.until}",
            )
    return reminded

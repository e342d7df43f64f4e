"""The list of contracts."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, false, func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.ledger import lies_ahead, standing
from app.api.reference import organisation_id
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.contacts.conditions import TERMS
from modules.contacts.contract_models import ACTIVE, STATES, Contract
from modules.contacts.models import Contact
from modules.contacts.registers import Settlements
from modules.contacts.search import ContactSearch

_KEY = ("contact", "contract", "currency")
_DAYS = (("30", _l("within 30 days")), ("90", _l("within 90 days")), ("past", _l("have ended")))


def _ending(value: str) -> Any:
    today = wall_clock().date()
    if value == "past":
        return Contract.until < today
    until = date.max if not value.isdecimal() else today + timedelta(days=int(value[:4]))
    return and_(Contract.state == ACTIVE, Contract.until.between(today, until))


def contracts_of(contact_id: int | None = None, stands: Any = Settlements.by_contract.table) -> Table:
    """Contracts, of a contact or of all, with what is open under each: from the current totals, or from what `stands` at the
    present moment."""
    is_present = stands is not Settlements.by_contract.table

    def source(session: Session) -> Any:
        same = [stands.c.contract_id == Contract.id, stands.c.contact_id == Contract.contact_id]
        same += [] if is_present else [stands.c.organisation_id == organisation_id(session)]
        same.append(stands.c.currency == Contract.currency)
        query = select().select_from(Contract).join(Contact, Contact.id == Contract.contact_id)
        query = query.outerjoin(stands, and_(*same))
        return query if contact_id is None else query.where(Contract.contact_id == contact_id)

    def present(session: Session) -> Table | None:
        if is_present or not session.info["actor"].sees("contacts.financial"):
            return None
        if not lies_ahead(session, Settlements.by_contract):
            return None
        return contracts_of(contact_id, standing(session, Settlements.by_contract, by=_KEY))

    whose = Column("name", _l("Contact"), Contact.name, link=Link("contacts.contract_tab", contact_id="contact_id"))
    return Table(
        name="contacts.contract",
        title=_l("Contracts"),
        needs="contacts.contract.view",
        source=source,
        key=Contract.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                Contract.number,
                headline=True,
                link=Link("contacts.contract_view", contract_id="id"),
            ),
            Column("title", _l("Title"), Contract.title),
            *([whose] if contact_id is None else []),
            Column("state", _l("State"), Contract.state, "state", choices=STATES),
            Column("since", _l("First day"), Contract.since, "date", nullable=True),
            Column("until", _l("Last day"), Contract.until, "date", nullable=True),
            Column("terms", _l("Payment terms"), Contract.payment_terms, choices={"": "", **TERMS}, sortable=False),
            Column("days", _l("Days to pay"), Contract.payment_days, "integer"),
            Column("limit", _l("Credit limit"), Contract.credit_limit, "money", currency="currency", nullable=True),
            Column(
                "open",
                _l("Open (−: we owe)"),
                stands.c.amount,
                "money",
                currency="currency",
                nullable=True,
                summed=(),
                closed="contacts.financial",
                needs="contacts.statement.view",
            ),
            Column("currency", _l("Currency"), Contract.currency),
            Column("prepayment", _l("Prepayment, %"), Contract.prepayment, "quantity", is_aside=True),
            Column("note", _l("Note"), Contract.note, sortable=False, is_aside=True),
            Column("id", "", Contract.id, hidden=True, sortable=False),
            Column("contact_id", "", Contract.contact_id, hidden=True, sortable=False),
        ),
        order="number",
        search=(func.lower(Contract.number), func.lower(Contract.title), FoundBy(ContactSearch, Contract.contact_id)),
        filters=(
            Filter("state", _l("State"), lambda value: Contract.state == value, tuple(STATES.items())),
            Filter("ending", _l("Ending"), _ending, _DAYS),
            Filter(
                "over",
                _l("Credit limit"),
                lambda value: stands.c.amount > Contract.credit_limit if value == "yes" else false(),
                (("yes", _l("is exceeded")),),
                group="contacts.financial",
            ),
        ),
        create="contacts.contract_new",
        create_needs="contacts.contract.edit",
        create_title=_l("New contract"),
        create_arguments={} if contact_id is None else {"contact": str(contact_id)},
        empty=_l("No contract yet."),
        instead=present,
    )


contracts = contracts_of()

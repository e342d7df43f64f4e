"""The lists of pallets."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.ledger import lies_ahead, standing
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.contacts.api import Contact, ContactSearch
from pallets.models import Exchange
from pallets.registers import Balance

exchanges = Table(
    name="pallets.exchange",
    title=_l("Exchanges of pallets"),
    needs="pallets.exchange.view",
    source=lambda _: select().select_from(Exchange).join(Contact, Contact.id == Exchange.contact_id),
    key=Exchange.id,
    columns=(
        Column(
            "number",
            _l("Number"),
            Exchange.number,
            nullable=True,
            headline=True,
            link=Link("pallets.exchange_view", document_id="id"),
        ),
        Column("moment", _l("Date"), Exchange.moment, "moment"),
        Column("contact", _l("Contact"), Contact.name),
        Column("given", _l("Given"), Exchange.given, "integer"),
        Column("taken", _l("Taken"), Exchange.taken, "integer"),
        Column("state", _l("State"), Exchange.state, "state"),
        Column("id", "", Exchange.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(Exchange.number), FoundBy(ContactSearch, Exchange.contact_id)),
    create="pallets.exchange_new",
    create_needs="pallets.exchange.post",
)


def exchanges_of(contact_id: int) -> Table:
    """The exchanges of a contact."""
    query = select().select_from(Exchange).join(Contact, Contact.id == Exchange.contact_id)
    return replace(
        exchanges,
        source=lambda _: query.where(Exchange.contact_id == contact_id),
        columns=tuple(column for column in exchanges.columns if column.name != "contact"),
        create=None,
        empty=_l("No pallet has changed hands with this contact."),
    )


def _balances(stands: Any, instead: Any = None) -> Table:
    """Who owes whom how many, from the totals or from another table with the same columns."""
    return Table(
        name="pallets.balance",
        title=_l("Owed pallets"),
        needs="pallets.exchange.view",
        source=lambda _: (
            select().select_from(Contact).join(stands, stands.c.contact_id == Contact.id).where(stands.c.pallets != 0)
        ),
        key=Contact.id,
        columns=(
            Column("contact", _l("Contact"), Contact.name, headline=True),
            Column("pallets", _l("Owes us (−: we owe)"), stands.c.pallets, "quantity"),
        ),
        order="-pallets",
        search=(FoundBy(ContactSearch),),
        empty=_l("Nobody owes anybody a pallet."),
        instead=instead,
    )


def _balances_now(session: Session) -> Table | None:
    """The totals hold everything that is posted; where some of it is dated ahead, the present is asked of the ledger."""
    if not lies_ahead(session, Balance.owed):
        return None
    return _balances(standing(session, Balance.owed, by=("contact",)))


balances = _balances(Balance.owed.table, _balances_now)

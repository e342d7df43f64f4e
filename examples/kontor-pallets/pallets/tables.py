"""The lists of pallets."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.api import Column, Link, Table
from modules.contacts.models import Contact
from pallets.models import Exchange
from pallets.registers import Balance

_totals = Balance.totals

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
    search=(func.lower(Exchange.number), Contact.folded),
    create="pallets.exchange_new",
    create_needs="pallets.exchange.post",
)

balances = Table(
    name="pallets.balance",
    title=_l("Owed pallets"),
    needs="pallets.exchange.view",
    source=lambda _: (
        select().select_from(Contact).join(_totals, _totals.c.contact_id == Contact.id).where(_totals.c.pallets != 0)
    ),
    key=Contact.id,
    columns=(
        Column("contact", _l("Contact"), Contact.name, headline=True),
        Column("pallets", _l("Owes us (−: we owe)"), _totals.c.pallets, "quantity"),
    ),
    order="-pallets",
    search=(Contact.folded,),
    empty=_l("Nobody owes anybody a pallet."),
)

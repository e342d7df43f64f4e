"""The lists of penalties and key rates."""

from sqlalchemy import func, select

from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table, period_filters, state_filter
from modules.contacts.penalties.models import KeyRate, Penalty
from modules.contacts.search import ContactSearch

penalties = Table(
    name="contacts.penalty",
    title=_l("Penalty interest"),
    needs="contacts.penalty.view",
    source=lambda session: select().select_from(Penalty),
    key=Document.__table__.c.id,
    columns=(
        Column(
            "number",
            _l("Number"),
            Penalty.number,
            nullable=True,
            headline=True,
            link=Link("contacts.penalty_view", document_id="id"),
        ),
        Column("moment", _l("Date"), Penalty.moment, "moment"),
        Column("summary", _l("Contact"), Penalty.summary),
        Column("since", _l("Since"), Penalty.since, "date"),
        Column("until", _l("Until"), Penalty.until, "date"),
        Column("amount", _l("Amount"), Penalty.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), Penalty.currency),
        Column("state", _l("State"), Penalty.state, "state"),
        Column("id", "", Penalty.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(Penalty.number), func.lower(Penalty.summary), FoundBy(ContactSearch, Penalty.contact_id)),
    filters=(state_filter(Penalty), *period_filters(Penalty.moment)),
    create="contacts.penalty_new",
    create_needs="contacts.penalty.post",
    create_title=_l("Charge penalty interest"),
    empty=_l("No penalty has been charged yet. What is agreed stands in the contract."),
)

key_rates = Table(
    name="contacts.key_rate",
    title=_l("Key rates"),
    needs="contacts.penalty.view",
    source=lambda session: select().select_from(KeyRate).where(KeyRate.organisation_id == organisation_id(session)),
    key=KeyRate.id,
    columns=(
        Column(
            "since",
            _l("In force from"),
            KeyRate.since,
            "date",
            headline=True,
            link=Link("contacts.key_rate_edit", rate_id="id"),
        ),
        Column("rate", _l("Key rate, % a year"), KeyRate.rate, "quantity"),
        Column("id", "", KeyRate.id, hidden=True, sortable=False),
    ),
    order="-since",
    create="contacts.key_rate_new",
    create_needs="contacts.penalty.post",
    create_title=_l("New key rate"),
    empty=_l("Contracts whose penalty follows the key rate need it here, with the day from which it is in force."),
)

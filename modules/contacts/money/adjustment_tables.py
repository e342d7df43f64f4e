"""The list of debt adjustments."""

from sqlalchemy import func, select

from app.api.documents import Document
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, period_filters, state_filter
from modules.contacts.models import Adjustment
from modules.contacts.money.words import REASONS, SIDES
from modules.contacts.search import ContactSearch

adjustments = Table(
    name="contacts.adjustment",
    title=_l("Debt adjustments"),
    needs="contacts.adjustment.view",
    source=lambda session: select().select_from(Adjustment),
    key=Document.__table__.c.id,  # of the index by which journals are read
    columns=(
        Column(
            "number",
            _l("Number"),
            Adjustment.number,
            nullable=True,
            headline=True,
            link=Link("contacts.adjustment_view", document_id="id"),
        ),
        Column("moment", _l("Date"), Adjustment.moment, "moment"),
        Column("reason", _l("Reason"), Adjustment.reason, choices=REASONS),
        Column("summary", _l("Contact"), Adjustment.summary),
        Column("side", _l("By this"), Adjustment.side, choices=SIDES),
        Column("due", _l("Payment due"), Adjustment.due, "date", nullable=True),
        Column("amount", _l("Amount"), Adjustment.amount, "money", currency="currency", summed=("side", "state")),
        Column("currency", _l("Currency"), Adjustment.currency),
        Column("state", _l("State"), Adjustment.state, "state"),
        Column("id", "", Adjustment.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(
        func.lower(Adjustment.number),
        func.lower(Adjustment.summary),
        FoundBy(ContactSearch, Adjustment.contact_id),
    ),
    filters=(
        Filter("reason", _l("Reason"), lambda value: Adjustment.reason == value, tuple(REASONS.items())),
        state_filter(Adjustment),
        *period_filters(Adjustment.moment),
    ),
    create="contacts.adjustment_new",
    create_needs="contacts.adjustment.post",
    create_title=_l("Enter an opening debt"),
    empty=_l("Nothing was written off or offset yet, and no debt was entered from before the books began."),
)

"""The lists of goods on commission, and the report of what was given, sold, returned and is left."""

from typing import Any

from sqlalchemy import BigInteger, String, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import standing
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from app.api.web import Column, Filter, Link, Table, journal
from modules.contacts.api import Contact, ContactSearch, Settlements
from modules.trade.commission.kinds import AGENT_REPORT, COMMISSION_MOVE, PRINCIPAL_REPORT
from modules.trade.commission.models import DIRECTIONS, WAYS, CommissionMove
from modules.trade.commission.registers import Commission
from modules.trade.models import TradeDocument
from modules.warehouse.api import Item


def _journal(
    kind: Any, title: object, empty: object, create: object, *more: Column, filters: tuple[Filter, ...] = ()
) -> Table:
    model: type[TradeDocument] = kind.model
    return journal(
        kind,
        Column("summary", model.party, model.summary),
        *more,
        Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), model.currency),
        Column("responsible", _l("Responsible"), User.name, nullable=True),
        source=lambda session: select().select_from(model).outerjoin(User, User.id == model.responsible_id),
        search=(func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        title=title,
        create_title=create,
        empty=empty,
        filters=filters,
    )


commission_moves = _journal(
    COMMISSION_MOVE,
    _l("Goods on commission"),
    _l("Nothing has been given or taken on commission yet."),
    _l("New goods on commission"),
    Column("way", _l("Which way"), CommissionMove.way, choices=WAYS, sortable=False),
    filters=(Filter("way", _l("Which way"), lambda value: CommissionMove.way == value, tuple(WAYS.items())),),
)
agent_reports = _journal(
    AGENT_REPORT, _l("Agents' reports"), _l("No agent has reported yet."), _l("New agent's report")
)
principal_reports = _journal(
    PRINCIPAL_REPORT, _l("Reports to principals"), _l("Nothing has been reported to a principal yet."), _l("New report")
)
TABLES = {
    COMMISSION_MOVE.noun: commission_moves,
    AGENT_REPORT.noun: agent_reports,
    PRINCIPAL_REPORT.noun: principal_reports,
}


def on_commission(session: Session, direction: str | None) -> Table:
    """A row for each agent or principal and item: what was given, sold, went back and is left, and what is owed."""
    stands = standing(session, Commission.left, by=("item", "contact", "direction"))
    owed = standing(session, Settlements.balance, by=("contact",), name="owed")
    c = stands.c
    given = type_coerce(
        sum((type_coerce(c[name], BigInteger) for name in ("sold", "returned")), type_coerce(c.quantity, BigInteger)),
        Quantity,
    )

    def money(name: str, title: object, value: Any, **more: Any) -> Column:
        return Column(name, title, value, "money", closed="contacts.financial", **more)

    amounts = (
        (
            money("amount", _l("Sold for"), c.amount, summed=()),
            money("commission", _l("Commission"), c.commission, summed=()),
        )
        if "amount" in c
        else ()
    )
    owes = (
        (
            money(
                "owed",
                _l("Owes us in all (−: we owe)"),
                type_coerce(func.coalesce(type_coerce(owed.c.base, BigInteger), 0), Money),
            ),
        )
        if "base" in owed.c
        else ()
    )
    return Table(
        name="trade.on_commission",
        title=_l("On commission"),
        needs="trade.commission_move.view",
        source=lambda _session: (
            select()
            .select_from(stands)
            .join(Contact, Contact.id == c.contact_id)
            .join(Item, Item.id == c.item_id)
            .outerjoin(owed, owed.c.contact_id == Contact.id)
            .where(*([c.direction == direction] if direction else []))
        ),
        key=cast(c.item_id, String) + ":" + cast(c.contact_id, String) + ":" + c.direction,
        key_type=str,
        columns=(
            Column(
                "contact",
                _l("Agent or principal"),
                Contact.name,
                headline=True,
                link=Link("contacts.contact_view", contact_id="contact_id"),
            ),
            Column("direction", _l("Whose goods"), c.direction, choices=DIRECTIONS, sortable=False),
            Column("item", _l("Item"), Item.name),
            Column("given", _l("Given or taken"), given, "quantity"),
            Column("sold", _l("Sold"), c.sold, "quantity"),
            Column("returned", _l("Went back"), c.returned, "quantity"),
            Column("quantity", _l("Left"), c.quantity, "quantity"),
            *amounts,
            *owes,
            Column("contact_id", "", Contact.id, hidden=True, sortable=False),
        ),
        order="contact",
        search=(Item.folded, FoundBy(ContactSearch)),
        empty=_l("Nothing is on commission."),
        is_found=False,
    )

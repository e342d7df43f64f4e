"""The trade's lists."""

from typing import Any

from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, shown_state
from app.api.ledger import is_of_entries, lies_ahead, moved_between, standing
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Filter, Link, Table, document_address, journal, state_filter
from modules.contacts.api import Contact, ContactSearch, family_of, left_to_pay
from modules.trade.commission.tables import agent_reports as agent_reports
from modules.trade.commission.tables import commission_moves as commission_moves
from modules.trade.commission.tables import principal_reports as principal_reports
from modules.trade.complaints.tables import complaints as complaints
from modules.trade.complaints.tables import reasons as reasons
from modules.trade.early.tables import early_discounts as early_discounts
from modules.trade.early.tables import supplier_discounts as supplier_discounts
from modules.trade.figures.tables import OF_THIS_YEAR
from modules.trade.intercompany.tables import own_contacts as own_contacts
from modules.trade.kinds import KINDS
from modules.trade.landed.lookups import came as came
from modules.trade.models import TradeDocument
from modules.trade.parcels.tables import parcels as parcels
from modules.trade.pipeline.quotes import unanswered
from modules.trade.points.tables import changes as changes
from modules.trade.points.tables import programmes as programmes
from modules.trade.pricing.tables import discounts as discounts
from modules.trade.pricing.tables import price_runs as price_runs
from modules.trade.pricing.tables import price_types as price_types
from modules.trade.registers import Sales
from modules.trade.repeating.tables import repetitions as repetitions
from modules.trade.requests.tables import customer_requests
from modules.trade.sourcing.tables import supplier_requests as supplier_requests
from modules.trade.taxes.tables import codes as codes
from modules.trade.taxes.tables import defaults as defaults
from modules.trade.taxes.tables import taxes as taxes
from modules.trade.till.tables import shifts as shifts
from modules.trade.till.tables import tills as tills
from modules.trade.waves.tables import waves as waves
from modules.warehouse.api import Item

#: what is begun on the home page; the rest is made of other documents, or seldom
_DAILY = {"quote", "sales_order", "sale", "purchase_order", "purchase", "supplier_invoice", "invoice"}
#: what debts arise by, in the one direction or the other
_OWED = {"sale", "purchase", "supplier_invoice"}


def _documents(noun: str, title: object, empty: object, create: object, filters: tuple[Filter, ...] = ()) -> Table:
    model: type[TradeDocument] = KINDS[noun].model
    rest = Column(
        "open",
        _l("To be paid"),
        left_to_pay(model),
        "money",
        currency="currency",
        sortable=False,
        nullable=True,
        closed="contacts.financial",
        needs="contacts.statement.view",
    )
    return journal(
        KINDS[noun],
        Column("summary", model.party, model.summary),
        Column("net", _l("Without tax"), model.net, "money", currency="currency", summed=("state",)),
        Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=("state",)),
        *((rest,) if noun in _OWED else ()),
        Column("currency", _l("Currency"), model.currency),
        Column("responsible", _l("Responsible"), User.name, nullable=True),
        source=lambda session: select().select_from(model).outerjoin(User, User.id == model.responsible_id),
        search=(func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        title=title,
        create_title=create,
        is_daily=noun in _DAILY,
        empty=empty,
        filters=filters,
    )


quotes = _documents(
    "quote", _l("Quotes"), _l("No quote yet. Press Insert to make one."), _l("New quote"), filters=(unanswered,)
)
sales_orders = _documents(
    "sales_order", _l("Sales orders"), _l("No sales order yet. Press Insert to make one."), _l("New sales order")
)
invoices = _documents(
    "invoice", _l("Invoices for payment"), _l("No invoice for payment yet."), _l("New invoice for payment")
)
purchase_orders = _documents(
    "purchase_order",
    _l("Purchase orders"),
    _l("No purchase order yet. Press Insert to make one."),
    _l("New purchase order"),
)
sales = _documents("sale", _l("Sales"), _l("No sale yet. Press Insert to make one."), _l("New sale"))
sales_returns = _documents("sales_return", _l("Sales returns"), _l("No sales return yet."), _l("New sales return"))
purchases = _documents("purchase", _l("Purchases"), _l("No purchase yet."), _l("New purchase"))
purchase_returns = _documents(
    "purchase_return", _l("Purchase returns"), _l("No purchase return yet."), _l("New purchase return")
)
receipts = _documents("receipt", _l("Order receipts"), _l("No order receipt yet."), _l("New order receipt"))
supplier_invoices = _documents(
    "supplier_invoice", _l("Supplier invoices"), _l("No supplier invoice yet."), _l("New supplier invoice")
)
supplier_offers = _documents(
    "supplier_offer", _l("Suppliers' offers"), _l("No supplier was asked yet."), _l("New supplier's offer")
)
purchase_agreements = _documents(
    "purchase_agreement", _l("Purchase agreements"), _l("No purchase agreement yet."), _l("New purchase agreement")
)
sales_agreements = _documents(
    "sales_agreement", _l("Sales agreements"), _l("No sales agreement yet."), _l("New sales agreement")
)
receipt_returns = _documents(
    "receipt_return", _l("Receipt returns"), _l("No receipt return yet."), _l("New receipt return")
)
landed_costs = _documents("landed_cost", _l("Landed costs"), _l("No landed cost yet."), _l("New landed cost"))
import_taxes = _documents("import_tax", _l("Import taxes"), _l("No import tax yet."), _l("New import tax"))
DOCUMENTS = {
    "import_tax": import_taxes,
    "supplier_offer": supplier_offers,
    "purchase_agreement": purchase_agreements,
    "sales_agreement": sales_agreements,
    "receipt_return": receipt_returns,
    "landed_cost": landed_costs,
    "customer_request": customer_requests,
    "receipt": receipts,
    "supplier_invoice": supplier_invoices,
    "quote": quotes,
    "sales_order": sales_orders,
    "invoice": invoices,
    "purchase_order": purchase_orders,
    "sale": sales,
    "sales_return": sales_returns,
    "purchase": purchases,
    "purchase_return": purchase_returns,
}


def documents_of(contact_id: int) -> Table:
    """What was sold to a contact, came back from them and was bought from them, as far as it is open to the actor."""
    model = TradeDocument
    return Table(
        name="trade.contact",
        title=_l("Documents"),
        needs="contacts.contact.view",
        source=lambda session: select().select_from(model).where(model.contact_id.in_(family_of(session, contact_id))),
        key=Document.__table__.c.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                model.number,
                nullable=True,
                absent=_l("draft"),
                headline=True,
                link=lambda row: document_address(row.kind, row.id),
            ),
            Column(
                "kind",
                _l("Document"),
                model.kind,
                choices={kind.name: kind.model.title for kind in KINDS.values()},
                sortable=False,
            ),
            Column("moment", _l("Date"), model.moment, "moment"),
            Column("amount", _l("Total"), model.amount, "money", currency="currency"),
            Column("currency", _l("Currency"), model.currency),
            Column("due", _l("Payment due"), model.due, "date", nullable=True),
            Column("state", _l("State"), shown_state(model), "state", sortable=False),
            Column("id", "", model.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(model.number),),
        filters=(state_filter(model),),
        empty=_l("Nothing has been bought or sold yet."),
    )


def results_of(session: Session, *, item_id: int | None = None, contact_id: int | None = None) -> Table:
    """Sales figures of an item, by customer, or of a customer, by item, since the books began, or of this year where they are
    read from documents; the cost may be closed.

    The join with contacts brings the actor's scope along.
    """
    by, is_this_year = ("item", "contact"), is_of_entries(session, Sales)
    source: Any = Sales.results.table
    if is_this_year:
        today = wall_clock().date()
        source = moved_between(session, Sales.results, today.replace(month=1, day=1), today, by=by)
    elif lies_ahead(session, Sales.results):
        source = standing(session, Sales.results, by=by)
    own = (
        source.c.contact_id.in_(family_of(session, contact_id or 0)) if item_id is None else source.c.item_id == item_id
    )
    cost = source.c.get("cost")
    costs: tuple[Column, ...] = ()
    if cost is not None:
        costs = (
            Column("cost", _l("Cost"), cost, "money", summed=()),
            # A difference of two amounts is a plain integer to SQLAlchemy, so it is declared as money.
            Column("margin", _l("Margin"), type_coerce(source.c.revenue - cost, Money), "money", summed=()),
        )
    return Table(
        name="trade.result",
        title=_l("Sales figures"),
        needs="trade.result.view",
        source=lambda _session: (
            select()
            .select_from(source)
            .join(Contact, Contact.id == source.c.contact_id)
            .join(Item, Item.id == source.c.item_id)
            .where(own)
        ),
        key=source.c.item_id * 10_000_000 + source.c.contact_id,
        columns=(
            Column(
                "item",
                _l("Item"),
                Item.name,
                headline=True,
                link=Link("warehouse.item_view", item_id="item_id"),
            ),
            Column("code", _l("Code"), Item.code),
            Column("contact", _l("Customer"), Contact.name),
            Column("quantity", _l("Quantity"), source.c.quantity, "quantity"),
            Column("revenue", _l("Revenue"), source.c.revenue, "money", summed=()),
            *costs,
            Column("item_id", "", Item.id, hidden=True, sortable=False),
        ),
        order="-revenue",
        search=(Item.folded, FoundBy(ContactSearch)),
        empty=_l("Nothing has been sold yet."),
        is_found=False,
        missing=lambda _session: OF_THIS_YEAR if is_this_year else "",
    )

"""The lists of early-payment discounts."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table, journal
from modules.contacts.api import ContactSearch
from modules.trade.early.kinds import EARLY_DISCOUNT, SUPPLIER_DISCOUNT
from modules.trade.models import Sale, TradeDocument


def _discounts(kind: Any, title: object) -> Table:
    model = kind.model
    of: Any = aliased(Sale if model is EARLY_DISCOUNT.model else TradeDocument)
    return journal(
        kind,
        Column("summary", model.party, model.summary),
        Column("discounted", _l("Discount on"), of.number, nullable=True, link=_original(model)),
        Column("net", _l("Without tax"), model.net, "money", currency="currency", summed=("state",)),
        Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), model.currency),
        Column("discounted_id", "", model.discounted_id, hidden=True, sortable=False),
        source=lambda session: select().select_from(model).outerjoin(of, of.id == model.discounted_id),
        search=(func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        title=title,
        empty=_l("No discount was given yet. Terms of payment offer it, on contacts and contracts."),
    )


def _original(model: Any) -> Link | None:
    """The way to a sale; what is bought is of two kinds."""
    is_sold = model is EARLY_DISCOUNT.model
    return Link("trade.sale_view", document_id="discounted_id") if is_sold else None


early_discounts = _discounts(EARLY_DISCOUNT, _l("Early-payment discounts"))
supplier_discounts = _discounts(SUPPLIER_DISCOUNT, _l("Suppliers' early-payment discounts"))
#: noun → its list
TABLES = {"early_discount": early_discounts, "supplier_discount": supplier_discounts}

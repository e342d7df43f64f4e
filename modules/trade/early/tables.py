"""The lists of early-payment discounts."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Table, journal
from modules.contacts.api import ContactSearch
from modules.trade.early.kinds import EARLY_DISCOUNT, SUPPLIER_DISCOUNT


def _discounts(kind: Any, title: object) -> Table:
    model = kind.model
    found = journal(
        kind,
        Column("summary", model.party, model.summary),
        Column("net", _l("Without tax"), model.net, "money", currency="currency", summed=("state",)),
        Column("amount", _l("Total"), model.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), model.currency),
        source=lambda session: select().select_from(model),
        search=(func.lower(model.summary), FoundBy(ContactSearch, model.contact_id)),
        title=title,
        empty=_l("No discount yet. Open an invoice, choose “More” and “Early-payment discount”."),
    )
    return replace(found, create=None, create_needs=None)  # one begins with the document that it is on


early_discounts = _discounts(EARLY_DISCOUNT, _l("Early-payment discounts"))
supplier_discounts = _discounts(SUPPLIER_DISCOUNT, _l("Suppliers' early-payment discounts"))
#: noun → its list
TABLES = {"early_discount": early_discounts, "supplier_discount": supplier_discounts}

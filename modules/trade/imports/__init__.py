"""The import targets `trade.sales` and `trade.purchases`: tables of invoice rows become posted documents.

Two passes. The first reads and checks every row into a temporary store on disk and keeps only sums in memory; the
second posts whole invoices in batches, each a transaction of its own, so that people go on working meanwhile and an
import that was cut off resumes when it is started again. What each kind of row becomes: docs/importing.md.
"""

from functools import partial

from app.api.imports import Target
from app.api.texts import lazy_gettext as _l
from modules.trade.imports.bringing_in import bring_in
from modules.trade.imports.grammar import NEEDED, OF_PURCHASES, OF_SALES
from modules.trade.imports.rules import COUNTRY, CUSTOMER, DISCOUNT, SUPPLIER
from modules.trade.suppliers.imports import suppliers as suppliers

_OPENING = (
    "contacts.contact.edit",
    "warehouse.item.edit",
    "warehouse.opening.edit",
    "warehouse.opening.post",
)

sales = Target(
    name="trade.sales",
    title=_l("Sales, by invoice rows"),
    shown="trade.sale_list",
    permissions=(
        *_OPENING,
        "warehouse.write_off.edit",
        "warehouse.write_off.post",
        "trade.sale.edit",
        "trade.sale.post",
        "trade.sales_return.edit",
        "trade.sales_return.post",
    ),
    run=partial(bring_in, CUSTOMER),
    fields=CUSTOMER.fields,
    optional=(COUNTRY, DISCOUNT),
    options=OF_SALES,
    needed=(*NEEDED, "walk_in", "customers"),
)

purchases = Target(
    name="trade.purchases",
    title=_l("Purchases, by invoice rows"),
    shown="trade.purchase_list",
    permissions=(
        *_OPENING,
        "trade.purchase.edit",
        "trade.purchase.post",
        "trade.purchase_return.edit",
        "trade.purchase_return.post",
    ),
    run=partial(bring_in, SUPPLIER),
    fields=SUPPLIER.fields,
    optional=(COUNTRY, DISCOUNT),
    options=OF_PURCHASES,
    needed=(*NEEDED, "suppliers"),
)

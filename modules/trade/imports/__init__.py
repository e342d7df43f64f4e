"""The import target `trade.sales`: tables of invoice rows become posted sales, returns and write-offs.

Two passes. The first reads and checks every row into a temporary store on disk and keeps only sums in memory; the
second posts whole invoices in batches, each a transaction of its own, so that people go on working meanwhile and an
import that was cut off resumes when it is started again. What each kind of row becomes: docs/importing.md.
"""

from app.api.imports import Target
from app.api.texts import lazy_gettext as _l
from modules.trade.imports.grammar import NEEDED, OPTIONS
from modules.trade.imports.rules import FIELDS
from modules.trade.imports.sales import bring_in

sales = Target(
    name="trade.sales",
    title=_l("Sales, by invoice rows"),
    shown="trade.sale_list",
    permissions=(
        "contacts.contact.edit",
        "warehouse.item.edit",
        "warehouse.opening.edit",
        "warehouse.opening.post",
        "warehouse.write_off.edit",
        "warehouse.write_off.post",
        "trade.sale.edit",
        "trade.sale.post",
        "trade.sales_return.edit",
        "trade.sales_return.post",
    ),
    run=bring_in,
    fields=FIELDS,
    options=OPTIONS,
    needed=NEEDED,
)

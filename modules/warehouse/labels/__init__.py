"""Labels of goods, and what they have in common with those of bins and prices: sizes, and codes that a scanner reads.

Here stands what the module's manifest says of them.
"""

from app.api.module import Begin, MenuItem
from app.api.texts import lazy_gettext as _l

#: whoever sees items prints labels of them: no price stands on these
VIEW = "warehouse.item.view"
_PAGE = "warehouse.goods_label_new"
#: what brings goods
_KINDS = ("receipt", "transfer", "transfer_receipt", "surplus", "opening", "assembly", "disassembly")

MENU = (MenuItem(_l("Labels of goods"), _PAGE, VIEW, _l("Warehouse"), "tags"),)
BEGINS = tuple(
    Begin(f"warehouse.{noun}", _l("Labels of goods"), _PAGE, VIEW, "document", "tags", of_drafts=True)
    for noun in _KINDS
)
#: what the audit calls what is taken along
WORDS = {"warehouse.labels": _l("Labels of goods")}

"""Labels for shelves and goods, with the price: on sheets of A4 and on rolls; and those without one of what documents bring."""

from app.api.module import Begin
from app.api.texts import lazy_gettext as _l

BEGINS = tuple(
    Begin(
        f"trade.{noun}",
        _l("Labels of goods"),
        "warehouse.goods_label_new",
        "warehouse.item.view",
        "document",
        "tags",
        of_drafts=True,
    )
    for noun in ("receipt", "purchase", "sales_return")
)

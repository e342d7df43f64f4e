"""What agreements are called, and what is ordered by them."""

from app.api.documents import Makes, Words
from app.api.texts import lazy_gettext as _l
from modules.trade.making import bought_order_of, order_of, sale_of
from modules.trade.models import PurchaseAgreement, SalesAgreement, TradeDocument

AGREED = Words(
    {"posted": _l("Agreed"), "closed": _l("Ended"), "reversed": _l("Cancelled")},
    post=_l("Confirm"),
    posted=_l("%(number)s is confirmed."),
    ask=_l("Cancel this agreement? Nothing can be ordered by it any more."),
    reverse=_l("Cancel it"),
    reversed=_l("%(number)s is cancelled."),
)
_TAKEN, _SHARE = "agreed", _l("Ordered")
#: what takes of an agreement: all of it together never more than agreed
OF_AGREEMENTS: dict[type[TradeDocument], tuple[Makes, ...]] = {
    PurchaseAgreement: (
        Makes("trade.purchase_order", _l("Purchase order"), bought_order_of, "clipboard-list", _TAKEN, _SHARE),
    ),
    SalesAgreement: (
        Makes("trade.sales_order", _l("Sales order"), order_of, "clipboard-check", _TAKEN, _SHARE),
        Makes("trade.sale", _l("Sale"), sale_of, "package-export", _TAKEN),
    ),
}

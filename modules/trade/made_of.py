"""What is made of which document, and what is said of those that move neither goods nor debts."""

from dataclasses import replace

from app.api.documents import Makes, Words
from app.api.texts import lazy_gettext as _l
from modules.trade.agreements.kinds import OF_AGREEMENTS
from modules.trade.complaints.kinds import complaint_of
from modules.trade.landed.making import import_tax_of, join_receipts, landed_of
from modules.trade.making import (
    charge_of,
    direct_order_of,
    invoice_of,
    join_lines,
    order_of,
    purchase_of,
    receipt_of,
    sale_of,
)
from modules.trade.models import (
    GoodsReceipt,
    Invoice,
    Purchase,
    PurchaseOrder,
    Quote,
    Sale,
    SalesOrder,
    SupplierInvoice,
    SupplierOffer,
    TradeDocument,
)
from modules.trade.returning import return_of
from modules.trade.sourcing.offers import order_of_offer
from modules.trade.sourcing.tolerances import may_exceed

_SHIPPED, _INVOICED, _ORDERED, _RECEIVED = "shipped", "invoiced", "ordered", "received"
_TO_SALE = Makes("trade.sale", _l("Sale"), sale_of, "package-export", takes=_SHIPPED, share=_l("Shipped"))
_TO_SHIP = replace(_TO_SALE, exceeds=may_exceed, joins=join_lines)
_TO_INVOICE = Makes(
    "trade.invoice", _l("Invoice for payment"), invoice_of, "file-invoice", _INVOICED, _l("Invoiced"), joins=join_lines
)
_TO_RETURN = Makes("trade.purchase_return", _l("Purchase return"), return_of, "package-export", share=_l("Returned"))
_TO_IMPORT_TAX = Makes("trade.import_tax", _l("Import tax"), import_tax_of, "receipt-tax", joins=join_receipts)
_TO_LANDED = Makes("trade.landed_cost", _l("Landed cost"), landed_of, "world", joins=join_receipts)
#: kind → what is made of it
MAKES: dict[type[TradeDocument], tuple[Makes, ...]] = {
    Quote: (
        Makes("trade.sales_order", _l("Sales order"), order_of, "clipboard-check", _ORDERED, _l("Ordered")),
        Makes("trade.sale", _l("Sale"), sale_of, "package-export", _ORDERED),
        _TO_INVOICE,
    ),
    SalesOrder: (
        _TO_SHIP,
        _TO_INVOICE,
        Makes("trade.purchase_order", _l("Purchase order"), direct_order_of, "clipboard-list", fits=lambda x: x.direct),
    ),
    Invoice: (_TO_SALE,),
    PurchaseOrder: (
        Makes(
            "trade.receipt",
            _l("Order receipt"),
            receipt_of,
            "package-import",
            _RECEIVED,
            _l("Received"),
            exceeds=may_exceed,
            joins=join_lines,
        ),
        Makes(
            "trade.purchase",
            _l("Purchase"),
            purchase_of,
            "truck-delivery",
            _RECEIVED,
            exceeds=may_exceed,
            joins=join_lines,
        ),
    ),
    SupplierOffer: (
        Makes("trade.purchase_order", _l("Purchase order"), order_of_offer, "clipboard-list", _ORDERED, _l("Ordered")),
    ),
    **OF_AGREEMENTS,
    GoodsReceipt: (
        Makes(
            "trade.supplier_invoice",
            _l("Supplier invoice"),
            charge_of,
            "file-invoice",
            _INVOICED,
            _l("Invoiced"),
            joins=join_lines,
        ),
        Makes("trade.receipt_return", _l("Receipt return"), return_of, "package-export", _INVOICED, is_back=True),
        _TO_LANDED,
        _TO_IMPORT_TAX,
    ),
    SupplierInvoice: (_TO_RETURN,),
    Sale: (
        Makes("trade.sales_return", _l("Sales return"), return_of, "package-import", share=_l("Returned")),
        Makes("trade.complaint", _l("Complaint"), complaint_of, "message-report", share=_l("Complained of")),
    ),
    Purchase: (_TO_RETURN, _TO_LANDED, _TO_IMPORT_TAX),
}
_CANCEL = {"reverse": _l("Cancel it"), "reversed": _l("%(number)s is cancelled.")}
QUOTED = Words(
    {"posted": _l("Sent"), "closed": _l("Declined"), "reversed": _l("Cancelled")},
    post=_l("Send"),
    posted=_l("%(number)s is marked as sent. Send it by e-mail from here, or give the customer a link."),
    ask=_l("Cancel this quote?"),
    **_CANCEL,
)
CONFIRMED = Words(
    {"posted": _l("Confirmed"), "reversed": _l("Cancelled")},
    post=_l("Confirm"),
    posted=_l("%(number)s is confirmed."),
    ask=_l("Cancel this order? Nothing is kept for it any more."),
    **_CANCEL,
)
ISSUED = Words(
    {"posted": _l("Issued"), "reversed": _l("Cancelled")},
    post=_l("Issue"),
    posted=_l("%(number)s is issued."),
    ask=_l("Cancel this invoice for payment?"),
    **_CANCEL,
)

"""What sales, purchases and their returns say on paper."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import document_title
from app.api.prints import Fact, Paper, PaperColumn, Print, Total
from app.api.reference import PER_LINE, base_currency, dated_rate
from app.api.texts import day as said_day
from app.api.texts import exchange_rate, money, number
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import allocations_of, contract_fact, open_of
from modules.trade.early.offering import early_fact
from modules.trade.labels.printing import label_form
from modules.trade.landed.rules import BASES
from modules.trade.models import PurchaseReturn, ReceiptReturn, TradeDocument, TradeLine
from modules.trade.paper.contract import contract_form
from modules.trade.paper.invoice import credit_note, invoice, order
from modules.trade.paper.receipt import receipt
from modules.trade.paper.russian import schet, torg12, upd
from modules.trade.paper.transport import carriage_note, consignment_note, transport_note
from modules.trade.paper.vietnamese import issue_note
from modules.trade.parcels.carriers import carrier_title
from modules.trade.parcels.label import parcel_label
from modules.trade.points.words import points_words
from modules.trade.pricing.explaining import explanation
from modules.trade.pricing.printing import price_list_form
from modules.trade.queries import taxes_by_category
from modules.trade.suppliers.queries import their_codes
from modules.trade.taxes.book import untaxed_because
from modules.trade.taxes.categories import STANDARD, UNSAID, WORDS
from modules.trade.till.receipt import till_receipt
from modules.warehouse.api import GOODS, item_cells, item_column, lots_of_lines, packed, priced_per, said_second

#: a rate that is more days old is said to be: banks quote none at weekends and on holidays
_FRESH = 5
#: prints and forms of trade documents
__all__ = [
    "carriage_note",
    "consignment_note",
    "transport_note",
    "contract_form",
    "credit_note",
    "delivery_note",
    "delivery_paper",
    "invoice",
    "issue_note",
    "label_form",
    "parcel_label",
    "order",
    "price_list_form",
    "receipt",
    "request_for_quotation",
    "till_receipt",
    "schet",
    "torg12",
    "trade_paper",
    "upd",
]


def trade_paper(session: Session, document: TradeDocument) -> Paper:
    """A trade document: with whom, its lines with prices and taxes, what it comes to by rate of tax."""
    currency, base = document.currency, base_currency(session)
    is_open = document.contact is not None  # to whoever looks
    theirs = their_codes(session, document)
    left = open_of(session, [document.id]) if document.state == "posted" else {}
    contact = (("contact_id", document.contact_id),)
    lots = lots_of_lines(session, document, document.lines)
    return Paper(
        facts=(
            Fact(
                document.party,
                document.summary,
                endpoint="contacts.contact_view" if is_open else "",
                arguments=contact,
                needs="contacts.contact.view",
            ),
            contract_fact(session, document.contract_id),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Warehouse"), document.place.name),
            Fact(_l("Supplier's number") if document.owes_net else _l("Customs declaration"), document.supplier_number),
            Fact(
                _l("Day of the supplier's invoice") if document.owes_net else _l("Day of the declaration"),
                document.supplier_day,
                "date",
            ),
            Fact(_l("Valid until"), document.valid_until, "date"),
            Fact(_l("Delivery"), document.delivery, "date"),
            Fact(_l("Delivered to"), document.ship_to or None),
            Fact(_l("Carrier"), carrier_title(session, document.carrier) or None),
            Fact(_l("Answered on"), document.answered, "date"),
            Fact(_l("Days of delivery"), document.delivery_days, "quantity"),
            Fact(_l("Receipts and purchases"), getattr(document, "receipts", None)),
            Fact(_l("To be replaced"), _replaced_words(document)),
            Fact(_l("Spread by"), BASES.get(document.basis or "")),
            Fact(_l("Payment due"), document.due, "date"),
            *((early_fact(session, document),) if left.get(document.id) != 0 else ()),
            Fact(_l("Still open"), left.get(document.id), "money", "open"),
            *((_rate_fact(session, document, base),) if currency != base else ()),
            Fact(_l("Paid in cash"), _l("Yes") if document.is_cash else None),
            *(Fact(_l("Tax"), reason) for reason in untaxed_because(session, document)),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("quantity", _l("Quantity"), "quantity"),
            PaperColumn("price", _l("Price"), "price"),
            PaperColumn("discount", _l("Discount, %"), "rate"),
            PaperColumn("tax_rate", _l("Tax, %"), "rate"),
            PaperColumn("amount", _l("Amount"), "money"),
        ),
        lines=[
            {
                "quantity": line.quantity,
                "packed": packed(line.quantity, line.packing),
                "second": said_second(line),
                "per": priced_per(line.item),
                "price": line.price,
                "discount": line.discount or None,
                "tax_rate": line.tax_rate,
                "amount": line.amount(tax_included=document.tax_included),
                "aside": " · ".join(
                    str(each)
                    for each in (
                        theirs.get(line.item_id),
                        explanation(line.pricing),
                        points_words(line),
                        _direct_words(line),
                        lots.get(line.line),
                    )
                    if each
                ),
                **item_cells(line.item),
            }
            for line in document.lines
        ],
        totals=(
            Total(_l("Without tax") if document.owes_net else _l("Base of the tax"), document.net),
            *(
                Total(_tax_title(document, category, rate, amount), tax)
                for category, rate, amount, tax in taxes_by_category(document)
            ),
            *((Total(_l("Rounding, paid in cash"), document.rounding),) if document.rounding else ()),
            Total(_l("Total"), document.amount, is_grand=True),
        ),
        currency=currency,
        attached=(_l("Settled by"), _settlements(session, document)) if left else None,
    )


def _rate_fact(session: Session, document: TradeDocument, base: str) -> Fact:
    """The rate of a document. A draft has none of its own yet: what its day has by now, of which day that is, and whether it is
    old."""
    if document.state != "draft":
        return Fact(_l("Rate"), exchange_rate(document.rate, document.currency, base), name="rate")
    day = document.moment.date() if document.is_dated else wall_clock().date()
    rate, since = dated_rate(session, document.currency, day)
    if rate is None:
        words = _l("none on %(day)s; enter one", day=said_day(day))
        missing = (("currency", document.currency), ("day", day.isoformat()))
        return Fact(
            _l("Rate"),
            words,
            name="rate",
            endpoint="core.rate_new",
            arguments=missing,
            needs="core.rate.edit",
        )
    said, age = {"rate": exchange_rate(rate, document.currency, base), "day": said_day(since)}, (day - since).days
    if age > _FRESH:
        return Fact(_l("Rate"), _l("%(rate)s, of %(day)s: %(n)s days old", n=age, **said), name="rate")
    return Fact(_l("Rate"), _l("%(rate)s, of %(day)s", **said), name="rate")


def _direct_words(line: TradeLine) -> object:
    return _l("the supplier delivers it") if line.direct else ""


def _replaced_words(document: TradeDocument) -> object:
    """Whether what goes back to a supplier is to come once more; of other documents nothing."""
    if not isinstance(document, (ReceiptReturn, PurchaseReturn)):
        return None
    return _l("Yes") if isinstance(document, ReceiptReturn) and document.reopens else _l("No")


def _tax_title(document: TradeDocument, category: str, rate: Decimal, amount: Decimal) -> object:
    """What is printed can be worked out by whoever reads it, so it says of what the tax is, and what was rounded; of what has
    none, why."""
    if category not in (STANDARD, UNSAID):
        return _l("%(category)s, 0 %% of %(net)s", category=WORDS[category], net=money(amount, document.currency))
    of, per_cent = money(amount, document.currency), number(rate)
    if document.tax_rounding == PER_LINE:
        words = _l("in %(amount)s", amount=of) if document.tax_included else _l("of %(amount)s", amount=of)
        return _l("Tax %(rate)s %% %(of)s, rounded on each line", rate=per_cent, of=words)
    if document.tax_included:
        return _l("Tax %(rate)s %% in %(gross)s", rate=per_cent, gross=of)
    return _l("Tax %(rate)s %% of %(net)s", rate=per_cent, net=of)


def delivery_paper(session: Session, document: TradeDocument) -> Paper:
    """What goes out with the goods: to whom, what and how much, without prices."""
    lots = lots_of_lines(session, document, document.lines)
    return Paper(
        facts=(
            Fact(document.party, document.summary),
            Fact(_l("Address"), document.contact.address if document.contact is not None else None),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Warehouse"), document.place.name),
        ),
        columns=(item_column(_l("Item")), PaperColumn("quantity", _l("Quantity"), "quantity")),
        lines=[
            {
                "quantity": line.quantity,
                "packed": packed(line.quantity, line.packing),
                "second": said_second(line),
                "aside": lots.get(line.line, ""),
                **item_cells(line.item),
            }
            for line in document.lines
            if line.item.kind == GOODS or not document.goods_leave
        ],
        totals=(),
        currency=document.currency,
    )


delivery_note = Print(
    "trade.delivery_note",
    _l("Delivery note"),
    ("trade.sale", "trade.purchase_return", "trade.receipt_return"),
    delivery_paper,
    is_for_partner=True,
)
#: what a supplier is asked, before there is any price
request_for_quotation = Print(
    "trade.request_for_quotation",
    _l("Request for quotation"),
    ("trade.supplier_offer",),
    delivery_paper,
    is_for_partner=True,
)


def _settlements(session: Session, document: TradeDocument) -> list[Fact]:
    """What paid it, or what it paid: each with its amount, leading to that document as far as it is open to the user."""
    return [
        Fact(
            f"{document_title(settled.kind)} {settled.number}".strip(),
            settled.amount,
            "money",
            endpoint=f"{settled.kind}_view" if settled.number else "",
            arguments=(("document_id", settled.document_id),),
            needs=f"{settled.kind}.view",
        )
        for settled in allocations_of(session, document.id)
    ]

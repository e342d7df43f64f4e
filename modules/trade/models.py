"""Quotes, orders, invoices for payment, sales, purchases and their returns: kinds of one shape."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import UNKEPT, Base, Versioned
from app.api.documents import Document, LineOf
from app.api.texts import lazy_gettext as _l
from app.api.values import HasRate, Money, Percent, Price, Quantity
from modules.contacts.api import Contact, UnderContract
from modules.warehouse.api import CUSTOMERS, SUPPLIERS, Item, Packing, Place, priced_quantity


class TradeDocument(UnderContract, HasRate, Document):
    """Goods and services against money, with one contact. `Document.amount` is what is to be paid: net, tax and rounding."""

    __tablename__ = "trade_document"
    __mapper_args__ = {"polymorphic_abstract": True}

    partner, is_for_partner = "contact_id", True
    limited_by = ("place_id",)
    #: what the contact is to us by it
    party: ClassVar[object]
    #: the place outside that goods come from or go to
    outside: ClassVar[int]
    #: 1 when goods leave the warehouse, -1 when they come in
    goods_leave: ClassVar[int]
    #: 1 when the contact owes us more by it, -1 when less
    debt: ClassVar[int]
    #: whether it is with a supplier
    is_bought: ClassVar[bool] = False
    #: whether sales figures count it
    is_sold: ClassVar[bool] = False
    #: whether its net is owed too, and not the tax alone
    owes_net: ClassVar[bool] = True
    #: whether the goods are worth what the lines say
    is_priced: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts_contact.id"), index=True)
    #: the warehouse
    place_id: Mapped[int] = mapped_column(ForeignKey("warehouse_place.id"))
    #: whether the prices of the lines have the tax in them
    tax_included: Mapped[bool] = mapped_column(default=False)
    #: whether tax is rounded once for each rate or on each line: as the organisation had it when the document was written
    tax_rounding: Mapped[str] = mapped_column(String(4), default="rate", server_default="line")
    #: without tax, in the document's currency; stored, and never changed by itself
    net: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    #: whether it is paid in cash, and what is then added to the total so that there are coins for it
    is_cash: Mapped[bool] = mapped_column(default=False, server_default=false())
    rounding: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    #: when payment is due
    due: Mapped[date | None]
    #: of what a supplier charges: the number and day of their own invoice
    supplier_number: Mapped[str | None] = mapped_column(String(60))
    supplier_day: Mapped[date | None]
    #: what the customer has said to get a discount, in capitals; empty: nothing
    coupon: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: of a sale: how many bonus points it is paid with, and of which programme
    points: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    programme_id: Mapped[int | None] = mapped_column(
        ForeignKey("trade_points_programme.id"), info=UNKEPT
    )  # it follows from the contact
    #: of an order: when goods are to go out, or to come
    delivery: Mapped[date | None]
    #: of a quote: the last day on which it is accepted
    valid_until: Mapped[date | None]
    #: of a quote: whether a draft order is made when the customer accepts it, and the customer request that it answers
    makes_order: Mapped[bool] = mapped_column(default=False, server_default=false())
    request_id: Mapped[int | None] = mapped_column(ForeignKey("trade_document.id"), index=True)
    #: of a sale: the return that it went out instead of
    exchange_id: Mapped[int | None] = mapped_column(ForeignKey("trade_document.id"), index=True)
    #: of a purchase order: where the supplier brings the goods, when that isn't our warehouse
    ship_to: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: of a sale: the purchase by which the supplier brought the goods to the customer
    direct_id: Mapped[int | None] = mapped_column(ForeignKey("trade_document.id"), index=True)
    #: of a customer request: what is asked in the customer's words, how it came, and by when it is to be answered
    asked: Mapped[str] = mapped_column(Text, default="", server_default="")
    channel: Mapped[str] = mapped_column(String(10), default="", server_default="")
    answer_by: Mapped[date | None]
    #: of a sales order: who waits for goods goes by it, the highest first
    priority: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    #: of a quote, sales order or sale: the name of the `Carrier` that is to bring it; empty: none is said
    carrier: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: of a sales order: whether goods are kept for it, and the last day on which they are
    reserves: Mapped[bool] = mapped_column(default=False, server_default=false())
    reserved_until: Mapped[date | None]
    #: of goods on commission: which way they go, as `commission.models` names it, and the place that they go to or come from
    way: Mapped[str | None] = mapped_column(String(8))
    party_place_id: Mapped[int | None] = mapped_column(
        BigInteger, info=UNKEPT
    )  # it follows from the contact and the way

    #: as its terms were when it was written: per cent off what is paid in full within so many days of it; 0: nothing
    discount_percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    discount_days: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    #: of an early-payment discount: the document that it is for, and the payment that it was given with, if any
    discounted_id: Mapped[int | None] = mapped_column(ForeignKey("trade_document.id"), index=True)
    discount_payment_id: Mapped[int | None] = mapped_column(ForeignKey("contacts_payment.id"), index=True)
    #: of a landed cost: by what it is spread, a key of `landed.rules.BASES`
    basis: Mapped[str] = mapped_column(String(8), default="", server_default="")
    #: of a supplier's offer: the request that it answers, the day of the answer, and in how many days they deliver
    supplier_request_id: Mapped[int | None] = mapped_column(ForeignKey("trade_supplier_request.id"), index=True)
    answered: Mapped[date | None]
    delivery_days: Mapped[int | None]

    contact: Mapped[Contact] = relationship()
    place: Mapped[Place] = relationship()
    lines: Mapped[list["TradeLine"]] = relationship(order_by="TradeLine.line", cascade="all, delete-orphan")


# most have none; how often one was used is counted
Index(
    "ix_trade_document_coupon",
    TradeDocument.coupon,
    sqlite_where=text("coupon <> ''"),
    postgresql_where=text("coupon <> ''"),
)
# the last one of a customer is proposed for what they order next
Index(
    "ix_trade_document_contact_id_carrier",
    TradeDocument.contact_id,
    TradeDocument.id,
    sqlite_where=text("carrier <> ''"),
    postgresql_where=text("carrier <> ''"),
)


class TradeLine(LineOf, Base):
    """One item of a trade document."""

    __tablename__ = "trade_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("trade_document.id"), primary_key=True)
    #: 1, 2, 3 …
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id"), index=True)
    #: above zero, in base units; zero of an early-payment discount, which moves no goods
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    #: the same in the item's second unit; None: it has none, or nobody has said it
    second: Mapped[Decimal | None] = mapped_column(Quantity)
    #: in what it was typed
    packing_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse_packing.id"))
    #: what was typed of lots and serial numbers, and until when they may be used; which ones it were is in the stock register
    lots: Mapped[str] = mapped_column(Text, default="", server_default="")
    expires: Mapped[date | None]
    #: the box or pallet that was scanned for it, by its code: its goods leave that
    logistic_unit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: of one base unit, or of one second unit where the item is priced by it, in the document's currency, with or without tax
    #: as the document says
    price: Mapped[Decimal] = mapped_column(Price)
    #: per cent off the price
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    #: per cent
    tax_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    #: why it has that: a key of `taxes.categories.WORDS`, and the tax code that it was taken from, if any
    tax_category: Mapped[str] = mapped_column(String(2), default="", server_default="")
    tax_code_id: Mapped[int | None] = mapped_column(ForeignKey("trade_tax_code.id"), index=True)
    #: per cent: of a purchase with reverse charge, what we owe of it and deduct ourselves
    reverse_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    net: Mapped[Decimal] = mapped_column(Money)
    tax: Mapped[Decimal] = mapped_column(Money)
    #: above zero: the supplier brings it to the customer, without our stock; of a sale, the line of the purchase `direct_id`
    direct: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    #: of a commission report: the sum that the agent keeps of it, besides the per cent of `discount`
    commission: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    #: bonus points that it is paid with, and what they take off it: in the document's currency, with tax as the prices
    points: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    points_off: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    #: how its price came about when it was written, as `pricing.explaining` reads it; empty: somebody typed it
    pricing: Mapped[str] = mapped_column(Text, default="", server_default="")

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
    packing: Mapped[Packing | None] = relationship(lazy="selectin")  # asks nothing where no line has one

    @property
    def priced(self) -> Decimal:
        """What its price is multiplied by: the second quantity where the item is priced by it."""
        return priced_quantity(self.item, self.quantity, self.second)

    @property
    def priced_unit(self) -> str:
        """The name of the unit of which its price is."""
        second = self.item.second_unit
        return second.name if self.item.is_priced_by_second and second is not None else self.item.unit.name

    @property
    def gross(self) -> Decimal:
        """Tax included."""
        return self.net + self.tax

    def amount(self, *, tax_included: bool) -> Decimal:
        """Quantity × price less discount: with the tax in it where prices include it."""
        return self.gross if tax_included else self.net


# most have none; what a packing contains is fixed once one is counted in it
Index(
    "ix_trade_line_packing_id",
    TradeLine.packing_id,
    sqlite_where=text("packing_id IS NOT NULL"),
    postgresql_where=text("packing_id IS NOT NULL"),
)


class Sale(TradeDocument):
    """Goods and services sold."""

    __mapper_args__ = {"polymorphic_identity": "trade.sale"}
    title, party = _l("Sale"), _l("Customer")
    prefix, outside, goods_leave, debt, is_sold = "S-", CUSTOMERS, 1, 1, True


class SalesReturn(TradeDocument):
    """Goods that come back from a customer, or a service that is credited."""

    __mapper_args__ = {"polymorphic_identity": "trade.sales_return"}
    title, party = _l("Sales return"), _l("Customer")
    prefix, outside, goods_leave, debt, is_sold, clears_up = "SR-", CUSTOMERS, -1, -1, True, True


class Purchase(TradeDocument):
    """Goods and services bought from a supplier."""

    __mapper_args__ = {"polymorphic_identity": "trade.purchase"}
    title, party = _l("Purchase"), _l("Supplier")
    prefix, outside, goods_leave, debt, is_priced, is_bought = "PU-", SUPPLIERS, -1, -1, True, True


class PurchaseReturn(TradeDocument):
    """Goods that go back to a supplier, or a service that was charged wrongly."""

    __mapper_args__ = {"polymorphic_identity": "trade.purchase_return"}
    title, party = _l("Purchase return"), _l("Supplier")
    prefix, outside, goods_leave, debt, clears_up, is_bought = "PR-", SUPPLIERS, 1, 1, True, True


class Promise(TradeDocument):
    """What is offered, ordered or asked to be paid: it moves neither goods nor debts."""

    __mapper_args__ = {"polymorphic_abstract": True}
    outside, goods_leave, debt = CUSTOMERS, 0, 0


class CustomerRequest(Promise):
    """What a customer asks about before there are prices: to be answered by a quote, or declined."""

    __mapper_args__ = {"polymorphic_identity": "trade.customer_request"}
    title, party, prefix, is_for_partner = _l("Customer request"), _l("Customer"), "CR-", False


class Quote(Promise):
    """What is offered to a customer, at what prices, and until when. Its versions are under one number."""

    __mapper_args__ = {"polymorphic_identity": "trade.quote"}
    title, party, prefix = _l("Quote"), _l("Customer"), "Q-"


class Order(Promise):
    """What was agreed and is still to be delivered."""

    __mapper_args__ = {"polymorphic_abstract": True}


class SalesOrder(Order):
    """What a customer has ordered: goods are kept for it, and sales are made of it."""

    __mapper_args__ = {"polymorphic_identity": "trade.sales_order"}
    title, party, prefix, is_paid_in_advance = _l("Sales order"), _l("Customer"), "SO-", True


class PurchaseOrder(Order):
    """What was ordered from a supplier, and when it comes."""

    __mapper_args__ = {"polymorphic_identity": "trade.purchase_order"}
    title, party, prefix, is_bought = _l("Purchase order"), _l("Supplier"), "PO-", True


class Invoice(Promise):
    """A request to pay, in part or in advance. The debt arises with the sale."""

    __mapper_args__ = {"polymorphic_identity": "trade.invoice"}
    title, party, prefix, is_paid_in_advance = _l("Invoice for payment"), _l("Customer"), "IN-", True


class GoodsReceipt(TradeDocument):
    """What has come of a purchase order, at the prices ordered. The supplier's invoice charges it, and says what it costs."""

    __mapper_args__ = {"polymorphic_identity": "trade.receipt"}
    title, party = _l("Order receipt"), _l("Supplier")
    prefix, outside, goods_leave, debt, is_priced, is_bought = "OR-", SUPPLIERS, -1, 0, True, True


class SupplierInvoice(TradeDocument):
    """What a supplier charges for receipts: the debt, and the difference to the prices ordered, which the goods bear."""

    __mapper_args__ = {"polymorphic_identity": "trade.supplier_invoice"}
    title, party = _l("Supplier invoice"), _l("Supplier")
    prefix, outside, goods_leave, debt, is_bought = "SI-", SUPPLIERS, 0, -1, True


class ReceiptReturn(TradeDocument):
    """Goods of an order receipt that go back before the supplier charges them: no debt has arisen, and none does."""

    __mapper_args__ = {"polymorphic_identity": "trade.receipt_return"}
    title, party = _l("Receipt return"), _l("Supplier")
    prefix, outside, goods_leave, debt, clears_up, is_bought = "RR-", SUPPLIERS, 1, 0, True, True

    @property
    def reopens(self) -> bool:
        """Whether the supplier is to replace what goes back, so that its order awaits it again."""
        return any(link.reopens for link in self.links)


class OfReceipts(TradeDocument):
    """What is charged for goods that came before."""

    __mapper_args__ = {"polymorphic_abstract": True}
    outside, goods_leave, debt, is_bought = SUPPLIERS, 0, -1, True

    landed_on: Mapped[list["LandedOn"]] = relationship(
        order_by="LandedOn.receipt_id", cascade="all, delete-orphan", foreign_keys="LandedOn.document_id"
    )

    @property
    def receipts(self) -> str:
        """The numbers of the receipts and purchases that it is for."""
        return ", ".join(row.number for row in self.landed_on)


class LandedCost(OfReceipts):
    """Freight, customs or insurance: services that a supplier charges, spread over goods that came before."""

    __mapper_args__ = {"polymorphic_identity": "trade.landed_cost"}
    title, party, prefix = _l("Landed cost"), _l("Supplier"), "LC-"


class ImportTax(OfReceipts):
    """Tax that customs charges on goods from abroad: owed and deducted, in no cost. Its lines say of what the tax is."""

    __mapper_args__ = {"polymorphic_identity": "trade.import_tax"}
    title, party, prefix, owes_net = _l("Import tax"), _l("Customs or broker"), "IT-", False


class LandedOn(LineOf, Base):
    """A receipt or purchase whose goods bear a landed cost, or on which import tax is charged."""

    __tablename__ = "trade_landed_on"

    document_id: Mapped[int] = mapped_column(ForeignKey("trade_document.id", ondelete="CASCADE"), primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("trade_document.id"), primary_key=True, index=True)
    number: Mapped[str] = mapped_column(String(60))


class EarlyDiscount(TradeDocument):
    """What a customer is let off for paying a sale early. Its lines have the numbers of the sale's, and no quantity."""

    __mapper_args__ = {"polymorphic_identity": "trade.early_discount"}
    title, party = _l("Early-payment discount"), _l("Customer")
    prefix, outside, goods_leave, debt, is_sold, clears_up = "ED-", CUSTOMERS, 0, -1, True, True


class SupplierDiscount(TradeDocument):
    """What a supplier lets us off for paying a purchase or invoice of theirs early: the goods cost less by it."""

    __mapper_args__ = {"polymorphic_identity": "trade.supplier_discount"}
    title, party = _l("Supplier's early-payment discount"), _l("Supplier")
    prefix, outside, goods_leave, debt, clears_up, is_bought = "SD-", SUPPLIERS, 0, 1, True, True


class SupplierOffer(Promise):
    """What one supplier was asked for, and what they answered: price, currency, days and how long it holds."""

    __mapper_args__ = {"polymorphic_identity": "trade.supplier_offer"}
    title, party, prefix, is_bought = _l("Supplier's offer"), _l("Supplier"), "RQ-", True


class PurchaseAgreement(Promise):
    """How much a supplier delivers at what prices until when: orders take of it."""

    __mapper_args__ = {"polymorphic_identity": "trade.purchase_agreement"}
    title, party, prefix, is_bought = _l("Purchase agreement"), _l("Supplier"), "PA-", True


class SalesAgreement(Promise):
    """How much a customer takes at what prices until when: orders take of it."""

    __mapper_args__ = {"polymorphic_identity": "trade.sales_agreement"}
    title, party, prefix = _l("Sales agreement"), _l("Customer"), "SA-"


class BuyingPolicy(Versioned, Base):
    """How far a supplier's invoice may differ from what was ordered and received, and a delivery from its order, and be posted
    by whoever enters it."""

    __tablename__ = "trade_buying_policy"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    #: per cent of the price received at, and money of a line without tax in the organisation's own currency; None: any
    price_percent: Mapped[Decimal | None] = mapped_column(Percent)
    price_amount: Mapped[Decimal | None] = mapped_column(Money)
    #: per cent of what was received, and base units; None: any
    quantity_percent: Mapped[Decimal | None] = mapped_column(Percent)
    quantity_amount: Mapped[Decimal | None] = mapped_column(Quantity)
    #: per cent of a line's quantity that may come, or go out, beyond what was ordered; None: nothing, whoever posts it
    received_percent: Mapped[Decimal | None] = mapped_column(Percent)
    shipped_percent: Mapped[Decimal | None] = mapped_column(Percent)


#: the kinds of orders
ORDERS = ("trade.sales_order", "trade.purchase_order")

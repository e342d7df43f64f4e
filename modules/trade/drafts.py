"""What somebody types of sales, purchases and their returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from app.api.documents import Draft, LineKey
from app.api.texts import one_line
from modules.trade.landed.rules import named_in
from modules.trade.pricing.explaining import explanation
from modules.warehouse.api import FIRST_WAREHOUSE

_ZERO = Decimal(0)


@dataclass(slots=True)
class TradeLineDraft:
    """A line as the user typed it: `discount` and `tax_rate` in per cent. A price has no default: zero is one.

    Without a rate, and without a code, its tax is decided (`taxes.deciding`)."""

    optional: ClassVar[frozenset[str]] = frozenset({"pricing", "tax_rate", "tax_code_id", "packing_id", "second"})

    item_id: int
    #: in base units
    quantity: Decimal
    price: Decimal
    discount: Decimal = _ZERO
    tax_rate: Decimal | None = None
    tax_code_id: int | None = None
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    #: the same in the item's second unit
    second: Decimal | None = None
    #: as `TradeLine.direct`
    direct: int = 0
    #: the document and line that it was made from: of a return, what it gives back, so that goods cost what they went for
    origin: LineKey | None = None
    #: of a commission report: the sum that the agent keeps of the line, in the document's currency, with tax as the prices
    commission: Decimal = _ZERO
    #: what is said of lots and serial numbers, and until when they may be used; documents made of it say their own
    lots: str = ""
    expires: date | None = None
    #: the box or pallet that was scanned for it, by its code
    logistic_unit: str = ""
    #: how a stored line was priced; whoever saves doesn't say it, as the operation finds it again
    pricing: str | None = None

    @property
    def own(self) -> str:
        """The cells that stay as they are when the line is shown again; what follows a proposal may change."""
        follows = self.pricing and self.origin is None
        is_taxed = self.tax_rate is not None or self.tax_code_id is not None
        cells = ([] if follows else ["price", "discount"]) + (["tax_rate", "tax_code_id"] if is_taxed else [])
        return " ".join(cells)

    @property
    def says(self) -> str:
        """How it was priced, in the reader's words."""
        return explanation(self.pricing)


@dataclass(slots=True)
class TradeDraft(Draft):
    """A trade document as the user typed it."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"currency"}

    contact_id: int
    lines: Sequence[TradeLineDraft]
    place_id: int = FIRST_WAREHOUSE
    currency: str | None = None
    tax_included: bool = False
    #: whether it is paid in coins, to which its total is rounded then
    is_cash: bool = False
    #: when it is to be paid; None: by the terms of its contract or contact, as it is posted
    due: date | None = None
    #: the contract that it is under
    contract_id: int | None = None
    #: what the customer has said to get a discount
    coupon: str = ""
    #: how many bonus points the customer pays with
    points: int = 0

    def __post_init__(self) -> None:
        """Its texts are as they are kept."""
        Draft.__post_init__(self)
        self.coupon = (self.coupon or "").strip().upper()


@dataclass(slots=True)
class QuoteDraft(TradeDraft):
    """A quote as the user typed it."""

    #: the last day on which it is accepted
    valid_until: date | None = None
    #: whether a draft order is made when the customer accepts it by a link
    makes_order: bool = False
    #: the customer request that it answers
    request_id: int | None = None
    #: the name of the carrier that is to bring the goods; empty: none is said
    carrier: str = ""


@dataclass(slots=True)
class OrderDraft(TradeDraft):
    """An order as the user typed it."""

    #: when goods are to go out, or to come
    delivery: date | None = None
    #: where the supplier brings the goods, when that isn't our warehouse
    ship_to: str = ""


@dataclass(slots=True)
class SalesOrderDraft(OrderDraft):
    """A sales order as the user typed it: whether goods are kept for it, how long, and in whose turn."""

    priority: int = 0
    reserves: bool = True
    reserved_until: date | None = None
    #: as of a quote
    carrier: str = ""


@dataclass(slots=True)
class SaleDraft(TradeDraft):
    """A sale as the user typed it."""

    #: as of a quote
    carrier: str = ""


@dataclass(slots=True)
class AgreementDraft(TradeDraft):
    """An agreement as the user typed it."""

    #: the last day on which is ordered by it
    valid_until: date | None = None


@dataclass(slots=True)
class OfferDraft(AgreementDraft):
    """What a supplier was asked, and answered: `supplier_request_id` is the request, for whoever makes it.

    A form doesn't say the request: it stays as it is."""

    optional: ClassVar[frozenset[str]] = AgreementDraft.optional | {"supplier_request_id"}

    supplier_request_id: int | None = None
    #: the day of the answer; None: there is none yet
    answered: date | None = None
    #: in how many days they deliver
    delivery_days: int | None = None


@dataclass(slots=True)
class ChargeDraft(TradeDraft):
    """What a supplier charges, as the user typed it: with the number and day of their own invoice."""

    supplier_number: str | None = None
    supplier_day: date | None = None

    def __post_init__(self) -> None:
        """Its texts are as they are kept."""
        TradeDraft.__post_init__(self)
        self.supplier_number = one_line(self.supplier_number or "") or None


@dataclass(slots=True)
class ReceiptReturnDraft(TradeDraft):
    """Goods that go back before they are charged, as the user typed it."""

    #: whether the supplier is to replace them: the order that they came by awaits them again
    reopens: bool = True

    def __post_init__(self) -> None:
        """What came by nothing is awaited by nothing."""
        TradeDraft.__post_init__(self)
        self.reopens = self.reopens and any(line.origin is not None for line in self.lines or ())


@dataclass(slots=True)
class ImportTaxDraft(ChargeDraft):
    """Tax paid to customs as the user typed it, on the goods of `receipts`, as a landed cost has them."""

    receipts: str = ""

    def __post_init__(self) -> None:
        """Its texts are as they are kept, in whatever order and however parted the numbers were typed."""
        ChargeDraft.__post_init__(self)
        self.receipts = ", ".join(sorted(named_in(self.receipts or "")))


@dataclass(slots=True)
class LandedDraft(ChargeDraft):
    """A landed cost as the user typed it: spread by `basis`, a key of `landed.rules.BASES`, over the goods of `receipts`,
    numbers of order receipts and purchases with commas between them."""

    basis: str = "value"
    receipts: str = ""

    def __post_init__(self) -> None:
        """Its texts are as they are kept, in whatever order and however parted the numbers were typed."""
        ChargeDraft.__post_init__(self)
        self.receipts = ", ".join(sorted(named_in(self.receipts or "")))

"""What an invoice row means. Pure: cells in, a line or a refusal out; no database."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.api.imports import BadCell, Preset, as_code, as_decimal, as_moment, as_text
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent, Price, Quantity, to_units

SALE, RETURN, WRITE_OFF = "trade.sale", "trade.sales_return", "warehouse.write_off"
PURCHASE, PURCHASE_RETURN = "trade.purchase", "trade.purchase_return"
#: whether it adds to what the file comes to, lessens it, or has no money in it
SIGN = {SALE: 1, RETURN: -1, WRITE_OFF: 0, PURCHASE: 1, PURCHASE_RETURN: -1}
#: those with which goods come in
COMES_IN = frozenset({RETURN, PURCHASE})
#: what is asked of its partner and its goods: that they are in use
BEGINS = frozenset({SALE, PURCHASE})
#: A share of nothing to all of a price, in 10**-6: per cent with four digits.
WHOLE = 10**6
#: quantity × price less discount of a row are integers of 10**-18
EXACT_SCALE = Quantity.scale + Price.scale + 6
#: Above this a quantity, price or amount is a slip of the hand, and the registers' sums would run out of room.
_LARGEST = 10**9


@dataclass(frozen=True)
class Side:
    """Whom a file is about: its field for them, and the option that says how new ones are made."""

    party: str
    parties: str
    #: what an import of it is called in the audit
    noted: str
    missing: object

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields whose columns a preset names."""
        return ("invoice", "item", "description", "quantity", "moment", "price", self.party)


CUSTOMER = Side("customer", "customers", "trade.sales.import", _l("the customer is missing"))
SUPPLIER = Side("supplier", "suppliers", "trade.purchases.import", _l("the supplier is missing"))
COUNTRY, DISCOUNT = "country", "discount"


class Skip(Exception):
    """Nothing is made of the row, by a rule; the reason is for the report."""


class Line(NamedTuple):
    """One row understood. Quantity and price are above zero (a price may be zero), in millionths; the discount too, of one."""

    kind: str
    item: str
    description: str
    quantity: int
    price: int
    moment: datetime
    partner: str
    country: str
    discount: int

    @property
    def exact(self) -> int:
        """Quantity × price less discount, in 10**-18."""
        return self.quantity * self.price * (WHOLE - self.discount)


class Rules:
    """A preset's reading of rows. Cells repeat by the thousand, so what was understood once is remembered."""

    def __init__(self, preset: Preset, side: Side) -> None:
        self.side = side
        self._place = {field: i for i, field in enumerate(preset.columns)}
        self._columns = {field: names[0] for field, names in preset.columns.items()}
        self._services = frozenset(code.casefold() for code in preset.option("services", list, []))
        self._pattern = re.compile(preset.option(side.parties, dict).get("pattern", ".+"))
        self._walk_in = preset.option("walk_in", dict, {}).get("code", "")
        self._is_share = preset.option("discounts", str, "percent") == "share"
        self._formats = preset.moments
        patterns = preset.option("invoices", dict)
        self._patterns = {name: re.compile(pattern) for name, pattern in patterns.items()}
        self._seen: dict[str, dict[Any, Any]] = {field: {} for field in self._place}
        self._says: dict[str, str] = {}

    def column(self, field: str) -> str:
        """What the file calls a field."""
        return self._columns[field]

    def contact_code(self, partner: str) -> str:
        """The code of the contact that a row's partner is: the walk-in contact's where the row names none."""
        return partner or str(self._walk_in)

    def is_service(self, item: str) -> bool:
        """Whether the code is a charge or an adjustment, not goods, whatever its letters' case."""
        return item.casefold() in self._services

    def invoice(self, cells: Sequence[Any]) -> str:
        """The row's invoice number, checked for nothing but that there is one."""
        return self._once("invoice", cells, _invoice)  # type: ignore[no-any-return]

    def exact(self, cells: Sequence[Any]) -> int:
        """Quantity × price less discount as the file has them, signed, in 10**-18."""
        left = WHOLE - self._discount(cells)
        quantity, price = self._once("quantity", cells, _quantity), self._once("price", cells, _price)
        return quantity * price * left  # type: ignore[no-any-return]

    def line(self, invoice: str, cells: Sequence[Any]) -> Line:
        """What the row becomes. Refused (BadCell) with the column where the error is; Skip when nothing is made of it."""
        says = self._says.get(invoice) or self._what_says(invoice)
        item = self._once("item", cells, _item)
        quantity = self._once("quantity", cells, _quantity)
        moment = self._moment(cells[self._place["moment"]])
        price = self._once("price", cells, _price)
        partner = self._once(self.side.party, cells, self._partner)
        if partner == self._walk_in:
            partner = ""
        kind = self._kind(says, item, quantity, price)
        if abs(quantity * price) >= _LARGEST * 10 ** (Quantity.scale + Price.scale):
            raise BadCell(_l("the amount is too large"), self._columns["price"])
        description = self._once("description", cells, as_text)
        country = self._once(COUNTRY, cells, as_text) if COUNTRY in self._place else ""
        discount = self._discount(cells)
        return Line(kind, item, description, abs(quantity), abs(price), moment, partner, country, discount)

    def _kind(self, says: str, item: str, quantity: int, price: int) -> str:
        if says == "adjustment":
            return self._adjustment(item, quantity * price)
        if not quantity:
            raise BadCell(_l("the quantity is zero"), self._columns["quantity"])
        if price < 0:
            raise BadCell(_l("the price is below zero"), self._columns["price"])
        if says in ("sales_return", "purchase_return"):
            if quantity > 0:
                raise BadCell(_l("a cancellation with a quantity above zero"), self._columns["quantity"])
            return f"trade.{says}"
        if quantity > 0:
            return f"trade.{says}"
        if price or says == "purchase":
            raise BadCell(
                _l("a quantity below zero with a price, on an invoice that isn't a cancellation"),
                self._columns["price"],
            )
        if self.is_service(item):
            raise Skip(_l("a service without a price is not written off"))
        return WRITE_OFF

    def _adjustment(self, item: str, amount: int) -> str:
        if not self.is_service(item):
            raise BadCell(_l("an adjustment of goods"), self._columns["item"])
        if not amount:
            raise BadCell(_l("an adjustment of nothing"), self._columns["price"])
        return SALE if amount > 0 else RETURN

    def _what_says(self, invoice: str) -> str:
        for name, pattern in self._patterns.items():
            if pattern.fullmatch(invoice):
                return self._says.setdefault(invoice, str(name))
        raise BadCell(
            _l("“%(number)s” isn't an invoice number that the preset knows", number=invoice), self._columns["invoice"]
        )

    def _partner(self, cell: Any) -> str:
        code = as_code(cell)
        if len(code) > 40:
            raise BadCell(_l("longer than %(n)s characters", n=40))
        if not code and not self._walk_in:
            raise BadCell(self.side.missing)
        if code and code != self._walk_in and not self._pattern.fullmatch(code):
            if self.side is SUPPLIER:
                raise BadCell(_l("“%(code)s” isn't a supplier's number that the preset knows", code=code))
            raise BadCell(_l("“%(code)s” isn't a customer's number that the preset knows", code=code))
        return code

    def _discount(self, cells: Sequence[Any]) -> int:
        return self._once(DISCOUNT, cells, self._share) if DISCOUNT in self._place else 0  # type: ignore[no-any-return]

    def _share(self, cell: Any) -> int:
        number = Decimal(0) if cell in (None, "") else as_decimal(cell)
        share = number if self._is_share else number / 100
        if not 0 <= share <= 1:
            raise BadCell(_l("the discount isn't between nothing and all of the price"))
        try:
            return to_units(share, Percent.scale + 2)
        except ValueError as error:
            raise BadCell(_l("“%(value)s” has more than %(n)s digits after the point", value=number, n=4)) from error

    def _moment(self, cell: Any) -> datetime:
        if type(cell) is datetime and not cell.microsecond and 1900 <= cell.year < 9998:
            return cell
        try:
            return as_moment(cell, self._formats)
        except BadCell as error:
            raise BadCell(error.message, self._columns["moment"]) from error

    def _once(self, field: str, cells: Sequence[Any], read: Callable[[Any], Any]) -> Any:
        cell = cells[self._place[field]]
        seen = self._seen[field]
        # By type too: True equals 1 and would pass for it.
        key = (cell, type(cell))
        if key in seen:
            return seen[key]
        try:
            value = read(cell)
        except BadCell as error:
            raise BadCell(error.message, self._columns[field]) from error
        if len(seen) > 100_000:
            seen.clear()
        seen[key] = value
        return value


def _invoice(cell: Any) -> str:
    return _code(cell, 40, _l("the invoice number is missing"))


def _item(cell: Any) -> str:
    return _code(cell, 60, _l("the code is missing"))


def _code(cell: Any, length: int, missing: object) -> str:
    code = as_code(cell)
    if not code:
        raise BadCell(missing)
    if len(code) > length:
        raise BadCell(_l("longer than %(n)s characters", n=length))
    return code


def _quantity(cell: Any) -> int:
    return _units(cell, Quantity.scale)


def _price(cell: Any) -> int:
    return _units(cell, Price.scale)


def _units(cell: Any, scale: int) -> int:
    number = as_decimal(cell)
    if abs(number) >= _LARGEST:
        raise BadCell(_l("“%(value)s” is too large", value=number))
    try:
        return to_units(number, scale)
    except ValueError as error:
        raise BadCell(_l("“%(value)s” has more than %(n)s digits after the point", value=number, n=scale)) from error

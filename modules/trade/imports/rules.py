"""What an invoice row means. Pure: cells in, a line or a refusal out; no database."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.api.imports import BadCell, Preset, as_code, as_decimal, as_moment, as_text
from app.api.texts import lazy_gettext as _l
from app.api.values import Price, Quantity, to_units

SALE, RETURN, WRITE_OFF = "trade.sale", "trade.sales_return", "warehouse.write_off"
FIELDS = ("invoice", "item", "description", "quantity", "moment", "price", "customer", "country")
#: quantity × price of a row are integers of 10**-12
EXACT_SCALE = Quantity.scale + Price.scale
#: Above this a quantity, price or amount is a slip of the hand, and the registers' sums would run out of room.
_LARGEST = 10**9


class Skip(Exception):
    """Nothing is made of the row, by a rule; the reason is for the report."""


class Line(NamedTuple):
    """One row understood. Quantity and price are above zero (a price may be zero), in millionths."""

    kind: str
    item: str
    description: str
    quantity: int
    price: int
    moment: datetime
    customer: str
    country: str

    @property
    def sign(self) -> int:
        """1 when the row adds to revenue, -1 when it lessens it, 0 when no money is in it."""
        return {SALE: 1, RETURN: -1, WRITE_OFF: 0}[self.kind]


class Rules:
    """A preset's reading of rows. Cells repeat by the thousand, so what was understood once is remembered."""

    def __init__(self, preset: Preset) -> None:
        names = list(preset.columns)
        self._order = [names.index(f) for f in FIELDS]
        self._columns = [preset.columns[f][0] for f in FIELDS]
        self._services = frozenset(code.casefold() for code in preset.option("services", list, []))
        self._customer_pattern = re.compile(preset.option("customers", dict).get("pattern", ".+"))
        self._walk_in = preset.option("walk_in", dict)["code"]
        self._formats = preset.moments
        patterns = preset.option("invoices", dict)
        self._patterns = {name: re.compile(pattern) for name, pattern in patterns.items()}
        self._seen: list[dict[Any, Any]] = [{} for _ in FIELDS]
        self._says: dict[str, str] = {}

    def ordered(self, cells: Sequence[Any]) -> list[Any]:
        """The cells in the order of FIELDS."""
        return [cells[i] for i in self._order]

    def column(self, field: str) -> str:
        """What the file calls a field."""
        return self._columns[FIELDS.index(field)]

    def contact_code(self, customer: str) -> str:
        """The code of the contact that a row's customer is: the walk-in contact's where the row names none."""
        return customer or str(self._walk_in)

    def is_service(self, item: str) -> bool:
        """Whether the code is a charge or an adjustment, not goods, whatever its letters' case."""
        return item.casefold() in self._services

    def invoice(self, cells: Sequence[Any]) -> str:
        """The row's invoice number, checked for nothing but that there is one."""
        return self._once(0, cells, _invoice)  # type: ignore[no-any-return]

    def exact(self, cells: Sequence[Any]) -> int:
        """Quantity × price as the file has them, signed, in 10**-12."""
        return self._once(3, cells, _quantity) * self._once(5, cells, _price)  # type: ignore[no-any-return]

    def line(self, invoice: str, cells: Sequence[Any]) -> Line:
        """What the row becomes. Refused (BadCell) with the column where the error is; Skip when nothing is made of it."""
        says = self._says.get(invoice) or self._what_says(invoice)
        item = self._once(1, cells, _item)
        quantity = self._once(3, cells, _quantity)
        moment = self._moment(cells[4])
        price = self._once(5, cells, _price)
        customer = self._once(6, cells, self._customer)
        if customer == self._walk_in:
            customer = ""
        kind = self._kind(says, item, quantity, price)
        if abs(quantity * price) >= _LARGEST * 10**EXACT_SCALE:
            raise BadCell(_l("the amount is too large"), self._columns[5])
        description, country = self._once(2, cells, as_text), self._once(7, cells, as_text)
        return Line(kind, item, description, abs(quantity), abs(price), moment, customer, country)

    def _kind(self, says: str, item: str, quantity: int, price: int) -> str:
        if says == "adjustment":
            return self._adjustment(item, quantity * price)
        if not quantity:
            raise BadCell(_l("the quantity is zero"), self._columns[3])
        if price < 0:
            raise BadCell(_l("the price is below zero"), self._columns[5])
        if says == "sales_return":
            if quantity > 0:
                raise BadCell(_l("a cancellation with a quantity above zero"), self._columns[3])
            return RETURN
        if quantity > 0:
            return SALE
        if price:
            raise BadCell(
                _l("a quantity below zero with a price, on an invoice that isn't a cancellation"), self._columns[5]
            )
        if self.is_service(item):
            raise Skip(_l("a service without a price is not written off"))
        return WRITE_OFF

    def _adjustment(self, item: str, amount: int) -> str:
        if not self.is_service(item):
            raise BadCell(_l("an adjustment of goods"), self._columns[1])
        if not amount:
            raise BadCell(_l("an adjustment of nothing"), self._columns[5])
        return SALE if amount > 0 else RETURN

    def _what_says(self, invoice: str) -> str:
        for name, pattern in self._patterns.items():
            if pattern.fullmatch(invoice):
                return self._says.setdefault(invoice, str(name))
        raise BadCell(
            _l("“%(number)s” isn't an invoice number that the preset knows", number=invoice), self._columns[0]
        )

    def _customer(self, cell: Any) -> str:
        code = as_code(cell)
        if len(code) > 40:
            raise BadCell(_l("longer than %(n)s characters", n=40))
        if code and code != self._walk_in and not self._customer_pattern.fullmatch(code):
            raise BadCell(_l("“%(code)s” isn't a customer's number that the preset knows", code=code))
        return code

    def _moment(self, cell: Any) -> datetime:
        if type(cell) is datetime and not cell.microsecond and 1900 <= cell.year < 9998:
            return cell
        try:
            return as_moment(cell, self._formats)
        except BadCell as error:
            raise BadCell(error.message, self._columns[4]) from error

    def _once(self, field: int, cells: Sequence[Any], read: Callable[[Any], Any]) -> Any:
        cell = cells[field]
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

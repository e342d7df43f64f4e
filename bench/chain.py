"""The floor of a chain: an order that keeps its goods, the sale that ships them, and the payment of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bench.floor import STOCK, Floor, amount_of, total

Lines = Sequence[tuple[int, int, int]]

_ORDER = (
    "INSERT INTO trade_document (id, contact_id, place_id, tax_included, rate, net, tax, reserves)"
    " VALUES (?, ?, 100, ?, 1000000000, ?, 0, ?)"
)
_CLAIM = "INSERT INTO warehouse_claim (document_id, priority, is_closed) VALUES (?, 0, ?) RETURNING id"
_LINK = "INSERT INTO core_document_link (document_id, line, origin_id, origin_line, quantity) VALUES (?, ?, ?, ?, ?)"
_CLAIMS_TOTAL = total("warehouse_stock_claims", "item_id warehouse_id claim_id", "quantity")
_AWAITED_TOTAL = total("trade_orders_awaited", "item_id place_id direction order_id order_line_id", "quantity")
_AWAITED = (
    "INSERT INTO trade_orders_entry (organisation_id, document_id, line, moment, side, item_id, place_id, direction,"
    " order_id, order_line_id, quantity) VALUES (1, ?, ?, ?, ?, ?, 100, 'out', ?, ?, ?)"
)
_LOOKED = "what a document was made from must still fit, whoever sees it"


class ChainFloor(Floor):
    """The floor with orders."""

    def chain(self, contact: tuple[int, str], lines: Lines, moment: datetime) -> None:
        """Three documents, one after another: what is ordered is kept, shipped whole, and paid whole."""
        order_id, claim = self._ordered(contact, lines, moment)
        self.sale(
            contact, lines, moment, claim=claim, then=lambda sale_id: self._shipped(sale_id, order_id, lines, moment)
        )
        self.payment(contact, sum(amount_of(quantity, price) for _, quantity, price in lines), moment)

    def _ordered(self, contact: tuple[int, str], lines: Lines, moment: datetime) -> tuple[int, int]:
        rows = [(item, quantity, price, amount_of(quantity, price)) for item, quantity, price in lines]
        order_id, number, day = self._trade("trade.sales_order", "SO-", contact, rows, moment, _ORDER, (True,))
        self._await(order_id, order_id, lines, day, 1)
        claim: int = self.one(_CLAIM, (order_id, False))[0]
        kept = [(item, 100, 0, -quantity, 1, day) for item, quantity, _ in lines]
        self.many(_CLAIMS_TOTAL, [*kept, *((item, 100, claim, quantity, 1, day) for item, quantity, _ in lines)])
        ends = (100, 100, 0, claim, 0, 0, 100, 100, 100, 100)
        self.many(STOCK, [(order_id, 0, day, item, *ends, "claimed", day, quantity, 0) for item, quantity, _ in lines])
        self._finish("trade.sales_order", order_id, number)
        return order_id, claim

    def _shipped(self, sale_id: int, order_id: int, lines: Lines, moment: datetime) -> None:
        self._await(sale_id, order_id, lines, self._moment(moment), -1)
        self.many(_LINK, [(sale_id, n, order_id, n, quantity) for n, (_, quantity, _) in enumerate(lines, 1)])
        self._note("security.unrestricted", None, None, _LOOKED)

    def _await(self, document_id: int, order_id: int, lines: Lines, day: Any, sign: int) -> None:
        awaited = [(n, item, sign * quantity) for n, (item, quantity, _) in enumerate(lines, 1)]
        self.many(_AWAITED_TOTAL, [(item, 100, "out", order_id, n, quantity, 1, day) for n, item, quantity in awaited])
        self.many(_AWAITED, [(document_id, n, day, sign, item, order_id, n, quantity) for n, item, quantity in awaited])

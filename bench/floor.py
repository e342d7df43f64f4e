"""The floor: what someone would write who needs only these rows in these tables, by hand, with the bare driver.

It leaves behind row for row what the program leaves (documents, lines, entries, totals, turnovers, settlements, number
series, audit chain), which `verify` proves after a run, and checks nothing but that goods suffice.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.company import Product

Row = Sequence[Any]

_DOCUMENT = (
    "INSERT INTO core_document (kind, number, moment, state, organisation_id, responsible_id, currency, amount, summary,"
    " note, created_at) VALUES (?, ?, ?, 'posted', 1, ?, 'GBP', ?, ?, '', ?) RETURNING id"
)
_TRADE = (
    "INSERT INTO trade_document (id, contact_id, place_id, tax_included, rate, net, tax)"
    " VALUES (?, ?, 100, ?, 1000000000, ?, 0)"
)
_TRADE_LINE = (
    "INSERT INTO trade_line (document_id, line, item_id, quantity, price, discount, tax_rate, net, tax)"
    " VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0)"
)
_ORDER = (
    "INSERT INTO production_work_order (id, bom_id, item_id, quantity, place_id, value) VALUES (?, ?, ?, ?, 100, ?)"
)
_ORDER_LINE = (
    "INSERT INTO production_work_order_line (document_id, line, item_id, planned, quantity, amount)"
    " VALUES (?, ?, ?, 0, ?, ?)"
)
_PAYMENT = "INSERT INTO contacts_payment (id, contact_id, direction, method) VALUES (?, ?, 'in', 'bank')"
_SERIES = (
    "INSERT INTO core_series (organisation_id, kind, last) VALUES (1, ?, 1)"
    " ON CONFLICT (organisation_id, kind) DO UPDATE SET last = core_series.last + 1 RETURNING last"
)
_HELD = "SELECT quantity, value FROM warehouse_stock_total WHERE item_id = ? AND place_id = 100"
_AUDIT = (
    "INSERT INTO core_audit (chain, sequence, moment, actor, action, subject, subject_id, summary, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "SELECT sequence, digest FROM core_audit_head WHERE chain = ?"
_NEW_HEAD = (
    "INSERT INTO core_audit_head (sequence, digest, chain) VALUES (?, ?, ?)"
    " ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest"
)


def _register(prefix: str, keys: str, amounts: Sequence[str]) -> tuple[str, str, str]:
    """The three statements of a register: entries, totals, turnovers."""
    names = ", ".join(amounts)
    sides = [f"{a}_{side}" for a in amounts for side in ("in", "out")]
    grown = ", ".join(f"{a} = {prefix}_total.{a} + excluded.{a}" for a in (*amounts, "entries"))
    turned = ", ".join(f"{s} = {prefix}_turnover.{s} + excluded.{s}" for s in sides)
    width = len(keys.split(","))
    return (
        f"INSERT INTO {prefix}_entry (document_id, line, moment, {keys}, {names})"
        f" VALUES ({_marks(3 + width + len(amounts))})",
        f"INSERT INTO {prefix}_total ({keys}, {names}, entries, last_moment) VALUES ({_marks(width + len(amounts) + 2)})"
        f" ON CONFLICT ({keys}) DO UPDATE SET {grown},"
        f" last_moment = {{later}}({prefix}_total.last_moment, excluded.last_moment)",
        f"INSERT INTO {prefix}_turnover ({keys}, month, {', '.join(sides)}) VALUES ({_marks(width + 1 + len(sides))})"
        f" ON CONFLICT ({keys}, month) DO UPDATE SET {turned}",
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_STOCK = _register("warehouse_stock", "item_id, place_id", ("quantity", "value"))
_SALES = _register("trade_sales", "item_id, contact_id", ("quantity", "revenue", "cost"))
_SETTLEMENTS = _register("contacts_settlements", "contact_id, currency", ("amount",))


class Floor:
    """A connection of the bare driver, in a transaction per document."""

    def __init__(self, raw: Any, is_sqlite: bool, user_id: int, user_name: str) -> None:
        self._raw, self._is_sqlite, self._user_id, self._user_name = raw, is_sqlite, user_id, user_name
        self._cursor = raw.cursor()
        self._written: dict[str, str] = {}

    def purchase(self, contact: tuple[int, str], lines: Sequence[tuple[int, int, int]], moment: datetime) -> None:
        """Goods of (item, quantity, price), in units, come in at their price."""
        rows = [(item, quantity, price, _amount(quantity, price)) for item, quantity, price in lines]
        document_id, number, day = self._trade("trade.purchase", "PU-", contact, rows, moment)
        moves = [(n, i, 1, 100, q, value) for n, (i, q, _, value) in enumerate(rows, 1)]
        self._stock(document_id, moves, moment, day)
        self._settle(document_id, contact[0], -sum(row[3] for row in rows), moment, day)
        self._finish("trade.purchase", document_id, number)

    def sale(self, contact: tuple[int, str], lines: Sequence[tuple[int, int, int]], moment: datetime) -> None:
        """Goods go out at their average cost."""
        rows = [(item, quantity, price, _amount(quantity, price)) for item, quantity, price in lines]
        document_id, number, day = self._trade("trade.sale", "S-", contact, rows, moment)
        moves, sold = [], []
        for n, (item, quantity, _, net) in enumerate(rows, 1):
            cost = self._cost(item, quantity)
            moves.append((n, item, 100, 2, quantity, cost))
            sold.append((item, n, quantity, net, cost))
        self._stock(document_id, moves, moment, day)
        month = moment.year * 100 + moment.month
        entry, total, turnover = _SALES
        self._many(total, [(i, contact[0], q, net, cost, 1, day) for i, _, q, net, cost in sold])
        self._many(turnover, [(i, contact[0], month, q, 0, net, 0, cost, 0) for i, _, q, net, cost in sold])
        self._many(entry, [(document_id, n, day, i, contact[0], q, net, cost) for i, n, q, net, cost in sold])
        self._settle(document_id, contact[0], sum(row[3] for row in rows), moment, day)
        self._finish("trade.sale", document_id, number)

    def work_order(self, product: Product, components: Sequence[tuple[int, int]], moment: datetime) -> None:
        """One product is made at what its components of (item, quantity) cost."""
        document_id, number, day = self._document(
            "production.work_order", "MO-", product.name, 0, moment, self._user_id
        )
        moves = [(n, i, 100, 5, quantity, self._cost(i, quantity)) for n, (i, quantity) in enumerate(components, 1)]
        value = sum(move[5] for move in moves)
        self._run(_ORDER, (document_id, product.bom_id, product.item_id, 10**6, value))
        self._many(_ORDER_LINE, [(document_id, n, i, quantity, cost) for n, i, _, _, quantity, cost in moves])
        self._stock(document_id, [*moves, (0, product.item_id, 5, 100, 10**6, value)], moment, day)
        self._finish("production.work_order", document_id, number)

    def payment(self, contact: tuple[int, str], amount: int, moment: datetime) -> None:
        """Money comes in."""
        document_id, number, day = self._document("contacts.payment", "P-", contact[1], amount, moment, None)
        self._run(_PAYMENT, (document_id, contact[0]))
        self._settle(document_id, contact[0], -amount, moment, day)
        self._finish("contacts.payment", document_id, number)

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    def _document(
        self, kind: str, prefix: str, summary: str, amount: int, moment: datetime, responsible: int | None
    ) -> tuple[int, str, Any]:
        self._run("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        number = f"{prefix}{self._one(_SERIES, (kind,))[0]:06d}"
        day, now = self._moment(moment), self._moment(datetime.now(UTC).replace(tzinfo=None))
        row = self._one(_DOCUMENT, (kind, number, day, responsible, amount, summary, now))
        return row[0], number, day

    def _trade(
        self, kind: str, prefix: str, contact: tuple[int, str], rows: Sequence[Row], moment: datetime
    ) -> tuple[int, str, Any]:
        net = sum(row[3] for row in rows)
        document_id, number, day = self._document(kind, prefix, contact[1], net, moment, self._user_id)
        self._run(_TRADE, (document_id, contact[0], False, net))
        self._many(_TRADE_LINE, [(document_id, n, *row) for n, row in enumerate(rows, 1)])
        return document_id, number, day

    def _cost(self, item: int, quantity: int) -> int:
        """Of what goes out: its part of what is held, to the penny, half up."""
        held, worth = self._one(_HELD + ("" if self._is_sqlite else " FOR UPDATE"), (item,))
        assert held >= quantity
        return int((2 * worth * quantity + held * 100) // (2 * held * 100) * 100)

    def _stock(self, document_id: int, moves: Sequence[Any], moment: datetime, day: Any) -> None:
        month = moment.year * 100 + moment.month
        entry, total, turnover = _STOCK
        totals, turnovers, entries = [], [], []
        for line, item, source, target, quantity, value in moves:
            for place, sign in ((source, -1), (target, 1)):
                totals.append((item, place, sign * quantity, sign * value, 1, day))
                sides = (quantity, 0, value, 0) if sign > 0 else (0, quantity, 0, value)
                turnovers.append((item, place, month, *sides))
                entries.append((document_id, line, day, item, place, sign * quantity, sign * value))
        self._many(total, totals)
        self._many(turnover, turnovers)
        self._many(entry, entries)

    def _settle(self, document_id: int, contact_id: int, amount: int, moment: datetime, day: Any) -> None:
        entry, total, turnover = _SETTLEMENTS
        self._run(total, (contact_id, "GBP", amount, 1, day))
        month = moment.year * 100 + moment.month
        self._run(turnover, (contact_id, "GBP", month, max(amount, 0), max(-amount, 0)))
        self._run(entry, (document_id, 0, day, contact_id, "GBP", amount))

    def _finish(self, kind: str, document_id: int, number: str) -> None:
        head = self._one(_HEAD + ("" if self._is_sqlite else " FOR UPDATE"), (self._user_id,)) or (0, "0" * 64)
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        line = {
            "chain": self._user_id,
            "sequence": head[0] + 1,
            "moment": now,
            "actor": self._user_name,
            "action": f"{kind}.post",
            "subject": kind,
            "subject_id": document_id,
            "summary": number,
        }
        body = json.dumps(line, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256((head[1] + body).encode()).hexdigest()
        self._run(_AUDIT, (*line.values(), digest))
        self._run(_NEW_HEAD, (head[0] + 1, digest, self._user_id))
        self._run("COMMIT")

    def _moment(self, moment: datetime) -> Any:
        return moment.isoformat(" ", "microseconds") if self._is_sqlite else moment

    def _sql(self, statement: str) -> str:
        known = self._written.get(statement)
        if known is None:
            later = "max" if self._is_sqlite else "greatest"
            known = statement.replace("{later}", later)
            known = self._written[statement] = known if self._is_sqlite else known.replace("?", "%s")
        return known

    def _run(self, statement: str, values: Row = ()) -> None:
        self._cursor.execute(self._sql(statement), values)

    def _many(self, statement: str, rows: Sequence[Row]) -> None:
        self._cursor.executemany(self._sql(statement), rows)

    def _one(self, statement: str, values: Row) -> Any:
        self._cursor.execute(self._sql(statement), values)
        return self._cursor.fetchone()


def _amount(quantity: int, price: int) -> int:
    """Quantity and price of scale 6 give money of scale 4, rounded to pence: whole quantities and prices in pence."""
    return quantity * price // 10**8

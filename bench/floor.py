"""The floor: what someone would write who needs only these rows in these tables, by hand, with the bare driver.

It leaves behind row for row what the program leaves (documents, lines, entries, totals, turnovers, settlements, number
series, audit chain), which `verify` proves after a run, and checks nothing but that goods suffice.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.days import day_of, roundest_sql
from bench.company import Product
from modules.contacts.models import INSTALMENTS

Row = Sequence[Any]
SUPPLIERS, CUSTOMERS, PRODUCTION = -1, -2, -5

_DOCUMENT = (
    "INSERT INTO core_document (kind, number, moment, is_dated, state, organisation_id, responsible_id, currency, amount,"
    " summary, note, created_at, version) VALUES (?, ?, ?, ?, 'posted', 1, ?, 'GBP', ?, ?, '', ?, 1) RETURNING id"
)
_TRADE = (
    "INSERT INTO trade_document (id, contact_id, place_id, tax_included, rate, net, tax)"
    " VALUES (?, ?, 100, ?, 1000000000, ?, 0)"
)
_TRADE_LINE = (
    "INSERT INTO trade_line (document_id, line, item_id, quantity, price, discount, tax_rate, net, tax)"
    " VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0)"
)
_ORDER = "INSERT INTO production_work_order (id, bom_id, item_id, quantity, place_id) VALUES (?, ?, ?, ?, 100)"
_ORDER_LINE = (
    "INSERT INTO production_work_order_line (document_id, line, item_id, planned, quantity) VALUES (?, ?, ?, 0, ?)"
)
_PAYMENT = (
    "INSERT INTO contacts_payment (id, contact_id, direction, method, rate, base)"
    " VALUES (?, ?, 'in', 'bank', 1000000000, ?)"
)
_SERIES = (
    "INSERT INTO core_series (organisation_id, kind, last) VALUES (1, ?, 1)"
    " ON CONFLICT (organisation_id, kind) DO UPDATE SET last = core_series.last + 1 RETURNING last"
)
_HELD = (
    "SELECT quantity, value FROM warehouse_stock_worth_total"
    " WHERE organisation_id = 1 AND item_id = ? AND pool_id = 100 AND layer_id = 0"
)
_AUDIT = (
    "INSERT INTO core_audit (chain, sequence, moment, actor, action, subject, subject_id, sealed, changes, summary, salt,"
    " digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "SELECT sequence, digest FROM core_audit_head WHERE chain = ?"
_NEW_HEAD = (
    "INSERT INTO core_audit_head (sequence, digest, chain) VALUES (?, ?, ?)"
    " ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest"
)


#: how SQLite and PostgreSQL write the same
_DIALECTS = {
    "{later}": ("max", "greatest"),
    "{sooner}": ("min", "least"),
    "{month}": ("CAST(strftime('%Y%m', moment) AS integer)", "CAST(to_char(moment, 'YYYYMM') AS integer)"),
}


def _growing(table: str, keys: str, amounts: str, latest: str = "") -> str:
    """An INSERT whose row adds to the one of the same organisation and keys, where there is one."""
    names = [*keys.split(), *amounts.split()]
    grown = [f"{a} = {table}.{a} + excluded.{a}" for a in amounts.split()]
    if latest:
        names.append(latest)
        grown.append(f"{latest} = {{later}}({table}.{latest}, excluded.{latest})")
    return (
        f"INSERT INTO {table} (organisation_id, {', '.join(names)}) VALUES (1, {_marks(len(names))})"
        f" ON CONFLICT (organisation_id, {', '.join(keys.split())}) DO UPDATE SET {', '.join(grown)}"
    )


def total(total: str, keys: str, amounts: str) -> str:
    return _growing(f"{total}_total", keys, f"{amounts} entries", "last_moment")


def _turnover(total: str, keys: str, amounts: str) -> str:
    return _growing(
        f"{total}_turnover", f"{keys} month", " ".join(f"{a}_{side}" for a in amounts.split() for side in ("in", "out"))
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_ON_HAND, _WORTH = "item_id place_id lot_id", "item_id pool_id layer_id"
_ON_HAND_TOTAL = total("warehouse_stock_on_hand", _ON_HAND, "quantity")
_ON_HAND_TURNOVER = _turnover("warehouse_stock_on_hand", _ON_HAND, "quantity")
_WORTH_TOTAL = total("warehouse_stock_worth", _WORTH, "quantity value")
_WORTH_TURNOVER = _turnover("warehouse_stock_worth", _WORTH, "quantity value")
_CLAIMS_TOTAL = total("warehouse_stock_claims", "item_id warehouse_id claim_id", "quantity")
_WIP_TOTAL = total("warehouse_stock_wip", "work_order_id", "value")
STOCK = (
    "INSERT INTO warehouse_stock_entry (organisation_id, document_id, line, moment, item_id, place_from_id, place_to_id,"
    " lot_from_id, lot_to_id, claim_from_id, claim_to_id, work_order_from_id, work_order_to_id, warehouse_from_id,"
    " warehouse_to_id, pool_from_id, pool_to_id, layer_from_id, layer_to_id, basis, happened, quantity, value)"
    " VALUES (1, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)"
)
_RESULTS_TOTAL = total("trade_sales_results", "item_id contact_id", "quantity revenue cost")
_RESULTS_TURNOVER = _turnover("trade_sales_results", "item_id contact_id", "quantity revenue cost")
_SALES = (
    "INSERT INTO trade_sales_entry (organisation_id, document_id, line, moment, side, item_id, contact_id, quantity,"
    " revenue, cost) VALUES (1, ?, ?, ?, 1, ?, ?, ?, ?, ?)"
)
_TAXES, _TAXED = "trade_taxes_by_rate", "direction category rate_id"
_TAXES_TOTAL, _TAXES_TURNOVER = total(_TAXES, _TAXED, "base tax"), _turnover(_TAXES, _TAXED, "base tax")
_TAX = (
    "INSERT INTO trade_taxes_entry (organisation_id, document_id, line, moment, side, direction, category, rate_id, base,"
    " tax) VALUES (1, ?, 1, ?, 1, ?, '', 0, ?, 0)"
)
_BALANCE_TOTAL = total("contacts_settlements_balance", "contact_id currency", "amount base")
_BALANCE_TURNOVER = _turnover("contacts_settlements_balance", "contact_id currency", "amount base")
_CONTRACT_TOTAL = total("contacts_settlements_by_contract", "contact_id contract_id currency", "amount base")
_CONTRACT_TURNOVER = _turnover("contacts_settlements_by_contract", "contact_id contract_id currency", "amount base")
_SPAN = ("{sooner}(t.first_day, excluded.first_day)", "{later}(t.last_day, excluded.last_day)")
_OPEN_ITEMS_TOTAL = (
    "INSERT INTO contacts_settlements_open_items_total AS t (organisation_id, contact_id, item_id, currency, amount, base,"
    " entries, last_moment, first_day, last_day, round_day) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (organisation_id, contact_id, item_id, currency) DO UPDATE SET amount = t.amount + excluded.amount,"
    " base = t.base + excluded.base, entries = t.entries + excluded.entries,"
    " last_moment = {later}(t.last_moment, excluded.last_moment),"
    f" first_day = {_SPAN[0]}, last_day = {_SPAN[1]}, round_day = {roundest_sql(*_SPAN)}"
)
_SETTLEMENT = (
    "INSERT INTO contacts_settlements_entry (organisation_id, document_id, line, moment, side, contact_id, item_id,"
    " currency, amount, base) VALUES (1, ?, ?, ?, ?, ?, ?, 'GBP', ?, ?)"
)
_OPEN_ITEM = "INSERT INTO contacts_open_item (id, document_id, contact_id, amount, base) VALUES (?, ?, ?, ?, ?)"
_ALLOCATION_LINE = (
    "INSERT INTO contacts_allocation_line (document_id, line, from_item_id, to_item_id, amount) VALUES (?, ?, ?, ?, ?)"
)
# In pounds alone: what is open in them is as much in both.
_OLDEST = (
    "SELECT t.item_id, t.amount FROM contacts_settlements_open_items_total t"
    " JOIN contacts_open_item i ON i.id = t.item_id JOIN core_document d ON d.id = i.document_id"
    " WHERE t.organisation_id = 1 AND t.contact_id = ? AND t.currency = 'GBP' AND t.amount <> 0 AND t.amount > 0"
    " AND d.moment <= ? ORDER BY coalesce(i.due, date(d.moment)), d.moment, i.id LIMIT 50"
)


@dataclass(frozen=True, slots=True)
class _Move:
    """A move between a place outside and warehouse 100, in units."""

    line: int
    item: int
    quantity: int
    value: int
    #: the place outside
    outside: int
    #: 1 when goods come into the warehouse, -1 when they leave
    sign: int
    basis: str
    #: of goods that were kept for somebody
    claim: int = 0


class Floor:
    """A connection of the bare driver, in a transaction per document."""

    def __init__(self, raw: Any, is_sqlite: bool, user_id: int, user_name: str) -> None:
        self._raw, self._is_sqlite, self._user_id, self._user_name = raw, is_sqlite, user_id, user_name
        self._cursor = raw.cursor()
        self._written: dict[str, str] = {}

    def purchase(
        self,
        contact: tuple[int, str],
        lines: Sequence[tuple[int, int, int]],
        moment: datetime,
        *,
        then: Callable[[int], None] | None = None,
    ) -> None:
        """Goods of (item, quantity, price), in units, come in at their price; `then` does more with the document's id."""
        rows = [(item, quantity, price, amount_of(quantity, price)) for item, quantity, price in lines]
        document_id, number, day = self._trade("trade.purchase", "PU-", contact, rows, moment)
        moves = [_Move(n, i, q, value, SUPPLIERS, 1, "own") for n, (i, q, _, value) in enumerate(rows, 1)]
        self._stock(document_id, moves, moment, day)
        self._settle(document_id, contact[0], -sum(row[3] for row in rows), moment, day)
        self._tax(document_id, "input", sum(row[3] for row in rows), moment, day)
        if then is not None:
            then(document_id)
        self._finish("trade.purchase", document_id, number)

    def sale(
        self,
        contact: tuple[int, str],
        lines: Sequence[tuple[int, int, int]],
        moment: datetime,
        *,
        claim: int = 0,
        then: Callable[[int], None] | None = None,
    ) -> None:
        """Goods go out at their average cost; `claim`: what they were kept for. `then` does more with the document's id."""
        rows = [(item, quantity, price, amount_of(quantity, price)) for item, quantity, price in lines]
        document_id, number, day = self._trade("trade.sale", "S-", contact, rows, moment)
        moves, sold = [], []
        for n, (item, quantity, _, net) in enumerate(rows, 1):
            cost = self._cost(item, quantity)
            moves.append(_Move(n, item, quantity, cost, CUSTOMERS, -1, "carried", claim))
            sold.append((item, n, quantity, net, cost))
        self._stock(document_id, moves, moment, day)
        month = moment.year * 100 + moment.month
        self.many(_RESULTS_TOTAL, [(i, contact[0], q, net, cost, 1, day) for i, _, q, net, cost in sold])
        self.many(_RESULTS_TURNOVER, [(i, contact[0], month, q, 0, net, 0, cost, 0) for i, _, q, net, cost in sold])
        self.many(_SALES, [(document_id, n, day, i, contact[0], q, net, cost) for i, n, q, net, cost in sold])
        self._settle(document_id, contact[0], sum(row[3] for row in rows), moment, day)
        self._tax(document_id, "output", sum(row[3] for row in rows), moment, day)
        if then is not None:
            then(document_id)
        self._finish("trade.sale", document_id, number)

    def work_order(self, product: Product, components: Sequence[tuple[int, int]], moment: datetime) -> None:
        """One product is made at what its components of (item, quantity) cost."""
        document_id, number, day = self._document(
            "production.work_order", "MO-", product.name, 0, moment, self._user_id
        )
        moves = [
            _Move(n, i, quantity, self._cost(i, quantity), PRODUCTION, -1, "carried")
            for n, (i, quantity) in enumerate(components, 1)
        ]
        value = sum(m.value for m in moves)
        self.run(_ORDER, (document_id, product.bom_id, product.item_id, 10**6))
        self.many(_ORDER_LINE, [(document_id, m.line, m.item, m.quantity) for m in moves])
        moves.append(_Move(0, product.item_id, 10**6, value, PRODUCTION, 1, "made"))
        self._stock(document_id, moves, moment, day, work_order=document_id)
        if valued := sum(1 for m in moves if m.value):
            self.run(_WIP_TOTAL, (document_id, 0, valued, day))
        self._finish("production.work_order", document_id, number)

    def payment(self, contact: tuple[int, str], amount: int, moment: datetime) -> None:
        """Money comes in."""
        document_id, number, day = self._document("contacts.payment", "P-", contact[1], amount, moment, None)
        self.run(_PAYMENT, (document_id, contact[0], amount))
        self._settle(document_id, contact[0], -amount, moment, day, self._oldest(contact[0], amount, day))
        self._finish("contacts.payment", document_id, number)

    def _tax(self, document_id: int, direction: str, base: int, moment: datetime, day: Any) -> None:
        """Nobody has said why there is no tax."""
        self.run(_TAXES_TOTAL, (direction, "", 0, base, 0, 1, day))
        self.run(_TAXES_TURNOVER, (direction, "", 0, moment.year * 100 + moment.month, base, 0, 0, 0))
        self.run(_TAX, (document_id, day, direction, base))

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    def run(self, statement: str, values: Row = ()) -> None:
        """One statement that answers nothing."""
        self._cursor.execute(self._sql(statement), values)

    def many(self, statement: str, rows: Iterable[Row]) -> None:
        """The same statement for each row."""
        self._cursor.executemany(self._sql(statement), rows)

    def one(self, statement: str, values: Row) -> Any:
        """The first row that a statement answers."""
        self._cursor.execute(self._sql(statement), values)
        return self._cursor.fetchone()

    def all(self, statement: str, values: Row) -> list[Any]:
        """All rows that a statement answers."""
        self._cursor.execute(self._sql(statement), values)
        return list(self._cursor.fetchall())

    def _document(
        self, kind: str, prefix: str, summary: str, amount: int, moment: datetime, responsible: int | None
    ) -> tuple[int, str, Any]:
        self.run("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        number = f"{prefix}{self.one(_SERIES, (kind,))[0]:06d}"
        day, now = self._moment(moment), self._moment(datetime.now(UTC).replace(tzinfo=None))
        row = self.one(_DOCUMENT, (kind, number, day, True, responsible, amount, summary, now))
        return row[0], number, day

    def _trade(
        self,
        kind: str,
        prefix: str,
        contact: tuple[int, str],
        rows: Sequence[Row],
        moment: datetime,
        insert: str = _TRADE,
        more: Row = (),
    ) -> tuple[int, str, Any]:
        net = sum(row[3] for row in rows)
        document_id, number, day = self._document(kind, prefix, contact[1], net, moment, self._user_id)
        self.run(insert, (document_id, contact[0], False, net, *more))
        self.many(_TRADE_LINE, [(document_id, n, *row) for n, row in enumerate(rows, 1)])
        return document_id, number, day

    def _cost(self, item: int, quantity: int) -> int:
        """Of what goes out: its part of what is held, to the penny, half up."""
        held, worth = self.one(_HELD + ("" if self._is_sqlite else " FOR UPDATE"), (item,))
        assert held >= quantity
        return int((2 * worth * quantity + held * 100) // (2 * held * 100) * 100)

    def _stock(
        self, document_id: int, moves: Sequence[_Move], moment: datetime, day: Any, *, work_order: int = 0
    ) -> None:
        month = moment.year * 100 + moment.month
        self.many(_ON_HAND_TOTAL, [(m.item, 100, 0, m.sign * m.quantity, 1, day) for m in moves])
        self.many(_ON_HAND_TURNOVER, [(m.item, 100, 0, month, *_in_out(m.sign, m.quantity)) for m in moves])
        self.many(_WORTH_TOTAL, [(m.item, 100, 0, m.sign * m.quantity, m.sign * m.value, 1, day) for m in moves])
        self.many(
            _WORTH_TURNOVER,
            [(m.item, 100, 0, month, *_in_out(m.sign, m.quantity), *_in_out(m.sign, m.value)) for m in moves],
        )
        self.many(_CLAIMS_TOTAL, [(m.item, 100, m.claim, m.sign * m.quantity, 1, day) for m in moves])
        self.many(
            STOCK,
            [
                (
                    *(document_id, m.line, day, m.item),
                    *_ends(m.sign, m.outside, 100),
                    *_ends(m.sign, 0, m.claim),
                    *_ends(m.sign, work_order, 0),
                    *_ends(m.sign, 0, 100),
                    *_ends(m.sign, 0, 100),
                    *(m.basis, day, m.quantity, m.value),
                )
                for m in moves
            ],
        )

    def _oldest(self, contact_id: int, amount: int, day: Any) -> list[tuple[int, int]]:
        """The oldest open items, and how much of each a payment of `amount` settles: at most fifty."""
        found = []
        for item, left in self.all(_OLDEST + ("" if self._is_sqlite else " FOR UPDATE OF t"), (contact_id, day)):
            if amount:
                found.append((item, min(left, amount)))
                amount -= found[-1][1]
        return found

    def _settle(
        self,
        document_id: int,
        contact_id: int,
        amount: int,
        moment: datetime,
        day: Any,
        paid: Sequence[tuple[int, int]] = (),
    ) -> None:
        """A debt on an item of its own, less what it settles of others."""
        item, side = document_id * INSTALMENTS, 1 if amount >= 0 else -1
        entries = [(n, other, side * part) for n, (other, part) in enumerate(paid, 1)]
        rest = amount - sum(part for _, _, part in entries)
        entries += [(0, item, rest)] if rest or not entries else []
        self.run(_OPEN_ITEM, (item, document_id, contact_id, amount, amount))
        self.many(_ALLOCATION_LINE, [(document_id, n, item, other, part) for n, (other, part) in enumerate(paid, 1)])
        self.run(_BALANCE_TOTAL, (contact_id, "GBP", amount, amount, len(entries), day))
        sides = max(amount, 0), max(-amount, 0)
        month = moment.year * 100 + moment.month
        self.run(_BALANCE_TURNOVER, (contact_id, "GBP", month, *sides, *sides))
        self.run(_CONTRACT_TOTAL, (contact_id, 0, "GBP", amount, amount, len(entries), day))
        self.run(_CONTRACT_TURNOVER, (contact_id, 0, "GBP", month, *sides, *sides))
        span = (day_of(moment),) * 3
        self.many(_OPEN_ITEMS_TOTAL, [(contact_id, of, "GBP", part, part, 1, day, *span) for _, of, part in entries])
        self.many(_SETTLEMENT, [(document_id, n, day, side, contact_id, of, part, part) for n, of, part in entries])

    def _finish(self, kind: str, document_id: int, number: str) -> None:
        self._note(f"{kind}.post", kind, document_id, number)
        self.run("COMMIT")

    def _note(self, action: str, subject: str | None, subject_id: int | None, summary: str) -> None:
        head = self.one(_HEAD + ("" if self._is_sqlite else " FOR UPDATE"), (self._user_id,)) or (0, "0" * 64)
        now, salt = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds"), secrets.token_hex(16)
        line = {
            "chain": self._user_id,
            "sequence": head[0] + 1,
            "moment": now,
            "actor": self._user_name,
            "action": action,
            "subject": subject,
            "subject_id": subject_id,
            "sealed": hashlib.sha256(json.dumps((salt, summary), ensure_ascii=False).encode()).hexdigest(),
            "changes": None,
        }
        body = json.dumps(line, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256((head[1] + body).encode()).hexdigest()
        self.run(_AUDIT, (*line.values(), summary, salt, digest))
        self.run(_NEW_HEAD, (head[0] + 1, digest, self._user_id))

    def _moment(self, moment: datetime) -> Any:
        return moment.isoformat(" ", "microseconds") if self._is_sqlite else moment

    def _sql(self, statement: str) -> str:
        known = self._written.get(statement)
        if known is None:
            known = statement
            for word, (sqlite, postgresql) in _DIALECTS.items():
                known = known.replace(word, sqlite if self._is_sqlite else postgresql)
            known = self._written[statement] = known if self._is_sqlite else known.replace("?", "%s")
        return known


def _in_out(sign: int, units: int) -> tuple[int, int]:
    return (units, 0) if sign > 0 else (0, units)


def _ends(sign: int, outside: int, inside: int) -> tuple[int, int]:
    """From and to of a move into the warehouse (sign 1) or out of it."""
    return (outside, inside) if sign > 0 else (inside, outside)


def amount_of(quantity: int, price: int) -> int:
    """Quantity and price of scale 6 give money of scale 4, rounded to pence: whole quantities and prices in pence."""
    return quantity * price // 10**8

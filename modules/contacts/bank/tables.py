"""What the rows of a table say as statements: banks' CSV and workbooks, whose columns a preset names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.statement import BadFile, Line, Party, Statement, bare, joined


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its number, and what it says by field."""

    row: int
    values: Mapping[str, Any]


def statements_of(rows: Sequence[TableRow]) -> list[Statement]:
    """The statements of a table, one for each account and currency; with a column of balances they have an opening and a
    closing one, whichever end of the table is the earlier.

    Refused (BadFile, whose line is the row): a row without account, currency or amount, balances that don't follow each other.
    """
    statements: dict[tuple[str, str], Statement] = {}
    balances: dict[tuple[str, str], list[tuple[Decimal | None, Line]]] = {}
    for number, row in enumerate(rows):
        account, currency = (str(_filled(row, name)) for name in ("account", "currency"))
        key = (account, currency.upper())
        if key not in statements:
            statements[key], balances[key] = Statement(*key, at=row.row), []
        line = _line(row, number)
        statements[key].lines.append(line)
        balances[key].append((row.values.get("balance"), line))
    for key, statement in statements.items():
        _set_balances(statement, balances[key])
    return list(statements.values())


def _filled(row: TableRow, name: str) -> Any:
    if row.values.get(name) in (None, ""):
        message = _l("this must be filled, or said in a preset: [defaults], %(name)s = …", name=name)
        raise BadFile(message, line=row.row, tag=name)
    return row.values[name]


def _line(row: TableRow, number: int) -> Line:
    said = row.values
    return Line(
        day=said["date"],
        amount=_amount(row),
        value_day=said.get("value_date"),
        party=Party(
            joined([said.get("name", "")]),
            bare(said.get("party_account", "")),
            said.get("bic", ""),
            said.get("tax_id", ""),
        ),
        purpose=joined([said.get("purpose", "")]),
        reference=said.get("reference", ""),
        bank_id=said.get("bank_id", ""),
        entry=number,
        at=row.row,
    )


def _amount(row: TableRow) -> Decimal:
    """Of one column with its sign, or of two, one each way, whose signs don't count."""
    said = row.values
    if (amount := said.get("amount")) is not None:
        return Decimal(amount)
    if said.get("credit") is None and said.get("debit") is None:
        raise BadFile(_l("this must be filled"), line=row.row, tag="amount")
    return Decimal(abs(said.get("credit") or Decimal(0)) - abs(said.get("debit") or Decimal(0)))


def _set_balances(statement: Statement, rows: list[tuple[Decimal | None, Line]]) -> None:
    if not rows or any(balance is None for balance, _line in rows):
        return
    for ordered in (rows, rows[::-1]):
        breaks = [
            line
            for (before, _earlier), (balance, line) in pairwise(ordered)
            if before is not None and before + line.amount != balance
        ]
        if not breaks:
            (first, line), (last, _last) = ordered[0], ordered[-1]
            assert first is not None
            statement.opening, statement.closing = first - line.amount, last
            statement.lines = [line for _balance, line in ordered]
            return
    message = _l("the balance doesn't follow from the row before: rows are missing. Export the file again.")
    raise BadFile(message, line=rows[1][1].at, tag="balance")

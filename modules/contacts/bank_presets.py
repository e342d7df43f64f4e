"""Banks' own tables: what their columns are is guessed, confirmed once by a person, and remembered for the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.imports import AMOUNT, DAY, TEXT, Columns, Wanted, read, rows_of, shown_cell
from app.api.security import Actor, require
from app.api.texts import fold
from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.statement import BadFile, Statement, checked
from modules.contacts.bank.tables import TableRow, statements_of
from modules.contacts.bank_models import BankPreset
from modules.contacts.bank_statements import Kept, keep_statements
from modules.contacts.money.models import BANK, MoneyAccount

#: so many rows are looked through for the titles
_LOOKED_AT = 20
#: field → parts of what its column is called, in small letters. "Amount" comes after what is called so in part.
_WORDS = {
    "date": "date|дата|ngày",
    "credit": "credit|кредит|приход|поступ|зачисл|money in|paid in|ghi có|có",
    "debit": "debit|дебет|расход|списан|money out|paid out|ghi nợ|nợ",
    "amount": "amount|сумма|số tiền|betrag",
    "side": "dr/cr|d/c|sign|тип операции|вид операции|loại",
    "balance": "balance|остаток|сальдо|số dư|saldo",
    "value_date": "value",
    "party_account": "iban|counterparty account|счет контрагента|счёт контрагента|tài khoản đối",
    "name": "name|payee|counterparty|контрагент|наименование|плательщик|đối tác|tên",
    "tax_id": "инн|tax|mst",
    "purpose": "purpose|description|memo|details|narrative|назначение|diễn giải|nội dung|mô tả",
    "reference": "reference|номер документа|№ док|số chứng từ|số ct",
}
_TITLES = (
    ("date", _l("Date"), DAY),
    ("credit", _l("Money in"), AMOUNT),
    ("debit", _l("Money out"), AMOUNT),
    ("amount", _l("Amount"), AMOUNT),
    ("side", _l("In or out"), TEXT),
    ("balance", _l("Balance"), AMOUNT),
    ("value_date", _l("Value date"), DAY),
    ("party_account", _l("Account of the other side"), TEXT),
    ("name", _l("Name"), TEXT),
    ("tax_id", _l("Tax number"), TEXT),
    ("purpose", _l("Purpose"), TEXT),
    ("reference", _l("Reference"), TEXT),
)
WANTED = tuple(
    Wanted(name, title, kind, tuple(_WORDS[name].split("|")), is_needed=name == "date") for name, title, kind in _TITLES
)
_TEXTS = (".csv", ".tsv", ".txt")
#: encodings of old, the first where none makes more sense than the others; in how many bytes titles are looked for
_OLD, _BEGINNING = ("cp1252", "cp1251", "cp866", "koi8-r", "cp1258", "cp1250"), 4096
#: how tables say which way money went
_IN = {"c", "cr", "credit", "in", "+", "к", "кредит", "приход", "поступление", "зачисление", "có", "thu", "ghi có"}
_OUT = {"d", "dr", "debit", "out", "-", "−", "д", "дебет", "расход", "списание", "nợ", "chi", "ghi nợ"}


@dataclass(frozen=True, slots=True)
class TableOf:
    """What a table says with its columns known: one statement, and how many rows say neither a day nor an amount."""

    statement: Statement
    left_out: int


def table_rows(path: Path) -> list[list[Any]]:
    """The rows of a bank's table. A text that isn't UTF-8 is read as whatever makes most of its words known titles.
    Refused (Invalid): what can't be read."""
    return rows_of(path, "" if path.suffix.lower() not in _TEXTS else _encoding(path.read_bytes()))


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        words = [word for each in WANTED for word in each.words if len(word) > 2]

        def known(encoding: str) -> int:
            text = content[:_BEGINNING].decode(encoding, "replace").casefold()
            return sum(word in text for word in words)

        return "" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else max(_OLD, key=known)
    return ""


def signature_of(titles: Sequence[Any]) -> str:
    """By what tables of one kind are known: what their columns are called, whatever its case."""
    return sha256("\x1f".join(fold(shown_cell(cell)).strip() for cell in titles).encode()).hexdigest()


def remembered(session: Session, account: MoneyAccount, rows: Sequence[Sequence[Any]]) -> Columns | None:
    """The columns of a table like those that were confirmed for an account before; None: there was none."""
    found = {p.signature: p for p in session.scalars(select(BankPreset).where(BankPreset.account_id == account.id))}
    for header, row in enumerate(rows[:_LOOKED_AT]):
        if (preset := found.get(signature_of(row))) is not None:
            return Columns(header, preset.columns, preset.decimal, preset.month_first)
    return None


def remember(
    session: Session, actor: Actor, account: MoneyAccount, rows: Sequence[Sequence[Any]], columns: Columns
) -> None:
    """Take the columns of such tables of this account as confirmed, instead of what was confirmed before."""
    require(actor, "contacts.bank.import")
    signature = signature_of(rows[columns.header])
    query = select(BankPreset).where(BankPreset.account_id == account.id, BankPreset.signature == signature)
    preset = session.scalars(query).first() or BankPreset(account_id=account.id, signature=signature)
    preset.columns, preset.decimal, preset.month_first = dict(columns.columns), columns.decimal, columns.month_first
    session.add(preset)


def table_of(account: MoneyAccount, rows: Sequence[Sequence[Any]], columns: Columns) -> TableOf:
    """The statement of an account that a table is.

    Refused (Invalid): an account that isn't a bank's or has no number; no column of amounts; rows that say a way that isn't
    known, an amount in no column, balances that don't follow each other.
    """
    if account.kind != BANK or not account.number:
        raise Invalid(_l("Choose a bank account that has its number."), field="account_id")
    if not columns.columns.keys() & {"credit", "debit", "amount"}:
        raise Invalid(_l("Choose the columns with the amounts: Money in and Money out, or Amount."))
    found = read(rows, columns, WANTED)
    lines = [
        TableRow(
            number, {**_texts(said), **_signed(said, number), "account": account.number, "currency": account.currency}
        )
        for number, said in found.rows
        if any(said.get(name) is not None for name in ("credit", "debit", "amount"))
    ]
    if not lines:
        raise Invalid(_l("No row says a day and an amount in these columns."))
    try:
        (statement,) = checked(statements_of(lines))
    except BadFile as error:
        raise Invalid(_l("Row %(row)s: %(why)s", row=error.line, why=error.message)) from error
    return TableOf(statement, found.left_out + len(found.rows) - len(lines))


def keep_table(
    session: Session,
    actor: Actor,
    account: MoneyAccount,
    rows: Sequence[Sequence[Any]],
    columns: Columns,
    *,
    file: str,
) -> Kept:
    """Keep the lines of a table that aren't there yet, and remember its columns. Refused: what `table_of` refuses."""
    kept = keep_statements(session, actor, [table_of(account, rows, columns).statement], format="table", file=file)
    remember(session, actor, account, rows, columns)
    return kept


def _texts(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, with empty texts where it says none."""
    kinds = {each.name: each.kind for each in WANTED}
    return {name: "" if value is None and kinds[name] == TEXT else value for name, value in said.items()}


def _signed(said: Mapping[str, Any], row: int) -> dict[str, Decimal]:
    """The amount with its sign, where another column says the way."""
    if said.get("amount") is None or "side" not in said:
        return {}
    side = (said["side"] or "").strip().casefold()
    if side not in _IN | _OUT:
        raise Invalid(_l("Row %(row)s: “%(text)s” says neither in nor out.", row=row, text=said["side"] or ""))
    return {"amount": abs(said["amount"]) if side in _IN else -abs(said["amount"])}

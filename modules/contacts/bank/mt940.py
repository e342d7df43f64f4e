"""Reading MT940 and MT942, SWIFT's customer statements, as banks really write them.

By the SWIFT Standards MT Category 9 and the banks' own descriptions of :86:, which are many (`mt940_details.py`). Tolerant of
how a file is wrapped; strict on accounts, balances and sums (docs/adr/0041).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.decoding import decoded
from modules.contacts.bank.mt940_details import details_of
from modules.contacts.bank.statement import BadFile, Line, Statement

#: Only these begin a field: a purpose may be wrapped before “:26:37”.
_TAG = re.compile(r":(940|13D?|20|21|25P?|28C?|34F|6[02][FM]|61|6[45]|86|90[CD]|NS):(.*)", re.ASCII)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})?\s*([0-9][0-9.,]*)\s*", re.ASCII)
_LINE = re.compile(
    r"(?P<value>[0-9]{6})\s*(?P<entry>[0-9]{4})?\s*(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?\s*(?P<amount>[0-9][0-9.,]*)"
    r"(?P<type>[A-Z][A-Z0-9 ]{3})?(?P<reference>.*?)(?://(?P<bank_id>.*))?",
    re.ASCII,
)
_TURNOVER = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9][0-9.,]*)\s*", re.ASCII)
_NOTHING = ("NONREF", "NOTPROVIDED", "NREF", "")
_BEGINS = re.compile(r"\{|:20:|:940:|940|[A-Z]{6}[A-Z0-9]{2}|0000 ", re.ASCII)


class _Field(NamedTuple):
    """A field of a message: its tag, its lines, and where it begins in the file."""

    tag: str
    lines: list[str]
    at: int

    @property
    def text(self) -> str:
        return self.lines[0].strip()

    def error(self, message: object) -> BadFile:
        return BadFile(message, line=self.at, tag=f":{self.tag}:")


def is_mt940(content: bytes) -> bool:
    """Whether a file has a field of such a message."""
    text = content[:1_000_000].replace(b"\0", b"").decode("latin-1")
    return any(_TAG.match(line) for line in text.splitlines())


def read_mt940(content: bytes, encoding: str = "") -> list[Statement]:
    """The statements of a file, one for each :20:.

    Refused (BadFile): a statement without account, currency or closing balance, a field that isn't what it should be, sums
    (:90C:, :90D:) that aren't those of the lines.
    """
    text, _encoding = decoded(content.replace(b"\0", b""), said=encoding)
    return [_statement(fields) for fields in _messages(text.splitlines())]


def _messages(lines: list[str]) -> Iterator[list[_Field]]:
    """The fields of each statement: a new one begins at :20:, or at an account after a closing balance."""
    message: list[_Field] = []
    for field in _fields(lines):
        begins = field.tag == "20" or (field.tag in ("25", "25P") and any(f.tag in ("62F", "62M") for f in message))
        if begins and any(f.tag != "20" for f in message):
            yield message
            message = []
        message.append(field)
    if message:
        yield message


def _fields(lines: list[str]) -> Iterator[_Field]:
    field: _Field | None = None
    for at, line in enumerate(lines, 1):
        if line.startswith("{"):  # SWIFT's blocks about the message; its text may begin behind them
            line = line.partition("{4:")[2]
        if match := _TAG.match(line):
            if field is not None:
                yield field
            field = None if match[1] == "940" else _Field(match[1], [match[2]], at)
        elif _is_end(lines, at):
            if field is not None:
                yield field
            field = None
        elif field is not None and line.strip():
            field.lines.append(line)
    if field is not None:
        yield field


def _is_end(lines: list[str], at: int) -> bool:
    """Whether the line before `at` ends a message: a purpose may have a line with a dash alone."""
    line = lines[at - 1].strip()
    if line.startswith("-}"):
        return True
    following = next((next_line for next_line in lines[at:] if next_line.strip()), "{")
    return line == "-" and bool(_BEGINS.match(following))


def _statement(fields: list[_Field]) -> Statement:
    first = {field.tag: field for field in reversed(fields)}
    account = first.get("25") or first.get("25P")
    if account is None or not account.text:
        raise fields[0].error(_l("the account (:25:) is missing: the statement isn't whole. Export it again."))
    opening = next((_balance(f) for f in fields if f.tag in ("60F", "60M")), None)
    closing_field = next((f for f in reversed(fields) if f.tag in ("62F", "62M")), None)
    closing = _balance(closing_field) if closing_field else None
    if opening is not None and closing is None:
        message = _l("the closing balance (:62F:) is missing: the file was cut off. Export it again.")
        raise fields[-1].error(message)
    currency = (opening and opening.currency) or (closing and closing.currency) or _currency_of_turnovers(fields)
    if not currency:
        raise account.error(_l("no balance says the currency: the statement isn't whole. Export it again."))
    if closing and closing.currency and closing_field and closing.currency != currency:
        message = _l("the closing balance is in another currency than the opening balance (%(code)s)", code=currency)
        raise closing_field.error(message)
    number = first.get("28C") or first.get("28")
    statement = Statement(
        account=_without_currency(account.text, currency),
        currency=currency,
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        number=number.text if number else "",
        since=opening.day if opening else None,
        until=closing.day if closing else None,
        at=(closing_field or fields[-1]).at,
    )
    statement.lines.extend(_lines(fields))
    _check_turnovers(fields, statement)
    return statement


class _Balance(NamedTuple):
    amount: Decimal
    currency: str
    day: date


def _balance(field: _Field) -> _Balance:
    match = _BALANCE.fullmatch(field.text) or _BALANCE.fullmatch("".join(part.strip() for part in field.lines))
    if match is None:
        raise field.error(_l("“%(value)s” isn't a balance such as C261231EUR1234,56", value=field.text))
    amount = _amount(field, match[4])
    return _Balance(amount if match[1] == "C" else -amount, match[3] or "", _day(field, match[2]))


def _amount(field: _Field, text: str) -> Decimal:
    """A number with its decimals behind a comma, or behind a point as some banks write it."""
    whole, sign, part = text.rpartition("," if "," in text else ".")
    try:
        return Decimal(whole.replace(".", "").replace(",", "") + "." + part) if sign else Decimal(text)
    except ArithmeticError:
        raise field.error(_l("“%(value)s” isn't an amount of money", value=text)) from None


def _day(field: _Field, text: str) -> date:
    """YYMMDD. Banks that count 30 days a month (30E/360) date by the 30th of February: it is that month's last day."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year >= 80 else 2000
    try:
        if month == 2 and day in (29, 30):
            return min(date(year, 2, 28) + timedelta(days=day - 28), date(year, 3, 1) - timedelta(days=1))
        return date(year, month, day)
    except ValueError:
        raise field.error(_l("“%(value)s” isn't a day (year, month, day, two digits each)", value=text)) from None


def _without_currency(account: str, currency: str) -> str:
    """The number alone: some banks write the currency behind it."""
    number = account.removesuffix(currency)
    return number.rstrip(" /") if number and (number[-1].isdigit() or number[-1] in " /") else account


def _currency_of_turnovers(fields: list[_Field]) -> str:
    for field in fields:
        if field.tag == "34F":
            return field.text[:3]
        if field.tag in ("90C", "90D") and (match := _TURNOVER.fullmatch(field.text)):
            return match[2]
    return ""


def _lines(fields: list[_Field]) -> Iterator[Line]:
    line: Line | None = None
    details: list[str] = []
    count = 0
    for field in fields:
        if field.tag in ("86", "NS"):
            details += field.lines if line is not None else []
            continue
        if line is not None:
            yield details_of(line, details)
        line, details = None, []
        if field.tag == "61":
            line, details = _line(field, count)
            count += 1
        elif field.tag in ("25", "25P") and count:
            raise field.error(
                _l("an account (:25:) stands among the lines: a field is damaged. Export the file again.")
            )
    if line is not None:
        yield details_of(line, details)


def _line(field: _Field, number: int) -> tuple[Line, list[str]]:
    """The line, and what stands below it (subfield 9)."""
    for taken in (1, 2):  # some banks wrap within the amount
        match = _LINE.fullmatch("".join(part.strip() for part in field.lines[:taken]))
        if match is not None:
            break
    else:
        message = _l("“%(value)s” isn't a line such as 2612311231C12,50NTRFNONREF", value=field.text)
        raise field.error(message)
    value_day = _day(field, match["value"])
    amount = _amount(field, match["amount"])
    day = _entry_day(field, value_day, match["entry"]) if match["entry"] else value_day
    line = Line(
        day=day,
        amount=amount if match["mark"] in ("C", "RD", "EC") else -amount,
        value_day=value_day,
        # Some banks' types have three letters.
        reference="" if f"{match['type']}{match['reference']}".endswith("NONREF") else _said(match["reference"]),
        bank_id=_said(match["bank_id"] or ""),
        entry=number,
        at=field.at,
    )
    return line, field.lines[taken:]


def _said(text: str) -> str:
    text = " ".join(text.split())
    return "" if text.upper() in _NOTHING else text


def _entry_day(field: _Field, value_day: date, text: str) -> date:
    """MMDD in the year that is nearest to the value date: one of December may have its value in January."""
    days = []
    for year in (value_day.year - 1, value_day.year, value_day.year + 1):
        days.append(_day(field, f"{year % 100:02}{text}"))
    return min(days, key=lambda day: abs(day - value_day))


def _check_turnovers(fields: list[_Field], statement: Statement) -> None:
    """Of an MT942: how many lines there are each way, and what they come to."""
    for field in fields:
        if field.tag not in ("90C", "90D"):
            continue
        if (match := _TURNOVER.fullmatch(field.text)) is None:
            raise field.error(_l("“%(value)s” isn't a number and a sum such as 3EUR12,50", value=field.text))
        sign = 1 if field.tag == "90C" else -1
        some = [line.amount * sign for line in statement.lines if line.amount * sign > 0]
        said, found = _amount(field, match[3]), sum(some, Decimal(0))
        if (int(match[1]), said) != (len(some), found):
            message = _l(
                "it says %(said)s in %(n)s lines, but there are %(found)s in %(count)s. Export the file again.",
                said=said,
                n=int(match[1]),
                found=found,
                count=len(some),
            )
            raise field.error(message)

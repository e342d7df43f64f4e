"""Reading and naming the parts of 1C's exchange with banks (1CClientBankExchange), a text of `key=value` lines.

The format is described at v8.1c.ru (“Обмен данными с системами Клиент банка”). Not for writing it: `orders_1c.py` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from app.api.texts import lazy_gettext as _l
from modules.contacts.bank.decoding import decoded
from modules.contacts.bank.statement import BadFile, Line, Party, Statement, bare, joined

BEGINNING, END = "1CClientBankExchange", "КонецФайла"
#: the encodings of Windows and of DOS that its header may name, whatever it is in
ENCODINGS = ("cp1251", "cp866", "koi8-r")
_SECTIONS = {"СекцияРасчСчет": "КонецРасчСчет", "СекцияДокумент": "КонецДокумента"}
#: Digits 6–8 of a Russian account are its currency (Bank of Russia, 579-П); 810 is the ruble of before 1998, still in use.
_CURRENCIES = {
    "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "756": "CHF", "826": "GBP", "392": "JPY",
    "398": "KZT", "933": "BYN", "051": "AMD", "417": "KGS", "784": "AED", "949": "TRY", "860": "UZS", "972": "TJS",
    "944": "AZN", "498": "MDL", "981": "GEL", "704": "VND", "344": "HKD", "356": "INR",
}  # fmt: skip


@dataclass
class _Section:
    """The keys of an account's or a document's section, and where they stand."""

    kind: str
    at: int
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def first(self, *keys: str) -> str:
        """What the first of the keys says that is filled."""
        return next((self.values[key] for key in keys if self.values.get(key)), "")

    def day(self, key: str) -> date | None:
        if not (text := self.values.get(key, "")):
            return None
        try:
            return datetime.strptime(text[:10], "%d.%m.%Y").date()
        except ValueError:
            raise BadFile(
                _l("“%(value)s” isn't a date such as 31.12.2026", value=text), line=self.places[key], tag=key
            ) from None

    def amount(self, key: str) -> Decimal | None:
        if not (text := "".join(self.values.get(key, "").split())):
            return None
        try:
            return Decimal(text.replace(",", "."))
        except ArithmeticError:
            raise BadFile(
                _l("“%(value)s” isn't an amount of money", value=text), line=self.places[key], tag=key
            ) from None


def is_client_bank(content: bytes) -> bool:
    """Whether a file is such an exchange."""
    return BEGINNING.encode("ascii") in content[:200].replace(b"\0", b"")


def read_client_bank(content: bytes, encoding: str = "") -> list[Statement]:
    """The statements of the accounts in a file, the days of one account together.

    Refused (BadFile): a file that was cut off, a section without its end, no account, a document that is on none of the file's
    accounts, balances of days that don't follow each other, or sums that aren't those of the documents.
    """
    text, _encoding = decoded(content, said=encoding, among=ENCODINGS, known="Секция")
    sections = list(_sections(text))
    accounts = [s for s in sections if s.kind == "СекцияРасчСчет" and s.first("РасчСчет")]
    statements = _statements(accounts)
    for number, document in enumerate(s for s in sections if s.kind == "СекцияДокумент"):
        for account, sign in _sides(document, statements):
            statements[account].lines.append(_line(document, sign, number))
    _check_turnovers(accounts, statements)
    return list(statements.values())


def _sections(text: str) -> Iterator[_Section]:
    section: _Section | None = None
    lines = text.splitlines()
    number = 0
    for number, line in enumerate(lines, 1):
        key, separator, value = line.strip().partition("=")
        key, value = key.strip(), value.strip()
        if key == END:
            break
        if key in _SECTIONS:
            if section is not None:
                raise _endless(section)
            section = _Section(key, number)
        elif section is not None and key == _SECTIONS[section.kind]:
            yield section
            section = None
        elif section is not None and separator:
            section.values[key], section.places[key] = value, number
    else:
        raise (
            _endless(section)
            if section
            else BadFile(
                _l("“%(word)s” is missing at the end: the file was cut off. Export it again.", word=END),
                line=number,
                tag=END,
            )
        )
    if section is not None:
        raise _endless(section)


def _endless(section: _Section) -> BadFile:
    end = _SECTIONS[section.kind]
    message = _l("the section that begins here has no “%(word)s”: the file was cut off. Export it again.", word=end)
    return BadFile(message, line=section.at, tag=section.kind)


def _statements(accounts: Sequence[_Section]) -> dict[str, Statement]:
    """By account: banks write one section a day, or one for all days."""
    statements: dict[str, Statement] = {}
    for section in accounts:
        number = section.values["РасчСчет"]
        opening, closing = section.amount("НачальныйОстаток"), section.amount("КонечныйОстаток")
        since, until = section.day("ДатаНачала"), section.day("ДатаКонца")
        statement = statements.get(number)
        if statement is None:
            statement = statements[number] = Statement(number, currency_of(number), opening=opening, since=since)
        elif statement.closing is not None and opening is not None and statement.closing != opening:
            message = _l(
                "the day begins with %(opening)s, but the one before ends with %(closing)s: a day is missing. Export the"
                " file again.",
                opening=opening,
                closing=statement.closing,
            )
            raise BadFile(message, line=section.places["НачальныйОстаток"], tag="НачальныйОстаток")
        statement.closing, statement.until = closing, until
        statement.at = section.places.get("КонечныйОстаток", section.at)
    return statements


def currency_of(account: str) -> str:
    """The currency of an account's number; RUB where the number doesn't tell."""
    return _CURRENCIES.get(account[5:8], "RUB") if len(account) == 20 and account.isdigit() else "RUB"


def _sides(document: _Section, statements: Mapping[str, Statement]) -> list[tuple[str, int]]:
    """On which of the file's accounts a document is, and whether money came in (1) or went out (−1): by the accounts' numbers,
    and where these are none of the file's, by the date that is filled."""
    by_number = {bare(number): number for number in statements}
    payer = by_number.get(bare(document.first("ПлательщикСчет", "ПлательщикРасчСчет")))
    payee = by_number.get(bare(document.first("ПолучательСчет", "ПолучательРасчСчет")))
    sides = [(payer, -1)] if payer else []
    sides += [(payee, 1)] if payee and payee != payer else []
    went, came = document.first("ДатаСписано"), document.first("ДатаПоступило")
    if not sides and len(statements) == 1 and bool(went) != bool(came):
        sides = [(next(iter(statements)), -1 if went else 1)]
    if not sides:
        message = _l(
            "document %(number)s is on none of the file's accounts (%(accounts)s). Export the statement of your account.",
            number=document.first("Номер") or "–",
            accounts=", ".join(statements) or "–",
        )
        raise BadFile(message, line=document.at, tag="СекцияДокумент")
    return [(account, sign) for account, sign in sides if account]


def _line(document: _Section, sign: int, entry: int) -> Line:
    amount = document.amount("Сумма")
    day = document.day("ДатаСписано" if sign < 0 else "ДатаПоступило") or document.day("Дата")
    for key, value in (("Сумма", amount), ("Дата", day)):
        if value is None:
            raise BadFile(_l("“%(key)s” is missing", key=key), line=document.at, tag=key)
    assert amount is not None
    assert day is not None
    return Line(
        day=day,
        amount=sign * amount,
        value_day=day,
        party=_party(document, "Получатель" if sign < 0 else "Плательщик"),
        purpose=_purpose(document),
        reference=document.first("Номер"),
        bank_id="",  # a document's number is the payer's: two payers have the same
        entry=entry,
        at=document.at,
    )


def _party(document: _Section, who: str) -> Party:
    name = document.first(f"{who}1", who)
    tax_id = document.first(f"{who}ИНН")
    if name.upper().startswith("ИНН ") and tax_id:  # “ИНН 7701234567 ООО Ромашка”
        name = name.removeprefix(name[:4]).strip().removeprefix(tax_id).strip()
    return Party(
        name=joined([name]),
        account=bare(document.first(f"{who}Счет", f"{who}РасчСчет")),
        bic=document.first(f"{who}БИК"),
        tax_id="" if tax_id.strip("0") == "" else tax_id,
    )


def _purpose(document: _Section) -> str:
    whole = document.first("НазначениеПлатежа")
    pieces = [document.values.get(f"НазначениеПлатежа{i}", "") for i in range(1, 7)]
    return joined([whole] if whole else pieces)


def _check_turnovers(accounts: Sequence[_Section], statements: Mapping[str, Statement]) -> None:
    for number, statement in statements.items():
        sections = [s for s in accounts if s.values["РасчСчет"] == number]
        for key, found in (("ВсегоПоступило", statement.credit), ("ВсегоСписано", statement.debit)):
            said = [s.amount(key) for s in sections]
            if None not in said and (total := sum(filter(None, said), Decimal(0))) != found:
                message = _l(
                    "the account says %(said)s, its documents come to %(found)s: documents are missing. Export the file"
                    " again.",
                    said=total,
                    found=found,
                )
                raise BadFile(message, line=sections[-1].places[key], tag=key)

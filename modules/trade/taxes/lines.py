"""The tax of a document's lines: as it was typed, as it was charged on what comes back, or as it is decided."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import Session

from app.api.documents import LineKey
from app.api.errors import Invalid
from app.api.texts import day as said_day
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import TradeDocument
from modules.trade.taxes.book import Book, Code, book_of, decisions, home_rates
from modules.trade.taxes.categories import SELF_ASSESSED, STANDARD, UNSAID

if TYPE_CHECKING:
    from modules.trade.returning import Charged

_ZERO = Decimal(0)


class LineTax(NamedTuple):
    """What a line keeps of its tax."""

    code_id: int | None
    category: str
    #: per cent
    rate: Decimal
    #: per cent; what we owe ourselves of a purchase with reverse charge
    reverse_rate: Decimal = _ZERO


def taxed(
    session: Session, document: TradeDocument, draft: TradeDraft, returned: Mapping[LineKey, "Charged"]
) -> tuple[TradeDraft, list[LineTax]]:
    """The draft with the tax that its lines left unsaid, and the tax of each line.

    Refused (Invalid): a code that doesn't exist; a rate that a category can't have; a code without a rate on that day.
    """
    book, day, ids = book_of(session), document.moment.date(), {line.item_id for line in draft.lines}
    decided = decisions(session, contact_id=draft.contact_id, is_sale=not document.is_bought, item_ids=ids)
    taxes = []
    for number_, line in enumerate(draft.lines, 1):
        charged = returned.get(line.origin) if line.origin is not None else None
        tax = _charged(line, charged) if charged is not None else None
        if tax is None:
            proposed = decided[line.item_id].code_id if decided else None
            tax = _tax(number_, line, book, book.codes.get(proposed) if proposed is not None else None, day)
        taxes.append(tax)
    if document.is_bought and any(t.category in SELF_ASSESSED and not t.reverse_rate for t in taxes):
        rates = home_rates(session, ids, day)
        taxes = [
            t._replace(reverse_rate=rates[line.item_id]) if t.category in SELF_ASSESSED and not t.reverse_rate else t
            for line, t in zip(draft.lines, taxes, strict=True)
        ]
    lines = [replace(line, tax_rate=t.rate, tax_code_id=t.code_id) for line, t in zip(draft.lines, taxes, strict=True)]
    return replace(draft, lines=lines), taxes


def _charged(line: TradeLineDraft, charged: "Charged") -> LineTax | None:
    """That of the line which is given back, unless the return says another."""
    own = charged.line
    if line.tax_rate not in (None, own.tax_rate) or line.tax_code_id not in (None, own.tax_code_id):
        return None
    return LineTax(own.tax_code_id, own.tax_category, own.tax_rate, own.reverse_rate)


def _tax(n: int, line: TradeLineDraft, book: Book, proposed: Code | None, day: date) -> LineTax:
    code = book.codes.get(line.tax_code_id) if line.tax_code_id is not None else None
    if line.tax_code_id is not None and code is None:
        raise Invalid(_l("Line %(n)s: there is no such tax code.", n=n), field="lines", column="tax_code_id")
    if code is None and (line.tax_rate is None or (proposed and proposed.rate_on(day) == line.tax_rate)):
        code = proposed
    if code is None:
        rate = line.tax_rate or _ZERO
        return LineTax(None, STANDARD if rate else UNSAID, rate)
    rate_of_day = code.rate_on(day)
    if line.tax_rate is None and rate_of_day is None:
        said = {"n": n, "code": code.name, "day": said_day(day)}
        message = _l("Line %(n)s: “%(code)s” has no rate on %(day)s. Type one, or add it to the tax code.", **said)
        raise Invalid(message, field="lines", column="tax_rate")
    rate = line.tax_rate if line.tax_rate is not None else rate_of_day or _ZERO
    _check_category(n, code, rate)
    return LineTax(code.id, code.category, rate)


def _check_category(n: int, code: Code, rate: Decimal) -> None:
    """Only the category S has tax, and always some (EN 16931, BR-S-05, BR-Z-05, BR-E-05 …)."""
    if code.category != STANDARD and rate:
        message = _l("Line %(n)s: “%(code)s” has no tax. Leave the rate at 0, or choose another.", n=n, code=code.name)
        raise Invalid(message, field="lines", column="tax_rate")
    if code.category == STANDARD and not rate:
        message = _l(
            "Line %(n)s: “%(code)s” has a rate above 0. Without tax, choose why: zero-rated, exempt or another.",
            n=n,
            code=code.name,
        )
        raise Invalid(message, field="lines", column="tax_rate")


def renewed(session: Session, lines: Sequence[TradeLineDraft], *, written: date, day: date) -> list[TradeLineDraft]:
    """Lines of a document of the day `written` as another of `day` begins: at the rate that their codes have by then, unless
    somebody had typed another."""
    codes = book_of(session).codes
    found = []
    for line in lines:
        code = codes.get(line.tax_code_id) if line.tax_code_id is not None else None
        if code is not None and code.rate_on(written) == line.tax_rate and (rate := code.rate_on(day)) is not None:
            found.append(replace(line, tax_rate=rate))
        else:
            found.append(line)
    return found


def with_taxes(
    session: Session, lines: Sequence[TradeLineDraft], *, contact_id: int, is_sale: bool, day: date
) -> list[TradeLineDraft]:
    """Lines as a form begins with them: the tax that they leave unsaid as saving on that day would decide it (`taxed`)."""
    codes = book_of(session).codes
    ids = {line.item_id for line in lines if line.tax_rate is None and line.tax_code_id is None}
    if not codes or not ids:
        return list(lines)
    decided = decisions(session, contact_id=contact_id, is_sale=is_sale, item_ids=ids)
    found = []
    for line in lines:
        is_unsaid = line.tax_rate is None and line.tax_code_id is None
        code = codes.get(decided[line.item_id].code_id or 0) if is_unsaid else None
        found.append(replace(line, tax_rate=code.rate_on(day), tax_code_id=code.id) if code is not None else line)
    return found


def tax_warnings(session: Session, document: TradeDocument) -> Iterator[object]:
    """Lines whose rate isn't that of their code, or of what they should have, on the document's day."""
    book, day, origins = book_of(session), document.moment.date(), document.origins
    if not book.codes:
        return
    ids = {line.item_id for line in document.lines}
    decided = decisions(session, contact_id=document.contact_id, is_sale=not document.is_bought, item_ids=ids)
    found: dict[tuple[Decimal, int], list[int]] = defaultdict(list)
    for line in document.lines:
        code_id = line.tax_code_id or decided[line.item_id].code_id
        if code_id is None or (document.clears_up and line.line in origins):  # what comes back has the tax of its day
            continue
        if book.codes[code_id].rate_on(day) not in (None, line.tax_rate):
            found[line.tax_rate, code_id].append(line.line)
    for (rate, code_id), lines in found.items():
        yield _l(
            "Line %(lines)s: tax at %(rate)s %%, though “%(code)s” is %(usual)s %% on %(day)s. Correct it if that isn't meant.",
            lines=_listed(lines),
            rate=number(rate),
            code=book.codes[code_id].name,
            usual=number(book.codes[code_id].rate_on(day) or _ZERO),
            day=said_day(day),
        )


def _listed(lines: Sequence[int]) -> str:
    return ", ".join(str(n) for n in lines[:5]) + (" …" if len(lines) > 5 else "")

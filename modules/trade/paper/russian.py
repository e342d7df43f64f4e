"""The papers of Russian trade: invoice for payment, УПД and ТОРГ-12, in Russian whoever prints them.

УПД: постановление Правительства № 1137 of 26.12.2011 (счёт-фактура, in force since 01.10.2024) with the Federal Tax Service's
letter ММВ-20-3/96@. ТОРГ-12: Госкомстат № 132 of 25.12.1998. What only the accounts would know is left to be written by hand.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.prints import Form, amount_in_words, value_text
from app.api.reference import organisation, unit_word
from app.api.security import MASKED
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.contacts.api import contract_fact
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.paper.invoice import FOLDER, payment_code
from modules.trade.paper.parties import contact_party, our_party
from modules.trade.queries import taxes_of
from modules.trade.taxes.categories import EXPORT, ZERO
from modules.warehouse.api import GOODS, qr_picture

#: a unit of the program → its code in ОКЕИ (ОК 015-94)
OKEI = {
    "pc": "796",
    "kg": "166",
    "g": "163",
    "l": "112",
    "m": "006",
    "h": "356",
    "m²": "055",
    "m³": "113",
    "pair": "715",
    "set": "839",
    "box": "812",
}
_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


def russian_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """What all three say: both sides, lines, totals, the sum in words."""
    us, them = our_party(session, document.currency), contact_party(session, document)
    code = payment_code(session, document, us)
    lines = [_line(document, number, line) for number, line in enumerate(document.lines, 1)]
    vat, contract = document.tax, contract_fact(session, document.contract_id).value
    return {
        "title": f"{document.number or ''}",
        "number": document.number or "",
        "date": f"{document.moment.day} {_MONTHS[document.moment.month - 1]} {document.moment.year} г.",
        "day": f"{document.moment:%d.%m.%Y}",
        "due": f"{document.due:%d.%m.%Y}" if document.due else "",
        "seller": {**us, "address": ", ".join(us["address"].splitlines()), "full": _full(us)},
        "buyer": {**them, "full": _full(them)},
        "lines": lines,
        "net": _money(document, document.net),
        "tax": _money(document, vat) if vat else "",
        "gross": _money(document, document.net + document.tax),
        "rounding": _money(document, document.rounding) if document.rounding else "",
        "total": _money(document, document.amount),
        "taxes": [[number(rate), _money(document, tax)] for rate, _, tax in taxes_of(document) if tax],
        "words": amount_in_words(document.amount, document.currency, "ru"),
        "count": len(lines),
        "currency": document.currency,
        "currency_short": "руб." if document.currency == "RUB" else document.currency,
        "currency_words": _CURRENCIES.get(document.currency, document.currency),
        "code": qr_picture(code) if code else "",
        "grounds": f"Договор {contract}" if contract else "",
        "goods": _of_goods(document),
    }


def _of_goods(document: TradeDocument) -> dict[str, Any]:
    """What the goods come to alone: a waybill has no services."""
    goods = [line for line in document.lines if line.item.kind == GOODS]
    net, tax = (sum((getattr(line, name) for line in goods), Decimal(0)) for name in ("net", "tax"))
    return {
        "quantity": _sum_of_quantities(goods),
        "net": _money(document, net),
        "tax": _money(document, tax) if tax else "без НДС",
        "total": _money(document, net + tax),
        "words": amount_in_words(net + tax, document.currency, "ru"),
        "count_words": _count_words(len(goods)),
    }


_CURRENCIES = {
    "RUB": "российский рубль, 643",
    "EUR": "евро, 978",
    "USD": "доллар США, 840",
    "CNY": "юань, 156",
    "BYN": "белорусский рубль, 933",
    "KZT": "тенге, 398",
}


def _line(document: TradeDocument, position: int, line: TradeLine) -> dict[str, Any]:
    """Prices are without tax, as the forms have it; where they include it, what is without tax for one unit."""
    is_agreed = not document.tax_included and not line.discount and not line.points_off
    price = line.price if is_agreed else line.net / line.priced
    unit = line.priced_unit
    return {
        "n": str(position),
        "code": line.item.code,
        "name": line.item.name,
        "unit": unit_word(unit),
        "okei": OKEI.get(unit, ""),
        "quantity": number(line.priced),
        "price": value_text(price.quantize(Decimal("0.01")), "price"),
        # with tax, as an invoice for payment says it
        "agreed": value_text((line.gross / line.priced).quantize(Decimal("0.01")), "price"),
        "net": _money(document, line.net),
        "rate": f"{number(line.tax_rate)}%" if _is_taxed(line) else "без НДС",
        "tax": _money(document, line.tax) if _is_taxed(line) else "без НДС",
        "gross": _money(document, line.gross),
        "is_goods": line.item.kind == GOODS,
    }


def _is_taxed(line: TradeLine) -> bool:
    """At a rate, if only at 0 %; what is exempt, or nobody has said why it isn't, is «без НДС»."""
    return bool(line.tax_rate) or getattr(line, "tax_category", "") in (ZERO, EXPORT)


def _money(document: TradeDocument, value: Any) -> str:
    return str(MASKED) if value is MASKED else value_text(value, "money", document.currency)


def _sum_of_quantities(lines: Sequence[TradeLine]) -> str:
    """Only where all are counted alike: metres and pieces make no sum."""
    units = {line.priced_unit for line in lines}
    return number(sum((line.priced for line in lines), Decimal(0))) if len(units) == 1 else "X"


def _full(party: dict[str, Any]) -> str:
    """Name, numbers, address, phone, account in one line."""
    parts = [party["name"]]
    parts += [f"ИНН {party['tax_id']}"] if party["tax_id"] else []
    parts += [f"КПП {party['kpp']}"] if party["kpp"] else []
    parts += [", ".join(party["address"].splitlines()), f"тел.: {party['phone']}" if party["phone"] else ""]
    bank = party["bank"]
    if bank["number"]:
        parts.append(f"р/с {bank['number']} в {bank['bank']}, БИК {bank['bic']}")
        parts += [f"к/с {bank['correspondent']}"] if bank["correspondent"] else []
    return ", ".join(part for part in parts if part)


def _count_words(count: int) -> str:
    from num2words import num2words

    words = str(num2words(count, lang="ru"))
    return words[:1].upper() + words[1:]


def _is_russian(session: Session, document: Document) -> bool:
    del document
    return organisation(session).country == "RU"


def _with_goods(session: Session, document: TradeDocument) -> bool:
    return _is_russian(session, document) and any(line.item.kind == GOODS for line in document.lines)


schet = Form(
    "trade.schet",
    _l("Invoice for payment, Russian"),
    ("trade.sale", "trade.invoice", "trade.sales_order"),
    FOLDER / "schet.typ",
    russian_data,
    _is_russian,
    language="ru",
    is_for_partner=True,
)
upd = Form(
    "trade.upd",
    _l("UPD"),
    ("trade.sale", "trade.purchase_return"),
    FOLDER / "upd.typ",
    russian_data,
    _is_russian,
    language="ru",
    is_for_partner=True,
)
torg12 = Form(
    "trade.torg12",
    _l("TORG-12"),
    ("trade.sale", "trade.purchase_return"),
    FOLDER / "torg12.typ",
    russian_data,
    _with_goods,
    language="ru",
    is_for_partner=True,
)

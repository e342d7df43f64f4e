"""An invoice, or whatever else says who sells what to whom at what price: the data of `invoice.typ`."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.api.prints import Form, amount_in_words, value_text
from app.api.reference import organisation
from app.api.texts import day, language, number
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import account_to_pay, open_of
from modules.trade.early.offering import early_words
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.paper.codes import epc_code, russian_code, vietnamese_code
from modules.trade.paper.parties import Party, contact_party, our_party, party_lines
from modules.trade.points.words import points_words
from modules.trade.queries import taxes_on_paper
from modules.trade.suppliers.queries import their_codes
from modules.trade.taxes.book import untaxed_because
from modules.warehouse.api import priced_per, qr_picture, said_second

FOLDER = Path(__file__).parent.parent / "print"
#: what asks for money
_PAID = ("trade.sale", "trade.invoice", "trade.sales_order")


def invoice_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """The data, with a code to pay by where something is to be paid to us and the bank's country has one."""
    return commercial_data(session, document, _l("Invoice"))


def commercial_data(session: Session, document: TradeDocument, title: object) -> dict[str, Any]:
    """The same of a paper with another title."""
    us, them = our_party(session, document.currency), contact_party(session, document)
    is_bought = document.is_bought
    seller, buyer = (them, us) if is_bought else (us, them)
    code = "" if is_bought else payment_code(session, document, us)
    return {
        "title": f"{title} {document.number or ''}".strip(),
        "facts": [[str(t), v] for t, v in (*_facts(session, document), *_reasons(session, document)) if v],
        "seller": {"title": str(_l("Seller")), "name": seller["name"], "lines": party_lines(seller)},
        "buyer": {"title": str(_l("Buyer")), "name": buyer["name"], "lines": party_lines(buyer)},
        **_lines(document, their_codes(session, document)),
        "totals": _totals(document),
        "words_title": str(_l("In words")),
        "words": amount_in_words(document.amount, document.currency, language()),
        "bank_title": str(_l("To be paid to")),
        "bank": bank_facts(us) if document.kind in _PAID else [],
        "code": qr_picture(code) if code else "",
        "code_title": str(_l("Pay by scanning")),
        "signatures": [[str(_l("Director")), us["director"]], [str(_l("Chief accountant")), us["accountant"]]]
        if us["director"] and not is_bought
        else [],
    }


def _facts(session: Session, document: TradeDocument) -> list[tuple[object, str]]:
    days = (
        (_l("Date"), document.moment),
        (_l("Valid until"), document.valid_until),
        (_l("Delivery"), document.delivery),
        (_l("Payment due"), document.due),
    )
    early = early_words(session, document) if document.kind in _PAID else None
    said = [(title, day(value) if value else "") for title, value in days]
    return [*said, (_l("Early payment"), str(early or "")), (_l("Currency"), document.currency)]


def _reasons(session: Session, document: TradeDocument) -> list[tuple[object, str]]:
    """Why lines have no tax, in the words of the law."""
    return [(_l("Tax"), reason) for reason in untaxed_because(session, document)]


def _lines(document: TradeDocument, theirs: Mapping[int, object]) -> dict[str, Any]:
    """Columns and rows; discounts have a column where there are some."""
    has_discounts = any(line.discount for line in document.lines)
    columns = [(_l("Item"), True), (_l("Quantity"), False), (_l("Price"), False)]
    columns += [(_l("Discount, %"), False)] if has_discounts else []
    columns += [(_l("Tax, %"), False), (_l("Amount"), False)]
    rows = []
    for line in document.lines:
        item = line.item
        said = " · ".join(str(each) for each in (item.code, theirs.get(item.id), points_words(line)) if each)
        row = [{"name": item.name, "code": said}, _quantity(line)]
        per = priced_per(item)
        row += [f"{value_text(line.price, 'price')} / {per}" if per else value_text(line.price, "price")]
        row += [number(line.discount) if line.discount else ""] if has_discounts else []
        amount = line.amount(tax_included=document.tax_included)
        rows.append([*row, number(line.tax_rate), value_text(amount, "money", document.currency)])
    return {"columns": [{"title": str(t), "is_text": text} for t, text in columns], "lines": rows}


def _quantity(line: TradeLine) -> str:
    text = value_text(line.quantity, "quantity", unit=line.item.unit.name)
    return f"{text} · {said_second(line)}" if line.second is not None else text


def _totals(document: TradeDocument) -> list[dict[str, Any]]:
    def row(title: object, value: Decimal, *, is_grand: bool = False) -> dict[str, Any]:
        text = value_text(value, "money", document.currency)
        return {"title": str(title), "value": text, "is_grand": is_grand}

    rows = [row(_l("Without tax"), document.net)]
    rows += [row(title, value) for title, value in taxes_on_paper(document)]
    return [*rows, row(in_currency(_l("Total"), document.currency), document.amount, is_grand=True)]


def in_currency(title: object, currency: str) -> str:
    """A title with the currency behind it."""
    return f"{title}, {currency}"


def bank_facts(us: Party) -> list[list[str]]:
    """The account to pay to, in the reader's language; none where none is known."""
    bank = us["bank"]
    said = ((_l("Account"), bank["number"]), (_l("Bank"), bank["bank"]), ("BIC", bank["bic"]))
    return [[str(title), value] for title, value in said if value] if bank["number"] else []


def payment_code(session: Session, document: TradeDocument, us: Party) -> str:
    """What a code to pay the document by says: what is open of it, or all where nothing is in the books of it. Empty: nothing
    is to be paid to us, it is in no currency that has such codes, or the account can't be named in one."""
    account = account_to_pay(session, document.currency)
    left = open_of(session, [document.id]).get(document.id) if document.state == "posted" else None
    amount = document.amount if left is None else left
    if account is None or document.kind not in _PAID or not isinstance(amount, Decimal) or amount <= 0:
        return ""
    text = document.number or ""
    try:
        if document.currency == "EUR":
            return epc_code(us["name"], account.number, amount, text, account.bic)
        if document.currency == "RUB":
            purpose = f"Оплата по счёту № {text} от {document.moment:%d.%m.%Y}"
            place = (account.number, account.bank, account.bic, account.correspondent)
            return russian_code(us["name"], *place, amount, purpose, organisation(session).tax_id, us["kpp"])
        return vietnamese_code(account.number, account.bic, amount, text) if document.currency == "VND" else ""
    except ValueError:
        return ""


def _is_general(session: Session, document: TradeDocument) -> bool:
    """Papers of one's own country take its place at home."""
    home = organisation(session).country
    return home != "RU" or (document.contact is not None and document.contact.country not in ("", "RU"))


invoice = Form(
    "trade.invoice_form",
    _l("Invoice"),
    ("trade.sale",),
    FOLDER / "invoice.typ",
    invoice_data,
    _is_general,
    is_for_partner=True,
)
credit_note = Form(
    "trade.credit_note",
    _l("Credit note"),
    ("trade.sales_return",),
    FOLDER / "invoice.typ",
    lambda session, document: commercial_data(session, document, _l("Credit note")),
    _is_general,
    is_for_partner=True,
)
#: of what is offered, ordered or asked to be paid: the paper bears the kind's own title
order = Form(
    "trade.order_form",
    _l("For the partner"),
    (
        "trade.quote",
        "trade.sales_order",
        "trade.invoice",
        "trade.purchase_order",
        "trade.purchase_return",
        "trade.purchase_agreement",
        "trade.sales_agreement",
    ),
    FOLDER / "invoice.typ",
    lambda session, document: commercial_data(session, document, document.title),
    is_for_partner=True,
)

"""The receipt that a customer takes along."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.prints import Form, value_text
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, number
from modules.trade.models import TradeDocument
from modules.trade.paper.invoice import FOLDER, in_currency
from modules.trade.paper.parties import our_party, party_lines
from modules.trade.queries import taxes_on_paper
from modules.trade.till.receipt import till_receipt


def receipt_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """What was bought, for how much, with its taxes: for a roll of 80 mm."""
    us, currency = our_party(session, document.currency), document.currency
    return {
        "title": f"{receipt.title} {document.number or ''}".strip(),
        "name": us["name"],
        "below": party_lines(us),
        "moment": moment(document.moment),
        "lines": [
            {
                "name": line.item.name,
                "count": f"{number(line.quantity)} × {value_text(line.gross / line.quantity, 'money', currency)}",
                "amount": value_text(line.gross, "money", currency),
            }
            for line in document.lines
        ],
        "rounding": [str(_l("Rounding, paid in cash")), value_text(document.rounding, "money", currency)]
        if document.rounding
        else None,
        "total_title": in_currency(_l("Total"), currency),
        "total": value_text(document.amount, "money", currency),
        "taxes": [
            [str(title), value_text(value, "money", currency)] for title, value in taxes_on_paper(document) if value
        ],
        "thanks": str(_l("Thank you!")),
    }


def _is_of_no_till(session: Session, document: TradeDocument) -> bool:
    """The till has a receipt of its own, which isn't for partners to read; they have this one of any sale."""
    return session.info["actor"].partner is not None or not till_receipt.fits(session, document)


receipt = Form(
    "trade.receipt",
    _l("Receipt"),
    ("trade.sale",),
    FOLDER / "receipt.typ",
    receipt_data,
    _is_of_no_till,
    is_for_partner=True,
)

"""The Vietnamese delivery note, phiếu xuất kho 02-VT, in Vietnamese whoever prints it.

Mẫu số 02-VT of the Ministry of Finance's regime of accounting.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.prints import Form, amount_in_words, value_text
from app.api.reference import organisation, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.contacts.api import contract_fact
from modules.trade.models import TradeDocument
from modules.trade.paper.invoice import FOLDER
from modules.trade.paper.parties import contact_party, our_party
from modules.warehouse.api import GOODS


def issue_note_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """Goods alone, without tax."""
    goods = [line for line in document.lines if line.item.kind == GOODS]
    us = our_party(session, document.currency)
    net = sum((line.net for line in goods), Decimal(0))
    return {
        "title": f"Phiếu xuất kho {document.number or ''}",
        "number": document.number or "",
        "day": [f"{document.moment:%d}", f"{document.moment:%m}", f"{document.moment:%Y}"],
        "us": {**us, "address": ", ".join(us["address"].splitlines())},
        "them": contact_party(session, document),
        "reason": "Xuất bán hàng" if document.kind == "trade.sale" else "Trả hàng cho nhà cung cấp",
        "contract": contract_fact(session, document.contract_id).value or "",
        "place": document.place.name,
        "lines": [
            [
                str(position),
                line.item.name,
                line.item.code,
                unit_word(line.priced_unit),
                number(line.priced),
                number(line.priced),
                number((line.net / line.priced).quantize(Decimal("0.01"))),
                value_text(line.net, "money", document.currency),
            ]
            for position, line in enumerate(goods, 1)
        ],
        "total": value_text(net, "money", document.currency),
        "words": amount_in_words(net, document.currency, "vi"),
        "currency": document.currency,
    }


def _fits(session: Session, document: TradeDocument) -> bool:
    return organisation(session).country == "VN" and any(line.item.kind == GOODS for line in document.lines)


issue_note = Form(
    "trade.issue_note",
    _l("Delivery note 02-VT"),
    ("trade.sale", "trade.purchase_return"),
    FOLDER / "02vt.typ",
    issue_note_data,
    _fits,
    language="vi",
    is_for_partner=True,
)

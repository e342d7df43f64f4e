"""The receipt of a counter sale or return, on paper of 80 mm: what was bought, what it came to, how it was paid."""

from pathlib import Path
from typing import Any

import segno
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.errors import NotFound
from app.api.prints import Form, form_pdf, value_text
from app.api.security import Actor, PastPolicy, User
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, number
from modules.contacts.api import Payment
from modules.trade.models import TradeDocument
from modules.trade.points.balances import balances
from modules.trade.points.history import moved_by
from modules.trade.points.words import points_words
from modules.trade.queries import taxes_of
from modules.trade.till.authority import at_till
from modules.trade.till.models import RETURN, SALE, Shift, ShiftDocument, Till

_OF_TILL = PastPolicy("what a receipt says was paid is of the sale that it is printed for")
_METHODS = {("cash", "in"): _l("Cash"), ("card", "in"): _l("Card")}
_BACK = {("cash", "out"): _l("Given back in cash"), ("card", "out"): _l("Given back by card")}


def _is_of_till(session: Session, document: TradeDocument) -> bool:
    return session.get(ShiftDocument, document.id) is not None


def receipt_data(session: Session, document: TradeDocument) -> dict[str, Any]:
    """The data of the receipt in the reader's language."""
    currency = document.currency
    till, cashier = _till(session, document)
    return {
        "title": f"{document.title} {document.number}",
        "facts": [[_("Date"), moment(document.moment)], [_("Till"), till], [_("Sold by"), cashier]],
        "lines": [
            {
                "title": line.item.name,
                "quantity": f"{number(line.quantity)} × {value_text(line.price, 'price', currency)}"
                + (f" − {number(line.discount)} %" if line.discount else "")
                + (f" {points_words(line)}" if line.points else ""),
                "amount": value_text(line.amount(tax_included=document.tax_included), "money", currency),
            }
            for line in document.lines
        ],
        "taxes": [
            [_("Tax %(rate)s %%", rate=number(rate)), value_text(tax, "money", currency)]
            for rate, _amount, tax in taxes_of(document)
            if rate
        ],
        "total": [", ".join((_("Total"), currency)), value_text(document.amount, "money", currency)],
        "paid": [[str(title), value_text(amount, "money", currency)] for title, amount in _paid(session, document)],
        "points": [[str(title), number(points)] for title, points in _points(session, document)],
        "qr": segno.make(document.number or "-", error="m", micro=False).svg_inline(scale=4, border=2, light="#fff"),
        "number": document.number or "",
        "thanks": _("Keep this receipt: it is needed to return goods."),
    }


def _points(session: Session, document: TradeDocument) -> list[tuple[object, int]]:
    """What the document has moved of points, and what the customer may spend by now."""
    moved = moved_by(session, [document.id]).get(document.id) if document.state == "posted" else None
    if moved is None or not (moved["earned"] or moved["spent"]):
        return []
    back = document.clears_up
    rows = (
        (_l("Points withdrawn") if back else _l("Points earned"), abs(moved["earned"])),
        (_l("Points given back") if back else _l("Points spent"), abs(moved["spent"])),
    )
    left = sum(each.points for each in balances(session, document.contact_id))
    return [*((title, points) for title, points in rows if points), (_l("Points to spend"), left)]


def _till(session: Session, document: TradeDocument) -> tuple[str, str]:
    """What the till and its cashier are called."""
    query = (
        select(Till.name)
        .join(Shift, Shift.till_id == Till.id)
        .join(ShiftDocument, ShiftDocument.shift_id == Shift.id)
        .where(ShiftDocument.document_id == document.id)
    )
    cashier = select(User.name).where(User.id == document.responsible_id)
    return session.scalars(query).first() or "", session.scalars(cashier).first() or ""


def _paid(session: Session, document: TradeDocument) -> list[tuple[object, Any]]:
    """By what it was paid or given back, and what is still open; the payments are those of the same act."""
    payment, core = Payment.__table__.c, Document.__table__.c
    acts = [f"{document.operation_id}:{end}" for end in ("cash", "card", "back")]
    query = (
        select(payment.method, payment.direction, core.amount)
        .join_from(Payment.__table__, Document.__table__, core.id == payment.id)
        .where(core.operation_id.in_(acts), core.state == "posted")
        .order_by(core.id)
    )
    rows = _OF_TILL(session).execute(query).all() if document.operation_id else []
    found: list[tuple[object, Any]] = [((_METHODS | _BACK)[row.method, row.direction], row.amount) for row in rows]
    rest = document.amount - sum(row.amount for row in rows)
    return [*found, (_l("On account"), rest)] if rest else found


def receipt_pdf(session: Session, actor: Actor, till: Till, document_id: int) -> bytes:
    """The receipt of what was done at a till, for whoever may use that till, whoever did it. Refused (NotFound): others."""
    query = select(ShiftDocument.document_id).join(Shift, Shift.id == ShiftDocument.shift_id)
    own = query.where(ShiftDocument.document_id == document_id, Shift.till_id == till.id)
    if session.scalars(own.where(ShiftDocument.role.in_((SALE, RETURN)))).first() is None:
        raise NotFound(_l("There is no such receipt."))
    with at_till(session, actor):
        return form_pdf(session, till_receipt, session.get(TradeDocument, document_id))


till_receipt = Form(
    "trade.till_receipt",
    _l("Till receipt"),
    ("trade.sale", "trade.sales_return"),
    Path(__file__).parent / "receipt.typ",
    receipt_data,
    _is_of_till,
)

"""Cash orders of payments in cash: the plain receipt and payment voucher, and the Russian forms KO-1 and KO-2.

The Russian forms: State Statistics Committee, decree 88 of 18 August 1998; what only an accounts plan would know (corresponding
account, codes) is left to be written by hand.
"""

from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.api.prints import Form, amount_in_words, value_text
from app.api.reference import organisation
from app.api.security import MASKED
from app.api.texts import day, language
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Payment
from modules.contacts.queries import allocations_of

FOLDER = Path(__file__).parent / "print"


def _is_cash(_session: Session, payment: Payment) -> bool:
    return payment.method == "cash"


def _is_receipt(session: Session, payment: Payment) -> bool:
    return _is_russian(session, payment) and payment.direction == "in"


def _is_payout(session: Session, payment: Payment) -> bool:
    return _is_russian(session, payment) and payment.direction == "out"


def _is_russian(session: Session, payment: Payment) -> bool:
    return payment.method == "cash" and organisation(session).country == "RU"


def plain_order(session: Session, payment: Payment) -> dict[str, Any]:
    """The data of a voucher in the reader's language."""
    is_in = payment.direction == "in"
    title = _("Cash receipt voucher") if is_in else _("Cash payment voucher")
    return {
        **_shared(payment),
        "title": f"{title} {payment.number}",
        "facts": [
            [_("Received from") if is_in else _("Paid to"), payment.summary],
            [_("Date"), day(payment.moment)],
            [_("For"), _grounds(session, payment)],
        ],
        "amount_title": _("Amount"),
        "words_title": _("In words"),
        "signatures": [
            [_("Chief accountant"), ""],
            [_("Cashier"), ""],
            [_("Payer") if is_in else _("Payee"), payment.summary],
        ],
    }


def russian_order(session: Session, payment: Payment) -> dict[str, Any]:
    """The data of KO-1 and KO-2: they are Russian, whoever prints them."""
    return {
        **_shared(payment),
        "title": f"{'КО-1' if payment.direction == 'in' else 'КО-2'} {payment.number}",
        "number": payment.number or "",
        "date": f"{payment.moment:%d.%m.%Y}",
        "party": payment.summary,
        "grounds": _grounds(session, payment),
    }


def _shared(payment: Payment) -> dict[str, Any]:
    amount: Any = payment.amount
    return {
        "amount": value_text(amount, "money", payment.currency),
        "currency": payment.currency,
        "words": str(MASKED) if amount is MASKED else amount_in_words(amount, payment.currency, language()),
    }


def _grounds(session: Session, payment: Payment) -> str:
    """What it is for: the note, or else the numbers of what it settled."""
    settled = (each.number for each in allocations_of(session, payment.id) if each.number)
    return payment.note or ", ".join(dict.fromkeys(settled))


cash_voucher = Form(
    "contacts.cash_voucher", _l("Cash voucher"), ("contacts.payment",), FOLDER / "voucher.typ", plain_order, _is_cash
)
cash_receipt_order = Form(
    "contacts.ko1",
    _l("KO-1, receipt order"),
    ("contacts.payment",),
    FOLDER / "ko1.typ",
    russian_order,
    _is_receipt,
    language="ru",
)
cash_payment_order = Form(
    "contacts.ko2",
    _l("KO-2, payment order"),
    ("contacts.payment",),
    FOLDER / "ko2.typ",
    russian_order,
    _is_payout,
    language="ru",
)

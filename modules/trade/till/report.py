"""The report of a shift: what was sold and returned, how it was paid, what should be in the till and what was counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, document_title
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.contacts.api import Payment
from modules.trade.till.models import DIFFERENCE, OPENING, PAY_IN, PAY_OUT, PAYMENT, RETURN, SALE, Shift, ShiftDocument
from modules.trade.till.shifts import expected_now

_COUNT = PastPolicy("the report of a shift has all that was done in it, whoever did it and may see it")
_ZERO = Decimal(0)


@dataclass(slots=True)
class Figures:
    """What the posted documents of a shift come to, in the currency of the till; what was reversed is none of it."""

    sales: int = 0
    sold: Decimal = _ZERO
    returns: int = 0
    returned: Decimal = _ZERO
    #: by cash and card: what came in, and what went back
    taken: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    given_back: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    paid_in: Decimal = _ZERO
    paid_out: Decimal = _ZERO

    @property
    def on_account(self) -> Decimal:
        """What was sold and neither paid nor brought back, less what went onto accounts."""
        paid = sum(self.taken.values(), _ZERO) - sum(self.given_back.values(), _ZERO)
        return self.sold - self.returned - paid


def figures_of(rows: Sequence[Any]) -> Figures:
    """The figures of documents: rows of role, state, amount, and of payments direction and method. Pure."""
    found = Figures()
    for row in rows:
        if row.state != "posted":
            continue
        if row.role == SALE:
            found.sales, found.sold = found.sales + 1, found.sold + row.amount
        elif row.role == RETURN:
            found.returns, found.returned = found.returns + 1, found.returned + row.amount
        elif row.role == PAYMENT:
            side = found.taken if row.direction == "in" else found.given_back
            side[row.method] += row.amount
        elif row.role == PAY_IN:
            found.paid_in += row.amount
        elif row.role == PAY_OUT:
            found.paid_out += row.amount
    return found


def documents_of(session: Session, shift: Shift) -> Sequence[Any]:
    """Every document of a shift, the first first."""
    document, own, payment = Document.__table__.c, ShiftDocument.__table__.c, Payment.__table__.c
    query = (
        select(
            *(document.id, document.kind, document.number, document.moment, document.state, document.amount),
            *(document.summary, own.role, payment.direction, payment.method),
        )
        .join_from(ShiftDocument.__table__, Document.__table__, document.id == own.document_id)
        .outerjoin(Payment.__table__, payment.id == document.id)
        .where(own.shift_id == shift.id)
        .order_by(document.id)
    )
    return _COUNT(session).execute(query).all()


def shift_paper(session: Session, shift: Shift, rows: Sequence[Any]) -> Paper:
    """The report as it is shown and printed; of an open shift as it stands now. `rows`: its documents."""
    found, currency = figures_of(rows), shift.till.cash_account.currency
    expected = shift.expected if shift.expected is not None else expected_now(session, shift)
    difference = None if shift.counted is None else shift.counted - expected
    booked = {row.role for row in rows if row.state == "posted"}
    lines = [
        *((_l("Sales"), found.sales, found.sold),) * bool(found.sales),
        *((_l("Sales returns"), found.returns, -found.returned),) * bool(found.returns),
        (_l("Taken in cash"), None, found.taken["cash"]),
        (_l("Taken by card"), None, found.taken["card"]),
        (_l("Given back in cash"), None, -found.given_back["cash"]),
        (_l("Given back by card"), None, -found.given_back["card"]),
        (_l("On account"), None, found.on_account),
        (_l("Cash at the beginning"), None, shift.opening),
        (_l("Paid in"), None, found.paid_in),
        (_l("Paid out"), None, -found.paid_out),
    ]
    is_other = shift.left_before is not None and shift.left_before != shift.opening
    return Paper(
        facts=(
            Fact(_l("Till"), shift.till.name),
            Fact(_l("Opened"), shift.opened_at, "moment"),
            Fact(_l("Opened by"), shift.opened_by.name if shift.opened_by else None),
            Fact(_l("Closed"), shift.closed_at, "moment"),
            Fact(_l("Closed by"), shift.closed_by.name if shift.closed_by else None),
            Fact(_l("Left by the shift before"), shift.left_before if is_other else None, "money"),
            Fact(_l("Difference at the opening is booked"), True if OPENING in booked else None, "flag"),
            Fact(_l("Difference is booked"), DIFFERENCE in booked if difference else None, "flag"),
            Fact(_l("Counted"), _counted(shift)),
            Fact(_l("Note"), shift.note),
        ),
        columns=(
            PaperColumn("what", _l("What")),
            PaperColumn("count", _l("Count"), "quantity"),
            PaperColumn("amount", _l("Amount"), "money"),
        ),
        lines=[
            {"what": str(what), "count": None if count is None else Decimal(count), "amount": amount}
            for what, count, amount in lines
            if amount or count is not None
        ],
        totals=(
            Total(_l("Cash expected"), expected, is_grand=shift.counted is None),
            *(() if shift.counted is None else (Total(_l("Cash counted"), shift.counted, is_grand=True),)),
            *(() if difference is None else (Total(_l("Difference"), difference),)),
        ),
        currency=currency,
    )


def title_of(row: Any) -> str:
    """What a document of a shift is called."""
    return f"{document_title(row.kind)} {row.number or ''}".strip()


def _counted(shift: Shift) -> str:
    return ", ".join(f"{count.pieces} × {number(count.denomination)}" for count in shift.counts)

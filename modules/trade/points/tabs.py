"""What is shown of points on the cards of contacts, and on sales and their returns."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.ledger import statement
from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.web import Shown
from modules.contacts.api import Contact, family_of
from modules.trade.points.balances import lots_of, whole
from modules.trade.points.history import moved_by
from modules.trade.points.models import Programme
from modules.trade.points.register import Points

#: so many of the newest moves a card shows
_SHOWN = 200


def contact_points(session: Session, contact: Contact) -> Shown:
    """What a customer has of each programme, until when it holds, and which documents it came from and went to."""
    today, family = wall_clock().date(), family_of(session, contact.id)
    programmes = {row.id: row for row in session.scalars(select(Programme))}
    lots = [
        {
            "programme": programmes[row.programme_id],
            "points": whole(row.units),
            "earned": row.earned,
            "expires": row.expires,
        }
        for row in lots_of(session, family)
        if row.programme_id in programmes
    ]
    held = [lot for lot in lots if lot["expires"] is None or lot["expires"] >= today]
    found = statement(
        session, Points.balance, date(1, 1, 1), today, where={"contact": family}, newest=_SHOWN, by=("programme",)
    )
    balances = [
        (row, sum(lot["points"] for lot in held if lot["programme"] is row))
        for row in programmes.values()
        if any(lot["programme"] is row for lot in held)
    ]
    return Shown(
        "trade/contact_points.html",
        {"balances": balances, "lots": held, "lines": _by_document(found.lines), "is_cut": found.is_cut},
    )


def _by_document(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """The moves of a statement, those of a document at a moment together, the newest first."""
    found: dict[Any, dict[str, Any]] = {}
    for line in lines:
        key = (line.document_id, line.moment, line.is_reversal)
        row = found.setdefault(key, {"line": line, **dict.fromkeys(Points.balance.of, 0)})
        for name, value in line.amounts.items():
            row[name] += value
        row["balance"] = line.balance["points"]
    return [row for row in reversed(list(found.values())) if any(row[name] for name in Points.balance.of)]


def document_points(session: Session, document: Document) -> Sequence[Fact]:
    """What a posted sale or return has moved of points."""
    moved = moved_by(session, [document.id]).get(document.id, {}) if document.state == "posted" else {}
    if not any(moved.values()):
        return ()
    back = document.clears_up
    shown = (
        (_l("Points withdrawn") if back else _l("Points earned"), abs(moved["earned"])),
        (_l("Points given back") if back else _l("Points spent"), abs(moved["spent"])),
    )
    return [Fact(title, number(points)) for title, points in shown if points]

"""The receipts and purchases that a landed cost, or a tax at customs, can be on: found by number and by supplier."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.api.search import FoundBy
from app.api.texts import day
from app.api.web import Lookup
from modules.contacts.api import ContactSearch
from modules.trade.landed.spreading import CAME
from modules.trade.models import TradeDocument


def _find(session: Session, text: str, limit: int) -> list[dict[str, Any]]:
    """The newest first, of those that are open to the session's actor."""
    d = TradeDocument
    query = select(d.id, d.number, d.summary, d.moment).where(d.kind.in_(CAME), d.state == "posted")
    if text:
        by_contact = FoundBy(ContactSearch, d.contact_id).finds(session, text)
        query = query.where(or_(func.lower(d.number).contains(text.lower(), autoescape=True), by_contact))
    rows = session.execute(query.order_by(d.moment.desc(), d.id.desc()).limit(limit))
    return [{"id": x.id, "title": f"{x.number} {x.summary}", "code": x.number, "note": day(x.moment)} for x in rows]


def _titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    found = select(TradeDocument.id, TradeDocument.number).where(
        TradeDocument.id.in_(ids), TradeDocument.kind.in_(CAME)
    )
    return {row.id: row.number or "" for row in session.execute(found)}


#: whoever enters landed costs names by it what they are on
came = Lookup("came", "trade.landed_cost.edit", _find, _titles)

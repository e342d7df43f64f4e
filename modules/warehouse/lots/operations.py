"""Correcting what is known of a lot."""

from datetime import date

from sqlalchemy.orm import Session

from app.api.errors import NotFound
from app.api.security import Actor, record, require
from modules.warehouse.lots.queries import is_seen
from modules.warehouse.models import NONE, Lot


def lot_by_id(session: Session, lot_id: int) -> Lot:
    """The lot; NotFound when there is none, or it isn't open to the session's actor (`is_seen`)."""
    found = session.get(Lot, lot_id) if lot_id > NONE else None
    if found is None or not is_seen(session, lot_id):
        raise NotFound
    return found


def change_expiry(session: Session, actor: Actor, lot: Lot, expires: date | None) -> None:
    """Let a lot expire on another day, or never: what goes out from now on follows it. Recorded with both days."""
    require(actor, "warehouse.item.edit")
    if expires == lot.expires:
        return
    lot.expires = expires
    session.flush()
    record(session, "warehouse.lot.change", subject="warehouse.lot", subject_id=lot.id, summary=lot.code)

"""A day on which somebody expects an open item to be paid, or means to pay it: for the payment calendar alone."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, delete, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import check_day
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Contact, OpenItem, PlannedDay
from modules.contacts.overdue import due_of
from modules.contacts.queries import OPEN, is_open, of_item

PLAN = "contacts.payment.post"
#: joins an open item's plan, where there is one
HAS_PLAN = PlannedDay.item_id == OpenItem.id


def is_planned(today: date) -> ColumnElement[bool]:
    """Whether an open item's plan holds: one that has passed says nothing any more."""
    return PlannedDay.day >= today


def day_of(today: date, document: Any = Document) -> ColumnElement[Any]:
    """When an open item of a document is to be paid: as planned, else when it is due (`due_of`)."""
    return case((is_planned(today), PlannedDay.day), else_=due_of(document))


def open_item_by_id(session: Session, item_id: int) -> tuple[OpenItem, Document]:
    """An item with its document, as far as both and the contact are open to the session's actor, who may see what is owed.
    Refused: NotFound; one of which nothing is open (Conflict)."""
    actor = session.info["actor"]
    require(actor, "contacts.statement.view")
    query = select(OpenItem, Document).join(Contact, Contact.id == OpenItem.contact_id)
    query = query.join(Document, Document.id == OpenItem.document_id).where(OpenItem.id == item_id)
    found = session.execute(query).first() if actor.sees("contacts.financial") else None
    if found is None:
        raise NotFound
    left = select(OpenItem.id).join(OPEN, of_item(session)).where(OpenItem.id == item_id, is_open())
    if session.scalars(left).first() is None:
        raise Conflict(_l("Nothing of %(number)s is open any more.", number=found.Document.number))
    return found.OpenItem, found.Document


def planned_day(session: Session, item_id: int) -> date | None:
    """The day that is planned for an item; None: none is."""
    return session.scalars(select(PlannedDay.day).where(PlannedDay.item_id == item_id)).first()


def plan_payment(session: Session, actor: Actor, item_id: int, day: date | None, *, reason: str = "") -> None:
    """Let the calendar expect an open item on `day`; None: on its due day again. The reason stands in the audit.

    Refused: whoever may not record payments (Forbidden), an item that isn't open to them (NotFound), one of which nothing is
    open (Conflict), a day before today (Invalid).
    """
    require(actor, PLAN)
    item, document = open_item_by_id(session, item_id)
    if day is not None:
        check_day(day, field="day")
        if day < wall_clock().date():
            raise Invalid(_l("This day has passed. Choose today or a later one."), field="day")
    session.scalars(select(OpenItem.id).where(OpenItem.id == item.id).with_for_update()).one()
    session.execute(delete(PlannedDay).where(PlannedDay.item_id == item.id))
    if day is not None:
        session.add(PlannedDay(item_id=item.id, day=day))
        session.flush()
    said = f"{document.number}: {day or item.due or '–'}"
    summary = ", ".join(filter(None, (said, reason.strip())))
    record(session, f"{document.kind}.plan", subject=document.kind, subject_id=document.id, summary=summary[:200])

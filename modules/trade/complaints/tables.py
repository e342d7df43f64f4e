"""The lists of complaints and of their reasons."""

from typing import Any

from sqlalchemy import Date, Integer, and_, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document, DocumentLink
from app.api.search import FoundBy
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, journal
from modules.contacts.api import Contact, ContactSearch, family_of
from modules.trade.complaints.kinds import COMPLAINT, reason_word
from modules.trade.complaints.models import (
    STAGES,
    UNDER_WAY,
    WISHES,
    Complaint,
    ComplaintAnswer,
    ComplaintLine,
    ComplaintReason,
)
from modules.warehouse.api import Item


def _is_late() -> Any:
    today = wall_clock().date()
    return and_(Complaint.state == "posted", Complaint.stage.in_(UNDER_WAY), Complaint.due < today)


def _days_late(session: Session) -> Any:
    """How many days a complaint is overdue; none: it isn't."""
    today = wall_clock().date()
    if session.info["database"].is_sqlite:
        days: Any = cast(func.julianday(literal(today.isoformat())) - func.julianday(Complaint.due), Integer)
    else:
        days = type_coerce(literal(today, Date) - Complaint.due, Integer)
    return case((_is_late(), days))


def _of_line(column: Any, value: Any) -> Any:
    """Whether one of a complaint's lines says so; "none": nothing."""
    number = int(value) if str(value).isdecimal() and len(str(value)) < 19 else -1
    is_said = column.is_(None) if value == "none" else column == number
    return Complaint.id.in_(select(ComplaintLine.document_id).where(is_said))


def _reasons(session: Session) -> list[tuple[str, object]]:
    rows = session.execute(select(ComplaintReason.id, ComplaintReason.name).order_by(ComplaintReason.name_order)).all()
    return [*((str(row.id), reason_word(row.name)) for row in rows), ("none", _l("none said"))]


def _items(session: Session) -> list[tuple[str, object]]:
    """The items that were ever complained of."""
    query = select(Item.id, Item.name).where(Item.id.in_(select(ComplaintLine.item_id))).order_by(Item.name_order)
    return [(str(row.id), row.name) for row in session.execute(query)]


def _suppliers(session: Session) -> list[tuple[str, object]]:
    if not session.info["actor"].sees("warehouse.cost"):
        return []
    query = select(Contact.id, Contact.name).where(Contact.id.in_(select(ComplaintLine.supplier_id)))
    rows = session.execute(query.order_by(Contact.name_order)).all()
    return [*((str(row.id), row.name) for row in rows), ("none", _l("not known"))]


def complaints_with(session: Session) -> Table:
    """The list, with how many days each is overdue: as the engine counts days."""
    return _journal(_days_late(session))


def _journal(late: Any) -> Table:
    return journal(
        COMPLAINT,
        Column("summary", _l("Customer"), Complaint.summary),
        Column("stage", _l("Stage"), Complaint.stage, choices=STAGES),
        Column("wish", _l("The customer wants"), Complaint.wish, choices=WISHES),
        Column("due", _l("To be settled by"), Complaint.due, "date", nullable=True),
        *([Column("late", _l("Days overdue"), late, "integer", nullable=True)] if late is not None else []),
        Column("responsible", _l("Responsible"), User.name, nullable=True),
        Column("amount", _l("Sold for"), Complaint.amount, "money", currency="currency", summed=("stage",)),
        Column("cost", _l("What it cost"), Complaint.cost, "money", summed=()),
        Column("currency", _l("Currency"), Complaint.currency),
        source=lambda session: select().select_from(Complaint).outerjoin(User, User.id == Complaint.responsible_id),
        search=(
            func.lower(Complaint.summary),
            func.lower(Complaint.problem),
            FoundBy(ContactSearch, Complaint.contact_id),
        ),
        title=_l("Complaints"),
        create_title=_l("New complaint"),
        empty=_l("No complaint yet. Press Insert to enter one, or Complaint on a sale."),
        filters=(
            Filter("stage", _l("Stage"), lambda value: Complaint.stage == value, tuple(STAGES.items())),
            Filter("late", _l("Overdue"), lambda _yes: _is_late(), (("yes", _l("overdue")),)),
            Filter("reason", _l("Reason"), lambda value: _of_line(ComplaintLine.reason_id, value), _reasons),
            Filter("item", _l("Item"), lambda value: _of_line(ComplaintLine.item_id, value), _items),
            Filter(
                "supplier",
                _l("Supplier"),
                lambda value: _of_line(ComplaintLine.supplier_id, value),
                _suppliers,
                group="warehouse.cost",
            ),
        ),
        instead=lambda session: None if late is not None else complaints_with(session),
    )


complaints = _journal(None)


def _narrow(session: Session, title: object, criterion: Any) -> Table:
    return Table(
        name="trade.complaint_of",
        title=title,
        needs="trade.complaint.view",
        source=lambda _session: select().select_from(Complaint).where(criterion),
        key=Document.__table__.c.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                Complaint.number,
                nullable=True,
                absent=_l("draft"),
                headline=True,
                link=Link("trade.complaint_view", document_id="id"),
            ),
            Column("moment", _l("Date"), Complaint.moment, "moment"),
            Column("stage", _l("Stage"), Complaint.stage, choices=STAGES),
            Column("problem", _l("What is wrong"), Complaint.problem, sortable=False),
            Column("due", _l("To be settled by"), Complaint.due, "date", nullable=True),
            Column("late", _l("Days overdue"), _days_late(session), "integer", nullable=True),
            Column("id", "", Complaint.id, hidden=True, sortable=False),
        ),
        order="-moment",
        search=(func.lower(Complaint.number),),
        empty=_l("Nothing was complained of."),
        is_found=False,
    )


def contact_complaints(session: Session, contact: Contact) -> Table:
    """What a contact has complained of."""
    return _narrow(session, _l("Complaints"), Complaint.contact_id.in_(family_of(session, contact.id)))


def sale_complaints(session: Session, sale: Document) -> Table:
    """What was complained of a sale, and which complaint it settles."""
    made = select(DocumentLink.document_id).where(DocumentLink.origin_id == sale.id)
    settles = select(ComplaintAnswer.complaint_id).where(ComplaintAnswer.document_id == sale.id)
    return _narrow(session, _l("Complaints"), Complaint.id.in_(made) | Complaint.id.in_(settles))


reasons = Table(
    name="trade.complaint_reason",
    title=_l("Reasons of complaints"),
    needs="trade.complaint.setup",
    source=lambda _session: select().select_from(ComplaintReason),
    key=ComplaintReason.id,
    columns=(
        Column(
            "name",
            _l("Name"),
            ComplaintReason.name,
            headline=True,
            link=Link("trade.complaint_reason_edit", reason_id="id"),
            words=reason_word,
        ),
        Column("is_active", _l("In use"), ComplaintReason.is_active, "flag"),
        Column("id", "", ComplaintReason.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(ComplaintReason.name),),
    create="trade.complaint_reason_new",
    create_needs="trade.complaint.setup",
    create_title=_l("New reason"),
    empty=_l("No reason yet."),
    is_found=False,
)

"""Telling whoever settles complaints: of one that is given to them, and of one whose day has passed."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.notifications import NotificationKind, notify_users
from app.api.texts import lazy_gettext as _l
from modules.trade.complaints.models import UNDER_WAY, Complaint

complaint_given = NotificationKind(
    "trade.complaint_given", _l("A complaint is given to me"), default="bell", needs="trade.complaint.view"
)
complaint_overdue = NotificationKind(
    "trade.complaint_overdue", _l("A complaint of mine is overdue"), default="bell", needs="trade.complaint.view"
)
#: so many at once
_PAGE = 500


def tell_given(session: Session, complaint: Any) -> None:
    """Tell whoever is to settle a complaint, unless they do this themselves."""
    actor = session.info["actor"]
    if complaint.responsible_id is not None and complaint.responsible_id != actor.user_id:
        notify_users(
            session,
            complaint_given,
            text=_l("The complaint %(number)s of %(name)s is yours.", number=complaint.number, name=complaint.summary),
            to=[complaint.responsible_id],
            link=f"/trade/complaints/{complaint.id}",
            once=f"trade.complaint:{complaint.id}:{complaint.responsible_id}",
            organisation=complaint.organisation_id,
        )


def remind_of_overdue(session: Session) -> int:
    """Tell of the complaints whose day has passed, once for each day that was set; gives of how many."""
    today, reminded = wall_clock().date(), 0
    query = select(Complaint).where(
        Complaint.state == "posted",
        Complaint.stage.in_(UNDER_WAY),
        Complaint.due < today,
        or_(Complaint.reminded.is_(None), Complaint.reminded != Complaint.due),
    )
    for complaint in session.scalars(query.order_by(Complaint.due).limit(_PAGE)).all():
        complaint.reminded = complaint.due
        reminded += 1
        if complaint.responsible_id is not None and complaint.due is not None:
            notify_users(
                session,
                complaint_overdue,
                text=_l(
                    "The complaint %(number)s of %(name)s was to be settled by %(day)s.",
                    number=complaint.number,
                    name=complaint.summary,
                    day=complaint.due,
                ),
                to=[complaint.responsible_id],
                link=f"/trade/complaints/{complaint.id}",
                once=f"trade.complaint_overdue:{complaint.id}:{complaint.due}",
                organisation=complaint.organisation_id,
            )
    session.flush()
    return reminded

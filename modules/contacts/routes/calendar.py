"""The payment calendar."""

from typing import Any

from flask import render_template, request

from app.api.clock import wall_clock
from app.api.security import record
from app.api.web import current_session
from modules.contacts.money.calendar import calendar
from modules.contacts.routes.blueprint import routes

#: how it is divided: days of a span, and how many spans
_BY = {"day": (1, 14), "week": (7, 8), "month": (30, 6)}


@routes.get("/contacts/calendar", needs="contacts.statement.view", help="calendar")
def calendar_list() -> Any:
    """What falls due in and out, by day or week (`?by=`), with what that leaves on the accounts."""
    by = request.args.get("by", "week")
    step, count = _BY.get(by, _BY["week"])
    session = current_session()
    found = calendar(session, wall_clock().date(), step=step, count=count)
    record(
        session,
        "contacts.statement.view",
        subject="contacts.open_item",
        summary=f"calendar, {by if by in _BY else 'week'}",
    )
    return render_template("contacts/calendar.html", found=found, by=by if by in _BY else "week")

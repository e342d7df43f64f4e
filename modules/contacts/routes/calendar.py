"""The payment calendar."""

from typing import Any

from flask import render_template, request

from app.api.clock import wall_clock
from app.api.security import record
from app.api.web import current_session, send_workbook
from modules.contacts.money.calendar import calendar
from modules.contacts.money.calendar_workbook import calendar_workbook
from modules.contacts.routes.blueprint import routes

#: how it is divided: days of a span, and how many spans
_BY = {"day": (1, 14), "week": (7, 8), "month": (30, 6)}


@routes.get("/contacts/calendar", needs="contacts.statement.view", help="calendar")
def calendar_list() -> Any:
    """What falls due in and out, by day or week (`?by=`), with what that leaves on the accounts; `?as=xlsx` gives the file."""
    asked, today, session = request.args.get("by", "week"), wall_clock().date(), current_session()
    by = asked if asked in _BY else "week"
    step, count = _BY[by]
    found = calendar(session, today, step=step, count=count)
    is_file = request.args.get("as") == "xlsx"
    action = f"contacts.statement.{'export' if is_file else 'view'}"
    record(session, action, subject="contacts.open_item", summary=f"calendar, {by}")
    if is_file:
        return send_workbook(calendar_workbook(found, today), f"calendar-{by}-{today}")
    return render_template("contacts/calendar.html", found=found, by=by)

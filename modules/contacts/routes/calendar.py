"""The payment calendar, and the rows behind its amounts."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.documents import document_title
from app.api.errors import Conflict, Invalid, KontorError
from app.api.hooks import left_out
from app.api.security import record
from app.api.web import current_actor, current_session, named, send_workbook, show_refusal
from modules.contacts.money.calendar import Span, amount_of, calendar, last_day
from modules.contacts.money.calendar_rows import rows_of
from modules.contacts.money.calendar_workbook import calendar_workbook
from modules.contacts.money.forms import PlanForm
from modules.contacts.money.paid_ahead import NOTHING, expected_money
from modules.contacts.money.planned import PLAN, open_item_by_id, plan_payment, planned_day
from modules.contacts.routes.blueprint import routes

#: how it is divided: days of a span, and how many spans
_BY = {"day": (1, 14), "week": (7, 8), "month": (30, 6)}
#: so many rows of debts a page shows
_MOST = 500


@routes.get("/contacts/calendar", needs="contacts.statement.view", help="calendar")
def calendar_list() -> Any:
    """What is to come in and go out, by day or week (`?by=`), with what that leaves on the accounts; `?only=owed` leaves out
    what nobody owes yet, `?as=xlsx` gives the file."""
    asked, today, session = request.args.get("by", "week"), wall_clock().date(), current_session()
    by = asked if asked in _BY else "week"
    step, count = _BY[by]
    only = "owed" if request.args.get("only") == "owed" else None
    until = last_day(today, step, count)
    expected = NOTHING if only else expected_money(session, today, until)
    found = calendar(session, today, step=step, count=count, expected=expected)
    is_file = request.args.get("as") == "xlsx"
    rows = rows_of(session, today, until, expected=expected) if is_file else ()
    if is_file and left_out(session):  # a file would be taken for whole
        raise Conflict(_("A part of the calendar couldn't be worked out, so no file is made. The page says which."))
    _note("export" if is_file else "view", f"calendar, {by}")
    if is_file:
        return send_workbook(calendar_workbook(found, rows, today), named(_("Payment calendar"), today))
    return render_template("contacts/calendar.html", found=found, by=by, only=only)


@routes.get("/contacts/calendar/rows", needs="contacts.statement.view", help="calendar")
def calendar_rows() -> Any:
    """The documents behind an amount of the calendar: of `?currency=`, `?side=` in or out, the days `?since=` to `?until=` (of
    neither: what has no day), one `?source=` or all. `?horizon=` is the last day that the calendar reached to."""
    session, today = current_session(), wall_clock().date()
    side, currency, source = (request.args.get(name) for name in ("side", "currency", "source"))
    if side not in ("in", "out") or not currency:
        raise Invalid(_("Open an amount of the payment calendar to see its rows."))
    since, until = _day("since"), _day("until")
    span = Span(since, until, Decimal(0), Decimal(0), None, {})
    horizon = _day("horizon") or last_day(today, *_BY["week"])
    expected = NOTHING if request.args.get("only") == "owed" else expected_money(session, today, horizon)
    asked: dict[str, Any] = {"span": span, "currency": currency, "is_in": side == "in", "source": source}
    rows = rows_of(session, today, horizon, expected=expected, **asked, most=_MOST)
    total = amount_of(session, today, horizon, expected=expected, **asked)
    _note("view", f"calendar, {currency}, {since or '…'} – {until or '…'}")
    most = _MOST if sum(row.amount for row in rows) < total else None
    values = {"rows": rows, "span": span, "currency": currency, "side": side, "total": total, "most": most}
    may_plan = current_actor().may(PLAN)
    return render_template("contacts/calendar_rows.html", **values, may_plan=may_plan)


@routes.form("/contacts/open-items/<int:item_id>/plan", needs=PLAN, help="calendar")
def open_item_plan(item_id: int) -> Any:
    """Say on which day an open item is expected to be paid."""
    session, form = current_session(), PlanForm()
    _item, document = open_item_by_id(session, item_id)
    if request.method == "GET":
        form.day.data = planned_day(session, item_id)
    back = url_for("contacts.calendar_list")
    if form.validate_on_submit():
        try:
            plan_payment(session, current_actor(), item_id, form.day.data, reason=form.reason.data or "")
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("The calendar goes by it. What is due and late stays as it is."), "success")
            return redirect(back)
    name = f"{document_title(document.kind)} {document.number or ''}".strip()
    return render_template("form.html", form=form, title=_("When is %(document)s paid?", document=name), back=back)


def _note(verb: str, summary: str) -> None:
    record(current_session(), f"contacts.statement.{verb}", subject="contacts.open_item", summary=summary)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(text) if (text := request.args.get(name)) else None
    except ValueError:
        raise Invalid(_("Write the day as 2026-01-31."), field=name) from None

"""Closing a period, and reopening it: what to settle first, and the day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from app.clock import wall_clock
from app.documents import Document, Kind
from app.errors import Forbidden, KontorError
from app.formats import day
from app.hooks import period_checks
from app.reference import Organisation, organisation
from app.reference.operations import close_period
from app.security import Actor
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.beginning import beginning_of
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import DayField, Form, VersionField
from app.web.kit.home import Attention
from app.web.kit.tables import Table


class PeriodForm(Form):
    """Up to which day the books are closed."""

    version = VersionField()
    until = DayField(_l("Closed up to"))


@routes.form("/admin/books/period", needs="core.period.close", help="ledger")
def period_close() -> Any:
    """Close a period, or reopen it."""
    session, actor = current_session(), current_actor()
    form, stored = PeriodForm(data=_period(organisation(session))), _period(organisation(session))
    if request.method == "GET":  # the day that is closed next, of which the list below speaks too
        form.version.show(stored["version"], beginning_of(form, stored))
        form.until.data = _next_to_close()
    form.until.description = _standing(stored["until"], actor)
    if form.validate_on_submit():
        until, today = form.until.data, wall_clock().date()
        try:
            close_period(session, actor, until=until, today=today, version=form.version.data)
        except Forbidden:
            form.until.errors = [_("You may close periods, and not reopen them: give a later day.")]
        except KontorError as error:
            show_refusal(form, error, said=_period)
        else:
            flash(
                _("The books are closed up to %(day)s.", day=day(until)) if until else _("All periods are open."),
                "success",
            )
            return redirect(_after_closing())
    confirm = _(
        "Change the closed period? Nothing dated up to the closed day can be posted, corrected or reversed; later corrections "
        "of it land on the day after. Without a day, every period is open again."
    )
    page = {"form": form, "title": _("Closed period"), "back": _after_closing(), "confirm": confirm}
    return render_template("admin/period.html", **page, **_checks(form.until.data))


@routes.get("/admin/books/period/checks", needs="core.period.close", help=None)
def period_check_list() -> Any:
    """What to settle before the books are closed up to the day that the form says."""
    try:
        until = date.fromisoformat(request.args.get("until", ""))
    except ValueError:
        until = None
    return render_template("admin/period_checks.html", **_checks(until))


def _standing(closed: date | None, actor: Actor) -> str:
    """What is closed now, and how that is reopened."""
    if closed is None:
        return str(_("All periods are open."))
    reopening = (
        _("An earlier day reopens; empty opens everything.")
        if actor.may("core.period.reopen")
        else _("To reopen, ask somebody who holds the right “%(right)s”.", right=_("Reopen periods"))
    )
    closing = _("The books are closed up to %(day)s.", day=day(closed))
    return f"{closing} {reopening}"


def _next_to_close() -> date:
    """The end of last month, unless it is closed already: the end of the last day, or the day up to which all is closed."""
    today, closed = wall_clock().date(), organisation(current_session()).closed_until
    last_month = today.replace(day=1) - timedelta(days=1)
    if closed is None or closed < last_month:
        return last_month
    return max(today - timedelta(days=1), closed)


def _checks(until: date | None) -> dict[str, Any]:
    """What to settle before a day; None: no day is given."""
    if until is None:
        return {"until": None, "checks": []}
    session, actor = current_session(), current_actor()
    found = [*_drafts(session, actor, until), *period_checks(session, actor, until)]
    return {"until": until, "checks": [each for each in found if each.count]}


def _drafts(session: Session, actor: Actor, until: date) -> Iterator[Attention]:
    """Documents of each kind that would have moved figures by then, unlike orders, which are confirmed and closed."""
    drafts = select(Document.kind, func.count()).where(
        Document.state == literal_column("'draft'"),  # as the index says
        Document.moment <= datetime.combine(until, time.max),
    )
    counts = {row[0]: row[1] for row in session.execute(drafts.group_by(Document.kind))}
    for table in current_company().contributed("tables", Table):
        kind = Kind.declared.get(table.name)
        if kind is not None and not kind.may_be_closed and actor.may(table.needs):
            address = url_for(f"{table.name}_list", state="draft", until=until.isoformat())
            yield Attention(counts.get(table.name, 0), _("Drafts: %(list)s", list=table.title), address)


def _period(current: Organisation) -> dict[str, Any]:
    return {"until": current.closed_until, "version": current.version}


def _after_closing() -> str:
    return url_for("core.ledger_view" if current_actor().may("core.ledger.view") else "core.home")

"""The books as a whole: what every register comes to, the proof of it, and closed periods."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import ledger
from app.clock import wall_clock
from app.errors import KontorError
from app.formats import day
from app.hooks import book_figures
from app.jobs import enqueue_single
from app.ledger import Register
from app.reference import Organisation, organisation
from app.reference.operations import close_period
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import DayField, Form, VersionField


class PeriodForm(Form):
    """Up to which day the books are closed."""

    version = VersionField()
    until = DayField(_l("Closed up to"), description=_l("An earlier day reopens; empty opens everything."))


@routes.get("/admin/books", needs="core.ledger.view")
def ledger_view() -> Any:
    """What the books come to in an accountant's words, how many entries they have, and the closed period."""
    session = current_session()
    counts = ledger.entries_of(session)
    return render_template(
        "admin/books.html",
        figures=book_figures(session, current_actor()),
        counts={
            Register.declared[n].title: c for n, c in counts.items() if current_company().is_on(n.partition(".")[0])
        },
        closed_until=organisation(session).closed_until,
    )


@routes.post("/admin/books/verify", needs="core.ledger.view")
def ledger_verify() -> Any:
    """Prove every total from its entries; reads them all, so it is a job."""
    job = enqueue_single(current_session(), current_actor(), "core.verify_ledger")
    return redirect(url_for("core.job_view", job_id=job.id))


@routes.form("/admin/books/period", needs="core.period.close", help="ledger")
def period_close() -> Any:
    """Close a period, or reopen it."""
    session, actor = current_session(), current_actor()
    form = PeriodForm(data=_period(organisation(session)))
    if form.validate_on_submit():
        until, today = form.until.data, wall_clock().date()
        try:
            close_period(session, actor, until=until, today=today, version=form.version.data)
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
    return render_template("form.html", form=form, title=_("Closed period"), back=_after_closing(), confirm=confirm)


def _period(current: Organisation) -> dict[str, Any]:
    return {"until": current.closed_until, "version": current.version}


def _after_closing() -> str:
    return url_for("core.ledger_view" if current_actor().may("core.ledger.view") else "core.home")

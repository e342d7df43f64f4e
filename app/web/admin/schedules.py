"""When the program's own jobs run: the list of schedules, and the form that changes or pauses one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import BooleanField, StringField

from app.clock import on_the_wall
from app.errors import KontorError, NotFound
from app.formats import moment
from app.jobs import Schedule, change_schedule, run_now, schedules_shown
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField


class ScheduleForm(Form):
    """When a schedule is due."""

    version = VersionField()
    cron = StringField(
        _l("Minute, hour, day of the month, month, day of the week"),
        description=_l(
            "“0 2 * * *” is 02:00 every day, “30 7 * * mon-fri” is 07:30 on working days, "
            "“0 3 1 * *” is 03:00 on the first of the month."
        ),
    )
    is_paused = BooleanField(_l("Paused"))


@routes.get("/admin/schedules", needs="core.job.view")
def schedule_list() -> Any:
    """The schedules of the core and of the modules that are on: when they ran last, how that ended, when they are due."""
    return render_template("admin/schedules.html", schedules=schedules_shown(current_session(), _declared()))


@routes.form("/admin/schedules/<name>", needs="core.schedule.manage")
def schedule_edit(name: str) -> Any:
    """Change the time of a schedule, or pause it."""
    schedule = _named(name)
    shown = schedules_shown(current_session(), [schedule])[0]
    form = ScheduleForm(data={"cron": shown.cron, "is_paused": shown.is_paused, "version": shown.version})
    if form.validate_on_submit():
        try:
            change_schedule(current_session(), current_actor(), schedule, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error, said=lambda _state: schedules_shown(current_session(), [schedule])[0])
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.schedule_list"))
    facts = [(_("Declared time"), schedule.cron), (_("Due next"), _shown_moment(shown.due))]
    return render_template(
        "admin/custom_field.html", form=form, title=schedule.title, back=url_for("core.schedule_list"), facts=facts
    )


@routes.post("/admin/schedules/<name>/run", needs="core.schedule.manage")
def schedule_run(name: str) -> Any:
    """Run a schedule's job now, out of turn."""
    job = run_now(current_session(), current_actor(), _named(name))
    return redirect(url_for("core.job_view", job_id=job.id))


def _declared() -> list[Schedule]:
    return list(current_company().contributed("jobs", Schedule))


def _named(name: str) -> Schedule:
    found = next((schedule for schedule in _declared() if schedule.name == name), None)
    if found is None:
        raise NotFound
    return found


def _shown_moment(due: Any) -> str:
    return moment(on_the_wall(due)) if due is not None else _("not while it is paused")

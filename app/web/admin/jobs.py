"""The list of jobs, and a job's page: how far it is while it runs, and what came of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import current_app, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _

from app.audit import record
from app.errors import NotFound
from app.formats import number
from app.importing import targets
from app.jobs import Job, Kind, cancel, job_for
from app.jobs.kinds import report_file
from app.web.admin import tables
from app.web.admin.recorded import noun_word
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session, is_open
from app.web.edge.routing import ANY
from app.web.kit.lists import show_list

#: kind of job → the page from which it is asked for
_FROM = {
    "core.backup": "core.backup_list",
    "core.prove_backup": "core.backup_list",
    "core.verify_ledger": "core.ledger_view",
    "core.prove_audit": "core.audit_list",
    "core.rehearse": "core.module_list",
    "core.import": "core.import_new",
}


@routes.get("/admin/jobs", needs="core.job.view")
def job_list() -> Any:
    """Everybody's jobs, newest first."""
    return show_list(tables.jobs, list_template="admin/jobs.html")


@routes.get("/jobs/<int:job_id>", needs=ANY)
def job_view(job_id: int) -> Any:
    """A job of one's own; the page asks for its state until it is over."""
    return _page("admin/job.html", job_id, back=_back_from)


@routes.get("/jobs/<int:job_id>/state", needs=ANY, help=None, is_unattended=True)
def job_state(job_id: int) -> Any:
    """The part of the page that changes."""
    return _page("admin/job_state.html", job_id)


@routes.post("/jobs/<int:job_id>/cancel", needs=ANY)
def job_cancel(job_id: int) -> Any:
    """Cancel the job."""
    session = current_session()
    job = job_for(session, current_actor(), job_id)
    if not job.is_over:
        cancel(session, current_actor(), job)
        current_app.extensions["kontor.jobs"].stop_running(job_id)
        flash(_("It stops at its next step."), "success")
    return redirect(url_for("core.job_view", job_id=job_id))


@routes.get("/jobs/<int:job_id>/report", needs="core.import.run", help="import")
def job_report(job_id: int) -> Any:
    """The whole report of an import, every row in it."""
    job = job_for(current_session(), current_actor(), job_id)
    folder = job.arguments.get("folder")
    path = report_file(current_company().config.data_dir, folder, job.id) if folder else None
    if path is None or not path.exists():
        raise NotFound
    record(current_session(), "core.import.export", subject="core.job", subject_id=job.id, summary="report")
    return send_file(path, "application/json", as_attachment=True, download_name=f"import-{job.id}.json")


def _back_from(job: Job) -> str | None:
    """The page from which such a job is asked for, or the list of them, as far as they are open."""
    ways = (_FROM.get(job.kind), "core.schedule_list" if job.schedule else None, "core.job_list")
    return next((url_for(endpoint) for endpoint in ways if endpoint and is_open(endpoint)), None)


def _page(template: str, job_id: int, back: Callable[[Job], str | None] | None = None) -> Any:
    job: Job = job_for(current_session(), current_actor(), job_id)
    kinds = {kind.name: kind.title for kind in current_company().contributed("jobs", Kind)}
    done, total, message = current_app.extensions["kontor.jobs"].progress_of(job)
    title = kinds.get(job.kind, job.kind)
    shown = {"job": job, "title": title, "done": done, "total": total, "message": message}
    words = {"title_of": _title_of, "figure": _figure, "brought_in": _brought_in(job)}
    return render_template(template, **shown, **words, back=back(job) if back else None)


def _brought_in(job: Job) -> tuple[object, str] | None:
    """What an import has made and the list of it, as far as that is open to whoever asks."""
    isnt_written = job.kind != "core.import" or job.state != "done" or job.arguments["dry_run"]
    target = None if isnt_written else targets(current_company()).get(job.arguments["target"])
    return (target.title, url_for(target.shown)) if target and target.shown and is_open(target.shown) else None


def _figure(kept: object, digits: int = 0) -> str:
    """A number of a result, which JSON keeps as a number or a text."""
    return number(Decimal(str(kept)), digits)


def _title_of(kind: str) -> str:
    """What an import has made, in words: `trade.sale_line` are lines of sales."""
    if kind.endswith("_line"):
        return str(_("%(documents)s, lines", documents=noun_word(kind.removesuffix("_line"))))
    return noun_word(kind)

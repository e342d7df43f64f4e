"""The company's backups: which there are, whether they are proven, making one now, and taking one away."""

from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from wtforms import IntegerField, TextAreaField

from app.audit import record
from app.backup.nightly import change_plan
from app.backup.queries import backup_file, backup_plan, backups_kept, folder_of
from app.errors import KontorError
from app.jobs import enqueue_single
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField, required

NEEDS = "core.backup.manage"


class PlanForm(Form):
    """What is kept, and who may read it."""

    version = VersionField()
    keep_daily = IntegerField(_l("Days of which the last backup is kept"), [required])
    keep_weekly = IntegerField(_l("Weeks of which the last backup is kept"), [required])
    recipients = TextAreaField(
        _l("Public keys"),
        description=_l(
            "Keys of age (age1…) or SSH, one a line. Backups are encrypted for them, and whoever has one of the secret keys can"
            " read them. Keep those elsewhere: this server has none. Empty: backups aren't encrypted."
        ),
        render_kw={"rows": 3, "spellcheck": "false"},
    )


@routes.get("/admin/backups", needs=NEEDS)
def backup_list() -> Any:
    """The backups in the data folder, and what failed."""
    session, folder = current_session(), folder_of(current_company().config)
    backups = backups_kept(session)
    there = {b.id for b in backups if b.name and (folder / b.name).is_file()}
    shown = [b for b in backups if b.id in there or b.name is None]
    latest = backups[0] if backups else None
    return render_template(
        "admin/backups.html", backups=shown, there=there, latest=latest, plan=backup_plan(session), folder=folder
    )


@routes.post("/admin/backups/make", needs=NEEDS)
def backup_make() -> Any:
    """Back up now; takes a while, so it is a job."""
    job = enqueue_single(current_session(), current_actor(), "core.backup")
    return redirect(url_for("core.job_view", job_id=job.id))


@routes.post("/admin/backups/<int:backup_id>/prove", needs=NEEDS)
def backup_prove(backup_id: int) -> Any:
    """Prove a backup once more."""
    backup, _path = backup_file(current_session(), current_company().config, backup_id)
    job = enqueue_single(current_session(), current_actor(), "core.prove_backup", {"backup": backup.id})
    return redirect(url_for("core.job_view", job_id=job.id))


@routes.get("/admin/backups/<int:backup_id>/file", needs=NEEDS, fresh=True, help=None)
def backup_download(backup_id: int) -> Any:
    """The file itself, with all that the company knows in it: each taking away is audited."""
    backup, path = backup_file(current_session(), current_company().config, backup_id)
    record(
        current_session(), "core.backup.export", subject="core.backup", subject_id=backup.id, summary=str(backup.name)
    )
    return send_file(path, "application/octet-stream", as_attachment=True, download_name=backup.name, conditional=False)


@routes.form("/admin/backups/plan", needs=NEEDS, fresh=True, help="backup")
def backup_plan_edit() -> Any:
    """Change what is kept, and who may read it."""
    session = current_session()
    form = PlanForm(obj=backup_plan(session))
    if form.validate_on_submit():
        try:
            change_plan(session, current_actor(), version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.backup_list"))
    return render_template("form.html", form=form, title=_("How backups are kept"), back=url_for("core.backup_list"))

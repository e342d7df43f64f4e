"""Modules and the edition: what is installed, what is on, and switching it while people work."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import KontorError
from app.jobs import enqueue_single
from app.reference import organisation
from app.registry.lifecycle import closure, disable, enable
from app.registry.preview import preview
from app.setup import EDITIONS, set_edition
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session

NEEDS = "core.module.manage"


@routes.get("/admin/modules", needs=NEEDS)
def module_list() -> Any:
    """Every installed module; one that could not be loaded is shown with its error."""
    company = current_company()
    return render_template(
        "admin/modules.html",
        modules=company.installed.values(),
        edition=organisation(current_session()).edition,
        editions=EDITIONS,
    )


@routes.form("/admin/modules/<name>/enable", needs=NEEDS, fresh=True)
def module_enable(name: str) -> Any:
    """First what will change, then the switch: migrated and on in one transaction, while others work."""
    session, company = current_session(), current_company()
    if request.method == "GET":
        closure(company, name)  # says what is wrong with one that can't be switched on
        return render_template("admin/module_enable.html", name=name, changes=preview(session, company, name))
    try:
        done = enable(session, current_actor(), company, name)
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        names = ", ".join(str(company.installed[n].manifest.title) for n in done)  # type: ignore[union-attr]
        flash(_("Switched on: %(names)s.", names=names) if done else _("It is on already."), "success")
    return redirect(url_for("core.module_list"))


@routes.post("/admin/modules/<name>/disable", needs=NEEDS, fresh=True)
def module_disable(name: str) -> Any:
    """Switch off: its pages are gone, its data stays."""
    try:
        disable(current_session(), current_actor(), current_company(), name)
    except KontorError as error:
        current_session().rollback()
        flash(str(error), "error")
    else:
        flash(_("Switched off. Its data is kept."), "success")
    return redirect(url_for("core.module_list"))


@routes.post("/admin/modules/<name>/rehearse", needs=NEEDS)
def module_rehearse(name: str) -> Any:
    """Try it out on a copy of the database, as a job."""
    closure(current_company(), name)
    job = enqueue_single(current_session(), current_actor(), "core.rehearse", {"module": name})
    return redirect(url_for("core.job_view", job_id=job.id))


@routes.post("/admin/edition", needs=NEEDS, fresh=True)
def edition_set() -> Any:
    """Change the edition: its modules go on, those of the other one alone go off."""
    session = current_session()
    try:
        set_edition(session, current_actor(), current_company(), request.form.get("edition", ""))
    except KontorError as error:
        session.rollback()
        flash(str(error), "error")
    else:
        flash(_("The edition is changed."), "success")
    return redirect(url_for("core.module_list"))

"""Who did and who saw what."""

from contextlib import suppress
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from app.audit import are_looks_waiting, write_down_looks
from app.jobs import enqueue_single
from app.security import SYSTEM
from app.web.admin import tables
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.lists import show_list


@routes.get("/admin/audit", needs="core.audit.view")
def audit_list() -> Any:
    """The audit, newest first. What people have just seen has its lines first, unless others hold the database: then it
    shows what is there."""
    session = current_session()
    if are_looks_waiting(session):
        with suppress(DBAPIError):
            current_company().database.run_if_free(write_down_looks, actor=SYSTEM)
            session.rollback()  # it has only read so far, and is to read what was written now
    return show_list(tables.audit, list_template="admin/audit.html")


@routes.get("/admin/audit/changes", needs="core.audit.view", help="audit")
def audit_change_list() -> Any:
    """Changes field by field, newest first; `?record=contacts.contact:12` those of one record, `?line=3-17` of one line."""
    return show_list(tables.audit_changes)


@routes.post("/admin/audit/prove", needs="core.audit.view")
def audit_prove() -> Any:
    """Prove that no line was changed or removed; reads every line, so it is a job."""
    job = enqueue_single(current_session(), current_actor(), "core.prove_audit")
    flash(_("The proof has begun."), "success")
    return redirect(url_for("core.job_view", job_id=job.id))

"""Who did and who saw what."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import Look, write_down_looks
from app.jobs import enqueue_single
from app.security import SYSTEM
from app.web.admin import tables
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.lists import show_list


@routes.get("/admin/audit", needs="core.audit.view")
def audit_list() -> Any:
    """The audit, newest first; what people have just seen has its lines first."""
    session = current_session()
    if session.scalar(select(Look.id).limit(1)) is not None:
        current_company().database.run(write_down_looks, actor=SYSTEM)
        session.rollback()  # it has only read so far, and is to read what was written now
    return show_list(tables.audit, list_template="admin/audit.html")


@routes.post("/admin/audit/prove", needs="core.audit.view")
def audit_prove() -> Any:
    """Prove that no line was changed or removed; reads every line, so it is a job."""
    job = enqueue_single(current_session(), current_actor(), "core.prove_audit")
    flash(_("The proof has begun."), "success")
    return redirect(url_for("core.job_view", job_id=job.id))

"""The sample data that somebody filled into their company, and its removal."""

from typing import Any

from flask import redirect, render_template, url_for

from app.jobs import enqueue
from app.sample import NEEDS, plan_removal
from app.web.core import routes
from app.web.edge.request import current_actor, current_session


@routes.get("/admin/sample", needs=NEEDS)
def sample_view() -> Any:
    """What there is of it, what would go and what would stay."""
    return render_template("admin/sample.html", plan=plan_removal(current_session()))


@routes.post("/admin/sample/remove", needs=NEEDS)
def sample_remove() -> Any:
    """Remove it, as a job: it reverses some hundred documents."""
    job = enqueue(current_session(), current_actor(), "core.remove_sample")
    return redirect(url_for("core.job_view", job_id=job.id))

"""The books as a whole: what every register comes to, and the proof of it."""

from typing import Any

from flask import redirect, render_template, url_for

from app import ledger
from app.hooks import book_figures
from app.jobs import enqueue_single
from app.ledger import Register
from app.reference import organisation
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session


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

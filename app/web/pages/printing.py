"""Printing many documents at once: which of a list, which sheet of them; and the PDF when it is ready."""

from itertools import islice
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.documents import Document, shown_state
from app.errors import KontorError, NotFound
from app.jobs import job_for
from app.reference.rules import LANGUAGES
from app.security.actor import require
from app.translation import language
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.documents.many import JOB, MOST, print_many, printed_file
from app.web.kit.documents.sheets import sheets_of
from app.web.kit.pdf import send_pdf
from app.web.kit.tables import Query, Table, everything

#: documents of which it is asked what sheets they have
_ASKED = 20


@routes.form("/print/<name>", needs=ANY, help="document")
def print_many_new(name: str) -> Any:
    """Choose among the documents of a list, as its filters in the address have it, and which sheet of them is printed."""
    session, actor = current_session(), current_actor()
    table = next((t for t in current_company().contributed("tables", Table) if t.name == name), None)
    if table is None or not table.prints:
        raise NotFound
    require(actor, f"{name}.view")
    problem = ""
    if request.method == "POST":
        ids = [int(number) for number in request.form.getlist("id") if number.isdecimal() and len(number) < 18]
        try:
            asked = {"sheet": request.form.get("sheet", ""), "language": request.form.get("language", "")}
            job = print_many(session, actor, name, ids, **asked)
        except KontorError as error:
            session.rollback()
            problem = str(error)
        else:
            return redirect(url_for("core.job_view", job_id=job.id))
    query = Query.from_arguments(table, request.args)
    found = [row.id for row in islice(everything(session, table.present(session), query), MOST + 1)]
    documents = {d.id: d for d in session.scalars(select(Document).where(Document.id.in_(found[:MOST])))}
    states = dict(session.execute(select(Document.id, shown_state(Document)).where(Document.id.in_(documents))).all())
    rows = [documents[number] for number in found[:MOST] if documents[number].state != "draft"]
    sheets = {s.name: s for d in rows[:_ASKED] for s in sheets_of(session, current_company(), d)}
    page = render_template(
        "print_many.html",
        table=table,
        rows=rows,
        states=states,
        is_cut=len(found) > MOST,
        most=MOST,
        # a form that is meant to go out comes before the document's own paper
        sheets=sorted(sheets.values(), key=lambda sheet: not sheet.is_form),
        languages=LANGUAGES,
        language=language(),
        problem=problem,
        back=url_for(f"{name}_list"),
    )
    return (page, 422) if problem else page


@routes.get("/jobs/<int:job_id>/pdf", needs=ANY, help=None)
def job_pdf(job_id: int) -> Any:
    """The PDF that a job of one's own has made, as long as it is kept. NotFound: somebody else's, too."""
    actor, job = current_actor(), job_for(current_session(), current_actor(), job_id)
    path = printed_file(current_company().config.data_dir, job.id)
    if job.kind != JOB or job.user_id != actor.user_id or not path.exists():
        raise NotFound
    require(actor, f"{job.arguments['kind']}.view")
    return send_pdf(path.read_bytes(), _("Documents %(n)s", n=job.id))

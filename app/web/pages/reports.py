"""All reports on one page, and the page of a report that has none of its own."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.errors import NotFound
from app.web.core import routes
from app.web.edge.request import current_actor, current_company
from app.web.edge.routing import ANY
from app.web.kit.lists import show_report
from app.web.kit.reports import Report, address_of, open_reports


@routes.get("/reports", needs=ANY)
def report_list() -> Any:
    """The reports that are open to the user, by module."""
    company = current_company()
    groups: dict[str, list[tuple[Report, str]]] = {}
    for report in open_reports(company, current_actor()):
        manifest = company.installed[report.name.partition(".")[0]].manifest
        assert manifest is not None
        groups.setdefault(str(manifest.title), []).append((report, address_of(report)))
    return render_template("reports.html", groups=groups)


@routes.get("/reports/<name>", needs=ANY)
def report_view(name: str) -> Any:
    """A report; not found when it is not open to the user, or its module is off."""
    report = next((r for r in open_reports(current_company(), current_actor()) if r.name == name), None)
    if report is None:
        raise NotFound
    if report.endpoint:
        query = request.query_string.decode()
        return redirect(url_for(report.endpoint) + (f"?{query}" if query else ""))
    return show_report(report)

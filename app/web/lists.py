"""Showing a declared list: as a page, as an XLSX file, as JSON; and the global search over all of them."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask import Response, render_template, request, send_file
from flask_babel import gettext as _
from markupsafe import Markup

from app.errors import Forbidden, NotFound
from app.security import MASKED, require
from app.values import digits_of
from app.web.cells import cell_of, rows_of
from app.web.core import routes
from app.web.edge import current_actor, current_company, current_session, saw
from app.web.routing import ANY
from app.web.tables import Column, Query, Table, everything, fetch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_list(table: Table, *, list_template: str = "list.html", **context: Any) -> Any:
    """The list as the request asks for it: its page, the part of it that changed, or (`?as=xlsx`) a file."""
    session, actor = current_session(), current_actor()
    require(actor, table.needs)
    query = Query.from_arguments(table, request.args)
    if request.args.get("as") == "xlsx":
        return _as_file(table, query)
    page = fetch(session, table, query)
    columns = [c for c in table.open_columns(actor) if not c.hidden]
    part = request.headers.get("HX-Target") == "list"
    return render_template(
        "list_body.html" if part else list_template,
        table=table,
        columns=columns,
        query=query,
        page=page,
        rows=rows_of(columns, page.rows, current_company().currency),
        choices={} if part else {f.name: f.choices(session) if callable(f.choices) else f.choices for f in table.filters},
        arguments=_arguments,
        **context,
    )


def _arguments(**changes: Any) -> dict[str, Any]:
    """The request's own query string with some of it changed; None takes an argument out."""
    kept = {k: v for k, v in request.args.items() if k not in ("after", "before", "as")}
    merged = {**(request.view_args or {}), **kept, **changes}
    return {k: v for k, v in merged.items() if v is not None}


def _as_file(table: Table, query: Query) -> Response:
    session, actor = current_session(), current_actor()
    columns = [c for c in table.open_columns(actor) if not c.hidden]
    currency = current_company().currency
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet, bold = book.add_worksheet(str(table.title)[:31]), book.add_format({"bold": True})
    formats = {n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in range(4)}
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for i, column in enumerate(columns):
        sheet.write_string(0, i, str(column.title), bold)
        sheet.set_column(i, i, 14 if column.kind != "text" else 28)
    count = 0
    for count, row in enumerate(everything(session, table, query), 1):
        for i, column in enumerate(columns):
            _write_cell(sheet, count, i, column, row, currency, formats, day)
    book.close()
    buffer.seek(0)
    saw("core.list.export", subject=table.name, summary=f"{count} rows")
    return send_file(buffer, XLSX, as_attachment=True, download_name=f"{table.name}.xlsx")


def _write_cell(
    sheet: Any, line: int, i: int, column: Column, row: Any, currency: str, formats: dict[int, Any], day: Any
) -> None:
    value = getattr(row, column.name)
    if value is None or value is MASKED:
        return
    if isinstance(value, Decimal):
        code = getattr(row, column.currency) if column.currency else currency
        # Excel keeps numbers as binary floats; 15 digits are exact, and no single figure here has more.
        sheet.write_number(line, i, float(value), formats[digits_of(code)] if column.kind == "money" else None)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, i, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, i, value, day)
    elif isinstance(value, int):
        sheet.write_number(line, i, value)
    else:
        sheet.write_string(line, i, str(column.choices.get(value, value)))


@routes.get("/api/v1/lists", needs=ANY)
def api_lists() -> Any:
    """The lists that are open to the caller."""
    actor = current_actor()
    tables = [t for t in current_company().contributed("tables", Table) if actor.may(t.needs)]
    return {"lists": [{"name": t.name, "title": str(t.title)} for t in tables]}


@routes.get("/api/v1/lists/<name>", needs=ANY)
def api_list(name: str) -> Any:
    """A page of a list: the same rows and columns as its screen shows the caller; `after` takes the next page."""
    session, actor = current_session(), current_actor()
    table = next((t for t in current_company().contributed("tables", Table) if t.name == name), None)
    if table is None or not actor.may(table.needs):
        raise NotFound
    page = fetch(session, table, Query.from_arguments(table, request.args))
    names = [c.name for c in table.open_columns(actor)]
    rows = [{n: _plain(getattr(row, n)) for n in names} for row in page.rows]
    saw("core.list.export", subject=table.name, summary=f"API, {len(rows)} rows")
    return {"rows": rows, "after": page.following}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, (date, datetime)) else value


@routes.get("/search", needs=ANY)
def search() -> Any:
    """The first matches of every list that is open to the user; as he types, only the part beneath the box."""
    session, actor = current_session(), current_actor()
    text = request.args.get("q", "").strip()
    found = []
    if len(text) > 1:
        for table in current_company().contributed("tables", Table):
            if table.search and actor.may(table.needs):
                try:
                    rows = fetch(session, table, Query(text=text, limit=6)).rows
                except Forbidden:  # it is made of columns that are closed to him
                    continue
                if rows:
                    found.append((table.title, _matches(table, rows)))
    template = "search_part.html" if request.headers.get("HX-Request") else "search.html"
    return render_template(template, q=text, found=found, title=_("Search"))


def _matches(table: Table, rows: list[Any]) -> list[tuple[str | None, list[str]]]:
    """Per row where it leads and its first cells."""
    columns = [c for c in table.open_columns(current_actor()) if not c.hidden]
    link = next((c.link for c in columns if c.link), None)
    cells = [cell_of(column, current_company().currency) for column in columns[:3]]
    return [(link(row) if link else None, [Markup(cell(row)) for cell in cells]) for row in rows[:5]]  # noqa: S704

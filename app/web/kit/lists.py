"""Showing a declared list: as a page, as an XLSX file, as JSON."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from app.clock import wall_clock
from app.company import Company
from app.errors import Invalid, NotFound
from app.security import Actor, require
from app.translation import lazy_gettext as _l
from app.values import ExchangeRate
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.cells import rows_of
from app.web.kit.custom_fields import with_custom_columns
from app.web.kit.file_names import named
from app.web.kit.reports import Parameter, Report, open_reports
from app.web.kit.seeing import note_export, note_list, shown_record
from app.web.kit.tables import MOST, Query, Table, everything, fetch, value_of
from app.web.kit.totals import is_summed, shown, sums_of, words_of
from app.web.kit.workbook import Workbook, send_workbook

#: arguments that say where in the list one is, or as what one wants it
_PLACES = ("after", "before", "as")
#: asks for the row below the list alone
_TOTALS = "totals"


def show_report(report: Report, *, list_template: str = "list.html", **context: Any) -> Any:
    """A report as the request asks for it, with its parameters before the filters; otherwise as `show_list`."""
    session = current_session()
    require(current_actor(), report.needs)
    said = report.said(request.args)
    parameters = [(p, p.offered(session), said[p.name]) for p in report.parameters]
    table = report.asked(session, request.args)
    days = [said[p.name] for p in report.parameters if p.kind == "date" and said[p.name]]
    return show_list(table, list_template=list_template, parameters=parameters, said=days, **context)


def _is_reversed(said: Mapping[str, str]) -> bool:
    """Whether a period ends before it begins: then nothing is found, and nobody would know why."""
    since, until = said.get("since", ""), said.get("until", "")
    return bool(since and until) and since > until


def show_list(
    table: Table,
    *,
    list_template: str = "list.html",
    parameters: Sequence[tuple[Parameter, Any, str]] = (),
    **context: Any,
) -> Any:
    """The list as the request asks for it: its page, the part of it that changed, or (`?as=xlsx`) a file.

    `parameters`: of the report that it is, each with what it offers and what was said.
    """
    session, actor = current_session(), current_actor()
    require(actor, table.needs)
    table = _present(session, table)
    query = Query.from_arguments(table, request.args)
    if request.args.get("as") == "xlsx":
        asked = [(f, query.filters[f.name]) for f in table.filters if f.kind == "date" and f.name in query.filters]
        filtered = [value_of(f.name, f.kind, text).isoformat() for f, text in asked]
        return _as_file(table, query, shown_record(context), said=[*context.pop("said", ()), *filtered])
    if request.args.get(_TOTALS):
        return _totals_row(table, query)
    page = fetch(session, table, query)
    columns = [c for c in table.open_columns(actor) if not (c.hidden or c.is_aside)]
    note_list(table.name, columns, len(page.rows), way="page", **shown_record(context))
    part = request.headers.get("HX-Target") == "list"
    said = {**query.filters, **{p.name: text for p, _choices, text in parameters}}
    return render_template(
        "list_body.html" if part else list_template,
        table=table,
        columns=columns,
        query=query,
        page=page,
        rows=rows_of(columns, page.rows, current_company().currency),
        filters=[] if part else [(f, f.offered(session)) for f in table.open_filters(actor) if not f.is_aside],
        here=_here,
        parameters=parameters,
        others=_others(table, {p.name for p, _choices, _said in parameters}),
        is_plain=query.is_plain(table),
        part=part,
        has_totals=is_summed(columns),
        missing="" if part or table.missing is None else table.missing(session),
        problem=_l("The first day is after the last one.") if _is_reversed(said) else "",
        **context,
    )


def _totals_row(table: Table, query: Query) -> str:
    """The row below the list, which a page asks for when it comes into sight: a long list isn't summed for nobody."""
    columns = [c for c in table.open_columns(current_actor()) if not (c.hidden or c.is_aside)]
    sums, base = sums_of(current_session(), table, query), current_company().currency
    words = words_of([each for some in sums.values() for each in some], table.columns)
    cells = {n: [(shown(each, base), words[each.apart]) for each in some] for n, some in sums.items()}
    return render_template("list_totals.html", columns=columns, cells=cells)


def _present(session: Any, table: Table) -> Table:
    """The list as of the present moment, with the custom fields of its records."""
    return with_custom_columns(session, table.present(session))


def _here(**changes: Any) -> str:
    """The list's own address with some of what was asked changed; None takes an argument out. Paging begins again."""
    kept = {k: v for k, v in request.args.items() if k not in (*_PLACES, _TOTALS)}
    asked = {k: v for k, v in {**kept, **changes}.items() if v is not None}
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _others(table: Table, parameters: set[str]) -> dict[str, str]:
    """What the address says beside the list's own search, filters, parameters and order: filtering keeps it."""
    own = {"q", "order", _TOTALS, *_PLACES, *parameters, *(f.name for f in table.filters)}
    return {k: v for k, v in request.args.items() if k not in own}


def _as_file(table: Table, query: Query, on_card: dict[str, Any], *, said: Sequence[str] = ()) -> Response:
    """`said`: the days that the list was asked for, which its name and its sheet carry."""
    session, actor = current_session(), current_actor()
    columns = [c for c in table.open_columns(actor) if not c.hidden]
    book = Workbook(str(table.title), columns, current_company().currency, said=said)
    book.write(everything(session, table, query))
    sums = [each for some in sums_of(session, table, query).values() for each in some]
    book.write_sums(sums, words_of(sums, table.columns))
    note_export(table.name, f"{book.rows} rows{query.reach(table)}", **on_card)
    return send_workbook(book.finish(), named(table.title, *(said or (wall_clock().date().isoformat(),))))


@routes.get("/api/v1/lists", needs=ANY, help=None)
def api_lists() -> Any:
    """The lists and reports that are open to the caller; of a report, its parameters."""
    company, actor = current_company(), current_actor()
    tables = [t for t in company.contributed("tables", Table) if actor.may(t.needs)]
    reports = {r.name: r for r in open_reports(company, actor)}
    titles = {each.name: str(each.title) for each in (*tables, *reports.values())}
    return {"lists": [{"name": n, "title": title, **_parameters_of(reports.get(n))} for n, title in titles.items()]}


def _parameters_of(report: Report | None) -> dict[str, Any]:
    if report is None or not report.parameters:
        return {}
    return {"parameters": [{"name": p.name, "title": str(p.title), "kind": p.kind} for p in report.parameters]}


@routes.get("/api/v1/lists/<name>", needs=ANY, help=None)
def api_list(name: str) -> Any:
    """A page of a list or report: the same rows and columns as its screen shows the caller; `after` takes the next page.

    Refused: an argument that it doesn't take, as its figures would then not be those that were asked for.
    """
    session, actor = current_session(), current_actor()
    named = named_list(session, current_company(), actor, name, request.args)
    if named is None:
        raise NotFound
    table, parameters = _present(session, named[0]), named[1]
    refuse_unknown(table, parameters, actor, request.args)
    query = Query.from_arguments(table, request.args)
    page = fetch(session, table, query)
    names = [c.name for c in table.open_columns(actor)]
    rows = [{n: _plain(getattr(row, n)) for n in names} for row in page.rows]
    note_export(table.name, f"API, {len(rows)} rows{query.reach(table)}")
    return {"rows": rows, "after": page.following}


def named_list(
    session: Any, company: Company, actor: Actor, name: str, arguments: Mapping[str, Any]
) -> tuple[Table, set[str]] | None:
    """The list of that name, or the report as the arguments ask for it, and the report's parameters; None when there is none
    that is open to the actor."""
    for report in open_reports(company, actor):
        if report.name == name:
            return report.asked(session, arguments), {p.name for p in report.parameters}
    for table in company.contributed("tables", Table):
        if table.name == name and actor.may(table.needs):
            return table, set()
    return None


def refuse_unknown(table: Table, parameters: set[str], actor: Actor, arguments: Mapping[str, Any]) -> None:
    """Refuse (Invalid) arguments that the list does not take, or that are closed to the actor: what is closed isn't there."""
    taken = {"q", "order", "limit", *_PLACES, *parameters, *(f.name for f in table.open_filters(actor))}
    if unknown := sorted(arguments.keys() - taken):
        said = {"name": unknown[0], "taken": ", ".join(sorted(taken))}
        raise Invalid(_l("This list doesn't take “%(name)s”. It takes: %(taken)s.", **said), field=unknown[0])
    orders = {c.name for c in table.open_columns(actor) if c.sortable}
    if (order := arguments.get("order", "").removeprefix("-")) and order not in orders:
        said = {"name": order, "taken": ", ".join(sorted(orders))}
        raise Invalid(_l("This list can't be sorted by “%(name)s”, but by: %(taken)s.", **said), field="order")
    limit = arguments.get("limit", "1")
    if not (limit.isdecimal() and 1 <= int(limit[:9]) <= MOST):
        raise Invalid(_l("A page has between 1 and %(most)s rows.", most=MOST), field="limit")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, ExchangeRate):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value

"""How often customers complain and what that costs: by item, reason, supplier or month."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, Integer, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Forbidden, Invalid
from app.api.reports import Parameter, Report
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from app.api.web import Column, Table
from modules.contacts.api import Contact
from modules.trade.complaints.kinds import reason_word
from modules.trade.complaints.models import Complaint, ComplaintLine, ComplaintReason
from modules.trade.figures.periods import STEPS, FirstDay
from modules.warehouse.api import Item

_BY = {"item": _l("Item"), "reason": _l("Reason"), "supplier": _l("Supplier"), "month": _l("Month")}


def _table(session: Session, said: Mapping[str, Any]) -> Table:
    by = said["by"]
    if by not in _BY:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=by), field="by")
    if by == "supplier" and not session.info["actor"].sees("warehouse.cost"):
        raise Forbidden("warehouse.cost")
    since, until = said.get("since"), said.get("until")
    keys: dict[str, Any] = {
        "item": ComplaintLine.item_id,
        "reason": ComplaintLine.reason_id,
        "supplier": ComplaintLine.supplier_id,
        "month": _month(),
    }
    said_of = (
        select(keys[by].label("key"), Complaint.id.label("complaint_id"), ComplaintLine.quantity, ComplaintLine.cost)
        .select_from(ComplaintLine)
        .join(Complaint, Complaint.id == ComplaintLine.document_id)
        .where(Complaint.state == "posted", *_within(since, until))
        .subquery("complaint_lines")
    )
    query = select(
        said_of.c.key,
        func.count(func.distinct(said_of.c.complaint_id)).label("complaints"),
        _sum(said_of.c.quantity, Quantity).label("quantity"),
        _sum(said_of.c.cost, Money).label("cost"),
    ).group_by(said_of.c.key)
    return _declared(by, query.subquery("complained"), since, until)


def _month() -> Any:
    year, month = (cast(func.extract(part, Complaint.moment), Integer) for part in ("year", "month"))
    return year * 12 + month - 1


def _sum(column: Any, kind: Any) -> Any:
    return type_coerce(cast(func.sum(type_coerce(column, BigInteger)), BigInteger), kind)


def _within(since: date | None, until: date | None) -> list[Any]:
    found: list[Any] = []
    if since is not None:
        found.append(Complaint.moment >= datetime.combine(since, time.min))
    if until is not None:
        found.append(Complaint.moment <= datetime.combine(until, time.max))
    return found


def _declared(by: str, rows: Any, since: date | None, until: date | None) -> Table:
    days: dict[str, Any] = {name: d.isoformat() for name, d in (("since", since), ("until", until)) if d is not None}

    def documents(row: Any) -> str:
        asked = dict(days)
        if by == "month":
            step = STEPS["month"]
            first = step.first_day(row.key)
            last = step.last_day(first)
            asked["since"] = max(first, since or first).isoformat()
            asked["until"] = min(last, until or last).isoformat()
        else:
            asked[by] = str(row.key) if row.key else "none"
        return url_for("trade.complaint_list", state="posted", **asked)

    names: dict[str, Any] = {
        "item": (Item.name, lambda q: q.join(Item, Item.id == rows.c.key)),
        "reason": (ComplaintReason.name, lambda q: q.outerjoin(ComplaintReason, ComplaintReason.id == rows.c.key)),
        "supplier": (Contact.name, lambda q: q.outerjoin(Contact, Contact.id == rows.c.key)),
        "month": (type_coerce(rows.c.key, FirstDay("month")), lambda q: q),
    }
    name, joined = names[by]
    words: dict[str, Callable[[Any], str]] = {"reason": reason_word, "month": STEPS["month"].words}
    return Table(
        name="trade.complaint_figure",
        title=_l("Complaints in figures"),
        needs="trade.complaint.view",
        source=lambda _session: joined(select().select_from(rows)),
        key=func.coalesce(rows.c.key, 0),
        columns=(
            Column(
                "name",
                _BY[by],
                name,
                "date" if by == "month" else "text",
                headline=True,
                link=documents,
                nullable=by in ("reason", "supplier"),
                absent=_l("none said"),
                words=words.get(by),
            ),
            Column("complaints", _l("Complaints"), rows.c.complaints, "integer"),
            *([Column("quantity", _l("Quantity"), rows.c.quantity, "quantity")] if by == "item" else []),
            Column("cost", _l("What they cost"), rows.c.cost, "money", summed=()),
            Column("key", "", rows.c.key, hidden=True, sortable=False),
        ),
        order="-complaints",
        search=(),
        empty=_l("Nothing was complained of."),
        is_found=False,
    )


complaint_figures = Report(
    "trade.complaint_figure",
    _l("Complaints in figures"),
    "trade.complaint.view",
    _l("How often customers complain, of what and why, and what settling it cost."),
    of=_table,
    parameters=(
        Parameter("by", _l("By"), "choice", tuple(_BY.items()), default=lambda: "item"),
        Parameter("since", _l("Since")),
        Parameter("until", _l("Until")),
    ),
)

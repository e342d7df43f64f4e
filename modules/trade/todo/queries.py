"""What waits for a salesperson, the most urgent first: a bounded number of rows and of statements, whatever else there is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, case, false, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.security import Actor
from app.api.texts import day, money
from app.api.web import document_address
from modules.contacts.api import count_overdue, overdue_documents
from modules.trade.answers.models import ACCEPTED, ASKED, QuoteAnswer
from modules.trade.models import CustomerRequest, Quote, SalesOrder
from modules.trade.pipeline.orders import READY, open_orders, readiness
from modules.trade.pipeline.quotes import is_unanswered
from modules.trade.pipeline.stages import a_year
from modules.trade.registers import OUT
from modules.trade.requests.queries import is_answered

#: of one part, on the page
MOST = 50
#: a quote that ends within so many days is followed up
_SOON = timedelta(days=7)
#: what waits, and whether a row of it is late
Asked = tuple[Any, ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Task:
    """A document that waits for somebody, and why."""

    address: str
    number: str
    name: str
    says: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Tasks of one sort; `more` leads to all of them, where there are more than are shown."""

    title: str
    empty: str
    tasks: list[Task] = field(default_factory=list)
    more: str = ""


def parts(session: Session, actor: Actor, *, is_all: bool) -> Iterator[Part]:
    """What waits, in the order in which one does it, as far as each is open to the actor: what is one's own, or all of it."""
    user_id = None if is_all else actor.user_id
    for find in (_requests, _quotes, _drafts, _orders, _payments):
        if (part := find(session, actor, user_id)) is not None:
            yield part


def count(session: Session, actor: Actor) -> tuple[int, bool]:
    """How much of one's own waits, at most `MOST` of each part, and whether something of it is late: two statements that bring
    no rows of it."""
    counted, overdue = [], 0
    for ask in (_asked_requests, _asked_quotes, _asked_drafts, _asked_orders):
        if (asked := ask(session, actor, actor.user_id)) is not None:
            some = (
                asked[0]
                .with_only_columns(asked[1].label("is_late"))
                .order_by(case((asked[1], 0), else_=1))
                .limit(MOST)
                .subquery()
            )
            late = func.max(case((some.c.is_late, 1), else_=0)).label("late")
            counted.append(select(func.count().label("n"), late).select_from(some))
    rows = list(session.execute(union_all(*counted))) if counted else []
    if _sees_payments(actor):
        overdue = count_overdue(session, limit=MOST, user_id=actor.user_id)
    return sum(row.n for row in rows) + overdue, overdue > 0 or any(row.late for row in rows)


def _whose(model: Any, user_id: int | None) -> ColumnElement[bool]:
    return true() if user_id is None else or_(model.responsible_id == user_id, model.owner_id == user_id)


def _part(title: str, empty: str, tasks: list[Task], more: str) -> Part:
    return Part(title, empty, tasks[:MOST], more if len(tasks) > MOST else "")


def _address(model: Any, document_id: int) -> str:
    return url_for(f"{model.__mapper_args__['polymorphic_identity']}_view", document_id=document_id)


def _asked_requests(session: Session, actor: Actor, user_id: int | None) -> Asked | None:
    if not actor.may("trade.customer_request.view"):
        return None
    model, today = CustomerRequest, wall_clock().date()
    query = select(model.id, model.number, model.summary, model.answer_by, model.moment)
    since = model.moment >= _a_year_ago(today)
    return query.where(model.state == "posted", since, ~is_answered(), _whose(model, user_id)), model.answer_by < today


def _requests(session: Session, actor: Actor, user_id: int | None) -> Part | None:
    if (asked := _asked_requests(session, actor, user_id)) is None:
        return None
    query, model, today = asked[0], CustomerRequest, wall_clock().date()
    rows = session.execute(query.order_by(func.coalesce(model.answer_by, date.max), model.id).limit(MOST + 1))
    tasks = [
        Task(
            _address(model, r.id),
            r.number,
            r.summary,
            *_by(r.answer_by, today, _("asked on %(day)s", day=day(r.moment))),
        )
        for r in rows
    ]
    more = url_for("trade.customer_request_list", outcome="posted")
    return _part(_("To answer"), _("Every request is answered."), tasks, more)


def _newest_answer() -> Any:
    return (
        select(QuoteAnswer.verb)
        .where(QuoteAnswer.document_id == Quote.id, QuoteAnswer.version == Quote.version)
        .order_by(QuoteAnswer.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _asked_quotes(session: Session, actor: Actor, user_id: int | None) -> Asked | None:
    if not actor.may("trade.quote.view"):
        return None
    today, newest = wall_clock().date(), _newest_answer()
    query = select(Quote.id, Quote.number, Quote.summary, Quote.valid_until, Quote.moment, newest.label("verb"))
    query = query.where(
        Quote.state == "posted", is_unanswered(), Quote.moment >= _a_year_ago(today), _whose(Quote, user_id)
    )
    return query, or_(func.coalesce(newest, "").in_((ACCEPTED, ASKED)), Quote.valid_until < today)


def _quotes(session: Session, actor: Actor, user_id: int | None) -> Part | None:
    if (asked := _asked_quotes(session, actor, user_id)) is None:
        return None
    query, today, newest = asked[0], wall_clock().date(), _newest_answer()
    by = (case((newest == ACCEPTED, 0), else_=1), func.coalesce(Quote.valid_until, date.max), Quote.id)
    rows = session.execute(query.order_by(*by).limit(MOST + 1)).all()

    def says(row: Any) -> tuple[str, bool]:
        if row.verb == ACCEPTED:
            return _("the customer accepts"), True
        if row.verb == ASKED:
            return _("the customer asks"), True
        if row.valid_until is not None and row.valid_until <= today + _SOON:
            words = _("expired on %(day)s") if row.valid_until < today else _("valid until %(day)s")
            return words % {"day": day(row.valid_until)}, row.valid_until < today
        days = (today - row.moment.date()).days
        return ngettext("%(num)d day without an answer", "%(num)d days without an answer", days), False

    tasks = [Task(_address(Quote, r.id), r.number, r.summary, *says(r)) for r in rows]
    more = url_for("trade.quote_list", made="nothing")
    return _part(_("Quotes without an order"), _("No quote waits for its customer."), tasks, more)


def _a_year_ago(today: date) -> datetime:
    """Since when quotes wait: what is older is followed up no more, as in the pipeline."""
    return datetime.combine(a_year(today), time.min)


def _asked_drafts(session: Session, actor: Actor, user_id: int | None) -> Asked | None:
    if not actor.may("trade.sales_order.post"):
        return None
    query = select(SalesOrder.id, SalesOrder.summary, SalesOrder.moment).where(SalesOrder.state == "draft")
    return query.where(_whose(SalesOrder, user_id)), false()


def _drafts(session: Session, actor: Actor, user_id: int | None) -> Part | None:
    if (asked := _asked_drafts(session, actor, user_id)) is None:
        return None
    rows = session.execute(asked[0].order_by(SalesOrder.id).limit(MOST + 1))
    tasks = [
        Task(_address(SalesOrder, r.id), _("draft"), r.summary, _("written on %(day)s", day=day(r.moment)))
        for r in rows
    ]
    more = url_for("trade.sales_order_list", state="draft")
    return _part(_("Orders to confirm"), _("No order waits to be confirmed."), tasks, more)


def _asked_orders(session: Session, actor: Actor, user_id: int | None) -> Asked | None:
    if not actor.may("trade.sales_order.view"):
        return None
    orders = open_orders(session, OUT)
    columns = (SalesOrder.id, SalesOrder.number, SalesOrder.summary, SalesOrder.delivery)
    query = select(*columns, readiness(orders).label("ready")).select_from(orders)
    query = query.join(SalesOrder, SalesOrder.id == orders.c.order_id).where(_whose(SalesOrder, user_id))
    return query, SalesOrder.delivery < wall_clock().date()


def _orders(session: Session, actor: Actor, user_id: int | None) -> Part | None:
    if (asked := _asked_orders(session, actor, user_id)) is None:
        return None
    query, today = asked[0], wall_clock().date()
    rows = session.execute(query.order_by(func.coalesce(SalesOrder.delivery, date.max), SalesOrder.id).limit(MOST + 1))

    def says(row: Any) -> tuple[str, bool]:
        words, is_late = _by(row.delivery, today, "")
        ready = _("can be shipped %(how)s", how=READY[row.ready])
        return ", ".join(each for each in (words, ready) if each), is_late

    tasks = [Task(_address(SalesOrder, r.id), r.number, r.summary, *says(r)) for r in rows]
    return _part(
        _("Orders to ship"), _("Every order is shipped."), tasks, url_for("core.report_view", name="trade.to_ship")
    )


def _sees_payments(actor: Actor) -> bool:
    return actor.may("trade.sale.view") and actor.may("contacts.statement.view") and actor.sees("contacts.financial")


def _payments(session: Session, actor: Actor, user_id: int | None) -> Part | None:
    if not _sees_payments(actor):
        return None
    today = wall_clock().date()
    tasks = [
        Task(
            document_address(each.kind, each.id) or url_for("contacts.open_item_list"),
            each.number,
            each.name,
            f"{money(each.amount, each.currency)} {each.currency}, {_by(each.due, today, '')[0]}",
            is_late=True,
        )
        for each in overdue_documents(session, limit=MOST + 1, user_id=user_id)
    ]
    more = url_for("contacts.open_item_list", who="them", due=(today - timedelta(days=1)).isoformat())
    return _part(_("Payments overdue"), _("Nobody pays late."), tasks, more)


def _by(until: date | None, today: date, otherwise: str) -> tuple[str, bool]:
    """By when something is to be done, in words, and whether that is past."""
    if until is None:
        return otherwise, False
    if until < today:
        days = (today - until).days
        return ngettext("%(num)d day late", "%(num)d days late", days), True
    return _("by %(day)s", day=day(until)), False

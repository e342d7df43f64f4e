"""What the contacts say on the management overview: money that came and went, what is late, what is expected by week."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import BigInteger, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import kind_of
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import money
from app.api.values import Money, from_units
from app.api.web import AHEAD, LATE, MOST_COUNTED, HomePart, OverviewFigure
from modules.contacts.models import Payment
from modules.contacts.money.calendar import calendar, due_by_day
from modules.contacts.money.models import OtherPayment
from modules.contacts.work.models import OPEN as OPEN_TASK
from modules.contacts.work.models import Task

#: how many weeks ahead are shown
_WEEKS = 6


def figures(session: Session, actor: Actor, since: date, until: date) -> Iterator[OverviewFigure]:
    """Payments of the period, debts and tasks that are overdue."""
    if actor.may("contacts.payment.view"):
        titles = {"in": _("Money received"), "out": _("Money paid")}
        yield from _payments(session, Payment, titles, since, until, shows_none=True)
    if actor.may("contacts.other_payment.view"):
        titles = {"in": _("Received without a contact"), "out": _("Paid without a contact")}
        yield from _payments(session, OtherPayment, titles, since, until)
    if _sees_debts(actor):
        yield from _debts(session)
    if actor.may("contacts.task.view"):
        rows = select(Task.id).where(Task.state == OPEN_TASK, Task.due < wall_clock())
        count = session.scalars(select(func.count()).select_from(rows.limit(MOST_COUNTED).subquery())).one()
        if count:
            yield OverviewFigure(_("Overdue tasks"), str(count), url_for("contacts.task_list", by="overdue"), part=LATE)


def parts(session: Session, actor: Actor) -> Iterator[HomePart]:
    """Expected cash by week."""
    if _sees_debts(actor):
        found = calendar(session, wall_clock().date(), step=7, count=_WEEKS)
        yield HomePart("contacts/expected_cash.html", {"found": found})


def _sees_debts(actor: Actor) -> bool:
    return actor.may("contacts.statement.view") and actor.sees("contacts.financial")


def _payments(
    session: Session,
    model: type[Payment | OtherPayment],
    titles: Mapping[str, str],
    since: date,
    until: date,
    *,
    shows_none: bool = False,
) -> Iterator[OverviewFigure]:
    """What came in and went out, in the organisation's currency; `shows_none`: also where nothing did."""
    currency = base_currency(session)
    within = (model.moment >= since, model.moment <= datetime.combine(until, time.max), model.state == "posted")
    units = cast(func.sum(type_coerce(model.base, BigInteger)), BigInteger)
    rows = session.execute(
        select(model.direction, func.count(model.id), units).where(*within).group_by(model.direction)
    )
    found = {direction: (count, from_units(base, Money.scale)) for direction, count, base in rows}
    for direction, title in titles.items():
        if direction not in found and not shows_none:
            continue
        count, amount = found.get(direction, (0, Decimal(0)))
        days: dict[str, Any] = {"since": since.isoformat(), "until": until.isoformat()}
        yield OverviewFigure(
            title,
            f"{money(amount, currency)} {currency}",
            url_for(f"{kind_of(model).name}_list", direction=direction, state="posted", **days),
            ngettext("%(num)d payment", "%(num)d payments", count),
        )


def _debts(session: Session) -> Iterator[OverviewFigure]:
    """What should have been paid before today, and what falls due within a week, apart by currency; without what was paid
    ahead."""
    today, due = wall_clock().date(), due_by_day(session)
    late: Callable[[date], bool] = lambda day: day < today  # noqa: E731 - beside the other
    soon: Callable[[date], bool] = lambda day: today <= day < today + timedelta(days=7)  # noqa: E731
    yesterday, week = today - timedelta(days=1), today + timedelta(days=6)
    for who, side, title, is_due, days, part in (
        ("them", 0, _("Overdue: customers owe us"), late, {"due": yesterday}, LATE),
        ("us", 1, _("Overdue: we owe"), late, {"due": yesterday}, LATE),
        ("them", 0, _("Comes in within a week"), soon, {"due_since": today, "due": week}, AHEAD),
        ("us", 1, _("Goes out within a week"), soon, {"due_since": today, "due": week}, AHEAD),
    ):
        sums = {
            c: sum((pair[side] for day, pair in by.items() if day is not None and is_due(day)), Decimal(0))
            for c, by in due.items()
        }
        if value := _by_currency(sums.items()):
            asked: dict[str, Any] = {name: day.isoformat() for name, day in days.items()}
            yield OverviewFigure(title, value, url_for("contacts.open_item_list", who=who, **asked), part=part)


def _by_currency(sums: Iterable[tuple[str, Decimal]]) -> str:
    return " · ".join(f"{money(amount, currency)} {currency}" for currency, amount in sorted(sums) if amount)

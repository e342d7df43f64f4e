"""How old debts are: what was open at the end of a day, by how long it was overdue then; each figure unfolds to its documents.

What stood open comes from the entries of the items that were open then, which their spans say (docs/adr/0048): a day of long
ago costs what was open then.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String, and_, case, cast, func, select, true, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Invalid
from app.api.ledger import closed_keys, standing
from app.api.reference import base_currency
from app.api.reports import Parameter, Report
from app.api.search import FoundBy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Table, document_address
from modules.contacts.conditions import bounds_of
from modules.contacts.dunning.models import levels_at
from modules.contacts.families import are_merged, by_head, family_of
from modules.contacts.groups import chosen_group, groups_offered
from modules.contacts.models import FINANCIAL, Contact, OpenItem
from modules.contacts.queries import of_modules_off
from modules.contacts.registers import Settlements
from modules.contacts.search import ContactSearch

#: the last day of each bucket, in days overdue
BOUNDS = (30, 60, 90)
THEM, US = "them", "us"
_WHO = ((THEM, _l("owe us")), (US, _l("we owe")))
_EACH, _BASE = "each", "base"
_GROUP = FINANCIAL["group"]


def buckets_of(bounds: Sequence[int]) -> list[tuple[str, object, int | None, int | None]]:
    """Name, title, and from how many to how many days overdue (None: no bound)."""
    found: list[tuple[str, object, int | None, int | None]] = [("not_due", _l("Not due"), None, 0)]
    before = 0
    for n, bound in enumerate(bounds, 1):
        found.append((f"late_{n}", _l("%(first)d–%(last)d days", first=before + 1, last=bound), before + 1, bound))
        before = bound
    return [*found, (f"late_{len(bounds) + 1}", _l("over %(days)d days", days=before), before + 1, None)]


def _due() -> Any:
    return func.coalesce(OpenItem.due, func.date(Document.moment))


def _within(day: date, first: int | None, last: int | None) -> Any:
    """Whether an item is so many days overdue at the end of a day."""
    until = [_due() <= day - timedelta(days=first)] if first is not None else []
    since = [_due() >= day - timedelta(days=last)] if last is not None else []
    return and_(true(), *until, *since)


def _stood(session: Session, day: date, contact_ids: Sequence[int] = ()) -> Any:
    """What stood open by item, as a subquery; `contact_ids`: of these contacts alone.

    Refused (Invalid): a past day for whom documents of some kind are closed, as two days would tell what those came to.
    """
    is_past = day < wall_clock().date()
    if (
        is_past
        and closed_keys(session, Settlements.balance, datetime.combine(day, time.max), by=("contact",)) is not None
    ):
        raise Invalid(_l("Only the present day is open to you, as some documents aren't."), field="date")
    where = {"contact": contact_ids} if contact_ids else None
    return standing(session, Settlements.open_items, day, by=("contact", "item", "currency"), where=where)


def _open_at(stood: Any, who: str, *columns: Any) -> Any:
    """Items of which something stood open, as far as their contacts and documents are open to the session's actor."""
    amount = type_coerce(stood.c.amount, BigInteger)
    query = select(*columns).select_from(OpenItem).join(stood, stood.c.item_id == OpenItem.id)
    query = query.join(Document, Document.id == OpenItem.document_id)
    return query.where(amount > 0 if who == THEM else amount < 0)


def ageing_at(
    session: Session,
    day: date,
    *,
    who: str = THEM,
    bounds: Sequence[int] = BOUNDS,
    in_base: bool = False,
    among: Collection[int] | None = None,
) -> Table:
    """What each contact owed at the end of a day, or what we owed, by how long it was overdue: in each currency, or in the
    organisation's at the rates of the documents; of all, or `among` some."""
    if not session.info["actor"].sees(_GROUP):
        return _table(session, select(OpenItem.contact_id.label("contact_id")).subquery(), day, who, (), in_base)
    stood, sign = _stood(session, day), 1 if who == THEM else -1
    units = sign * type_coerce(stood.c.base if in_base else stood.c.amount, BigInteger)

    def total(when: Any = None) -> Any:
        return type_coerce(cast(func.sum(units if when is None else case((when, units), else_=0)), BigInteger), Money)

    keys = [stood.c.contact_id] if in_base else [stood.c.contact_id, stood.c.currency]
    buckets = buckets_of(bounds)
    sums = [total(_within(day, first, last)).label(name) for name, _, first, last in buckets]
    base = type_coerce(cast(func.sum(sign * type_coerce(stood.c.base, BigInteger)), BigInteger), Money).label("base")
    query = _open_at(stood, who, *keys, *sums, total().label("total"), base).group_by(*keys)
    if among is not None:
        query = query.where(OpenItem.contact_id.in_(among))
    aged: Any = query.subquery("aged")
    if are_merged(session):
        aged = by_head(aged, keys=() if in_base else ("currency",))
    return _table(session, aged, day, who, buckets, in_base)


def _table(
    session: Session, aged: Any, day: date, who: str, buckets: Sequence[tuple[str, object, Any, Any]], in_base: bool
) -> Table:
    ours = base_currency(session)
    said = {"date": day.isoformat(), "who": who}

    def unfold(bucket: tuple[str, object, Any, Any] | None = None) -> Any:
        days = {"late_from": bucket[2], "late_to": bucket[3]} if bucket is not None else {}
        asked = {**said, **{name: value for name, value in days.items() if value is not None}}

        def address(row: Any) -> str:
            from flask import url_for

            own = {} if in_base else {"currency": row.currency}
            return url_for("contacts.aged_item_list", contact=row.id, **asked, **own)

        return address

    def amount(name: str, title: object, link: Any = None, currency: str | None = "currency") -> Column:
        return Column(
            name, title, aged.c[name], "money", currency=currency, summed=(), closed=_GROUP, link=link, sortable=True
        )

    currency = None if in_base else "currency"
    figures = [amount(b[0], b[1], unfold(b), currency) for b in buckets]
    if buckets:
        figures.append(amount("total", _l("Total"), unfold(), currency))
        figures += [] if in_base else [amount("base", _l("In %(currency)s", currency=ours), None, None)]
    return Table(
        name="contacts.ageing",
        title=_l("Ageing of debts"),
        needs="contacts.statement.view",
        source=lambda _session: select().select_from(Contact).join(aged, aged.c.contact_id == Contact.id),
        key=Contact.id if in_base or not buckets else cast(Contact.id, String) + ":" + aged.c.currency,
        key_type=int if in_base or not buckets else str,
        columns=(
            Column("name", _l("Contact"), Contact.name, headline=True, link=unfold()),
            Column("code", _l("Code"), Contact.code),
            *figures,
            *([] if in_base or not buckets else [Column("currency", _l("Currency"), aged.c.currency)]),
            Column("id", "", Contact.id, hidden=True, sortable=False),
        ),
        order="name",
        search=(FoundBy(ContactSearch, Contact.id),),
        empty=_l("Nothing was open."),
        missing=of_modules_off,
        is_found=False,
    )


def aged_items_at(session: Session, day: date, asked: Mapping[str, Any]) -> Table:
    """The documents of which something stood open at the end of a day: of a contact, in a currency, so many days overdue, as
    far as `asked` says it."""
    who = asked.get("who", THEM)
    family = family_of(session, asked["contact"]) if asked.get("contact") else []
    stood, reminded, ours = _stood(session, day, family), levels_at(day), base_currency(session)

    def source(_session: Session) -> Any:
        query = _open_at(stood, who).join(Contact, Contact.id == OpenItem.contact_id)
        query = query.outerjoin(reminded, reminded.c.item_id == OpenItem.id)
        query = query.where(_within(day, asked.get("late_from"), asked.get("late_to")))
        return query.where(stood.c.currency == asked["currency"]) if asked.get("currency") else query

    kinds = {kind: m.class_.title for kind, m in Document.__mapper__.polymorphic_map.items()}
    return Table(
        name="contacts.aged_item",
        title=_l("What was open"),
        needs="contacts.statement.view",
        source=source,
        key=OpenItem.id,
        columns=(
            Column(
                "number",
                _l("Number"),
                Document.number,
                headline=True,
                link=lambda row: document_address(row.kind, row.document_id),
            ),
            Column("kind", _l("Document"), Document.kind, choices=kinds, sortable=False),
            Column("name", _l("Contact"), Contact.name),
            Column("moment", _l("Date"), Document.moment, "moment"),
            Column("due", _l("Payment due"), OpenItem.due, "date", nullable=True),
            Column("reminded", _l("Reminders"), reminded.c.level, "integer", nullable=True),
            Column("amount", _l("Amount"), OpenItem.amount, "money", currency="currency"),
            Column(
                "open", _l("Open (−: we owe)"), stood.c.amount, "money", currency="currency", summed=(), closed=_GROUP
            ),
            Column("base", _l("In %(currency)s", currency=ours), stood.c.base, "money", summed=(), closed=_GROUP),
            Column("currency", _l("Currency"), stood.c.currency),
            Column("document_id", "", OpenItem.document_id, hidden=True, sortable=False),
        ),
        order="moment",
        search=(func.lower(Document.number), FoundBy(ContactSearch, OpenItem.contact_id)),
        empty=_l("Nothing was open."),
        missing=of_modules_off,
        is_found=False,
    )


def _today() -> str:
    return wall_clock().date().isoformat()


def _ageing(session: Session, asked: Mapping[str, Any]) -> Table:
    bounds = bounds_of(asked["bounds"]) if asked.get("bounds") else BOUNDS
    among = chosen_group(session, asked["group"]).member_of if asked.get("group") else None
    in_base = asked.get("in", _EACH) == _BASE
    return ageing_at(
        session, asked.get("date") or wall_clock().date(), who=_who(asked), bounds=bounds, in_base=in_base, among=among
    )


def _aged_items(session: Session, asked: Mapping[str, Any]) -> Table:
    numbers = {name: _number(name, asked[name]) for name in ("contact", "late_from", "late_to") if name in asked}
    return aged_items_at(session, asked.get("date") or wall_clock().date(), {**asked, "who": _who(asked), **numbers})


def _who(asked: Mapping[str, Any]) -> str:
    who = str(asked.get("who", THEM))
    if who not in (THEM, US):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=who), field="who")
    return who


def _number(name: str, value: Any) -> int:
    with suppress(ArithmeticError):
        found = Decimal(str(value))
        if found.is_finite() and found.adjusted() < 18:  # no number in a database is longer
            return int(found)
    raise Invalid(_l("“%(value)s” isn't a whole number", value=value), field=name)


def _currencies(session: Session) -> list[tuple[str, object]]:
    own = base_currency(session)
    return [(_EACH, _l("in each currency")), (_BASE, _l("all in %(currency)s", currency=own))]


ageing = Report(
    "contacts.ageing",
    _l("Ageing of debts"),
    "contacts.statement.view",
    _l("Who owes whom how much at the end of a day, by how long it is overdue."),
    _ageing,
    parameters=(
        Parameter("date", _l("At the end of"), default=_today),
        Parameter("who", _l("Who owes"), "choice", _WHO, default=lambda: THEM),
        Parameter("in", _l("Currency"), "choice", _currencies, default=lambda: _EACH),
        Parameter("bounds", _l("Days that end each bucket"), "text", default=lambda: ",".join(map(str, BOUNDS))),
        Parameter("group", _l("Group of companies"), "choice", groups_offered),
    ),
    endpoint="contacts.ageing_list",
)
aged_items = Report(
    "contacts.aged_item",
    _l("What was open"),
    "contacts.statement.view",
    _l("Every document of which something was still to be paid at the end of a day."),
    _aged_items,
    parameters=(
        Parameter("date", _l("At the end of"), default=_today),
        Parameter("who", _l("Who owes"), "choice", _WHO, default=lambda: THEM),
        Parameter("contact", _l("Contact"), "record"),
        Parameter("currency", _l("Currency"), "text"),
        Parameter("late_from", _l("Days overdue, from"), "number"),
        Parameter("late_to", _l("Days overdue, to"), "number"),
    ),
    endpoint="contacts.aged_item_list",
)

"""How many contacts there are of each kind, what moved on their accounts and what is owed, by whatever they are sorted by."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import closed_keys, moved_between, standing
from app.api.reference import country_name
from app.api.reports import Parameter, Report
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Table
from modules.contacts.families import are_merged, by_head
from modules.contacts.labels import TITLES
from modules.contacts.models import KINDS, Contact, Label, contact_label
from modules.contacts.registers import Settlements
from modules.contacts.rules import IMPORTANCE

#: what contacts are sorted by → what it is called
BY: dict[str, object] = {
    "kind": _l("Kind"),
    "country": _l("Country"),
    **TITLES,
    "importance": _l("Importance"),
    "responsible": _l("Responsible"),
}
#: values of some of them in words
_WORDS: dict[str, Callable[[str], object]] = {
    "kind": lambda value: KINDS[value].title,
    "country": country_name,
    "importance": lambda value: IMPORTANCE[value],
}


def _said(by: str) -> Callable[[Any], str]:
    words = _WORDS.get(by, str)
    return lambda value: str(words(value)) if value else str(_l("not said"))


def _grouped(by: str) -> tuple[Any, Callable[[Select[Any]], Select[Any]]]:
    """The text by which contacts are sorted, and what has to be joined for it. Who has several tags counts at each."""
    if by in TITLES:
        its = select(contact_label.c.contact_id, Label.name).join(Label, Label.id == contact_label.c.label_id)
        words = its.where(Label.which == by).subquery()
        return words.c.name, lambda query: query.outerjoin(words, words.c.contact_id == Contact.id)
    if by == "responsible":
        return User.name, lambda query: query.outerjoin(User, User.id == Contact.responsible_id)
    return getattr(Contact, by), lambda query: query


def analysis_of(session: Session, asked: Mapping[str, Any]) -> Table:
    """The figures of contacts in use, all or of a `kind`, sorted by `by`. What is owed is as of now; turnover is of the days
    `since` … `until`, and not said to whom documents of some kind are closed: a group may be one contact with one of them."""
    by = asked.get("by") if asked.get("by") in BY else "kind"
    actor = session.info["actor"]
    grouped, joined = _grouped(str(by))
    group = func.coalesce(grouped, "").label("group")
    figures: list[Any] = [func.count(Contact.id).label("count")]
    query = joined(select(group).select_from(Contact)).where(Contact.is_active)
    columns: list[tuple[str, object]] = []
    if actor.sees("contacts.financial"):
        at_heads = by_head if are_merged(session) else _as_it_is
        owed = at_heads(standing(session, Settlements.balance, by=("contact",)), name="owed")
        query = query.outerjoin(owed, owed.c.contact_id == Contact.id)
        units = type_coerce(owed.c.base, BigInteger)
        figures += [_sum(case((units > 0, units), else_=0), "them"), _sum(case((units < 0, -units), else_=0), "us")]
        columns += [("them", _l("Owe us")), ("us", _l("We owe"))]
        if closed_keys(session, Settlements.balance, datetime.max, by=("contact",)) is None:
            moved = moved_between(session, Settlements.balance, asked.get("since"), asked.get("until"), by=("contact",))
            moved = at_heads(moved, name="moved_at_heads")
            query = query.outerjoin(moved, moved.c.contact_id == Contact.id)
            figures += [_sum(type_coerce(moved.c[f"base_{s}"], BigInteger), s) for s in ("in", "out")]
            columns += [("in", _l("Debit turnover")), ("out", _l("Credit turnover"))]
    if kind := asked.get("kind"):
        query = query.where(Contact.kind == kind)
    g = query.add_columns(*figures).group_by(group).subquery("grouped").c
    money = (
        Column(
            name,
            title,
            type_coerce(g[name], Money),
            "money",
            closed="contacts.financial",
            summed=None if by == "tag" else (),
        )
        for name, title in columns
    )
    return Table(
        name="contacts.analysis",
        title=_l("Contacts by kind"),
        needs="contacts.statement.view",
        source=lambda _session: select().select_from(g.group.table),
        key=g.group,
        key_type=str,
        columns=(
            Column("group", BY[str(by)], g.group, headline=True, words=_said(str(by))),
            Column("count", _l("Contacts"), g.count, "integer"),
            *money,
        ),
        order="-count",
        empty=_l("No contact is in use."),
        is_found=False,
    )


def _as_it_is(figures: Any, *, name: str) -> Any:
    del name
    return figures


def _sum(units: Any, name: str) -> Any:
    return cast(func.coalesce(func.sum(units), literal(0)), BigInteger).label(name)


report = Report(
    "contacts.analysis",
    _l("Contacts by kind"),
    "contacts.statement.view",
    _l(
        "How many contacts there are, what moved on their accounts in a period, and what is owed: by kind, country, source,"
        " status, tag, importance or who is responsible."
    ),
    of=analysis_of,
    parameters=(
        Parameter("by", _l("By"), "choice", tuple(BY.items()), default=lambda: "kind"),
        Parameter("kind", _l("Of kind"), "choice", tuple((k, m.title) for k, m in KINDS.items())),
        Parameter("since", _l("Since")),
        Parameter("until", _l("Until")),
    ),
)

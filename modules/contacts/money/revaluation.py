"""Revaluation at a period's end: what is open, and what accounts hold, in foreign currencies is worth what the day's rates say.

What is made of an account's balance stays, as its money has no rate of its own. What is made of an open item is undone when the
next day begins: until it is paid nothing of that is realised, and then the whole difference to its own rate is a result.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import locked, post, reverse
from app.api.errors import Conflict, Forbidden, Invalid
from app.api.ledger import Posting, at
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.reference import base_currency, check_day, organisation_id, rate_at
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import Money, digits_of, to_units
from modules.contacts.models import Contact
from modules.contacts.money.models import MoneyAccount, Revaluation
from modules.contacts.money.registers import AccountResults, Cash
from modules.contacts.registers import ExchangeResults, Settlements

_LAST = time(23, 59, 59, 999999)


def revalue(session: Session, actor: Actor, *, day: date, note: str = "") -> Revaluation:
    """Record and post what the rates of `day` make, at its end, of everything in foreign currencies.

    Refused: a day that has not ended, or lies in a closed period; a currency without a rate by then; whoever sees but some of
    the contacts; nothing to revalue, as after a first revaluation of the day.
    """
    require(actor, "contacts.revaluation.post")
    for group in ("contacts.financial", "contacts.cash"):
        if not actor.sees(group):
            raise Forbidden(group)
    if actor.scope("contacts.contact") != "all":
        raise Invalid(_l("Only whoever sees all contacts can revalue what they owe."))
    check_day(day, field="day")
    if day >= wall_clock().date():
        raise Invalid(_l("Choose a day that has ended."), field="day")
    when = datetime.combine(day, _LAST)
    debts, accounts = _differences(session, when)
    if not debts and not accounts:
        raise Conflict(_l("Everything is worth what the rates of this day say. There is nothing to revalue."))
    total = sum((d for *_, d in (*debts, *accounts)), Decimal(0))
    document = Revaluation(
        organisation_id=organisation_id(session),
        day=day,
        moment=when,
        is_dated=True,
        currency=base_currency(session),
        amount=abs(total),
        result=total,
        responsible_id=actor.user_id,
        summary=str(day),
        note=visible(note, one_blank=False),
        links=[],
    )
    post(session, actor, [document], lambda posting, _documents: _enter(posting, document, debts, accounts))
    return document


def reverse_revaluation(session: Session, actor: Actor, document_id: int) -> Revaluation:
    """Reverse a revaluation."""
    document = locked(session, Revaluation, document_id)
    reverse(session, actor, document)
    return document


def revaluation_paper(session: Session, document: Revaluation) -> Paper:
    """What was made of each contact's debts and each account, in the organisation's own currency."""
    lines: list[dict[str, Any]] = []
    for register, model, key in (
        (ExchangeResults, Contact, "contact_id"),
        (AccountResults, MoneyAccount, "account_id"),
    ):
        e = register.entries.c
        query = (
            select(model.name, e.currency, e.base)
            .join_from(register.entries, model, model.id == e[key])
            .where(e.document_id == document.id, e.moment == document.moment, e.side * e.base > 0)
            .order_by(model.name_order, e.currency, e.line)
        )
        sums: dict[tuple[str, str], Decimal] = {}
        for name, currency, base in session.execute(query):
            sums[name, currency] = sums.get((name, currency), Decimal(0)) + base
        lines += [{"name": name, "currency": currency, "result": result} for (name, currency), result in sums.items()]
    return Paper(
        facts=(
            Fact(_l("At the end of"), document.day, "date"),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            PaperColumn("name", _l("Contact or account")),
            PaperColumn("currency", _l("Currency")),
            PaperColumn("result", _l("Gained (−: lost)"), "money", "contacts.cash"),
        ),
        lines=lines,
        totals=(Total(_l("Gained (−: lost)"), document.result, is_grand=True, group="contacts.cash"),),
        currency=document.currency,
    )


def _differences(session: Session, when: datetime) -> tuple[list[Any], list[Any]]:
    """By what each open item (contact, item, currency) and each account (account, currency) is worth more or less at a moment
    than the books say."""
    own = base_currency(session)
    rates: dict[str, Any] = {}

    def difference(currency: str, amounts: Any) -> Decimal:
        if currency == own:
            return Decimal(0)
        rate = rates.setdefault(currency, rate_at(session, currency, when.date()))
        return Decimal(rate.in_base(amounts["amount"], digits_of(own)) - amounts["base"])

    debts = at(session, Settlements.open_items, when, by=("contact", "item", "currency"))
    accounts = at(session, Cash.balance, when, by=("account", "currency"))
    return (
        [(*f.key, d) for f in debts if (d := difference(f.key[2], f.amounts))],
        [(*f.key, d) for f in accounts if (d := difference(f.key[1], f.amounts))],
    )


def _enter(posting: Posting, document: Revaluation, debts: Sequence[Any], accounts: Sequence[Any]) -> None:
    next_day = datetime.combine(document.day + timedelta(days=1), time())
    for line, (contact, item, currency, result) in enumerate(debts, 1):
        units, side = to_units(result, Money.scale), 1 if result > 0 else -1
        said = {"side": side, "contact": contact, "currency": currency}
        for moment, base in ((document.moment, units), (next_day, -units)):
            posting.add_units(Settlements, document, line, moment=moment, item=item, base=base, **said)
            posting.add_units(ExchangeResults, document, line, moment=moment, base=base, **said)
    for line, (account, currency, result) in enumerate(accounts, len(debts) + 1):
        side = 1 if result > 0 else -1
        posting.add(Cash, document, line, side=side, account=account, currency=currency, base=result)
        posting.add(AccountResults, document, line, side=side, account=account, currency=currency, base=result)

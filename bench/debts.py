"""Workloads of debts: the statement and the ageing of a contact with very many documents, and the ageing of many contacts.

Invoices come evenly over three years, and each is paid after thirty days, except for a few. Of the one contact as many are open
whatever its history; of the many contacts as many are on any day.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import insert, text

from app import ledger
from app.days import day_of, round_days
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from bench.company import Subject, contact_row
from bench.history import DOCUMENTS, NUMBERS, TRADE, go_on_counting, moment_of, settle_down
from bench.measuring import Result, by_turns
from bench.reads import LINES_FLOOR, OPENING_FLOOR, SINCE, UNTIL, ask
from modules.contacts.ageing import BOUNDS, aged_items_at, ageing_at
from modules.contacts.models import INSTALMENTS, Contact
from modules.contacts.queries import statement_of

#: documents of the one contact, and how many of them are never paid
OF_ONE, QUICK_OF_ONE, UNPAID = (1_000, 10_000, 100_000), (400,), 50
#: contacts, and entries of all of them together: each document has one
CONTACTS, OF_ALL, QUICK_CONTACTS, QUICK_OF_ALL = 5_000, (100_000, 1_000_000), 20, (400,)
#: of so many invoices of all contacts one is never paid
UNPAID_OF_ALL = 100
#: the first, the second and the third year
DAYS = (date(2023, 7, 17), date(2024, 7, 17), date(2025, 7, 17))

_SPAN, _PAID_AFTER = 1060 * 86_400, 30 * 86_400  # seconds
_AMOUNT = "(1 - 2 * (i % 2)) * 1000000"
_ITEMS = (
    "INSERT INTO contacts_open_item (id, document_id, contact_id, amount, base) "
    + NUMBERS
    + f"SELECT ({{first}} + i) * {INSTALMENTS}, {{first}} + i, {{partner}}, {_AMOUNT}, {_AMOUNT} FROM n"
)
_ENTRIES = (
    "INSERT INTO contacts_settlements_entry (organisation_id, document_id, line, moment, side, contact_id, item_id,"
    " currency, amount, base) "
    + NUMBERS
    + "SELECT 1, {first} + i, 0, {moment}, 1 - 2 * (i % 2), {partner}, ({first} + i - CASE i / 2 % {unpaid} WHEN 0 THEN 0"
    f" ELSE i % 2 END) * {INSTALMENTS}, 'GBP', {_AMOUNT}, {_AMOUNT} FROM n"
)
# What one would write by hand who keeps the same spans.
_OPEN_ON = (
    "SELECT item_id FROM {total} WHERE organisation_id = 1 AND (amount <> 0 OR base <> 0) AND first_day <= {day}{who}"
    " UNION SELECT item_id FROM {total} WHERE organisation_id = 1 AND amount = 0 AND base = 0 AND round_day IN ({before})"
    " AND last_day > {day} UNION SELECT item_id FROM {total} WHERE organisation_id = 1 AND amount = 0 AND base = 0"
    " AND round_day IN ({after}) AND first_day <= {day}"
)
_STOOD = (
    "SELECT contact_id, item_id, sum(amount) AS amount, sum(base) AS base FROM contacts_settlements_entry"
    " WHERE organisation_id = 1 AND moment < ?{who} AND item_id IN ({open}) GROUP BY contact_id, item_id"
)
_AGED = (
    "SELECT s.contact_id, c.name, sum(s.amount), sum(s.base), {buckets} FROM ({stood}) s"
    " JOIN contacts_open_item i ON i.id = s.item_id JOIN core_document d ON d.id = i.document_id"
    " JOIN contacts_contact c ON c.id = s.contact_id WHERE s.amount > 0 GROUP BY s.contact_id, c.name"
    " ORDER BY c.name LIMIT 50"
)
_DOCUMENTS = (
    "SELECT d.number, d.kind, d.moment, i.due, i.amount, s.amount, s.base FROM ({stood}) s"
    " JOIN contacts_open_item i ON i.id = s.item_id JOIN core_document d ON d.id = i.document_id WHERE s.amount > 0"
    " ORDER BY d.moment LIMIT 50"
)


def debts(engine: str, subject: Subject, *, quick: bool) -> Iterator[Result]:
    """Of one contact as its documents grow; then of many, on days of each year."""
    rounds = 1 if quick else 7
    (one,), written = _contacts(subject, 1), 0
    for size in QUICK_OF_ONE if quick else OF_ONE:
        # of all the same few are unpaid: they are the first that are written
        _write(subject, size - written, str(one), unpaid=max(1, (written and 10**9) or size // 2 // UNPAID))
        written = size
        yield _measured(engine, "statement of one contact", size, _statement(subject, one), rounds)
        yield _measured(engine, "ageing of one contact", size, _of_one(subject, one, DAYS[1]), rounds)
    contacts, written = _contacts(subject, QUICK_CONTACTS if quick else CONTACTS), 0
    for size in QUICK_OF_ALL if quick else OF_ALL:
        _write(subject, size - written, f"{contacts[0]} + (i / 2) % {len(contacts)}", unpaid=UNPAID_OF_ALL)
        written = size
        for day in DAYS:
            count = len(ask(subject, (_stood(day), (_after(day),)))[0])
            found = _measured(engine, f"ageing of all, {day}", size, _of_all(subject, day), rounds)
            yield Result(**{**found.as_json(), "note": f"{count:,} items"})


def _contacts(subject: Subject, count: int) -> list[int]:
    def work(session: Any) -> list[int]:
        known = session.execute(text("SELECT max(id) FROM contacts_contact")).scalar_one()
        rows = [{**contact_row(n), "code": f"D{known + n}"} for n in range(1, count + 1)]
        session.connection().execute(insert(Contact.__table__), rows)  # type: ignore[arg-type]
        return list(session.scalars(text(f"SELECT id FROM contacts_contact WHERE id > {known} ORDER BY id")))

    return list(subject.company.database.run(work, actor=SYSTEM))


def _write(subject: Subject, count: int, partner: str, *, unpaid: int) -> None:
    """So many documents by turns an invoice and its payment; of `unpaid` invoices one isn't paid, and what was to pay it is an
    advance."""

    def work(session: Any) -> None:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        first = connection.execute(text("SELECT max(id) + 1 FROM core_document")).scalar_one()
        moment = moment_of(f"(CAST(i / 2 AS bigint) * {_SPAN} / {(count + 1) // 2} + i % 2 * {_PAID_AFTER})", sqlite)
        false, true = ("0", "1") if sqlite else ("false", "true")
        names = {"first": first, "moment": moment, "partner": partner, "unpaid": unpaid, "false": false, "true": true}
        for statement in (DOCUMENTS, TRADE, _ITEMS, _ENTRIES):
            connection.execute(text(statement.format(**names)), {"count": count})
        go_on_counting(connection, "core_document")
        ledger.rebuild(session)

    subject.company.database.run(work, actor=SYSTEM)
    settle_down(subject)


def _measured(
    engine: str, work: str, size: int, ways: tuple[Callable[[], Any], Callable[[], Any]], rounds: int
) -> Result:
    ours, floor, ratio = by_turns(*ways, rounds=rounds, acts=1)
    return Result(engine, work, size, ours * 1000, floor * 1000, ratio)


def _statement(subject: Subject, contact: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    days = datetime(2025, 6, 1), datetime(2025, 7, 1)
    return (
        lambda: subject.read(lambda session: statement_of(session, contact, SINCE, UNTIL)),
        lambda: ask(subject, (OPENING_FLOOR, (contact,)), (LINES_FLOOR, (contact, *days))),
    )


def _of_one(subject: Subject, contact: int, day: date) -> tuple[Callable[[], Any], Callable[[], Any]]:
    by_hand = _DOCUMENTS.format(stood=_stood(day, contact))
    return (
        lambda: subject.read(lambda s: fetch(s, aged_items_at(s, day, {"contact": contact}), Query())),
        lambda: ask(subject, (by_hand, (_after(day),))),
    )


def _of_all(subject: Subject, day: date) -> tuple[Callable[[], Any], Callable[[], Any]]:
    bounds = [None, *(day - timedelta(days=n) for n in (0, *BOUNDS)), None]
    sums = [_bucket(since, until) for until, since in pairwise(bounds)]
    by_hand = _AGED.format(stood=_stood(day), buckets=", ".join(sums))
    return (
        lambda: subject.read(lambda s: fetch(s, ageing_at(s, day), Query())),
        lambda: ask(subject, (by_hand, (_after(day),))),
    )


def _bucket(since: date | None, until: date | None) -> str:
    due = "coalesce(i.due, date(d.moment))"
    within = [*([f"{due} >= '{since}'"] if since else []), *([f"{due} < '{until}'"] if until else [])]
    return f"sum(CASE WHEN {' AND '.join(within)} THEN s.amount ELSE 0 END)"


def _stood(day: date, contact: int | None = None) -> str:
    number = day_of(_after(day) - timedelta(days=1))
    before, after = (", ".join(map(str, sorted(days))) for days in round_days(number))
    who = f" AND contact_id = {contact}" if contact is not None else ""
    total = "contacts_settlements_open_items_total"
    return _STOOD.format(who=who, open=_OPEN_ON.format(total=total, day=number, before=before, after=after, who=who))


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time())

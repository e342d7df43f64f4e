"""What the books say of an import before anything is written: what is in them already, and what they will not take."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import (
    Document,
    Import,
    Money,
    base_currency,
    from_units,
    organisation,
    rate_at,
    shortest,
    to_units,
    unrestricted,
)
from modules.contacts.models import Contact
from modules.trade.imports.batch import Batch, Paper
from modules.trade.imports.rules import WRITE_OFF
from modules.trade.models import TradeLine
from modules.warehouse.models import MovementLine

Value = TypeVar("Value")
_PIECE = 500

ALREADY = _l("already imported")


def compare_with_books(session: Session, job: Import, batch: Batch) -> None:
    """Mark papers that are in the books already; report those that can't be.

    In error: a number that another document has, an invoice imported before with other rows, a closed period, a
    customer who is not open to the actor. Refused altogether (Invalid): a currency without a rate.
    """
    with unrestricted(session, "what of this file is in the books already?"):
        for papers in pieces([p for p in batch.papers if not p.refused]):
            _compare(session, job, batch, papers)
        closed = organisation(session).closed_until
        for paper in batch.papers:
            if not paper.refused and closed is not None and paper.moment.date() <= closed:
                _fail(job, batch, paper, "moment", _l("the books are closed up to %(date)s", date=closed))
    _refuse_hidden_customers(session, job, batch)
    currency = job.preset.option("currency", str)
    if currency != base_currency(session):
        for day in sorted({p.moment.date() for p in batch.papers if not p.refused}):
            rate_at(session, currency, day)


def _compare(session: Session, job: Import, batch: Batch, papers: list[Paper]) -> None:
    table = Document.__table__
    numbers = {p.number for p in papers}
    query = select(table.c.id, table.c.kind, table.c.number, table.c.operation_id, table.c.amount).where(
        table.c.kind.in_({p.kind for p in papers}), table.c.number.in_(numbers)
    )
    found = {(row.kind, row.number): row for row in session.connection().execute(query)}
    lines = _lines_of(session, [row.id for row in found.values()])
    for paper in papers:
        there = found.get((paper.kind, paper.number))
        if there is None:
            continue
        amount = to_units(there.amount, Money.scale)
        if there.operation_id != paper.operation_id(job.preset.name):
            _fail(job, batch, paper, "invoice", _l("another document has the number %(number)s", number=paper.number))
        elif lines[there.id] != paper.lines or (paper.kind != WRITE_OFF and amount != paper.amount):
            told = _l(
                "%(number)s was imported before with other rows: then %(then)s rows, %(was)s; now %(now)s, %(is)s",
                number=paper.number,
                then=lines[there.id],
                was=shortest(there.amount, 2),
                now=paper.lines,
                **{"is": shortest(from_units(paper.amount, Money.scale), 2)},
            )
            _fail(job, batch, paper, "invoice", told)
        else:
            paper.refused = str(ALREADY)


def _lines_of(session: Session, ids: list[int]) -> dict[int, int]:
    counts = dict.fromkeys(ids, 0)
    for table in (TradeLine.__table__, MovementLine.__table__):
        query = (
            select(table.c.document_id, func.count()).where(table.c.document_id.in_(ids)).group_by(table.c.document_id)
        )
        for document_id, count in session.connection().execute(query):
            counts[document_id] = count
    return counts


def _refuse_hidden_customers(session: Session, job: Import, batch: Batch) -> None:
    """A customer whom the actor may not know of can't be billed by him, nor be made a second time."""
    if session.info["actor"].scope("contacts.contact") == "all":
        return
    hidden: set[str] = set()
    codes = {batch.rules.contact_code(p.invoice.customer) for p in batch.papers if not p.refused}
    for some in pieces(sorted(codes)):
        query = select(Contact.code).where(Contact.code.in_(some))
        seen = set(session.scalars(query))
        with unrestricted(session, "are there customers of this file that are not open to the actor?"):
            hidden |= set(session.scalars(query)) - seen
    for paper in batch.papers:
        if not paper.refused and batch.rules.contact_code(paper.invoice.customer) in hidden:
            _fail(job, batch, paper, "customer", _l("this customer is not open to you"))


def _fail(job: Import, batch: Batch, paper: Paper, field: str, message: object) -> None:
    job.report.fail(paper.file, paper.row, batch.rules.column(field), message)
    paper.refused = str(_l("its invoice is refused because of row %(row)s", row=paper.row))


def pieces(values: Iterable[Value], size: int = _PIECE) -> Iterator[list[Value]]:
    """The values, so many at a time."""
    left = iter(values)
    while piece := list(islice(left, size)):
        yield piece

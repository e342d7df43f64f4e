"""What the books say of an import before anything is written: what is in them already, and what they will not take."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document
from app.api.imports import Import
from app.api.reference import base_currency, organisation, rate_at
from app.api.security import PastPolicy, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.values import Percent, Price, Quantity, to_units
from modules.contacts.api import Contact
from modules.trade.imports.batch import Batch, Paper
from modules.trade.imports.credit import refuse_beyond_credit
from modules.trade.imports.rules import WRITE_OFF
from modules.trade.imports.usable import refuse_unusable
from modules.trade.models import TradeDocument, TradeLine
from modules.warehouse.api import SERVICE, Item, MovementLine

_BOOKS = PastPolicy("what of a file is in the books already, whoever may see it")

ALREADY = _l("already imported")


def compare_with_books(session: Session, job: Import, batch: Batch) -> None:
    """Mark papers that are in the books already; report those that can't be.

    In error: a number that another document has, an invoice imported before that said something else, a service that
    is written off, a closed period, a customer or supplier who is not open to the actor; what
    `refuse_unusable` and `refuse_beyond_credit` report. Refused altogether (Invalid): a currency without a rate.
    """
    with unrestricted(session, "what of this file is in the books already?"):
        for indices in pieces([i for i, p in enumerate(batch.papers) if not p.refused]):
            _compare(session, job, batch, indices)
        _refuse_other_kinds(session, job, batch)
        closed = organisation(session).closed_until
        for paper in batch.papers:
            if not paper.refused and closed is not None and paper.moment.date() <= closed:
                _fail(job, batch, paper, "moment", _l("the books are closed up to %(date)s", date=closed))
    _refuse_hidden_partners(session, job, batch)
    refuse_unusable(session, job, batch)
    currency = job.preset.option("currency", str)
    if currency != base_currency(session):
        for day in sorted({p.moment.date() for p in batch.papers if not p.refused}):
            rate_at(session, currency, day)
    refuse_beyond_credit(session, job, batch)


def _compare(session: Session, job: Import, batch: Batch, indices: list[int]) -> None:
    table = Document.__table__
    papers = {(batch.papers[i].kind, batch.papers[i].number): i for i in indices}
    query = select(table.c.id, table.c.kind, table.c.number, table.c.operation_id, table.c.moment).where(
        table.c.kind.in_({kind for kind, _ in papers}), table.c.number.in_({number for _, number in papers})
    )
    found = {papers[key]: row for row in _BOOKS(session).execute(query) if (key := (row.kind, row.number)) in papers}
    there = _contents(session, [row.id for row in found.values()])
    rows = batch.spool.of(list(found))
    for index, row in found.items():
        paper = batch.papers[index]
        if row.operation_id != paper.operation_id(job.preset.name):
            _fail(job, batch, paper, "invoice", _l("another document has the number %(number)s", number=paper.number))
            continue
        here = Content(
            Counter(
                (batch.codes[r.item], r.quantity, *((0, 0) if paper.kind == WRITE_OFF else (r.price, r.discount)))
                for r in rows[index]
            ),
            "" if paper.kind == WRITE_OFF else batch.rules.contact_code(paper.invoice.partner),
        )
        if (here, paper.moment) == (there[row.id], row.moment):
            paper.refused = str(ALREADY)
        else:
            message = _l("%(number)s was imported before with another content", number=paper.number)
            _fail(job, batch, paper, "invoice", message)


@dataclass(frozen=True)
class Content:
    """What a document says: its lines (code, quantity, price and discount in millionths), whatever their order, and to whom."""

    lines: Counter[tuple[str, int, int, int]]
    contact: str


def _contents(session: Session, ids: list[int]) -> dict[int, Content]:
    lines: dict[int, Counter[tuple[str, int, int, int]]] = {i: Counter() for i in ids}
    for model, price, discount in (
        (TradeLine, TradeLine.price, TradeLine.discount),
        (MovementLine, literal(0), literal(0)),
    ):
        query = (
            select(model.document_id, Item.code, model.quantity, price, discount)
            .join(Item, Item.id == model.item_id)
            .where(model.document_id.in_(ids))
        )
        for document_id, code, quantity, each, off in session.execute(query):
            shares = to_units(Decimal(str(each)), Price.scale), to_units(Decimal(str(off)) / 100, Percent.scale + 2)
            lines[document_id][code, to_units(quantity, Quantity.scale), *shares] += 1
    contacts = select(TradeDocument.id, Contact.code).join(Contact).where(TradeDocument.id.in_(ids))
    codes = {row.id: row.code for row in session.execute(contacts)}
    return {i: Content(lines[i], codes.get(i, "")) for i in ids}


def _refuse_other_kinds(session: Session, job: Import, batch: Batch) -> None:
    """A write-off of something that is a service in the books: neither stock nor money is in it, so its row is in error."""
    services: set[int] = set()
    for some in pieces(batch.codes):
        query = select(Item.code).where(Item.code.in_(some), Item.kind == SERVICE)
        services |= {batch.items[code] for code in session.scalars(query)}
    write_offs = [i for i, p in enumerate(batch.papers) if p.kind == WRITE_OFF and not p.refused]
    for row in batch.spool.each(write_offs) if services else ():
        paper = batch.papers[row.paper]
        if row.item in services and not paper.refused:
            message = _l("“%(code)s” is a service in the books", code=batch.codes[row.item])
            job.report.fail(row.file, row.row, batch.rules.column("item"), message)
            batch.refuse(
                paper.invoice.papers.values(), _l("its invoice is refused because of row %(row)s", row=row.row)
            )


def _refuse_hidden_partners(session: Session, job: Import, batch: Batch) -> None:
    """A contact whom the actor may not know of can't be named by them, nor be made a second time."""
    if session.info["actor"].scope("contacts.contact") == "all":
        return
    hidden: set[str] = set()
    codes = {batch.rules.contact_code(p.invoice.partner) for p in batch.papers if not p.refused}
    for some in pieces(sorted(codes)):
        query = select(Contact.code).where(Contact.code.in_(some))
        seen = set(session.scalars(query))
        with unrestricted(session, "are there contacts of this file that are not open to the actor?"):
            hidden |= set(session.scalars(query)) - seen
    for paper in batch.papers:
        if not paper.refused and batch.rules.contact_code(paper.invoice.partner) in hidden:
            _fail(job, batch, paper, batch.rules.side.party, _l("this customer or supplier is not open to you"))


def _fail(job: Import, batch: Batch, paper: Paper, field: str, message: object) -> None:
    job.report.fail(paper.file, paper.row, batch.rules.column(field), message)
    paper.refused = str(_l("its invoice is refused because of row %(row)s", row=paper.row))

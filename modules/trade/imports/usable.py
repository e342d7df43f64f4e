"""What of a file is about goods and partners that are out of use, or by parts of a unit that is counted whole: reported by
the row, before anything is written. Posting would refuse it too, but then with the whole file."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.imports import Import
from app.api.reference import Unit
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.contacts.api import Contact
from modules.trade.imports.batch import Batch
from modules.trade.imports.rules import BEGINS
from modules.trade.imports.spool import Kept
from modules.warehouse.api import PIECE, Item

_BOOKS = PastPolicy(
    "whether goods and partners are in use, and how finely goods are counted: nothing else is shown of them"
)


def refuse_unusable(session: Session, job: Import, batch: Batch) -> None:
    """Report rows whose item or partner is no longer in use, where the document needs one that is, and rows whose quantity is
    finer than the item's unit is counted."""
    known = _items(session, batch)
    off_items = {batch.items[code] for code, row in known.items() if not row.is_active}
    off_partners = _partners_off(session, batch)
    whole = session.scalars(select(Unit.digits).where(Unit.code == PIECE)).first() or 0
    digits = [known[code].digits if code in known else whole for code in batch.codes]
    live = [i for i, p in enumerate(batch.papers) if not p.refused]
    looked_at = live if off_items else [i for i in live if i in batch.broken]
    for row in batch.spool.each(looked_at) if looked_at else ():
        if row.item in off_items and batch.papers[row.paper].kind in BEGINS:
            _fail(job, batch, row, "item", _l("“%(code)s” is no longer in use", code=batch.codes[row.item]))
        elif row.quantity % 10 ** (Quantity.scale - digits[row.item]):
            message = _l(
                "“%(code)s” is counted to %(digits)s digits after the point",
                code=batch.codes[row.item],
                digits=digits[row.item],
            )
            _fail(job, batch, row, "quantity", message)
    for index in live if off_partners else ():
        paper = batch.papers[index]
        code = batch.rules.contact_code(paper.invoice.partner)
        if code in off_partners and paper.kind in BEGINS and not paper.refused:
            column = batch.rules.column(batch.rules.side.party)
            job.report.fail(paper.file, paper.row, column, _l("“%(code)s” is no longer in use", code=code))
            paper.refused = str(_l("its invoice is refused because of row %(row)s", row=paper.row))


def _items(session: Session, batch: Batch) -> dict[str, Any]:
    item, unit = Item.__table__.c, Unit.__table__.c
    query = select(item.code, item.is_active, unit.digits).join_from(
        Item.__table__, Unit.__table__, unit.id == item.unit_id
    )
    found = (_BOOKS(session).execute(query.where(item.code.in_(some))) for some in pieces(batch.codes))
    return {row.code: row for rows in found for row in rows}


def _partners_off(session: Session, batch: Batch) -> set[str]:
    contact = Contact.__table__.c
    codes = {batch.rules.contact_code(code) for code in ("", *batch.countries)}
    query = select(contact.code).where(contact.is_active.is_(False))
    return {
        c
        for some in pieces(sorted(codes))
        for c in _BOOKS(session).execute(query.where(contact.code.in_(some))).scalars()
    }


def _fail(job: Import, batch: Batch, row: Kept, field: str, message: object) -> None:
    paper = batch.papers[row.paper]
    if not paper.refused:
        job.report.fail(row.file, row.row, batch.rules.column(field), message)
        batch.refuse(paper.invoice.papers.values(), _l("its invoice is refused because of row %(row)s", row=row.row))

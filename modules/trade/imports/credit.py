"""Which sales of a file go to customers who may not owe more: reported by the row, before anything is written. Posting would
refuse them too, but then with the whole file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.imports import Import
from app.api.reference import base_currency, rate_at
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, digits_of, from_units
from modules.contacts.api import Contact, Planned, refusals
from modules.trade.imports.batch import Batch
from modules.trade.imports.rules import SALE

_BOOKS = PastPolicy("which customers of a file are known, whoever may see them: whether more may be sold to them")


def refuse_beyond_credit(session: Session, job: Import, batch: Batch) -> None:
    """Report sales beyond a credit limit, or to whoever is late, where these may not be; in the order in which they would be
    posted. What a file gives back makes no room in it. New customers owe nothing yet."""
    sales = [i for i in batch.accepted() if batch.papers[i].kind == SALE]
    code = {i: batch.rules.contact_code(batch.papers[i].invoice.partner) for i in sales}
    ids = _ids(session, sorted(set(code.values())))
    sales = [i for i in sales if code[i] in ids]
    currency, digits = job.preset.option("currency", str), digits_of(base_currency(session))
    planned = []
    for index in sales:
        paper = batch.papers[index]
        day, amount = paper.moment.date(), from_units(paper.amount, Money.scale)
        planned.append(Planned(ids[code[index]], rate_at(session, currency, day).in_base(amount, digits), day))
    for index, why in zip(sales, refusals(session, planned), strict=True):
        if why is not None:
            paper = batch.papers[index]
            job.report.fail(paper.file, paper.row, batch.rules.column("customer"), why)
            batch.refuse(
                paper.invoice.papers.values(), _l("its invoice is refused because of row %(row)s", row=paper.row)
            )


def _ids(session: Session, codes: list[str]) -> dict[str, int]:
    contact = Contact.__table__.c
    found: dict[str, int] = {}
    for some in pieces(codes):
        query = select(contact.code, contact.id).where(contact.code.in_(some))
        found |= {row.code: row.id for row in _BOOKS(session).execute(query)}
    return found

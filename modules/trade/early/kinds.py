"""The kinds of early-payment discounts: what posting one moves, and what it says on paper.

A discount settles what is open of its document, at that one's rate, and takes its share of revenue or of what goods cost, and
of the base and amount of each tax (Directive 2006/112/EC, art. 90; IAS 2.11). It has no draft.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import POSTED, Document, Kind, LineKey, document_title
from app.api.ledger import Posting
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.reference import base_currency
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.contacts.api import Debt, contract_fact, settle
from modules.trade.models import EarlyDiscount, SupplierDiscount, TradeDocument
from modules.trade.registers import Sales
from modules.trade.taxes.register import enter_taxes
from modules.warehouse.api import GOODS, item_cells, item_column, items_by_id, stock

Discount = EarlyDiscount | SupplierDiscount


def _move(posting: Posting, documents: Sequence[Discount]) -> None:
    digits = digits_of(base_currency(posting.session))
    debts = [
        Debt(
            d,
            d.contact_id,
            d.debt * d.amount,
            d.debt * d.rate.in_base(d.amount, digits),
            pays=[(d.discounted_id or 0, d.amount)],
            contract_id=d.contract_id,
        )
        for d in documents
    ]
    settle(posting, debts)
    enter_taxes(posting, documents)
    for d in documents:
        if isinstance(d, SupplierDiscount):
            _lessen_costs(posting, d)
            continue
        for line in d.lines:
            revenue = -d.rate.in_base(line.net, digits)
            posting.add(Sales, d, line.line, side=-1, item=line.item_id, contact=d.contact_id, revenue=revenue)


def _lessen_costs(posting: Posting, document: SupplierDiscount) -> None:
    """Let the goods cost less, as of the day when they came."""
    session, digits = posting.session, digits_of(base_currency(posting.session))
    original = session.get_one(TradeDocument, document.discounted_id)
    kinds = items_by_id(session, {line.item_id for line in document.lines})
    origins, direct = original.origins, {line.line: line.direct for line in original.lines}
    for line in document.lines:
        value = document.rate.in_base(line.net, digits)
        came_by: LineKey | None = (original.id, line.line)
        if original.kind == "trade.supplier_invoice":
            came_by = origins.get(line.line)
        if kinds[line.item_id].kind == GOODS and came_by is not None and value and not direct[line.line]:
            stock.land(posting, document, line.line, origin=came_by, value=-value)


def _paper(session: Session, document: Discount) -> Paper:
    of = session.get(Document, document.discounted_id)
    title = f"{document_title(of.kind)} {of.number}" if of is not None else None
    contact = (("contact_id", document.contact_id),)
    is_open = document.contact is not None
    return Paper(
        facts=(
            Fact(
                document.party,
                document.summary,
                endpoint="contacts.contact_view" if is_open else "",
                arguments=contact,
                needs="contacts.contact.view",
            ),
            Fact(
                _l("Discount on"),
                title,
                endpoint=f"{of.kind}_view" if of is not None else "",
                arguments=(("document_id", document.discounted_id),),
                needs=f"{of.kind}.view" if of is not None else "",
            ),
            contract_fact(session, document.contract_id),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            item_column(_l("Item")),
            PaperColumn("tax_rate", _l("Tax, %"), "rate"),
            PaperColumn("net", _l("Without tax"), "money"),
            PaperColumn("tax", _l("Tax"), "money"),
            PaperColumn("amount", _l("Amount"), "money"),
        ),
        lines=[
            {
                "tax_rate": line.tax_rate,
                "net": line.net,
                "tax": line.tax,
                "amount": line.gross,
                **item_cells(line.item),
            }
            for line in document.lines
        ],
        totals=(
            Total(_l("Without tax"), document.net),
            Total(_l("Tax"), document.tax),
            Total(_l("Total"), document.amount, is_grand=True),
        ),
        currency=document.currency,
    )


_STEPS: dict[str, Any] = {
    "move": _move,
    "paper": _paper,
    "states": POSTED,
    "reversing": stock.hold_moved,
    "reversed": stock.follow_reversal,
}
EARLY_DISCOUNT: Kind[EarlyDiscount] = Kind(EarlyDiscount, **_STEPS)
SUPPLIER_DISCOUNT: Kind[SupplierDiscount] = Kind(SupplierDiscount, reaches_back=True, **_STEPS)

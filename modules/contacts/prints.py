"""What payments and allocations say on paper."""

from sqlalchemy.orm import Session

from app.api.documents import Document, document_title, documents_by_id
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.texts import lazy_gettext as _l
from modules.contacts.cash_orders import cash_payment_order, cash_receipt_order, cash_voucher
from modules.contacts.contracts import contract_fact
from modules.contacts.models import INSTALMENTS, Allocation, Payment
from modules.contacts.money.kinds import account_fact
from modules.contacts.queries import open_of
from modules.contacts.settled import SETTLED, contact_fact, exchange_totals, rate_facts, settled_lines
from modules.contacts.tables import DIRECTIONS, METHODS

#: the forms of payments in cash
__all__ = ["allocation_paper", "cash_payment_order", "cash_receipt_order", "cash_voucher", "payment_paper"]


def payment_paper(session: Session, payment: Payment) -> Paper:
    """A payment: with whom, how much, and which documents it settles, as far as whoever looks may see what is owed."""
    left = open_of(session, [payment.id]) if payment.state == "posted" else {}
    return Paper(
        facts=(
            contact_fact(payment),
            contract_fact(session, payment.contract_id),
            Fact(_l("Direction"), DIRECTIONS[payment.direction]),
            Fact(_l("Means of payment"), METHODS[payment.method]),
            account_fact(_l("Account"), payment.account),
            Fact(_l("Date"), payment.moment, "moment"),
            *rate_facts(session, payment),
            Fact(_l("Open"), left.get(payment.id), "money", "open"),
            Fact(_l("Note"), payment.note),
        ),
        columns=SETTLED,
        lines=settled_lines(session, payment.id),
        totals=(*exchange_totals(session, payment), Total(_l("Amount"), payment.amount, is_grand=True)),
        currency=payment.currency,
    )


def allocation_paper(session: Session, allocation: Allocation) -> Paper:
    """An allocation: from which documents to which, and how much; one that is not open to whoever looks has no number."""
    ends = {i // INSTALMENTS for line in allocation.lines for i in (line.from_item_id, line.to_item_id)}
    known = documents_by_id(session, ends)
    released = _l("A document was reversed; what was paid of it is open again.")
    return Paper(
        facts=(
            contact_fact(allocation, "contacts.open_items_of_contact"),
            Fact(_l("Date"), allocation.moment, "moment"),
            Fact(_l("Note"), allocation.note),
            Fact(_l("Made by the program"), None if allocation.released_id is None else released),
        ),
        columns=(
            PaperColumn("source", _l("From document")),
            PaperColumn("target", _l("To document")),
            PaperColumn("amount", _l("Amount"), "money", "contacts.financial"),
        ),
        lines=[
            {
                "source": _named(known.get(line.from_item_id // INSTALMENTS)),
                "target": _named(known.get(line.to_item_id // INSTALMENTS)),
                "amount": line.amount,
            }
            for line in allocation.lines
        ],
        totals=(*exchange_totals(session, allocation), Total(_l("Amount"), allocation.amount, is_grand=True)),
        currency=allocation.currency,
    )


def _named(document: Document | None) -> str:
    return document_title("") if document is None else f"{document_title(document.kind)} {document.number}"

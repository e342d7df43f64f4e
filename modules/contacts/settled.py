"""With whom a document is and what it settled, as papers show it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import document_title
from app.api.prints import Fact, PaperColumn, Total
from app.api.reference import base_currency
from app.api.texts import exchange_rate, money
from app.api.texts import lazy_gettext as _l
from modules.contacts.models import Payment
from modules.contacts.queries import allocations_of, exchange_result_of

SETTLED = (
    PaperColumn("document", _l("Settled")),
    PaperColumn("moment", _l("Date"), "moment"),
    PaperColumn("amount", _l("Amount"), "money"),
)


def contact_fact(document: Any, endpoint: str = "contacts.statement_view") -> Fact:
    """The contact of a document, with the way to a page of theirs."""
    return Fact(
        _l("Contact"),
        document.summary,
        endpoint=endpoint if document.contact is not None else "",  # it may not be open to whoever looks
        arguments=(("contact_id", document.contact_id),),
        needs="contacts.statement.view",
    )


def rate_facts(session: Session, payment: Payment) -> Sequence[Fact]:
    """The rate at which a payment in a foreign currency was recorded; none of another, nor of a draft, which has none yet."""
    base = base_currency(session)
    if payment.currency == base or payment.state == "draft":
        return ()
    return (Fact(_l("Rate"), exchange_rate(payment.rate, payment.currency, base), name="rate"),)


def exchange_totals(session: Session, document: Any) -> Sequence[Total]:
    """What was gained (above zero) or lost on rates by a document that settled others, in the organisation's own currency; none
    where it is nothing, or for whoever may not see what is owed. Closed to whom the document is made with."""
    base = base_currency(session)
    result = exchange_result_of(session, document.id) if document.currency != base else 0
    if not result:
        return ()
    return (Total(_l("Exchange difference"), f"{money(result, base)} {base}", "text", group="contacts.financial"),)


def settled_lines(session: Session, document_id: int) -> list[dict[str, Any]]:
    """A line for each document that it settles or is settled by, as far as whoever looks may see it."""
    return [
        {
            "document": f"{document_title(settled.kind)} {settled.number}".strip(),
            "moment": settled.moment,
            "amount": settled.amount,
        }
        for settled in allocations_of(session, document_id)
    ]

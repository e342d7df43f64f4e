"""What debt adjustments say on paper."""

from sqlalchemy.orm import Session

from app.api.prints import Fact, Paper, Total
from app.api.texts import lazy_gettext as _l
from modules.contacts.contracts import contract_fact
from modules.contacts.models import Adjustment
from modules.contacts.money.words import REASONS, SIDES
from modules.contacts.queries import open_of
from modules.contacts.settled import SETTLED, contact_fact, settled_lines


def adjustment_paper(session: Session, document: Adjustment) -> Paper:
    """With whom, why, who owes more by it, and what it settles as far as whoever looks may see what is owed."""
    left = open_of(session, [document.id]) if document.state == "posted" else {}
    return Paper(
        facts=(
            contact_fact(document),
            contract_fact(session, document.contract_id),
            Fact(_l("Reason"), REASONS[document.reason]),
            Fact(_l("By this"), SIDES[document.side]),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Payment due"), document.due, "date"),
            Fact(_l("Open"), left.get(document.id), "money", "open"),
            Fact(_l("Note"), document.note),
        ),
        columns=SETTLED,
        lines=settled_lines(session, document.id),
        totals=(Total(_l("Amount"), document.amount, is_grand=True),),
        currency=document.currency,
    )

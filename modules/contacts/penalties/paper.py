"""What a penalty says on paper: each line with the days, the debt and the rate that make it."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import documents_by_id
from app.api.prints import Fact, Paper, PaperColumn, Total
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.contacts.contracts import contract_fact
from modules.contacts.models import INSTALMENTS
from modules.contacts.penalties.agreed import rate_words
from modules.contacts.penalties.models import Penalty, PenaltyLine
from modules.contacts.queries import open_of
from modules.contacts.settled import contact_fact


def penalty_paper(session: Session, document: Penalty) -> Paper:
    """For whom and what, by the terms of the contract as they stood."""
    left = open_of(session, [document.id]) if document.state == "posted" else {}
    late = documents_by_id(session, {line.item_id // INSTALMENTS for line in document.lines})
    lines: list[dict[str, Any]] = []
    for line in document.lines:
        of = late.get(line.item_id // INSTALMENTS)
        lines.append(
            {
                "document": "" if of is None else of.number,
                "since": line.since,
                "until": line.until,
                "days": str((line.until - line.since).days + 1),
                "debt": line.debt,
                "rate": _rate(document, line),
                "amount": line.amount,
            }
        )
    cap = document.penalty_cap
    return Paper(
        facts=(
            contact_fact(document),
            contract_fact(session, document.contract_id),
            Fact(_l("Penalty"), rate_words(document)),
            Fact(_l("Grace days"), str(document.penalty_grace) if document.penalty_grace else ""),
            Fact(_l("At most, per cent of the debt"), number(cap) if cap is not None else ""),
            Fact(_l("First day"), document.since, "date"),
            Fact(_l("Last day"), document.until, "date"),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Payment due"), document.due, "date"),
            Fact(_l("Open"), left.get(document.id), "money", "open"),
            Fact(_l("Note"), document.note),
        ),
        columns=(
            PaperColumn("document", _l("Paid late")),
            PaperColumn("since", _l("Since"), "date"),
            PaperColumn("until", _l("Until"), "date"),
            PaperColumn("days", _l("Days")),
            PaperColumn("debt", _l("Open"), "money"),
            PaperColumn("rate", _l("Interest rate")),
            PaperColumn("amount", _l("Amount"), "money"),
        ),
        lines=lines,
        totals=(Total(_l("Amount"), document.amount, is_grand=True),),
        currency=document.currency,
    )


def _rate(document: Penalty, line: PenaltyLine) -> str:
    rate = rate_words(document, line.key_rate)
    return str(_l("%(rate)s – up to the bound", rate=rate)) if line.is_cut else rate

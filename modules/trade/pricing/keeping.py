"""What a document keeps of how its lines were priced: found again when it is saved, never taken from a form."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import kind_of
from modules.trade.pricing.explaining import kept_steps, steps_of
from modules.trade.pricing.proposing import SOLD, propose_prices
from modules.trade.pricing.rules import Step
from modules.trade.proposals import Asked, AskedLine, Proposal, Proposed


def pricing_of_lines(session: Session, document: Any, draft: Any) -> Sequence[str]:
    """How each line of a draft is priced, as its line keeps it: what is proposed for it, where it says that price; a
    discount that somebody typed beside it is said as such. Empty: somebody typed the price.

    A line of a posted document that is corrected otherwise keeps what it said.
    """
    noun = kind_of(type(document)).noun
    if noun not in SOLD:
        return [""] * len(draft.lines)
    before = {_said(line): line.pricing for line in document.lines} if document.state == "posted" else {}
    asked = Asked(
        noun,
        document.currency,
        document.moment.date(),
        [AskedLine(line.item_id, line.quantity, {"tax_rate": line.tax_rate}) for line in draft.lines],
        document.contact_id,
        document.contract_id,
        document.place_id,
        draft.tax_included,
    )
    proposal = Proposal([Proposed() for _ in asked.lines])
    propose_prices(session, session.info["actor"], asked, proposal)
    return [
        before[_said(line)] if _said(line) in before else _kept(line, proposed)
        for line, proposed in zip(draft.lines, proposal.lines, strict=True)
    ]


def _said(line: Any) -> tuple[Any, ...]:
    return line.item_id, line.quantity, line.price, line.discount


def _kept(line: Any, proposed: Proposed) -> str:
    if proposed.cells.get("price") != line.price:
        return ""
    if proposed.cells["discount"] == line.discount:
        return proposed.pricing
    typed = [Step("typed", line.discount)] if line.discount else []
    return kept_steps([*steps_of(proposed.pricing)[:1], *typed])

"""What a document keeps of how its lines were priced: found again when it is saved, never taken from a form."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.api.documents import kind_of
from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.pricing.coupons import refuse_used_up
from modules.trade.pricing.explaining import kept_steps, steps_of
from modules.trade.pricing.finding import is_in_force
from modules.trade.pricing.known import known_prices
from modules.trade.pricing.proposing import propose_prices
from modules.trade.pricing.rules import Step
from modules.trade.proposals import Asked, AskedLine, Proposal, Proposed, is_offered

# Put together once: every document that is made from another asks this.
_OF_LINE = (TradeLine.document_id, TradeLine.line, TradeLine.price, TradeLine.discount, TradeLine.pricing)
_ORIGINS = (
    select(*_OF_LINE, TradeDocument.coupon)
    .join(TradeDocument, TradeDocument.id == TradeLine.document_id)
    .where(TradeLine.document_id.in_(bindparam("ids", expanding=True)))
)


def pricing_of_lines(session: Session, document: Any, draft: Any) -> Sequence[str]:
    """How each line of a draft is priced, as its line keeps it: what is proposed for it, where it says that price; a
    discount that somebody typed beside it is said as such. Empty: somebody typed the price.

    A line of a document in the books that is corrected elsewhere keeps what it said, and one that was made from another
    document's line, such as an order's, what that says.
    """
    noun = kind_of(type(document)).noun
    if not is_offered(noun):
        return [""] * len(draft.lines)
    before = {_said(line): line.pricing for line in document.lines} if document.state not in (None, "draft") else {}
    agreed = {key: row for key, row in _origins(session, draft).items() if row.pricing}
    asked = Asked(
        noun,
        document.currency,
        document.moment.date(),
        [AskedLine(line.item_id, line.quantity, {"tax_rate": line.tax_rate}, line.second) for line in draft.lines],
        document.contact_id,
        document.contract_id,
        document.place_id,
        draft.tax_included,
        document.coupon or "",
    )
    proposal = Proposal([Proposed() for _ in asked.lines])
    propose_prices(session, session.info["actor"], asked, proposal)
    found = []
    for line, proposed in zip(draft.lines, proposal.lines, strict=True):
        origin = agreed.get(line.origin)
        if _said(line) in before:
            found.append(before[_said(line)])
        elif origin is not None and (origin.price, origin.discount) == (line.price, line.discount):
            found.append(origin.pricing)
        else:
            found.append(_kept(line, proposed))
    return found


def _origins(session: Session, draft: Any) -> dict[Any, Any]:
    """The lines that those of a draft were made from: price, discount, how they were priced, and their document's coupon."""
    ids = {line.origin[0] for line in draft.lines if line.origin is not None}
    if not ids:
        return {}
    return {(row.document_id, row.line): row for row in session.execute(_ORIGINS, {"ids": list(ids)})}


def _said(line: Any) -> tuple[Any, ...]:
    return line.item_id, line.quantity, line.price, line.discount


def _kept(line: Any, proposed: Proposed) -> str:
    if proposed.cells.get("price") != line.price:
        return ""
    if proposed.cells["discount"] == line.discount:
        return proposed.pricing
    typed = [Step("typed", line.discount)] if line.discount else []
    return kept_steps([*steps_of(proposed.pricing)[:1], *typed])


def checked_coupon(session: Session, document: Any, draft: Any) -> str:
    """The coupon that a draft names, in capitals. Refused (Invalid): one that there isn't on the document's day, unless the
    document in the books has it already, or what it was made from."""
    said = str(draft.coupon or "").strip().upper()
    if not said or (said == document.coupon and document.state not in (None, "draft")):
        return said
    if any(row.coupon == said for row in _origins(session, draft).values()):
        return said
    day = document.moment.date()
    known = known_prices(session).rules if is_offered(kind_of(type(document)).noun) else ()
    if not any(row.coupon == said and is_in_force(row, day) for row in known):
        raise Invalid(_l("There is no coupon “%(coupon)s” on this day.", coupon=said), field="coupon")
    refuse_used_up(session, document, said)
    return said


def offers_coupons(session: Session, model: Any) -> bool:
    """Whether documents of a model may name a coupon: they sell, and there is one."""
    return is_offered(kind_of(model).noun) and any(row.coupon for row in known_prices(session).rules)

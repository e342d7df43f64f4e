"""What a line is proposed of taxes while somebody types it: the code, its rate on the document's day, and why where it isn't
the usual one."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.contacts.api import parties_by_id
from modules.trade.proposals import Asked, Proposal, is_bought
from modules.trade.taxes.book import book_of, decisions


def propose_taxes(session: Session, actor: Actor, asked: Asked, proposal: Proposal) -> None:
    """Propose tax code and rate of each line, as saving would decide them (`lines.taxed`)."""
    del actor
    book = book_of(session)
    if not book.codes or not asked.lines:
        return
    if asked.contact_id is not None:
        parties_by_id(session, {asked.contact_id})
    ids = {line.item_id for line in asked.lines}
    decided = decisions(session, contact_id=asked.contact_id, is_sale=not is_bought(asked.kind), item_ids=ids)
    for line, proposed in zip(asked.lines, proposal.lines, strict=True):
        decision = decided[line.item_id]
        if decision.code_id is None:
            continue
        code = book.codes[decision.code_id]
        rate = code.rate_on(asked.day)
        proposed.cells |= {"tax_rate": rate, "tax_code_id": Decimal(code.id)}
        if line.own.get("tax_rate", rate) != rate and rate is not None:
            proposed.says.append(_l("usually “%(code)s”, %(rate)s %%", code=code.name, rate=number(rate)))
        elif code.id != book.policy.code_id and "tax_rate" not in line.own:
            proposed.says.append(_l("“%(code)s”: %(reason)s", code=code.name, reason=decision.reason))

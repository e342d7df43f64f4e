"""Goods on commission and the reports of what was sold of them: what a draft says, what posting moves.

The report has prices as goods were sold, and the commission in per cent (`discount`) or as a sum of each line. What is owed is
less the commission, and so is revenue: of our goods, as the agent keeps it; of a principal's, as it isn't ours (IFRS 15,
B36: an agent's revenue is its commission). Taxes are of the price less commission too (Directive 2006/112/EC, 14 (2) c).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.api.documents import POSTED, Kind
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of, round_money
from modules.trade import kinds
from modules.trade.commission.models import (
    GIVE,
    GIVEN,
    GIVEN_BACK,
    SENT_BACK,
    TAKE,
    TAKEN,
    WAYS,
    AgentReport,
    CommissionMove,
    PrincipalReport,
    direction_of,
)
from modules.trade.commission.places import place_of, unsold
from modules.trade.commission.registers import Commission
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.paying import shares_paid
from modules.trade.prints import trade_paper
from modules.trade.registers import Sales
from modules.trade.rules import line_totals
from modules.warehouse.api import GOODS, SUPPLIERS, items_by_id, stock

_ZERO = Decimal(0)


@dataclass(slots=True)
class CommissionMoveDraft(TradeDraft):
    """Goods on commission as the user typed them."""

    #: a key of WAYS
    way: str = GIVE


@dataclass(slots=True)
class CommissionReportDraft(TradeDraft):
    """A report as the user typed it: its goods lie at the contact's own place, which nobody has to name."""

    optional: ClassVar[frozenset[str]] = TradeDraft.optional | {"place_id"}

    place_id: int | None = None  # type: ignore[assignment]  # of every other document somebody names it


def _fill_move(session: Session, actor: Actor, document: CommissionMove, draft: CommissionMoveDraft) -> list[TradeLine]:
    """Refused: a way that there isn't, services, what every trade document refuses."""
    if draft.way not in WAYS:
        raise Invalid(_l("Choose which way the goods go."), field="way")
    _refuse_services(session, draft)
    document.way = draft.way
    document.party_place_id = place_of(session, draft.contact_id, direction_of(draft.way))
    return kinds.fill(session, actor, document, draft)


def _fill_report(session: Session, actor: Actor, document: TradeDocument, draft: TradeDraft) -> list[TradeLine]:
    """Refused: services, a commission above what a line comes to, or finer than the currency's coins, what every trade document
    refuses."""
    _refuse_services(session, draft)
    direction = GIVEN if isinstance(document, AgentReport) else TAKEN
    document.party_place_id = place_of(session, draft.contact_id, direction)
    lines = kinds.fill(session, actor, document, replace(draft, place_id=document.party_place_id))
    for line in lines:
        if line.commission < 0 or line.net < 0:
            message = _l("Line %(n)s: the commission is from 0 to what the line comes to.", n=line.line)
            raise Invalid(message, field="lines", column="commission")
        if round_money(line.commission, digits_of(document.currency)) != line.commission:
            said = {"n": line.line, "currency": document.currency}
            message = _l("Line %(n)s: the commission has more digits than there are coins of %(currency)s.", **said)
            raise Invalid(message, field="lines", column="commission")
    return lines


def _refuse_services(session: Session, draft: TradeDraft) -> None:
    items = items_by_id(session, {line.item_id for line in draft.lines})
    for number, line in enumerate(draft.lines, 1):
        if items[line.item_id].kind != GOODS:
            raise Invalid(_l("Line %(n)s: only goods are on commission.", n=number), field="lines", column="item")
        if items[line.item_id].is_priced_by_second:  # what is reported is priced by the unit
            words = _l(
                "Line %(n)s: “%(name)s” is priced by its second unit, and such goods can't be on commission.",
                n=number,
                name=items[line.item_id].name,
            )
            raise Invalid(words, field="lines", column="item")


def _move_goods(posting: Posting, documents: Sequence[CommissionMove]) -> None:
    """Ours change their place and keep their cost; a principal's come at no cost, as they aren't ours."""
    moves = []
    for d in documents:
        place: int = d.party_place_id or 0
        source, target = {
            GIVE: (d.place_id, place),
            GIVEN_BACK: (place, d.place_id),
            TAKE: (SUPPLIERS, place),
            SENT_BACK: (place, SUPPLIERS),
        }[str(d.way)]
        value = _ZERO if d.way == TAKE else None
        moves += [stock.Move(d, x.line, x.item_id, source, target, x.quantity, value, second=x.second) for x in d.lines]
    stock.move(posting, moves)
    for d in documents:
        is_back = d.way in (GIVEN_BACK, SENT_BACK)
        for x in d.lines:
            _enter(posting, d, x, direction_of(str(d.way)), -x.quantity if is_back else x.quantity, returned=is_back)


def _move_report(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """The sale or debt as of other documents, and what is left on commission. Of a principal's goods our revenue is what we
    keep."""
    kinds.move(posting, documents)
    digits = digits_of(base_currency(posting.session))
    for d in documents:
        is_ours = isinstance(d, AgentReport)
        for x in d.lines:
            _enter(posting, d, x, GIVEN if is_ours else TAKEN, -x.quantity, is_sold=True)
            if not is_ours:
                owed = d.rate.in_base(x.net, digits)
                posting.add(Sales, d, x.line, side=-1, item=x.item_id, contact=d.contact_id, revenue=-owed)
    for d in documents:
        if isinstance(d, PrincipalReport):
            _refuse_unsold(posting, d)


def _enter(
    posting: Posting,
    document: TradeDocument,
    line: TradeLine,
    direction: str,
    quantity: Decimal,
    *,
    returned: bool = False,
    is_sold: bool = False,
) -> None:
    amount = commission = _ZERO
    if is_sold:
        digits = digits_of(base_currency(posting.session))
        terms: Any = {
            "tax_rate": line.tax_rate,
            "tax_included": document.tax_included,
            "digits": digits_of(document.currency),
        }
        # Both rounded by the line: where the document rounds tax by rate, its coin is in what is owed and not in what is kept.
        whole = line_totals(line.priced, line.price, discount=_ZERO, **terms)
        own = line_totals(line.priced, line.price, discount=line.discount, less=line.commission, **terms)
        commission = document.rate.in_base(whole.gross - own.gross, digits)
        amount = document.rate.in_base(line.gross, digits) + commission
    posting.add(
        Commission,
        document,
        line.line,
        side=1 if quantity > 0 else -1,
        item=line.item_id,
        contact=document.contact_id,
        direction=direction,
        quantity=quantity,
        sold=-quantity if is_sold else _ZERO,
        returned=-quantity if returned else _ZERO,
        amount=amount,
        commission=commission,
    )


def _refuse_unsold(posting: Posting, document: PrincipalReport) -> None:
    """Refuse (Invalid) to report goods as sold that still lie here."""
    posting.write()
    for name, lies, left in unsold(posting.session, document):
        raise Invalid(
            _l(
                "“%(item)s”: %(lies)s still lie here, and after this report only %(left)s would. Report what was sold.",
                item=name,
                lies=lies,
                left=left,
            ),
            field="lines",
            column="quantity",
        )


_STEPS: dict[str, Any] = {
    "reversing": stock.hold_moved,
    "reversed": stock.follow_reversal,
    "correcting": stock.hold_corrected,
}
COMMISSION_MOVE = Kind(
    CommissionMove,
    draft=CommissionMoveDraft,
    line=TradeLineDraft,
    fill=_fill_move,
    move=_move_goods,
    paper=trade_paper,
    states=POSTED,
    **_STEPS,
)
AGENT_REPORT, PRINCIPAL_REPORT = (
    Kind(
        model,
        draft=CommissionReportDraft,
        line=TradeLineDraft,
        fill=_fill_report,
        filled_in=kinds.filled_in,
        move=_move_report,
        paper=trade_paper,
        warnings=kinds.warnings_of,
        states=POSTED,
        shares=shares_paid,
        **_STEPS,
    )
    for model in (AgentReport, PrincipalReport)
)

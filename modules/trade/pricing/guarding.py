"""The guard below the least margin: what is sold for less over its cost is refused, unless whoever posts may go beyond."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.api.errors import Conflict
from app.api.ledger import Posting
from app.api.reference import base_currency
from app.api.security import Actor, record
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.trade.pricing.known import Known, known_prices
from modules.trade.pricing.rules import nearest, path_up
from modules.warehouse.api import GOODS, items_by_id

OVERRIDE = "trade.margin.override"
_HUNDRED = Decimal(100)


def least_margin_of(known: Known, item: Any) -> Decimal | None:
    """The least margin of an item, in per cent: its nearest group's that has one, else the organisation's; None: any."""
    if item.kind != GOODS:
        return None
    own: Decimal | None = nearest(known.least_of_groups, path_up(known.groups, item.group_id))
    return known.least_margin if own is None else own


def is_below(revenue: Decimal, cost: Decimal, least: Decimal | None) -> bool:
    """Whether less than `least` per cent of the revenue is left over the cost: exactly, without rounding."""
    return least is not None and (revenue - cost) * _HUNDRED < revenue * least


def check_margins(posting: Posting, documents: Sequence[Any], costs: Mapping[tuple[Any, int], Decimal]) -> None:
    """Refuse (Conflict) sales with a line below the least margin of its item; `costs` are what the lines cost, as the
    posting has found it. Nothing is said of the cost itself. Whoever may go beyond it does, which is audited."""
    session = posting.session
    known, actor = known_prices(session), session.info["actor"]
    if actor.is_exempt or (known.least_margin is None and not known.least_of_groups):
        return
    items = items_by_id(session, {line.item_id for d in documents for line in d.lines})
    digits = digits_of(base_currency(session))
    for document in documents:
        below = [
            line
            for line in document.lines
            if is_below(
                document.rate.in_base(line.net, digits),
                costs.get((document, line.line), Decimal(0)),
                least_margin_of(known, items[line.item_id]),
            )
        ]
        if below:
            _refuse_or_record(posting, actor, document, below, items)


def _refuse_or_record(
    posting: Posting, actor: Actor, document: Any, below: Sequence[Any], items: Mapping[int, Any]
) -> None:
    first = below[0]
    if not actor.may_override(OVERRIDE):
        message = _l(
            "Line %(n)s: “%(name)s” is sold below its least margin. Ask more for it, or let somebody post it who may go beyond"
            " that.",
            n=first.line,
            name=items[first.item_id].name,
        )
        raise Conflict(message, field="lines")
    names = ", ".join(items[line.item_id].code for line in below)
    summary = f"{document.number}: {names}"
    record(
        posting.session,
        OVERRIDE,
        subject=document.kind,
        subject_id=document.id,
        summary=summary[:200],
    )

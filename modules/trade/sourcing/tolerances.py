"""How far a supplier's invoice may differ from what was ordered and received, and a delivery from its order, and be posted by
whoever enters it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.data import begin_version
from app.api.documents import LineKey
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.reference import base_currency, organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.values import Money, Percent, Quantity, digits_of, share_of
from modules.trade.matching import Received, received_by
from modules.trade.models import BuyingPolicy, Purchase, SupplierInvoice, TradeDocument
from modules.warehouse.api import GOODS, items_by_id

OVERRIDE, EDIT = "trade.tolerance.override", "trade.tolerance.edit"
_ZERO, _HUNDRED = Decimal(0), Decimal(100)
_COLUMNS: Mapping[str, Any] = {
    "price_percent": Percent,
    "price_amount": Money,
    "quantity_percent": Percent,
    "quantity_amount": Quantity,
    "received_percent": Percent,
    "shipped_percent": Percent,
}


def tolerances(session: Session) -> BuyingPolicy:
    """What was decided; without a row, nothing is checked."""
    own = organisation_id(session)
    return session.get(BuyingPolicy, own) or BuyingPolicy(organisation_id=own)


def change_tolerances(
    session: Session, actor: Actor, *, version: int | None = None, **limits: Decimal | None
) -> BuyingPolicy:
    """Decide the limits, by the columns of `BuyingPolicy`; None: any difference, but of deliveries none. Refused: below zero
    (Invalid), what was decided otherwise since `version` (Changed)."""
    require(actor, EDIT)
    policy = tolerances(session)
    if policy.version is not None:
        begin_version(session, policy, version)
    for name, column in _COLUMNS.items():
        limit = limits.get(name)
        if limit is not None and not (column.holds(limit) and limit >= 0):
            raise Invalid(_l("“%(value)s” isn't a number from zero on.", value=limit), field=name)
        setattr(policy, name, limit)
    session.add(policy)
    said = ", ".join(str(getattr(policy, name)) if getattr(policy, name) is not None else "–" for name in _COLUMNS)
    own = policy.organisation_id
    record(session, "trade.tolerance.change", subject="core.organisation", subject_id=own, summary=said)
    return policy


def is_beyond(difference: Decimal, whole: Decimal, percent: Decimal | None, amount: Decimal | None) -> bool:
    """Whether a difference is more than `percent` per cent of `whole`, or more than `amount`: exactly, without rounding."""
    of_percent = percent is not None and abs(difference) * _HUNDRED > abs(whole) * percent
    return of_percent or (amount is not None and abs(difference) > amount)


def may_exceed(session: Session, delivery: TradeDocument, had: Decimal, taken: Decimal) -> bool:
    """Whether so much in all may be delivered of an order's line, of which there was less. Whoever may go beyond the tolerance
    does, which is audited. Refused (Conflict): beyond it, for anybody else. Where none is decided, nothing exceeds an order."""
    policy = tolerances(session)
    percent = policy.shipped_percent if delivery.goods_leave > 0 else policy.received_percent
    actor: Actor = session.info["actor"]
    if percent is None:
        return False
    if actor.is_exempt or not is_beyond(taken - had, had, percent, None):
        return True
    message = _l(
        "%(taken)s delivered, %(had)s ordered. That is beyond the tolerance of %(percent)s %%: deliver less, or let somebody"
        " post it who may go beyond that.",
        taken=number(taken),
        had=number(had),
        percent=number(percent),
    )
    if not actor.may_override(OVERRIDE):
        raise Conflict(message, field="lines")
    if delivery.id is not None:  # one that isn't written yet is asked about once more
        record(session, OVERRIDE, subject=delivery.kind, subject_id=delivery.id, summary=str(message)[:200])
    return True


def is_tolerated(session: Session, had: Decimal, came: Decimal) -> bool:
    """Whether whoever receives may let so much in all come of an order's line, of which there was less."""
    percent = tolerances(session).received_percent
    return percent is not None and not is_beyond(came - had, had, percent, None)


def check_tolerances(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Refuse (Conflict) what a supplier charges at prices, or in quantities, too far from what was ordered and received,
    also of an invoice that was made from nothing. Whoever may go beyond that does, which is audited."""
    session = posting.session
    actor: Actor = session.info["actor"]
    # A purchase of nothing brings its own goods; an invoice brings none, so that all its goods were received before.
    charged = [d for d in documents if isinstance(d, SupplierInvoice) or (isinstance(d, Purchase) and d.origins)]
    if actor.is_exempt or not charged:
        return
    policy = tolerances(session)
    for document in charged:
        for message in _beyond(session, policy, document):
            if not actor.may_override(OVERRIDE):
                raise Conflict(message, field="lines")
            record(session, OVERRIDE, subject=document.kind, subject_id=document.id, summary=str(message)[:200])


def _beyond(session: Session, policy: BuyingPolicy, document: TradeDocument) -> Iterator[object]:
    origins = document.origins
    received = received_by(session, set(origins.values()))
    yield from _beyond_price(session, policy, document, received)
    kinds = items_by_id(session, {line.item_id for line in document.lines})
    came: dict[int, Decimal] = defaultdict(Decimal)
    for line in document.lines:
        if origins.get(line.line) in received:
            came[line.item_id] += line.quantity  # no more than is left of it, as links see to
    charged: dict[int, Decimal] = defaultdict(Decimal)
    for line in document.lines:
        charged[line.item_id] += line.quantity
        more = charged[line.item_id] - came[line.item_id]
        if kinds[line.item_id].kind != GOODS or more <= 0 or not _is_limited(policy):
            continue
        if is_beyond(more, came[line.item_id], policy.quantity_percent, policy.quantity_amount):
            yield _l(
                "Line %(n)s, %(item)s: %(charged)s charged, %(received)s received. That is beyond the tolerance: correct the"
                " invoice, or let somebody post it who may go beyond that.",
                n=line.line,
                item=line.item.name,
                charged=number(charged[line.item_id]),
                received=number(came[line.item_id]),
            )


def _is_limited(policy: BuyingPolicy) -> bool:
    return policy.quantity_percent is not None or policy.quantity_amount is not None


def _beyond_price(
    session: Session, policy: BuyingPolicy, document: TradeDocument, received: Mapping[LineKey, Received]
) -> Iterator[object]:
    """Lines at another price, without tax, than they were received or ordered at. In one currency prices are compared as they
    are: that rates move is nobody's doing. What a part of a line comes to is rounded as the invoice rounds it."""
    digits, own = digits_of(base_currency(session)), digits_of(document.currency)
    for line in document.lines:
        of = received.get(document.origins.get(line.line, (0, 0)))
        if of is None:
            continue
        ordered, charged = share_of(of.net, line.quantity, of.quantity, digits=own), line.net
        difference = charged - ordered
        in_base = document.rate.in_base(abs(difference), digits)
        if is_beyond(difference, ordered, policy.price_percent, None) or is_beyond(
            in_base, _ZERO, None, policy.price_amount
        ):
            yield _l(
                "Line %(n)s, %(item)s: %(charged)s charged, %(ordered)s ordered. That is beyond the tolerance: correct the"
                " invoice, or let somebody post it who may go beyond that.",
                n=line.line,
                item=line.item.name,
                charged=number((charged / line.quantity).quantize(Decimal("0.0001"))),
                ordered=number((of.net / of.quantity).quantize(Decimal("0.0001"))),
            )

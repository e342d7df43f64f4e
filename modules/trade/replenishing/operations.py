"""Making purchase orders of what is to be bought."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import SentBefore, save
from app.api.errors import Conflict, Invalid
from app.api.notices import notify
from app.api.reference import base_currency
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from modules.trade.drafts import OrderDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder, TradeDocument
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose
from modules.trade.replenishing import VIEW
from modules.trade.replenishing.models import ProposedPurchase
from modules.trade.replenishing.queries import Key, Narrowed, Proposal, proposals
from modules.trade.sourcing.history import propose_last_prices
from modules.trade.suppliers.models import ItemSupplier
from modules.warehouse.api import hold_items, items_by_id

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody buys of a proposal."""

    item_id: int
    place_id: int
    #: the supplier; None: nobody has said
    contact_id: int | None
    quantity: Decimal
    #: what was proposed when they decided
    seen: Decimal

    @property
    def key(self) -> Key:
        """Where it belongs."""
        return self.item_id, self.place_id


def order(
    session: Session, actor: Actor, wanted: Sequence[Wanted], *, operation_id: str | None = None
) -> list[PurchaseOrder]:
    """Make drafts of purchase orders, one for each supplier and warehouse, at the supplier's last prices; each line keeps why
    it was proposed. Sent twice, it is ordered once.

    Refused, with nothing written: nothing at all, no supplier, a quantity not above zero (Invalid); something of which by now
    another quantity is proposed, as somebody has ordered it meanwhile (Conflict); what a purchase order refuses; another act by
    the same name (SentBefore).
    """
    require(actor, VIEW)
    groups = _groups(wanted)
    hold_items(
        session, {each.item_id for each in wanted}
    )  # of two who buy the same, one waits and sees the other's order
    names = [f"{operation_id}:{n}" for n in range(len(groups))] if operation_id else [None] * len(groups)
    if operation_id and (made := _made(session, names, groups)):
        return made
    found = {p.key: p for p in proposals(session, Narrowed(keys=[each.key for each in wanted]), most=None)}
    for each in wanted:
        _refuse_other_than_seen(session, each, found.get(each.key))
    return [
        _draft(session, actor, to, some, [found[each.key] for each in some], name)
        for (to, some), name in zip(groups.items(), names, strict=True)
    ]


def _groups(wanted: Sequence[Wanted]) -> dict[Key, list[Wanted]]:
    """Supplier and warehouse → what becomes one order."""
    if not wanted:
        raise Invalid(_l("Choose at least one item."))
    groups: dict[Key, list[Wanted]] = defaultdict(list)
    for each in sorted(wanted, key=lambda each: each.key):
        if each.contact_id is None:
            raise Invalid(_l("Say from whom it is bought."), field=f"supplier_{each.item_id}_{each.place_id}")
        if not each.quantity > 0:
            raise Invalid(_l("The quantity must be above zero."), field=f"quantity_{each.item_id}_{each.place_id}")
        groups[each.contact_id, each.place_id].append(each)
    return groups


def _made(session: Session, names: Sequence[str | None], groups: Mapping[Key, Sequence[Wanted]]) -> list[PurchaseOrder]:
    """What this very act has made before; nothing unless it was this act."""
    query = select(PurchaseOrder).where(PurchaseOrder.operation_id.in_(names)).order_by(PurchaseOrder.id)
    made = list(session.scalars(query))
    said = {(*of, each.item_id): each.quantity for of, some in groups.items() for each in some}
    is_same = {(d.contact_id, d.place_id, line.item_id): line.quantity for d in made for line in d.lines} == said
    if made and not is_same:
        raise SentBefore(made[0])
    return made


def _refuse_other_than_seen(session: Session, each: Wanted, found: Proposal | None) -> None:
    if found is None or found.quantity != each.seen:
        words = _l(
            "%(code)s: something has changed meanwhile; somebody ordered it, or goods moved. Nothing is ordered: look at the"
            " list again.",
            code=items_by_id(session, {each.item_id})[each.item_id].code,
        )
        raise Conflict(words)


def _draft(
    session: Session,
    actor: Actor,
    to: Key,
    wanted: Sequence[Wanted],
    found: Sequence[Proposal],
    operation_id: str | None,
) -> PurchaseOrder:
    today, (contact_id, place_id) = wall_clock().date(), to
    currency, tax_included = _terms(session, contact_id)
    asked = Asked(
        "purchase_order",
        currency,
        today,
        [AskedLine(each.item_id, each.quantity) for each in wanted],
        contact_id,
        place_id=place_id,
        tax_included=tax_included,
    )
    cells = [each.cells for each in propose(session, actor, asked, (propose_last_prices,)).lines]
    said = _said_prices(session, contact_id, currency)
    lines = [
        TradeLineDraft(
            each.item_id,
            each.quantity,
            known.get("price") or said.get(each.item_id) or _ZERO,
            known.get("discount") or _ZERO,
        )
        for each, known in zip(wanted, cells, strict=True)
    ]
    if unpriced := [p.code for p, line in zip(found, lines, strict=True) if not line.price]:
        codes = ", ".join(unpriced)
        words = _l(
            "No price of %(codes)s is known in %(currency)s: type it before you confirm the order.",
            codes=codes,
            currency=currency,
        )
        notify(session, words)
    days = max(each.reasons.lead_days for each in found)
    document = save(
        session,
        actor,
        PurchaseOrder,
        OrderDraft(
            contact_id,
            lines,
            place_id=place_id,
            currency=currency,
            tax_included=tax_included,
            delivery=today + timedelta(days=days) if days else None,
            operation_id=operation_id,
        ),
    )
    session.flush()
    session.add_all(
        ProposedPurchase(document_id=document.id, item_id=p.item_id, reasons=p.reasons.kept()) for p in found
    )
    return document


def _said_prices(session: Session, contact_id: int, currency: str) -> dict[int, Decimal]:
    """Item → what the supplier asks for it, as somebody has entered, before anything was bought from them."""
    query = select(ItemSupplier.item_id, ItemSupplier.price).where(
        ItemSupplier.contact_id == contact_id, ItemSupplier.currency == currency, ItemSupplier.price.is_not(None)
    )
    return {row.item_id: row.price for row in session.execute(query)}


def _terms(session: Session, contact_id: int) -> tuple[str, bool]:
    """In which currency the supplier was last ordered or bought from, and whether prices included tax."""
    query = (
        select(TradeDocument.currency, TradeDocument.tax_included)
        .where(TradeDocument.contact_id == contact_id)
        .where(
            TradeDocument.kind.in_([str(m.__mapper_args__["polymorphic_identity"]) for m in (PurchaseOrder, Purchase)])
        )
        .order_by(TradeDocument.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (row.currency, row.tax_included) if row is not None else (base_currency(session), False)

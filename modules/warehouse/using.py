"""Which items and places documents may use, and how finely items are counted: one rule for documents of every kind and door.

Drafts may name what is no longer in use, as somebody may still decide; posting refuses it. What is posted is corrected,
reversed and given back all the same, and what clears up (`Document.clears_up`) may name it: goods that are left have to go
somewhere.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import forget_what_others_change
from app.api.documents import Document, Named, named_in, newly_named, remember_named
from app.api.errors import Invalid
from app.api.ledger import at, now
from app.api.notices import notify
from app.api.reference import unit_word
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.warehouse.items import items_by_id
from modules.warehouse.models import LOSSES, Item, Place
from modules.warehouse.places import places_by_id
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_quantity, is_counted


def refuse_unusable(session: Session, documents: Sequence[Document]) -> None:
    """Refuse (Invalid) documents that are about to be posted: items no longer in use, closed warehouses, quantities finer than
    the item's unit is counted. Asked again, as somebody may have decided otherwise since they were drafted."""
    named = list(named_in(documents, Item))
    ids = {n.record_id for n in named}
    forget_what_others_change(session, "warehouse.item", ids)
    items = items_by_id(session, ids)
    _refuse_out_of_use(named, items)
    for n in named:
        if n.quantity and not is_counted(n.quantity, items[n.record_id].digits):
            is_kept = n.is_made or clears_rest(session, n.document, n.record_id, n.quantity, items[n.record_id].digits)
            _check_named_quantity(n, items[n.record_id], is_kept=is_kept)
    places = list(named_in(documents, Place))
    forget_what_others_change(session, "warehouse.place", [n.record_id for n in places])
    _refuse_closed(session, places)


def remember_used(session: Session, document: Document) -> None:
    """Keep what a document uses before it is corrected."""
    remember_named(session, document, Item)
    remember_named(session, document, Place)


def refuse_newly_unusable(session: Session, document: Document) -> None:
    """Refuse (Invalid) a correction that adds an item no longer in use, or goes to a closed warehouse."""
    named = newly_named(session, document, Item)
    _refuse_out_of_use(named, items_by_id(session, {n.record_id for n in named}))
    _refuse_closed(session, newly_named(session, document, Place))


def quantities_kept(document: Any) -> set[tuple[int, Decimal]]:
    """Item and quantity of what a posted document says already: a correction may leave it so, however the unit is counted by
    now. Nothing of a draft."""
    return {(line.item_id, line.quantity) for line in document.lines} if document.state == "posted" else set()


def clears_rest(session: Session, document: Any, item_id: int, quantity: Decimal, digits: int) -> bool:
    """Whether a write-off clears what is finer than the unit is counted: what an earlier version let in, or other digits of
    the unit. What stays when it has happened, at the present moment at the earliest, must be something that can be counted."""
    if getattr(document, "target_id", None) != LOSSES or is_counted(quantity, digits):
        return False
    present = wall_clock()
    moment = max(document.moment or present, present)
    held = at(session, Stock.on_hand, moment, by=(), where={"item": item_id, "place": document.source_id})
    return any(is_counted(figure.amounts["quantity"] - quantity, digits) for figure in held)


def _refuse_out_of_use(named: Iterable[Named], items: dict[int, Any]) -> None:
    for n in named:
        item = items[n.record_id]
        if item.is_active or n.document.clears_up:
            continue
        if n.line:
            raise Invalid(
                _l("Line %(n)s: “%(name)s” is no longer in use.", n=n.line, name=item.name),
                field="lines",
                column="item",
            )
        raise Invalid(_l("“%(name)s” is no longer in use.", name=item.name))


def _check_named_quantity(n: Named, item: Any, *, is_kept: bool) -> None:
    if n.line:
        check_quantity(n.line, item, n.quantity, is_kept=is_kept)
    else:
        check_counted(item, n.quantity, field="quantity")


def check_counted(item: Any, quantity: Decimal, *, field: str) -> None:
    """Refuse (Invalid), at a field of its own, a quantity that is finer than the item's unit is counted."""
    if is_counted(quantity, item.digits):
        return
    values = {"name": item.name, "unit": unit_word(item.unit), "digits": item.digits}
    if not item.digits:
        raise Invalid(_l("“%(name)s” is counted in whole units (%(unit)s).", **values), field=field)
    raise Invalid(_l("“%(name)s” is counted in %(unit)s to %(digits)s digits after the point.", **values), field=field)


def _refuse_closed(session: Session, named: Iterable[Named]) -> None:
    named = list(named)
    for where in places_by_id(session, {n.record_id for n in named}).values() if named else ():
        if not where.is_active:
            raise Invalid(_l("The warehouse “%(name)s” is closed. Choose another, or reopen it.", name=where.name))


def warn_of_stock(session: Session, actor: Actor, items: Iterable[Item]) -> None:
    """Say, to whoever may know it, how much is on hand at the present moment of items that have just been switched off."""
    by_id = {item.id: item for item in items}
    if not by_id or not actor.may("warehouse.stock.view"):
        return
    held = {
        f.key[0]: f.amounts["quantity"] for f in now(session, Stock.on_hand, by=("item",), where={"item": [*by_id]})
    }
    for item_id, quantity in sorted(held.items()):
        if not quantity:
            continue
        message = _l(
            "“%(name)s” is no longer bought, made or sold, but %(quantity)s %(unit)s are still on hand. Issue them, write"
            " them off or send them back.",
            name=by_id[item_id].name,
            quantity=number(quantity),
            unit=unit_word(by_id[item_id].unit.name),
        )
        notify(session, message)

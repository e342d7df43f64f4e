"""What is done with holds besides drafting them: all of one is released at once, and arriving goods are held for inspection."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, correct, locked, named_in, post, reverse, save
from app.api.errors import Conflict
from app.api.security import SYSTEM, Actor, PastPolicy, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.warehouse.holds import INSPECTION
from modules.warehouse.holds.ending import codes_of_lots, lots_typed
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft, release_of
from modules.warehouse.holds.models import Hold, HoldRelease
from modules.warehouse.items import items_by_id
from modules.warehouse.models import NONE, SUPPLIERS, Item
from modules.warehouse.registers import Stock

_BOOKS = PastPolicy("what arrives is held for inspection, whoever receives it")
_WHY = "goods that arrive are held for inspection, whoever receives them"
_E, _HOLD, _D = Stock.entries.c, Hold.__table__.c, Document.__table__.c


def release_all(session: Session, actor: Actor, document_id: int) -> HoldRelease:
    """Release all that a hold still keeps, by a document of its own. Refused (Conflict): a hold that keeps nothing."""
    hold = locked(session, Hold, document_id)
    draft = release_of(session, hold)
    if hold.state != "posted" or not draft.lines:
        raise Conflict(_l("This hold keeps nothing any more."))
    release = save(session, actor, HoldRelease, draft)
    post(session, actor, [release])
    return release


def hold_arrived(session: Session, documents: Sequence[Document]) -> None:
    """Hold for inspection what has come from suppliers by posted documents, of items that are to be inspected: one hold for
    each document and warehouse, made in the same transaction, whatever rights to holds its author has."""
    if drafts := _arrived(session, documents):
        with unrestricted(session, _WHY):
            _hold(session, drafts)


def _hold(session: Session, drafts: Sequence[tuple[int, HoldDraft]]) -> None:
    made = []
    for arrival, draft in drafts:
        hold = save(session, SYSTEM, Hold, draft)
        hold.arrival_id = arrival
        made.append(hold)
    post(session, SYSTEM, made)


def follow_arrival(session: Session, document: Document) -> None:
    """A document by which goods arrived says something else: its hold keeps what came now, another one what came into another
    warehouse. Refused: less than has been ended of the hold already (NoLongerFits)."""
    holds = _holds_of(session, document)
    if not holds:
        return
    drafts = {draft.place_id: draft for _, draft in _arrived(session, [document])}
    with unrestricted(session, _WHY):
        for hold_id in holds:
            hold = locked(session, Hold, hold_id)
            draft = drafts.pop(hold.place_id, None)
            if draft is None:
                reverse(session, SYSTEM, hold)
            elif (hold.moment, _kept(hold)) != (draft.moment, _kept(draft)):
                correct(session, SYSTEM, hold, draft)
        if drafts:
            _hold(session, [(document.id, draft) for draft in drafts.values()])


def _kept(said: Hold | HoldDraft) -> list[tuple[int, Decimal, str]]:
    return [(line.item_id, line.quantity, line.lots) for line in said.lines]


def undo_arrival(session: Session, document: Document) -> None:
    """What came by a document that is being reversed isn't held any more. Refused (HasFollowers): a hold some of which has been
    ended."""
    if holds := _holds_of(session, document):
        with unrestricted(session, _WHY):
            for hold_id in holds:
                reverse(session, SYSTEM, locked(session, Hold, hold_id))


def _holds_of(session: Session, document: Document) -> list[int]:
    query = select(_HOLD.id).join_from(Hold.__table__, Document.__table__, _D.id == _HOLD.id)
    query = query.where(_HOLD.arrival_id == document.id, _D.state == "posted")
    return list(_BOOKS(session).scalars(query.order_by(_HOLD.id)))


def _arrived(session: Session, documents: Sequence[Document]) -> list[tuple[int, HoldDraft]]:
    """Documents with what came by each into a warehouse, of items that are to be inspected, as a hold would keep it."""
    named = items_by_id(session, {n.record_id for n in named_in(documents, Item)})
    inspected = {item.id for item in named.values() if item.is_inspected}
    if not inspected:
        return []
    came: dict[tuple[int, int], dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    for outside, place, sign in ((_E.place_from_id, _E.place_to_id, 1), (_E.place_to_id, _E.place_from_id, -1)):
        query = (
            select(_E.document_id, place, _E.item_id, _E.lot_to_id, units)
            .where(_E.document_id.in_([d.id for d in documents]), _E.item_id.in_(inspected))
            .where(outside == SUPPLIERS, place > NONE)
            .group_by(_E.document_id, place, _E.item_id, _E.lot_to_id)
        )
        for document_id, place_id, item, lot, moved in _BOOKS(session).execute(query):
            came[document_id, place_id][item][lot] += sign * int(moved)
    of_document = {d.id: d for d in documents}
    codes = codes_of_lots(session, {lot for items in came.values() for lots in items.values() for lot in lots if lot})
    drafts = []
    for (document_id, place_id), items in sorted(came.items()):
        document = of_document[document_id]
        lines = [
            _line(item, named[item].tracking, {lot: n for lot, n in sorted(lots.items()) if n > 0}, codes)
            for item, lots in sorted(items.items())
            if sum(lots.values()) > 0
        ]
        if lines:
            note = f"{document.title} {document.number}"
            drafts.append((document_id, HoldDraft(place_id, lines, INSPECTION, moment=document.moment, note=note)))
    return drafts


def _line(item: int, tracking: str, lots: dict[int, int], codes: dict[int, str]) -> HoldLineDraft:
    return HoldLineDraft(item, from_units(sum(lots.values()), Quantity.scale), lots=lots_typed(tracking, lots, codes))

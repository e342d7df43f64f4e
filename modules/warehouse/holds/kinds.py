"""Holds and releases as documents: what a draft says, and what posting one keeps or lets go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.documents import Document, Draft, Kind, LineKey, Makes, Outcome, Words, kind_of
from app.api.errors import Conflict, Invalid
from app.api.ledger import Posting
from app.api.security import Actor, PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, shortened
from modules.warehouse import claims
from modules.warehouse.holds import HOLD, REASONS, RELEASE
from modules.warehouse.holds.ending import claims_of, is_held, left_lines, write_off_of
from modules.warehouse.holds.models import Hold, Holding, HoldLine, HoldRelease
from modules.warehouse.holds.paper import hold_paper
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import lots_text
from modules.warehouse.lots.splitting import has_lots, parted
from modules.warehouse.moving import Move
from modules.warehouse.operations import warehouse_id
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.places import places_by_id
from modules.warehouse.registers import Stock
from modules.warehouse.rules import check_goods
from modules.warehouse.using import quantities_kept

_BOOKS = PastPolicy("a release must fit its hold, whoever may see that")
_ANY = select(Hold.id).subquery("any_hold").c
_HOLD, _LINE, _D = Holding.__table__, HoldLine.__table__.c, Document.__table__.c


@dataclass(slots=True)
class HoldLineDraft:
    """A line as the user typed it."""

    optional: ClassVar[frozenset[str]] = frozenset({"packing_id"})

    item_id: int
    #: in base units
    quantity: Decimal = Decimal(0)
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    #: what is said of lots and serial numbers, as `lots.rules` reads it
    lots: str = ""
    #: of a release: the line of the hold whose goods are free again
    origin: LineKey | None = None


@dataclass(slots=True)
class HoldDraft(Draft):
    """A hold or a release as the user typed it; a release has no reason."""

    place_id: int
    lines: Sequence[HoldLineDraft]
    reason: str = ""


def release_of(session: Session, document: Hold) -> HoldDraft:
    """What is left of a hold, to be released."""
    lines = [
        HoldLineDraft(line.item_id, quantity, lots=lots, origin=(document.id, line.line))
        for line, quantity, lots in left_lines(session, document, RELEASE)
    ]
    return HoldDraft(place_id=document.place_id, lines=lines, note=f"{document.title} {document.number}")


def _fill(session: Session, _actor: Actor, document: Holding, draft: HoldDraft) -> list[HoldLine]:
    """Refused: what other moves of goods refuse of lines, a hold without a reason, a release of what no hold keeps."""
    is_hold = isinstance(document, Hold)
    if is_hold and draft.reason not in REASONS:
        raise Invalid(_l("Choose from the list."), field="reason")
    document.place_id = warehouse_id(session, draft.place_id)
    document.reason = draft.reason if is_hold else ""
    document.summary = shortened(draft.note, longest(Holding, "summary") or 0)
    goods = items_by_id(session, {line.item_id for line in draft.lines})
    check_packings(session, draft.lines)
    check_held(session, document, document.place_id, draft.lines, may_lack=is_hold)
    kept = quantities_kept(document)
    for n, line in enumerate(draft.lines, 1):
        check_goods(n, goods[line.item_id], line.quantity, is_kept=(line.item_id, line.quantity) in kept)
    return [
        HoldLine(
            line=n,
            item_id=line.item_id,
            quantity=line.quantity,
            packing_id=line.packing_id,
            lots=lots_text(n, line.lots),
        )
        for n, line in enumerate(draft.lines, 1)
    ]


def check_held(session: Session, document: Any, place_id: int, lines: Sequence[Any], *, may_lack: bool) -> None:
    """Refuse (Invalid) lines that are made from anything but a hold of the same item and warehouse; and, unless they
    `may_lack` it, those that are made from none."""
    held = _held(session, {line.origin for line in lines if line.origin is not None})
    for n, line in enumerate(lines, 1):
        said = (line.item_id, place_id, document.organisation_id)
        if not (may_lack if line.origin is None else held.get(line.origin) == said):
            words = _l("Line %(n)s: no hold keeps this. Open the hold and end it there.", n=n)
            raise Invalid(words, field="lines", column="item")


def _held(session: Session, keys: Collection[LineKey]) -> dict[LineKey, tuple[int, int, int]]:
    """Lines of holds → their item, warehouse and organisation."""
    if not keys:
        return {}
    query = (
        select(_LINE.document_id, _LINE.line, _LINE.item_id, _HOLD.c.place_id, _D.organisation_id)
        .join_from(HoldLine.__table__, _HOLD, _HOLD.c.id == _LINE.document_id)
        .join(Document.__table__, _D.id == _LINE.document_id)
        .where(_LINE.document_id.in_({document for document, _ in keys}), _D.kind == HOLD)
    )
    rows = _BOOKS(session).execute(query)
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def _still_held(session: Session, document: HoldRelease) -> None:
    """Refuse (Invalid) a release that its hold no longer fits once that is corrected."""
    check_held(session, document, document.place_id, kind_of(document).draft_of(document).lines, may_lack=False)


def _keep(posting: Posting, documents: Sequence[Hold]) -> None:
    """Goods that were free are kept by the hold. Refused: more than is free; lots of which not so much is."""
    session = posting.session
    known = claims_of(session, {d.id for d in documents})
    made = {d.id: known.get(d.id) or claims.create_claim(session, d, is_hold=True).id for d in documents}
    for part in _parted(posting, [_move_of(d, line, 0) for d in documents for line in d.lines]):
        claims.claim(posting, part.document, part.line, claim_id=made[part.document.id], **_said(part))


def _let_go(posting: Posting, documents: Sequence[HoldRelease]) -> None:
    """Goods that a hold keeps are free again. Refused: more than it keeps of an item or a lot."""
    origins = {d.id: d.origins for d in documents}
    known = claims_of(posting.session, {hold for of in origins.values() for hold, _ in of.values()})
    moves = [_move_of(d, line, known[origins[d.id][line.line][0]]) for d in documents for line in d.lines]
    for part in _parted(posting, moves):
        claims.release(posting, part.document, part.line, claim_id=part.claim_id, **_said(part))


def _move_of(document: Holding, line: HoldLine, claim_id: int) -> Move:
    place = document.place_id
    return Move(document, line.line, line.item_id, place, place, line.quantity, claim_id=claim_id, typed=line.lots)


def _said(part: Move) -> dict[str, Any]:
    return {
        "item_id": part.item_id,
        "warehouse_id": part.source_id,
        "quantity": part.quantity,
        "lot": part.lots[0],
    }


def _parted(posting: Posting, new: Sequence[Move]) -> Sequence[Move]:
    """The moves by lots. What the items are worth is held, as by whoever moves them."""
    posting.write()
    held = posting.hold_all(Stock.worth, {m.item_id for m in new})
    posting.give_moments(h.last for h in held.values())
    if not has_lots(posting.session, new):
        return new
    places = places_by_id(posting.session, {m.source_id for m in new})
    return [part for _, part in parted(posting, new, places)]


def _hold_reversed(posting: Posting, document: Hold) -> None:
    """Refuse (Conflict) to reverse a hold some of whose goods were lost meanwhile: they can't be free again."""
    session, items = posting.session, {line.item_id for line in document.lines}
    posting.hold_all(Stock.worth, items)
    posting.hold_all(Stock.claims, items)
    lines = left_lines(session, document, RELEASE)
    if sum(quantity for _, quantity, _ in lines) < sum(line.quantity for line in document.lines):
        words = _l("Goods of this hold were lost meanwhile. Release what is left instead of reversing it.")
        raise Conflict(words)


def _hold_items(posting: Posting, document: Holding) -> None:
    posting.hold_all(Stock.worth, {line.item_id for line in document.lines})


_SAID: dict[str, Any] = {"draft": HoldDraft, "line": HoldLineDraft, "fill": _fill, "paper": hold_paper}
_ENDS: dict[str, Any] = {"takes": "warehouse.hold_end", "share": _l("Ended")}
HELD: Kind[Any] = Kind(
    Hold,
    **_SAID,
    move=_keep,
    reversing=_hold_reversed,
    correcting=_hold_items,
    makes=(
        Makes(RELEASE, _l("Release"), release_of, "lock-open", **_ENDS),
        Makes("warehouse.write_off", _l("Write goods off"), write_off_of, "trash", **_ENDS),
    ),
    outcomes=(
        Outcome("held", _l("Held back"), is_held),
        Outcome("ended", _l("Ended"), lambda number: select(1).where(_ANY.id == number).exists()),
    ),
    words=Words(ask=_l("Reverse this hold? Its goods are free again."), posted=_l("%(number)s is posted: held back.")),
)
RELEASED: Kind[Any] = Kind(
    HoldRelease,
    **_SAID,
    move=_let_go,
    fits=_still_held,
    reversing=_hold_items,
    words=Words(
        ask=_l("Reverse this release? Its goods are held back again."),
        posted=_l("%(number)s is posted: the goods are free."),
    ),
)

"""Stock counts as documents, and what a draft of one says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.api.clock import wall_clock
from app.api.documents import Draft, Kind, Words
from app.api.errors import Invalid
from app.api.ledger import Posting
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import longest, shortened
from modules.warehouse import stock
from modules.warehouse.bins import taking
from modules.warehouse.bins.rules import codes_of
from modules.warehouse.counting.bins import bins_as_typed, check_bins, counted_bins
from modules.warehouse.counting.booking import book
from modules.warehouse.counting.models import LEFT, RESTS, CountLine, StockCount
from modules.warehouse.counting.paper import count_paper
from modules.warehouse.counting.results import counted_in
from modules.warehouse.items import items_by_id
from modules.warehouse.models import GOODS, SERVICE, Item
from modules.warehouse.nesting import Tree
from modules.warehouse.operations import warehouse_id


@dataclass(slots=True)
class CountLineDraft:
    """An item that is to be counted."""

    item_id: int


@dataclass(slots=True)
class CountDraft(Draft):
    """A count as somebody typed it: of the items of its lines and of a group, or else of everything in the warehouse. The date
    is that of the differences; without one they are booked as of when it is posted."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"group_id"}

    place_id: int
    lines: Sequence[CountLineDraft] = ()
    #: its goods, and those of the groups in it, come on the list
    group_id: int | None = None
    is_blind: bool = True
    rest: str = LEFT
    #: bin by bin: in the bins of these codes, as `bins.rules.codes_of` reads them, and in those of a zone, or else in all; the
    #: code "-" is what isn't put away
    is_by_bin: bool = False
    bins: str = ""
    zone: str = ""


def _fill(session: Session, _actor: Actor, document: StockCount, draft: CountDraft) -> list[CountLine]:
    """Refused: a warehouse that isn't one, services, a group without goods."""
    if document.place_id is not None and document.place_id != draft.place_id and document.id is not None:
        raise Invalid(_l("A count stays in its warehouse. Begin another one."), field="place_id")
    document.place_id, document.is_blind = warehouse_id(session, draft.place_id), draft.is_blind
    if draft.rest not in RESTS:
        raise Invalid(_l("Choose from the list."), field="rest")
    document.rest = draft.rest
    _fill_bins(session, document, draft)
    document.begun_at = document.begun_at or wall_clock()
    document.summary = shortened(draft.note, longest(StockCount, "summary") or 0)
    items = items_by_id(session, {line.item_id for line in draft.lines})
    for number, line in enumerate(draft.lines, 1):
        if items[line.item_id].kind == SERVICE:
            message = _l(
                "Line %(n)s: “%(name)s” is a service and can't be counted.", n=number, name=items[line.item_id].name
            )
            raise Invalid(message, field="lines", column="item")
    wanted = [*(line.item_id for line in draft.lines), *(_goods_of(session, draft.group_id) if draft.group_id else ())]
    return [CountLine(line=n, item_id=i, is_listed=True) for n, i in enumerate(dict.fromkeys(wanted), 1)]


def _fill_bins(session: Session, document: StockCount, draft: CountDraft) -> None:
    """Refused (Invalid): what `check_bins` refuses, and to count otherwise what somebody has begun to count."""
    if document.id is not None and document.is_by_bin != draft.is_by_bin and counted_in(session, document):
        raise Invalid(_l("Something is counted already. Begin another count to count otherwise."), field="is_by_bin")
    document.is_by_bin, document.bins, document.zone = draft.is_by_bin, draft.bins.strip(), draft.zone.strip()
    document.bin_ids = ""  # they are named by their codes
    check_bins(session, document)
    codes = {each.code: each.id for each in counted_bins(session, document)}
    document.bin_ids = " ".join(str(codes[code]) for code in codes_of(document.bins))


def _goods_of(session: Session, group_id: int) -> list[int]:
    groups = {group_id, *Tree(session).below(group_id)}
    query = select(Item.id).where(Item.group_id.in_(groups), Item.kind == GOODS, Item.is_active)
    found = list(session.scalars(query.order_by(Item.code_order, Item.id)))
    if not found:
        raise Invalid(_l("There are no goods in this group."), field="group_id")
    return found


def _draft_of(document: StockCount) -> CountDraft:
    session: Any = object_session(document)
    return CountDraft(
        moment=document.moment if document.is_dated or document.state != "draft" else None,
        note=document.note,
        custom=document.custom,
        place_id=document.place_id,
        lines=[CountLineDraft(line.item_id) for line in document.lines if line.is_listed],
        is_blind=document.is_blind,
        rest=document.rest,
        is_by_bin=document.is_by_bin,
        bins=bins_as_typed(session, document),
        zone=document.zone,
    )


def _follow_reversal(posting: Posting, document: StockCount) -> None:
    stock.follow_reversal(posting, document)
    if document.is_by_bin:
        taking.settle_at(posting, {line.item_id for line in document.lines}, {document.place_id}, document.id)


COUNT: Kind[Any] = Kind(
    StockCount,
    draft=CountDraft,
    line=CountLineDraft,
    fill=_fill,
    draft_of=_draft_of,
    move=book,
    paper=count_paper,
    reversing=stock.hold_moved,
    reversed=_follow_reversal,
    correcting=stock.hold_corrected,
    may_be_empty=True,
    words=Words(
        {"draft": _l("Being counted")},
        post=_l("Post what differs"),
        posted=_l("%(number)s is posted: the books say what was counted."),
        ask=_l("Reverse this count? The stock goes back to what the books said."),
    ),
)

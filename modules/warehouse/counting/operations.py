"""Counting: what somebody has counted is recorded and undone, and items are counted once more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import locked, post
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import unit_word
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.warehouse.counting import EDIT, POST
from modules.warehouse.counting.bins import bins_by_id, counted_bins
from modules.warehouse.counting.books import Spot
from modules.warehouse.counting.elsewhere import bins_counted_elsewhere, counted_elsewhere
from modules.warehouse.counting.models import RESTS, Recount, StockCount, Tally, WholeBin
from modules.warehouse.counting.results import Seen, counted_in, rounds_of, rounds_then, whole_bins
from modules.warehouse.items import items_by_id
from modules.warehouse.lots.rules import MOST, SERIAL, is_lot
from modules.warehouse.models import NONE, SERVICE
from modules.warehouse.rules import TOO_MANY
from modules.warehouse.using import check_counted


@dataclass(frozen=True, slots=True)
class Tallied:
    """What somebody has counted of an item: zero where there was none."""

    item_id: int
    quantity: Decimal
    #: names the act: the same sent twice is one
    operation_id: str
    #: by the organisation's own clock; None: now
    moment: datetime | None = None
    #: the lot or serial number of goods that have such, and until when it may be used, where its label says it
    lot: str = ""
    expires: date | None = None
    #: where it lay, of a count by bins; 0: not put away
    bin_id: int = NONE
    #: the same goods in their second unit; None: nobody has weighed them, so they keep their share of what lies there
    second: Decimal | None = None


def tally(session: Session, actor: Actor, count_id: int, counted: Sequence[Tallied]) -> list[Tally]:
    """Record what somebody has counted. What was recorded before by the same act isn't recorded again.

    Refused (Conflict): a count that is over, an item or bin that another count of the same warehouse counts, or has counted
    since, an act that has said something else before; (Invalid): a service, goods with lots or serial numbers without theirs,
    more than one of a serial number, an item or bin that isn't on the count's list, a quantity below zero or finer than its
    unit is counted, a second quantity that can't be right, a moment before the count was begun or ahead.
    """
    require(actor, EDIT)
    count = locked(session, StockCount, count_id)
    acts = [each.operation_id for each in counted]
    known = {x.operation_id: x for x in session.scalars(select(Tally).where(Tally.operation_id.in_(acts)))}
    _refuse_otherwise(count, counted, known)
    new = [each for each in counted if each.operation_id not in known]
    if new:
        _refuse_over(count)
    now, items, listed = wall_clock(), items_by_id(session, {each.item_id for each in new}), count.listed
    rounds = rounds_then(session, count)
    _check_bins(session, count, {each.bin_id for each in new})
    for each in new:
        item, moment = items[each.item_id], each.moment or now
        _check(item, each)
        _check_second(item, each)
        if listed and item.id not in listed:
            raise Invalid(_l("“%(name)s” isn't on the list of this count.", name=item.name))
        _check_moment(count, moment, now)
        known[each.operation_id] = Tally(
            document_id=count.id,
            item_id=item.id,
            bin_id=each.bin_id,
            round=rounds(moment).get((item.id, each.bin_id), 1),
            quantity=each.quantity,
            second=each.second,
            lot=each.lot,
            expires=each.expires,
            moment=moment,
            user_id=actor.user_id,
            operation_id=each.operation_id,
        )
    since = min((known[x.operation_id].moment for x in new), default=now)
    _refuse_counted_elsewhere(session, count, items, since)
    _refuse_bins_elsewhere(session, count, {each.bin_id for each in new}, since)
    session.add_all(known[each.operation_id] for each in new)
    session.flush()
    return [known[act] for act in acts]


def count_whole_bin(
    session: Session, actor: Actor, count_id: int, bin_id: int, operation_id: str, moment: datetime | None = None
) -> WholeBin:
    """Record that all that lies in a bin was counted by a moment, None: now; 0: all that isn't put away. What the books expect
    there besides is missing. The same act once more changes nothing.

    Refused (Conflict): a count that is over, a bin that another count counts or has counted since, an act that has said
    something else; (Invalid): a bin that isn't on the count's list, a moment before the count was begun or ahead.
    """
    require(actor, EDIT)
    count, now = locked(session, StockCount, count_id), wall_clock()
    before = session.scalars(select(WholeBin).where(WholeBin.operation_id == operation_id)).first()
    if before is not None:
        if (before.document_id, before.bin_id) != (count.id, bin_id):
            raise _sent_otherwise()
        return before
    _refuse_over(count)
    if not count.is_by_bin:
        raise Invalid(_l("This count isn't by bins."), field="bin")
    _check_bins(session, count, {bin_id})
    _check_moment(count, moment or now, now)
    _refuse_bins_elsewhere(session, count, {bin_id}, moment or now)
    rounds = [n for (_, where), n in rounds_then(session, count)(moment or now).items() if where == bin_id]
    made = WholeBin(
        document_id=count.id,
        bin_id=bin_id,
        round=max(rounds, default=1),
        moment=moment or now,
        user_id=actor.user_id,
        operation_id=operation_id,
    )
    session.add(made)
    session.flush()
    return made


def undo(session: Session, actor: Actor, count_id: int, operation_id: str) -> Tally | WholeBin:
    """Undo what an act has counted; once more changes nothing. Refused: a count that is over (Conflict), an act that has
    counted nothing in it (NotFound)."""
    require(actor, EDIT)
    count = locked(session, StockCount, count_id)
    found: Tally | WholeBin | None = _act(session, Tally, count, operation_id) or _act(
        session, WholeBin, count, operation_id
    )
    if found is None:
        raise NotFound
    if not found.is_undone:
        _refuse_over(count)
        found.is_undone = True
        session.flush()
    return found


def _act(session: Session, model: type[Any], count: StockCount, operation_id: str) -> Any:
    query = select(model).where(model.document_id == count.id, model.operation_id == operation_id)
    return session.scalars(query).first()


def recount(
    session: Session, actor: Actor, count_id: int, spots: Collection[Spot], moment: datetime | None = None
) -> int:
    """Let items, each in its bin, be counted once more: what is counted of them after a moment, None: now, replaces what was.
    Gives how many; of those that are asked for again already, none. Refused: a count that is over (Conflict)."""
    require(actor, POST)
    count = locked(session, StockCount, count_id)
    _refuse_over(count)
    rounds, wholes, asked = rounds_of(session, count), whole_bins(session, count), 0
    for spot, seen in counted_in(session, count).items():
        if spot in spots and rounds.get(spot, 1) <= seen.round:
            item_id, bin_id = spot
            last = max([seen.round, *wholes.get(bin_id, ())])
            _keep_through(session, count, spot, seen, last)
            made = Recount(document_id=count.id, item_id=item_id, bin_id=bin_id, round=last + 1)
            made.asked_at = moment or wall_clock()
            session.merge(made)
            asked += 1
    session.flush()
    if asked:
        summary = count.number or count.summary
        record(session, "warehouse.count.recount", subject="warehouse.count", subject_id=count.id, summary=summary)
    return asked


def _keep_through(session: Session, count: StockCount, spot: Spot, seen: Seen, last: int) -> None:
    """Let what was counted stand through rounds in which all in its bin was counted for others: it wasn't asked for then."""
    if last > seen.round and seen.lots:
        own = (Tally.document_id == count.id, Tally.item_id == spot[0], Tally.bin_id == spot[1])
        session.execute(update(Tally).where(*own, Tally.round == seen.round).values(round=last))


def post_count(session: Session, actor: Actor, count_id: int, rest: str) -> StockCount:
    """Post what differs; `rest`, one of RESTS, says what becomes of what nobody has counted. Refused: as posting does."""
    require(actor, POST)
    count = locked(session, StockCount, count_id)
    _refuse_over(count)
    if rest not in RESTS:
        raise Invalid(_l("Choose from the list."), field="rest")
    count.rest = rest
    post(session, actor, [count])
    return count


def _check(item: Any, counted: Tallied) -> None:
    quantity = counted.quantity
    if item.kind == SERVICE:
        raise Invalid(_l("“%(name)s” is a service and can't be counted.", name=item.name), field="item")
    if not 0 <= quantity < TOO_MANY or not Quantity.holds(quantity):
        raise Invalid(_l("“%(name)s”: this can't be its quantity.", name=item.name), field="quantity")
    check_counted(item, quantity, field="quantity")
    _check_lot(item, counted.lot, quantity)


def _check_second(item: Any, counted: Tallied) -> None:
    if counted.second is None:
        return
    if item.second is None:
        words = _l("“%(name)s” has no second quantity.", name=item.name)
    elif not counted.quantity or not _can_be(counted.second):
        words = _l("“%(name)s”: this can't be its second quantity.", name=item.name)
    elif counted.second != round(counted.second, item.second_digits):
        said = {"name": item.name, "unit": unit_word(item.second), "digits": item.second_digits}
        words = _l("“%(name)s”: %(unit)s have at most %(digits)s digits after the point.", **said)
    else:
        return
    raise Invalid(words, field="second")


def _can_be(second: Decimal) -> bool:
    return second.is_finite() and 0 < second < TOO_MANY and Quantity.holds(second)


def _check_lot(item: Any, lot: str, quantity: Decimal) -> None:
    """Goods with lots or serial numbers are counted by them; where there are none of the item, none is said."""
    if not item.tracking:
        if lot:
            raise Invalid(_l("“%(name)s” isn't kept by lots or serial numbers.", name=item.name), field="lot")
        return
    if not lot:
        if quantity == 0:
            return
        words = _l("“%(name)s” is kept by lots: scan its label, or type the lot.", name=item.name)
        if item.tracking == SERIAL:
            words = _l("“%(name)s” has serial numbers: scan or type that of each piece.", name=item.name)
        raise Invalid(words, field="lot")
    if not is_lot(lot):
        words = _l(
            "“%(lot)s” can't be a lot: it has at most %(most)s characters and no “:”, “;” or “,”.", lot=lot, most=MOST
        )
        raise Invalid(words, field="lot")
    if item.tracking == SERIAL and quantity != 1:
        raise Invalid(_l("“%(name)s”: a serial number is of one piece.", name=item.name), field="quantity")


def _refuse_otherwise(count: StockCount, counted: Sequence[Tallied], known: Mapping[str, Tally]) -> None:
    """A page that is sent again after it was changed would lose what was changed."""
    for each in counted:
        before = known.get(each.operation_id)
        if before is None:
            continue
        # Not the moment: what waited in a browser says how long ago it was done, which grows until it arrives.
        said = (count.id, each.item_id, each.bin_id, each.quantity, each.lot, each.second)
        known_ = (before.document_id, before.item_id, before.bin_id, before.quantity, before.lot, before.second)
        if known_ != said:
            raise _sent_otherwise()


def _sent_otherwise() -> Conflict:
    return Conflict(_l("This was sent before, and said something else. Open the page again to count more."))


def _check_bins(session: Session, count: StockCount, bins: Collection[int]) -> None:
    if not count.is_by_bin:
        if any(bins):
            raise Invalid(_l("This count isn't by bins."), field="bin")
        return
    if missing := set(bins) - {each.id for each in counted_bins(session, count)}:
        known = bins_by_id(session, missing).get(min(missing))
        words = _l("Bin “%(bin)s” isn't counted in this count.", bin=known.title if known else min(missing))
        raise Invalid(words, field="bin")


def _check_moment(count: StockCount, moment: datetime, now: datetime) -> None:
    if not count.begun_at <= moment <= now:
        raise Invalid(_l("It was counted after this count was begun, and not later than now."), field="moment")


def _refuse_over(count: StockCount) -> None:
    if count.state != "draft":
        raise Conflict(_l("%(number)s is over: nothing is counted in it any more.", number=count.number))


def _refuse_counted_elsewhere(session: Session, count: StockCount, items: Any, since: datetime) -> None:
    for item_id, other in counted_elsewhere(session, count, items, since).items():
        raise Conflict(
            _l(
                "“%(name)s” is counted in another count of this warehouse: %(count)s.",
                name=items[item_id].name,
                count=other.number or _l("draft %(id)s", id=other.id),
            )
        )


def _refuse_bins_elsewhere(session: Session, count: StockCount, bins: Collection[int], since: datetime) -> None:
    for bin_id, other in bins_counted_elsewhere(session, count, bins, since).items():
        title = bins_by_id(session, [bin_id])[bin_id].title
        number = other.number or _l("draft %(id)s", id=other.id)
        raise Conflict(_l("Bin “%(bin)s” is counted in another count: %(count)s.", bin=title, count=number))

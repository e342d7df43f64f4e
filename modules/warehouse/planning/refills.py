"""What warehouses are refilled with from others: the rule. No database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from modules.warehouse.planning.rules import Level, to_order

_ZERO = Decimal(0)
#: item and warehouse
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Need:
    """What there is and will be of an item in a warehouse that is refilled from another; in base units."""

    item_id: int
    place_id: int
    source_id: int
    level: Level
    #: to how many digits the item is counted
    digits: int
    #: on hand and kept for nobody; below zero: so much is missing
    free: Decimal = _ZERO
    #: on its way from another warehouse
    coming: Decimal = _ZERO
    #: asked for by internal requests and not sent
    requested: Decimal = _ZERO
    #: in drafts of transfers and requests
    drafted: Decimal = _ZERO
    #: asked of it by others and not sent
    asked: Decimal = _ZERO

    @property
    def available(self) -> Decimal:
        """What will be there once all that is under way has come and gone."""
        return self.free + self.coming + self.requested + self.drafted - self.asked


@dataclass(frozen=True, slots=True)
class Refill:
    """What is proposed of a need."""

    need: Need
    #: up to the maximum, in lots
    wanted: Decimal
    #: as much of it as the source has beside what it sends to others; all of it where nobody knows that
    quantity: Decimal
    #: what the source had for it; None: nobody knows
    has: Decimal | None

    def words(self) -> str:
        """Why, in the reader's language."""
        said = [_l("%(n)s free", n=number(self.need.free))]
        for quantity, words in (
            (self.need.coming, _l("%(n)s on the way", n=number(self.need.coming))),
            (self.need.requested, _l("%(n)s requested", n=number(self.need.requested))),
            (self.need.drafted, _l("%(n)s in drafts", n=number(self.need.drafted))),
            (self.need.asked, _l("%(n)s requested by other warehouses", n=number(self.need.asked))),
        ):
            said += [words] if quantity else []
        level, numbers = self.need.level, {"minimum": number(self.need.level.minimum), "n": number(self.wanted)}
        if level.multiple:
            lot = number(level.multiple)
            said.append(_l("the minimum is %(minimum)s, so bring %(n)s, in lots of %(lot)s", lot=lot, **numbers))
        else:
            said.append(_l("the minimum is %(minimum)s, so bring %(n)s", **numbers))
        if self.has is not None and self.quantity < self.wanted:
            said.append(_l("only %(n)s are free there", n=number(self.has)))
        return ", ".join(str(each) for each in said)


def refills(needs: Sequence[Need], free: Mapping[Key, Decimal], known: frozenset[int]) -> Iterator[Refill]:
    """What each need is refilled with, the first first: from below the minimum up to the maximum as what is bought
    (`to_order`), but no more than its source, if it is among the `known`, has `free` of the item beside what others before it
    got, in whole lots."""
    left = dict(free)
    for need in needs:
        wanted = to_order(need.available, need.level, digits=need.digits)
        if not wanted:
            continue
        if need.source_id not in known:
            yield Refill(need, wanted, wanted, None)
            continue
        key = (need.item_id, need.source_id)
        has = max(left.get(key, _ZERO), _ZERO)
        quantity = min(wanted, has)
        step = need.level.multiple or Decimal(1).scaleb(-need.digits)
        quantity = quantity // step * step
        left[key] = has - quantity
        yield Refill(need, wanted, quantity, has)

"""Which bins a count by bins counts."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.rules import codes_of
from modules.warehouse.counting.models import StockCount
from modules.warehouse.models import NONE

#: what isn't put away, where bins are typed by their codes
LOOSE = "-"


@dataclass(frozen=True, slots=True)
class CountedBin:
    """A bin that is counted, or what isn't put away: 0."""

    id: int
    code: str

    @property
    def title(self) -> str:
        """What it is called on pages and papers."""
        return self.code if self.id else str(_l("not put away"))


def counted_bins(session: Session, count: StockCount) -> list[CountedBin]:
    """The open bins of a count, in the order of the walk; what isn't put away comes last. Of a count by items none."""
    if not count.is_by_bin:
        return []
    codes, is_all = codes_of(count.bins), not (count.bins or count.zone)
    where = [Bin.warehouse_id == count.place_id, Bin.is_active]
    if not is_all:
        where.append(or_(Bin.code.in_(codes), (Bin.zone == count.zone) & (Bin.zone != "")))
    query = select(Bin.id, Bin.code).where(*where).order_by(Bin.position, Bin.code_order, Bin.id)
    found = [CountedBin(row.id, row.code) for row in session.execute(query)]
    return [*found, CountedBin(NONE, LOOSE)] if is_all or LOOSE in codes else found


def bins_by_id(session: Session, ids: Collection[int]) -> dict[int, CountedBin]:
    """The same by number, in the order of the walk, what isn't put away last; those that are closed by now too."""
    query = select(Bin.id, Bin.code).where(Bin.id.in_(sorted(ids)), Bin.id > NONE)
    rows = session.execute(query.order_by(Bin.position, Bin.code_order, Bin.id))
    found = {row.id: CountedBin(row.id, row.code) for row in rows}
    return {**found, NONE: CountedBin(NONE, LOOSE)}


def check_bins(session: Session, count: StockCount) -> None:
    """Refused (Invalid): a warehouse without bins, bins or a zone that it doesn't have, and those of a count by items."""
    if not count.is_by_bin:
        if count.bins or count.zone:
            raise Invalid(_l("Tick this to count some bins, or name none."), field="is_by_bin")
        return
    found = {each.code for each in counted_bins(session, count)}
    if not found - {LOOSE} and not (count.bins or count.zone):
        raise Invalid(_l("This warehouse has no bins. Count it by items."), field="is_by_bin")
    if missing := [code for code in codes_of(count.bins) if code not in found]:
        raise Invalid(_l("This warehouse has no open bin “%(code)s”.", code=missing[0]), field="bins")
    in_zone = select(Bin.id).where(Bin.warehouse_id == count.place_id, Bin.is_active, Bin.zone == count.zone).limit(1)
    if count.zone and session.scalar(in_zone) is None:
        raise Invalid(_l("This warehouse has no open bin in zone “%(zone)s”.", zone=count.zone), field="zone")

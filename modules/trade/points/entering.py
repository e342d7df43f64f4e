"""Points go into the register with sales and what comes back of them: spent, earned, given back, withdrawn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Posting, Written
from app.api.reference import base_currency
from app.api.values import digits_of
from modules.contacts.api import family_of
from modules.trade.models import Sale, SalesReturn
from modules.trade.points.balances import expired_of_lots, left_of_lot, open_lots
from modules.trade.points.history import SoldLine, expiries_of, points_of_sales
from modules.trade.points.known import is_counted, known_points, programmes_of
from modules.trade.points.models import PointsLot
from modules.trade.points.register import Points
from modules.trade.points.rules import Lot, back_of, last_day, points_for, spread, taken_from
from modules.trade.points.spending import too_few
from modules.warehouse.api import items_by_id

_ZERO = Decimal(0)


def enter_points(posting: Posting, documents: Sequence[Any]) -> None:
    """Enter what sales spend and earn, and what returns of them give back and withdraw.

    Refused (Conflict): a sale that spends more than its customer has by now. Whoever spends is locked until the transaction
    ends, so that of two at once the second sees what the first has left.
    """
    if not known_points(posting.session).programmes:
        return
    purse = Purse(posting)
    moving = [d for d in documents if isinstance(d, SalesReturn) or (isinstance(d, Sale) and d.points)]
    purse.hold({d.contact_id for d in moving})
    for document in documents:
        if isinstance(document, Sale):
            _spend(purse, document)
            _earn(posting, document)
        elif isinstance(document, SalesReturn):
            _bring_back(purse, document)


class Purse:
    """The points of customers while documents are posted: what is left, with what was taken and not written yet."""

    def __init__(self, posting: Posting) -> None:
        self.posting, self.session = posting, posting.session
        self._families: dict[int, list[int]] = {}
        self._moved: dict[tuple[int, int], int] = defaultdict(int)
        #: lots that were given something, by programme
        self._given: dict[int, list[Lot]] = defaultdict(list)
        self._fresh: dict[int, Lot] = {}

    def hold(self, contacts: Iterable[int]) -> None:
        """Lock what these contacts and those merged into them have."""
        for contact in sorted(contacts):
            self._families[contact] = family_of(self.session, contact)
        if members := {m for family in self._families.values() for m in family}:
            self.posting.hold_all(Points.balance, members)

    def lots(self, contact_id: int, programme_id: int, moment: datetime) -> list[Lot]:
        """What a customer may spend, in its order."""
        family = self._families[contact_id]
        found = open_lots(self.session, family, programme_id, moment)
        keys = {(lot.id, lot.contact_id) for lot in found}
        found += [lot for lot in self._given[programme_id] if lot[:2] not in keys and lot.contact_id in family]
        return [lot._replace(left=lot.left + self._moved[lot.id, lot.contact_id]) for lot in found]

    def left(self, lot_id: int, contact_id: int) -> int:
        """What is left of one lot, whether it may be spent or not."""
        stored = left_of_lot(self.session, lot_id, contact_id)
        return stored + self._moved[lot_id, contact_id]

    def fresh(self, document: Any, programme: Any) -> Lot:
        """The lot of a document itself, which is opened once."""
        if document.id not in self._fresh:
            self._fresh[document.id] = open_lot(self.posting, document, programme)
        return self._fresh[document.id]

    def enter(self, document: Any, line: int, lot: Lot, programme_id: int, points: int, **what: int) -> None:
        """Let a lot have so many points more, or fewer (below zero)."""
        if points:
            if points > 0 and not self._moved[lot.id, lot.contact_id]:
                self._given[programme_id].append(lot._replace(left=0))
            self._moved[lot.id, lot.contact_id] += points
            enter(self.posting, document, line, lot, programme_id, points, **what)


def enter(posting: Posting, document: Any, line: int, lot: Lot, programme_id: int, points: int, **what: Any) -> None:
    """One entry of the register; `what` became of the points by its amounts, and `moment` and `cause_id` of an entry."""
    posting.add(
        Points,
        document,
        line,
        side=1 if points > 0 else -1,
        contact=lot.contact_id,
        programme=programme_id,
        lot=lot.id,
        points=Decimal(points),
        **what,
    )


def open_lot(posting: Posting, document: Any, programme: Any) -> Lot:
    """Let a document be what points were earned by; they hold as long as the programme says."""
    expires = last_day(document.moment.date(), programme.months)
    row = {"id": document.id, "programme_id": programme.id, "earned": document.moment, "expires": expires}
    posting.insert(PointsLot.__table__, row)
    return Lot(document.id, document.contact_id, 0)


def _spend(purse: Purse, sale: Sale) -> None:
    if not sale.points or sale.programme_id is None:
        return
    lots = purse.lots(sale.contact_id, sale.programme_id, sale.moment)
    if (there := sum(lot.left for lot in lots)) < sale.points:
        raise Conflict(too_few(sale.summary, there), field="points")
    for line in sale.lines:
        taken = taken_from(lots, line.points)
        for lot, part in taken:
            purse.enter(sale, line.line, lot, sale.programme_id, -part, spent=part)
        parts = dict(taken)
        lots = [lot._replace(left=lot.left - parts.get(lot, 0)) for lot in lots]


def _earn(posting: Posting, sale: Sale) -> None:
    # one that is corrected earns by what it earned by, in use or not
    made = posting.session.get(PointsLot, sale.id) if posting.has_reversed else None
    also = made.programme_id if made is not None else None
    programme = next(iter(programmes_of(posting.session, sale.contact_id, sale.moment.date(), also=also)), None)
    if programme is None:
        return
    digits = digits_of(base_currency(posting.session))
    items = items_by_id(posting.session, {line.item_id for line in sale.lines})
    counted = is_counted(posting.session, programme, [items[line.item_id] for line in sale.lines])
    amounts = [
        sale.rate.in_base(line.net if programme.of_net else line.gross, digits) if counts else _ZERO
        for line, counts in zip(sale.lines, counted, strict=True)
    ]
    points = points_for(sum(amounts, _ZERO), earns=programme.earns, per=programme.per)
    if not points:
        return
    lot = open_lot(posting, sale, programme)
    for line, part in zip(sale.lines, spread(points, amounts), strict=True):
        if part:
            enter(posting, sale, line.line, lot, programme.id, part, earned=part)


def _bring_back(purse: Purse, document: SalesReturn) -> None:
    """Give back what was spent on what comes back, and withdraw what was earned by it, in proportion to all that came back of
    a line, so that the parts make the whole. What has expired of what was earned, or what the customer has no more, isn't
    taken."""
    origins = document.origins
    sold = points_of_sales(purse.session, document, set(origins.values()))
    came: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line in document.lines:
        of = sold.get(origins.get(line.line, (0, 0)))
        if of is not None:
            came[of.key] += line.quantity
            _give_back(purse, document, line.line, of, of.came + came[of.key])
    came.clear()
    for line in document.lines:
        of = sold.get(origins.get(line.line, (0, 0)))
        if of is not None:
            came[of.key] += line.quantity
            _withdraw(purse, document, line.line, of, of.came + came[of.key])


def _give_back(purse: Purse, document: SalesReturn, number: int, of: SoldLine, came: Decimal) -> None:
    """The points last taken come back first, each to where it was taken from; where its last day is over, as newly earned."""
    spent = sum(lot.left for lot in of.spent)
    due, skipped = back_of(spent, came, of.quantity) - of.given_back, of.given_back
    of.given_back += due
    programmes = {row.id: row for row in known_points(purse.session).programmes}
    for lot, programme_id, expires in reversed(of.spent_of):
        part = min(due, max(lot.left - skipped, 0))
        skipped, due = max(skipped - lot.left, 0), due - part
        if part and expires is not None and expires < document.moment.date():
            lot = purse.fresh(document, programmes[programme_id])
        purse.enter(document, number, lot, programme_id, part, spent=-part)


def _withdraw(purse: Purse, document: SalesReturn, number: int, of: SoldLine, came: Decimal) -> None:
    """First what is left of the very points, then others of the customer's in the order in which they are spent."""
    if of.earned_of is None:
        return
    lot, programme_id = of.earned_of
    sale = of.sale
    if sale.expired is None:
        sale.expired = expired_of_lots(purse.session, [lot.id]).get(lot.id, 0)
    due = back_of(of.earned, came, of.quantity) - of.withdrawn
    due = min(due, sale.earned - sale.expired - sale.withdrawn)
    own = lot._replace(left=purse.left(lot.id, lot.contact_id))
    others = [x for x in purse.lots(document.contact_id, programme_id, document.moment) if x.id != lot.id]
    for each, part in taken_from([own, *others], due):
        purse.enter(document, number, each, programme_id, -part, earned=-part)
        of.withdrawn += part
        sale.withdrawn += part


def forgive_expiry(posting: Posting, document: Any) -> None:
    """Before a document is reversed that gave points: what has expired of them was never earned, so it didn't expire."""
    session: Session = posting.session
    if not known_points(session).programmes or session.get(PointsLot, document.id) is None:
        return
    expired = expired_of_lots(session, [document.id]).get(document.id, 0)
    if expired <= 0:
        return
    posting.hold_all(Points.balance, family_of(session, document.contact_id))
    for row in expiries_of(session, document.id):
        moment = posting.open_moment(row.moment)
        owner = Written(row.document_id, moment, posting.organisation_id)
        lot = Lot(document.id, row.contact_id, 0)
        enter(
            posting,
            owner,
            0,
            lot,
            row.programme_id,
            row.points,
            expired=-row.points,
            moment=moment,
            cause_id=document.id,
        )

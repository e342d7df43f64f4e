"""What is to be reported of goods on commission, and the draft that one button makes of it.

Of a principal's goods that is what was sold out of the place where they lie and isn't reported yet; of ours with an agent, what
is still with the agent, as only they know what they have sold of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, kind_of, save
from app.api.errors import Conflict
from app.api.reference import organisation_id
from app.api.security import Actor, PastPolicy, require, visible
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.contacts.api import Contact, parties_by_id
from modules.trade.commission.kinds import CommissionReportDraft
from modules.trade.commission.models import GIVEN, TAKEN, AgentReport, CommissionPlace, PrincipalReport
from modules.trade.commission.prices import priced
from modules.trade.commission.registers import Commission, open_commission
from modules.trade.commission.sales import sold_of_principals
from modules.trade.models import TradeDocument
from modules.warehouse.api import Place, Stock

_BOOKS = PastPolicy("what was sold of goods on commission is reported whoever sold it")
#: whose goods → the report of them
REPORTS: dict[str, type[TradeDocument]] = {GIVEN: AgentReport, TAKEN: PrincipalReport}
_LEFT, _PLACE = Commission.left.table, CommissionPlace.__table__
_DOCUMENT, _TRADE = Document.__table__, TradeDocument.__table__
_ZERO = Decimal(0)
#: contact → item → how many
Quantities = dict[int, dict[int, Decimal]]


@dataclass(frozen=True, slots=True)
class ToReport:
    """What is to be reported to a principal, or by an agent: item → how many, above zero."""

    contact_id: int
    name: str
    items: Mapping[int, Decimal]
    #: a draft of the report, made before
    draft_id: int | None


def to_report(session: Session, direction: str) -> list[ToReport]:
    """All of whom there is something to report, by name: of contacts and places that are open to the session's actor."""
    left = _left(session, direction)
    if visible(session, Place) is not None:
        opened = session.execute(open_commission().where(CommissionPlace.direction == direction))
        own = {row.contact_id for row in opened}
        left = {contact: items for contact, items in left.items() if contact in own}
    query = select(Contact.id, Contact.name).where(Contact.id.in_(left))
    names, drafts = {row.id: row.name for row in session.execute(query)}, _drafts(session, direction)
    rows = [ToReport(c, names[c], items, drafts.get(c)) for c, items in left.items() if c in names]
    return sorted(rows, key=lambda row: (row.name, row.contact_id))


def draft_report(session: Session, actor: Actor, direction: str, contact_id: int) -> TradeDocument:
    """The draft of a report: the one that there is already, or a new one of all that is to be reported, at the prices that it
    was sold for, or given at, and with the commission of the report before.

    Refused: a contact outside the actor's scope, whose draft isn't open to the actor (Conflict), or of whom there is nothing
    to report (Conflict).
    """
    model = REPORTS[direction]
    require(actor, f"{kind_of(model).name}.edit")
    parties_by_id(session, {contact_id})
    place = select(CommissionPlace).where(
        CommissionPlace.contact_id == contact_id, CommissionPlace.direction == direction
    )
    if session.scalars(place.with_for_update()).first() is None:  # who else presses the button waits here
        raise Conflict(_l("There is nothing to report."))
    if (draft_id := _drafts(session, direction, contact_id).get(contact_id)) is not None:
        return _open_draft(session, model, draft_id)
    items = _left(session, direction, contact_id).get(contact_id)
    if not items:
        raise Conflict(_l("There is nothing to report."))
    said = priced(session, direction, contact_id, items)
    draft = CommissionReportDraft(contact_id, said.lines, currency=said.currency, tax_included=said.tax_included)
    made = save(session, actor, model, draft)
    session.flush()
    return made


def _open_draft(session: Session, model: type[TradeDocument], draft_id: int) -> TradeDocument:
    draft = session.get(model, draft_id)
    if draft is None:
        raise Conflict(_l("Somebody else has a draft of this report already, which isn't open to you."))
    return draft


def _drafts(session: Session, direction: str, contact_id: int | None = None) -> dict[int, int]:
    """Contact → the draft of its report, the oldest where there are several."""
    of, trade = _DOCUMENT.c, _TRADE.c
    query = (
        select(trade.contact_id, func.min(of.id).label("id"))
        .join_from(_TRADE, _DOCUMENT, of.id == trade.id)
        .where(of.kind == kind_of(REPORTS[direction]).name, of.state == "draft")
        .where(of.organisation_id == organisation_id(session))
        .group_by(trade.contact_id)
    )
    if contact_id is not None:
        query = query.where(trade.contact_id == contact_id)
    return {row.contact_id: row.id for row in _BOOKS(session).execute(query)}


def _left(session: Session, direction: str, contact_id: int | None = None) -> Quantities:
    """What is to be reported, without zeros."""
    left = _LEFT.c
    query = select(left.contact_id, left.item_id, left.quantity, left.sold).where(
        left.organisation_id == organisation_id(session), left.direction == direction, left.quantity > 0
    )
    if contact_id is not None:
        query = query.where(left.contact_id == contact_id)
    rows = _BOOKS(session).execute(query).all()
    if direction == TAKEN:
        gone, lies = sold_of_principals(session, contact_id), _lying(session, contact_id)
        counted = [
            (r, min(gone.get(key, _ZERO) - r.sold, r.quantity - lies[key]))
            for r in rows
            for key in [(r.contact_id, r.item_id)]
        ]
    else:
        counted = [(r, r.quantity) for r in rows]
    found: Quantities = defaultdict(dict)
    for row, quantity in counted:
        if quantity > 0:
            found[row.contact_id][row.item_id] = quantity
    return found


def _lying(session: Session, contact_id: int | None) -> defaultdict[tuple[int, int], Decimal]:
    """Principal and item → how many still lie in the principal's place."""
    held, left = Stock.on_hand.table.c, _LEFT.c
    query = (
        _of_places(func.sum(type_coerce(held.quantity, BigInteger)), session, contact_id)
        .join(Stock.on_hand.table, (held.item_id == left.item_id) & (held.place_id == _PLACE.c.place_id))
        .where(held.organisation_id == left.organisation_id)
    )
    return _counted(session, query)


def _of_places(units: Any, session: Session, contact_id: int | None) -> Select[Any]:
    """`units` by principal and item, of what lies on commission in their places."""
    left, place = _LEFT.c, _PLACE.c
    query = (
        select(left.contact_id, left.item_id, units.label("units"))
        .join_from(_LEFT, _PLACE, (place.contact_id == left.contact_id) & (place.direction == left.direction))
        .where(left.organisation_id == organisation_id(session), left.direction == TAKEN, left.quantity > 0)
        .group_by(left.contact_id, left.item_id)
    )
    return query if contact_id is None else query.where(left.contact_id == contact_id)


def _counted(session: Session, query: Select[Any]) -> defaultdict[tuple[int, int], Decimal]:
    found: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in _BOOKS(session).execute(query):
        found[row.contact_id, row.item_id] = from_units(int(row.units), Quantity.scale)
    return found

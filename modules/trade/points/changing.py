"""Points that no sale gives or takes: by hand, with a reason, and what has expired."""

from datetime import date

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Kind, SentBefore, post, written_before
from app.api.errors import Conflict, Invalid, NotFound
from app.api.ledger import Posting
from app.api.prints import Fact, Paper
from app.api.reference import base_currency, books_of, organisation_id
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from app.api.texts import number, visible
from modules.contacts.api import Contact, family_of, parties_by_id
from modules.trade.points.balances import lots_of, open_lots, whole
from modules.trade.points.entering import enter, forgive_expiry, open_lot
from modules.trade.points.keeping import programme_by_id
from modules.trade.points.models import EXPIRED, GIVEN, REASONS, TAKEN, PointsChange, Programme
from modules.trade.points.register import Points
from modules.trade.points.rules import Lot, taken_from
from modules.trade.points.spending import too_few

#: so many points nobody gives at once
_MOST = 100_000_000


def change_points(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    programme_id: int,
    points: int,
    note: str,
    operation_id: str | None = None,
) -> PointsChange:
    """Give a contact points (above zero), which hold from today on as the programme says, or take some (below zero), those
    that were earned first.

    Refused: no reason, no points, a programme that there isn't, more than the contact has; the same act again with other
    content (SentBefore).
    """
    require(actor, "trade.points_change.post")
    programme = programme_by_id(session, programme_id)
    contact = parties_by_id(session, {contact_id})[contact_id]
    note = visible(note, one_blank=False)
    if not note:
        raise Invalid(_l("Say why points are given or taken."), field="note")
    if not points or abs(points) > _MOST:
        words = _l(
            "Type how many points: above zero to give, below zero to take, at most %(most)s.", most=number(_MOST)
        )
        raise Invalid(words, field="points")
    reason = GIVEN if points > 0 else TAKEN
    said = (contact.id, programme.id, reason, abs(points), note)
    if (made := written_before(session, PointsChange, None, operation_id)) is not None:
        if (made.contact_id, made.programme_id, made.reason, made.points, made.note) != said:
            raise SentBefore(made)
        return made
    document = _document(session, contact, programme, reason, abs(points), note, operation_id)
    post(session, actor, [document], lambda posting, _documents: _move(posting, document))
    return document


def expire_points(session: Session, organisation: int, contact_id: int, programme_id: int, today: date) -> int:
    """Write off what a contact has of a programme whose last day is over, in the organisation's books; gives how many points,
    zero where somebody has done it meanwhile."""
    with books_of(session, organisation) as actor:
        contact = session.get_one(Contact, contact_id)  # one that was merged, too
        programme = session.get_one(Programme, programme_id)
        if not _expired(session, contact_id, programme_id, today):
            return 0
        document = _document(session, contact, programme, EXPIRED, 1, "", None)
        post(session, actor, [document], lambda posting, _documents: _write_off(posting, document, today))
        return document.points


def _document(
    session: Session, contact: object, programme: Programme, reason: str, points: int, note: str, act: str | None
) -> PointsChange:
    return PointsChange(
        organisation_id=organisation_id(session),
        contact_id=contact.id,  # type: ignore[attr-defined]
        programme_id=programme.id,
        programme=programme,
        reason=reason,
        points=points,
        moment=wall_clock(),
        is_dated=False,
        currency=base_currency(session),
        responsible_id=contact.responsible_id,  # type: ignore[attr-defined]
        summary=contact.name,  # type: ignore[attr-defined]
        note=note,
        operation_id=act,
        links=[],
    )


def _move(posting: Posting, document: PointsChange) -> None:
    session = posting.session
    if document.reason == GIVEN:
        lot = open_lot(posting, document, document.programme)
        enter(posting, document, 0, lot, document.programme_id, document.points, corrected=document.points)
        return
    family = family_of(session, document.contact_id)
    posting.hold_all(Points.balance, family)
    lots = open_lots(session, family, document.programme_id, document.moment)
    if (there := sum(lot.left for lot in lots)) < document.points:
        raise Conflict(too_few(document.summary, there), field="points")
    for lot, part in taken_from(lots, document.points):
        enter(posting, document, 0, lot, document.programme_id, -part, corrected=-part)


def _write_off(posting: Posting, document: PointsChange, today: date) -> None:
    posting.hold_all(Points.balance, [document.contact_id])
    lots = _expired(posting.session, document.contact_id, document.programme_id, today)
    if not lots:
        raise Conflict(_l("Nothing has expired any more."))
    document.points = sum(lot.left for lot in lots)
    for lot in lots:
        enter(posting, document, 0, lot, document.programme_id, -lot.left, expired=lot.left)


def _expired(session: Session, contact_id: int, programme_id: int, today: date) -> list[Lot]:
    return [
        Lot(row.lot_id, row.contact_id, whole(row.units))
        for row in lots_of(session, [contact_id])
        if row.programme_id == programme_id and row.expires is not None and row.expires < today
    ]


def change_by_id(session: Session, document_id: int) -> PointsChange:
    """The change of points; NotFound where there is none that is open to the actor."""
    document = session.get(PointsChange, document_id)
    if document is None:
        raise NotFound
    return document


def _paper(_session: Session, document: PointsChange) -> Paper:
    """Whose points, why, and how many."""
    sign = 1 if document.reason == GIVEN else -1
    return Paper(
        facts=(
            Fact(
                _l("Contact"),
                document.summary,
                endpoint="contacts.contact_view" if document.contact is not None else "",
                arguments=(("contact_id", document.contact_id),),
                needs="contacts.contact.view",
            ),
            Fact(_l("Loyalty programme"), document.programme.name),
            Fact(_l("Why"), REASONS[document.reason]),
            Fact(_l("Points"), number(sign * document.points)),
            Fact(_l("Date"), document.moment, "moment"),
            Fact(_l("Note"), document.note),
        ),
        columns=(),
        lines=[],
        totals=(),
        currency=document.currency,
    )


POINTS_CHANGE = Kind(PointsChange, paper=_paper, reversing=forgive_expiry)

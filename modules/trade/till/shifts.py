"""Shifts of a till: begun and ended by counting its cash, and what goes in and out between besides sales."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.errors import Conflict, Invalid, NotFound
from app.api.ledger import now
from app.api.reference import organisation_id
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import kept, moment
from app.api.texts import lazy_gettext as _l
from app.api.values import MOST_OF_A_DOCUMENT, Money, digits_of, from_units, round_money
from modules.contacts.api import Cash, record_other_payment, record_transfer
from modules.trade.till.authority import at_till
from modules.trade.till.models import DIFFERENCE, OPENING, PAY_IN, PAY_OUT, Shift, ShiftCount, ShiftDocument, Till
from modules.trade.till.rules import expected_cash, sum_of
from modules.trade.till.tills import CLOSE, EDIT, open_shift, till_by_id, till_to_use

#: the right to see the shifts of every till
VIEW = "trade.shift.view"
_COUNT = PastPolicy("what has to lie in a till counts all that its shift did, whoever may see balances and documents")


class ShiftClosed(Conflict):
    """The shift in which something was to be done is over."""

    def __init__(self, closed_at: datetime) -> None:
        words = _l(
            "The shift was closed on %(moment)s. Open a shift, and send this again into it.", moment=moment(closed_at)
        )
        super().__init__(words)


def open_a_shift(
    session: Session, actor: Actor, till_id: int, *, counted: Decimal, books_difference: bool = True
) -> Shift:
    """Begin a shift with the cash that was counted. What is over or short of the books is entered by the till's item for
    differences, if it has one and `books_difference`; where the cash desk has no entry yet, nothing is: all that lies there
    would be over. Refused: a shift that is open there already (Conflict), an amount below zero or finer than the currency
    (Invalid)."""
    till = till_to_use(session, actor, till_id)
    _lock(session, till)
    if (there := open_shift(session, till)) is not None:
        words = _l(
            "A shift is open at this till since %(moment)s. Go on with it, or close it.", moment=moment(there.opened_at)
        )
        raise Conflict(words)
    _check_count(counted, till)
    before = select(Shift.counted).where(Shift.till_id == till.id).order_by(Shift.closed_at.desc(), Shift.id.desc())
    shift = Shift(
        till_id=till.id,
        opened_by_id=actor.user_id,
        opened_at=wall_clock(),
        opening=counted,
        left_before=session.scalars(before.limit(1)).first(),
    )
    session.add(shift)
    session.flush()
    if books_difference and (booked := booked_cash(session, actor, till)) is not None:
        _book_difference(session, actor, shift, OPENING, counted - booked)
    record(session, "trade.shift.open", subject="trade.shift", subject_id=shift.id, summary=till.name)
    return shift


def shift_to_use(session: Session, actor: Actor, till: Till, shift_id: int) -> Shift:
    """The open shift of the till, locked until the transaction ends, so that nobody closes it meanwhile. Refused: another
    till's (NotFound), one that is over (ShiftClosed)."""
    _lock(session, till)
    shift = session.get(Shift, shift_id, populate_existing=True)
    if shift is None or shift.till_id != till.id:
        raise NotFound(_l("There is no such shift."))
    if shift.closed_at is not None:
        raise ShiftClosed(shift.closed_at)
    return shift


def made_before(session: Session, till: Till, operation_id: str | None) -> bool:
    """Whether this very act was done at the till already; whoever does it at this moment has finished then."""
    if operation_id is None:
        return False
    _lock(session, till)
    own, document = ShiftDocument.__table__.c, Document.__table__.c
    query = select(own.document_id).join_from(
        ShiftDocument.__table__, Document.__table__, document.id == own.document_id
    )
    return _COUNT(session).scalar(query.where(document.operation_id == operation_id)) is not None


def shift_to_see(session: Session, actor: Actor, shift_id: int) -> Shift:
    """A shift, for whoever may see all of them, or may close those of its till. NotFound otherwise."""
    shift = session.get(Shift, shift_id)
    if shift is None or till_by_id(session, shift.till_id).organisation_id != organisation_id(session):
        raise NotFound(_l("There is no such shift."))
    if not (actor.may(VIEW) or actor.may(EDIT)):
        require(actor, CLOSE)
        till_to_use(session, actor, shift.till_id)
    return shift


def note_in_shift(session: Session, shift: Shift, role: str, *documents: int) -> None:
    """Keep that documents were made in a shift."""
    session.add_all(ShiftDocument(document_id=each, shift_id=shift.id, role=role) for each in documents)
    session.flush()


def move_cash(
    session: Session,
    actor: Actor,
    till_id: int,
    *,
    shift_id: int,
    direction: str,
    amount: Decimal,
    account_id: int | None = None,
    expense_item_id: int | None = None,
    note: str = "",
    operation_id: str | None = None,
) -> int:
    """Put cash into the till (`in`) or take it out, from or to another account of the till's currency, or by an expense item;
    gives the document's id.

    Refused: a shift that is over, both or neither of the two, whatever `record_transfer` and `record_other_payment` refuse,
    such as more than there is (NotEnoughMoney).
    """
    require(actor, CLOSE)
    till = till_to_use(session, actor, till_id)
    shift = shift_to_use(session, actor, till, shift_id)
    if (account_id is None) == (expense_item_id is None):
        raise Invalid(_l("Choose where the money comes from or goes to."), field="other")
    if direction not in ("in", "out"):
        raise Invalid(_l("Money comes in or goes out."), field="direction")
    said: dict[str, Any] = {"amount": amount, "note": note, "operation_id": operation_id}
    with at_till(session, actor) as cashier:
        if account_id is not None:
            ends = (account_id, till.cash_account_id)
            source, target = ends if direction == "in" else reversed(ends)
            made: Document = record_transfer(session, cashier, source_id=source, target_id=target, **said)
        else:
            assert expense_item_id is not None
            made = record_other_payment(
                session,
                cashier,
                account_id=till.cash_account_id,
                expense_item_id=expense_item_id,
                direction=direction,
                party=till.name,
                **said,
            )
        made_id = made.id
    if session.get(ShiftDocument, made_id) is None:
        note_in_shift(session, shift, PAY_IN if direction == "in" else PAY_OUT, made_id)
    return made_id


def close_shift(
    session: Session,
    actor: Actor,
    till_id: int,
    *,
    shift_id: int,
    counted: Decimal | None = None,
    pieces: Mapping[Decimal, int] | None = None,
    note: str = "",
    books_difference: bool = True,
) -> Shift:
    """End a shift with what was counted, as a sum or by notes and coins; what is over or short is entered by the till's item
    for differences, if it has one and `books_difference`, and otherwise only reported.

    Refused: a shift that is over, no count, a sum that the notes and coins don't make, an amount that can't be counted.
    """
    require(actor, CLOSE)
    till = till_to_use(session, actor, till_id)
    shift = shift_to_use(session, actor, till, shift_id)
    pieces = {piece: count for piece, count in (pieces or {}).items() if count}
    if pieces:
        by_pieces = sum_of(pieces)
        if counted not in (None, by_pieces):
            raise Invalid(_l("The notes and coins don't make this sum. Empty one of the two."), field="counted")
        counted = by_pieces
    if counted is None:
        raise Invalid(_l("Count the cash, and type what there is."), field="counted")
    _check_count(counted, till)
    shift.expected, shift.counted = expected_now(session, shift), counted
    shift.closed_at, shift.closed_by_id = wall_clock(), actor.user_id
    shift.note = kept(Shift, {"note": note})["note"]
    shift.counts = [ShiftCount(denomination=piece, pieces=count) for piece, count in pieces.items()]
    session.flush()
    if books_difference:
        _book_difference(session, actor, shift, DIFFERENCE, counted - shift.expected)
    record(session, "trade.shift.close", subject="trade.shift", subject_id=shift.id, summary=till.name)
    return shift


def booked_cash(session: Session, actor: Actor, till: Till) -> Decimal | None:
    """What the books have on the till's cash desk now, in its currency; None: nothing ever moved there."""
    with at_till(session, actor):
        figures = now(session, Cash.balance, by=("account",), where={"account": till.cash_account_id})
    return figures[0].amounts["amount"] if figures else None


def _book_difference(session: Session, actor: Actor, shift: Shift, role: str, difference: Decimal) -> None:
    """Enter what is over (above zero) or short by the till's item for differences, if it has one."""
    if not difference or shift.till.difference_item_id is None:
        return
    with at_till(session, actor) as cashier:
        made = record_other_payment(
            session,
            cashier,
            account_id=shift.till.cash_account_id,
            expense_item_id=shift.till.difference_item_id,
            direction="in" if difference > 0 else "out",
            amount=abs(difference),
            party=shift.till.name,
            note=shift.note,
        ).id
    note_in_shift(session, shift, role, made)


def expected_now(session: Session, shift: Shift) -> Decimal:
    """What has to lie in the till by what its shift has moved; what is reversed moved nothing, and a difference that was found
    is none of it. In the currency of its cash desk."""
    return expected_cash(shift.opening, cash_moved(session, shift))


def cash_moved(session: Session, shift: Shift) -> list[Decimal]:
    """What each document of the shift put into the till (above zero) or took out of it, as the books have it: what was reversed
    since moved nothing."""
    entry, own = Cash.entries.c, ShiftDocument.__table__.c
    query = (
        select(type_coerce(func.sum(type_coerce(entry.amount, BigInteger)), BigInteger))
        .join_from(ShiftDocument.__table__, Cash.entries, entry.document_id == own.document_id)
        .where(
            own.shift_id == shift.id,
            own.role.not_in((DIFFERENCE, OPENING)),
            entry.account_id == shift.till.cash_account_id,
        )
        .group_by(own.document_id)
    )
    return [from_units(int(units), Money.scale) for units in _COUNT(session).execute(query).scalars()]


def _lock(session: Session, till: Till) -> None:
    """One after another at one till: a sale that is sent twice finds the first, and no shift is closed below a sale."""
    session.execute(select(Till.id).where(Till.id == till.id).with_for_update())


def _check_count(counted: Decimal, till: Till) -> None:
    currency = till.cash_account.currency
    if not Money.holds(counted) or not 0 <= counted <= MOST_OF_A_DOCUMENT:
        raise Invalid(_l("So much cash can't be there. Count it again."), field="counted")
    if round_money(counted, digits_of(currency)) != counted:
        words = _l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency))
        raise Invalid(words, field="counted")

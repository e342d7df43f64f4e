"""Asking carriers where parcels are: a job that asks for each that is due, and later again where there was no answer."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import utc_now, wall_clock
from app.api.data import begin_version
from app.api.errors import KontorError
from app.api.jobs import JobKind, Run, Schedule
from app.api.reference import books_of
from app.api.security import SYSTEM, record
from app.api.texts import lazy_gettext as _l
from modules.trade.bridges.calling import Door, NoAnswer, Refused, call, words_of
from modules.trade.bridges.models import BOOKED, CarrierBooking
from modules.trade.bridges.settings import door_of
from modules.trade.parcels.models import DELIVERED, FAILED, PACKED, UNDER_WAY, Parcel
from modules.trade.parcels.operations import bring_back, deliver
from modules.trade.parcels.queries import is_posted

#: what bridges say of a shipment → what that makes of its parcel
SAID = {"booked": "", "in_transit": UNDER_WAY, "delivered": DELIVERED, "failed": FAILED}
_NONSENSE = _l("it answers what nobody understands")
_log = structlog.get_logger()
#: bookings that one job asks for, those first that waited longest
MOST = 200
#: the pause after an answer; after none: the first pause, doubled each time up to the longest; and after so long none is asked
_USUAL, _FIRST, _LONGEST, _LIFE = timedelta(minutes=30), timedelta(minutes=5), timedelta(hours=12), timedelta(days=90)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many times in a row (from 1) without an answer."""
    return min(_FIRST * (1 << min(failures - 1, 20)), _LONGEST)


def due_bookings(session: Session, now: datetime) -> list[int]:
    """The bookings whose carrier is to be asked at the moment (UTC)."""
    query = select(CarrierBooking.id).where(CarrierBooking.ask_at <= now).order_by(CarrierBooking.ask_at).limit(MOST)
    return list(session.scalars(query))


def ask(run: Run, booking_id: int) -> bool:
    """Ask for one of them and keep what is said; whether there was an answer."""
    database, config = run.company.database, run.company.config

    def where(session: Session) -> tuple[Door, str]:
        booking = session.get_one(CarrierBooking, booking_id)
        return door_of(booking.bridge, config.secret_key, config.near_hosts), booking.key

    try:
        door, key = database.run(where, actor=SYSTEM, write=False)
        answer = call(door, "GET", f"/shipments/{key}")
        database.run(partial(keep_state, booking_id=booking_id, answer=answer), actor=SYSTEM)
    except (NoAnswer, Refused, KontorError) as error:
        why = words_of(str(error))
    except Exception:  # what one carrier says must not keep all others from being asked
        _log.exception("trade.tracking_failed", booking=booking_id)
        why = str(_NONSENSE)
    else:
        return True
    database.run(partial(_missed, booking_id=booking_id, why=why), actor=SYSTEM)
    return False


def keep_state(session: Session, booking_id: int, answer: dict[str, Any]) -> None:
    """What a carrier said of a shipment: its parcel goes on as that says, as far as it may."""
    booking = session.get_one(CarrierBooking, booking_id, with_for_update=True)
    if booking.state != BOOKED:
        return
    state, note = answer.get("state"), answer.get("note")
    if not isinstance(state, str) or state not in SAID:
        return _missed(session, booking_id, str(_NONSENSE))
    parcel = session.get_one(Parcel, booking.parcel_id)
    text = words_of(note)
    booking.said, booking.failures, booking.problem = text[:300], 0, ""
    booking.ask_at = utc_now() + _USUAL if utc_now() - booking.created_at < _LIFE else None
    is_news = state != booking.said_state  # what people recorded since stands until the carrier says something else
    booking.said_state = state
    if is_news and is_posted(session, parcel.sale_id):
        with books_of(session, parcel.sale.organisation_id):
            _advance(session, parcel, SAID[state], who=words_of(answer.get("received_by")), why=text)
    if parcel.state == DELIVERED:
        booking.ask_at = None
    session.flush()


def _advance(session: Session, parcel: Parcel, state: str, *, who: str, why: str) -> None:
    if state and parcel.state in (PACKED, FAILED):
        begin_version(session, parcel, None)
        if state == FAILED and parcel.state == FAILED:
            return
        parcel.state, parcel.state_on = UNDER_WAY, wall_clock().date()
        record(session, "trade.parcel.hand_over", subject="trade.parcel", subject_id=parcel.id, summary=parcel.code)
        session.flush()  # what follows reads it again
    if state == DELIVERED and parcel.state == UNDER_WAY:
        deliver(session, SYSTEM, parcel, received_by=who[:100] or str(_l("not said by the carrier")))
    elif state == FAILED and parcel.state == UNDER_WAY:
        bring_back(session, SYSTEM, parcel, why=why or str(_l("not said by the carrier")))


def _missed(session: Session, booking_id: int, why: str) -> None:
    booking = session.get(CarrierBooking, booking_id, with_for_update=True)
    if booking is None:
        return
    booking.failures += 1
    booking.problem = why[:300]
    booking.ask_at = utc_now() + pause_after(booking.failures) if utc_now() - booking.created_at < _LIFE else None
    session.flush()


def _track(run: Run) -> dict[str, Any]:
    due = run.company.database.run(lambda s: due_bookings(s, utc_now()), actor=SYSTEM, write=False)
    answered = 0
    for done, booking_id in enumerate(due):
        answered += ask(run, booking_id)
        run.progress(done + 1, len(due))
    return {"asked": len(due), "answered": answered}


track_parcels = JobKind("trade.track_parcels", _l("Ask carriers where parcels are"), _track, is_resumable=True)
track_often = Schedule("trade.track_parcels", _l("Ask carriers where parcels are"), track_parcels.name, "*/10 * * * *")

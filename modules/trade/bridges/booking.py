"""Booking a parcel with a carrier over the network, and cancelling that. Each is asked in three steps, so that nobody's
transaction waits for a carrier: what is to be asked is kept, asked, and the answer is kept.

The key of a booking is the address at which the bridge keeps it: asked again after a lost answer, nothing is booked twice.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import utc_now
from app.api.data import begin_version
from app.api.documents import Document
from app.api.errors import Conflict, Invalid, KontorError, NotFound
from app.api.reference import organisation, requisites
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from app.api.web import Company
from modules.contacts.api import Contact
from modules.trade.bridges.booked import booking_of
from modules.trade.bridges.calling import Door, NoAnswer, Refused, Unknown, call
from modules.trade.bridges.models import ASKED, BOOKED, CANCELLED, CarrierBooking
from modules.trade.bridges.settings import bridge_by_id, door_of
from modules.trade.models import TradeDocument
from modules.trade.parcels import EDIT
from modules.trade.parcels.carriers import Carrier
from modules.trade.parcels.models import FAILED, PACKED, Parcel
from modules.trade.parcels.operations import parcel_by_id
from modules.trade.parcels.queries import is_posted

_BOOKS = PastPolicy("a carrier learns where a parcel goes, whoever hands it over")
#: bytes of a label, and how each kind begins
MOST_LABEL = 2 << 20
LABELS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked of a bridge."""

    booking_id: int
    key: str
    body: Mapping[str, Any]
    door: Door


def book(company: Company, actor: Actor, carriers: Mapping[str, Carrier], parcel_id: int) -> None:
    """Book a parcel with its carrier: it gets the carrier's number and label. One that was asked for before is asked again.

    Refused: a parcel that is neither packed nor came back, whose sale was reversed or that is booked (Conflict), a carrier
    that isn't reached over the network, what the carrier refuses or answers wrongly (Invalid), what was
    cancelled meanwhile (Conflict). What isn't known to be done stays *not answered*.
    """
    asked: Asked = company.database.run(lambda s: _begin(s, actor, company, carriers, parcel_id), actor=actor)
    try:
        answer = call(asked.door, "PUT", f"/shipments/{asked.key}", asked.body)
    except Refused as error:
        why = str(error)
        company.database.run(lambda s: _drop(s, asked.booking_id, why), actor=actor)
        raise Invalid(_l("The carrier refuses it: %(why)s", why=why)) from error
    except NoAnswer as error:
        raise _unanswered(company, actor, asked, str(error)) from error
    try:
        is_kept = company.database.run(lambda s: _keep(s, asked.booking_id, answer), actor=actor)
    except Invalid as error:
        raise _unanswered(company, actor, asked, str(error)) from error
    if not is_kept:
        _withdraw(asked)


def cancel_booking(company: Company, actor: Actor, parcel_id: int) -> None:
    """Cancel a parcel's booking. Refused: none (NotFound), a parcel under way or delivered (Conflict), what the carrier
    refuses or doesn't answer (Invalid)."""
    asked: Asked = company.database.run(lambda s: _to_cancel(s, actor, company, parcel_id), actor=actor)
    try:
        call(asked.door, "DELETE", f"/shipments/{asked.key}")
    except Unknown:
        pass  # it was never booked: what was asked got lost on its way
    except Refused as error:
        raise Invalid(_l("The carrier refuses it: %(why)s", why=str(error))) from error
    except NoAnswer as error:
        raise _unanswered(company, actor, asked, str(error)) from error
    company.database.run(lambda s: _cancelled(s, actor, asked.booking_id), actor=actor)


def _withdraw(asked: Asked) -> None:
    """Cancel at the carrier what was cancelled here while it booked it: raises Conflict, which says so."""
    try:
        call(asked.door, "DELETE", f"/shipments/{asked.key}")
    except Unknown:
        pass
    except (NoAnswer, Refused) as error:
        words = _l(
            "The booking was cancelled meanwhile, but the carrier keeps it: %(why)s. Cancel it there.", why=str(error)
        )
        raise Conflict(words) from error
    raise Conflict(_l("The booking was cancelled meanwhile."))


def _begin(session: Session, actor: Actor, company: Company, carriers: Mapping[str, Carrier], parcel_id: int) -> Asked:
    parcel = parcel_by_id(session, actor, parcel_id)
    require(actor, EDIT)
    begin_version(session, parcel, None)  # two who book at once
    carrier = carriers.get(parcel.carrier)
    if carrier is None or carrier.bridge_id is None or not carrier.is_offered:
        raise Invalid(_l("This carrier isn't connected. Choose another one, or type its tracking number."))
    if parcel.state not in (PACKED, FAILED) or not is_posted(session, parcel.sale_id):
        raise Conflict(_l("Only a parcel that is packed or came back, of a sale that stands, is booked."))
    bridge = bridge_by_id(session, carrier.bridge_id)
    found = booking_of(session, parcel.id)
    if found is not None and found.state == BOOKED:
        raise Conflict(_l("It is booked already."))
    if found is None:
        key = secrets.token_hex(16)
        found = CarrierBooking(
            parcel_id=parcel.id, bridge_id=bridge.id, key=key, asked=shipment(session, parcel), state=ASKED
        )
        session.add(found)
        session.flush()
        _record(session, parcel, "book")
    else:
        found.failures += 1  # whoever asked before has no answer yet
    return Asked(
        found.id, found.key, found.asked, door_of(bridge, company.config.secret_key, company.config.near_hosts)
    )


def shipment(session: Session, parcel: Parcel) -> dict[str, Any]:
    """What a carrier learns of a parcel, as docs/carriers.md says."""
    document, trade, contact = Document.__table__.c, TradeDocument.__table__.c, Contact.__table__.c
    query = (
        select(document.number, contact.name, contact.address, contact.phone, contact.email, contact.country)
        .add_columns(trade.ship_to)
        .join_from(Document.__table__, TradeDocument.__table__, trade.id == document.id)
        .join(Contact.__table__, contact.id == parcel.contact_id)
        .where(document.id == parcel.sale_id)
    )
    to: Any = _BOOKS(session).execute(query).one()
    company, own = organisation(session), requisites(session)
    sizes = [parcel.length, parcel.width, parcel.height]
    said = {"name": to.name, "address": to.ship_to or to.address, "country": to.country}
    return {
        "reference": parcel.code,
        "order": to.number,
        "service": parcel.service,
        "content": parcel.content,
        "weight_kg": f"{parcel.weight.normalize():f}" if parcel.weight is not None else None,
        "size_cm": sizes if all(sizes) else None,
        "to": {**said, "phone": to.phone, "email": to.email},
        "from": {
            "name": own.legal_name or company.name,
            "address": own.address,
            "country": company.country,
            "phone": own.phone,
        },
    }


def label_in(answer: Mapping[str, Any]) -> tuple[bytes | None, str]:
    """The label of an answer, and its media type; none: None. Refused (Invalid): what isn't a PDF or PNG of at most MOST_LABEL
    bytes, whatever it says that it is."""
    label = answer.get("label")
    if label is None:
        return None, ""
    kind = label.get("type") if isinstance(label, dict) else None
    try:
        content = base64.b64decode(label["data"], validate=True) if isinstance(label, dict) else b""
    except (KeyError, TypeError, ValueError, binascii.Error):
        content = b""
    begins = LABELS.get(kind) if isinstance(kind, str) else None
    if begins is None or not content.startswith(begins) or len(content) > MOST_LABEL:
        raise Invalid(_l("its label isn't a PDF or PNG of at most %(n)d MB", n=MOST_LABEL >> 20))
    return content, str(kind)


def _keep(session: Session, booking_id: int, answer: Mapping[str, Any]) -> bool:
    """Keep the number and the label; False where it was cancelled or dropped while the carrier was asked."""
    booking = session.get(CarrierBooking, booking_id, with_for_update=True)
    if booking is None or booking.state == CANCELLED:
        return False
    number = answer.get("number")
    if not isinstance(number, str) or not number.strip():
        raise Invalid(_l("it gave no number"))
    label, kind = label_in(answer)
    if booking.state != ASKED:
        return True
    values = kept(CarrierBooking, {"number": number})
    parcel = session.get_one(Parcel, booking.parcel_id)
    begin_version(session, parcel, None)
    booking.state, booking.number, booking.problem, booking.failures = BOOKED, values["number"], "", 0
    booking.asked = {}  # whom it goes to isn't kept twice
    booking.label, booking.label_type, booking.ask_at = label, kind, utc_now()
    parcel.tracking = booking.number
    session.flush()
    _record(session, parcel, "booked")
    return True


def _drop(session: Session, booking_id: int, why: str) -> None:
    """What was refused when it was first asked was never booked. Where it was asked more than once, an earlier asking may have
    booked it: it stays, with its key, to be asked again or cancelled."""
    booking = session.get(CarrierBooking, booking_id, with_for_update=True)
    if booking is not None and booking.state == ASKED:
        if booking.failures:
            booking.problem = why[:300]
        else:
            session.delete(booking)


def _to_cancel(session: Session, actor: Actor, company: Company, parcel_id: int) -> Asked:
    parcel = parcel_by_id(session, actor, parcel_id)
    require(actor, EDIT)
    begin_version(session, parcel, None)
    booking = booking_of(session, parcel.id)
    if booking is None:
        raise NotFound(_l("It isn't booked."))
    if parcel.state not in (PACKED, FAILED):
        raise Conflict(_l("It has left: the carrier has it."))
    door = door_of(booking.bridge, company.config.secret_key, company.config.near_hosts)
    return Asked(booking.id, booking.key, {}, door)


def _cancelled(session: Session, actor: Actor, booking_id: int) -> None:
    booking = session.get_one(CarrierBooking, booking_id, with_for_update=True)
    parcel = parcel_by_id(session, actor, booking.parcel_id)
    begin_version(session, parcel, None)
    booking.state, booking.ask_at, booking.problem = CANCELLED, None, ""
    booking.asked = {}
    if parcel.tracking == booking.number:
        parcel.tracking = ""
    session.flush()
    _record(session, parcel, "cancel_booking")


def _unanswered(company: Company, actor: Actor, asked: Asked, why: str) -> KontorError:
    def note(session: Session) -> None:
        booking = session.get(CarrierBooking, asked.booking_id, with_for_update=True)
        if booking is not None:
            booking.problem = why[:300]

    company.database.run(note, actor=actor)
    return Invalid(_l("No answer from the carrier: %(why)s. Try again; nothing is done twice.", why=why))


def _record(session: Session, parcel: Parcel, verb: str) -> None:
    record(session, f"trade.parcel.{verb}", subject="trade.parcel", subject_id=parcel.id, summary=parcel.code)

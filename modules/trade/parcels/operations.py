"""Packing parcels, handing them over, and what became of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import begin_version
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.contacts.api import parties_by_id
from modules.trade.bridges.booked import refuse_booked
from modules.trade.models import Sale
from modules.trade.parcels import EDIT, VIEW
from modules.trade.parcels.carriers import Carrier
from modules.trade.parcels.models import (
    DELIVERED,
    FAILED,
    PACKED,
    PHOTO,
    SIGNATURE,
    UNDER_WAY,
    Parcel,
    ParcelPicture,
)
from modules.trade.parcels.pictures import photo_of, signature_of
from modules.trade.parcels.queries import Packed, any_sale, is_posted

#: state → those that may follow
_NEXT = {PACKED: (UNDER_WAY, DELIVERED), UNDER_WAY: (DELIVERED, FAILED), FAILED: (UNDER_WAY,), DELIVERED: ()}
#: centimetres and kilograms that nobody carries in one piece: a slip of the keyboard is noticed
_MOST_CM, _MOST_KG = 2000, 100_000


def pack(session: Session, actor: Actor, carriers: Mapping[str, Carrier], sale_id: int, **fields: Any) -> Parcel:
    """A new parcel of a posted sale. Refused: another document (NotFound), a sale that isn't posted (Conflict), no such
    carrier, sizes and weights that can't be right (Invalid)."""
    sale = sale_to_pack(session, actor, sale_id)
    last = session.scalar(select(func.max(Parcel.position)).where(Parcel.sale_id == sale.id)) or 0
    usual: dict[str, Any] = {"service": "", "tracking": "", "content": "", "carrier": "own"}
    usual |= {"made_on": wall_clock().date(), "state_on": wall_clock().date()}
    parcel = Parcel(sale_id=sale.id, contact_id=sale.contact_id, position=last + 1, state=PACKED, **usual)
    return _save(session, parcel, carriers, fields, "create")


def change_parcel(
    session: Session,
    actor: Actor,
    carriers: Mapping[str, Carrier],
    parcel: Parcel,
    *,
    version: int | None = None,
    **fields: Any,
) -> Parcel:
    """Change what is given of a parcel that isn't delivered. Refused as in `pack`; what somebody has changed since `version`
    (Changed)."""
    require(actor, EDIT)
    begin_version(session, parcel, version)
    if parcel.state == DELIVERED:
        raise Conflict(_l("It is delivered: nothing of it is changed any more."))
    refuse_booked(session, parcel, fields)
    return _save(session, parcel, carriers, fields, "change")


def _save(
    session: Session, parcel: Parcel, carriers: Mapping[str, Carrier], fields: Mapping[str, Any], verb: str
) -> Parcel:
    with session.no_autoflush:
        for name, value in kept(Parcel, dict(fields)).items():
            setattr(parcel, name, value)
        if parcel.carrier not in carriers:
            raise Invalid(_l("“%(value)s” is none of the choices.", value=parcel.carrier), field="carrier")
        for name in ("length", "width", "height"):
            size = getattr(parcel, name)
            if size is not None and not 0 < size <= _MOST_CM:
                raise Invalid(_l("A size is 1 to %(most)d cm.", most=_MOST_CM), field=name)
        weight = parcel.weight
        if weight is not None and not (Quantity.holds(weight) and 0 < weight <= _MOST_KG):
            raise Invalid(_l("A weight is above zero, and at most %(most)d kg.", most=_MOST_KG), field="weight")
        if not carriers[parcel.carrier].is_own:
            parcel.tour_day = None
        elif parcel.tour_day is None:
            parcel.tour_day = wall_clock().date()
    session.add(parcel)
    session.flush()
    _record(session, parcel, verb)
    return parcel


def hand_over(session: Session, actor: Actor, carriers: Mapping[str, Carrier], parcel: Parcel) -> None:
    """The carrier has it: announced there, it gets its tracking number. Refused: one that is delivered or whose sale
    was reversed (Conflict), one without a number that the carrier doesn't give (Invalid), what the carrier refuses."""
    _advance(session, actor, parcel, UNDER_WAY)
    carrier = carriers.get(parcel.carrier)
    if not parcel.tracking and carrier is not None and carrier.announce is not None:
        parcel.tracking = carrier.announce(session, parcel)[:60]
    if not parcel.tracking:
        raise Invalid(_l("Type the carrier's tracking number first."), field="tracking")
    session.flush()
    _record(session, parcel, "hand_over")


def deliver(
    session: Session,
    actor: Actor,
    parcel: Parcel,
    *,
    received_by: str,
    moment: datetime | None = None,
    signature: bytes = b"",
    photo: bytes = b"",
) -> None:
    """It has arrived: who received it and when (now, unless said) is kept, with a `signature` (PNG) and a `photo` (JPEG) as
    proof. Refused: no name (Invalid), a moment to come (Invalid), pictures that aren't (Invalid), one that is delivered already
    or whose sale was reversed (Conflict)."""
    name = kept(Parcel, {"received_by": received_by})["received_by"]
    if not name:
        raise Invalid(_l("Type who received it."), field="received_by")
    now = wall_clock()
    if moment is not None and moment > now:
        raise Invalid(_l("It can't have been delivered in the future."), field="moment")
    pictures = {SIGNATURE: signature and signature_of(signature), PHOTO: photo and photo_of(photo)}
    _advance(session, actor, parcel, DELIVERED)
    session.add_all(ParcelPicture(parcel_id=parcel.id, what=w, content=each) for w, each in pictures.items() if each)
    parcel.received_by, parcel.delivered_at, parcel.why = name, moment or now, ""
    if not parcel.tracking:
        parcel.tracking = parcel.code
    session.flush()
    _record(session, parcel, "deliver")


def bring_back(session: Session, actor: Actor, parcel: Parcel, *, why: str) -> None:
    """It could not be delivered. Refused: without a reason (Invalid), one that isn't under way (Conflict)."""
    reason = kept(Parcel, {"why": why})["why"]
    if not reason:
        raise Invalid(_l("Say why it was not delivered."), field="why")
    _advance(session, actor, parcel, FAILED)
    parcel.why = reason
    session.flush()
    _record(session, parcel, "bring_back")


def remove_parcel(session: Session, actor: Actor, parcel: Parcel) -> None:
    """Unpack it. Refused: one that has left (Conflict)."""
    require(actor, EDIT)
    begin_version(session, parcel, None)
    if parcel.state != PACKED:
        raise Conflict(_l("It has left: only what is packed is unpacked."))
    refuse_booked(session, parcel, {})
    _record(session, parcel, "remove")
    session.delete(parcel)
    session.flush()


def sale_to_pack(session: Session, actor: Actor, sale_id: int) -> Packed:
    """The sale, for whoever packs: any of the organisation for whoever ships, else one that is open to them with its customer.
    Refused: NotFound, one that isn't posted (Conflict)."""
    require(actor, EDIT)
    known = any_sale(session, actor, sale_id)
    if known is None:
        sale = session.get(Sale, sale_id)
        if sale is None:
            raise NotFound
        parties_by_id(session, {sale.contact_id})
        known = Packed(sale.id, sale.number, sale.state, sale.contact_id)
    if known.state != "posted":
        raise Conflict(_l("Post the sale first: only what leaves is packed."))
    return known


def parcel_by_id(session: Session, actor: Actor, parcel_id: int) -> Parcel:
    """One that is open to the actor. Refused: NotFound."""
    require(actor, VIEW)
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise NotFound
    return parcel


def _advance(session: Session, actor: Actor, parcel: Parcel, state: str) -> None:
    require(actor, EDIT)
    begin_version(session, parcel, None)
    if state not in _NEXT[parcel.state]:
        raise Conflict(_l("Someone has changed this meanwhile. Open it again."))
    if state != FAILED and not is_posted(session, parcel.sale_id):
        raise Conflict(_l("Its sale was reversed, so it goes nowhere. Unpack it."))
    parcel.state, parcel.state_on = state, wall_clock().date()


def _record(session: Session, parcel: Parcel, verb: str) -> None:
    record(session, f"trade.parcel.{verb}", subject="trade.parcel", subject_id=parcel.id, summary=parcel.code)

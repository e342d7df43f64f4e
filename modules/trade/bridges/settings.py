"""Connecting a carrier: its address, and the secret that opens it, sealed as the mail server's password is (ADR 40)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all, remembered
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require, seal, unseal
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.trade.bridges import EDIT
from modules.trade.bridges.calling import LONGEST, Door, check_address
from modules.trade.bridges.models import CarrierBridge
from modules.trade.parcels.carriers import Carrier

#: seconds
_LEAST, _MOST = 2, LONGEST
_READ = "trade.bridge"


def save_bridge(
    session: Session,
    actor: Actor,
    key: str,
    bridge: CarrierBridge | None = None,
    *,
    secret: str = "",
    near: Collection[str] = (),
    version: int | None = None,
    **fields: Any,
) -> CarrierBridge:
    """Connect a carrier, or change what is given of one. `key`: the server's own; an empty `secret` leaves the saved one as
    long as the address stays. `near`: hosts of the own network that are allowed.

    Refused: no name, one that is taken (Conflict), what `check_address` refuses, a time that isn't 2 to 20 seconds, a tracking
    page without {number}, another address without its secret where there is one; what was changed since `version` (Changed).
    """
    require(actor, EDIT)
    is_new = bridge is None
    if bridge is None:
        bridge = CarrierBridge(is_active=True, seconds=15, address="", sealed_secret="", tracking_page="")
    else:
        begin_version(session, bridge, version)
    before = bridge.address
    with session.no_autoflush:
        for name, value in kept(CarrierBridge, fields).items():
            setattr(bridge, name, value)
        bridge.address = check_address(bridge.address or "", near)
        _check(session, bridge)
    if secret:
        bridge.sealed_secret = seal(secret, key)
    elif bridge.sealed_secret and bridge.address != before:
        raise Invalid(_l("Type the secret that belongs to this address."), field="secret")
    forget_all(session, _READ)
    session.add(bridge)
    session.flush()
    verb = "create" if is_new else "change"
    record(session, f"trade.bridge.{verb}", subject="trade.bridge", subject_id=bridge.id, summary=bridge.name)
    return bridge


def bridge_by_id(session: Session, bridge_id: int) -> CarrierBridge:
    """One of them; NotFound."""
    bridge = session.get(CarrierBridge, bridge_id)
    if bridge is None:
        raise NotFound
    return bridge


def door_of(bridge: CarrierBridge, key: str, near: Collection[str]) -> Door:
    """How it is reached. Refused (Invalid): a secret that another server's key has sealed, an address that isn't allowed."""
    try:
        secret = unseal(bridge.sealed_secret, key) if bridge.sealed_secret else ""
    except ValueError as error:
        words = _l("The secret of %(name)s was saved by another server. Type it again.", name=bridge.name)
        raise Invalid(words, field="secret") from error
    return Door(check_address(bridge.address, near), bridge.seconds, secret, near)


def bridged_carriers(session: Session) -> dict[str, Carrier]:
    """The carriers that are reached so, by the name that parcels keep; those that are out of use for parcels that went by
    them. Read once."""
    known = remembered(session, _READ)
    if 0 not in known:
        known[0] = _bridged(session)
    found: dict[str, Carrier] = known[0]
    return found


def _bridged(session: Session) -> dict[str, Carrier]:
    found = session.scalars(select(CarrierBridge).order_by(CarrierBridge.name_order, CarrierBridge.id))
    return {
        each.carrier: Carrier(
            each.carrier, each.name, tracking_page=each.tracking_page, bridge_id=each.id, is_offered=each.is_active
        )
        for each in found
    }


def _check(session: Session, bridge: CarrierBridge) -> None:
    if not bridge.name:
        raise Invalid(_l("Please fill this in."), field="name")
    same = select(CarrierBridge.id).where(CarrierBridge.name == bridge.name, CarrierBridge.id != (bridge.id or 0))
    if session.scalars(same).first() is not None:
        raise Conflict(_l("There is “%(name)s” already.", name=bridge.name), field="name")
    if bridge.seconds is None or not _LEAST <= bridge.seconds <= _MOST:
        raise Invalid(_l("Wait for %(least)d to %(most)d seconds.", least=_LEAST, most=_MOST), field="seconds")
    page = bridge.tracking_page
    if page and not (page.startswith("https://") and "{number}" in page):
        words = _l("The page begins with https:// and has {number} where the tracking number goes.")
        raise Invalid(words, field="tracking_page")

"""What a carrier is to parcels. A module adds one by declaring a `Carrier` in its own `carriers.py` (docs/carriers.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from app.api.web import Company


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody who brings parcels.

    `name`: kept with each parcel, so it stays as it is. `services`: what may be chosen, by name; none: it is typed.
    `announce`: called as a parcel is handed over, within the transaction: it gives the tracking number, and refuses
    (KontorError) what the carrier won't take. None: the number is typed. `tracking_page`: where people follow a parcel, with
    `{number}` for the tracking number; empty: there is none. `is_own`: our own people bring it, on a day's tour. `bridge_id`:
    of the `CarrierBridge` by which parcels are booked over the network. `is_offered`: whether new parcels may go by it.
    """

    name: str
    title: object
    services: Mapping[str, object] = field(default_factory=dict)
    announce: Callable[[Session, Any], str] | None = None
    tracking_page: str = ""
    is_own: bool = False
    bridge_id: int | None = None
    is_offered: bool = True

    def link(self, tracking: str) -> str:
        """Where the parcel of a tracking number is followed; empty: nowhere."""
        return self.tracking_page.replace("{number}", quote(tracking, safe="")) if tracking else ""


def carriers_of(company: "Company", session: Session | None = None) -> dict[str, Carrier]:
    """The carriers of all modules that are on, by name; with a `session`, those that are reached over the network, too."""
    found = {carrier.name: carrier for carrier in company.contributed("carriers", Carrier)}
    if session is not None:
        from modules.trade.bridges.settings import bridged_carriers  # which know what a carrier is

        found |= bridged_carriers(session)
    return found

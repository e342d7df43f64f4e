"""What a carrier is to parcels. A module adds one by declaring a `Carrier` in its own `carriers.py` (docs/carriers.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l

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

    #: by name, those of all modules that are installed
    declared: ClassVar[dict[str, "Carrier"]] = {}

    name: str
    title: object
    services: Mapping[str, object] = field(default_factory=dict)
    announce: Callable[[Session, Any], str] | None = None
    tracking_page: str = ""
    is_own: bool = False
    bridge_id: int | None = None
    is_offered: bool = True

    def __post_init__(self) -> None:
        """What is declared is known by its name, whether its module is on or not."""
        if self.bridge_id is None:
            Carrier.declared.setdefault(self.name, self)

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


def known_carriers(session: Session) -> dict[str, Carrier]:
    """Every carrier that a document or parcel may name, by name: also those that nobody chooses any more."""
    from modules.trade.bridges.settings import bridged_carriers

    return Carrier.declared | bridged_carriers(session)


def carrier_title(session: Session, name: str) -> str:
    """What a carrier is called; the name of one that isn't known any more."""
    found = known_carriers(session).get(name) if name else None
    return str(found.title) if found is not None else name


def check_carrier(session: Session, document: Any) -> None:
    """Refuse (Invalid) a carrier that isn't known. One that the document named before stays, whatever became of it."""
    name = document.carrier
    if name and inspect(document).attrs.carrier.history.added and name not in known_carriers(session):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=name), field="carrier")

"""Where customers follow a parcel: at its carrier's page, or at a page of ours that whoever has its address can open.

The address says which parcel it is and is signed by the server's own key, so nobody guesses another one; nothing of it is kept.
The page says where the parcel is, and neither whose it is nor what is in it.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.security import PastPolicy
from modules.trade.parcels.carriers import Carrier
from modules.trade.parcels.models import DELIVERED, FAILED, Parcel

_WHO = PastPolicy("who holds the address of a parcel's page is known before there is an actor")
#: how long the page stays once the parcel is delivered or came back; and at most, from when it was packed
LIFE, LONGEST = timedelta(days=30), timedelta(days=180)
_PARCEL, _DOCUMENT = Parcel.__table__.c, Document.__table__.c


@dataclass(frozen=True, slots=True)
class Followed:
    """What the page says."""

    id: int
    carrier: str
    tracking: str
    state: str
    tour_day: object
    delivered_at: object

    @property
    def code(self) -> str:
        """Its own number."""
        return f"P{self.id:08d}"


def token_of(parcel_id: int, key: str) -> str:
    """What the address of a parcel's page ends with; `key`: the server's own."""
    seal = hmac.digest(key.encode(), f"trade parcel {parcel_id}".encode(), "sha256")[:18]
    return f"{parcel_id}-{base64.urlsafe_b64encode(seal).decode()}"


def followed_by(session: Session, token: str, key: str) -> Followed | None:
    """The parcel of an address; None: there is none, or it isn't shown any more."""
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    if not hmac.compare_digest(token.encode(), token_of(int(number), key).encode()):
        return None
    query = (
        select(_PARCEL.id, _PARCEL.carrier, _PARCEL.tracking, _PARCEL.state, _PARCEL.tour_day, _PARCEL.delivered_at)
        .add_columns(_PARCEL.made_on, _PARCEL.state_on, _DOCUMENT.moment)
        .join_from(Parcel.__table__, Document.__table__, _DOCUMENT.id == _PARCEL.sale_id)
        .where(_PARCEL.id == int(number), _DOCUMENT.state == "posted")
    )
    row = _WHO(session).execute(query).first()
    return Followed(*row[:6]) if row is not None and not _is_over(row) else None


def _is_over(row: Any) -> bool:
    """Whether the page has ended: some time after the parcel arrived or came back, and after a longer one in any case."""
    today, made = wall_clock().date(), row.made_on or row.moment.date()
    ended = row.delivered_at.date() if row.delivered_at is not None else row.state_on or made
    return bool((row.state in (DELIVERED, FAILED) and ended < today - LIFE) or made < today - LONGEST)


def page_of(parcel: Parcel, carriers: Mapping[str, Carrier], *, site: str, key: str) -> str:
    """Where the customer follows the parcel."""
    carrier = carriers.get(parcel.carrier)
    theirs = carrier.link(parcel.tracking) if carrier is not None else ""
    return theirs or f"{site}/parcel/{token_of(parcel.id, key)}"

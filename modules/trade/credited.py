"""What posted returns have credited of the lines that they give back."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document, DocumentLink, LineKey
from app.api.security import PastPolicy
from app.api.values import Money, Quantity, from_units
from modules.trade.models import TradeLine

_BOOKS = PastPolicy("what was credited of a line counts, whoever sold it or took it back")
_SCALES = {"quantity": Quantity.scale, "net": Money.scale, "tax": Money.scale, "second": Quantity.scale}


class Credit(NamedTuple):
    """So much of a line, its money in the document's currency, without tax, and the tax; and how much it is in the item's
    second unit."""

    quantity: Decimal
    net: Decimal
    tax: Decimal
    second: Decimal


def credited(
    session: Session, origins: Collection[int], kinds: Collection[str], *, but: int | None = None
) -> dict[LineKey, Credit]:
    """What posted documents of these kinds, without the one numbered `but`, have credited of the lines of `origins`."""
    line, link, document = TradeLine.__table__.c, DocumentLink.__table__.c, Document.__table__.c
    sums = [
        type_coerce(func.coalesce(func.sum(type_coerce(line[name], BigInteger)), 0), BigInteger) for name in _SCALES
    ]
    query = (
        select(link.origin_id, link.origin_line, *sums)
        .join_from(
            TradeLine.__table__,
            DocumentLink.__table__,
            and_(link.document_id == line.document_id, link.line == line.line),
        )
        .join(Document.__table__, document.id == line.document_id)
        .where(link.origin_id.in_(origins), document.state == "posted", document.kind.in_(kinds))
        .where(line.document_id != (but or 0))
        .group_by(link.origin_id, link.origin_line)
    )
    return {
        (row[0], row[1]): Credit(
            *(from_units(int(units), scale) for units, scale in zip(row[2:], _SCALES.values(), strict=True))
        )
        for row in _BOOKS(session).execute(query)
    }

"""Which lots a document's lines came to be, in words for its page and its paper."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import STANDING, Document
from app.api.security import PastPolicy
from app.api.texts import day, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity, from_units
from modules.warehouse.models import Lot
from modules.warehouse.registers import CLAIMED, LANDED, Stock

_BOOKS = PastPolicy("whoever sees a document sees of which lots its goods are")
_E, _LOT = Stock.entries.c, Lot.__table__.c


def lots_of_lines(
    session: Session, document: Document, lines: Sequence[Any], *, claimed: bool = False
) -> dict[int, str]:
    """Line → its lots: of what is in the books with the quantity of each, of a draft as they were typed; and the box or pallet
    that was scanned for it. Nothing is asked for where no item has lots. `claimed`: those that the document keeps or lets go,
    instead of those that it moves."""
    said = _lots_of_lines(session, document, lines, claimed=claimed)
    for line in lines:
        if unit := getattr(line, "logistic_unit", ""):
            named = str(_l("Box or pallet: %(code)s", code=unit))
            said[line.line] = " · ".join(filter(None, (said.get(line.line), named)))
    return said


def _lots_of_lines(session: Session, document: Document, lines: Sequence[Any], *, claimed: bool) -> dict[int, str]:
    tracked = [line for line in lines if line.item.tracking]
    if not tracked:
        return {}
    if document.state not in STANDING:
        return {line.line: str(_l("Lots: %(lots)s", lots=line.lots)) for line in tracked if line.lots}
    units = func.sum(type_coerce(_E.quantity, BigInteger))
    query = (
        select(_E.line, _LOT.code, _LOT.expires, units)
        .join(Lot.__table__, _LOT.id == _E.lot_to_id)
        .where(_E.document_id == document.id, _E.lot_to_id > 0)
        .where(_E.basis == CLAIMED if claimed else _E.basis.not_in((CLAIMED, LANDED)))
        .group_by(_E.line, _LOT.code, _LOT.expires, _LOT.id)
        .having(units != 0)
        .order_by(_E.line, _LOT.expires, _LOT.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for line, code, expires, moved in _BOOKS(session).execute(query):
        said = {"lot": code, "quantity": number(abs(from_units(int(moved), Quantity.scale)))}
        if expires is not None:
            found[line].append(str(_l("%(lot)s: %(quantity)s, use by %(day)s", day=day(expires), **said)))
        else:
            found[line].append(str(_l("%(lot)s: %(quantity)s", **said)))
    return {line: str(_l("Lots: %(lots)s", lots="; ".join(parts))) for line, parts in found.items()}

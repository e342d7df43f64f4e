"""Writing bins: added one by one or many at once, changed, closed once they are empty."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all, pieces
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins import EDIT
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.registers import Bins
from modules.warehouse.bins.rules import bin_code, codes_of
from modules.warehouse.models import NONE
from modules.warehouse.warehouses import warehouse_id

_BOOKS = PastPolicy("whether anything lies in a bin: yes or no, whoever may see stock")

#: between one bin and the next in the walk, so that another fits in
_STEP = 10


def create_bins(
    session: Session, actor: Actor, *, place_id: int, codes: str, zone: str = "", position: int | None = None
) -> list[Bin]:
    """New bins of a warehouse by `codes_of` a text, one behind the other in the walk from `position` on; without one behind all
    that are there. Refused: what `codes_of` refuses, no code, one that is too long or taken."""
    require(actor, EDIT)
    found = codes_of(codes)
    if not found:
        raise Invalid(_l("A bin needs a code."), field="codes")
    begin = _behind_all(session, place_id) if position is None else position
    rows = [{"code": code, "zone": zone, "position": begin + _STEP * n} for n, code in enumerate(found)]
    return add_bins(session, actor, place_id, rows)


def add_bins(
    session: Session, actor: Actor, place_id: int, rows: Sequence[Mapping[str, Any]], *, audited: bool = True
) -> list[Bin]:
    """New bins of a warehouse, each with its code, zone and position. Refused as in `create_bins`. Not `audited`: whoever calls
    records the whole."""
    require(actor, EDIT)
    warehouse_id(session, place_id)
    values = [checked_bin(row) for row in rows]
    _refuse_taken(session, place_id, [row["code"] for row in values])
    bins = [Bin(warehouse_id=place_id, **row) for row in values]
    session.add_all(bins)
    session.flush()
    forget_all(session, "warehouse.place")  # which have bins
    for each in bins if audited else ():
        record(session, "warehouse.bin.create", subject="warehouse.bin", subject_id=each.id, summary=each.code)
    return bins


def change_bin(
    session: Session,
    actor: Actor,
    bin_: Bin,
    *,
    code: str,
    zone: str = "",
    position: int = 0,
    is_active: bool = True,
    version: int | None = None,
    audited: bool = True,
) -> None:
    """Rename a bin, let it lie elsewhere in the walk, close it or open it again. Refused: what `create_bins` refuses; to close
    one in which goods lie; a bin saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, bin_, version)
    fields = checked_bin({"code": code, "zone": zone, "position": position})
    if fields["code"] != bin_.code:
        _refuse_taken(session, bin_.warehouse_id or 0, [fields["code"]])
    if bin_.is_active and not is_active:
        _refuse_filled(session, bin_)
    for name, value in {**fields, "is_active": is_active}.items():
        setattr(bin_, name, value)
    session.flush()
    if audited:
        record(session, "warehouse.bin.change", subject="warehouse.bin", subject_id=bin_.id, summary=bin_.code)


def bin_by_id(session: Session, bin_id: int) -> Bin:
    """The bin; NotFound when there is none."""
    found = session.get(Bin, bin_id) if bin_id > NONE else None
    if found is None:
        raise NotFound
    return found


def _behind_all(session: Session, place_id: int) -> int:
    last = session.scalar(select(func.max(Bin.position)).where(Bin.warehouse_id == place_id))
    return (last or 0) + _STEP


def checked_bin(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Code, zone and position as they are kept. Refused (Invalid): no code, a text or a walk that is too long."""
    values = kept(Bin, {**fields, "code": bin_code(fields["code"]), "zone": fields.get("zone") or ""})
    if not values["code"]:
        raise Invalid(_l("A bin needs a code."), field="code")
    if not -(10**9) < values["position"] < 10**9:
        raise Invalid(_l("That is too far to walk."), field="position")
    return values


def _refuse_taken(session: Session, place_id: int, codes: Sequence[str]) -> None:
    taken = {code for code in codes if codes.count(code) > 1} if len(set(codes)) < len(codes) else set()
    for some in pieces(codes):
        taken |= set(session.scalars(select(Bin.code).where(Bin.warehouse_id == place_id, Bin.code.in_(some))))
    if taken:
        raise Conflict(_l("This warehouse has a bin “%(code)s” already.", code=min(taken)), field="code")


def _refuse_filled(session: Session, bin_: Bin) -> None:
    """Postings under way are waited for, and those that come later see it closed."""
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()
    lying = Bins.lying.table.c
    if _BOOKS(session).scalar(select(lying.item_id).where(lying.bin_id == bin_.id, lying.quantity != 0).limit(1)):
        raise Conflict(
            _l("Goods lie in “%(code)s”. Move them elsewhere; then it can be closed.", code=bin_.code),
            field="is_active",
        )

"""Writing boxes and pallets: added one by one or many at once, put on one another, and how they are numbered."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all
from app.api.documents import post, save
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation, organisation_id
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.logistic_units import EDIT
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.models import KINDS, PALLET, LogisticUnit, Repacking, SsccSeries
from modules.warehouse.logistic_units.queries import held_lines, inside
from modules.warehouse.logistic_units.rules import MOST, checked_prefix, code_of, is_sscc, unit_code
from modules.warehouse.models import NONE
from modules.warehouse.warehouses import warehouse_id

_BOOKS = PastPolicy("a code names one box or pallet, whoever may see it")
_NUMBERING = "warehouse.place.edit"


def create_units(
    session: Session,
    actor: Actor,
    *,
    place_id: int,
    kind: str,
    count: int = 1,
    code: str = "",
    parent: str = "",
) -> list[LogisticUnit]:
    """New empty boxes or pallets in a warehouse: so many with the next numbers, or one with the code that it bears already,
    such as a supplier's SSCC. Refused: none or more than MOST, a code that is taken or has a wrong check digit, a parent that
    `change_unit` refuses; a warehouse that isn't one's own (NotFound)."""
    require(actor, EDIT)
    place, code = warehouse_id(session, place_id), unit_code(code)
    if kind not in KINDS:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=kind), field="kind")
    if not 1 <= count <= MOST or (code and count > 1):
        words = _l("Between 1 and %(most)s are added at once, and one that has its code already alone.", most=MOST)
        raise Invalid(words, field="count")
    above = _parent(session, parent, kind, None)
    codes = [_checked(session, code)] if code else _next_codes(session, count)
    units = [
        LogisticUnit(warehouse_id=place, kind=kind, parent_id=above.id if above else None, code=each) for each in codes
    ]
    session.add_all(units)
    session.flush()
    forget_all(session, "warehouse.place")  # whether there are any
    for unit in units:
        _record(session, "create", unit)
    return units


def change_unit(
    session: Session, actor: Actor, unit: LogisticUnit, *, kind: str, parent: str = "", version: int | None = None
) -> None:
    """Say what it is, and in or on what it is. Refused (Invalid): within itself or what is within it, in a box if it is a
    pallet, within one in another warehouse; one saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, unit, version)
    if kind not in KINDS:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=kind), field="kind")
    above = _parent(session, parent, kind, unit)
    unit.kind, unit.parent_id = kind, above.id if above is not None else None
    session.flush()
    _record(session, "change", unit)


def unit_by_id(session: Session, unit_id: int) -> LogisticUnit:
    """The unit; NotFound when there is none, or it isn't open."""
    found = session.get(LogisticUnit, unit_id) if unit_id > NONE else None
    if found is None:
        raise NotFound
    return found


def draft_emptying(session: Session, actor: Actor, unit: LogisticUnit, *, is_posted: bool) -> Repacking | None:
    """A repacking that takes everything out of a unit, posted if `is_posted`; None when it is empty. Refused: what posting one
    refuses."""
    lines = [RepackingLineDraft(x.item_id, x.quantity, lots=x.lots) for x in held_lines(session, [unit.id])]
    if not lines or unit.warehouse_id is None:
        return None
    draft = RepackingDraft(place_id=unit.warehouse_id, lines=lines, from_unit=unit.code)
    document: Repacking = save(session, actor, Repacking, draft)
    session.flush()
    if is_posted:
        post(session, actor, [document])
    return document


def series_of(session: Session) -> SsccSeries | None:
    """How one's own organisation numbers its units; None: nobody has said, nor made one."""
    return session.get(SsccSeries, organisation_id(session))


def set_prefix(session: Session, actor: Actor, *, prefix: str, version: int | None = None) -> None:
    """Say the company prefix from which SSCCs are made. Refused (Invalid): anything but 4 to 12 digits or nothing; if somebody
    has saved it since `version` (Changed)."""
    require(actor, _NUMBERING)
    wanted, series = checked_prefix(prefix), _series(session)
    begin_version(session, series, version or None)
    series.prefix = wanted
    session.flush()
    record(
        session,
        "warehouse.sscc_series.change",
        subject="warehouse.sscc_series",
        subject_id=series.organisation_id,
        summary=wanted,
    )


def _series(session: Session) -> SsccSeries:
    """The row, held: two who number at once wait for each other."""
    own = organisation_id(session)
    session.execute(select(Organisation.id).where(Organisation.id == own).with_for_update())
    series = session.get(SsccSeries, own, populate_existing=True)
    if series is None:
        series = SsccSeries(organisation_id=own, prefix="", last=0)
        session.add(series)
        session.flush()
    return series


def _next_codes(session: Session, count: int) -> list[str]:
    """The next numbers that no unit bears."""
    series, codes = _series(session), list[str]()
    while len(codes) < count:
        some = [code_of(series.prefix, series.last + n) for n in range(1, count - len(codes) + 1)]
        series.last += len(some)
        query = select(LogisticUnit.__table__.c.code).where(LogisticUnit.__table__.c.code.in_(some))
        taken = set(_BOOKS(session).scalars(query))
        codes += [code for code in some if code not in taken]
    return codes


def _checked(session: Session, code: str) -> str:
    if re.fullmatch(r"(\(?00\)? ?)?[0-9]{18}", code) and not is_sscc(code):
        words = _l("“%(code)s” isn't an SSCC: its check digit is wrong. Scan it again.", code=code)
        raise Invalid(words, field="code")
    values: dict[str, Any] = kept(LogisticUnit, {"code": code})
    units = LogisticUnit.__table__.c
    if _BOOKS(session).scalar(select(units.id).where(units.code == values["code"])):
        raise Conflict(_l("There is a box or pallet “%(code)s” already.", code=code), field="code")
    return str(values["code"])


def _parent(session: Session, text: str, kind: str, unit: LogisticUnit | None) -> LogisticUnit | None:
    code = unit_code(text or "")
    if not code:
        return None
    found = session.scalars(select(LogisticUnit).where(LogisticUnit.code == code, LogisticUnit.id > NONE)).one_or_none()
    if found is None:
        raise Invalid(_l("There is no box or pallet “%(code)s”. Add it first.", code=code), field="parent")
    if kind == PALLET and found.kind != PALLET:
        raise Invalid(_l("A pallet isn't put into a box."), field="parent")
    if unit is not None and found.id in {unit.id, *inside(session, unit.id)}:
        raise Invalid(_l("“%(code)s” is within this one already.", code=code), field="parent")
    if unit is not None and found.warehouse_id != unit.warehouse_id:
        raise Invalid(_l("“%(code)s” is in another warehouse. Move it here first.", code=code), field="parent")
    return found


def _record(session: Session, verb: str, unit: LogisticUnit) -> None:
    kind = "warehouse.logistic_unit"
    record(session, f"{kind}.{verb}", subject=kind, subject_id=unit.id, summary=unit.code)

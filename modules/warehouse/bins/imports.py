"""Bringing in bins from a table: a row for each."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import Invalid
from app.api.imports import Field, Import, Record, Target, as_code, as_decimal, plain_preset, records
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from modules.warehouse.bins import EDIT
from modules.warehouse.bins.models import Bin
from modules.warehouse.bins.operations import add_bins, change_bin, checked_bin
from modules.warehouse.bins.rules import bin_code
from modules.warehouse.queries import warehouses_named

_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Bin"), _l("Code"))),
    Field("place", titles=(_l("Warehouse"),)),
    Field("zone", titles=(_l("Zone"),)),
    Field("position", as_decimal, titles=(_l("Place in the walk"),)),
)

#: warehouse and code
Key = tuple[int, str]


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code", within="place"))
    good = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    if not job.dry_run:
        job.write(lambda session: _write(session, job, good))
    known = sum(is_known for is_known, _ in good.values())
    job.report.created.update({"warehouse.bin": len(good) - known} if len(good) > known else {})
    job.report.updated.update({"warehouse.bin": known} if known else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> dict[Key, tuple[bool, dict[str, Any]]]:
    """Whether a bin is there already, and what it says; a row that can't be taken is reported. Without a place in the walk it
    stays where it is, or comes behind those of the rows above it."""
    named, first = warehouses_named(session)
    known, found, last = _known(session, rows), dict[Key, tuple[bool, dict[str, Any]]](), 0
    for row in rows:
        place = named.get(row.values["place"].casefold()) if "place" in row.values else first
        try:
            if place is None:
                raise Invalid(_l("There is no warehouse “%(name)s”.", name=row.values["place"]), field="place")
            key = (place, bin_code(row.values["code"]))
            if key in found:
                raise Invalid(_l("This bin stands in an earlier row."), field="code")
            values = checked_bin(_filled(row.values, known.get(key), last + 10))
        except Invalid as error:
            job.refuse(row, error)
        else:
            found[key], last = (key in known, values), values["position"]
    return found


def _filled(values: Mapping[str, Any], known: Bin | None, behind: int) -> dict[str, Any]:
    said = {"zone": "", "position": behind} if known is None else {"zone": known.zone, "position": known.position}
    position = values.get("position", said["position"])
    if position != int(position):
        raise Invalid(_l("That isn't a whole number."), field="position")
    return {"code": values["code"], "zone": values.get("zone", said["zone"]), "position": int(position)}


def _known(session: Session, rows: list[Record]) -> dict[Key, Bin]:
    found: dict[Key, Bin] = {}
    for some in pieces([bin_code(row.values["code"]) for row in rows]):
        found |= {(b.warehouse_id or 0, b.code): b for b in session.scalars(select(Bin).where(Bin.code.in_(some)))}
    return found


def _write(session: Session, job: Import, good: Mapping[Key, tuple[bool, dict[str, Any]]]) -> None:
    new: dict[int, list[dict[str, Any]]] = {}
    for (place, code), (is_known, values) in good.items():
        if is_known:
            known = session.scalars(select(Bin).where(Bin.warehouse_id == place, Bin.code == code)).one()
            change_bin(session, job.actor, known, is_active=known.is_active, audited=False, **values)
        else:
            new.setdefault(place, []).append(values)
    for place, rows in new.items():
        add_bins(session, job.actor, place, rows, audited=False)
    if good:
        record(session, "warehouse.bin.import", summary=f"{job.preset.name}: {len(good)}")


bins = Target(
    name="warehouse.bin",
    title=_l("Bins"),
    shown="warehouse.bin_list",
    permissions=(EDIT,),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

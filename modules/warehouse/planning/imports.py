"""Bringing in minima, maxima and lead times from a table: a row for each item and warehouse."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.imports import Field, Import, Record, Target, as_code, as_decimal, as_flag, plain_preset, records
from app.api.security import record
from app.api.texts import lazy_gettext as _l
from modules.warehouse.items import items_by_id
from modules.warehouse.planning import EDIT
from modules.warehouse.planning.operations import Key, rules_at, set_rules
from modules.warehouse.planning.rules import QUANTITIES, checked_level
from modules.warehouse.queries import item_numbers, warehouses_named

_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Code"),)),
    Field("place", titles=(_l("Warehouse"),)),
    Field("minimum", as_decimal, titles=(_l("Minimum"),)),
    Field("maximum", as_decimal, titles=(_l("Maximum"),)),
    Field("multiple", as_decimal, titles=(_l("In lots of"),)),
    Field("least", as_decimal, titles=(_l("Least quantity"),)),
    Field("lead_days", as_decimal, titles=(_l("Lead time, days"),)),
    Field("from_demand", as_flag, titles=(_l("By demand"),)),
    Field("review_days", as_decimal, titles=(_l("Buy for, days"),)),
)
#: what a row may say of a rule, and of it what is counted in whole days
_SAID, _DAYS = (*QUANTITIES, "lead_days", "from_demand", "review_days"), ("lead_days", "review_days")


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, "code", within="place"))
    good = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    count = _counted if job.dry_run else _written
    created, updated = (job.read if job.dry_run else job.write)(lambda session: count(session, job, good))
    job.report.created.update({"warehouse.planning": created} if created else {})
    job.report.updated.update({"warehouse.planning": updated} if updated else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> dict[Key, dict[str, Any]]:
    """What is decided of which item and warehouse; a row that can't be taken is reported. What a row leaves out stays as it is
    where something is planned already."""
    items = item_numbers(session, [row.values["code"] for row in rows])
    named, first = warehouses_named(session)
    keys: dict[Key, Record] = {}
    for row in rows:
        item = items.get(row.values["code"])
        place = named.get(row.values["place"].casefold()) if "place" in row.values else first
        try:
            if item is None:
                raise Invalid(_l("There is no item “%(code)s”.", code=row.values["code"]), field="code")
            if place is None:
                raise Invalid(_l("There is no warehouse “%(name)s”.", name=row.values["place"]), field="place")
            if (item, place) in keys:
                raise Invalid(_l("This item stands for the same warehouse in an earlier row."), field="code")
        except Invalid as error:
            job.refuse(row, error)
        else:
            keys[item, place] = row
    known, found = rules_at(session, list(keys)), {}
    of_items = items_by_id(session, {item for item, _ in keys})
    for key, row in keys.items():
        before = {name: getattr(known[key], name) for name in _SAID} if key in known else {}
        try:
            found[key] = checked_level({**before, **_level(row.values)}, of_items[key[0]])
        except Invalid as error:
            job.refuse(row, error)
    return found


def _level(values: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in values.items() if name in _SAID}
    for name in _DAYS:
        if (days := said.get(name)) is not None:
            if days != int(days):
                raise Invalid(_l("A lead time is in whole days."), field=name)
            said[name] = int(days)
    return said


def _counted(session: Session, _job: Import, values: dict[Key, dict[str, Any]]) -> tuple[int, int]:
    known = rules_at(session, list(values))
    changed = [key for key, rule in known.items() if any(getattr(rule, n) != v for n, v in values[key].items())]
    return len(values) - len(known), len(changed)


def _written(session: Session, job: Import, values: dict[Key, dict[str, Any]]) -> tuple[int, int]:
    made, changed = set_rules(session, job.actor, values, audited=False) if values else (0, 0)
    if made + changed:
        record(session, "warehouse.planning.import", summary=f"{job.preset.name}: {made} new, {changed} changed")
    return made, changed


planning = Target(
    name="warehouse.planning",
    title=_l("Planning"),
    shown="warehouse.planning_list",
    permissions=(EDIT,),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

"""Bringing in what competitors ask from a table: a row for each item, competitor and day."""

from typing import Any

from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.errors import Invalid
from app.api.imports import Field, Import, Record, Target, as_code, as_day, as_decimal, plain_preset, records
from app.api.reference import base_currency
from app.api.security import record
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.competitors import EDIT
from modules.warehouse.competitors.models import CompetitorPrice
from modules.warehouse.competitors.operations import Key, checked_price, competitor_prices_at, set_competitor_prices
from modules.warehouse.models import PRICE
from modules.warehouse.queries import item_numbers

_FIELDS = (
    Field("code", as_code, required=True, titles=(_l("Code"),)),
    Field("price", as_decimal, required=True, titles=(_l("Their price"), _l("Price"))),
    Field("competitor", titles=(_l("Competitor"),)),
    Field("currency", as_code, titles=(_l("Currency"),)),
    Field("day", as_day, titles=(_l("Day"),)),
    Field("note", titles=(_l("Note"),)),
)

#: a row, and what is kept of it
_Fitting = dict[Key, tuple[Record, dict[str, Any]]]


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    good = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    created, updated = (job.read if job.dry_run else job.write)(lambda session: _write(session, job, good))
    job.report.created.update({"warehouse.competitor_price": created} if created else {})
    job.report.updated.update({"warehouse.competitor_price": updated} if updated else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> _Fitting:
    """What is kept of which row; a row that can't be taken is reported. Without a day it is a price of today, without a
    currency one in the organisation's own."""
    items = item_numbers(session, [row.values["code"] for row in rows])
    usual = {"currency": base_currency(session), "day": wall_clock().date(), "competitor": ""}
    found, rates = _Fitting(), dict[Any, Any]()
    for row in rows:
        try:
            key, values = _read(session, job, {**usual, **row.values}, items, rates)
            if key in found:
                raise Invalid(_l("This competitor's price of the item and day stands in an earlier row."), field="code")
        except Invalid as error:
            job.refuse(row, error)
        else:
            found[key] = (row, values)
    return _without_alike(session, job, found)


def _without_alike(session: Session, job: Import, found: _Fitting) -> _Fitting:
    """What is new or says something else than what is there; the others are reported."""
    for key, there in (competitor_prices_at(session, found) if found else {}).items():
        row, values = found[key]
        if all(getattr(there, name) == value for name, value in values.items()):
            job.report.skip(row.file, row.row, _l("is so already"))
            del found[key]
    return found


def _read(
    session: Session, job: Import, said: dict[str, Any], items: dict[str, int], rates: dict[Any, Any]
) -> tuple[Key, dict[str, Any]]:
    code = said.pop("code")
    if not job.actor.sees(PRICE["group"]):
        raise Invalid(_l("this field is not open to you"), field="price")
    if code not in items:
        raise Invalid(_l("There is no item “%(code)s”.", code=code), field="code")
    said["currency"] = said["currency"].upper()
    values = checked_price(session, kept(CompetitorPrice, said), rates)
    return (items[code], values["folded"], values["day"]), values


def _write(session: Session, job: Import, good: _Fitting) -> tuple[int, int]:
    """How many are new and how many changed; a preview counts them."""
    if job.dry_run or not good:
        changed = len(competitor_prices_at(session, good)) if good else 0
        return len(good) - changed, changed
    made, changed = set_competitor_prices(session, job.actor, {key: values for key, (_, values) in good.items()})
    record(session, "warehouse.competitor.import", summary=f"{job.preset.name}: {made} new, {changed} changed")
    return made, changed


competitors = Target(
    name="warehouse.competitors",
    title=_l("Prices of competitors"),
    shown="warehouse.competitor_list",
    permissions=(EDIT,),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

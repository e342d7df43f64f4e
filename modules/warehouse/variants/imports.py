"""Bringing in models and their variants from a table: a row for each variant."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.errors import Invalid
from app.api.imports import Field, Import, Record, Target, as_code, as_decimal, plain_preset, records
from app.api.reference import Unit
from app.api.security import record
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.barcodes import key_of
from modules.warehouse.catch_weight.rules import check_item
from modules.warehouse.models import PIECE, PRICE, Barcode, Item
from modules.warehouse.rules import item_fields
from modules.warehouse.units import units_by_name
from modules.warehouse.variants import EDIT
from modules.warehouse.variants.models import FIRST, SECOND, ItemModel
from modules.warehouse.variants.operations import change_model, create_model, make_variants
from modules.warehouse.variants.rules import read_values

_FIELDS = (
    Field("model", as_code, required=True, titles=(_l("Model"),)),
    Field("first_value", required=True, titles=(_l("First value"),)),
    Field("second_value", titles=(_l("Second value"),)),
    Field("name", titles=(_l("Name"),)),
    Field("first_title", titles=(_l("First axis"),)),
    Field("second_title", titles=(_l("Second axis"),)),
    Field("unit", as_code, titles=(_l("Unit"),)),
    Field("second_unit", titles=(_l("Second unit"),)),
    Field("second_per_unit", as_decimal, titles=(_l("Second quantity of one unit"),)),
    Field("price", as_decimal, titles=(_l("Sales price"), _l("Price"))),
    Field("code", as_code, titles=(_l("Code"),)),
    Field("barcode", as_code, titles=(_l("Barcode"),)),
)
#: what a row may say of its variant alone
_OF_VARIANT = ("code", "barcode", "price")
#: units, each by its code or its name
_UNITS = {"unit", "second_unit"}
#: the names of a variant's values without case; the second is empty where there is one axis
_Names = tuple[str, str]


@dataclass(slots=True)
class _Plan:
    """What a file says of a model."""

    known: ItemModel | None
    #: of a new one: its code, name, units and titles
    fields: dict[str, Any]
    #: value without case → the line of text that names it, of each axis
    lines: dict[int, dict[str, str]] = field(default_factory=lambda: {FIRST: {}, SECOND: {}})
    #: of them the values that the model has already
    there: dict[int, set[str]] = field(default_factory=lambda: {FIRST: set(), SECOND: set()})
    #: new variants, and what their rows say of them alone
    variants: dict[_Names, dict[str, Any]] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, Any]:
        """The values of both axes, as `read_values` takes them: without those that only rows in error name."""
        used = {FIRST: {first for first, _ in self.variants}, SECOND: {second for _, second in self.variants}}
        first, second = (
            "\n".join(text for key, text in self.lines[axis].items() if key in used[axis] | self.there[axis])
            for axis in (FIRST, SECOND)
        )
        return {"first_values": first, "second_values": second}

    def add_value(self, axis: int, text: str) -> str:
        """Its name without case; a value that the axis hasn't yet comes behind the others. Refused: as `read_values` does."""
        name = "first_value" if axis == FIRST else "second_value"
        (value,) = read_values(text, field=name)
        key, known = value.name.casefold(), self.lines[axis]
        if key not in known:
            read_values("\n".join([*known.values(), text]), field=name)
            known[key] = text
        return key


def _bring_in(job: Import) -> None:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    plans = job.read(lambda session: _fitting(session, job, rows))
    if job.puts_off(rows):
        return
    if not job.dry_run:
        job.write(lambda session: _write(session, job, plans))
    made, models = sum(len(p.variants) for p in plans.values()), sum(p.known is None for p in plans.values())
    job.report.created.update({"warehouse.model": models} if models else {})
    job.report.created.update({"warehouse.variant": made} if made else {})


def _fitting(session: Session, job: Import, rows: list[Record]) -> dict[str, _Plan]:
    """What is to be made of which model, by its code without case; a row that can't be taken is reported."""
    known = _known(session, {row.values["model"].casefold() for row in rows})
    units = {row.code: row.id for row in session.execute(select(Unit.code, Unit.id))}
    called = units_by_name(session)
    taken = _taken(session, rows)
    plans: dict[str, _Plan] = {}
    for row in rows:
        key = row.values["model"].casefold()
        for name in _UNITS & row.values.keys():
            if (said := row.values[name]) not in units:
                row.values[name] = called.get(said.casefold(), said)
        try:
            plan = plans.get(key) or _begun(known.get(key), row.values, units)
            names = _names(plan, row.values, units)
            is_there = plan.known is not None and names in _cells(plan.known)
            if not is_there:
                plan.variants[names] = _of_variant(job, row.values, taken, names in plan.variants)
        except Invalid as error:
            job.refuse(row, error)
        else:
            plans[key] = plan
            if is_there:
                job.report.skip(row.file, row.row, _l("is so already"))
    return {key: plan for key, plan in plans.items() if plan.variants}


def _begun(known: ItemModel | None, values: Mapping[str, Any], units: Mapping[str, int]) -> _Plan:
    """The plan of a model that stands first in a row."""
    if known is not None:
        plan = _Plan(known, {})
        for axis in (FIRST, SECOND):
            plan.lines[axis] = {v.name.casefold(): f"{v.name} = {v.code}" for v in known.of_axis(axis)}
            plan.there[axis] = {*plan.lines[axis]}
        return plan
    for name in ("name", "first_title"):
        if not values.get(name):
            raise Invalid(_l("A model needs a code, a name and an axis, such as size."), field=name)
    fields = {"code": values["model"], "second_title": "", **{n: values[n] for n in ("name", "first_title")}}
    fields |= {"second_title": values["second_title"]} if values.get("second_title") else {}
    fields = {**kept(ItemModel, fields), "unit_id": _unit_id(units, values.get("unit", PIECE), "unit")}
    if "second_per_unit" in values and "second_unit" not in values:
        raise Invalid(_l("Say the second unit too."), field="second_unit")
    if "second_unit" in values:
        fields["second_unit_id"] = _unit_id(units, values["second_unit"], "second_unit")
        fields["second_per_unit"] = values.get("second_per_unit")
        try:
            check_item(fields, None)
        except Invalid as error:
            column = "second_unit" if error.field == "second_unit_id" else error.field
            raise Invalid(error.message, field=column) from error
    return _Plan(None, fields)


def _unit_id(units: Mapping[str, int], code: str, name: str) -> int:
    if code not in units:
        raise Invalid(_l("There is no unit “%(code)s”.", code=code), field=name)
    return units[code]


def _names(plan: _Plan, values: Mapping[str, Any], units: Mapping[str, int]) -> _Names:
    """Of which values a row is. Refused (Invalid): what its model isn't: other axes, another unit or second unit."""
    of = plan.known.__dict__ if plan.known is not None else plan.fields
    for name in ("first_title", "second_title"):
        if values.get(name) and values[name].casefold() != of[name].casefold():
            raise Invalid(_l("The axes of this model are called otherwise."), field=name)
    if "unit" in values and units.get(values["unit"]) != of["unit_id"]:
        raise Invalid(_l("This model is counted in another unit."), field="unit")
    if "second_unit" in values and _unit_id(units, values["second_unit"], "second_unit") != of.get("second_unit_id"):
        raise Invalid(_l("This model has another second unit. Change it on the model's page."), field="second_unit")
    if "second_per_unit" in values and values["second_per_unit"] != of.get("second_per_unit"):
        words = _l("This model has another second quantity of one unit. Change it on the model's page.")
        raise Invalid(words, field="second_per_unit")
    if bool(of["second_title"]) != bool(values.get("second_value")):
        message = _l("Say its second value.") if of["second_title"] else _l("This model has one axis.")
        raise Invalid(message, field="second_value")
    first = plan.add_value(FIRST, values["first_value"])
    return first, plan.add_value(SECOND, values["second_value"]) if of["second_title"] else ""


def _of_variant(job: Import, values: Mapping[str, Any], taken: set[str], is_twice: bool) -> dict[str, Any]:
    if is_twice:
        raise Invalid(_l("This variant stands in an earlier row."), field="first_value")
    if values.get("price") is not None and not job.actor.sees(PRICE["group"]):
        raise Invalid(_l("this field is not open to you"), field="price")
    said = {name: values[name] for name in _OF_VARIANT if name in values}
    item_fields({"code": "X", "name": "X", **said})
    for name, key in (("code", values.get("code", "")), ("barcode", key_of(values.get("barcode", "")))):
        if key and f"{name}:{key.casefold()}" in taken:
            raise Invalid(_l("“%(text)s” is taken.", text=values[name]), field=name)
        if key:
            taken.add(f"{name}:{key.casefold()}")
    return said


def _write(session: Session, job: Import, plans: Mapping[str, _Plan]) -> None:
    codes = [said["code"] for plan in plans.values() for said in plan.variants.values() if "code" in said]
    for plan in plans.values():
        # as another session read it
        model = session.get(ItemModel, plan.known.id) if plan.known is not None else None
        if model is None:
            model = create_model(session, job.actor, **plan.fields, **plan.texts)
        else:
            change_model(session, job.actor, model, **plan.texts)
        of_axis = {axis: {v.name.casefold(): v.id for v in model.of_axis(axis)} for axis in (FIRST, SECOND)}
        cells = {(of_axis[FIRST][one], of_axis[SECOND].get(two)): said for (one, two), said in plan.variants.items()}
        make_variants(session, job.actor, model, cells, said=cells, reserved=codes)
    made = sum(len(plan.variants) for plan in plans.values())
    record(session, "warehouse.variant.import", summary=f"{job.preset.name}: {made} new")


def _cells(model: ItemModel) -> set[_Names]:
    names = {value.id: value.name.casefold() for value in model.values}
    return {(names[v.first_id], names[v.second_id] if v.second_id else "") for v in model.variants}


def _known(session: Session, codes: Set[str]) -> dict[str, ItemModel]:
    found: dict[str, ItemModel] = {}
    for some in pieces(sorted(codes)):
        query = select(ItemModel).where(func.lower(ItemModel.code).in_(some))
        found.update((model.code.casefold(), model) for model in session.scalars(query))
    return found


def _taken(session: Session, rows: list[Record]) -> set[str]:
    """The codes and barcodes of the rows that items have."""
    codes = [row.values["code"] for row in rows if "code" in row.values]
    keys = [key_of(row.values["barcode"]) for row in rows if "barcode" in row.values]
    found = set[str]()
    for some in pieces(codes):
        found |= {f"code:{c.casefold()}" for c in session.scalars(select(Item.code).where(Item.code.in_(some)))}
    for some in pieces(keys):
        found |= {f"barcode:{k.casefold()}" for k in session.scalars(select(Barcode.key).where(Barcode.key.in_(some)))}
    return found


models = Target(
    name="warehouse.models",
    title=_l("Models and variants"),
    shown="warehouse.model_list",
    permissions=(EDIT,),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
)

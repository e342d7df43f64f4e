"""Writing models, and making items their variants."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, pieces, remove_rows
from app.api.errors import Conflict, Forbidden, Invalid, NotFound
from app.api.reference import Unit
from app.api.security import Actor, record, require
from app.api.texts import fold, kept
from app.api.texts import lazy_gettext as _l
from app.api.values import Price
from modules.warehouse.models import GOODS, PRICE, Item, ItemGroup
from modules.warehouse.operations import create_items
from modules.warehouse.variants import EDIT
from modules.warehouse.variants.models import FIRST, SECOND, AxisValue, ItemModel, Variant
from modules.warehouse.variants.rules import matched, proposed_variant, read_values

#: values of both axes: the second is None where there is one axis
Cell = tuple[int, int | None]


def model_by_id(session: Session, model_id: int) -> ItemModel:
    """The model; NotFound when there is none."""
    found = session.get(ItemModel, model_id)
    if found is None:
        raise NotFound
    return found


def create_model(
    session: Session, actor: Actor, *, first_values: str, second_values: str = "", **fields: Any
) -> ItemModel:
    """A new model: its code, name, unit_id, group_id, price, first_title and second_title; the values as `read_values` takes
    them. Refused: what that refuses; no code, name or axis; a second axis without a title or values; a code that is taken; a
    unit or group that doesn't exist; a price below zero, or one by whom prices are closed to."""
    require(actor, EDIT)
    model = ItemModel(second_title="")
    _write(session, actor, model, fields, first_values, second_values)
    record(session, "warehouse.model.create", subject="warehouse.model", subject_id=model.id, summary=model.code)
    return model


def change_model(
    session: Session,
    actor: Actor,
    model: ItemModel,
    *,
    first_values: str,
    second_values: str = "",
    version: int | None = None,
    **fields: Any,
) -> None:
    """Change what is given, and name all the values: one is known by its name or its code, so either can change. Variants that
    there are keep their codes, names and prices.

    Refused: what `create_model` refuses; to remove a value that has variants, give them a second axis or take it, or count them
    in another unit (Conflict); a model that was saved since `version` (Changed).
    """
    require(actor, EDIT)
    begin_version(session, model, version)
    _write(session, actor, model, fields, first_values, second_values)
    record(session, "warehouse.model.change", subject="warehouse.model", subject_id=model.id, summary=model.code)


def remove_model(session: Session, actor: Actor, model: ItemModel, *, version: int | None = None) -> None:
    """Remove a model. Refused: one that has variants (Conflict), one that was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, model, version)
    if model.variants:
        raise Conflict(_l("“%(name)s” has variants. Take them out of the model first.", name=model.name))
    record(session, "warehouse.model.remove", subject="warehouse.model", subject_id=model.id, summary=model.code)
    remove_rows(session, AxisValue, AxisValue.model_id == model.id)
    remove_rows(session, ItemModel, ItemModel.id == model.id)
    session.expire_all()


def make_variants(
    session: Session,
    actor: Actor,
    model: ItemModel,
    cells: Collection[Cell],
    *,
    version: int | None = None,
    said: Mapping[Cell, Mapping[str, Any]] | None = None,
    reserved: Collection[str] = (),
) -> list[Item]:
    """New items for cells of the model's grid, called as `proposed_cells` says, of its group, unit and, by whoever sees prices,
    its price, except what is `said` of a cell. None is given a code of those `reserved` unless it is said. Refused: no cell
    (Invalid), one that has a variant (Conflict) or isn't of the model (NotFound), a model that was saved since `version`
    (Changed); what `create_items` refuses."""
    require(actor, EDIT)
    begin_version(session, model, version)
    if not cells:
        raise Invalid(_l("Tick at least one variant."))
    said, proposed = said or {}, proposed_cells(session, model, reserved)
    for cell in cells:
        _refuse_cell(model, cell)
    common: dict[str, Any] = {"kind": GOODS, "unit_id": model.unit_id, "group_id": model.group_id}
    if actor.sees(PRICE["group"]):
        common["price"] = model.price
    wanted = [cell for cell in grid_of(model) if cell in set(cells)]
    named = [dict(zip(("code", "name"), proposed[cell], strict=True)) for cell in wanted]
    own = (said.get(cell, {}) for cell in wanted)
    items = create_items(session, actor, [{**common, **n, **o} for n, o in zip(named, own, strict=True)])
    for cell, item in zip(wanted, items, strict=True):
        model.variants.append(Variant(item=item, item_id=item.id, first_id=cell[0], second_id=cell[1]))
    session.flush()
    record(session, "warehouse.variant.create", subject="warehouse.model", subject_id=model.id, summary=model.code)
    return items


def set_variant(
    session: Session, actor: Actor, model: ItemModel, *, item_id: int | None, cell: Cell, version: int | None = None
) -> None:
    """Make an item that there is a variant of the model, or let one be another. The item stays as it is.

    Refused: no item, a service, goods in another unit (Invalid); an item of another model, a cell that another item has
    (Conflict); a cell that isn't the model's (NotFound); a model that was saved since `version` (Changed).
    """
    require(actor, EDIT)
    begin_version(session, model, version)
    item = session.get(Item, item_id) if item_id is not None else None
    if item is None:
        raise Invalid(_l("Choose an item."), field="item_id")
    if item.kind != GOODS:
        raise Invalid(_l("“%(name)s” is a service and can't be a variant.", name=item.name), field="item_id")
    if item.unit_id != model.unit_id:
        message = _l("“%(name)s” is counted in another unit than the model.", name=item.name)
        raise Invalid(message, field="item_id")
    known = session.get(Variant, item.id)
    if known is not None and known.model_id != model.id:
        message = _l("“%(name)s” is a variant of “%(model)s” already.", name=item.name, model=known.model.name)
        raise Conflict(message, field="item_id")
    _refuse_cell(model, cell, but=item.id)
    if known is None:
        model.variants.append(Variant(item=item, item_id=item.id, first_id=cell[0], second_id=cell[1]))
    else:
        known.first_id, known.second_id = cell
    session.flush()
    record(session, "warehouse.variant.change", subject="warehouse.model", subject_id=model.id, summary=item.code)


def release_variant(
    session: Session, actor: Actor, model: ItemModel, item_id: int, *, version: int | None = None
) -> None:
    """Let a variant be an item of no model; the item stays. Refused: an item that is none of its variants (NotFound), a model
    that was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, model, version)
    variant = next((each for each in model.variants if each.item_id == item_id), None)
    if variant is None:
        raise NotFound
    record(
        session, "warehouse.variant.remove", subject="warehouse.model", subject_id=model.id, summary=variant.item.code
    )
    remove_rows(session, Variant, Variant.item_id == item_id)
    session.expire(model, ["variants"])


def grid_of(model: ItemModel) -> list[Cell]:
    """The cells of a model's grid, row by row."""
    columns: Sequence[int | None] = [value.id for value in model.of_axis(SECOND)] or [None]
    return [(value.id, column) for value in model.of_axis(FIRST) for column in columns]


def proposed_cells(session: Session, model: ItemModel, reserved: Collection[str] = ()) -> dict[Cell, tuple[str, str]]:
    """Cell without a variant → code and name of the one that would be made: no two have a code, no item has it, and it is none
    of those `reserved`."""
    values = {value.id: value for value in model.values}
    taken = _taken(session, model.code) | {code.casefold() for code in reserved}
    used, found = {variant.cell for variant in model.variants}, {}
    for cell in grid_of(model):
        if cell not in used:
            found[cell] = proposed_variant(model, [values[i] for i in cell if i is not None], taken)
            taken.add(found[cell][0].casefold())
    return found


def _taken(session: Session, stem: str) -> set[str]:
    codes = session.scalars(select(Item.code).where(Item.folded.startswith(fold(stem), autoescape=True)))
    return {code.casefold() for code in codes}


def _refuse_cell(model: ItemModel, cell: Cell, *, but: int | None = None) -> None:
    if cell not in grid_of(model):
        raise NotFound
    there = next((v for v in model.variants if v.cell == cell and v.item_id != but), None)
    if there is not None:
        raise Conflict(_l("“%(name)s” is this variant already.", name=there.item.name), field="first_id")


def _write(
    session: Session, actor: Actor, model: ItemModel, fields: dict[str, Any], first_values: str, second_values: str
) -> None:
    values = kept(ItemModel, fields)
    if not actor.sees(PRICE["group"]) and values.pop("price", None) is not None:
        raise Forbidden(PRICE["group"])
    for name in ("code", "name", "first_title"):
        if not values.get(name, getattr(model, name)):
            raise Invalid(_l("A model needs a code, a name and an axis, such as size."), field=name)
    price = values.get("price")
    if price is not None and not (Price.holds(price) and price >= 0):
        raise Invalid(_l("A price is not below zero and has at most six digits after the point."), field="price")
    _refuse_unknown(session, values)
    if model.id and model.variants and values.get("unit_id", model.unit_id) != model.unit_id:
        message = _l(
            "The variants of “%(name)s” are counted in the unit as now. Take them out of the model first.",
            name=model.name,
        )
        raise Conflict(message, field="unit_id")
    _refuse_taken(session, model, values.get("code", model.code))
    before = bool(model.second_title)
    for name, value in values.items():
        setattr(model, name, value)
    if model.id and model.variants and before != bool(model.second_title):
        message = _l(
            "The variants of “%(name)s” have as many axes as now. Take them out of the model first.", name=model.name
        )
        raise Conflict(message, field="second_title")
    model.folded = fold(model.code, model.name)[:250]
    session.add(model)
    session.flush()
    _set_values(session, model, FIRST, first_values)
    _set_values(session, model, SECOND, second_values)
    session.flush()
    session.expire(model, ["values"])


def _refuse_unknown(session: Session, values: dict[str, Any]) -> None:
    for name, of in (("unit_id", Unit), ("group_id", ItemGroup)):
        if values.get(name) is not None and session.get(of, values[name]) is None:
            raise NotFound


def _refuse_taken(session: Session, model: ItemModel, code: str) -> None:
    with session.no_autoflush:
        others = select(ItemModel.id).where(func.lower(ItemModel.code) == code.lower(), ItemModel.id != (model.id or 0))
        if session.scalar(others.limit(1)) is not None:
            raise Conflict(_l("There is a model “%(code)s” already.", code=code), field="code")


def _set_values(session: Session, model: ItemModel, axis: int, text: str) -> None:
    """Let an axis have the values that a text names, in its order."""
    field = "first_values" if axis == FIRST else "second_values"
    wanted = read_values(text, field=field)
    title = model.first_title if axis == FIRST else model.second_title
    if title and not wanted:
        raise Invalid(_l("Say which values “%(axis)s” has, each on a line of its own.", axis=title), field=field)
    if wanted and not title:
        raise Invalid(_l("Say what the second axis is called, such as colour."), field="second_title")
    known = model.of_axis(axis)
    found = matched(known, wanted)
    used = {i for variant in model.variants for i in variant.cell}
    for value in known:
        if value not in found and value.id in used:
            message = _l(
                "“%(name)s” has variants, so it can't be removed. To rename it, change its name or its code, one at a time.",
                name=value.name,
            )
            raise Conflict(message, field=field)
    for some in pieces([value.id for value in known if value not in found]):
        remove_rows(session, AxisValue, AxisValue.id.in_(some))
    for n, (there, said) in enumerate(zip(found, wanted, strict=True)):
        row = there or AxisValue(model_id=model.id, axis=axis)
        row.name, row.code, row.place_in_axis = said.name, said.code, n
        session.add(row)

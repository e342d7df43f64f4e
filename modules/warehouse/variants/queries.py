"""Reading models: their grids with what is there of each variant, and of which model an item is."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from app.api.data import pieces
from app.api.ledger import now
from app.api.reference import unit_word
from app.api.texts import fold, number
from modules.warehouse.models import NONE, Item
from modules.warehouse.queries import stock_on_hand, warehouses
from modules.warehouse.registers import Stock
from modules.warehouse.variants.models import FIRST, SECOND, AxisValue, ItemModel, Variant
from modules.warehouse.variants.operations import Cell, model_by_id


@dataclass(slots=True)
class Held:
    """What there is of a variant."""

    on_hand: Decimal = Decimal(0)
    #: of it kept for nobody
    free: Decimal = Decimal(0)


@dataclass(slots=True)
class Grid:
    """The variants of a model by their values."""

    rows: list[AxisValue]
    #: one without a value where there is one axis
    columns: list[AxisValue | None]
    variants: dict[Cell, Item] = field(default_factory=dict)
    #: item → what there is of it; empty for whoever may not see stock
    held: dict[int, Held] = field(default_factory=dict)

    def at(self, row: AxisValue, column: AxisValue | None) -> Item | None:
        """The variant in a cell."""
        return self.variants.get((row.id, column.id if column else None))


def variants_of(session: Session, model: ItemModel, *, place_id: int | None = None) -> Grid:
    """The grid of a model, with what there is of each variant: in a warehouse, or in all that the actor sees."""
    query = select(Variant).where(Variant.model_id == model.id).options(joinedload(Variant.item))
    grid = Grid(model.of_axis(FIRST), [*model.of_axis(SECOND)] or [None])
    grid.variants = {variant.cell: variant.item for variant in session.scalars(query)}
    if session.info["actor"].may("warehouse.stock.view"):
        grid.held = held_of(session, [item.id for item in grid.variants.values()], place_id)
    return grid


def held_of(session: Session, items: list[int], place_id: int | None = None) -> dict[int, Held]:
    """Item → what there is of it, in a warehouse or in all that the actor sees."""
    found: dict[int, Held] = defaultdict(Held)
    if not items:
        return found
    for figure in stock_on_hand(session, items=items, places=[place_id] if place_id else None):
        found[figure.key[0]].on_hand += figure.amounts["quantity"]
    where: dict[str, object] = {"item": items, "claim": NONE, **({"warehouse": place_id} if place_id else {})}
    for figure in now(session, Stock.claims, by=("item",), where=where):
        found[figure.key[0]].free = figure.amounts["quantity"]
    return found


def model_of(session: Session, item_id: int) -> tuple[int, str] | None:
    """Number and name of the model of which an item is a variant; None where it is of none."""
    query = select(ItemModel.id, ItemModel.name).join(Variant, Variant.model_id == ItemModel.id)
    row = session.execute(query.where(Variant.item_id == item_id)).first()
    return (row.id, row.name) if row else None


def are_there(session: Session) -> bool:
    """Whether there is any model."""
    return bool(session.scalar(select(exists().where(ItemModel.id > 0))))


def find_models(session: Session, text: str, most: int, item_id: int | None = None) -> list[dict[str, Any]]:
    """The models whose code or name has the words of a text, one of exactly this code first; or that of an item."""
    count = func.count(Variant.item_id)
    query = select(ItemModel.id, ItemModel.code, ItemModel.name, count.label("count"))
    query = query.join(Variant, Variant.model_id == ItemModel.id).group_by(ItemModel.id)
    for word in fold(text).split():
        query = query.where(ItemModel.folded.contains(word, autoescape=True))
    if item_id is not None:
        query = query.where(
            ItemModel.id == select(Variant.model_id).where(Variant.item_id == item_id).scalar_subquery()
        )
    rows = session.execute(query.order_by((ItemModel.code == text).desc(), ItemModel.code_order).limit(most))
    return [{"id": r.id, "code": r.code, "title": f"{r.code} {r.name}", "note": f"× {r.count}"} for r in rows]


def matrix_of(
    by_code: Callable[[Session, Collection[str]], list[dict[str, Any]]],
    session: Session,
    model_id: int,
    place_id: int | None,
    *,
    with_held: bool = True,
) -> dict[str, Any]:
    """A model as a line grid takes it: of each variant what a look-up tells of an item that it finds `by_code`, and, to who
    may see stock, what is free of it as `held`: in a warehouse, or in all that the actor sees."""
    model = model_by_id(session, model_id)
    own = place_id if place_id in {place.id for place in warehouses(session)} else None
    grid = variants_of(session, model, place_id=own)
    rows: dict[int, dict[str, Any]] = {}
    for some in pieces([item.code for item in grid.variants.values()]):
        rows |= {row["id"]: row for row in by_code(session, some)}
    for item_id, row in rows.items():
        if with_held and session.info["actor"].may("warehouse.stock.view"):
            row["held"] = number(grid.held[item_id].free)

    def said(item: Item | None) -> dict[str, Any] | None:
        return rows.get(item.id) if item is not None else None

    return {
        "title": f"{model.code} {model.name}",
        "unit": unit_word(model.unit.name),
        "axes": [model.first_title, model.second_title],
        "columns": [column.name if column else "" for column in grid.columns],
        "rows": [{"title": r.name, "cells": [said(grid.at(r, column)) for column in grid.columns]} for r in grid.rows],
    }

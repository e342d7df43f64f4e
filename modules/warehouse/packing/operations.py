"""Writing packings of items."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import begin_version
from app.api.errors import Conflict
from app.api.reference import unit_word
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.item_barcodes import fold_names, name_packing
from modules.warehouse.models import Item, Packing
from modules.warehouse.packing.rules import packing_fields
from modules.warehouse.references import is_counted_in


def add_packing(session: Session, actor: Actor, item: Item, *, barcodes: str = "", **fields: Any) -> Packing:
    """A new packing of an item: its `name`, how many base units it `contains` (a Fraction), its `weight` in kilograms;
    `barcodes` each on a line of its own.

    Refused: what `packing_fields` refuses; a name that another packing in use has, or the item's own unit; a barcode that is
    taken.
    """
    require(actor, "warehouse.item.edit")
    begin_version(session, item, None)  # one at a time names packings of an item
    packing = Packing(item=item, **packing_fields(fields))
    _refuse_namesake(session, packing)
    session.add(packing)
    session.flush()
    _write(session, packing, barcodes, "create")
    return packing


def change_packing(
    session: Session, actor: Actor, packing: Packing, *, barcodes: str, version: int | None = None, **fields: Any
) -> None:
    """Change a packing. Refused: what `add_packing` refuses; other contents, once a line of a document is counted in it
    (Conflict); one that was saved since `version` (Changed)."""
    require(actor, "warehouse.item.edit")
    begin_version(session, packing.item, None)
    begin_version(session, packing, version)
    values = packing_fields(fields)
    is_other = (values["numerator"], values["denominator"]) != (packing.numerator, packing.denominator)
    if is_other and is_counted_in(session, packing):
        message = _l(
            "Documents are counted in “%(name)s”, so what it contains can't change any more. Add a new packing, and take the"
            " tick “In use” from this one.",
            name=packing.name,
        )
        raise Conflict(message, field="contains")
    for name, value in values.items():
        setattr(packing, name, value)
    _refuse_namesake(session, packing)
    _write(session, packing, barcodes, "change")


def _refuse_namesake(session: Session, packing: Packing) -> None:
    if packing.is_active is False:
        return
    unit = packing.item.unit
    if packing.name.lower() in {word.lower() for word in (unit.name, str(unit_word(unit.name)))}:
        raise Conflict(
            _l(
                "The item is counted in “%(name)s” already. Call the packing otherwise, such as carton.",
                name=packing.name,
            ),
            field="name",
        )
    with session.no_autoflush:
        query = select(Packing.id).where(Packing.item_id == packing.item.id, Packing.is_active)
        others = query.where(func.lower(Packing.name) == packing.name.lower(), Packing.id != (packing.id or 0))
        if session.scalar(others.limit(1)) is not None:
            raise Conflict(_l("The item has a packing “%(name)s” already.", name=packing.name), field="name")


def _write(session: Session, packing: Packing, barcodes: str, verb: str) -> None:
    name_packing(session, packing, barcodes)
    fold_names(packing.item)
    session.flush()
    summary = f"{packing.item.code} {packing.name}"
    record(session, f"warehouse.packing.{verb}", subject="warehouse.item", subject_id=packing.item_id, summary=summary)

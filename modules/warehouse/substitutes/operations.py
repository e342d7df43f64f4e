"""Writing what may be given instead of an item."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, remove_rows
from app.api.errors import Conflict, Invalid, NotFound
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.warehouse.items import items_by_id
from modules.warehouse.models import GOODS, Item
from modules.warehouse.substitutes import EDIT
from modules.warehouse.substitutes.models import ANALOGUE, SUBSTITUTE, ItemSubstitute

#: the last of all that are offered
MOST_PREFERENCE = 999


def substitute_by_id(session: Session, substitute_id: int) -> ItemSubstitute:
    """What is said of two items; NotFound when nothing is."""
    found = session.get(ItemSubstitute, substitute_id)
    if found is None:
        raise NotFound
    return found


def add_substitute(
    session: Session, actor: Actor, *, item_id: int | None, other_id: int | None, **fields: Any
) -> ItemSubstitute:
    """Say that goods may be given instead of others: `kind`, `preference` from 1, `note`.

    Refused: no item, a service, an item in place of itself, figures that can't be right (Invalid); what stands there already,
    as a substitute or an analogue (Conflict).
    """
    require(actor, EDIT)
    for number, field in ((item_id, "item_id"), (other_id, "other_id")):
        if number is None:
            raise Invalid(_l("Choose an item."), field=field)
        item = items_by_id(session, {number})[number]
        if item.kind != GOODS:
            raise Invalid(_l("“%(name)s” is a service. Choose goods.", name=item.name), field=field)
    if item_id == other_id:
        raise Invalid(_l("An item can't be given instead of itself. Choose another."), field="other_id")
    row = ItemSubstitute(item_id=item_id, other_id=other_id, kind=SUBSTITUTE, preference=1, note="")
    _set(session, row, fields)
    session.add(row)
    session.flush()
    _record(session, row, "create")
    return row


def change_substitute(
    session: Session, actor: Actor, row: ItemSubstitute, *, version: int | None = None, **fields: Any
) -> None:
    """Change kind, preference or note. Refused: as `add_substitute` does; what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _set(session, row, fields)
    session.flush()
    _record(session, row, "change")


def remove_substitute(session: Session, actor: Actor, row: ItemSubstitute, *, version: int | None = None) -> None:
    """Say that it isn't given instead any more. Refused: what was saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, row, version)
    _record(session, row, "remove")
    remove_rows(session, ItemSubstitute, ItemSubstitute.id == row.id)


def _set(session: Session, row: ItemSubstitute, fields: Mapping[str, Any]) -> None:
    values = kept(ItemSubstitute, {n: v for n, v in fields.items() if n in ("kind", "preference", "note")})
    if values.get("kind", row.kind) not in (SUBSTITUTE, ANALOGUE):
        raise Invalid(_l("Choose substitute or analogue."), field="kind")
    preference = values.get("preference", row.preference)
    if preference is None or not 1 <= preference <= MOST_PREFERENCE:
        words = _l("The order of preference is a whole number from 1 to %(most)s.", most=MOST_PREFERENCE)
        raise Invalid(words, field="preference")
    with session.no_autoflush:
        for name, value in values.items():
            setattr(row, name, value)
        if row.kind == ANALOGUE:
            row.item_id, row.other_id = sorted((row.item_id, row.other_id))
        _refuse_same(session, row)


def _refuse_same(session: Session, row: ItemSubstitute) -> None:
    """One after another, as two who say opposite things at once would both be right."""
    both = Item.id.in_((row.item_id, row.other_id))
    session.scalars(select(Item.id).where(both).order_by(Item.id).with_for_update()).all()
    same, opposite = (
        and_(ItemSubstitute.item_id == a, ItemSubstitute.other_id == b)
        for a, b in ((row.item_id, row.other_id), (row.other_id, row.item_id))
    )
    refused = or_(same, opposite) if row.kind == ANALOGUE else or_(same, opposite & (ItemSubstitute.kind == ANALOGUE))
    found = session.scalars(select(ItemSubstitute).where(refused, ItemSubstitute.id != (row.id or 0)).limit(1)).first()
    if found is None:
        return
    names = items_by_id(session, {row.item_id, row.other_id})
    words = (
        _l("“%(item)s” and “%(other)s” are analogues already.")
        if found.kind == ANALOGUE
        else _l("“%(other)s” is a substitute for “%(item)s” already. Change or remove that one.")
    )
    said = {"item": names[found.item_id].name, "other": names[found.other_id].name}
    raise Conflict(words % said, field="other_id")


def _record(session: Session, row: ItemSubstitute, verb: str) -> None:
    names = items_by_id(session, {row.item_id, row.other_id})
    summary = f"{names[row.item_id].code} – {names[row.other_id].code}"
    record(session, f"warehouse.substitute.{verb}", subject="warehouse.item", subject_id=row.item_id, summary=summary)

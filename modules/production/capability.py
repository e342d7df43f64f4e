"""What can be made now: how many whole batches each bill's free components are enough for."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import BigInteger, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.ledger import standing
from app.api.reference import Unit, unit_word
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import number
from app.api.web import AHEAD, Column, Link, OverviewFigure, Table
from modules.production.models import Bom, BomLine
from modules.warehouse.api import Item, Stock

#: whatever is kept for nobody
_FREE = {"claim": 0}


def _batches(session: Session) -> Any:
    """A subquery of bills in use, each with the batches that its scarcest component is enough for."""
    free = standing(session, Stock.claims, by=("item",), where=_FREE, name="free")
    units = func.coalesce(type_coerce(free.c.quantity, BigInteger), 0)
    enough = case((units > 0, units // type_coerce(BomLine.quantity, BigInteger)), else_=0)
    return (
        select(BomLine.bom_id, cast(func.min(enough), BigInteger).label("batches"))
        .join(Bom, Bom.id == BomLine.bom_id)
        .outerjoin(free, free.c.item_id == BomLine.item_id)
        .where(Bom.is_active)
        .group_by(BomLine.bom_id)
        .subquery("batches")
    )


def capability_of(session: Session, _said: Mapping[str, Any]) -> Table:
    """The bills in use, each with how much of its product can be made of what is free."""
    found = _batches(session)
    return Table(
        name="production.capability",
        title=_l("What can be made now"),
        needs="production.bom.view",
        source=lambda _session: (
            select()
            .select_from(found)
            .join(Bom, Bom.id == found.c.bom_id)
            .join(Item, Item.id == Bom.item_id)
            .join(Unit, Unit.id == Item.unit_id)
        ),
        key=Bom.id,
        columns=(
            Column("product", _l("Product"), Item.name, headline=True, link=Link("production.bom_view", bom_id="id")),
            Column("code", _l("Code"), Item.code),
            Column("name", _l("Name"), Bom.name),
            Column("output", _l("Makes"), Bom.output, "quantity"),
            Column("batches", _l("Times"), found.c.batches, "integer"),
            Column(
                "makes",
                _l("Can be made"),
                Bom.output,
                "quantity",
                row_words=lambda row: f"{number(row.batches * row.output)} {unit_word(row.unit)}",
                sortable=False,
            ),
            Column("unit", "", Unit.name, hidden=True, sortable=False),
            Column("id", "", Bom.id, hidden=True, sortable=False),
        ),
        order="-batches",
        search=(Item.folded,),
        empty=_l("No bill of materials is in use."),
        is_found=False,
    )


def figures(session: Session, actor: Actor) -> Iterator[OverviewFigure]:
    """How many of the bills can be made at least once."""
    if not actor.may("production.bom.view"):
        return
    found = _batches(session)
    every, able = session.execute(
        select(func.count(), func.count(case((found.c.batches > 0, 1)))).select_from(found)
    ).one()
    if every:
        address = url_for("core.report_view", name="production.capability")
        value = _("%(able)s of %(all)s", able=number(able), all=number(every))
        yield OverviewFigure(_("Products that can be made now"), value, address, part=AHEAD)

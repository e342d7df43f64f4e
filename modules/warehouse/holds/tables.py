"""The lists of holds and releases, and of what is held back."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.reference import Unit, organisation_id, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, journal
from modules.warehouse.holds import HOLD, REASONS
from modules.warehouse.holds.kinds import HELD, RELEASED
from modules.warehouse.holds.models import Hold, Holding, HoldRelease
from modules.warehouse.models import NONE, Claim, Item, Place
from modules.warehouse.queries import warehouse_choices
from modules.warehouse.registers import Stock


def _days(since: datetime) -> str:
    return str((wall_clock() - since).days)


_KEPT = Stock.claims.table.c


def _places(session: Session) -> list[tuple[str, object]]:
    return [(str(number), name) for number, name in warehouse_choices(session)]


def _journal(kind: Any, model: type[Holding], *more: Column, **said: Any) -> Table:
    return journal(
        kind,
        Column("place", _l("Warehouse"), Place.name),
        *more,
        Column("note", _l("Note"), model.note, sortable=False),
        source=lambda _session: select().select_from(model).join(Place, Place.id == model.place_id),
        search=(func.lower(model.note), func.lower(Place.name)),
        **said,
    )


holds = _journal(
    HELD,
    Hold,
    Column("reason", _l("Reason"), Hold.reason, choices=REASONS),
    title=_l("Holds"),
    create_title=_l("New hold"),
    empty=_l("Nothing has been held back yet."),
)
releases = replace(
    _journal(
        RELEASED,
        HoldRelease,
        title=_l("Hold releases"),
        create_title=_l("New hold release"),
        empty=_l("Nothing that was held back has been released yet."),
    ),
    create=None,
)


def held_until(day: date) -> Any:
    """Says of holds that they are of a day or before."""
    return Hold.moment <= datetime.combine(day, time.max)


held = Table(
    name="warehouse.held",
    title=_l("Goods held back"),
    needs=f"{HOLD}.view",
    create="warehouse.hold_new",
    create_needs=f"{HOLD}.edit",
    create_title=_l("New hold"),
    source=lambda session: (
        select()
        .select_from(Stock.claims.table)
        .join(Claim, Claim.id == _KEPT.claim_id)
        .join(Hold, Hold.id == Claim.document_id)
        .join(Item, Item.id == _KEPT.item_id)
        .join(Unit, Unit.id == Item.unit_id)
        .join(Place, Place.id == _KEPT.warehouse_id)
        .where(_KEPT.organisation_id == organisation_id(session), _KEPT.claim_id > NONE, _KEPT.quantity > 0)
    ),
    key=_KEPT.claim_id * 1_000_000 + _KEPT.item_id,
    columns=(
        Column("code", _l("Code"), Item.code, link=Link("warehouse.item_view", item_id="item_id")),
        Column("item", _l("Item"), Item.name, headline=True, link=Link("warehouse.item_view", item_id="item_id")),
        Column("quantity", _l("Held back"), _KEPT.quantity, "quantity", summed=("unit",)),
        Column("unit", _l("Unit"), Unit.name, sortable=False, words=unit_word),
        Column("place", _l("Warehouse"), Place.name),
        Column("reason", _l("Reason"), Hold.reason, choices=REASONS),
        Column("number", _l("Hold"), Hold.number, link=Link("warehouse.hold_view", document_id="id")),
        Column("moment", _l("Since"), Hold.moment, "moment"),
        Column("days", _l("Days"), Hold.moment.label("since"), sortable=False, words=_days),
        Column("item_id", "", Item.id, hidden=True, sortable=False),
        Column("id", "", Hold.id, hidden=True, sortable=False),
    ),
    order="moment",
    search=(Item.folded, func.lower(Hold.number)),
    filters=(
        Filter("reason", _l("Reason"), lambda reason: Hold.reason == reason, tuple(REASONS.items())),
        Filter("place", _l("Warehouse"), lambda place: Place.id == int(place), _places),
        Filter("item", _l("Item"), lambda item: Item.id == int(item), is_aside=True),
        Filter("until", _l("Until"), lambda text: held_until(date.fromisoformat(text)), is_aside=True),
    ),
    empty=_l("Nothing is held back."),
    is_found=False,
)

"""What of goods and their costs a document would change, for its preview: it is posted, and about to be rolled back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.documents import MOST_SHOWN, Document, PreviewPart, first_documents
from app.api.ledger import Posting, WrittenEntries
from app.api.prints import PaperColumn
from app.api.security import Actor
from app.api.texts import day, moment
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity, from_units
from modules.warehouse.models import Item, Lot, Recosting
from modules.warehouse.places import Where, open_places, places_by_id
from modules.warehouse.registers import CLAIMED, CORRECTED, Stock
from modules.warehouse.worth_previewed import worth_parts

#: item, place, lot
_Key = tuple[int, int, int]
_LEVELS = (
    PaperColumn("item", _l("Item")),
    PaperColumn("place", _l("Warehouse")),
    PaperColumn("before", _l("On hand now"), "quantity"),
    PaperColumn("after", _l("Afterwards"), "quantity"),
    PaperColumn("lowest", _l("Lowest since its date"), "quantity"),
    PaperColumn("moment", _l("When lowest"), "moment"),
)
_COSTS = (
    PaperColumn("document", _l("Document")),
    PaperColumn("moment", _l("Date"), "moment"),
    PaperColumn("difference", _l("Cost changes by"), "money"),
)
_BOOKED = PaperColumn("booked", _l("Booked on"), "date")


@dataclass(slots=True)
class _Change:
    """By how much what a document moved costs more, in units; and when that is booked."""

    difference: int = 0
    booked: datetime = datetime.min
    is_late: bool = False


def preview_parts(session: Session, actor: Actor, document: Document, written: WrittenEntries) -> Iterator[PreviewPart]:
    """What is on hand afterwards and where that is lowest, what it is worth, and whose costs change."""
    rows = written.of(Stock)
    if not rows or not actor.may("warehouse.stock.view"):
        return
    yield _levels(session, document, [row for row in rows if row["document_id"] == document.id])
    if actor.sees("warehouse.cost"):
        left = list(_left(session, document))
        yield from worth_parts(session, rows, left)
        yield _costs(session, document, rows, left)


def _levels(session: Session, document: Document, own: Sequence[dict[str, Any]]) -> PreviewPart:
    places = places_by_id(session, {row[c] for row in own for c in ("place_from_id", "place_to_id") if row[c]})
    moved = _moved(own, places)
    opened = open_places(session, {key[1] for key in moved})
    changes = {key: change for key, change in moved.items() if key[1] in opened}
    posting = Posting(session, [document])
    shown = sorted(changes)[:MOST_SHOWN]
    held = posting.hold(Stock.on_hand, shown)
    names = {
        model: {row.id: row for row in session.execute(select(*columns).where(model.id.in_({key[i] for key in shown})))}
        for model, columns, i in ((Item, (Item.id, Item.code, Item.name), 0), (Lot, (Lot.id, Lot.code), 2))
    }
    since = min((row["happened"] for row in own), default=document.moment)
    rows = []
    for key in shown:
        item, lot = names[Item].get(key[0]), names[Lot].get(key[2])
        if item is None:
            continue
        lowest, when = posting.lowest_since(Stock.on_hand, key, "quantity", since)
        after = held[key].amounts[0]
        rows.append(
            {
                "item": " · ".join(filter(None, (f"{item.code} {item.name}", lot and lot.code))),
                "place": places[key[1]].name,
                "before": _quantity(after - changes[key]),
                "after": _quantity(after),
                "lowest": _quantity(lowest),
                "moment": when,
                "is_low": lowest < 0,
            }
        )
    return PreviewPart(_("What is in stock"), _LEVELS, rows, len(changes) - len(rows))


def _moved(own: Sequence[dict[str, Any]], places: dict[int, Where]) -> dict[_Key, int]:
    """How much more there is of each item in each place of ours."""
    changes: dict[_Key, int] = defaultdict(int)
    for row in own:
        for side, sign in (("from", -1), ("to", 1)):
            place = row[f"place_{side}_id"]
            if row["basis"] != CLAIMED and place and places[place].keeper:
                changes[row["item_id"], place, row[f"lot_{side}_id"]] += sign * row["quantity"]
    return {key: change for key, change in changes.items() if change}


def _costs(session: Session, document: Document, rows: Sequence[dict[str, Any]], left: Sequence[str]) -> PreviewPart:
    changes: dict[int, _Change] = defaultdict(_Change)
    for row in rows:
        if row["basis"] == CORRECTED and row["document_id"] != document.id:
            change = changes[row["document_id"]]
            change.difference += row["value"]
            change.booked = max(change.booked, row["moment"])
            change.is_late |= row["moment"].date() > row["happened"].date()
    documents, more = first_documents(session, [i for i, change in changes.items() if change.difference])
    shown = [
        {
            "document": (each.kind, each.id, each.number),
            "moment": each.moment,
            "difference": from_units(changes[each.id].difference, Money.scale),
            "booked": changes[each.id].booked.date() if changes[each.id].is_late else None,
        }
        for each in documents
    ]
    late = [change for change in changes.values() if change.is_late]
    columns = (*_COSTS, _BOOKED) if late else _COSTS
    return PreviewPart(_("What other documents cost"), columns, shown, more, [*_closed(late), *left])


def _closed(late: Sequence[_Change]) -> Iterator[str]:
    """What can't be booked when it happened."""
    if late:
        yield ngettext(
            "%(num)d document lies in a closed period: its difference is booked on the first open day, %(day)s.",
            "%(num)d documents lie in a closed period: their differences are booked on the first open day, %(day)s.",
            len(late),
            day=day(max(change.booked for change in late)),
        )


def _left(session: Session, document: Document) -> Iterator[str]:
    """What posting would leave to a job."""
    left = select(func.count(), func.min(Recosting.since)).where(Recosting.cause_id == document.id)
    count, since = session.execute(left).one()
    if count:
        yield ngettext(
            "The rest is recalculated in the background: what %(num)d item costs after %(moment)s isn't in this list.",
            "The rest is recalculated in the background: what %(num)d items cost after %(moment)s isn't in this list.",
            count,
            moment=moment(since),
        )


def _quantity(units: int) -> Any:
    return from_units(units, Quantity.scale)

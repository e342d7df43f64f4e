"""What a stock count says on paper: its page and files, and the sheet to count on."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.prints import Fact, Paper, PaperColumn, Printing, Total, letterhead, pdf_of, value_text
from app.api.reference import base_currency, unit_word
from app.api.security import Actor, PastPolicy, sees
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, number
from app.api.values import Money, Quantity, from_units
from modules.warehouse.bins.registers import Bins
from modules.warehouse.counting import POST
from modules.warehouse.counting.bins import CountedBin, bins_as_typed, bins_by_id, counted_bins
from modules.warehouse.counting.books import Spot
from modules.warehouse.counting.models import RESTS, CountLine, StockCount
from modules.warehouse.counting.results import Part, Result, ever_there, expected_now, results, rounds_of, spots_in
from modules.warehouse.models import NONE, Item, Lot
from modules.warehouse.places import moves_here
from modules.warehouse.prints import item_cells, item_column
from modules.warehouse.queries import costs_of
from modules.warehouse.registers import Stock

_COST = "warehouse.cost"
_BOOKS = PastPolicy("whoever sees a count sees which pieces it found")
_E, _B = Stock.entries.c, Bins.entries.c
#: so many lots or serial numbers are named of an item
_LISTED = 50
_SHEET = Path(__file__).parent / "sheet.typ"


def sees_expected(actor: Actor, count: StockCount) -> bool:
    """Whether somebody may see what the books expect: while a blind count is under way, only who may post it."""
    return count.state != "draft" or actor.may(POST) or (not count.is_blind and actor.may("warehouse.stock.view"))


def count_paper(session: Session, document: StockCount) -> Paper:
    """What was counted so far; to whoever may know it, what was expected and what differs; once it is posted, at which cost."""
    sees = sees_expected(session.info["actor"], document)
    lines = (
        _lines_posted(session, document) if document.state != "draft" else _lines_so_far(session, document, sees=sees)
    )
    values = [line["value"] for line in lines if line.get("value")]
    columns = (
        *((PaperColumn("bin", _l("Bin")),) if document.is_by_bin and document.state == "draft" else ()),
        item_column(_l("Item")),
        PaperColumn("quantity", _l("Counted"), "quantity"),
        *((PaperColumn("expected", _l("Expected"), "quantity"),) if sees else ()),
        *((PaperColumn("difference", _l("Difference"), "quantity"),) if sees else ()),
        *((PaperColumn("value", _l("Value"), "money", _COST),) if document.state != "draft" else ()),
    )
    return Paper(
        facts=(
            Fact(_l("Warehouse"), document.place.name),
            Fact(_l("What is counted"), _what_is_counted(document)),
            Fact(_l("Bins"), _bins_in_words(session, document)),
            Fact(_l("Begun"), document.begun_at, "moment"),
            Fact(
                _l("Date of the differences"),
                document.moment if document.is_dated or document.number else None,
                "moment",
            ),
            Fact(_l("Blind"), document.is_blind, "flag"),
            Fact(_l("What isn't counted"), RESTS[document.rest]),
            Fact(_l("Note"), document.note),
        ),
        columns=columns,
        lines=lines,
        totals=_totals(values),
        currency=base_currency(session),
    )


def _what_is_counted(document: StockCount) -> object:
    if document.listed:
        return _l("Items of a list")
    return _l("Everything in these bins") if document.zone or document.bins else _l("Everything in the warehouse")


def _totals(values: Sequence[Decimal]) -> tuple[Total, ...]:
    """What was found and what is missing, each by itself where there is both, and what that comes to."""
    sides = (
        (_l("Surplus"), [value for value in values if value > 0]),
        (_l("Shortage"), [value for value in values if value < 0]),
    )
    each = [Total(title, sum(side, Decimal(0)), group=_COST) for title, side in sides if side]
    net = Total(_l("Value"), sum(values, Decimal(0)), is_grand=True, group=_COST)
    return (*(each if len(each) > 1 else ()), net) if values else ()


def _bins_in_words(session: Session, document: StockCount) -> str:
    """Which bins are counted; of a count by items nothing."""
    if not document.is_by_bin:
        return ""
    zone = [_("zone %(zone)s", zone=document.zone)] if document.zone else []
    return ", ".join([*zone, *filter(None, [bins_as_typed(session, document)])]) or _("all, one after the other")


def counted_in_words(parts: Sequence[Part]) -> str:
    """Which lots or serial numbers were counted."""
    lots = [(part.lot, part.counted) for part in parts if part.lot and part.counted]
    return _("Counted: %(lots)s", lots=_lots_in_words(lots)) if lots else ""


def differing_in_words(result: Result, tracking: str) -> str:
    """Which lots or serial numbers are missing and which were found."""
    return _in_words([(part.lot, part.difference) for part in result.parts], tracking)


def seconds_in_words(seconds: tuple[Decimal, Decimal] | None, second: str | None, *, is_by_bin: bool = False) -> str:
    """What was expected and counted in an item's `second` unit, of a count by bins in all of them together. Where not all was
    weighed, that it goes by the share."""
    if second is None:
        return ""
    if seconds is None:
        return str(_("Not all of it was weighed: its second quantity goes by the share."))
    expected, counted = (f"{number(each)} {unit_word(second)}" for each in seconds)
    words = _("Counted %(counted)s, expected %(expected)s", counted=counted, expected=expected)
    if is_by_bin:
        words = _("In all bins: counted %(counted)s, expected %(expected)s", counted=counted, expected=expected)
    return str(words)


def weighed_in_words(
    session: Session, result: Result, second: str | None, *, is_by_bin: bool, sees: bool = True
) -> str:
    """The same of what a count says of an item; in which bins it wasn't weighed, where it was in others. To who counts blind
    what was weighed there."""
    if second is None:
        return ""
    if not sees:
        here = result.second_here
        return "" if here is None else str(_("Counted: %(lots)s", lots=f"{number(here)} {unit_word(second)}"))
    if lacking := sorted({bin_id for part in result.parts for bin_id in part.lacking}):
        bins = bins_by_id(session, lacking)
        named = ", ".join(each.title for bin_id, each in bins.items() if bin_id in lacking)
        return str(_("Weighed in some bins only. Not weighed: %(bins)s", bins=named))
    if any(part.has_moved for part in result.parts):
        return ""
    return seconds_in_words(result.seconds, second, is_by_bin=is_by_bin)


def _lots_in_words(lots: Sequence[tuple[str, Decimal]]) -> str:
    nameless = _("without a lot")
    said = ((lot or nameless) + ("" if units == 1 else f": {number(units)}") for lot, units in lots[:_LISTED])
    return "; ".join(said) + (" …" if len(lots) > _LISTED else "")


def _lines_posted(session: Session, document: StockCount) -> list[dict[str, Any]]:
    values, lots = _values_of(session, document), _posted_lots(session, document)
    bins = posted_bins(session, document)
    return [
        {
            "quantity": line.counted,
            "expected": line.expected,
            "difference": line.difference,
            "value": values.get(line.line),
            "aside": ". ".join(
                filter(
                    None,
                    (
                        seconds_in_words(_of_line(line), _second_of(line.item)),
                        _in_words(lots.get(line.line, ()), line.item.tracking),
                        bins.get(line.line),
                    ),
                )
            ),
            **item_cells(line.item),
        }
        for line in document.lines
    ]


def _second_of(item: Item) -> str | None:
    return item.second_unit.name if item.second_unit is not None else None


def _of_line(line: CountLine) -> tuple[Decimal, Decimal] | None:
    both = line.expected_second, line.counted_second
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _values_of(session: Session, document: StockCount) -> Any:
    """Line → what its surplus is worth less what its shortage cost; MASKED to whoever may not know."""
    if not sees(session, _COST):
        return costs_of(session, document.id)
    worth = func.sum(_gained(document) * type_coerce(_E.value, BigInteger))
    query = select(_E.line, worth).where(_E.document_id == document.id, moves_here(_E)).group_by(_E.line)
    return {line: from_units(int(units), Money.scale) for line, units in session.execute(query)}


def _posted_lots(session: Session, document: StockCount) -> dict[int, list[tuple[str, Decimal]]]:
    """Line → lot or serial number, with how much was found of it, or is missing: below zero."""
    if not any(line.item.tracking for line in document.lines):
        return {}
    units = func.sum(_gained(document) * type_coerce(_E.quantity, BigInteger))
    query = (
        select(_E.line, Lot.code, units)
        .join_from(Stock.entries, Lot, Lot.id == _E.lot_to_id)
        .where(_E.document_id == document.id, moves_here(_E))
        .group_by(_E.line, Lot.code)
        .having(units != 0)
        .order_by(_E.line, Lot.code)
    )
    found: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for line, lot, moved in _BOOKS(session).execute(query):
        found[line].append((lot, from_units(int(moved), Quantity.scale)))
    return found


def posted_bins(session: Session, document: StockCount) -> dict[int, str]:
    """Line → what bins have more or less of it since."""
    if not document.is_by_bin:
        return {}
    by_line: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    query = select(_B.line, _B.bin_from_id, _B.bin_to_id, _B.quantity).where(_B.document_id == document.id)
    for line, source, target, quantity in _BOOKS(session).execute(query):
        by_line[line][source] -= quantity
        by_line[line][target] += quantity
    known = bins_by_id(session, {bin_id for bins in by_line.values() for bin_id in bins})
    return {
        line: _(
            "Bins: %(bins)s", bins="; ".join(_more_or_less(b.code, bins[i]) for i, b in known.items() if i and bins[i])
        )
        for line, bins in by_line.items()
    }


def _more_or_less(code: str, units: Decimal) -> str:
    return f"{code} {'+' if units > 0 else '−'}{number(abs(units))}"


def _gained(document: StockCount) -> Any:
    return case((_E.place_to_id == document.place_id, 1), else_=-1)


def _in_words(differences: Sequence[tuple[str, Decimal]], tracking: str) -> str:
    """Which lots are missing and which were found; of goods without such nothing, as the figures say it."""
    missing = [(lot, -units) for lot, units in differences if units < 0]
    found = [(lot, units) for lot, units in differences if units > 0]
    said = [_("Missing: %(lots)s", lots=_lots_in_words(missing))] if missing else []
    said += [_("Found: %(lots)s", lots=_lots_in_words(found))] if found else []
    return ". ".join(said) if tracking else ""


def _lines_so_far(session: Session, document: StockCount, *, sees: bool) -> list[dict[str, Any]]:
    """Who counts blind isn't shown either of what nobody has counted that the books expect any."""
    so_far = results(session, document, wall_clock())
    found = {(r.item_id, r.bin_id): r for r in so_far if sees or (r.counted is not None and r.unseen_at is None)}
    rounds, lines = rounds_of(session, document), []
    for item, where in _in_order(session, document, found):
        result = found.get((item.id, where.id))
        counted = result.counted if result is not None else None
        asides = []
        if result is not None and result.has_moved:
            asides.append(_("goods moved meanwhile: count it once more"))
        elif rounds.get((item.id, where.id), 1) > (result.round if result is not None else 1):
            asides.append(_("to be counted once more"))
        if result is not None:
            second, by_bin = _second_of(item), document.is_by_bin
            asides.append(weighed_in_words(session, result, second, is_by_bin=by_bin, sees=sees))
            asides.append(differing_in_words(result, item.tracking) if sees else counted_in_words(result.parts))
        lines.append(
            {
                "bin": where.title,
                "quantity": counted,
                "expected": result.expected if result is not None else None,
                "difference": result.difference if result is not None else None,
                "aside": ". ".join(filter(None, asides)),
                **item_cells(item),
            }
        )
    return lines


def _in_order(session: Session, document: StockCount, found: Collection[Spot]) -> list[tuple[Item, CountedBin]]:
    """What is counted and what is on the list, by bins in the order of the walk, and by the codes of items."""
    listed = document.listed - {item_id for item_id, _ in found}
    items = _items(session, {item_id for item_id, _ in found} | listed)
    bins = bins_by_id(session, {bin_id for _, bin_id in found})
    spots = set(found) | {(item_id, NONE) for item_id in listed}
    return [(item, where) for where in bins.values() for item in items if (item.id, where.id) in spots]


def items_to_count(session: Session, count: StockCount) -> list[Item]:
    """The items of a count's list, or all that have ever been in its warehouse and are in use, by code."""
    return _items(session, count.listed or ever_there(session, count), in_use=not count.listed)


def sheet_pdf(session: Session, count: StockCount) -> bytes:
    """The sheet to count on: the items and an empty box for each; what is expected, and of which lots and serial numbers, only
    where the count isn't blind."""
    data = _sheet_data(session, count)
    return pdf_of(Printing(_SHEET, {**letterhead(session), **data}, len(data["lines"])))


def _sheet_data(session: Session, count: StockCount) -> dict[str, Any]:
    shows = not count.is_blind and session.info["actor"].may("warehouse.stock.view")
    to_count = _to_count(session, count)
    items = {item.id: item for _, of_bin in to_count for item in of_bin}
    expected = expected_now(session, count, set(items), wall_clock()) if shows else {}
    has_lots = any(item.tracking for item in items.values())
    is_by_bin = count.is_by_bin

    def units_of(item: Item) -> str:
        both = [item.unit, *([item.second_unit] if item.second_unit is not None else [])]
        return ", ".join(str(unit_word(unit.name)) for unit in both)

    def row(where: CountedBin, item: Item | None, lot: str, units: Decimal) -> list[str]:
        return [
            *([where.title] if is_by_bin else []),
            *([item.code, item.name, units_of(item)] if item else ["", "", ""]),
            *([lot] if has_lots else []),
            *([value_text(units, "quantity") if item else ""] if shows else []),
            "",
        ]

    return {
        "title": f"{count.title} {count.number or ''}".strip(),
        "facts": [
            {"title": _("Warehouse"), "value": count.place.name},
            {"title": _("Bins"), "value": _bins_in_words(session, count)},
            {"title": _("Printed"), "value": moment(wall_clock())},
        ],
        "columns": [
            *([_("Bin")] if is_by_bin else []),
            _("Code"),
            _("Item"),
            _("Unit"),
            *([_("Lot or serial number")] if has_lots else []),
            *([_("Expected")] if shows else []),
            _("Counted"),
        ],
        "before": 2 if is_by_bin else 1,
        "lines": [
            each
            for where, of_bin in to_count
            for each in (
                *(
                    row(where, item, lot, units)
                    for item in of_bin
                    for lot, units in _boxes(item, expected.get((item.id, where.id), {}))
                ),
                *([row(where, None, "", Decimal(0))] if is_by_bin else []),  # for what lies there besides
            )
        ],
        "signed": [_("Counted by"), _("From … to …")],
    }


def _to_count(session: Session, count: StockCount) -> list[tuple[CountedBin, list[Item]]]:
    """Of each bin, in the order of the walk, what lies there by the books; of a count by items all of its items."""
    if not count.is_by_bin:
        return [(bins_by_id(session, ())[NONE], items_to_count(session, count))]
    bins = counted_bins(session, count)
    ever = {item_id for item_id, _ in spots_in(session, count, [where.id for where in bins])}
    there = expected_now(session, count, ever, wall_clock())
    spots = {spot for spot, lots in there.items() if any(lots.values())}
    items = _items(session, {item_id for item_id, _ in spots})
    return [(where, [item for item in items if (item.id, where.id) in spots]) for where in bins]


def _boxes(item: Item, expected: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    """The boxes of an item on a sheet: one for each lot that is expected, and of goods without such one."""
    there = [(lot, units) for lot, units in expected.items() if units and item.tracking]
    return there or [("", expected.get("", Decimal(0)))]


def _items(session: Session, ids: Any, *, in_use: bool = False) -> list[Item]:
    found: list[Item] = []
    for some in pieces(sorted(ids)):
        query = select(Item).where(Item.id.in_(some), *([Item.is_active] if in_use else []))
        found += session.scalars(query)
    return sorted(found, key=lambda item: (item.code_order, item.id))

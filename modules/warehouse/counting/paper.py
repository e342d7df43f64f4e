"""What a stock count says on paper: its page and files, and the sheet to count on."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.data import pieces
from app.api.prints import Fact, Paper, PaperColumn, Printing, Total, letterhead, pdf_of, value_text
from app.api.reference import base_currency, unit_word
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment
from modules.warehouse.counting import POST
from modules.warehouse.counting.models import RESTS, StockCount
from modules.warehouse.counting.results import ever_there, expected_now, results, rounds_of
from modules.warehouse.models import Item
from modules.warehouse.prints import item_cells, item_column
from modules.warehouse.queries import costs_of

_COST = "warehouse.cost"
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
        item_column(_l("Item")),
        PaperColumn("quantity", _l("Counted"), "quantity"),
        *((PaperColumn("expected", _l("Expected"), "quantity"),) if sees else ()),
        *((PaperColumn("difference", _l("Difference"), "quantity"),) if sees else ()),
        *((PaperColumn("value", _l("Value"), "money", _COST),) if document.state != "draft" else ()),
    )
    return Paper(
        facts=(
            Fact(_l("Warehouse"), document.place.name),
            Fact(
                _l("What is counted"), _l("Items of a list") if document.listed else _l("Everything in the warehouse")
            ),
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
        totals=(Total(_l("Value"), sum(values, Decimal(0)), is_grand=True, group=_COST),) if values else (),
        currency=base_currency(session),
    )


def _lines_posted(session: Session, document: StockCount) -> list[dict[str, Any]]:
    costs: Any = costs_of(session, document.id)
    lines = []
    for line in document.lines:
        difference = line.difference
        value = costs.get(line.line)
        if value and difference is not None and difference < 0:
            value = -value
        lines.append(
            {
                "quantity": line.counted,
                "expected": line.expected,
                "difference": difference,
                "value": value,
                **item_cells(line.item),
            }
        )
    return lines


def _lines_so_far(session: Session, document: StockCount, *, sees: bool) -> list[dict[str, Any]]:
    """Who counts blind isn't shown either of what nobody has counted that the books expect any."""
    so_far = results(session, document, wall_clock())
    found = {result.item_id: result for result in so_far if sees or result.counted is not None}
    rounds, listed = rounds_of(session, document), document.listed
    lines = []
    for item in _items(session, found.keys() | listed):
        result = found.get(item.id)
        counted = result.counted if result is not None else None
        aside = ""
        if result is not None and result.has_moved:
            aside = _("goods moved meanwhile: count it once more")
        elif rounds.get(item.id, 1) > (result.round if result is not None else 1):
            aside = _("to be counted once more")
        lines.append(
            {
                "quantity": counted,
                "expected": result.expected if result is not None else None,
                "difference": result.difference if result is not None else None,
                "aside": aside,
                **item_cells(item),
            }
        )
    return lines


def items_to_count(session: Session, count: StockCount) -> list[Item]:
    """The items of a count's list, or all that have ever been in its warehouse and are in use, by code."""
    return _items(session, count.listed or ever_there(session, count), in_use=not count.listed)


def sheet_pdf(session: Session, count: StockCount) -> bytes:
    """The sheet to count on: the items and an empty box for each; what is expected only where the count isn't blind."""
    data = _sheet_data(session, count)
    return pdf_of(Printing(_SHEET, {**letterhead(session), **data}, len(data["lines"])))


def _sheet_data(session: Session, count: StockCount) -> dict[str, Any]:
    items = items_to_count(session, count)
    shows = not count.is_blind and session.info["actor"].may("warehouse.stock.view")
    expected = expected_now(session, count, {item.id for item in items}, wall_clock()) if shows else {}
    return {
        "title": f"{count.title} {count.number or ''}".strip(),
        "facts": [
            {"title": _("Warehouse"), "value": count.place.name},
            {"title": _("Printed"), "value": moment(wall_clock())},
            {"title": _("Note"), "value": count.note},
        ],
        "columns": [_("Code"), _("Item"), _("Unit"), *([_("Expected")] if shows else []), _("Counted")],
        "lines": [
            [
                item.code,
                item.name,
                str(unit_word(item.unit.name)),
                *([value_text(expected[item.id], "quantity")] if shows else []),
                "",
            ]
            for item in items
        ],
        "signed": [_("Counted by"), _("From … to …")],
    }


def _items(session: Session, ids: Any, *, in_use: bool = False) -> list[Item]:
    found: list[Item] = []
    for some in pieces(sorted(ids)):
        query = select(Item).where(Item.id.in_(some), *([Item.is_active] if in_use else []))
        found += session.scalars(query)
    return sorted(found, key=lambda item: (item.code_order, item.id))

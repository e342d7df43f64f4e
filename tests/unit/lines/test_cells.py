"""What the grid knows of its columns, and how lines are compared."""

from dataclasses import dataclass
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest
from wtforms import Form

from app.web.kit.lines.field import Cell, LinesField


@dataclass(frozen=True)
class Line:
    """A line of a draft."""

    item_id: int
    quantity: D = D(1)
    price: D | None = None
    origin: tuple[int, int] | None = None


class Sheet(Form):
    """A form with lines alone."""

    lines = LinesField(
        cells=(
            Cell("quantity", "Quantity", above=0),
            Cell("price", "Price", least=0, most=9, places=4, is_blank_at_zero=True),
        )
    )


@pytest.fixture
def field() -> Any:
    return Sheet().lines


def test_the_grid_knows_its_columns_with_their_bounds(field: Any) -> None:
    assert field.grid_columns[1:] == [
        {"name": "quantity", "kind": "decimal", "title": "Quantity", "places": 6, "above": 0},
        {"name": "price", "kind": "decimal", "title": "Price", "places": 4, "min": 0, "max": 9},
    ]
    assert field.grid_columns[0]["kind"] == "item"


def test_lines_that_say_the_same_have_one_digest_whatever_their_zeros(field: Any) -> None:
    one = field.digest_of([Line(1, D("1.50"), D(0))])
    assert one == field.digest_of([Line(1, D("1.5"), None)])
    others = [Line(2, D("1.5")), Line(1, D("1.51")), Line(1, D("1.5"), D(2)), Line(1, D("1.5"), origin=(7, 1))]
    assert len({one, *(field.digest_of([line]) for line in others)}) == 5
    assert field.digest_of([]) == ""


def test_what_was_left_empty_is_as_the_draft_has_it_by_itself(field: Any) -> None:
    field.data = [{"item_id": 3, "quantity": None, "price": D(2), "origin": None, "other": 1}]
    assert field.lines(Line) == [Line(3, D(1), D(2))]


def test_a_refusal_of_a_line_is_shown_there_and_any_other_above(field: Any) -> None:
    said = SimpleNamespace(_kwargs={"n": 2}, __str__=lambda self: "no")
    error = SimpleNamespace(message=said)
    field.refuse(error)
    assert list(field.messages) == [2]
    assert field.unplaced == []
    field.refuse(SimpleNamespace(message="everything"))
    assert field.messages == {}
    assert len(field.unplaced) == 1

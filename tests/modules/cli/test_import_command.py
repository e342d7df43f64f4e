"""`kontor import`: its account of every row in JSON, and its exit codes."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.security import SYSTEM
from modules.warehouse.models import Item


@pytest.fixture(autouse=True)
def as_collected_before() -> Iterator[None]:
    """The command leaves collecting garbage to the end of its process, which here goes on."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.fixture
def codes(company: Any) -> Any:
    """The codes of the items that there are."""
    return lambda: company.database.run(
        lambda s: list(s.scalars(select(Item.code).order_by(Item.code))), actor=SYSTEM, write=False
    )


@pytest.fixture
def half_wrong(tmp_path: Path) -> str:
    """Two items, one with a price that is none, and a blank row."""
    path = tmp_path / "items.csv"
    path.write_text("code,name,price\nA-1,Anvil,12.50\nB-1,Bellows,much\n,,\n", encoding="utf-8")
    return str(path)


def account(outcome: Any) -> Any:
    """The report, after lines of progress alone on the side."""
    assert all(" rows/s" in line for line in outcome.err.splitlines()), outcome.err
    report = json.loads(outcome.out)
    assert list(report) == ["rows_read", "created", "updated", "skipped", "errors", "control", "seconds"]
    assert report.pop("seconds") >= 0
    return report


NOTHING = {"amount_in_file": "0.00", "amount_posted": "0.00", "rounding": "0.00"}


def test_a_whole_file_is_accounted_for_and_in(tell: Any, codes: Any, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("code,name,price\nA-1,Anvil,12.50\nB-1,Bellows,\n", encoding="utf-8")
    outcome = tell("import", "warehouse.items", str(path), "--json")
    assert outcome.code == 0
    assert account(outcome) == {
        "rows_read": 2,
        "created": {"warehouse.item": 2},
        "updated": {},
        "skipped": [],
        "errors": [],
        "control": NOTHING,
    }
    assert codes() == ["A-1", "B-1"]


def test_a_row_in_error_keeps_the_whole_file_out(tell: Any, codes: Any, half_wrong: str) -> None:
    outcome = tell("import", "warehouse.items", half_wrong, "--json")
    assert outcome.code == 1
    report = account(outcome)
    assert [(error["row"], error["field"]) for error in report.pop("errors")] == [(3, "price")]
    assert report == {
        "rows_read": 3,
        "created": {},
        "updated": {},
        "skipped": [
            {"row": 2, "reason": "not written: the file has errors"},
            {"row": 4, "reason": "blank row"},
        ],
        "control": NOTHING,
    }
    assert codes() == []


def test_what_is_in_error_can_be_left_out(tell: Any, codes: Any, half_wrong: str) -> None:
    outcome = tell("import", "warehouse.items", half_wrong, "--skip-errors", "--json")
    assert outcome.code == 1  # not everything is in
    assert account(outcome)["created"] == {"warehouse.item": 1}
    assert codes() == ["A-1"]


def test_a_rehearsal_writes_nothing(tell: Any, codes: Any, half_wrong: str) -> None:
    outcome = tell("import", "warehouse.items", half_wrong, "--skip-errors", "--dry-run", "--json")
    assert account(outcome)["created"] == {"warehouse.item": 1}
    assert codes() == []


def test_a_target_a_preset_or_a_file_that_there_is_not_is_refused_in_a_line(tell: Any, half_wrong: str) -> None:
    assert tell("import", "warehouse.dragons", half_wrong).refusal == "There is no import “warehouse.dragons” here."
    refused = tell("import", "warehouse.items", half_wrong, "--preset", "dragons").refusal
    assert refused == "There is no preset “dragons” for this; there is: adventureworks_products, nomenclature."
    assert "nowhere.csv" in tell("import", "warehouse.items", "nowhere.csv").refusal

"""Workbooks that were made to keep a server busy: they are refused, and nothing is taken of them."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from app.workbooks import process
from tests.modules.importing.workbooks import xlsx

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

ROWS: list[list[Any]] = [
    ["code", "name", "price"],
    ["K-1", "Lamp", 12.5],
    ["K-2", "Shade", None],
    ["K-3", "Bulb", None],
]


def test_merges_that_overlap_are_refused(company: Any, items: Any, tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("B3:C3")

    with pytest.raises(Invalid, match="merged cells overlap in row 3"):
        run_import(company, SYSTEM, "warehouse.items", [xlsx(tmp_path / "a.xlsx", ROWS, merge)])
    assert items() == {}


_ENDLESS = """
import sys
import time

sys.path.insert(0, {root!r})
from app.workbooks import process

def endless(path, encoding):
    # Not quite: where nothing limits it, another refusal comes.
    while time.process_time() < 5:
        pass
    raise ValueError("nothing stopped it")

process.SECONDS = 1
process._opened = endless
process.main(*sys.argv[1:])
"""


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no row of it comes as far as a database
def test_a_workbook_that_takes_too_much_time_is_refused(
    company: Any, items: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("resource")  # Windows has none
    path, script = xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "endless.py"
    script.write_text(_ENDLESS.format(root=str(Path(process.__file__).parents[2])), encoding="utf-8")
    monkeypatch.setattr(process, "__file__", str(script))
    with pytest.raises(Invalid, match="is too large or too broken to be read"):
        run_import(company, SYSTEM, "warehouse.items", [path])
    assert items() == {}

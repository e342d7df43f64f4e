"""The processes that read workbooks: none outlives its import, even while somebody keeps the error that ended it."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.importing import files, run, run_import
from app.security import SYSTEM
from tests.modules.importing.workbooks import xlsx

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

#: More than a pipe holds, so that a reader whom nobody ends waits.
ROWS = [[f"K-{i}", f"{i:060}", "1,234"] for i in range(3000)]


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The processes that were started; those that still run at the end of the test are ended."""
    started: list[Any] = []

    def start(*args: Any, **kwargs: Any) -> Any:
        started.append(popen(*args, **kwargs))
        return started[-1]

    popen = subprocess.Popen
    monkeypatch.setattr(files.subprocess, "Popen", start)
    yield started
    for child in started:
        child.kill()


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    return lambda *header: xlsx(tmp_path / "a.xlsx", [list(header), *ROWS])


def test_no_reader_is_left_of_a_table_without_its_column(company: Any, items: Any, readers: Any, book: Any) -> None:
    with pytest.raises(Invalid, match="has no column") as kept:
        run_import(company, SYSTEM, "warehouse.items", [book("number", "name", "price")])
    assert [child.poll() is None for child in readers] == [False]
    assert (kept.tb is not None, items()) == (True, {})


def test_no_reader_is_left_when_whoever_watches_stops_it(company: Any, items: Any, readers: Any, book: Any) -> None:
    def stop(progress: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as kept:
        run_import(company, SYSTEM, "warehouse.items", [book("code", "name", "price")], on_progress=stop)
    # The second one looked through the sheet for how it writes prices.
    assert [child.poll() is None for child in readers] == [False, False]
    assert (kept.tb is not None, items()) == (True, {})


def test_no_reader_is_left_when_the_target_breaks_down(
    company: Any, items: Any, readers: Any, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Any) -> None:
        for row in job.rows():
            raise LookupError(row.number)

    known = run.targets(company)
    monkeypatch.setattr(run, "targets", lambda _company: {n: replace(t, run=broken) for n, t in known.items()})
    with pytest.raises(LookupError) as kept:
        run_import(company, SYSTEM, "warehouse.items", [book("code", "name", "price")])
    assert [child.poll() is None for child in readers] == [False]
    assert (kept.tb is not None, items()) == (True, {})

"""The example of a module of third parties, and whoever follows the pages word by word, keep the contract."""

import re
from pathlib import Path

from installing import run

MODULES = ("pallets", "lending", "tasting")


def test_each_of_them_keeps_the_contract(installed: dict[str, str], tmp_path: Path) -> None:
    """One run over them all: the suite takes longer to begin than to ask a module. What a module keeps, no engine decides."""
    options = ("-p", "no:xdist", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "contract"), "-v")
    options = (*options, "-o", "addopts=--strict-markers")  # which would ask for workers
    asked = "(pallets or lending or tasting) and not postgresql"
    said = run(installed, "-m", "pytest", "tests/contract", "-k", asked, *options)
    ids = re.findall(r"::\w+\[([\w-]+)\] PASSED", said)
    passed = [part for each in ids for part in each.split("-") if part in MODULES]
    assert set(passed) == set(MODULES)
    assert passed.count("lending") == passed.count("tasting") <= passed.count("pallets"), said[-8000:]
    assert "failed" not in said

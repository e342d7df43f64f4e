"""A server to be tried, and a data folder for it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import KONTOR, Running


@pytest.fixture
def made(sqlite_templates: Callable[[str], Path], tmp_path: Path) -> Path:
    """A data folder with a company: to make the tables takes as long as to start."""
    (tmp_path / "made").mkdir()
    return Path(shutil.copy(sqlite_templates("trade"), tmp_path / "made")).parent


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts `kontor up` over a new data folder, or one that is there."""
    started: list[Running] = []

    def start(code: str = KONTOR, folder: Path = tmp_path / "new") -> Running:
        started.append(Running(code, folder, "--empty"))
        return started[-1]

    yield start
    for running in started:
        running.close()

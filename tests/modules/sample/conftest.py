"""Two companies: one with a small sample in it, and one that never had any. The same acts are done in both."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from trader import fill_small

from app.security import SYSTEM


@pytest.fixture
def sampled(company: Any) -> Any:
    """A company with a small sample of known figures."""
    company.database.run(fill_small, actor=SYSTEM)
    return company


@pytest.fixture
def plain(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A company that never had a sample."""
    from app.company import Company
    from app.config import Config

    (folder := tmp_path / "plain").mkdir()
    edition = "enterprise" if request.node.get_closest_marker("enterprise") else "trade"
    with ExitStack() as stack:
        if engine == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_templates")(edition), folder / "kontor.db")
            url = f"sqlite:///{folder / 'kontor.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("fresh_copies")(edition).one())
        made = Company(Config(folder, url, "tests"))
        made.database.run(lambda session: made.refresh(session), actor=SYSTEM, write=False)
        yield made
        made.database.dispose()


@pytest.fixture
def done() -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Do something in a company for the system."""

    def run(company: Any, work: Callable[[Any], Any]) -> Any:
        return company.database.run(work, actor=SYSTEM)

    return run

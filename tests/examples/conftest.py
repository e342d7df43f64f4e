"""The example and what the two pages of the documentation end with, installed beside each other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from installing import PAGES, ROOT, follow, install, run


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which a process finds them. Their migrations are made as both pages say."""
    folder: Path = tmp_path_factory.mktemp("examples")
    written = [follow(page, folder / f"kontor-{module}") for module, page in PAGES.items()]
    environment = install([*written, ROOT / "examples" / "kontor-pallets"], folder / "site")
    for module, page in PAGES.items():
        assert f"-m app.migrations.autogenerate {module} initial" in page.read_text("utf-8")
        assert "0001_initial.py" in run(environment, "-m", "app.migrations.autogenerate", module, "initial")
    return environment


@pytest.fixture
def folder(sqlite_templates: Callable[[str], Path], tmp_path: Path) -> Path:
    """A data folder with a fresh company in it."""
    shutil.copy(sqlite_templates("trade"), tmp_path / "kontor.db")
    return tmp_path

"""A server to be tried, and a data folder for it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.company import Company
from app.config import Config
from tests.conftest import Once, close
from tests.faults.houses import House, add_nobody, house_of, make_sample
from tests.serving import KONTOR, Running


@pytest.fixture
def made(sqlite_templates: Callable[[str], Path], tmp_path: Path) -> Path:
    """A data folder with a company: to make the tables takes as long as to start."""
    (tmp_path / "made").mkdir()
    return Path(shutil.copy(sqlite_templates("trade"), tmp_path / "made" / "kontor.db")).parent


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


@pytest.fixture(scope="session")
def house_file(once: Once, sample_file: Path) -> Path:
    """A database file with the sample company and somebody without rights in it, to be copied."""

    def make(file: Path) -> None:
        company = Company(Config(file.parent, f"sqlite:///{shutil.copy(sample_file, file)}", "tests"))
        add_nobody(company)
        close(company)

    return once("house.db", make)


@pytest.fixture
def house(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The sample company behind its web application; on PostgreSQL in a database of its own."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("house_file"), tmp_path / "kontor.db")
        with house_of(f"sqlite:///{tmp_path / 'kontor.db'}", tmp_path) as made:
            yield made
        return
    template, cluster = request.getfixturevalue("restored")("house", make_sample), request.getfixturevalue("cluster")
    cluster.sql(f"CREATE DATABASE sample TEMPLATE {template}")
    with house_of(cluster.url("sample"), tmp_path) as made:
        yield made
    cluster.sql("DROP DATABASE sample WITH (FORCE)")

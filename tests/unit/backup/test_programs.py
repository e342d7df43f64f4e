"""Which of PostgreSQL's programs is used, and what of a script is done."""

import io
from pathlib import Path
from typing import Any

import pytest

from app.backup import postgresql
from app.errors import Conflict


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs of three versions where Debian keeps them, and none in PATH."""
    for major in (18, 15, 17):
        (tmp_path / str(major) / "bin").mkdir(parents=True)
        (tmp_path / str(major) / "bin" / "pg_restore").touch()
    monkeypatch.setattr(postgresql, "_PLACES", tmp_path)
    monkeypatch.setattr(postgresql, "_major_of", lambda path: int(Path(path).parts[-3]))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("server", "chosen"), [(14, 15), (15, 15), (16, 17), (18, 18)])
def test_the_lowest_version_that_knows_the_server_is_taken(installed: Path, server: int, chosen: int) -> None:
    assert postgresql.program("pg_restore", server) == str(installed / str(chosen) / "bin" / "pg_restore")


def test_programs_that_are_all_older_are_refused(installed: Path) -> None:
    with pytest.raises(Conflict, match="older than the server"):
        postgresql.program("pg_restore", 19)


class _Driver:
    """A connection that keeps what it is asked to do."""

    def __init__(self) -> None:
        self.done = b""

    def cursor(self) -> Any:
        return self

    def execute(self, statements: bytes) -> None:
        self.done += statements


@pytest.mark.parametrize(("server", "is_done"), [(16, False), (17, True), (18, True)])
def test_a_setting_that_an_older_server_does_not_know_is_left_out(server: int, is_done: bool) -> None:
    driver = _Driver()
    script = b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE a (id integer);\n"
    postgresql._obey(driver, io.BytesIO(script), server)
    assert (b"transaction_timeout" in driver.done) == is_done
    assert driver.done.startswith(b"SET lock_timeout = 0;\n")
    assert driver.done.endswith(b"CREATE TABLE a (id integer);\n")

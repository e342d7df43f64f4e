"""Where the data lies: what is refused is said in a line, and a slip of the hand makes nothing."""

from pathlib import Path

import pytest

from app.config import Config
from app.db import Database
from app.errors import Invalid


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KONTOR_DATA_DIR", "KONTOR_DATABASE_URL", "KONTOR_SECRET_KEY", "KONTOR_PROXIES"):
        monkeypatch.delenv(name, raising=False)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    config = Config.load(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0
    assert config.secret_key == Config.load(tmp_path / "new").secret_key


def test_who_only_asks_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for folder in ("missing", "there"):
        with pytest.raises(Invalid, match="There is no company in"):
            Config.load(tmp_path / folder, make=False)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "ü ñ", "a&b=c"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    database = Database(Config.load(tmp_path / name).database_url)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (i)")
    database.dispose()
    assert (tmp_path / name / "kontor.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("secret_key = ", "not written as TOML"),
        ('database_url = "mysql://somewhere"', "begins with postgresql:// or sqlite:///"),
        ('proxies = "many"', "How many proxies"),
    ],
)
def test_settings_that_can_not_be_are_refused(tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "kontor.toml").write_text(written)
    with pytest.raises(Invalid, match=message):
        Config.load(tmp_path)


def test_an_empty_key_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(Invalid, match=r"secret\.key is empty"):
        Config.load(tmp_path)

"""What a proof finds when a restored copy isn't what was backed up."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.backup import archive, proof
from app.backup.archive import Part
from app.backup.encryption import Key, Lock
from app.backup.errors import Damaged, NewerBackup, NotABackup, NotEqual
from app.backup.making import make_backup
from app.backup.proof import prove
from app.backup.restoring import restore
from app.security import SYSTEM
from tests.modules.backup.conftest import quiet


@pytest.fixture(scope="module")
def made_once() -> dict[str, bytes]:
    """Engine → a plain backup, as soon as one is made."""
    return {}


@pytest.fixture
def today(engine: str, made_once: dict[str, bytes], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A plain backup. A proof looks at the file alone, so that of another test's company does."""
    if engine not in made_once:
        made = make_backup(request.getfixturevalue("working"), tmp_path / "made.kontor", Lock(), quiet)
        made_once[engine] = made.path.read_bytes()
    path = tmp_path / "today.kontor"
    path.write_bytes(made_once[engine])
    return path


@pytest.fixture
def meddled(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have a statement run in whatever is restored, before it is compared."""
    examine = proof.examine

    def meddle(statement: str) -> None:
        def first(manifest: Any, config: Any) -> Any:
            engine = create_engine(config.database_url)
            with engine.begin() as connection:
                connection.execute(text(statement))
            engine.dispose()
            return examine(manifest, config)

        monkeypatch.setattr(proof, "examine", first)
        monkeypatch.setattr("app.backup.restoring.examine", first)

    return meddle


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same backup with another manifest, sealed as if it were right."""
    folder = path.parent / ".parts"
    folder.mkdir()
    with archive.opened(path) as found:
        found.extract(folder)
        manifest = json.loads(json.dumps(found.manifest))
    change(manifest)
    parts = [Part(p["name"], folder / p["name"]) for p in manifest.pop("parts")]
    del manifest["program"], manifest["format"]
    archive.write(path.parent / "forged.kontor", iter(parts), manifest)
    return path.parent / "forged.kontor"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM warehouse_stock_entry", "warehouse.stock: warehouse_stock_entry has 0 rows"),
        ("UPDATE warehouse_stock_entry SET value = value + 1", "warehouse.stock: warehouse_stock_entry has 1 rows"),
        (
            "UPDATE warehouse_stock_worth_total SET value = value + 1 WHERE pool_id = 100",
            "warehouse.stock: warehouse_stock_worth_total",
        ),
        ("DELETE FROM core_audit WHERE id = (SELECT max(id) FROM core_audit)", "core_audit: "),
        ("UPDATE core_audit_head SET digest = 'x' WHERE chain = 0", "audit: the chains 0 don't end"),
        ("DROP TABLE core_kept_form", "core_kept_form: no such table instead of"),
        ("CREATE TABLE more (id INTEGER)", "more: 0 rows"),
    ],
)
def test_what_differs_in_the_copy_is_named(
    today: Path, server: Any, elsewhere: Any, meddled: Any, statement: str, words: str
) -> None:
    meddled(statement)
    found = prove(today, Key(), server)
    assert not found.is_proven
    assert any(difference.startswith(words) for difference in found.differences), found.differences
    with pytest.raises(NotEqual, match=words.partition(":")[0]):
        restore(today, Key(), *elsewhere)
    assert not elsewhere[0].exists()
    if elsewhere[1]:
        engine = create_engine(elsewhere[1])
        with engine.connect() as connection:
            left = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
            assert set(left) <= {"more"}  # made by somebody else meanwhile
        engine.dispose()


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite's file is restored byte by byte
def test_what_a_text_says_is_compared_too(today: Path, server: Any, meddled: Any, engine: str) -> None:
    meddled("UPDATE warehouse_item SET name = 'Hammer'")
    assert any("warehouse_item" in d for d in prove(today, Key(), server).differences)


def test_books_that_were_wrong_when_backed_up_come_back_as_they_were_and_are_called_so(
    working: Any, server: Any, elsewhere: Any, tmp_path: Path
) -> None:
    spoil = text("UPDATE warehouse_stock_worth_total SET value = value + 1 WHERE pool_id = 100")
    working.database.run(lambda s: s.execute(spoil), actor=SYSTEM)
    made = make_backup(working, tmp_path / "wrong.kontor", Lock(), quiet)
    found = prove(made.path, Key(), server)
    assert (found.is_proven, found.differences) == (False, [])
    assert any("warehouse_stock_worth_total" in error for error in found.errors)
    assert restore(made.path, Key(), *elsewhere).errors == found.errors


def test_a_changed_byte_is_refused_before_anything_is_restored(today: Path, server: Any, elsewhere: Any) -> None:
    import zipfile

    name = next(n for n in zipfile.ZipFile(today).namelist() if n.startswith("database"))
    whole = bytearray(today.read_bytes())
    whole[zipfile.ZipFile(today).getinfo(name).header_offset + 200] ^= 1
    today.write_bytes(whole)
    for attempt in (lambda: prove(today, Key(), server), lambda: restore(today, Key(), *elsewhere)):
        with pytest.raises(Damaged, match=name):
            attempt()
    assert not elsewhere[0].exists()


def test_a_newer_program_s_backup_is_refused(today: Path, server: Any, elsewhere: Any) -> None:
    forged = rewritten(today, lambda m: m.update(version="99.0.0"))
    for attempt in (lambda: prove(forged, Key(), server), lambda: restore(forged, Key(), *elsewhere)):
        with pytest.raises(NewerBackup, match=r"99\.0\.0"):
            attempt()
    assert not elsewhere[0].exists()


def test_newer_tables_are_refused_whatever_the_version_says(today: Path, server: Any) -> None:
    forged = rewritten(today, lambda m: m["figures"]["migrations"].update(warehouse="9999"))
    with pytest.raises(NewerBackup):
        prove(forged, Key(), server)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.pop("figures"),
        lambda m: m.update(figures=[]),
        lambda m: m["database"].update(kind="oracle"),
        lambda m: m.update(organisation=1),
        lambda m: m["figures"].pop("registers"),
        lambda m: m["figures"].update(tables={"a": {}}),
        lambda m: m["figures"].update(audit={"0": []}),
    ],
    ids=range(7),
)
def test_figures_that_say_nothing_sensible_are_refused(today: Path, server: Any, change: Any) -> None:
    with pytest.raises(NotABackup):
        prove(rewritten(today, change), Key(), server)


@pytest.mark.parametrize("name", ["kontor.toml", "secret.key", "kontor.db-wal", "backups/x"])
def test_a_forged_backup_brings_nothing_of_the_program_s_own_along(
    today: Path, elsewhere: Any, server: Any, name: str
) -> None:
    def smuggle(manifest: dict[str, Any]) -> None:
        target = today.parent / ".parts" / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("secret_key = 'mine'")
        manifest["parts"].append({"name": f"files/{name}"})

    forged = rewritten(today, smuggle)
    with pytest.raises(NotABackup):
        restore(forged, Key(), *elsewhere)
    assert not elsewhere[0].exists()
    with pytest.raises(NotABackup):
        prove(forged, Key(), server)

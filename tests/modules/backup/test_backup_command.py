"""`kontor backup` and `kontor restore`, as people type them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Tell, teller

WORDS = "a passphrase of some length"


@pytest.fixture
def kontor(working: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run a command on the test's company."""
    return teller(tmp_path, working.database.url, monkeypatch)


def test_a_backup_is_made_verified_and_restored_by_commands(
    kontor: Tell, working: Any, elsewhere: Any, tmp_path: Path
) -> None:
    file = str(tmp_path / "x.kontor")
    made = kontor("backup", file, "--passphrase-stdin", "--json", stdin=f"{WORDS}\n")
    assert made.code == 0, made.err
    answer = json.loads(made.out)
    assert (answer["encrypted"], answer["file"]) == (True, file)
    assert answer["registers"]["warehouse.stock"]["warehouse_stock_entry"]["rows"] == 1
    wrong = kontor("backup", "verify", file, KONTOR_BACKUP_PASSPHRASE="something else")
    assert (wrong.code, wrong.err) == (
        1,
        "reading the backup\nkontor: This passphrase or key doesn't open x.kontor.\n",
    )
    (tmp_path / "pass").write_text(f"{WORDS}\nand a note")
    proof = kontor("backup", "verify", file, "--passphrase-file", str(tmp_path / "pass"), "--json")
    assert proof.code == 0, proof.err
    assert json.loads(proof.out)["proven"] is True
    folder, address = elsewhere
    where = ["--data", str(folder), *(["--database-url", address] if address else [])]
    secret = {"KONTOR_BACKUP_PASSPHRASE": WORDS, "KONTOR_DATABASE_URL": ""}
    restored = kontor("restore", file, *where, "--json", **secret)
    assert restored.code == 0, restored.err
    assert json.loads(restored.out)["equal"] is True
    again = kontor("restore", file, *where, **secret)
    assert again.code == 1
    assert "isn't overwritten" in again.err
    assert len(again.err.splitlines()) == 1
    copied = {"KONTOR_DATABASE_URL": address or "", "KONTOR_DATA_DIR": str(folder)}
    assert kontor("ledger", "totals", "--json", **copied).json == kontor("ledger", "totals", "--json").json
    assert kontor("ledger", "verify", **copied).code == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what it asks the database is above
def test_nobody_else_may_read_the_backup_that_the_program_writes(working: Any, tmp_path: Path) -> None:
    """The command in a process of its own, with its own umask and its own streams."""
    file = tmp_path / "x.kontor"
    known = {**os.environ, "KONTOR_DATABASE_URL": working.database.url, "KONTOR_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "from app.cli import main; main()", "backup", str(file), "--json"]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"] == str(file)
    assert file.stat().st_mode & 0o077 == 0


def test_the_nightly_backup_is_a_command_as_well(kontor: Tell, tmp_path: Path) -> None:
    done = kontor("backup", "run", "--json")
    assert done.code == 0, done.err
    name = json.loads(done.out)["backup"]
    assert (tmp_path / "backups" / name).is_file()
    (row,) = kontor("backup", "list", "--json").json
    assert (row["name"], row["proven"], row["encrypted"]) == (name, True, False)
    assert name in kontor("backup", "list").out
    said = kontor("backup", "verify", str(tmp_path / "backups" / name))
    assert said.code == 0
    assert said.out.startswith("proven. "), said.err


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backup", "verify", "absent.kontor"), "isn't a backup"),
        (("restore", "absent.kontor", "--data", "{}/new"), "isn't a backup"),
        (("backup", "{}/kontor.toml"), "is there already"),
        (("backup", "x.kontor", "--passphrase-file", "absent"), "can't be read"),
        (("backup", "x.kontor", "--passphrase-stdin"), "is empty"),
        (("backup", "x.kontor", "--recipient", "me"), "isn't a public key"),
        (("backup", "verify", "x.kontor", "--identity", "absent"), "can't be read"),
        (("backup", "verify", "x.kontor", "--identity", "{}/kontor.toml"), "no secret key"),
    ],
)
def test_what_is_refused_is_one_line_and_nothing_is_written(
    kontor: Tell, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = sorted(tmp_path.rglob("*.kontor")), sorted({"secret.key", *(p.name for p in tmp_path.iterdir())})
    done = kontor(*(a.format(tmp_path) for a in arguments))
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err
    after = sorted({"secret.key", *(p.name for p in tmp_path.iterdir())})  # every command on a company makes its key
    assert (sorted(tmp_path.rglob("*.kontor")), after) == before


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_command_explains_itself(kontor: Tell) -> None:
    for command in (
        ("backup",),
        ("backup", "make"),
        ("backup", "verify"),
        ("backup", "run"),
        ("backup", "list"),
        ("restore",),
    ):
        done = kontor(*command, "--help")
        assert (done.code, done.err) == (0, ""), done.err
        assert "Usage:" in done.out


def test_what_the_system_refuses_is_one_line(kontor: Tell, tmp_path: Path) -> None:
    done = kontor("backup", str(tmp_path / f"{'x' * 300}.kontor"))
    assert done.code == 1
    assert "Traceback" not in done.err
    assert done.err.splitlines()[-1].startswith("kontor: File name too long")
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".kontor" or p.name.startswith(".kontor")] == []

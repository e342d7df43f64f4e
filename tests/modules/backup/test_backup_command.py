"""`kontor backup` and `kontor restore`, as people type them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def kontor(working: Any, tmp_path: Path) -> Callable[..., Done]:
    """Run the command on the test's company."""
    known = {**os.environ, "KONTOR_DATABASE_URL": working.database.url, "KONTOR_DATA_DIR": str(tmp_path)}

    def run(*arguments: str, stdin: str = "", **environment: str) -> Done:
        command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
        merged = {k: v for k, v in {**known, **environment}.items() if v}
        return subprocess.run(command, env=merged, input=stdin, capture_output=True, text=True, check=False)

    return run


def test_a_backup_is_made_verified_and_restored_by_commands(
    kontor: Callable[..., Done], working: Any, elsewhere: Any, tmp_path: Path
) -> None:
    file = str(tmp_path / "x.kontor")
    made = kontor("backup", file, "--passphrase-stdin", "--json", stdin="a passphrase of some length\n")
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    assert (answer["encrypted"], answer["file"]) == (True, file)
    assert answer["registers"]["warehouse.stock"]["warehouse_stock_entry"]["rows"] == 1
    assert os.stat(file).st_mode & 0o077 == 0
    wrong = kontor("backup", "verify", file, KONTOR_BACKUP_PASSPHRASE="something else")
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "reading the backup\nkontor: This passphrase or key doesn't open x.kontor.\n",
    )
    (tmp_path / "pass").write_text("a passphrase of some length\nand a note")
    proof = kontor("backup", "verify", file, "--passphrase-file", str(tmp_path / "pass"), "--json")
    assert proof.returncode == 0, proof.stderr
    assert json.loads(proof.stdout)["proven"] is True
    said = kontor("backup", "verify", file, KONTOR_BACKUP_PASSPHRASE="a passphrase of some length")
    assert said.stdout.startswith("proven. "), said.stderr
    folder, address = elsewhere
    where = ["--data", str(folder), *(["--database-url", address] if address else [])]
    secret = {"KONTOR_BACKUP_PASSPHRASE": "a passphrase of some length", "KONTOR_DATABASE_URL": ""}
    restored = kontor("restore", file, *where, "--json", **secret)
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["equal"] is True
    again = kontor("restore", file, *where, **secret)
    assert again.returncode == 1
    assert "isn't overwritten" in again.stderr
    assert len(again.stderr.splitlines()) == 1
    copied = {"KONTOR_DATABASE_URL": address or "", "KONTOR_DATA_DIR": str(folder)}
    assert kontor("ledger", "totals", "--json", **copied).stdout == kontor("ledger", "totals", "--json").stdout
    assert kontor("ledger", "verify", **copied).returncode == 0


def test_the_nightly_backup_is_a_command_as_well(kontor: Callable[..., Done], tmp_path: Path) -> None:
    done = kontor("backup", "run", "--json")
    assert done.returncode == 0, done.stderr
    name = json.loads(done.stdout)["backup"]
    assert (tmp_path / "backups" / name).is_file()
    (row,) = json.loads(kontor("backup", "list", "--json").stdout)
    assert (row["name"], row["proven"], row["encrypted"]) == (name, True, False)
    assert f"{name}" in kontor("backup", "list").stdout
    assert kontor("backup", "verify", str(tmp_path / "backups" / name)).returncode == 0


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
    kontor: Callable[..., Done], tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = sorted(tmp_path.rglob("*.kontor")), sorted({"secret.key", *(p.name for p in tmp_path.iterdir())})
    done = kontor(*(a.format(tmp_path) for a in arguments))
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    after = sorted({"secret.key", *(p.name for p in tmp_path.iterdir())})  # every command on a company makes its key
    assert (sorted(tmp_path.rglob("*.kontor")), after) == before


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_command_explains_itself(kontor: Callable[..., Done]) -> None:
    for command in (
        ("backup",),
        ("backup", "make"),
        ("backup", "verify"),
        ("backup", "run"),
        ("backup", "list"),
        ("restore",),
    ):
        done = kontor(*command, "--help")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert "Usage:" in done.stdout


def test_what_the_system_refuses_is_one_line(kontor: Callable[..., Done], tmp_path: Path) -> None:
    done = kontor("backup", str(tmp_path / f"{'x' * 300}.kontor"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kontor: File name too long")
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".kontor" or p.name.startswith(".kontor")] == []

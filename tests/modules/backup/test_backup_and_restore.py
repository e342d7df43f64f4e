"""A backup taken while people work, proved, and restored elsewhere with equal figures, on both databases."""

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app import ledger
from app.audit import AuditLine
from app.backup import postgresql
from app.backup.encryption import Key, Lock
from app.backup.errors import Occupied, WrongDatabase, WrongKey
from app.backup.making import files_of, make_backup
from app.backup.models import Backup
from app.backup.proof import prove
from app.backup.queries import backup_state, backups_kept
from app.backup.restoring import restore
from app.db import is_transient
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from tests.modules.backup.conftest import post_opening, quiet

PASSPHRASE = "a passphrase of some length"


def totals(company: Any) -> Any:
    return company.database.run(ledger.totals_of, actor=SYSTEM, write=False)


def errors(company: Any) -> list[str]:
    return company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def databases(url: str) -> set[str]:
    if url.startswith("sqlite"):
        return set()
    engine = create_engine(url)
    with engine.connect() as connection:
        names = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
    engine.dispose()
    return names


def test_a_backup_is_proved_and_restored_elsewhere_with_equal_figures(
    working: Any, elsewhere: Any, server: Any, company_in: Any, tmp_path: Path
) -> None:
    before = databases(working.database.url)
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    proof = prove(made.path, made.key, server)
    assert (proof.is_proven, proof.differences, proof.errors) == (True, [], [])
    assert databases(working.database.url) == before
    restored = restore(made.path, Key(), *elsewhere)
    assert (restored.organisation, restored.errors) == ("Testing Ltd", [])
    copy = company_in(elsewhere)
    assert totals(copy) == totals(working)
    assert totals(copy)["warehouse.stock"]["entries"] == 1
    assert errors(copy) == []
    assert (elsewhere[0] / "imports/of today/receipt ü.txt").read_bytes() == b"\x00 paid \xff"
    assert not (elsewhere[0] / "kontor.toml").exists()
    assert not (elsewhere[0] / "secret.key").exists()
    assert [p.name for p in elsewhere[0].iterdir() if p.name.startswith(".")] == []
    # People go on where they were.
    copy.database.run(lambda s: post_opening(s, _item(s), 2), actor=SYSTEM)
    assert totals(copy)["warehouse.stock"]["quantity"] == 5
    lines = copy.database.run(
        lambda s: [line.action for line in s.query(AuditLine).order_by(AuditLine.id)], actor=SYSTEM, write=False
    )
    assert "core.backup.restore" in lines


@pytest.mark.parametrize("lies_there", [False, True])
def test_a_restored_company_claims_the_backups_that_lie_there_and_no_others(
    working: Any, elsewhere: Any, company_in: Any, tmp_path: Path, lies_there: bool
) -> None:
    def note(session: Any) -> None:
        session.add(Backup(name="earlier.kontor", made_at=datetime(2026, 1, 1), is_proven=True))
        session.add(Backup(made_at=datetime(2026, 1, 2)))  # and one that could not be made

    working.database.run(note, actor=SYSTEM)
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    if lies_there:  # as where the database alone was lost
        (elsewhere[0] / "backups").mkdir(parents=True)
        (elsewhere[0] / "backups" / "earlier.kontor").touch()
    restore(made.path, Key(), *elsewhere)
    state = {"at": "2026-01-01T00:00:00Z", "proven": True} if lies_there else None
    for company, expected in (
        (working, {"at": "2026-01-02T00:00:00Z", "proven": False}),
        (company_in(elsewhere), state),
    ):
        assert company.database.run(backup_state, actor=SYSTEM, write=False) == expected
        assert bool(company.database.run(backups_kept, actor=SYSTEM, write=False)) == (expected is not None)


def test_a_backup_under_load_shows_the_figures_of_one_moment(
    working: Any, elsewhere: Any, server: Any, company_in: Any, tmp_path: Path
) -> None:
    ended, posted, failures = threading.Event(), [0, 0], []

    def work(n: int) -> None:
        while not ended.is_set():
            try:
                working.database.run(lambda s: post_opening(s, _item(s), 1, 6 + n), actor=SYSTEM)
                posted[n] += 1
            except OperationalError as error:  # a slow machine: who was asked to try again does
                if not is_transient(error):
                    failures.append(error)
                    return
            except Exception as error:
                failures.append(error)
                return

    people = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for person in people:
        person.start()
    try:
        while sum(posted) < 3 and not failures:
            time.sleep(0.01)
        made = make_backup(working, tmp_path / "busy.kontor", Lock(PASSPHRASE), quiet)
        until = sum(posted) + 2
        while sum(posted) < until and not failures:  # they go on after it, too
            time.sleep(0.01)
    finally:
        ended.set()
        for person in people:
            person.join(60)
    assert failures == []
    assert prove(made.path, Key(PASSPHRASE), server).is_proven
    assert restore(made.path, Key(PASSPHRASE), *elsewhere).errors == []
    copy = company_in(elsewhere)
    assert errors(copy) == []
    expected = made.manifest["figures"]["registers"]["warehouse.stock"]["warehouse_stock_entry"]
    figures = totals(copy)["warehouse.stock"]
    assert figures["entries"] == expected["rows"]
    assert figures["quantity"] * 10**6 == expected["sums"]["quantity"]
    assert 3 <= figures["entries"] < totals(working)["warehouse.stock"]["entries"]
    assert (elsewhere[0] / "secret.key").read_text() == "tests"  # it goes along where nobody can read it


def _item(session: Any) -> int:
    return int(session.connection().execute(text("SELECT id FROM warehouse_item WHERE code = 'A'")).scalar_one())


def test_neither_a_wrong_passphrase_nor_none_opens_an_encrypted_backup(
    working: Any, elsewhere: Any, server: Any, tmp_path: Path
) -> None:
    made = make_backup(working, tmp_path / "secret.kontor", Lock(PASSPHRASE), quiet)
    assert b"Anvil" not in made.path.read_bytes()
    assert b"manifest" in made.path.read_bytes()
    for key, words in ((Key("not the passphrase"), "doesn't open"), (Key(), "is encrypted")):
        with pytest.raises(WrongKey, match=words):
            prove(made.path, key, server)
        with pytest.raises(WrongKey, match=words):
            restore(made.path, key, *elsewhere)
    assert not elsewhere[0].exists()


def test_whoever_has_a_secret_key_reads_what_was_encrypted_for_it(working: Any, server: Any, tmp_path: Path) -> None:
    from pyrage import x25519

    own, other = x25519.Identity.generate(), x25519.Identity.generate()
    made = make_backup(working, tmp_path / "keys.kontor", Lock(recipients=[str(own.to_public())]), quiet)
    assert prove(made.path, Key(identities=[other, own]), server).is_proven
    assert prove(made.path, made.key, server).is_proven
    with pytest.raises(WrongKey):
        prove(made.path, Key(identities=[other]), server)
    with pytest.raises(WrongKey):
        prove(made.path, Key(PASSPHRASE), server)


@pytest.mark.parametrize("lock", [Lock("short"), Lock(recipients=["age1nonsense"]), Lock(recipients=["ssh-rsa x"])])
def test_a_lock_that_holds_nothing_is_refused_before_anything_is_written(
    working: Any, lock: Lock, tmp_path: Path
) -> None:
    before = everything_in(tmp_path)
    with pytest.raises(Invalid):
        make_backup(working, tmp_path / "weak.kontor", lock, quiet)
    assert everything_in(tmp_path).keys() == before.keys()


def test_a_file_that_is_there_is_not_overwritten(working: Any, tmp_path: Path) -> None:
    (tmp_path / "there.kontor").write_text("precious")
    before = everything_in(tmp_path).keys()
    with pytest.raises(Occupied, match=r"there\.kontor"):
        make_backup(working, tmp_path / "there.kontor", Lock(), quiet)
    assert (tmp_path / "there.kontor").read_text() == "precious"
    assert everything_in(tmp_path).keys() == before
    with pytest.raises(Invalid, match="no folder"):
        make_backup(working, tmp_path / "nowhere" / "x.kontor", Lock(), quiet)


def test_a_company_is_not_overwritten_and_nothing_of_it_changes(
    working: Any, elsewhere: Any, server: Any, company_in: Any, tmp_path: Path
) -> None:
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    restore(made.path, Key(), *elsewhere)
    copy = company_in(elsewhere)
    copy.database.run(lambda s: post_opening(s, _item(s), 5), actor=SYSTEM)
    figures, files = totals(copy), everything_in(elsewhere[0]).keys()
    with pytest.raises(Occupied, match="isn't overwritten"):
        restore(made.path, Key(), *elsewhere)
    assert totals(copy) == figures
    assert everything_in(elsewhere[0]).keys() == files


def test_a_file_of_the_same_name_is_not_overwritten(
    working: Any, elsewhere: Any, company_in: Any, tmp_path: Path
) -> None:
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    folder, address = elsewhere
    (folder / "imports" / "of today").mkdir(parents=True)
    (folder / "imports" / "of today" / "receipt ü.txt").write_text("another")
    with pytest.raises(Occupied, match="receipt"):
        restore(made.path, Key(), *elsewhere)
    assert everything_in(folder) == {"imports/of today/receipt ü.txt": b"another"}
    if address:
        engine = create_engine(address)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar() == 0
        engine.dispose()


def test_a_backup_goes_into_its_own_kind_of_database_only(working: Any, engine: str, tmp_path: Path) -> None:
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    folder = tmp_path / ".new"
    if engine == "sqlite":
        with pytest.raises(WrongDatabase):
            restore(made.path, Key(), folder, "postgresql://postgres@/none")
    else:
        with pytest.raises(Conflict, match="--database-url"):
            restore(made.path, Key(), folder, None)
        with pytest.raises(WrongDatabase):
            restore(made.path, Key(), folder, f"sqlite:///{folder}/kontor.db")
        with pytest.raises(Conflict, match="--database-url"):
            prove(made.path, Key(), None)
    assert not folder.exists()


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite needs no program
def test_without_a_fitting_pg_dump_it_is_said_which_is_needed(
    working: Any, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything_in(tmp_path).keys()
    monkeypatch.setattr(postgresql, "_major_of", lambda path: 9)
    with pytest.raises(Conflict, match="pg_dump on this machine is older"):
        make_backup(working, tmp_path / "x.kontor", Lock(), quiet)
    monkeypatch.setattr(postgresql, "_PLACES", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Conflict, match="needs the program pg_dump"):
        make_backup(working, tmp_path / "x.kontor", Lock(), quiet)
    assert everything_in(tmp_path).keys() == before


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite has no roles
def test_a_role_without_the_right_to_make_databases_hears_of_it(
    working: Any, engine: str, cluster: Any, tmp_path: Path
) -> None:
    made = make_backup(working, tmp_path / "x.kontor", Lock(), quiet)
    cluster.sql("CREATE ROLE modest LOGIN")
    try:
        with pytest.raises(Conflict, match="right to create a database"):
            prove(made.path, Key(), working.database.url.replace("postgres@", "modest@"))
    finally:
        cluster.sql("DROP ROLE modest")


def test_what_is_proven_can_be_restored_whatever_the_files_are_called(
    working: Any, elsewhere: Any, server: Any, tmp_path: Path
) -> None:
    names = ("kontor.db.bak", "kontor.dbx", "secret-plans.pdf", "imports/copy.kontor", "old.kontor")
    for name in names:
        (tmp_path / name).write_text(name)
    made = make_backup(working, tmp_path / "today.kontor", Lock(), quiet)
    assert prove(made.path, made.key, server).is_proven
    restore(made.path, Key(), *elsewhere)
    assert {name: (elsewhere[0] / name).read_text() for name in names} == {name: name for name in names}


def test_the_program_s_own_files_are_in_no_backup(working: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "backups").mkdir()
    for name in ("backups/x", "kontor.db-wal", "secret-0_abcdef", "secret.key", "mail.password", "imports/password"):
        (tmp_path / name).write_text("own")
    secrets = (tmp_path / "mail.password", tmp_path / "imports" / ".." / "imports" / "password")
    working.config = replace(working.config, secret_files=secrets)
    found = [part.name for part in files_of(working.config)[0]]
    assert found == ["files/imports/of today/receipt ü.txt"]


def test_a_folder_that_vanishes_while_its_files_are_listed_is_left_out(
    working: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    iterdir = Path.iterdir

    def remove_first(folder: Path) -> Any:
        if folder == gone and gone.exists():
            gone.rmdir()
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", remove_first)
    assert [part.name for part in files_of(working.config)[0]] == ["files/imports/of today/receipt ü.txt"]
    assert not gone.exists()

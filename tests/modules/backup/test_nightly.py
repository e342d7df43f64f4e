"""Backing up by itself: made, proved, recorded, reported, and outdated ones removed."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.audit import AuditLine
from app.backup import nightly
from app.backup.errors import NewerBackup, NoRoom
from app.backup.models import Backup, BackupPlan
from app.backup.nightly import Unproven, back_up, change_plan, prove_again, prune
from app.backup.queries import backups_kept
from app.db import utc_now
from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.jobs import enqueue
from app.security import SYSTEM
from tests.modules.backup.conftest import quiet


def rows(company: Any) -> list[Backup]:
    found: list[Backup] = company.database.run(
        lambda s: list(s.scalars(select(Backup).order_by(Backup.id))), actor=SYSTEM, write=False
    )
    return found


def files(company: Any) -> list[str]:
    folder = company.config.data_dir / "backups"
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def actions(company: Any) -> list[str]:
    lines = select(AuditLine.action).where(AuditLine.action.startswith("core.backup")).order_by(AuditLine.id)
    return company.database.run(lambda s: list(s.scalars(lines)), actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_a_backup_is_made_proved_and_recorded(working: Any) -> None:
    answer = back_up(working, SYSTEM, quiet)
    (row,) = rows(working)
    assert (answer["proven"], answer["errors"], answer["backup"]) == (True, [], row.name)
    assert (row.is_proven, row.errors, row.is_encrypted) == (True, [], False)
    assert files(working) == [row.name]
    assert row.bytes == (working.config.data_dir / "backups" / str(row.name)).stat().st_size == answer["bytes"]
    assert actions(working) == ["core.backup.make", "core.backup.prove"]
    assert back_up(working, SYSTEM, quiet)["files"] == 1  # no backup holds another


def test_with_public_keys_it_is_encrypted_and_proved_all_the_same(working: Any) -> None:
    from pyrage import x25519

    own = x25519.Identity.generate().to_public()
    change = lambda s: change_plan(s, SYSTEM, keep_daily=3, keep_weekly=0, recipients=f" {own} \n\n")  # noqa: E731
    working.database.run(change, actor=SYSTEM)
    answer = back_up(working, SYSTEM, quiet)
    (row,) = rows(working)
    assert (row.is_encrypted, row.is_proven) == (True, True)
    assert b"Anvil" not in (working.config.data_dir / "backups" / answer["backup"]).read_bytes()
    with pytest.raises(Conflict, match="encrypted"):
        prove_again(working, SYSTEM, row.id, quiet)


@pytest.mark.one_engine
def test_what_is_outdated_goes_and_its_file_with_it(working: Any) -> None:
    folder = working.config.data_dir / "backups"
    folder.mkdir()
    now = utc_now()

    def past(session: Any) -> None:
        for age in range(1, 60):
            name = f"kontor-{age}.kontor"
            (folder / name).write_text("old")
            session.add(Backup(name=name, made_at=now - timedelta(days=age), is_proven=True))

    working.database.run(past, actor=SYSTEM)
    (folder / "of-somebody-else.kontor").write_text("not ours")
    answer = back_up(working, SYSTEM, quiet)
    kept = [row for row in rows(working) if row.removed_at is None]
    assert sorted(str(row.name) for row in kept) == sorted(set(files(working)) - {"of-somebody-else.kontor"})
    assert {f"kontor-{age}.kontor" for age in range(1, 7)} <= set(files(working))  # with today's: seven days
    assert 7 + 3 <= len(kept) <= 7 + 5
    assert len(answer["removed"]) == 60 - len(kept)


def test_a_backup_that_can_not_be_made_is_recorded_and_removes_nothing(
    working: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(working, SYSTEM, quiet)
    before = files(working)

    def full(*_rest: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nightly, "make_backup", full)
    with pytest.raises(Conflict, match="No space left"):
        back_up(working, SYSTEM, quiet)
    failed = rows(working)[-1]
    assert (failed.name, failed.is_proven, failed.errors) == (None, False, ["No space left on device"])
    assert files(working) == before
    assert actions(working)[-1] == "core.backup.fail"


def test_a_backup_that_is_not_proven_stays_and_is_reported(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proven = back_up(working, SYSTEM, quiet)["backup"]

    def refuse(*_rest: Any) -> Any:
        raise Conflict("may not make databases")

    monkeypatch.setattr(nightly, "prove", refuse)
    with pytest.raises(Unproven, match="may not make databases"):
        back_up(working, SYSTEM, quiet)
    last = rows(working)[-1]
    assert (last.is_proven, last.errors) == (False, ["may not make databases"])
    assert files(working) == sorted([proven, str(last.name)])


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("disk I/O error"),
        OperationalError("SELECT 1", {}, Exception("the server closed the connection")),
    ],
    ids=["sqlite3", "sqlalchemy"],
)
def test_a_database_that_fails_is_recorded_like_any_other_reason(
    working: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_rest: Any) -> Any:
        raise error

    pruned: list[object] = []
    monkeypatch.setattr(nightly, "prune", lambda *_rest: pruned.append(1) or [])
    with monkeypatch.context() as making:
        making.setattr(nightly, "make_backup", fail)
        with pytest.raises(Conflict, match="could not be made"):
            back_up(working, SYSTEM, quiet)
    monkeypatch.setattr(nightly, "prove", fail)
    with pytest.raises(Unproven):
        back_up(working, SYSTEM, quiet)
    why = str(getattr(error, "orig", error))
    assert [(row.name is None, row.is_proven, row.errors) for row in rows(working)] == [
        (True, False, [why]),
        (False, False, [why]),
    ]
    assert len(pruned) == 2


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("engine", "error"),
    [
        ("sqlite", NoRoom(2, 1)),
        ("sqlite", NewerBackup("99.0")),
        ("sqlite", Conflict("may not make databases")),
        ("sqlite", OSError(28, "No space left on device")),
        ("sqlite", OperationalError("SELECT 1", {}, Exception("disk I/O error"))),
        ("postgresql", OperationalError("SELECT 1", {}, Exception("the server closed the connection"))),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_keeps_a_backup_from_being_proved_again_says_nothing_about_it(
    working: Any, monkeypatch: pytest.MonkeyPatch, engine: str, error: Exception
) -> None:
    back_up(working, SYSTEM, quiet)
    before, said = rows(working)[0], actions(working)

    def fail(*_rest: Any) -> Any:
        raise error

    monkeypatch.setattr("app.backup.proof.differences", fail)
    with pytest.raises(type(error)):
        prove_again(working, SYSTEM, before.id, quiet)
    (after,) = rows(working)
    assert (after.is_proven, after.errors, after.proved_at) == (True, [], before.proved_at)
    assert actions(working) == said


def test_a_backup_that_differs_when_it_is_proved_again_is_not_proven(
    working: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(working, SYSTEM, quiet)
    monkeypatch.setattr("app.backup.proof.differences", lambda *_rest: iter(["one entry less"]))
    assert not prove_again(working, SYSTEM, rows(working)[0].id, quiet)["proven"]
    assert (rows(working)[0].is_proven, rows(working)[0].errors) == (False, ["one entry less"])


@pytest.mark.one_engine
def test_a_backup_whose_file_is_gone_takes_no_other_s_place(working: Any) -> None:
    folder = working.config.data_dir / "backups"
    folder.mkdir()
    (folder / "there.kontor").write_text("old")

    def past(session: Any) -> None:
        session.add(Backup(name="there.kontor", made_at=utc_now() - timedelta(days=40), is_proven=True))
        for age in range(10):
            session.add(Backup(name=f"gone-{age}.kontor", made_at=utc_now() - timedelta(days=age), is_proven=True))

    working.database.run(past, actor=SYSTEM)
    plan = BackupPlan(id=1, keep_daily=1, keep_weekly=0)
    assert prune(working, SYSTEM, plan) == []
    assert files(working) == ["there.kontor"]


@pytest.mark.one_engine
def test_only_failures_since_the_newest_backup_are_listed(company: Any) -> None:
    names = [None, "first", None, "second", None]
    moments = [datetime(2026, 3, day) for day in range(1, 6)]
    rows = [Backup(name=name, made_at=moment) for name, moment in zip(names, moments, strict=True)]

    def work(session: Any) -> list[Any]:
        for row in rows:
            session.add(row)
            session.flush()
        return [(b.name, b.made_at.day) for b in backups_kept(session)]

    assert company.database.run(work, actor=SYSTEM) == [(None, 5), ("second", 4), ("first", 2)]


@pytest.mark.one_engine
def test_a_file_that_rots_is_found_when_it_is_proved_again(working: Any) -> None:
    path = working.config.data_dir / "backups" / back_up(working, SYSTEM, quiet)["backup"]
    (row,) = rows(working)
    assert prove_again(working, SYSTEM, row.id, quiet)["proven"]
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    answer = prove_again(working, SYSTEM, row.id, quiet)
    assert not answer["proven"]
    assert "damaged" in answer["errors"][0]
    assert rows(working)[0].is_proven is False
    path.unlink()
    with pytest.raises(NotFound):
        prove_again(working, SYSTEM, row.id, quiet)


def test_two_backups_at_once_take_turns(working: Any) -> None:
    with working.database.alone("backup", Conflict("busy")), pytest.raises(Conflict, match="Another backup"):
        back_up(working, SYSTEM, quiet)
    assert (rows(working), files(working)) == ([], [])
    back_up(working, SYSTEM, quiet)
    before = rows(working)[0].proved_at
    with working.database.alone("backup", Conflict("busy")), pytest.raises(Conflict, match="Another backup"):
        prove_again(working, SYSTEM, rows(working)[0].id, quiet)
    assert rows(working)[0].proved_at == before


@pytest.mark.one_engine
def test_only_who_may_make_backups_makes_them(working: Any, employ: Any) -> None:
    manager = employ("mary", "manager")
    with pytest.raises(Forbidden):
        back_up(working, manager, quiet)
    with pytest.raises(Forbidden):
        prove_again(working, manager, 1, quiet)
    with pytest.raises(Forbidden):
        working.database.run(
            lambda s: change_plan(s, manager, keep_daily=1, keep_weekly=1, recipients=""), actor=manager
        )
    assert rows(working) == []


@pytest.mark.one_engine
def test_a_plan_is_changed_by_one_who_has_seen_it(company: Any, refused: Any) -> None:
    def change(version: int | None, **wanted: Any) -> Any:
        values = {"keep_daily": 3, "keep_weekly": 2, "recipients": "", **wanted}
        return lambda s: change_plan(s, SYSTEM, version=version, **values)

    company.database.run(change(0), actor=SYSTEM)
    company.database.run(change(1, keep_daily=4), actor=SYSTEM)
    refused(change(1), Changed)
    refused(change(2, keep_daily=0), Invalid, field="keep_daily")
    refused(change(2, keep_weekly=-1), Invalid, field="keep_weekly")
    refused(change(2, keep_daily=10**9), Invalid, field="keep_daily")
    refused(change(2, recipients="age1x"), Invalid, field="recipients")
    plan = company.database.run(lambda s: s.get_one(BackupPlan, 1), actor=SYSTEM, write=False)
    assert (plan.keep_daily, plan.keep_weekly, plan.version) == (4, 2, 2)


def test_the_job_backs_up_and_a_refusal_makes_it_fail(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.jobs import Job

    company = app.company
    jobs = app.extensions["kontor.jobs"]
    first = company.database.run(lambda s: enqueue(s, SYSTEM, "core.backup").id, actor=SYSTEM)
    jobs.run_waiting()
    monkeypatch.setattr(nightly, "prove", lambda *_rest: (_ for _ in ()).throw(Conflict("not equal")))
    second = company.database.run(lambda s: enqueue(s, SYSTEM, "core.backup").id, actor=SYSTEM)
    jobs.run_waiting()
    states = company.database.run(
        lambda s: [(s.get_one(Job, i).state, s.get_one(Job, i).message) for i in (first, second)],
        actor=SYSTEM,
        write=False,
    )
    assert states[0] == ("done", "")
    assert states[1][0] == "failed"
    assert "not equal" in states[1][1]


@pytest.mark.one_engine
def test_health_says_when_the_last_backup_was_and_whether_it_is_proven(app: Any) -> None:
    client = app.test_client()
    assert client.get("/healthz").json["backup"] is None
    made_at = datetime(2026, 3, 4, 2, 15)
    app.company.database.run(lambda s: s.add(Backup(name="a", made_at=made_at, is_proven=True)), actor=SYSTEM)
    assert client.get("/healthz").json["backup"] == {"at": "2026-03-04T02:15:00Z", "proven": True}
    later = made_at + timedelta(days=1)
    app.company.database.run(lambda s: s.add(Backup(made_at=later, errors=["disk"])), actor=SYSTEM)
    assert client.get("/healthz").json["backup"] == {"at": "2026-03-05T02:15:00Z", "proven": False}
    assert client.get("/healthz").status_code == 200


def test_what_a_killed_backup_left_goes_after_a_day(working: Any) -> None:
    import os

    folder: Path = working.config.data_dir / "backups"
    for name, age in ((".kontor-backup-old", 2), (".kontor-backup-new", 0)):
        (folder / name).mkdir(parents=True)
        moment = (datetime.now() - timedelta(days=age)).timestamp()
        os.utime(folder / name, (moment, moment))
    data: Path = working.config.data_dir
    for name in (".kontor-restore-", ".kontor-upload-", ".kontor-proof-", ".kontor-other-"):
        for suffix, age in (("old", 2), ("new", 0)):
            (data / f"{name}{suffix}").mkdir()
            moment = (datetime.now() - timedelta(days=age)).timestamp()
            os.utime(data / f"{name}{suffix}", (moment, moment))
    back_up(working, SYSTEM, quiet)
    assert [name for name in files(working) if name.startswith(".")] == [".kontor-backup-new"]
    assert sorted(path.name for path in data.glob(".kontor-*")) == [
        ".kontor-other-new",
        ".kontor-other-old",
        ".kontor-proof-new",
        ".kontor-restore-new",
        ".kontor-upload-new",
    ]


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite's scratch place is a folder
@pytest.mark.parametrize("purpose", ["proof", "rehearsal"])
def test_what_a_killed_proof_or_rehearsal_left_goes_after_a_day(working: Any, cluster: Any, purpose: str) -> None:
    now = int(datetime.now().timestamp())
    own = make_url(working.database.url).database
    old, new = (f"{own}_{purpose}_{made:08x}0123abcd" for made in (now - 2 * 86400, now - 60))
    other = f"{own}_{purpose}_of_mine"
    for name in (old, new, other):
        cluster.sql(f"CREATE DATABASE {name}")
    back_up(working, SYSTEM, quiet)
    names = text("SELECT datname FROM pg_database")
    there = working.database.run(lambda s: set(s.connection().execute(names).scalars()), actor=SYSTEM, write=False)
    assert {name for name in there if name.startswith(f"{own}_{purpose}_")} == {new, other}
    for name in (new, other):
        cluster.sql(f"DROP DATABASE {name}")


@pytest.mark.one_engine
def test_it_is_due_every_night_and_administrators_hear_of_one_that_failed(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.notifications import Notification
    from tests.modules.jobs.declared import jobs_of, set_back

    jobs = app.extensions["kontor.jobs"]
    jobs.begin_scheduled()
    set_back(app, "core.backup", timedelta(days=3))
    monkeypatch.setattr(nightly, "prove", lambda *_rest: (_ for _ in ()).throw(Conflict("not equal")))
    jobs.begin_scheduled()
    jobs.run_waiting()
    assert [job.state for job in jobs_of(app, "core.backup")] == ["failed"]
    found = app.company.database.run(lambda s: list(s.scalars(select(Notification))), actor=SYSTEM, write=False)
    (one,) = [n for n in found if "core.backup" in str(n.once)]
    assert "not equal" in str(one.parameters)
    assert one.kind == "core.backup_failed"

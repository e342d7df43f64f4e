"""What `/healthz` says when data can be read but not written."""

import errno
import os
import sqlite3
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from app.writable import BAD_HOLDS, HOLDS, Writable


def _writable(app: Any, now: list[float]) -> Writable:
    made = app.extensions["kontor.writable"] = Writable(
        app.company.database, app.company.config.data_dir, clock=lambda: now[0]
    )
    return made


def _full(*_arguments: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_sound_server_says_that_data_can_be_written(app: Any) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["writes"]) == (200, "ok")


def test_a_full_disk_is_reported_until_there_is_room_again(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    _writable(app, now)
    client = app.test_client()
    with monkeypatch.context() as patched:
        patched.setattr("app.writable.os.posix_fallocate", _full)
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json["writes"] == "the data folder can't be written: No space left on device"
    assert client.get("/healthz").status_code == 503
    now[0] = BAD_HOLDS
    assert client.get("/healthz").status_code == 200


def test_a_folder_that_is_gone_is_reported(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = app.company.config.data_dir / "gone"
    app.extensions["kontor.writable"] = Writable(app.company.database, gone)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["writes"] == "the data folder can't be written: No such file or directory"


def test_a_database_that_only_lets_itself_be_read_is_reported(app: Any, engine: str) -> None:
    database = app.company.database
    only_read = "PRAGMA query_only = on" if engine == "sqlite" else "SET default_transaction_read_only = on"

    def begin(made: Any, _record: Any) -> None:
        made.execute(only_read)
        made.commit()

    event.listen(database.engine, "connect", begin)
    database.dispose()
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["writes"] == (
        "the database can't be written: attempt to write a readonly database"
        if engine == "sqlite"
        else "the database only lets itself be read"
    )


def test_a_database_in_which_somebody_writes_at_the_moment_can_be_written(app: Any, engine: str) -> None:
    address = str(app.company.database.engine.url.render_as_string(hide_password=False))
    holder: Any
    if engine == "sqlite":
        holder = sqlite3.connect(address.removeprefix("sqlite:///"))
        holder.execute("BEGIN IMMEDIATE")
    else:
        holder = psycopg.connect(address)
        holder.execute("LOCK TABLE warehouse_place IN ACCESS EXCLUSIVE MODE")
    assert app.extensions["kontor.writable"].problem() == ""
    holder.rollback()
    holder.close()


def test_being_asked_makes_nothing_larger(app: Any, engine: str) -> None:
    now = [0.0]
    writable, folder = _writable(app, now), app.company.config.data_dir
    assert writable.problem() == ""
    before = sorted(os.listdir(folder))
    for _ in range(5):
        now[0] += HOLDS
        assert writable.problem() == ""
    assert sorted(os.listdir(folder)) == before
    if engine == "sqlite":
        with app.company.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            for _ in range(5):
                now[0] += HOLDS
                writable.problem()
            assert connection.exec_driver_sql("PRAGMA page_count").scalar() == pages


def test_it_is_tried_once_in_a_while_however_often_somebody_asks(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now, tried = [0.0], []
    writable = _writable(app, now)
    monkeypatch.setattr("app.writable._try_file", tried.append)
    for _ in range(100):
        assert writable.problem() == ""
    once = len(tried)
    now[0] = HOLDS
    writable.problem()
    assert len(tried) == 2 * once

"""What people read when they can't have what they ask for."""

import sqlite3
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def sign_in(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def test_an_address_that_is_not_there_leaves_the_menu_where_it_is(app: Any) -> None:
    answer = sign_in(app).get("/no/such/page")
    assert answer.status_code == 404
    assert 'href="/trade/sales"' in answer.text
    stranger = app.test_client().get("/no/such/page")
    assert stranger.status_code == 404
    assert "/trade/sales" not in stranger.text


def test_a_missing_right_is_named_in_words(house: Any, sign_in: Any) -> None:
    answer = sign_in("steve").get("/admin/roles")
    assert answer.status_code == 403
    assert "Ask an administrator" in answer.text
    assert "core.role.manage" not in answer.text


def test_a_database_that_is_down_is_reported(app: Any, monkeypatch: Any) -> None:
    client, engine = sign_in(app), app.company.database.engine

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("connection refused")

    engine.dispose()
    monkeypatch.setattr(engine.dialect.loaded_dbapi, "connect", refuse)
    for path in ("/", "/trade/sales", "/api/v1/lists", "/healthz"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
    assert client.get("/healthz").json["status"] == 503
    assert client.get("/no/such/page").status_code == 404
    monkeypatch.undo()
    assert client.get("/healthz").status_code == 200


def test_a_lock_that_is_not_given_back_is_reported_and_nothing_changes(app: Any, engine: str, monkeypatch: Any) -> None:
    client, database = sign_in(app), app.company.database
    address = str(database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("app.db.time.sleep", lambda _seconds: None)
    monkeypatch.setattr("app.db.PATIENCE", 0.1)
    holder: Any
    if engine == "sqlite":
        impatient, holder = "PRAGMA busy_timeout = 20", sqlite3.connect(address.removeprefix("sqlite:///"))
        holder.execute("BEGIN IMMEDIATE")
    else:
        impatient, holder = "SET lock_timeout = '20ms'", psycopg.connect(address)
        holder.execute("LOCK TABLE warehouse_place IN ACCESS EXCLUSIVE MODE")

    @event.listens_for(database.engine, "checkout")
    def lose_patience(connection: Any, *_rest: Any) -> None:
        connection.cursor().execute(impatient)
        connection.commit()

    answer = client.post("/warehouse/places/new", data={"code": "north", "name": "North"})
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text
    holder.rollback()
    holder.close()
    assert client.post("/warehouse/places/new", data={"code": "north", "name": "North"}).status_code == 302

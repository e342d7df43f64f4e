"""The administrator's page of backups, and the first-run page that takes one."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import EnvironBuilder

from app import create_app
from app.audit import AuditLine
from app.backup.encryption import Lock
from app.backup.making import make_backup
from app.company import Company
from app.config import Config
from app.errors import Conflict
from app.security import SYSTEM
from app.setup import being_first, create_company, migrate
from app.web.edge.routing import fresh as fresh_endpoints
from app.web.pages import restoring
from tests.at_once import at_once
from tests.conftest import ADMIN, PASSWORD
from tests.modules.backup.conftest import quiet

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

PASSPHRASE = "a passphrase of some length"


@pytest.fixture
def admin(app: Any) -> Any:
    """A browser in which the administrator is signed in."""
    client = app.test_client()
    assert client.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def mary(app: Any, company: Any, employ: Any) -> Any:
    """A browser of somebody who manages, and is not an administrator."""
    employ("mary", "manager")
    client = app.test_client()
    assert client.post("/login", data={"login": "mary", "password": "mary-sample"}).status_code == 302
    return client


def last_lines(company: Any, count: int) -> list[tuple[str, str]]:
    lines = select(AuditLine).order_by(AuditLine.id.desc()).limit(count)
    return company.database.run(  # type: ignore[no-any-return]
        lambda s: [(line.action, line.summary) for line in s.scalars(lines)], actor=SYSTEM, write=False
    )


def test_an_administrator_backs_up_proves_and_takes_the_file_away(app: Any, admin: Any) -> None:
    assert "There is no backup of the company on this server." in admin.get("/admin/backups").text
    answer = admin.post("/admin/backups/make")
    app.extensions["kontor.jobs"].run_waiting()
    assert "Proven" in admin.get(answer.location).text
    page = admin.get("/admin/backups").text
    assert "is proven: restored elsewhere" in page
    assert "not encrypted" in page
    answer = admin.post("/admin/backups/1/prove")
    app.extensions["kontor.jobs"].run_waiting()
    assert "Proven" in admin.get(answer.location).text
    name = next((app.company.config.data_dir / "backups").iterdir())
    with admin.get("/admin/backups/1/file") as file:
        assert file.data == name.read_bytes()
        assert file.headers["Content-Disposition"] == f"attachment; filename={name.name}"
        assert file.headers["Content-Type"] == "application/octet-stream"
    assert ("core.backup.export", name.name) in last_lines(app.company, 2)
    name.unlink()
    assert admin.get("/admin/backups/1/file").status_code == 404
    assert admin.post("/admin/backups/1/prove").status_code == 404
    assert admin.get("/admin/backups").status_code == 200
    assert admin.get("/admin/backups/99/file").status_code == 404


def test_the_page_says_when_the_last_one_could_not_be_made(
    app: Any, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_rest: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.backup.nightly.make_backup", full)
    admin.post("/admin/backups/make")
    app.extensions["kontor.jobs"].run_waiting()
    page = admin.get("/admin/backups").text
    assert "could not be made" in page
    assert "No space left on device" in page


def test_the_plan_is_changed_on_its_page_and_nonsense_is_refused_at_its_field(admin: Any) -> None:
    assert 'value="7"' in admin.get("/admin/backups/plan").text
    fields = {"version": "0", "keep_daily": "14", "keep_weekly": "8", "recipients": "age1nonsense"}
    assert "isn&#39;t a public key" in admin.post("/admin/backups/plan", data=fields).text
    assert admin.post("/admin/backups/plan", data={**fields, "recipients": ""}).location == "/admin/backups"
    assert "newest 14 days and 8 weeks" in admin.get("/admin/backups").text
    late = admin.post("/admin/backups/plan", data={**fields, "recipients": "", "version": "0", "keep_daily": "3"})
    assert late.status_code == 200
    assert "newest 14 days" in admin.get("/admin/backups").text


def test_nobody_else_sees_makes_or_takes_backups(app: Any, admin: Any, mary: Any) -> None:
    admin.post("/admin/backups/make")
    app.extensions["kontor.jobs"].run_waiting()
    for path in ("/admin/backups", "/admin/backups/1/file", "/admin/backups/plan"):
        assert mary.get(path).status_code == 403
    for path in ("/admin/backups/make", "/admin/backups/1/prove", "/admin/backups/plan"):
        assert mary.post(path).status_code == 403
    assert len(list((app.company.config.data_dir / "backups").iterdir())) == 1


@pytest.fixture
def fresh(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A server over a migrated database without a company, in a folder of its own."""
    folder = tmp_path / ".fresh"
    folder.mkdir()
    url, cluster, name = f"sqlite:///{folder / 'kontor.db'}", None, f"fresh_{abs(hash(tmp_path)) % 10**9}"
    if engine == "postgresql":
        cluster = request.getfixturevalue("cluster")
        cluster.sql(f"CREATE DATABASE {name}")
        url = cluster.url(name)
    (folder / "secret.key").write_text("of the first start")
    company = Company(Config(folder, url, "of the first start"))
    migrate(company.database, company)
    company.database.dispose()
    made = create_app(company.config)
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield made
    made.company.database.dispose()
    if cluster:
        cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


def sent(path: Path, passphrase: str = "") -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(path.read_bytes()), "b.kontor"), "passphrase": passphrase}}


def has_company(app: Any) -> bool:
    return bool(app.company.database.run(app.company.has_users, actor=SYSTEM, write=False))


def test_the_first_run_page_makes_the_company_of_a_backup(working: Any, fresh: Any, tmp_path: Path) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(PASSPHRASE), quiet)
    seen = 50  # what workers of this server may have read
    number = text(f"UPDATE core_generation SET number = {seen}")
    fresh.company.database.run(lambda s: s.connection().execute(number), actor=SYSTEM)
    client = fresh.test_client()
    assert "/restore" in client.get("/login").text
    assert "At most 2 GB" in client.get("/restore").text
    answer = client.post("/restore", **sent(made.path, PASSPHRASE))
    assert (answer.status_code, answer.location) == (302, "/login")
    page = client.get("/login")
    assert "The company is restored as of" in page.text
    assert client.post("/login", data={"login": ADMIN, "password": PASSWORD}).location == "/"
    assert "Testing Ltd" in client.get("/").text
    assert "Anvil" in client.get("/warehouse/items").text
    folder = fresh.company.config.data_dir
    assert (folder / "imports/of today/receipt ü.txt").exists()
    assert (folder / "secret.key").read_text() == "tests"
    assert fresh.config["SECRET_KEY"] == fresh.company.config.secret_key == "tests"
    number = text("SELECT number FROM core_generation")
    now = fresh.company.database.run(lambda s: s.connection().execute(number).scalar(), actor=SYSTEM, write=False)
    assert now > seen
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []
    # Closed for good.
    stranger = fresh.test_client()
    assert stranger.get("/restore").location == "/login"
    assert stranger.post("/restore", **sent(made.path, PASSPHRASE)).location == "/login"


def test_what_can_not_be_restored_is_said_at_its_field_and_the_page_stays_open(
    working: Any, fresh: Any, tmp_path: Path
) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(PASSPHRASE), quiet)
    client = fresh.test_client()
    damaged = tmp_path / "damaged"
    damaged.write_bytes(made.path.read_bytes()[:-1] + b"x")
    before = sorted(p.name for p in fresh.company.config.data_dir.iterdir())
    for path, passphrase, words in (
        (made.path, "wrong one", "open b.kontor"),
        (made.path, "", "is encrypted"),
        (damaged, PASSPHRASE, "damaged"),
        (tmp_path / "kontor.toml", "", "isn&#39;t a backup"),
    ):
        answer = client.post("/restore", **sent(path, passphrase))
        assert answer.status_code == 422
        assert words in answer.text
    assert "Please fill this in" in client.post("/restore", data={}).text
    assert not has_company(fresh)
    after = sorted(p.name for p in fresh.company.config.data_dir.iterdir() if not p.name.startswith("kontor.db-"))
    assert after == [name for name in before if not name.startswith("kontor.db-")]
    assert "Whose books" in client.get("/login").text


def test_a_copy_that_is_not_equal_leaves_the_first_run_page_as_it_was(
    working: Any, fresh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(), quiet)
    monkeypatch.setattr("app.backup.restoring.examine", lambda *_rest: (["warehouse.stock: one entry less"], []))
    client = fresh.test_client()
    answer = client.post("/restore", **sent(made.path))
    assert answer.status_code == 422
    assert "one entry less" in answer.text
    assert not has_company(fresh)
    monkeypatch.undo()
    assert (
        client.post("/restore", **sent(made.path)).status_code == 302
    )  # and nothing stands in the way of the next try
    assert has_company(fresh)


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite's file is the company's alone
def test_tables_of_another_program_are_left_alone(working: Any, fresh: Any, engine: str, tmp_path: Path) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(), quiet)

    def do(statement: str) -> Any:
        return fresh.company.database.run(lambda s: s.connection().execute(text(statement)), actor=SYSTEM)

    do("CREATE TABLE others_notes (id INTEGER)")
    do("INSERT INTO others_notes VALUES (7)")
    client = fresh.test_client()
    answer = client.post("/restore", **sent(made.path))
    assert answer.status_code == 422
    assert "others_notes" in answer.text
    assert not has_company(fresh)
    rows = "SELECT id FROM others_notes"
    read = lambda s: s.connection().execute(text(rows)).scalars().all()  # noqa: E731
    assert fresh.company.database.run(read, actor=SYSTEM, write=False) == [7]
    do("DROP TABLE others_notes")
    assert client.post("/restore", **sent(made.path)).status_code == 302


def test_who_takes_a_backup_away_from_another_browser_signs_in_again(app: Any) -> None:
    assert {"core.backup_download", "core.backup_plan_edit"} <= fresh_endpoints(app)


def test_of_two_who_make_the_company_at_once_one_is_refused(working: Any, fresh: Any, tmp_path: Path) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(), quiet)
    facts = {"organisation": "Another", "country": "GB", "currency": "GBP", "edition": "trade"}
    restored, created = at_once(
        lambda: fresh.test_client().post("/restore", **sent(made.path)),
        lambda: create_company(fresh.company, **facts, login="anna", password="long enough"),
    )
    page = fresh.test_client().get("/login")
    assert page.status_code == 200
    if isinstance(created, Exception):
        assert isinstance(created, Conflict)
        assert restored.status_code == 302
        assert fresh.test_client().post("/login", data={"login": ADMIN, "password": PASSWORD}).location == "/"
    else:
        assert restored.status_code in (302, 422)
        assert fresh.test_client().post("/login", data={"login": "anna", "password": "long enough"}).location == "/"


def test_whoever_is_second_is_refused(working: Any, fresh: Any, tmp_path: Path) -> None:
    made = make_backup(working, tmp_path / "b.kontor", Lock(), quiet)
    with being_first(fresh.company):
        answer = fresh.test_client().post("/restore", **sent(made.path))
        with pytest.raises(Conflict, match="Somebody else is making"), being_first(fresh.company):
            pass
    assert answer.status_code == 422
    assert "Somebody else is making the company" in answer.text
    assert not has_company(fresh)


def test_a_backup_may_be_larger_than_other_forms_until_there_is_a_company(
    working: Any, fresh: Any, app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for served in (fresh, app):
        served.config["MAX_CONTENT_LENGTH"] = 1000
    (tmp_path / "large").write_bytes(b"x" * 5000)
    assert fresh.test_client().post("/restore", **sent(tmp_path / "large")).status_code == 422
    monkeypatch.setattr(restoring, "LARGEST", 2000)
    assert fresh.test_client().post("/restore", **sent(tmp_path / "large")).status_code == 413
    assert app.test_client().post("/restore", **sent(tmp_path / "large")).status_code in (302, 413)


def test_a_large_body_is_read_as_long_as_there_is_no_company(fresh: Any) -> None:
    environ = EnvironBuilder("/restore", method="POST").get_environ()
    assert fresh.most_bytes(environ) == fresh.most_of_all() == restoring.LARGEST

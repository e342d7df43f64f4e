"""A server that others reach asks for a secret before it makes the company. Before, whoever came first had it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from app.config import Config
from app.security import SYSTEM, User
from app.server import _say_setup_secret, is_loopback
from app.setup import migrate
from app.web.edge.bodies import USUAL
from app.web.pages.restoring import LARGEST

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

COMPANY = {
    "organisation": "Mine",
    "country": "GB",
    "currency": "GBP",
    "edition": "trade",
    "name": "Me",
    "login": "me",
    "password": "correct horse",
}


@pytest.fixture
def exposed(empty_url: str, tmp_path: Path) -> Iterator[Any]:
    """A server without a company that others reach."""
    from app import create_app

    made = create_app(Config(tmp_path, empty_url, "tests", is_exposed=True))
    migrate(made.company.database, made.company)
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    made.company.database.dispose()


def users(app: Any) -> list[str]:
    return list(app.company.database.run(lambda s: s.scalars(select(User.login)).all(), actor=SYSTEM, write=False))


def test_the_first_page_asks_for_the_secret(exposed: Any) -> None:
    client, secret = exposed.test_client(), exposed.company.config.setup_secret
    assert "Setup secret" in client.get("/login").text
    assert "Please fill this in" in client.post("/login", data=COMPANY).text
    for wrong in ("AAAA-AAAA-AAAA-AAAA", secret[:-1]):
        answer = client.post("/login", data={**COMPANY, "setup_secret": wrong}).text
        assert "This isn&#39;t the secret" in answer
    assert users(exposed) == [], "and nothing was made"
    typed = {**COMPANY, "setup_secret": f" {secret.lower().replace('-', ' ')} "}
    assert client.post("/login", data=typed).status_code == 302
    assert users(exposed) == ["me"]


def test_it_is_guessed_no_more_often_than_a_password(exposed: Any) -> None:
    client = exposed.test_client()
    wrong = {**COMPANY, "setup_secret": "AAAA-AAAA-AAAA-AAAA"}
    assert [client.post("/restore", data=wrong).status_code for _ in range(3)] == [422] * 3
    assert [client.post("/login", data=wrong).status_code for _ in range(9)] == [200] * 7 + [429] * 2
    assert client.post("/restore", data=wrong).status_code == 429


def test_a_backup_is_received_of_who_has_given_it_before(exposed: Any) -> None:
    client, secret = exposed.test_client(), exposed.company.config.setup_secret

    def most() -> int:
        cookie = client.get_cookie("setup")
        headers = {"Cookie": f"setup={cookie.value}"} if cookie else {}
        return int(exposed.most_bytes(EnvironBuilder("/restore", method="POST", headers=headers).get_environ()))

    def send() -> Any:
        backup = {"file": (io.BytesIO(b"PK"), "backup.kontor")}
        return client.post("/restore", data=backup, content_type="multipart/form-data")

    assert "Backup file" not in client.get("/restore").text
    assert "Please fill this in" in send().text
    wrong = client.post("/restore", data={"setup_secret": "AAAA-AAAA-AAAA-AAAA"})
    assert (wrong.status_code, most()) == (422, USUAL)
    assert "This isn&#39;t the secret" in wrong.text
    client.set_cookie("setup", "forged")
    assert most() == USUAL
    assert client.post("/restore", data={"setup_secret": secret}).location == "/restore"
    assert most() == exposed.most_of_all() == LARGEST
    assert "Backup file" in client.get("/restore").text
    assert "isn&#39;t a backup" in send().text


def test_behind_a_proxy_that_nobody_named_nothing_is_made(exposed: Any) -> None:
    exposed.company.config = replace(exposed.company.config, is_exposed=False)
    client = exposed.test_client()
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"):
        headers = {header: "for=1.2.3.4" if header == "Forwarded" else "1.2.3.4"}
        for path in ("/login", "/restore"):
            for answer in (client.get(path, headers=headers), client.post(path, data=COMPANY, headers=headers)):
                assert answer.status_code == 403, (header, path)
                assert "KONTOR_PROXIES=1" in answer.text
        builder = EnvironBuilder("/restore", method="POST", headers=headers)
        assert exposed.most_bytes(builder.get_environ()) == USUAL
    assert users(exposed) == []
    assert client.post("/login", data=COMPANY).status_code == 302
    assert client.get("/login", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 200, "there is a company"


def test_behind_a_named_proxy_the_secret_is_asked_for(exposed: Any) -> None:
    headers = {"X-Forwarded-For": "1.2.3.4"}
    assert "Setup secret" in exposed.test_client().get("/login", headers=headers).text


def test_on_ones_own_machine_nothing_is_asked(exposed: Any) -> None:
    exposed.company.config = replace(exposed.company.config, is_exposed=False)
    client = exposed.test_client()
    assert "Setup secret" not in client.get("/login").text
    assert client.post("/login", data=COMPANY).status_code == 302
    assert users(exposed) == ["me"]


def test_the_command_prints_it_until_there_is_a_company(exposed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _say_setup_secret(exposed)
    said, secret = capsys.readouterr().out, exposed.company.config.setup_secret
    assert said == f"There is no company yet. Its first page asks for this setup secret: {secret}\n"
    exposed.test_client().post("/login", data={**COMPANY, "setup_secret": secret})
    capsys.readouterr()
    _say_setup_secret(exposed)
    assert capsys.readouterr().out == ""


def test_every_process_of_the_server_has_the_same_and_no_other_server(tmp_path: Path) -> None:
    one, again, other = (Config(tmp_path, "", key, is_exposed=True).setup_secret for key in ("a", "a", "b"))
    assert one == again != other
    assert one is not None
    assert len(one.replace("-", "")) == 16


@pytest.mark.parametrize(
    ("host", "is_own"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.5", False), ("kontor.example.com", False)],
)  # fmt: skip
def test_what_listens_beyond_this_machine(host: str, is_own: bool) -> None:
    assert is_loopback(host) is is_own

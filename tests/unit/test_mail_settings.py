"""Where mail leaves: the file and the environment, and what can't work."""

from pathlib import Path

import pytest

from app.errors import Invalid
from app.mail import mail_settings

GIVEN = {"host": "mail.example.com", "sender": "Kontor <kontor@example.com>"}


def test_without_a_server_there_is_no_mail(tmp_path: Path) -> None:
    assert mail_settings({}, {}, tmp_path) is None


def test_the_port_follows_from_the_security(tmp_path: Path) -> None:
    ports = [mail_settings({**GIVEN, "security": s}, {}, tmp_path).port for s in ("starttls", "tls", "none")]
    assert ports == [587, 465, 25]
    assert mail_settings(GIVEN, {}, tmp_path).security == "starttls"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    found = mail_settings(GIVEN, {"KONTOR_MAIL_HOST": "other.example.com", "KONTOR_MAIL_PORT": "2525"}, tmp_path)
    assert (found.host, found.port) == ("other.example.com", 2525)


def test_a_password_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "mail.password").write_text("s3cret words\n")
    found = mail_settings({**GIVEN, "user": "kontor", "password_file": "mail.password"}, {}, tmp_path)
    assert found.password == "s3cret words"
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "ssl"},
        {"port": "smtp"},
        {"port": 70000},
        {"sender": ""},
        {"sender": "Kontor"},
        {"sender": "a@example.com\nBcc: b@example.com"},
        {"password_file": "absent"},
        {"security": "none", "user": "kontor", "password": "x"},
    ],
)
def test_what_can_not_work_is_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(Invalid):
        mail_settings({**GIVEN, **wrong}, {}, tmp_path)


def test_the_file_with_the_password_is_known_to_backups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.config import Config

    assert Config.load(tmp_path).secret_files == ()
    (tmp_path / "kontor.toml").write_text('[mail]\npassword_file = "mail.password"')  # even without a server
    assert Config.load(tmp_path).secret_files == (tmp_path / "mail.password",)
    monkeypatch.setenv("KONTOR_MAIL_PASSWORD_FILE", "/run/secrets/mail")
    assert Config.load(tmp_path).secret_files == (Path("/run/secrets/mail"),)

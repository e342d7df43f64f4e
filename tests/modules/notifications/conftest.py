"""A real mail server that keeps what it is given, and can be made to refuse it."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from app.mail import MailSettings
from app.security import SYSTEM

PASSWORD = "mail s3cret"


class Box:
    """What came, and what to answer to it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        #: (stage, answer): MAIL, RCPT or DATA; "break" as an answer closes the connection instead
        self.answers: dict[str, str] = {}
        self.tries = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tries += 1
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers.get("DATA") == "break":
            self._keep(envelope)
            server.transport.abort()
            return "250 OK"
        if "DATA" not in self.answers:
            self._keep(envelope)
        return self.answers.get("DATA", "250 OK")

    def _keep(self, envelope: Any) -> None:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)


class Serving(Controller):
    """At a port of its own choosing."""

    @property
    def settings(self) -> MailSettings:
        port = self.server.sockets[0].getsockname()[1]
        return MailSettings("127.0.0.1", port, "none", "Kontor <kontor@example.com>")

    def _trigger_server(self) -> None:
        with socket.create_connection(("127.0.0.1", self.settings.port), 5) as probe:
            probe.recv(100)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def mail_server(box: Box) -> Iterator[Serving]:
    """Plain, without sign-in."""
    server = Serving(box, hostname="127.0.0.1", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailing(config: Any, mail_server: Serving) -> Iterator[Any]:
    """The application of a company that sends mail, and knows the address at which it is reached."""
    from app import create_app

    made = create_app(replace(config, mail=mail_server.settings, site="https://kontor.example.com"))
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    made.company.database.run(made.company.refresh, actor=SYSTEM, write=False)
    yield made
    made.company.database.dispose()


@pytest.fixture
def secured(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """By STARTTLS, with a certificate that this process trusts, for the user kontor."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        is_right = (given.login, given.password) == (b"kontor", PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    server = Serving(
        box,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    server.start()
    yield server
    server.stop()

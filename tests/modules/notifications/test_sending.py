"""Handing a message to a real server: what it takes, refuses, and what nobody knows."""

import socket
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from app.mail import MailRefused, MailSettings, MailUnknown, NotSent, send
from tests.modules.notifications.conftest import PASSWORD, Box


def message(text: str = "Grüße, привет, chào\n.\n..two dots\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Kontor <kontor@example.com>", "anna@example.com", "Что случилось"
    made.set_content(text)
    return made


def test_the_message_arrives_as_it_was_written(mail_server: Any, box: Box) -> None:
    send(mail_server.settings, message())
    (found,) = box.messages
    assert found["Subject"] == "Что случилось"
    assert found.get_content() == "Grüße, привет, chào\n.\n..two dots\n"


def test_starttls_and_a_password(secured: Any, box: Box, caplog: pytest.LogCaptureFixture) -> None:
    settings = replace(secured.settings, host="localhost", security="starttls", user="kontor", password=PASSWORD)
    send(settings, message())
    assert len(box.messages) == 1
    with pytest.raises(NotSent) as refusal:
        send(replace(settings, password="wrong"), message())
    assert "wrong" not in f"{refusal.value}{caplog.text}"


def test_a_password_that_cannot_be_sent_is_refused_and_not_shown(secured: Any, box: Box) -> None:
    settings = replace(secured.settings, host="localhost", security="starttls", user="kontor", password="schlüssel")
    with pytest.raises(MailRefused, match="holds a character that can't be sent") as refusal:
        send(settings, message())
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert box.messages == []


def test_an_address_that_cannot_be_sent_is_refused(mail_server: Any, box: Box) -> None:
    made = message()
    made.replace_header("To", "änna@example.com")
    with pytest.raises(MailRefused):
        send(mail_server.settings, made)
    assert box.messages == []


def test_a_message_that_cannot_be_written_never_reaches_the_server(mail_server: Any, box: Box) -> None:
    made = message()
    made.set_payload("half a character: \ud83d")
    with pytest.raises(MailRefused):
        send(mail_server.settings, made)
    assert box.tries == 0


def test_a_certificate_of_another_server_is_not_trusted(secured: Any, box: Box) -> None:
    settings = replace(secured.settings, security="starttls", user="kontor", password=PASSWORD)  # by its number
    with pytest.raises(NotSent):
        send(settings, message())
    assert box.messages == []


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent):
        send(MailSettings("127.0.0.1", port, "none", "kontor@example.com"), message())


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "refusal"), [("451 later", NotSent), ("550 never", MailRefused)])
def test_the_server_says_for_now_or_for_good(
    mail_server: Any, box: Box, stage: str, answer: str, refusal: type[Exception]
) -> None:
    box.answers[stage] = answer
    with pytest.raises(refusal, match=answer):
        send(mail_server.settings, message())
    assert box.messages == []


def test_a_connection_that_breaks_in_the_middle_leaves_it_open(mail_server: Any, box: Box) -> None:
    box.answers["DATA"] = "break"
    with pytest.raises(MailUnknown):
        send(mail_server.settings, message())

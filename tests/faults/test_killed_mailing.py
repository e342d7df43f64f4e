# ruff: noqa: F811 - fixtures of the mail server are those of notifications
"""A server that is killed while it sends a mailing: nobody gets a letter twice, and what was lost is reported."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs.worker import THREADS
from app.security import SYSTEM
from modules.contacts.letters.models import SENDING, WAITING, Letter
from modules.contacts.mailings.models import Mailing, MailingLetter
from modules.contacts.mailings.reporting import report
from modules.contacts.mailings.saving import send_now
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from tests.modules.contacts.mailing_clients import bells, do, owner, saved, spoken  # noqa: F401
from tests.modules.notifications.company_with_mail import app, company  # noqa: F401
from tests.modules.notifications.conftest import Box, Serving, mail_server, mailing  # noqa: F401

CLIENTS = [f"c{number}@example.com" for number in range(6)]


class Killing(Box):
    """Keeps what comes; whoever sends the third letter is killed before it hears that it came."""

    sender: subprocess.Popen[bytes] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._keep(envelope)
        if self.sender is not None and len(self.messages) >= 3:
            self.sender.send_signal(signal.SIGKILL)
        return "250 OK"


@pytest.fixture
def box() -> Killing:
    return Killing()


def test_a_server_killed_while_it_sends_writes_to_nobody_twice_and_reports_once_what_it_lost(
    company: Any, owner: Any, box: Killing, mail_server: Serving, database_url: str, tmp_path: Path
) -> None:
    def clients(session: Any) -> None:
        for code, email in enumerate(CLIENTS):
            create_contact(session, SYSTEM, kind="legal_entity", name=f"Client {code}", code=f"C{code}", email=email)

    do(company, clients)
    mailing_id = saved(company, owner, whom="all", formats="pdf")
    do(company, lambda s: send_now(s, owner, s.get(Mailing, mailing_id)), owner)

    def start() -> subprocess.Popen[bytes]:
        file = str(Path(__file__).parent / "send_letters.py")
        command = [sys.executable, file, database_url, str(tmp_path), str(mail_server.settings.port)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def states() -> dict[str, str]:
        query = select(Contact.email, Letter.state).join_from(MailingLetter, Contact).join(Letter)
        return dict(do(company, lambda s: s.execute(query).all()))

    with start() as box.sender:
        assert box.sender.wait(60) == -signal.SIGKILL
    box.sender = None
    assert len(states()) == len(CLIENTS)
    with start() as again:
        until = time.monotonic() + 60
        while {WAITING, SENDING} & set(states().values()) and time.monotonic() < until:
            time.sleep(0.05)
        again.send_signal(signal.SIGKILL)

    came = Counter(str(message["To"]) for message in box.messages)
    assert set(came.values()) == {1}
    unknown = {email for email, state in states().items() if state == "unknown"}
    sent = {email for email, state in states().items() if state == "sent"}
    assert sent | unknown == set(CLIENTS)
    assert sent <= set(came)
    assert 1 <= len(unknown) <= THREADS, "whatever was being sent at that moment"
    do(company, report)
    do(company, report)
    assert bells(company) == ["contacts.mailing_failed"]

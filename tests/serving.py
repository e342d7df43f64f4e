"""The server as people start it, in processes of its own."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

#: The command as an installed one would run, in an interpreter of its own.
KONTOR = "from app.cli import main; main()"
WITHOUT_GRANIAN = "import sys; sys.modules['granian'] = None; "
#: Where processes are not forked (macOS, Python from 3.14 on), the worker begins from nothing.
WITHOUT_FORK = "import multiprocessing; multiprocessing.set_start_method('spawn'); "
SERVERS = {"granian": KONTOR, "without-fork": WITHOUT_FORK + KONTOR, "waitress": WITHOUT_GRANIAN + KONTOR}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """`kontor up` in a process group of its own, as a terminal would start it."""

    def __init__(self, code: str, folder: Path, *arguments: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._sockets: list[socket.socket] = []
        # Appended to, wherever it is being read: the program and its reader share one place in it.
        self._errors = (folder.parent / "stderr").open("a+")
        self._errors.truncate(0)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "up", "--data", str(folder), "--port", str(self.port), *arguments],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
            env={k: v for k, v in os.environ.items() if k != "KONTOR_DATABASE_URL"},
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()

    def get(self, path: str) -> http.client.HTTPResponse:
        """Ask over a connection that stays open, as a browser's does."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        self.body = answer.read()
        return answer

    def socket(self) -> socket.socket:
        """A connection of which nothing has been sent."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=60)  # only so that a hang is noticed
        self._sockets.append(made)
        return made

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        self.get("/healthz")
        self.connection.close()
        answer: dict[str, Any] = json.loads(self.body)
        return answer

    def end(self, number: signal.Signals) -> int:
        """Send the signal to every process of the group, as Ctrl-C does, and wait for the end."""
        os.killpg(self.process.pid, number)
        return self.process.wait(60)

    def errors(self) -> str:
        """All that it wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """End what is left of it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        if hasattr(self, "connection"):
            self.connection.close()
        for made in self._sockets:
            made.close()


FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def begin_post(path: bytes, *headers: bytes) -> bytes:
    """A form's head, until its body begins."""
    return b"POST %s HTTP/1.1\r\nHost: x\r\n%s%s\r\n" % (path, FORM, b"".join(h + b"\r\n" for h in headers))


def answer_on(connection: socket.socket) -> tuple[int, bytes]:
    """Status, and everything until the server closes the connection or the body is there."""
    said = b""
    while b"\r\n\r\n" not in said:
        piece = connection.recv(65536)
        if not piece:
            return 0, said
        said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return int(head.split()[1]), body

"""How the server begins and ends: a taken port, Ctrl-C, the fallback server, and what its log leaves out."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

#: The command as an installed one would run, in an interpreter of its own.
KONTOR = "from app.cli import main; main()"
WITHOUT_GRANIAN = "import sys; sys.modules['granian'] = None; "
#: Where processes are not forked (macOS, Python from 3.14 on), the worker begins from nothing.
WITHOUT_FORK = "import multiprocessing; multiprocessing.set_start_method('spawn'); "
SERVERS = {"granian": KONTOR, "without-fork": WITHOUT_FORK + KONTOR, "waitress": WITHOUT_GRANIAN + KONTOR}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """`kontor up` in a process group of its own, as a terminal would start it."""

    def __init__(self, code: str, folder: Path, *arguments: str) -> None:
        self.port = _free_port()
        self._errors = (folder.parent / "stderr").open("w+")
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

    def end(self, number: signal.Signals) -> int:
        """Send the signal to every process of the group, as Ctrl-C does, and wait for the end."""
        os.killpg(self.process.pid, number)
        return self.process.wait(20)

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


@pytest.fixture
def made(sqlite_templates: Callable[[str], Path], tmp_path: Path) -> Path:
    """A data folder with a company: to make the tables takes as long as to start."""
    (tmp_path / "made").mkdir()
    return Path(shutil.copy(sqlite_templates("trade"), tmp_path / "made")).parent


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts `kontor up` over a new data folder, or one that is there."""
    started: list[Running] = []

    def start(code: str = KONTOR, folder: Path = tmp_path / "new") -> Running:
        started.append(Running(code, folder, "--empty"))
        return started[-1]

    yield start
    for running in started:
        running.close()


@pytest.mark.parametrize("code", SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_answers_where_it_says_logs_a_line_and_ends_cleanly(
    up: Callable[..., Running], made: Path, code: str, number: signal.Signals
) -> None:
    running = up(code, made)
    assert running.said == f"Kontor serves at http://127.0.0.1:{running.port}  (Ctrl-C ends it)\n"
    assert running.get("/healthz").status == 200
    assert json.loads(running.body)["database"] == "sqlite"
    running.connection.close()
    assert running.get("/login?next=/&word=secret").status == 200
    assert running.end(number) in (0, 130)
    # A request is a line without what was asked for. Nothing else is said, and nothing of who asks for health all the time.
    assert "secret" not in running.errors()
    lines = [json.loads(line) for line in running.errors().splitlines()]
    assert [(line["event"], line["method"], line["path"], line["user"]) for line in lines] == [
        ("request", "GET", "/login", None)
    ]


def test_no_worker_outlives_a_server_that_was_killed(up: Callable[..., Running]) -> None:
    running = up()
    running.get("/healthz")
    running.connection.close()
    running.end(signal.SIGKILL)
    until = time.monotonic() + 120  # only so that a hang is noticed
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", running.port)):
                return
        time.sleep(0.1)
    pytest.fail("the port still answers")


def test_a_taken_port_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = _kontor("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == (f"kontor: Port {port} can't be used: Address already in use. Choose another with --port.\n")
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = _kontor("up", "--data", str(tmp_path / "file" / "data"), "--port", str(_free_port()))
    assert done.returncode == 1
    assert done.stderr == (
        f"kontor: The data folder {tmp_path}/file/data can't be used: Not a directory. Choose another with --data.\n"
    )


def _kontor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", KONTOR, *arguments], capture_output=True, text=True, check=False)

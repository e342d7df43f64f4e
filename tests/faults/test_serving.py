"""How the server begins and ends: a taken port, Ctrl-C, the fallback server, and what its log leaves out."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving import KONTOR, SERVERS, Running, free_port


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
    done = _kontor("up", "--data", str(tmp_path / "file" / "data"), "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr == (
        f"kontor: The data folder {tmp_path}/file/data can't be used: Not a directory. Choose another with --data.\n"
    )


def _kontor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", KONTOR, *arguments], capture_output=True, text=True, check=False)

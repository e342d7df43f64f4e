"""What a server does about an end: its worker's, and its own while requests are under way."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.serving import KONTOR, Running, answer_on, begin_post

LITTLE_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512 << 10, resource.RLIM_INFINITY)); "


def _worker(running: Running, but: int = 0) -> int:
    """The number of the worker's process, once it is another than `but`."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    until = time.monotonic() + 60  # only so that a hang is noticed
    while time.monotonic() < until:
        found = [int(number) for number in children.read_text().split() if int(number) != but]
        if found:
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no worker")


def _health(running: Running) -> dict[str, object]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return running.health()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")


def test_a_worker_that_dies_again_and_again_is_started_again_each_time(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    assert running.health()["worker"]["restarts"] == 0
    worker = 0
    for count in (1, 2, 3):
        worker = _worker(running, but=worker)
        os.kill(worker, signal.SIGKILL)
        _worker(running, but=worker)
        assert _health(running)["worker"]["restarts"] == count  # type: ignore[index]
    assert running.errors().count('"server.worker_died"') == 3
    assert running.end(signal.SIGTERM) == 0


def test_it_ends_while_it_waits_to_start_a_worker_again(up: Callable[..., Running], made: Path) -> None:
    running = up("import app.serving.supervising as s; s.PAUSE = s.LONGEST = 600; " + KONTOR, made)
    first = _worker(running)
    os.kill(first, signal.SIGKILL)
    second = _worker(running, but=first)
    _health(running)
    os.kill(second, signal.SIGKILL)
    until = time.monotonic() + 60  # only so that a hang is noticed
    while running.errors().count('"server.worker_died"') < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert running.end(signal.SIGTERM) == 0


def test_a_request_under_way_is_answered_before_the_server_ends(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    connection, silent = running.socket(), running.socket()
    silent.sendall(b"GET /lo")
    connection.sendall(begin_post(b"/login", b"Content-Length: 7") + b"log")
    running.get("/healthz")
    os.killpg(running.process.pid, signal.SIGTERM)
    time.sleep(0.3)
    connection.sendall(b"in=a")
    assert answer_on(connection)[0] == 400  # the page's token is missing
    connection.close()
    silent.close()
    assert running.process.wait(20) == 0


def test_health_says_that_nothing_can_be_saved_on_a_full_disk(up: Callable[..., Running], made: Path) -> None:
    running = up(LITTLE_DISK + KONTOR, made)
    assert running.get("/healthz").status == 503
    running.connection.close()
    assert running.health()["writes"] == "the data folder can't be written: File too large"
    assert running.get("/login").status == 200

"""Clients that are slow, silent or gone, and bodies that are too large: they cost the others nothing."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving import KONTOR, SERVERS, Running, answer_on, begin_post

PATIENT = "import app.serving.bodies as bodies; bodies.PATIENCE = {}; "


#: no page is answered until there is a file
HELD = """
import pathlib, sys, time
from app.serving.bridge import Bridge
begin = Bridge._begin
def held(self, environ, send):
    path = environ["PATH_INFO"]
    sys.stderr.write("begun " + path + "\\n")  # at once: print writes word by word, and another thread between them
    while path != "/healthz" and not pathlib.Path({!r}).exists():
        time.sleep(0.02)
    return begin(self, environ, send)
Bridge._begin = held
"""


def _memory_of(process: int) -> int:
    """The most bytes that the process, or the worker that it started, ever had in memory."""
    children = Path(f"/proc/{process}/task/{process}/children")
    peaks = []
    for number in (str(process), *children.read_text().split()):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
        peaks.append(int(found[1]) * 1024 if found else 0)
    return max(peaks)


@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_eight_clients_work_beside_two_hundred_silent_and_trickling_ones(
    up: Callable[..., Running], made: Path, server: str
) -> None:
    running = up(SERVERS[server], made)
    beginnings = (
        b"",
        b"GET /lo",
        begin_post(b"/login", b"Content-Length: 1000") + b"login=a",
        b"GET /login HTTP/1.1\r\nX: ",
    )
    slow = [running.socket() for _ in range(200)]
    for number, connection in enumerate(slow):
        connection.sendall(beginnings[number % 4])
    answered: list[int] = []

    def work() -> None:
        for _ in range(5):
            connection = running.socket()
            connection.sendall(b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n")
            answered.append(answer_on(connection)[0])
            connection.close()

    clients = [threading.Thread(target=work) for _ in range(8)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        for connection in slow[2::4]:
            connection.sendall(b"x")
        time.sleep(0.2)
    assert answered == [200] * 40
    assert running.health()["version"]


def test_eight_clients_send_forms_beside_three_hundred_that_each_hold_a_large_one_back(
    up: Callable[..., Running], made: Path
) -> None:
    running = up(folder=made)
    large = [running.socket() for _ in range(300)]
    for connection in large:
        connection.sendall(begin_post(b"/login", b"Content-Length: 1000000") + b"x" * 999_000)
    answered: list[int] = []

    def work() -> None:
        for size in (47, 47, 1_000_000):
            connection = running.socket()
            connection.sendall(begin_post(b"/login", b"Content-Length: %d" % size) + b"login=a&".ljust(size, b"x"))
            answered.append(answer_on(connection)[0])
            connection.close()

    clients = [threading.Thread(target=work) for _ in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert answered == [400] * 24  # the page's token is missing
    for connection in large:
        connection.close()


def test_a_body_that_takes_too_long_is_answered_and_the_connection_closed(
    up: Callable[..., Running], made: Path
) -> None:
    running = up(PATIENT.format(0.5) + KONTOR, made)
    connection = running.socket()
    connection.sendall(begin_post(b"/login", b"Content-Length: 1000") + b"login=a")
    status, body = answer_on(connection)
    assert (status, body) == (408, b"The request took too long to arrive.")
    assert connection.recv(1) == b""
    assert '"request.too_slow"' in running.errors()


def test_a_form_of_millions_of_fields_is_refused_by_its_length(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    usual = _memory_of(running.process.pid)
    connection = running.socket()
    connection.sendall(begin_post(b"/login", b"Content-Length: 32000000"))
    for _ in range(32):
        connection.sendall(b"a&" * 500_000)  # it is read on, so that the sender sees the answer
    assert answer_on(connection)[0] == 413
    assert _memory_of(running.process.pid) < usual + (40 << 20)


def test_a_form_whose_length_nobody_announced_is_refused_too(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    usual = _memory_of(running.process.pid)
    connection = running.socket()
    connection.sendall(begin_post(b"/login", b"Transfer-Encoding: chunked"))
    chunk = b"a&" * 50_000
    for _ in range(300):
        connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    connection.sendall(b"0\r\n\r\n")
    assert answer_on(connection)[0] == 413
    assert _memory_of(running.process.pid) < usual + (40 << 20)


def test_a_stranger_who_sends_a_large_file_in_chunks_is_sent_to_sign_in(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    connection = running.socket()
    host = f"127.0.0.1:{connection.getpeername()[1]}".encode()
    head = (b"Origin: http://" + host, b"Transfer-Encoding: chunked")
    connection.sendall(begin_post(b"/admin/import", *head).replace(b"Host: x", b"Host: " + host))
    chunk = b"a" * 100_000
    for _ in range(15):
        connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    connection.sendall(b"0\r\n\r\n")
    assert answer_on(connection)[0] == 302
    assert "Traceback" not in running.errors()


def test_whoever_may_not_import_is_answered_before_they_send_a_file(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    connection = running.socket()
    connection.sendall(begin_post(b"/admin/import", b"Content-Length: 50000000", b"Expect: 100-continue"))
    status, _body = answer_on(connection)  # and not 100
    assert status == 302


def test_who_may_send_is_asked_to_go_on(up: Callable[..., Running], made: Path) -> None:
    connection = up(folder=made).socket()
    connection.sendall(begin_post(b"/login", b"Content-Length: 7", b"Expect: 100-continue"))
    assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"login=a")
    assert answer_on(connection)[0] == 400  # the page's token is missing


def test_a_body_in_chunks_is_read_and_the_connection_goes_on(up: Callable[..., Running], made: Path) -> None:
    connection = up(folder=made).socket()
    connection.sendall(begin_post(b"/login", b"Transfer-Encoding: chunked") + b"3\r\nlog\r\n4\r\nin=a\r\n0\r\n\r\n")
    assert answer_on(connection)[0] == 400
    connection.sendall(b"HEAD /login HTTP/1.1\r\nHost: x\r\n\r\n")
    head = connection.recv(65536)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert head.endswith(b"\r\n\r\n")
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 2)  # the second before the first was answered
    assert answer_on(connection)[0] == 200


def test_lengths_that_contradict_each_other_are_refused(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    for lengths, status in (((b"7", b"7"), 400), ((b"7", b"8"), 400), ((b"-1",), 400), ((b"7x",), 400)):
        connection = running.socket()
        connection.sendall(begin_post(b"/login", *(b"Content-Length: " + length for length in lengths)) + b"login=a")
        assert answer_on(connection)[0] == status, lengths
    connection = running.socket()
    connection.sendall(begin_post(b"/login", b"Content-Length: 3", b"Transfer-Encoding: chunked") + b"0\r\n\r\n")
    assert answer_on(connection)[0] == 400
    assert "Traceback" not in running.errors()


def test_a_request_whose_client_left_before_its_turn_is_not_done(
    up: Callable[..., Running], made: Path, tmp_path: Path
) -> None:
    running = up(HELD.format(str(tmp_path / "free")) + KONTOR, made)

    def ask(path: bytes) -> socket.socket:
        connection = running.socket()
        connection.sendall(begin_post(path, b"Content-Length: 7") + b"login=a")
        return connection

    def begun() -> int:
        return running.errors().count("begun /login")

    first = [ask(b"/login") for _ in range(4)]
    while begun() < 4:
        time.sleep(0.02)
    for _ in range(30):
        ask(b"/left").close()
    last = ask(b"/login")
    assert running.health()["version"]
    time.sleep(0.5)  # until the server has heard that they left
    (tmp_path / "free").touch()
    assert [answer_on(connection)[0] for connection in (*first, last)] == [400] * 5
    assert (begun(), running.errors().count("begun /left")) == (5, 0)


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(up: Callable[..., Running], made: Path) -> None:
    running = up(folder=made)
    for beginning in (
        b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n",
        begin_post(b"/login", b"Content-Length: 1000") + b"login=a",
    ):
        for _ in range(20):
            connection = running.socket()
            connection.sendall(beginning)
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )  # as if its cable was cut
            connection.close()
    assert running.get("/login").status == 200
    assert "Traceback" not in running.errors()

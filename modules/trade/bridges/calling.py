"""One request to a carrier's bridge, and its answer: no redirect is followed, no address of the own network is reached, and it
ends in time.

Host names are looked up here, and the connection goes to the very address that was looked at: a name that says something else a
moment later leads nowhere.
"""

import http.client
import ipaddress
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import one_line, read_json

#: bytes of one answer
MOST = 4 << 20
#: seconds that one request takes at most, whatever is set: a person waits for it
LONGEST = 20
#: IPv6 that leads to IPv4 addresses by another name, or once was for own networks
_HIDDEN = tuple(ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "::/96", "fec0::/10"))
_PORTS = {"https": 443, "http": 80}


class NoAnswer(Exception):
    """Nobody knows whether the bridge did what was asked: it can't be reached, is too slow, fails, or answers nonsense. Asked
    again with the same key it does nothing twice."""


class Refused(Exception):
    """The bridge won't do it, and says why."""


class Unknown(Refused):
    """The bridge knows of no such shipment."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a bridge is, and what opens it."""

    #: without a slash at its end
    address: str
    #: seconds that one request may take in all, from the look-up of its name to the end of the answer; LONGEST at most
    seconds: int
    secret: str = field(default="", repr=False)
    #: hosts of the own network, as host:port, that may be reached
    near: Collection[str] = ()


def check_address(text: str, near: Collection[str] = ()) -> str:
    """A bridge's address, without a slash at its end. Refused (Invalid): what isn't https, except on hosts `near` by; a host of
    the own network that isn't named among these; a name, password, question mark or fragment in it."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise Invalid(_l("Type an address such as https://bridge.example.com/kontor."), field="address")
    is_near = f"{parts.hostname}:{port}" in near
    if parts.scheme != "https" and not is_near:
        raise Invalid(_l("The address begins with https://, so that nobody on the way reads it."), field="address")
    if not is_near and _is_own_network(parts.hostname):
        raise Invalid(_closed(parts.hostname, port), field="address")
    return text.strip().rstrip("/")


def call(door: Door, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What the bridge answers to one request, as JSON; an empty answer is an empty object. Raises NoAnswer, Refused,
    Unknown."""
    parts = urlsplit(door.address)
    port = parts.port or _PORTS[parts.scheme]
    host = str(parts.hostname)
    headers = {"Accept": "application/json", "Host": parts.netloc, "Connection": "close", "User-Agent": "Kontor"}
    if door.secret:
        headers["Authorization"] = f"Bearer {door.secret}"
    data = None
    if body is not None:
        data, headers["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
    ends = time.monotonic() + min(door.seconds, LONGEST)
    try:
        connection = _connect(parts.scheme, host, _reached(host, port, door, ends), port, ends)
        with _Ending(connection, max(ends - time.monotonic(), 0)):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request(method, parts.path + path, body=data, headers=headers)
            answer = connection.getresponse()
            status, said = answer.status, answer.read(MOST + 1)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise NoAnswer(str(_l("it can't be reached, or is too slow (%(why)s)", why=type(error).__name__))) from error
    return _understood(status, said)


def _understood(status: int, said: bytes) -> dict[str, Any]:
    if 300 <= status < 400:
        raise NoAnswer(str(_l("it leads to another address, which isn't followed (%(status)s)", status=status)))
    if status >= 500 or status in (408, 425, 429):
        raise NoAnswer(str(_l("it fails at the moment (%(status)s)", status=status)))
    try:
        if len(said) > MOST:
            raise ValueError
        found = read_json(said.decode("utf-8-sig")) if said.strip() else {}
        if not isinstance(found, dict):
            raise ValueError
    except ValueError as error:
        if 400 <= status < 500:
            raise _refusal(status, "") from error
        raise NoAnswer(str(_l("it answers what nobody understands"))) from error
    if status >= 400:
        raise _refusal(status, found.get("error"))
    return found


def _refusal(status: int, why: Any) -> Refused:
    return (Unknown if status == 404 else Refused)(words_of(why)[:300] or str(status))


def words_of(value: Any) -> str:
    """A text that a bridge says, in one line; a blank for a character that can't be kept. Of anything but a text: empty."""
    if not isinstance(value, str):
        return ""
    return one_line(" ".join("".join(c if c.isprintable() else " " for c in one_line(value)).split()))


def _left(ends: float) -> float:
    """The seconds until then; TimeoutError where it is over."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _looked_up(host: str, port: int, seconds: float) -> list[Any]:
    """What the name says, in time: the look-up itself can't be ended, so that it is left alone."""
    said: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look() -> None:
        try:
            said.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # raised below
            said.put(error)

    threading.Thread(target=look, daemon=True).start()
    try:
        found = said.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return list(found)


def _reached(host: str, port: int, door: Door, ends: float) -> str:
    """The address to connect to, as a number. Raises NoAnswer where one of the host's addresses is of the own network."""
    found = [str(each[4][0]) for each in _looked_up(host, port, _left(ends))]
    if f"{host}:{port}" not in door.near and any(not _is_public(each) for each in found):
        raise NoAnswer(str(_closed(host, port)))
    return found[0]


def _connect(scheme: str, host: str, address: str, port: int, ends: float) -> http.client.HTTPConnection:
    raw = socket.create_connection((address, port), timeout=_left(ends))
    try:
        tls = ssl.create_default_context() if scheme == "https" else None
        found = http.client.HTTPConnection(host, port)
        found.sock = raw
        if tls is not None:  # shaken hands with by whoever ends it in time
            found.sock = tls.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        raw.close()
        raise
    return found


class _Ending:
    """Cuts a connection off once its time is over, however slowly the other side speaks."""

    def __init__(self, connection: http.client.HTTPConnection, seconds: float) -> None:
        self._connection, self._socket = connection, connection.sock
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._connection.close()

    def _cut(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def _is_own_network(host: str) -> bool:
    """Whether a host as it is written is of the own network; of names, only those that never are of another one."""
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and any(found in each for each in _HIDDEN):
            return False
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def _closed(host: str, port: int) -> object:
    return _l(
        "%(host)s is in the server's own network. Whoever runs the server can allow it: near_hosts in kontor.toml.",
        host=f"{host}:{port}",
    )

"""What a WSGI application is given of a request (PEP 3333), from what an ASGI server says of it."""

import sys
from typing import Any
from urllib.parse import unquote_to_bytes

Scope = dict[str, Any]
Environ = dict[str, Any]

_OF_BODY = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ_of(scope: Scope) -> Environ:
    """The request without its body. Headers with an underscore in their name are left out: a client could send
    one that arrives under the name of a proxy's own (`X-Forwarded-For`). What comes several times is joined (RFC 9110, 5.3)."""
    host, port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": scope["client"][0],
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:
            _add(environ, name, value.decode("latin-1"))
    return environ


def _add(environ: Environ, name: bytes, value: str) -> None:
    key = _OF_BODY.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    if key in environ and name in _OF_BODY:
        return  # the server has refused lengths that differ
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value

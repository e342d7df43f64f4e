"""Serving a company over HTTP: one process with threads, which is what one small server and SQLite do best."""

import os
import signal
import socket
import sys
import threading
from typing import Any

import click

from app.config import Config
from app.errors import Invalid

THREADS = 8


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse (Invalid) when something else listens there already, before anything is begun."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Invalid(f"port {port} can't be used ({error.strerror}). Choose another with --port.") from error


def serve(config: Config, *, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; both end it cleanly. Says the address when it is ready."""
    from app import create_app

    refuse_taken_port(host, port)
    app = create_app(config)
    app.company.database.dispose()  # connections do not survive a fork; the server opens its own
    click.echo(f"Kontor serves at http://{host}:{port}  (Ctrl-C ends it)")
    sys.stdout.flush()
    try:
        from granian.server.embed import Server  # noqa: F401
    except ImportError:
        _with_waitress(app, host, port)
    else:
        _with_granian(app, host, port)


def _with_granian(app: Any, host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=lambda *_: app, wrap_loader=False)


def _with_waitress(app: Any, host: str, port: int) -> None:
    from waitress.server import create_server

    server = create_server(app, host=host, port=port, threads=THREADS)

    def stop(*_: Any) -> None:
        threading.Thread(target=server.close).start()

    signal.signal(signal.SIGTERM, stop)
    try:
        server.run()
    except (KeyboardInterrupt, OSError):
        os._exit(0)

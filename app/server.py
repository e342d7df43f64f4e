"""Serving a company over HTTP: one worker with threads, which is what one small server and SQLite do best."""

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import click

from app.config import Config
from app.errors import Invalid
from app.uncollected import uncollected

if TYPE_CHECKING:
    from app.web.edge.request import Kontor

#: Requests answered at once. More would not be faster (docs/adr/0006); fewer would let slow reports hold everybody up.
THREADS = 4
#: How long requests under way may take to end when the server is asked to stop.
SECONDS_TO_END = 10

_made: "Kontor | None" = None


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse (Invalid) when something else listens there already, before anything is begun."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or "it isn't a port"
            raise Invalid(f"Port {port} can't be used: {why}. Choose another with --port.") from error


def serve(config: Config, *, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; both end it cleanly. Says the address when it answers there.

    Refused (Invalid): a port that is taken.
    """
    global _made
    refuse_taken_port(host, port)
    config = replace(config, is_exposed=config.proxies > 0 or not is_loopback(host))
    # Made here, so that a program that can't start says why; the worker that is forked off shares its memory.
    with uncollected():
        _made = application(config)
    _say_setup_secret(_made)
    gc.freeze()  # neither process looks through it again: that would copy the memory that they share
    _made.company.database.dispose()  # connections do not survive a fork
    try:
        import granian  # noqa: F401  (has no wheel for some machines)
    except ImportError:
        _with_waitress(config, host, port)
    else:
        _with_granian(config, host, port)


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach what listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _say_setup_secret(app: "Kontor") -> None:
    from app.setup import has_company

    secret = app.company.config.setup_secret
    if secret is not None and not has_company(app.company):
        click.echo(f"There is no company yet. Its first page asks for this setup secret: {secret}")
        sys.stdout.flush()


def application(config: Config) -> "Kontor":
    """The company's web application; made once in a process."""
    from app import create_app

    return _made or create_app(config)


def _with_granian(config: Config, host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "kontor",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=SECONDS_TO_END,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}}},
    )
    server.serve(target_loader=partial(_in_worker, config, host, port), wrap_loader=False)


def _in_worker(config: Config, host: str, port: int) -> Any:
    """What granian asks in the worker: a fork finds the application made, a new process makes its own."""
    from app.logs import configure

    if _made is None:
        configure()
    _leave_signals_to_the_first_process()
    threading.Thread(target=_say_when_ready, args=(host, port), daemon=True).start()
    app = application(config)
    app.extensions["kontor.jobs"].start()
    return app


def _leave_signals_to_the_first_process() -> None:
    """It ends the worker in good order. Ctrl-C reaching both at once would look to it as if the worker had crashed."""
    if not hasattr(os, "setpgrp"):
        return
    os.setpgrp()

    def end_with(first: int) -> None:
        while os.getppid() == first:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)  # it was killed, and nobody else will end this one

    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()


def _with_waitress(config: Config, host: str, port: int) -> None:
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it tells of every request that waits its turn
    app = application(config)
    server = create_server(app, host=host, port=port, threads=THREADS)
    app.extensions["kontor.jobs"].start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_say_when_ready, args=(host, port), daemon=True).start()
    server.run()  # ends by itself at Ctrl-C
    server.close()
    app.extensions["kontor.jobs"].stop()


def _say_when_ready(host: str, port: int) -> None:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)
    for _ in range(1000):
        try:
            socket.create_connection((reached, port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            shown = f"[{reached}]" if ":" in reached else reached
            click.echo(f"Kontor serves at http://{shown}:{port}  (Ctrl-C ends it)")
            sys.stdout.flush()
            return

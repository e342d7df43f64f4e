"""Serving a company over HTTP: one worker with threads, which is what one small server and SQLite do best (ADR 29)."""

import atexit
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
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

import click

from app.config import Config
from app.errors import Invalid
from app.serving.bodies import FILES
from app.serving.supervising import Restarts, keep_serving
from app.uncollected import uncollected

if TYPE_CHECKING:
    from app.web.edge.request import Kontor

#: Requests answered at once. More would not be faster (docs/adr/0029); fewer would let slow reports hold everybody up.
THREADS = 4
#: Connections at once; those that wait or are slow cost a few kilobytes. Each needs a file descriptor, and so do bodies that
#: lie in files, and other work.
CONNECTIONS, OTHER_FILES = 10_000, FILES + 256
#: Seconds for which a connection may be idle, or take to send a request's headers: longer than proxies keep theirs.
IDLE = 65
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
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    connections = _connections()

    def serve_until_it_dies(restarts: Restarts) -> None:
        server = Granian(
            "kontor",
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,  # whoever says nothing at all is waited for without end where it also speaks HTTP/2
            http1_settings=HTTP1Settings(header_read_timeout=IDLE * 1000),
            runtime_mode=RuntimeModes.st,
            workers=1,
            backpressure=connections,
            workers_kill_timeout=SECONDS_TO_END,
            websockets=False,
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}}},
        )
        server.serve(target_loader=partial(_in_worker, config, host, port, restarts), wrap_loader=False)

    keep_serving(serve_until_it_dies)


def _connections() -> int:
    """How many there may be, after asking the system for as many files as they need."""
    try:
        import resource
    except ImportError:  # Windows
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft == resource.RLIM_INFINITY else min(CONNECTIONS, max(soft - OTHER_FILES, soft // 2))


def _in_worker(config: Config, host: str, port: int, restarts: Restarts) -> Any:
    """What granian asks in the worker: a fork finds the application made, a new process makes its own."""
    from app.logs import configure
    from app.serving.bridge import Bridge
    from app.web.edge.bodies import USUAL

    if _made is None:
        configure()
        atexit.register(_end_at_once)
    _leave_signals_to_the_first_process()
    threading.Thread(target=_say_when_ready, args=(host, port), daemon=True).start()
    app = application(config)
    app.extensions["kontor.restarts"] = restarts
    app.extensions["kontor.jobs"].start()
    Finalize(None, _write_last_looks, (app,), exitpriority=1)  # a worker that was forked off runs nothing of atexit
    return Bridge(app, threads=THREADS, usual=USUAL, folder=config.data_dir)


def _end_at_once() -> None:
    """End as a worker that was forked off does. The server's own threads still run: one that wants the interpreter while it
    takes itself apart aborts the process (PyO3 before Python 3.14)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # whoever waits for a worker doesn't ask for more


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
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=_connections(),
        asyncore_use_poll=True,  # select knows a thousand files at most
        channel_timeout=IDLE,
        max_request_body_size=app.most_of_all(),  # it reads whatever anybody sends, up to here
    )
    app.extensions["kontor.jobs"].start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_say_when_ready, args=(host, port), daemon=True).start()
    server.run()  # ends by itself at Ctrl-C
    server.close()
    app.extensions["kontor.jobs"].stop()
    _write_last_looks(app)


def _write_last_looks(app: "Kontor") -> None:
    from app.audit import write_last_looks
    from app.security import SYSTEM

    write_last_looks(app.company.database, SYSTEM)


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

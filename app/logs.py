"""Structured logs on stderr: one line per event, for people on a terminal, JSON elsewhere. Secrets are never logged."""

import logging
import re
import sys
import time

import structlog
from flask import Flask, Response, g, request
from structlog.types import Processor

_log = structlog.get_logger("http")
#: Asked for all the time, and of no interest.
QUIET = ("static", "core.health")


#: a part of an address as long as a secret with 128 random bits or more
_SECRET = re.compile(r"[A-Za-z0-9_=-]{22,}")


def logged_path(path: str) -> str:
    """The path without what may be a secret in it, such as that of a client's link."""
    return _SECRET.sub(lambda found: "…" if _is_random(found[0]) else found[0], path)


def _is_random(part: str) -> bool:
    """Names of files and pages are words in small letters; a random text as long has capitals or digits among them."""
    return any(c.isupper() for c in part) or sum(c.isdigit() for c in part) > 3


def configure(least: int = logging.INFO) -> None:
    """Set up the program's logs from `least` on, and those of the libraries from warnings on. Called by whoever starts it."""
    terminal = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
    ]
    last = _for_people() if terminal else _for_programs()
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    of_libraries = logging.StreamHandler(sys.stderr)
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    of_libraries.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[drop, *last]))
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries], force=True)


def _for_people() -> list[Processor]:
    # The fancy tracebacks that structlog would choose show local variables, passwords among them.
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _for_programs() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def log_requests(app: Flask) -> None:
    """A line per request: what was asked, what was answered, how long it took, by which user's number.

    Neither the query nor the body: people search for names, and sign in with passwords. Nor secrets in an address.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if request.endpoint not in QUIET:
            actor = g.get("actor")
            took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
            _log.info(
                "request",
                method=request.method,
                path=logged_path(request.path),
                status=response.status_code,
                ms=took,
                user=actor.user_id if actor else None,
            )
        return response

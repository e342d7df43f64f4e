"""Structured logs on stderr: one line per event, for people on a terminal, JSON elsewhere. Secrets are never logged."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("http")
QUIET = ("static", "core.health")


def configure() -> None:
    """Set up the program's logs. Called once, by whoever starts it."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
            structlog.processors.format_exc_info if not terminal else structlog.processors.StackInfoRenderer(),
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def log_requests(app: Flask) -> None:
    """A line per request: what was asked, what was answered, how long it took, by which user's number."""

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
                path=request.path,
                status=response.status_code,
                ms=took,
                user=actor.user_id if actor else None,
            )
        return response

"""Making a PDF of a template and data: in a process of its own, few at a time, within bounds of length and time (ADR 39)."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import structlog

from app.db import utc_now
from app.errors import Conflict, Invalid, KontorError
from app.printing import typesetter
from app.translation import lazy_gettext as _l

FOLDER = Path(__file__).parent
FONTS, PACKAGES, TEMPLATES = FOLDER / "fonts", FOLDER / "packages", FOLDER / "templates"
#: Lines of one PDF. 5,000 take about two seconds and 300 MB in the process that sets them.
MOST_LINES = 5_000
#: Seconds that whoever waits for a PDF waits at most; for one of those who set, and for the setting.
PATIENCE, TIME = 15, 60

_SETTERS = BoundedSemaphore(2)
log = structlog.get_logger()


class NotPrinted(KontorError):
    """The PDF could not be made; the log says why."""

    def __init__(self) -> None:
        super().__init__(_l("The PDF could not be made. The server's log says why."))


@dataclass(frozen=True, slots=True)
class Printing:
    """What one PDF is made of: a template's file, and data as JSON knows it; every text is as it will be read."""

    template: Path
    data: Mapping[str, Any]
    #: rows of what may be long
    lines: int = 0


def pdf_of(printing: Printing) -> bytes:
    """The PDF. Refused: more than MOST_LINES lines (Invalid), too many that are made at once (Conflict), NotPrinted."""
    if printing.lines > MOST_LINES:
        raise Invalid(
            _l(
                "%(n)s lines are too many for one PDF; at most %(most)s go into one. Choose a shorter period, or XLSX.",
                n=printing.lines,
                most=MOST_LINES,
            )
        )
    asked = {
        "template": str(printing.template),
        "data": printing.data,
        "fonts": str(FONTS),
        "packages": str(PACKAGES),
        "seconds": int(utc_now().timestamp()),
    }
    if not _SETTERS.acquire(timeout=PATIENCE):
        raise Conflict(_l("The server is making many PDFs at the moment. Try again in a minute."))
    try:
        return _set(json.dumps(asked).encode(), printing.template.name)
    finally:
        _SETTERS.release()


def _set(asked: bytes, name: str) -> bytes:
    command = [sys.executable, "-I", typesetter.__file__]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=TIME, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        log.error("pdf not made", template=name, why="timeout")
        raise NotPrinted from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        log.error(
            "pdf not made", template=name, code=done.returncode, why=done.stderr.decode("utf-8", "replace")[:2000]
        )
        raise NotPrinted
    return done.stdout

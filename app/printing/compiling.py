"""Making a PDF of a template and data: in a process of its own, few at a time, within bounds of length and time (ADR 39).

A template may be somebody's own (ADR 67): its process reads nothing but the shared packages, and reaches no network.
"""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
#: seconds of a processor's time that a template of somebody's own may take, and pages of it that are shown as pictures
OWN_SECONDS, SHOWN = 10, 3
#: Typst would fetch packages that it doesn't have, through this proxy that nobody is.
_NOWHERE = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
#: what diagnostics call a template that isn't a file
_OWN = re.compile(r"__typst_py_bytes__\.typ:(\d+):")

_SETTERS = BoundedSemaphore(2)
log = structlog.get_logger()


class NotPrinted(KontorError):
    """The PDF could not be made; the log says why."""

    def __init__(self) -> None:
        super().__init__(_l("The PDF could not be made. The server's log says why."))


class TemplateWrong(Invalid):
    """A template of somebody's own can't be set: which line, 0 where no line says so, and what Typst says of it."""

    def __init__(self, line: int, why: str) -> None:
        self.line, self.why = line, why
        said = _l("The form's template has an error in line %(line)s: %(why)s", line=line, why=why)
        super().__init__(said if line else _l("The form's template has an error: %(why)s", why=why), field="source")


@dataclass(frozen=True, slots=True)
class Printing:
    """What one PDF is made of: a template's file or somebody's own as text, and data as JSON knows it; every text is as it
    will be read."""

    template: Path | str
    data: Mapping[str, Any]
    #: rows of what may be long
    lines: int = 0


def pdf_of(printing: Printing) -> bytes:
    """The PDF. Refused: more than MOST_LINES lines (Invalid), too many that are made at once (Conflict), TemplateWrong,
    NotPrinted."""
    return _made([printing], "pdf")[0]


def pdfs_of(printings: Sequence[Printing]) -> list[bytes]:
    """The PDFs of some that have one template, set by one process. Refused: as by `pdf_of`, all together."""
    return _made(printings, "pdf")


def pictures_of(printing: Printing) -> list[bytes]:
    """The first pages as PNG. Refused: as by `pdf_of`."""
    return _made([printing], "png")


def _made(printings: Sequence[Printing], form: str) -> list[bytes]:
    template, lines = printings[0].template, sum(printing.lines for printing in printings)
    if lines > MOST_LINES:
        raise Invalid(
            _l(
                "%(n)s lines are too many for one PDF; at most %(most)s go into one. Choose a shorter period, or XLSX.",
                n=lines,
                most=MOST_LINES,
            )
        )
    is_own = isinstance(template, str)
    asked = {
        "template": "" if is_own else str(template),
        "source": template if is_own else "",
        "data": [printing.data for printing in printings],
        "fonts": str(FONTS),
        "packages": str(PACKAGES),
        "seconds": int(utc_now().timestamp()),
        "format": form,
        "pages": SHOWN,
        "processor": OWN_SECONDS if is_own else typesetter.SECONDS,
    }
    if not _SETTERS.acquire(timeout=PATIENCE):
        raise Conflict(_l("The server is making many PDFs at the moment. Try again in a minute."))
    try:
        return _set(json.dumps(asked).encode(), "own" if isinstance(template, str) else template.name)
    finally:
        _SETTERS.release()


def _set(asked: bytes, name: str) -> list[bytes]:
    command = [sys.executable, "-I", typesetter.__file__]
    environment = {**os.environ, **_NOWHERE, "NO_PROXY": "", "no_proxy": ""}
    try:
        done = subprocess.run(  # noqa: S603
            command, input=asked, capture_output=True, timeout=TIME, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        log.error("pdf not made", template=name, why="timeout")
        raise NotPrinted from error
    if done.returncode == 0 and done.stdout.startswith(b"["):
        return [base64.b64decode(each) for each in json.loads(done.stdout)]
    why = done.stderr.decode("utf-8", "replace")[:20_000]
    if name == "own":
        raise _wrong(done.returncode, why)
    log.error("pdf not made", template=name, code=done.returncode, why=why[:2000])
    raise NotPrinted


def _wrong(code: int, why: str) -> TemplateWrong:
    """What is wrong with somebody's own template; a process that was ended had taken too much."""
    if code != 1:
        return TemplateWrong(0, str(_l("it takes too much time or memory")))
    message, _, diagnostic = why.partition("\n")
    places = _OWN.findall(diagnostic)
    # The first is where it is, the others called it; of an error within a shared package it is the call that led there.
    return TemplateWrong(int(places[0]) if places else 0, re.sub(r" \(searched at .*\)", "", message)[:300])

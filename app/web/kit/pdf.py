"""Sending a PDF, and the language in which somebody wants one."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request
from flask_babel import force_locale

from app.errors import NotFound
from app.reference.rules import LANGUAGES
from app.translation import language
from app.web.kit.file_names import send_named


def asked_language() -> str:
    """The language that `?language=` names, or else the reader's. NotFound: one that there isn't."""
    asked = request.args.get("language") or language()
    if asked not in LANGUAGES:
        raise NotFound
    return asked


@contextmanager
def in_asked_language() -> Iterator[None]:
    """Within the block texts are in the language that is asked for."""
    with force_locale(asked_language()):
        yield


def send_pdf(pdf: bytes, name: str) -> Response:
    """The answer that is a PDF of this name, which browsers show."""
    return send_named(pdf, "application/pdf", name, "pdf", is_shown=True)

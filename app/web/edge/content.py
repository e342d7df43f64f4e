"""What a request may bring: pages take forms, the API takes JSON, and nothing else reaches a route.

A form library that reads whatever comes, JSON or a file where a text belongs, sees other values than whoever counts tries,
keeps what was typed or checks a length.
"""

from typing import Any

from flask import Flask, request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import FileField

from app.web.edge.sign_in import is_api

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
JSON = frozenset({"application/json"})
#: methods that bring nothing
EMPTY = ("GET", "HEAD", "OPTIONS")


def refuse_other_bodies(app: Flask) -> None:
    """Answer 415 before anything reads what was sent. A request that brings nothing at all is a form without fields."""

    @app.before_request
    def check() -> None:
        if request.method in EMPTY or not (request.mimetype or request.content_length or _is_chunked()):
            return
        if request.mimetype not in (JSON if is_api() else FORMS):
            raise UnsupportedMediaType


def sent_to(form: Any) -> Any:
    """What the request brings for the form's fields: files for fields of files, texts for all others, never one for the other.
    None: it brings nothing, as the form is only shown."""
    if request.method in EMPTY:
        return None
    of_files = {field.name for field in form if isinstance(field, FileField)}
    files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in of_files)
    return CombinedMultiDict((files, request.form)) if files else request.form or None


def _is_chunked() -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()

"""What is read of a request's body: as much as the route takes, and nothing of it before its sender has passed the gate."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

from flask import Request, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from app.translation import lazy_gettext as _l
from app.web.edge.sign_in import bearer, is_api

#: Bytes of a body, where the route doesn't say how much it takes.
USUAL = 1 << 20
#: Bytes of a form's fields, where a route takes more than usual.
FORM = 4 << 20
#: Fields of a form. The largest of our own is a payment's on thousands of open documents; all lines of a document are one.
FIELDS = 20_000

_NAMELESS = _l("The form arrived incomplete.")

#: how much a route takes: so many bytes, or what says so when somebody who has passed the gate asks
Takes = int | Callable[[], int]


class FormTokens(CSRFProtect):  # type: ignore[misc]
    """Every form carries a token, as browsers send cookies to us from anybody's page; no page can send a program's token."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse (CSRFError) what a browser sends without the form's token."""
        if not (is_api() and bearer() is not None):
            super().protect(apply_exemptions)


csrf = FormTokens()


class CountingParser(FormDataParser):
    """Forms of few fields: werkzeug counts those of a multipart form, but reads the other kind whatever it has in it, and
    32 MB of “a&” made 16 million fields in 1.5 GB. Each has a name: one with a line's end in it comes as None."""

    def parse(self, *arguments: Any, **options: Any) -> Any:
        parsed = super().parse(*arguments, **options)
        if any(None in part for part in parsed[1:]):
            raise BadRequest(str(_NAMELESS))
        return parsed

    def _parse_urlencoded(self, stream: IO[bytes], *arguments: Any) -> Any:
        most = self.max_form_memory_size or FORM
        sent = stream.read(most + 1)
        if len(sent) > most or sent.count(b"&") >= (self.max_form_parts or FIELDS):
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(BytesIO(sent), *arguments)


class KontorRequest(Request):
    """A request whose forms have few fields."""

    form_data_parser_class = CountingParser


def is_too_large() -> bool:
    """Whether the request says itself that its body is larger than what is read of it."""
    most = request.max_content_length
    return most is not None and (request.content_length or 0) > most


def let_in(takes: Takes) -> None:
    """The sender has passed the gate: the body may be read, so far as the route takes it, if one of our own pages sent it."""
    request.max_content_length = bytes_of(takes)
    if current_app.config["WTF_CSRF_ENABLED"] and request.method in current_app.config["WTF_CSRF_METHODS"]:
        csrf.protect()


def bytes_of(takes: Takes) -> int:
    """How many bytes that is now."""
    return takes() if callable(takes) else takes

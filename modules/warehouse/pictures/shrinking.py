"""What is shown of a picture that somebody sent: made again in a process of its own, few at a time."""

import base64
import json
import subprocess
import sys
from threading import BoundedSemaphore
from typing import NamedTuple

import structlog

from app.api.errors import Conflict, Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.pictures import shrinker

#: bytes of what is sent
MOST_BYTES = 20 << 20
#: seconds that one waits for others, and for the process
PATIENCE, TIME = 15, 30
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
#: where the directory of a ZIP can begin, counted from the end; a PDF's beginning may stand as far in
_ZIP, _PDF = 66_000, 1024
_WORDS = {
    "kind": _l("Only JPEG, PNG, WebP and GIF are taken as pictures."),
    "large": _l("The picture is too large: at most 64 million pixels and 20 MB."),
    "broken": _l("The picture can't be read: it is damaged or not whole."),
    "two": _l("The file is a picture and something else at once. Save it again as a picture."),
}
_SHRINKERS = BoundedSemaphore(2)
log = structlog.get_logger()


class Shrunk(NamedTuple):
    """What is shown, as WebP: at most 96 and 480 pixels to the longer side."""

    small: bytes
    large: bytes


def shrink(data: bytes) -> Shrunk:
    """Make a picture again. Refused (Invalid): what isn't a JPEG, PNG, WebP or GIF, or something else besides; one that is too
    large, damaged or not whole. Conflict: too many at once."""
    if len(data) > MOST_BYTES:
        raise _refused("large")
    if not (data.startswith(_BEGINNINGS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")):
        raise _refused("kind")
    if b"%PDF-" in data[:_PDF] or b"PK\x05\x06" in data[-_ZIP:]:
        raise _refused("two")
    if not _SHRINKERS.acquire(timeout=PATIENCE):
        raise Conflict(_l("The server is busy with many pictures. Try again in a minute."))
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", shrinker.__file__], input=data, capture_output=True, timeout=TIME, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("large") from error
    finally:
        _SHRINKERS.release()
    if done.returncode == 0:
        return Shrunk(*(base64.b64decode(each) for each in json.loads(done.stdout)))
    word = done.stderr.decode("utf-8", "replace")
    if word not in _WORDS:  # it was ended, or could not even begin
        log.error("picture not made", code=done.returncode, why=word[-2000:])
    raise _refused(word if word in _WORDS else "large")


def _refused(word: str) -> Invalid:
    return Invalid(_WORDS[word], field="picture")

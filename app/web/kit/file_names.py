"""What files are called that people fetch: the words of their page and their days, whatever language these are in."""

import io
import unicodedata
from datetime import date
from typing import IO, Any
from urllib.parse import quote

from flask import Response, send_file


def named(*parts: object) -> str:
    """A name of words, numbers and days, with blanks between them."""
    return " ".join(part.isoformat() if isinstance(part, date) else str(part) for part in parts)


def name_of_file(name: str, ending: str) -> str:
    """The name with its ending. What no header and no folder takes, as old records may have it in their codes, is a line
    below."""
    return f"{_safe(name)}.{ending}"


def send_named(file: bytes | IO[bytes], media_type: str, name: str, ending: str, *, is_shown: bool = False) -> Response:
    """The answer that is a file of this name, which browsers keep, or show where `is_shown`.

    A name that isn't ASCII is sent twice: as it is (RFC 5987), and for programs that know no other (RFC 6266) what ASCII has of
    it, behind "file" where no letter is left.
    """
    name = name_of_file(name, ending)
    content: Any = io.BytesIO(file) if isinstance(file, bytes) else file
    answer = send_file(content, media_type, as_attachment=not is_shown, download_name=name)
    if not name.isascii():
        ascii_of_it = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = _safe(" ".join(ascii_of_it.split()))  # once more, as a full-width slash has become a slash
        if not any(sign.isalpha() for sign in plain.rpartition(".")[0]):
            plain = f"file {plain}" if plain[0] != "." else f"file{plain}"
        way, full = "inline" if is_shown else "attachment", f"UTF-8''{quote(name, safe='')}"
        answer.headers.set("Content-Disposition", way, **{"filename": plain, "filename*": full})
    return answer


def _safe(name: str) -> str:
    return "".join(sign if sign.isprintable() and sign not in '/\\:*?"<>|' else "_" for sign in name)

"""In which encoding a text file is: by its mark, as UTF-8, or as somebody says. It isn't guessed: names would be garbled."""

import codecs
from pathlib import Path

from app.errors import Invalid
from app.translation import lazy_gettext as _l

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What files of programs that aren't Unicode are in, most common first; those offered to whoever has to choose.
OLD = ("cp1251", "cp1252", "cp1250", "cp1258", "cp866", "koi8-r", "gb18030", "shift_jis")
_CHUNK = 1 << 20
_START = 4096
_SAMPLE = 30


def encoding_of(path: Path, said: str) -> str:
    """The encoding to read a text file by; a mark at its beginning goes before what was said.

    Refused (Invalid): a file that is not UTF-8, with nothing said; what the usual encodings make of it helps to choose.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if said:
        return said
    # Every second byte of European text in UTF-16 is NUL; one by itself is a row's own problem.
    if start.count(0) > len(start) // 4:
        raise Invalid(_l("%(file)s isn't text, or UTF-16 without its mark: choose its encoding.", file=path.name))
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _unknown(path, chunk, error.start) from error
            if not chunk:
                return "utf-8"


def _unknown(path: Path, chunk: bytes, at: int) -> Invalid:
    begin = max(chunk.rfind(b"\n", 0, max(at, 0)) + 1, at - _SAMPLE)
    piece = chunk[begin : begin + _SAMPLE].partition(b"\n")[0].strip()
    readings: dict[str, str] = {}
    for name in OLD:
        try:
            text = piece.decode(name)
        except UnicodeDecodeError:
            continue
        if text.isprintable() and text not in readings:
            readings[text] = name
    shown = ", ".join(f"{name} “{text}”" for text, name in readings.items())
    return Invalid(
        _l(
            "%(file)s isn't UTF-8. Choose its encoding, by what makes sense: %(readings)s.",
            file=path.name,
            readings=shown,
        )
    )


def is_encoding(name: str) -> bool:
    """Whether Python knows the name as one of an encoding of text."""
    try:
        return bool(codecs.lookup(name)._is_text_encoding) and bool("".encode(name) or True) and name != "undefined"
    except (LookupError, UnicodeError, ValueError):
        return False

"""Which letters the bytes of a bank's file are: banks seldom say it, and what they say is often wrong."""

from collections.abc import Sequence

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: of files without words that are known: the western ones first, as most of the files in question are
_OLD = ("cp1252", "cp1250", "cp852", "cp850", "cp1251", "cp866")


def decoded(content: bytes, *, said: str = "", among: Sequence[str] = _OLD, known: str = "") -> tuple[str, str]:
    """The text and its encoding: by the file's mark, as `said`, as UTF-8, or else the first of `among` that makes sense.

    It makes sense where the word `known` is in it; without such a word, where every sign beyond ASCII is a letter or one
    that people type. What nothing makes sense of is read as the first of them: figures are ASCII in all.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace"), name
    for name in (said, "utf-8"):
        if name:
            try:
                return content.decode(name), name
            except UnicodeDecodeError:
                continue
    for name in among:
        text = content.decode(name, "replace")
        if known in text if known else all(_is_typed(sign) for sign in text if sign > "\x7f"):
            return text, name
    return content.decode(among[0], "replace"), among[0]


def _is_typed(sign: str) -> bool:
    return sign.isalpha() or sign in "€£§°«»„“”‘’–—№·"

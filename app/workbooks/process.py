"""Reads a workbook in a process of its own, so that a hostile or monstrous file ends that one and not the server.

Run as a script, with the workbook's path and the encoding of old texts: it writes pickles to standard output. First the sheets;
then, when the place of one among them came on standard input (from 0), what is hidden of it, and its rows, some at a time. What
is wrong with the file is an answer too: a text, or a `Problem`.
"""

import pickle
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

if __name__ == "__main__":
    # Run by its path in an isolated interpreter, it has to find the package that it belongs to.
    sys.path.insert(0, str(Path(__file__).parents[2]))

from app.workbooks.cells import Facts, Problem, SheetName

#: Bytes of addresses that it may ask for, the interpreter included. An import has at most two such processes at a time: while
#: one gives its rows, a second may look through the sheet for how it writes numbers.
MEMORY = 720 * 1024 * 1024
#: Seconds of a processor's time that it may take; waiting for whoever takes the rows doesn't count.
SECONDS = 120
ROWS_AT_ONCE = 500
_OLD = (b"\xd0\xcf\x11\xe0", b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")


class Book(Protocol):
    """What every reader gives."""

    sheets: list[SheetName]

    def read(self, index: int) -> tuple[Facts, Iterator[list[Any]]]:
        """What is hidden of the sheet at this place among `sheets`, and its rows."""
        ...


def main(path: str, encoding: str) -> None:
    """Answer on standard output."""
    _limit()
    answers = sys.stdout.buffer
    try:
        book = _opened(path, encoding)
        if isinstance(book, Problem):
            return _give(answers, book)
        _refuse_equal_names(book.sheets)
        _give(answers, book.sheets)
        facts, rows = book.read(int(sys.stdin.buffer.readline()))
        _give(answers, facts)
        while some := list(islice(rows, ROWS_AT_ONCE)):
            _give(answers, some)
    except Exception as error:
        _give(answers, getattr(error, "problem", None) or _protected(path, error) or f"{error}" or type(error).__name__)


def _refuse_equal_names(sheets: list[SheetName]) -> None:
    names = [sheet.name for sheet in sheets]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"several sheets are named {name}")


def _opened(path: str, encoding: str) -> Book | Problem:
    """The workbook, by what the file begins with; its name says nothing of it."""
    with Path(path).open("rb") as file:
        start = file.read(4)
    if start.startswith(_OLD):
        from app.workbooks import xls

        return xls.Book(path, encoding)
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
    if "content.xml" in names:
        from app.workbooks import ods

        return ods.Book(path)
    if "xl/workbook.bin" in names:
        return Problem("binary")
    from app.workbooks import xlsx

    return xlsx.Book(path)


def _protected(path: str, error: Exception) -> Problem | None:
    """Whether a file that can't be read is behind a password: then it is a container with an encrypted package (MS-OFFCRYPTO,
    2.3), or says so in its own words."""
    with Path(path).open("rb") as file:
        start = file.read(1 << 20)
    with_package = start.startswith(_OLD) and "EncryptedPackage".encode("utf-16-le") in start
    return Problem("encrypted") if with_package or "encrypted" in str(error) else None


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(kind)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (most, most))


def _give(answers: Any, what: Any) -> None:
    pickle.dump(what, answers, protocol=5)
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

"""Reads a workbook in a process of its own, so that a hostile or monstrous file ends that one and not the server.

Run as a script, with the workbook's path: it writes pickles to standard output. First the sheets' names, and which of them
are filled; then, when the name of one came on standard input, its rows, some at a time. It knows nothing of the rest of
the program, so it starts at once.
"""

import pickle
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

#: Bytes of memory that it may ask for, the interpreter included: an import stays under 600 MB, whatever it is given.
MEMORY = 720 * 1024 * 1024
ROWS_AT_ONCE = 500
_CHUNK = 1 << 20
_ERROR_CELL = b' t="e"'


def main(path: str) -> None:
    """Answer on standard output; what is wrong with the file is an answer too."""
    _limit_memory()
    answers = sys.stdout.buffer
    try:
        import python_calamine

        book = python_calamine.load_workbook(path)
        names = list(book.sheet_names)
        several = len(names) > 1
        filled = [n for n in names if not several or book.get_sheet_by_name(n).end is not None]
        _give(answers, (names, filled))
        chosen = sys.stdin.readline().rstrip("\n")
        rows = _rows_with_errors(path, chosen) if _has_error_cells(path) else book.get_sheet_by_name(chosen).iter_rows()
        while some := list(islice(rows, ROWS_AT_ONCE)):
            _give(answers, some)
    except Exception as error:
        _give(answers, f"{error}" or type(error).__name__)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _give(answers: Any, what: Any) -> None:
    pickle.dump(what, answers, protocol=5)
    answers.flush()


def _has_error_cells(path: str) -> bool:
    """Whether a formula came to an error anywhere: to calamine such a cell is blank, and blank means something else."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with book.open(name) as sheet:
                    tail = b""
                    while chunk := sheet.read(_CHUNK):
                        if _ERROR_CELL in tail + chunk:
                            return True
                        tail = chunk[-len(_ERROR_CELL) :]
    return False


def _rows_with_errors(path: str, sheet: str) -> Iterator[list[Any]]:
    import openpyxl  # eight times slower, and tells errors by their names

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return (list(row) for row in book[sheet].iter_rows(values_only=True))


if __name__ == "__main__":
    main(sys.argv[1])

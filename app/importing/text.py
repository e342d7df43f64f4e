"""Reading the rows of CSV files and their like: by comma, semicolon, tab, bar, or what the file itself says."""

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.importing.encodings import encoding_of
from app.translation import lazy_gettext as _l

ENDINGS = (".csv", ".tsv", ".txt")
_DELIMITERS = (",", ";", "\t", "|")
#: Excel's own first line for other programs; it shows it to nobody, so it isn't counted as a row.
_SAYS = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
#: Lines among which the header is, for the choice of the delimiter.
_LOOKED_AT = 20


def rows_of(
    path: Path, *, encoding: str, delimiter: str, count: Callable[[Sequence[str]], int]
) -> Generator[list[Any], None, None]:
    """The rows of a file. `count` says how many of some cells are headers that are looked for: it decides on the delimiter
    where neither the file nor the caller says one; at a tie it is what makes most lines equally wide, and then a comma.
    """
    csv.field_size_limit(min(sys.maxsize, 1_000_000))
    try:
        with path.open(encoding=encoding_of(path, encoding), newline="") as lines:
            start = list(islice(lines, _LOOKED_AT))
            lines.seek(0)
            if start and (says := _SAYS.fullmatch(start[0].removeprefix("\ufeff"))):
                delimiter = says[1]
                next(lines)
            delimiter = delimiter or max(_DELIMITERS, key=lambda sign: (_most(start, sign, count), _even(start, sign)))
            yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except (UnicodeError, csv.Error) as error:
        raise Invalid(_l("%(file)s can't be read as CSV: %(error)s", file=path.name, error=error)) from error


def _even(lines: Sequence[str], delimiter: str) -> int:
    """How many lines have the same number of cells, more than one."""
    widths = Counter(len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines)
    return max((count for width, count in widths.items() if width > 1), default=0)


def _most(lines: Sequence[str], delimiter: str, count: Callable[[Sequence[str]], int]) -> int:
    return max((count(next(csv.reader([line], delimiter=delimiter), [])) for line in lines), default=0)

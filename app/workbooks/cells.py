"""What a cell of a workbook is where neither text, number, date nor yes and no says all of it."""

from typing import NamedTuple


class Shown(NamedTuple):
    """A number whose format makes a code of it: 417 that people see as 0000417."""

    number: float
    text: str


class Unstored(NamedTuple):
    """A formula whose result the file doesn't hold: programs that write files without calculating leave it out."""

    formula: str = ""


class Problem(NamedTuple):
    """Why a file can't be read, as a word for which the program has a sentence: encrypted, codepage, binary."""

    kind: str


class SheetName(NamedTuple):
    """A sheet of a workbook, before anything of it is read."""

    name: str
    is_filled: bool
    is_hidden: bool


class Facts(NamedTuple):
    """What people don't see of a sheet when they look at it: hidden rows and columns, counted from 1."""

    hidden_rows: list[int]
    hidden_columns: list[int]


class Merge(NamedTuple):
    """Cells that are shown as one, rows and columns counted from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

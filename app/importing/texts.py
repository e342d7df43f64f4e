"""Numbers of a file that are texts: read as the preset says, or as the whole file tells, which is looked through for it."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from app.importing.cells import BadCell, Refused, Written, as_decimal
from app.importing.files import Reader, Sheet
from app.importing.numbers import COMMA, PLAIN, POINT, Writing, is_ambiguous, writing_of
from app.importing.presets import Preset
from app.translation import lazy_gettext as _l

_UNTOLD = Writing(POINT)


class Numbers:
    """How one file writes the numbers of some fields; found out when the first text is among them that isn't plain digits."""

    def __init__(
        self,
        path: Path,
        preset: Preset,
        readers: Mapping[str, Reader],
        fields: Collection[str],
        custom: Collection[str] = (),
    ) -> None:
        """Those of `custom` may be numbers for some records and texts for others: their cells are read both ways."""
        self._path, self._preset, self._readers = path, preset, readers
        self._places = [i for i, name in enumerate(preset.columns) if name in fields]
        self._both = {i for i, name in enumerate(preset.columns) if name in custom}
        self._writing = Writing(preset.decimal, preset.thousands) if preset.decimal else None
        self._is_known = bool(preset.decimal)

    def read(self, cells: list[Any]) -> list[Any]:
        """The cells of a row, those of numbers with a decimal point; what isn't written like the file's numbers stays, and is
        refused where it has a point that would pass for the decimal one."""
        for i in self._places:
            cell = cells[i]
            if type(cell) is str and cell and not (cell.isascii() and cell.isdigit()):
                number = self._plain(cell)
                cells[i] = Written(cell, number) if i in self._both and number != cell else number
        return cells

    @property
    def note(self) -> object:
        """What the file itself showed, where it isn't what the program writes; None: nothing to say."""
        if self._preset.decimal or self._writing is None or self._writing.decimal == POINT:
            return None
        return _l("%(file)s: numbers that are texts were read with a decimal comma.", file=self._path.name)

    def _plain(self, text: str) -> Any:
        if self._writing is None:
            with closing(self._texts()) as texts:
                self._writing = writing_of(texts)
            self._is_known = self._writing is not None
            self._writing = self._writing or _UNTOLD
        if self._writing.decimal == POINT and PLAIN.fullmatch(text):
            return text
        if not self._is_known and is_ambiguous(text):
            return _refused(text)
        plain = self._writing.plain(text)
        if plain is None and self._writing.decimal == COMMA and _has_point(text):
            return _refused(text)
        return plain or text

    def _texts(self) -> Generator[str, None, None]:
        with Sheet(self._path, self._preset, self._readers) as sheet:
            names = list(self._preset.columns)
            places = [p for i in self._places for p in sheet.columns[names[i]]]
            for _number, cells in sheet.rows():
                yield from _strings(cells, places)


def _has_point(text: str) -> bool:
    """Whether the text would be read as a number with a decimal point, if it were left as it is."""
    try:
        as_decimal(text)
        return "." in text
    except BadCell:
        return False


def _refused(text: str) -> Refused:
    """Why a text can't be read that is a number by the point: its file has said nothing yet, or has the comma."""
    if not is_ambiguous(text):
        return Refused(_l("“%(value)s” isn't a number", value=text.strip()))
    by_point, by_comma = Writing(POINT).plain(text), Writing(COMMA).plain(text)
    return Refused(
        _l(
            "“%(text)s” may be %(one)s or %(other)s; choose whether decimals come after a point or a comma",
            text=text.strip(),
            one=by_point,
            other=by_comma,
        )
    )


def _strings(cells: Sequence[Any], places: Sequence[int]) -> Iterator[str]:
    for place in places:
        if place < len(cells) and isinstance(cells[place], str):
            yield cells[place]

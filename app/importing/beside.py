"""Files beside the one whose rows become records: a row's cell names a row there, whose cells stand behind its own.

Exports of other programs come as tables that refer to each other: a person here, the phone number there. A preset says which
file stands beside, by which column its rows are known, and which column of the row names them:

    [beside.phone]
    file = "Person.PersonPhone"
    key = "BusinessEntityID"
    of = "BusinessEntityID"         # may be a column of one named above: of = "phone.PhoneNumberTypeID"

Its columns are called `phone.PhoneNumber` and so on.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.importing import text
from app.importing.cells import BadCell, as_text
from app.importing.presets import Preset
from app.importing.shapes import record, table_of
from app.importing.shapes import text as a_text
from app.translation import lazy_gettext as _l

#: what a preset says of such files
BESIDE = table_of(record({"file": a_text, "key": a_text, "of": a_text}))


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows of a file beside, by what names them; of several with one name the first counts."""

    name: str
    #: the column that names its rows
    of: str
    header: tuple[str, ...]
    rows: Mapping[str, Sequence[Any]]


def apart(preset: Preset, paths: Sequence[Path]) -> tuple[Preset, list[Path], list[str]]:
    """The preset with the files that stand beside, the others, and what people should know. Refused (Invalid): a file that is
    lacking, one without the column, no file left whose rows become records."""
    left, found, notes = list(paths), [], []
    for name, said in preset.options.get("beside", {}).items():
        path = next((path for path in left if path.name.casefold().startswith(f"{said['file'].casefold()}.")), None)
        if path is None:
            raise Invalid(_l("Give the file %(file)s too: the preset needs it beside the others.", file=said["file"]))
        left.remove(path)
        header, rows, again = _table(path, said["key"], preset.encoding)
        found.append(Beside(name, said["of"], header, rows))
        if again:
            message = _l("%(file)s: %(n)d rows are further ones of the same %(key)s, and were not used.")
            notes.append(str(message % {"file": path.name, "n": again, "key": said["key"]}))
    if not left:
        raise Invalid(_l("Name at least one file."))
    return replace(preset, beside=tuple(found)), left, notes


def _table(path: Path, key: str, encoding: str) -> tuple[tuple[str, ...], dict[str, Sequence[Any]], int]:
    if path.suffix.lower() not in text.ENDINGS:
        known = ", ".join(text.ENDINGS)
        raise Invalid(_l("%(file)s can't be read here. Files end in %(known)s.", file=path.name, known=known))
    source = text.rows_of(path, encoding=encoding, delimiter="", count=lambda cells: cells.count(key))
    header = tuple(cell.strip() for cell in next(source, []))
    if key not in header:
        raise Invalid(_l("%(file)s has no column “%(name)s”.", file=path.name, name=key))
    rows: dict[str, Sequence[Any]] = {}
    at, again = header.index(key), 0
    for cells in source:
        if len(cells) > at:
            again += cells[at] in rows
            rows.setdefault(cells[at], cells)
    return header, rows, again


def joined(rows: Generator[list[Any], None, None], beside: Sequence[Beside]) -> Generator[list[Any], None, None]:
    """The rows, the header first, with the cells of the rows beside them behind their own. Whatever a row has beyond the header
    stays beyond it."""
    header = [str(cell).strip() for cell in next(rows, [])]
    width, places = len(header), []
    for table in beside:
        if table.of not in header:
            raise Invalid(_l("There is no column “%(name)s”.", name=table.of))
        places.append(header.index(table.of))
        header += [f"{table.name}.{column}" for column in table.header]
    yield header
    for cells in rows:
        whole = [*cells[:width], *[None] * (width - len(cells))]
        for table, place in zip(beside, places, strict=True):
            there = table.rows.get(_key(whole[place]), ())[: len(table.header)]
            whole += [*there, *[None] * (len(table.header) - len(there))]
        yield whole + cells[width:]


def _key(cell: Any) -> str:
    try:
        return as_text(cell)
    except BadCell:
        return ""

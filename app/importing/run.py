"""The one door of imports: commands, pages and jobs all call `run_import`."""

import time
import tomllib
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from app.custom import CustomField, Customised, open_fields
from app.errors import Conflict, Invalid, NotFound
from app.importing.beside import BESIDE, apart
from app.importing.cells import BadCell, as_text, is_blank
from app.importing.choices import Choices
from app.importing.custom import Columns, named, with_custom
from app.importing.files import Reader, Row, Sheet
from app.importing.presets import Grammar, Preset, load_preset
from app.importing.report import Report
from app.importing.shapes import Shape, simple, table_of
from app.importing.texts import Numbers
from app.security.actor import Actor, require
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.company import Company
    from app.importing.records import Record

Result = TypeVar("Result")

#: Rows between two calls of `on_progress`.
STRIDE = 2000
#: Seconds after each transaction in which others who wait for SQLite's one write lock come to it.
BREATH = 0.015


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: `stage` is reading or posting; `total` is 0 while nobody can know."""

    stage: str
    rows: int
    total: int
    rows_per_second: float


@dataclass(frozen=True)
class Target:
    """What rows can become. A module declares it in `imports.py`; `run` reads `job.rows()` and fills `job.report`."""

    name: str
    title: object
    #: all of these are required, besides `core.import.run`
    permissions: tuple[str, ...]
    run: Callable[["Import"], None]
    #: how files are read when no preset is named; None: a preset must be
    plain: Preset | None = None
    #: the models of what it makes whose custom fields its files may have
    customised: tuple[type[Customised], ...] = ()
    #: fields whose columns a preset must name, where there is no plain table, and fields whose columns it may name
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    #: what a preset may say besides what every preset may, and which of it must be there
    options: Mapping[str, Shape] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    #: formats of its own, by the ending of a file's name in small letters
    readers: Mapping[str, Reader] = field(default_factory=dict)
    #: what the names of files end in that `run` reads by itself, besides those that all know
    endings: tuple[str, ...] = ()
    #: the endpoint of the list where one goes on with what was brought in
    shown: str = ""
    #: the endpoints of such lists, where there are several
    listed: tuple[str, ...] = ()

    def grammar(self, custom: Collection[str]) -> Grammar:
        """What its presets may say, with the names of custom fields."""
        if self.plain is None:
            known = (*self.fields, *self.optional)
            return Grammar(known, self.fields, {"beside": BESIDE, **self.options}, self.needed)
        required = [name for name in self.plain.columns if name not in self.plain.optional]
        fields = dict.fromkeys((*self.plain.columns, *custom))
        mapping = {"defaults": table_of(simple, fields), "values": table_of(table_of(simple), fields)}
        return Grammar(tuple(fields), required, {**mapping, "beside": BESIDE, **self.options}, self.needed)


@dataclass
class Import:
    """One import under way."""

    company: "Company"
    actor: Actor
    paths: Sequence[Path]
    preset: Preset
    dry_run: bool = False
    skip_errors: bool = False
    on_progress: Callable[[Progress], None] | None = None
    #: columns of custom fields of the records that it makes, as far as they are open to the actor
    custom: Columns = field(default_factory=dict)
    #: formats that the target knows besides those that all know
    readers: Mapping[str, Reader] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    _headers: dict[tuple[int, str], str] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic)
    #: what of its files is still being read
    opened: ExitStack = field(default_factory=ExitStack)

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a transaction that only reads."""
        return self.company.database.run(work, actor=self.actor, write=False)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a transaction of its own; it may be done again, so it must not touch the report."""
        done = self.company.database.run(work, actor=self.actor)
        if self.company.database.is_sqlite:
            time.sleep(BREATH)
        return done

    def refuse(self, row: "Record", error: Invalid) -> None:
        """Account for a record that a rule refuses, at the column of the field that it names."""
        name = error.field or ""
        self.report.fail(row.file, row.row, self.header(row.file, row.columns.get(name, name)), error.message)

    def puts_off(self, rows: Iterable["Record"]) -> bool:
        """Whether nothing is written, as the file has errors that aren't to be skipped; then those of the rows that are right
        are accounted for: the others are already."""
        if not self.report.errors or self.skip_errors:
            return False
        accounted = {entry[:2] for entry in (*self.report.errors, *self.report.skipped)}
        for row in (row for row in rows if (row.file, row.row) not in accounted):
            self.report.put_off(row.file, row.row, _l("not written: the file has errors"))
        return True

    def header(self, file: int, name: str) -> str:
        """What the column of a field is called in a file; where it has none, what it would be called."""
        return self._headers.get((file, name)) or self.preset.column(name)

    def rows(self, numbers: Collection[str] = ()) -> Iterator[Row]:
        """The filled rows of all files; blank ones are accounted for here.

        A row's cells are in the order of the preset's columns; a field with several columns gives the first that is
        filled, one without any gives None. Texts in the fields `numbers` come with a decimal point, however the file
        writes numbers; under custom fields, as `Written`, which `read_custom` reads.
        """
        return self.opened.enter_context(closing(self._rows(numbers)))

    def _rows(self, numbers: Collection[str]) -> Generator[Row, None, None]:
        self.report.files = [path.name for path in self.paths]
        for number, path in enumerate(self.paths):
            with Sheet(path, self.preset, self.readers) as sheet:
                self._headers |= {(number, name): sheet.header[p[0]] for name, p in sheet.columns.items() if p}
                if sheet.unused:
                    names = ", ".join(sheet.unused)
                    self.report.notes.append(str(_l("%(file)s: not used: %(names)s", file=path.name, names=names)))
                texts = Numbers(path, self.preset, self.readers, numbers, self.custom)
                yield from self._filled(number, sheet, texts)
            self.report.notes += [*sheet.notes, *([str(note)] if (note := texts.note) else [])]
        self.progress("reading", self.report.rows_read, self.report.rows_read, always=True)

    def _filled(self, file: int, sheet: Sheet, numbers: Numbers) -> Iterator[Row]:
        positions = list(sheet.columns.values())
        between = [self.preset.between.get(name) for name in sheet.columns]
        width = 1 + max((max(p, default=0) for p in positions), default=0)
        for number, cells in sheet.rows():
            self.report.rows_read += 1
            self.progress("reading", self.report.rows_read, 0)
            refusal = sheet.refusal(cells)
            if len(cells) < width:
                cells = [*cells, *[None] * (width - len(cells))]
            if all(cell is None or cell == "" or is_blank(cell) for cell in cells):
                self.report.skip(file, number, _l("blank row"))
            else:
                some = [
                    cells[p[0]] if len(p) == 1 else _first_filled(cells, p) if b is None else _together(cells, p, b)
                    for p, b in zip(positions, between, strict=True)
                ]
                yield Row(file, number, numbers.read(some), refusal)

    def progress(self, stage: str, rows: int, total: int, *, always: bool = False) -> None:
        """Tell whoever watches, every so many rows."""
        if self.on_progress is not None and (always or rows % STRIDE == 0):
            took = max(time.monotonic() - self._started, 0.001)
            self.on_progress(Progress(stage, rows, total, rows / took))


def _first_filled(cells: Sequence[Any], positions: tuple[int, ...]) -> Any:
    for i in positions:
        if not is_blank(cells[i]):
            return cells[i]
    return None


def _together(cells: Sequence[Any], positions: tuple[int, ...], between: str) -> Any:
    """The texts of several columns as one; a cell that can't be read as text, which whoever reads it refuses."""
    texts = []
    for i in positions:
        try:
            texts.append(as_text(cells[i]))
        except BadCell:
            return cells[i]
    return between.join(filter(None, texts))


def run_import(
    company: "Company",
    actor: Actor,
    target: str,
    paths: Sequence[Path | str],
    preset: str | None = None,
    *,
    choices: Choices = Choices(),
    dry_run: bool = False,
    skip_errors: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Bring files into the books as `target`; `preset` is a name or the path of a TOML file, `choices` go before what it says.

    Whole or not at all: with an error in any row nothing is written, unless `skip_errors`. Refused: an actor without
    `core.import.run` and the target's own rights, an unknown target or preset, a missing column.
    """
    company.database.run(lambda session: company.refresh(session), actor=actor, write=False)
    require(actor, "core.import.run")
    wanted = targets(company).get(target)
    if wanted is None:
        raise NotFound(_l("There is no import “%(name)s” here.", name=target))
    for permission in wanted.permissions:
        require(actor, permission)
    if not paths:
        raise Invalid(_l("Name at least one file."))
    fields = company.database.run(lambda session: _custom_fields(session, wanted), actor=actor, write=False)
    read_by, custom = _preset(company, wanted, preset, fields)
    read_by, own, notes = apart(choices.over(read_by), [Path(p) for p in paths])
    job = Import(
        company,
        actor,
        own,
        read_by,
        readers=wanted.readers,
        custom=custom,
        dry_run=dry_run,
        skip_errors=skip_errors,
        on_progress=on_progress,
    )
    job.report.notes += notes
    started = time.monotonic()
    others = Conflict(_l("Another import is under way. Wait until it has ended, then start this one again."))
    # Two at once would both make what the other is about to make.
    # Its files are closed here, as an error of the target's keeps the rows that it was reading, and their processes.
    with nullcontext() if dry_run else company.database.alone("import", others), job.opened:
        wanted.run(job)
    job.report.seconds = time.monotonic() - started
    if not dry_run:
        company.database.learn_sizes()
    job.report.skipped.sort(key=lambda s: s[:2])
    job.report.errors.sort(key=lambda e: e[:2])
    return job.report


def targets(company: "Company") -> dict[str, Target]:
    """What the modules that are on can import, by name."""
    return {target.name: target for target in company.contributed("imports", Target)}


def _custom_fields(session: Session, target: Target) -> list[CustomField]:
    return [field for model in target.customised for field in open_fields(session, model.custom_subject())]


def _preset(
    company: "Company", target: Target, name: str | None, fields: Sequence[CustomField]
) -> tuple[Preset, Columns]:
    """How the files are read, and which of its columns are custom fields."""
    if name is not None:
        preset = _stored_preset(company, target, name, fields)
        return preset, named(preset, fields)
    if target.plain is None:
        raise Invalid(_l("Say how to read the file: --preset NAME or FILE."))
    return with_custom(target.plain.with_titles(), fields)


def columns_of(company: "Company", actor: Actor, target: Target) -> list[tuple[str, str]]:
    """The columns that a plain table of the target can have, as far as they are open to the actor: name and title."""
    assert target.plain is not None
    own = [(name, str(titles[0]) if titles else "") for name, titles in target.plain.titles.items()]
    fields = company.database.run(lambda session: _custom_fields(session, target), actor=actor, write=False)
    return own + list(dict.fromkeys((field.name, field.title) for field in fields))


def _is_for(path: Path, target: Target) -> bool:
    return tomllib.loads(path.read_text(encoding="utf-8")).get("target") == target.name


def _stored_preset(company: "Company", target: Target, name: str, fields: Sequence[CustomField]) -> Preset:
    grammar = target.grammar({field.name for field in fields})
    if name.endswith(".toml"):
        return load_preset(Path(name), target.name, grammar)
    folder = company.installed[target.name.partition(".")[0]].folder / "presets"
    files = {path.stem: path for path in folder.glob("*.toml")}
    if name not in files:
        known = sorted(stem for stem, path in files.items() if _is_for(path, target))
        raise NotFound(
            _l(
                "There is no preset “%(name)s” for this; there is: %(known)s.",
                name=name,
                known=", ".join(known) or "–",
            )
        )
    return load_preset(files[name], target.name, grammar)

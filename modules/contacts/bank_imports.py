"""Bringing in bank statements: banks' own formats as they are, tables by a preset that says what their columns are."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.api.errors import Invalid
from app.api.imports import (
    Field,
    Import,
    Target,
    as_code,
    as_day,
    as_decimal,
    plain_preset,
    records,
)
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of, shortest
from modules.contacts.bank.reading import LARGEST, format_of, read_statements
from modules.contacts.bank.statement import BadFile, Line, Statement, checked
from modules.contacts.bank.tables import TableRow, statements_of
from modules.contacts.bank_statements import Kept, keep_statements

#: what names of banks' files end in, besides those of tables
ENDINGS = (
    *(".sta", ".940", ".942", ".mt940", ".mt942", ".swi", ".fin", ".mta", ".exp", ".kl_to_1c"),
    *(".xml", ".camt", ".c52", ".c53", ".c54", ".ofx", ".qfx", ".qbo"),
)
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")

_FIELDS = (
    Field("date", as_day, required=True, titles=(_l("Date"),)),
    Field("amount", as_decimal, titles=(_l("Amount"),)),
    Field("credit", as_decimal, titles=(_l("Money in"),)),
    Field("debit", as_decimal, titles=(_l("Money out"),)),
    Field("account", as_code, titles=(_l("Own account"),)),
    Field("currency", titles=(_l("Currency"),)),
    Field("balance", as_decimal, titles=(_l("Balance"),)),
    Field("value_date", as_day, titles=(_l("Value date"),)),
    Field("name", titles=(_l("Name"),)),
    Field("party_account", as_code, titles=(_l("Account of the other side"),)),
    Field("bic", as_code, titles=(_l("BIC"),)),
    Field("tax_id", as_code, titles=(_l("Tax number"),)),
    Field("purpose", titles=(_l("Purpose"),)),
    Field("reference", as_code, titles=(_l("Reference"),)),
    Field("bank_id", as_code, titles=(_l("Number at the bank"),)),
)


def _bring_in(job: Import) -> None:
    files = list(_read(job))
    for _file, _format, statements in files:
        job.report.controls += [_control(statement) for statement in statements]
    if job.report.errors and not job.skip_errors:
        for file, _format, statements in files:
            for line in _first_lines(statements):
                job.report.put_off(file, line.at, _l("not written: the file has errors"))
        return
    for file, format, statements in files:
        kept = _keep(job, file, format, statements)
        made = {"contacts.bank": kept.statements, "contacts.bank_line": kept.entries}
        job.report.created.update({kind: count for kind, count in made.items() if count})
        for line in kept.known:
            job.report.skip(file, line.at, _l("is there already"))
        for line in _first_lines(statements):
            if not line.is_booked:
                job.report.skip(file, line.at, _l("the bank hasn't booked it yet"))


def _read(job: Import) -> Iterator[tuple[int, str, Sequence[Statement]]]:
    """The files one by one, each with its format; what can't be read is reported."""
    tables = [_is_table(job, path) for path in job.paths]
    if any(tables):
        if not all(tables):
            raise Invalid(_l("Import tables and banks' own files one after the other."))
        if statements := _of_tables(job):
            yield 0, "table", statements
        return
    job.report.files = [path.name for path in job.paths]
    for number, path in enumerate(job.paths):
        try:
            format, statements = read_statements(_content(path), job.preset.encoding)
        except BadFile as error:
            job.report.rows_read += 1
            job.report.fail(number, error.line, error.tag, _message(path, error))
        else:
            job.report.rows_read += sum(statement.entries for statement in statements)
            yield number, format, statements


def _message(path: Path, error: BadFile) -> object:
    said = {"file": path.name, "line": error.line, "tag": error.tag, "why": error.message}
    if not error.line:
        return _l("%(file)s: %(why)s", **said)
    if not error.tag:
        return _l("%(file)s, line %(line)s: %(why)s", **said)
    return _l("%(file)s, line %(line)s, %(tag)s: %(why)s", **said)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise BadFile(_l("There is no file %(path)s.", path=path))
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _is_table(job: Import, path: Path) -> bool:
    """Whether a file is read as a table: one of a bank's own formats is not, whatever it is called, nor is other text unless a
    preset says what its columns are."""
    ending = path.suffix.lower()
    if not path.is_file() or not (ending in _TABLES or (ending == ".txt" and job.preset.name != "plain")):
        return False
    return not format_of(_content(path))


def _of_tables(job: Import) -> Sequence[Statement]:
    rows = list(records(job, {f.name: f for f in _FIELDS}, None))
    try:
        return checked(statements_of([TableRow(row.row, row.values) for row in rows])) if rows else []
    except BadFile as error:
        file = next((row.file for row in rows if row.row == error.line), 0)
        job.report.fail(file, error.line, job.header(file, error.tag) if error.tag else "", error.message)
        return []


def _first_lines(statements: Sequence[Statement]) -> Iterator[Line]:
    for statement in statements:
        yield from {line.entry: line for line in reversed(statement.lines)}.values()


def _control(statement: Statement) -> dict[str, object]:
    """What a statement comes to, to be held against the bank's own figures."""
    digits = digits_of(statement.currency)
    figures = {name: getattr(statement, name) for name in ("credit", "debit", "opening", "closing")}
    return {
        "account": statement.account,
        "currency": statement.currency,
        "lines": statement.entries,
        **{name: None if amount is None else f"{shortest(amount, digits):f}" for name, amount in figures.items()},
    }


def _keep(job: Import, file: int, format: str, statements: Sequence[Statement]) -> Kept:
    name = job.paths[file].name
    return (job.read if job.dry_run else job.write)(
        lambda session: keep_statements(session, job.actor, statements, format=format, file=name, dry_run=job.dry_run)
    )


bank_statement = Target(
    name="contacts.bank_statement",
    title=_l("Bank statements"),
    shown="contacts.bank_list",
    permissions=("contacts.bank.import", "contacts.bank.view"),
    run=_bring_in,
    plain=plain_preset(*_FIELDS),
    endings=ENDINGS,
)

"""`kontor import`: the same door as the page, with progress on standard error."""

import gc
import sys
import time
from typing import Any

import click

from app.cli.running import with_company
from app.errors import KontorError
from app.importing.choices import Choices
from app.importing.report import Report
from app.importing.run import Progress, run_import
from app.security.actor import SYSTEM


@click.command("import")
@click.argument("target")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--preset", help="A preset's name, or the path of a TOML file.")
@click.option(
    "--encoding", default="", help="Of text files and old workbooks, such as cp1251; goes before the preset's."
)
@click.option("--decimal", default="", type=click.Choice(["", ".", ","]), help="The sign before decimals in texts.")
@click.option("--dates", default="", type=click.Choice(["", "day", "month"]), help="What dates in texts begin with.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@click.option("--skip-errors", is_flag=True, help="Leave out what is in error and bring in the rest.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_company
def import_files(
    company: Any,
    target: str,
    files: tuple[str, ...],
    preset: str | None,
    encoding: str,
    decimal: str,
    dates: str,
    dry_run: bool,
    skip_errors: bool,
    as_json: bool,
) -> None:
    """Bring in FILES, workbooks or CSV, as TARGET, such as trade.sales. Exit code 0: everything is in."""
    # Nothing lives long here but the batch under way: looking for cycles a hundred times a second took a quarter of the
    # time. A page's job keeps the usual setting, as other threads share it.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        report = run_import(
            company,
            SYSTEM,
            target,
            files,
            preset,
            choices=Choices(encoding, decimal, dates),
            dry_run=dry_run,
            skip_errors=skip_errors,
            on_progress=_Line(),
        )
    except KontorError as error:
        if not as_json:
            raise
        report = Report()  # whoever reads JSON gets JSON: row 0 is the file, or the command, as a whole
        report.fail(0, 0, getattr(error, "field", None) or "", error)
    for piece in report.json() if as_json else (f"{line}\n" for line in report.lines()):
        click.echo(piece, nl=False)
    if as_json:
        click.echo()
    sys.exit(0 if report.is_whole else 1)


class _Line:
    """A line on standard error, at most twice a second."""

    def __init__(self) -> None:
        self._last, self._stage = 0.0, ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < 0.5 and progress.stage == self._stage and progress.rows != progress.total:
            return
        self._last, self._stage = now, progress.stage
        of = f" of {progress.total}" if progress.total else ""
        click.echo(f"{progress.stage}: {progress.rows}{of} rows, {progress.rows_per_second:.0f} rows/s", err=True)

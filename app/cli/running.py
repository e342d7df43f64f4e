"""What every command shares: the company of --data, one transaction, and answers in lines or JSON."""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

import click
from sqlalchemy.orm import Session

from app.company import Company
from app.config import Config
from app.errors import Invalid
from app.security.actor import SYSTEM

data_option = click.option("--data", type=click.Path(), help="Data folder (or KONTOR_DATA_DIR).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} isn't a date; write it as 2026-01-31.", param, ctx)


def reading(company: Company, work: Callable[[Session], Any]) -> Any:
    """Do `work` for the system, reading only."""
    return _run(company, work, write=False)


def writing(company: Company, work: Callable[[Session], Any]) -> Any:
    """Do `work` for the system in one transaction."""
    return _run(company, work, write=True)


def _run(company: Company, work: Callable[[Session], Any], *, write: bool) -> Any:
    def prepared(session: Session) -> Any:
        company.refresh(session)
        return work(session)

    return company.database.run(prepared, actor=SYSTEM, write=write)


def with_company(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the company of --data as its first argument."""

    @data_option
    @wraps(command)
    def wrapped(data: str | None, **arguments: Any) -> Any:
        company = Company(Config.load(data, make=False))
        try:
            return command(company, **arguments)
        finally:
            company.database.dispose()

    return wrapped


def say(answer: Any, as_json: bool, lines: Callable[[], Any]) -> None:
    """Print `answer` as JSON, or the lines for people."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, default=plain, indent=1))
    else:
        for line in lines():
            click.echo(line)


def plain(value: Any) -> Any:
    """How JSON says what it has no word for: exact numbers and moments as strings."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def password_from_stdin() -> str:
    """The first line of standard input. Refused: nothing there."""
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise Invalid("No password came on standard input.")
    return password

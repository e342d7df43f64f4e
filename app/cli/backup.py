"""Backing a company up, proving backups, and making companies of them."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from app.backup.encryption import Key, Lock, secret_keys
from app.cli.running import data_option, json_option, reading, say, with_company
from app.company import Company
from app.config import Config
from app.errors import Invalid
from app.security.actor import SYSTEM

#: The variable from which a passphrase is taken, for those who start the command from another program.
VARIABLE = "KONTOR_BACKUP_PASSPHRASE"

_url_option = click.option(
    "--database-url",
    help="A database on the PostgreSQL server to use (or KONTOR_DATABASE_URL, or the data folder's kontor.toml).",
)
_identity_option = click.option(
    "--identity", type=click.Path(dir_okay=False), help="File with a secret key of age or SSH that opens the backup."
)


class Backups(click.Group):
    """`kontor backup FILE` is short for `kontor backup make FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["make", *args]
        return super().parse_args(ctx, args)


def _with_passphrase(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command a passphrase that is never an argument: other users of the machine can read those."""

    @click.option("--passphrase-stdin", is_flag=True, help="Read a passphrase from standard input.")
    @click.option("--passphrase-file", type=click.Path(dir_okay=False), help="File whose first line is the passphrase.")
    @wraps(command)
    def wrapped(passphrase_stdin: bool, passphrase_file: str | None, **arguments: Any) -> Any:
        return command(passphrase=_passphrase(passphrase_stdin, passphrase_file), **arguments)

    return wrapped


@click.group(cls=Backups)
def backup() -> None:
    """Back the company up while people work: `kontor backup FILE`, short for `kontor backup make FILE`."""


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, help="Public key of age or SSH to encrypt for; repeatable.")
@_with_passphrase
@json_option
@with_company
def make(company: Company, file: Path, recipients: tuple[str, ...], passphrase: str, as_json: bool) -> None:
    """Write a backup into FILE, which may not exist. With a passphrase (also from KONTOR_BACKUP_PASSPHRASE) or
    recipients, it is encrypted."""
    from app.backup.making import make_backup

    reading(company, lambda session: None)  # refuses where there is no company, and learns its name
    made = make_backup(company, file.absolute(), Lock(passphrase, recipients), _step)
    for name in made.left_out:
        click.echo(f"kontor: left out, as other systems can't take its name: {name}", err=True)
    tables = made.manifest["figures"]["tables"]
    answer = {
        "file": str(made.path),
        "bytes": made.bytes,
        "encrypted": bool(made.key),
        "made_at": made.manifest["made_at"],
        "database": made.manifest["database"],
        "tables": len(tables),
        "rows": sum(t["rows"] for t in tables.values()),
        "registers": made.manifest["figures"]["registers"],
        "parts": made.manifest["parts"],
        "left_out": made.left_out,
    }
    say(answer, as_json, lambda: [f"{made.path}: {made.bytes} bytes. Prove it with `kontor backup verify`."])


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@_identity_option
@_with_passphrase
@_url_option
@data_option
@json_option
def verify(
    file: Path, identity: str | None, passphrase: str, database_url: str | None, data: str | None, as_json: bool
) -> None:
    """Restore FILE into a scratch place and compare every register, the audit and every table. Exit code 0: proven.

    A backup of PostgreSQL is restored into a scratch database on the server of --database-url, which is dropped afterwards.
    """
    from app.backup.proof import prove

    proof = prove(file.absolute(), _key(passphrase, identity), _address(data, database_url), _step)
    answer = proof.as_json()
    say(answer, as_json, lambda: answer["errors"] or [_proven(answer)])
    sys.exit(0 if proof.is_proven else 1)


@backup.command()
@json_option
@with_company
def run(company: Company, as_json: bool) -> None:
    """Do now what is done every night: a backup in the data folder, proved, and outdated ones removed."""
    from app.backup.nightly import back_up

    reading(company, lambda session: None)
    answer = back_up(company, SYSTEM, _step)
    say(
        answer,
        as_json,
        lambda: [f"{answer['backup']}: {_proven(answer)}", *(f"removed: {n}" for n in answer["removed"])],
    )


@backup.command("list")
@json_option
@with_company
def list_backups(company: Company, as_json: bool) -> None:
    """The backups in the data folder, the newest first."""
    from app.backup.queries import backups_kept

    answer = [
        {"name": b.name, "made_at": b.made_at, "bytes": b.bytes, "encrypted": b.is_encrypted, "proven": b.is_proven}
        for b in reading(company, backups_kept)
    ]
    say(answer, as_json, lambda: (_line(b) for b in answer))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_identity_option
@_with_passphrase
@_url_option
@data_option
@json_option
def restore(
    file: Path, identity: str | None, passphrase: str, database_url: str | None, data: str | None, as_json: bool
) -> None:
    """Make the company of the backup FILE in the data folder; of PostgreSQL, in the empty database of --database-url.

    Nothing is ever overwritten. Settings (kontor.toml) and the address of the database are this machine's own.
    """
    from app.backup.restoring import restore as restore_into

    folder = _folder(data)
    restored = restore_into(file.absolute(), _key(passphrase, identity), folder, _address(data, database_url))
    for error in restored.errors:
        click.echo(f"kontor: the books were backed up with this in them: {error}", err=True)
    answer = {
        "organisation": restored.organisation,
        "made_at": restored.made_at,
        "data": str(folder),
        "equal": True,
        "proven": not restored.errors,
        "errors": restored.errors,
    }
    words = (
        f"{restored.organisation}, as of {restored.made_at} UTC, is in {folder}. Every figure is as it was backed up."
    )
    say(answer, as_json, lambda: [words])


def _step(step: object) -> None:
    click.echo(str(step), err=True)


def _proven(answer: dict[str, Any]) -> str:
    return (
        f"proven. {len(answer['registers'])} registers, {answer['audit']['lines']} audit lines and {answer['rows']} rows in"
        f" {answer['tables']} tables are as they were at {answer['made_at']} UTC, and the books are proven."
    )


def _line(backup: dict[str, Any]) -> str:
    words = "proven" if backup["proven"] else "NOT PROVEN"
    return (
        f"{backup['name'] or '(could not be made)':<32}{backup['made_at']:%Y-%m-%d %H:%M}{backup['bytes']:>15}  {words}"
    )


def _passphrase(from_stdin: bool, file: str | None) -> str:
    if from_stdin and file:
        raise Invalid("Give the passphrase on standard input or in a file, not both.")
    if not from_stdin and not file:
        return os.environ.get(VARIABLE, "")
    try:
        text = sys.stdin.readline() if from_stdin else Path(file or "").read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"The passphrase can't be read: {error}") from error
    if not (passphrase := text.rstrip("\r\n")):
        raise Invalid("The passphrase is empty.")
    return passphrase


def _key(passphrase: str, identity: str | None) -> Key:
    if not identity:
        return Key(passphrase)
    try:
        return Key(passphrase, secret_keys(Path(identity).read_bytes()))
    except OSError as error:
        raise Invalid(f"{identity} can't be read: {error.strerror}") from error


def _folder(data: str | None) -> Path:
    return Path(data or os.environ.get("KONTOR_DATA_DIR") or "data").resolve()


def _address(data: str | None, database_url: str | None) -> str | None:
    """The database that is named: by the option, the environment or the settings of the data folder."""
    return database_url or Config.named_database(_folder(data))

"""What `kontor` can do. Every subcommand asks the same operations as the pages do; those that report take --json."""

import os
import sys

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from app.cli import access, audit, backup, books, lists, modules, sample, serving, users
from app.db import is_transient
from app.errors import KontorError
from app.importing.command import import_files
from app.logs import configure
from app.version import VERSION


class Commands(click.Group):
    """A group that knows the modules' own commands too, and says refusals in a line instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_commands_of_modules()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or _commands_of_modules().get(name)


def _commands_of_modules() -> dict[str, click.Command]:
    from app.registry import discover

    found: dict[str, click.Command] = {}
    for module in discover().values():
        if module.manifest is not None:
            found.update({c.name: c for c in module.all_of("cli", click.Command) if c.name})
    return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="kontor")
def kontor() -> None:
    """Kontor: trade, warehouse and customers over one exact ledger."""


for _command in (
    access.access,
    audit.audit,
    backup.backup,
    backup.restore,
    books.ledger,
    lists.list_rows,
    modules.edition,
    modules.modules,
    sample.sample,
    serving.init,
    serving.routes,
    serving.serve,
    serving.up,
    users.users,
    import_files,
):
    kontor.add_command(_command)


def run() -> None:
    """Run the command; a refusal is one line on stderr and exit code 1, Ctrl-C is 130 without a traceback."""
    configure()
    os.umask(0o077)  # whatever is written holds other people's data
    try:
        kontor(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KontorError as error:
        click.echo(f"kontor: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"kontor: {error.strerror or error}{where}", err=True)
        sys.exit(1)
    except DBAPIError as error:
        if is_transient(error):
            click.echo("kontor: others hold what this needs, and nothing was changed. Try again in a minute.", err=True)
        elif "column" in str(error.orig):
            click.echo("kontor: this database is older than the program; start `kontor up` or `serve` once.", err=True)
        elif "no such table" in str(error.orig) or "does not exist" in str(error.orig):
            click.echo("kontor: there is no company here yet; make one with `kontor init` or `kontor up`.", err=True)
        elif not isinstance(error, OperationalError):
            raise
        else:
            click.echo(f"kontor: the database can't be used: {error.orig}", err=True)
        sys.exit(1)

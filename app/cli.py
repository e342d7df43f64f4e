"""The `kontor` command. Every subcommand asks the same operations as the pages do; those that report take --json."""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.company import Company
from app.config import Config
from app.db import is_transient
from app.errors import Invalid, KontorError
from app.security.actor import SYSTEM
from app.version import VERSION

_data = click.option("--data", type=click.Path(), help="Data folder (or KONTOR_DATA_DIR).")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-01-31.", param, ctx)


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


def main() -> None:
    """Run the command; a refusal is one line on stderr and exit code 1, Ctrl-C is 130 without a traceback."""
    from app.logs import configure

    configure()
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
    except DBAPIError as error:
        if is_transient(error):
            click.echo("kontor: others hold what this needs, and nothing was changed. Try again in a minute.", err=True)
        elif "no such table" in str(error.orig) or "does not exist" in str(error.orig):
            click.echo("kontor: there is no company here yet; make one with `kontor init` or `kontor up`.", err=True)
        elif not isinstance(error, OperationalError):
            raise
        else:
            click.echo(f"kontor: the database can't be used: {error.orig}", err=True)
        sys.exit(1)


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

    @_data
    @wraps(command)
    def wrapped(data: str | None, **arguments: Any) -> Any:
        return command(Company(Config.load(data)), **arguments)

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


@kontor.command()
@_data
@click.option("--organisation", required=True)
@click.option("--country", required=True, help="ISO 3166 code, such as GB.")
@click.option("--currency", required=True, help="ISO 4217 code, such as GBP.")
@click.option("--edition", type=click.Choice(["trade", "enterprise"]), default="trade", show_default=True)
@click.option("--admin", required=True, help="Login of the first account.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.option("--demo", is_flag=True, help="Fill it with the sample company's data.")
def init(
    data: str | None,
    organisation: str,
    country: str,
    currency: str,
    edition: str,
    admin: str,
    password_stdin: bool,
    demo: bool,
) -> None:
    """Make a company without a browser."""
    from app.setup import create_company

    company = Company(Config.load(data))
    create_company(
        company,
        organisation=organisation,
        country=country,
        currency=currency,
        edition=edition,
        login=admin,
        password=_password(),
    )
    if demo:
        from app.demo import fill

        fill(company)
    click.echo(f"{organisation} is ready in {company.config.data_dir}")


@kontor.group()
def modules() -> None:
    """Switch modules on and off."""


@modules.command("list")
@_json
@with_company
def modules_list(company: Company, as_json: bool) -> None:
    """What is installed, and what is on."""
    reading(company, lambda session: None)
    answer = [
        {
            "name": m.name,
            "enabled": company.is_on(m.name),
            "version": m.manifest.version if m.manifest else None,
            "requires": list(m.manifest.requires) if m.manifest else [],
            "editions": list(m.manifest.editions) if m.manifest else [],
            "fault": m.fault,
        }
        for m in company.installed.values()
    ]
    say(answer, as_json, lambda: (f"{m['name']:<16}{_word(m)}" for m in answer))


def _word(module: dict[str, Any]) -> str:
    return f"broken: {module['fault']}" if module["fault"] else "on" if module["enabled"] else "off"


@modules.command()
@click.argument("name")
@click.option("--rehearse", is_flag=True, help="Only try it on a copy of the database, and compare every register.")
@with_company
def enable(company: Company, name: str, rehearse: bool) -> None:
    """Switch a module on, with what it requires, while people work."""
    from app.registry.lifecycle import enable as switch_on

    if rehearse:
        from app.registry.rehearsal import rehearse as try_on_a_copy

        for line in try_on_a_copy(company, name):
            click.echo(line)
        return
    done = writing(company, lambda session: switch_on(session, SYSTEM, company, name))
    click.echo(f"switched on: {', '.join(done)}" if done else f"{name} is on already")


@modules.command()
@click.argument("name")
@with_company
def disable(company: Company, name: str) -> None:
    """Switch a module off; its data stays."""
    from app.registry.lifecycle import disable as switch_off

    writing(company, lambda session: switch_off(session, SYSTEM, company, name))
    click.echo(f"switched off: {name}")


@kontor.group()
def edition() -> None:
    """The edition: trade, or enterprise with production."""


@edition.command("show")
@with_company
def edition_show(company: Company) -> None:
    """Print the edition."""
    from app.reference import organisation

    click.echo(reading(company, lambda session: organisation(session).edition))


@edition.command("set")
@click.argument("name", type=click.Choice(["trade", "enterprise"]))
@with_company
def edition_set(company: Company, name: str) -> None:
    """Change the edition, switching its modules on or off; data stays."""
    from app.setup import set_edition

    writing(company, lambda session: set_edition(session, SYSTEM, company, name))
    click.echo(f"edition: {name}")


@kontor.group()
def users() -> None:
    """Who can sign in."""


@users.command("add")
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--name", default="")
@click.option("--team", default=None)
@click.option("--password-stdin", is_flag=True, required=True)
@with_company
def users_add(
    company: Company, login: str, roles: tuple[str, ...], name: str, team: str | None, password_stdin: bool
) -> None:
    """Add a user; the password is read from standard input."""
    from app.security.operations import add_user

    password = _password()
    writing(
        company,
        lambda s: add_user(s, SYSTEM, login=login, name=name, password=password, roles=roles, team=team),
    )
    click.echo(f"added: {login}")


@users.command("list")
@_json
@with_company
def users_list(company: Company, as_json: bool) -> None:
    """Users and their roles."""
    from app.security.models import User

    def work(session: Session) -> list[dict[str, Any]]:
        return [
            {"login": u.login, "name": u.name, "roles": [r.name for r in u.roles], "active": u.is_active}
            for u in session.scalars(select(User).order_by(User.login))
        ]

    answer = reading(company, work)
    say(answer, as_json, lambda: (f"{u['login']:<20}{', '.join(u['roles'])}" for u in answer))


@kontor.group()
def ledger() -> None:
    """Prove, rebuild and sum up the books."""


@ledger.command()
@_json
@with_company
def verify(company: Company, as_json: bool) -> None:
    """Prove every total from its entries, and the audit's chains. Exit code 0: proven."""
    from app.audit import verify as verify_audit
    from app.ledger import verify as verify_ledger

    faults = reading(company, lambda session: [*verify_ledger(session), *verify_audit(session)])
    answer = {"proven": not faults, "faults": faults}
    say(answer, as_json, lambda: faults or ["The books are proven: every total is what its entries sum to."])
    sys.exit(1 if faults else 0)


@ledger.command()
@with_company
def rebuild(company: Company) -> None:
    """Make every total anew from its entries."""
    from app.ledger import rebuild as rebuild_ledger

    writing(company, rebuild_ledger)
    click.echo("Totals and turnovers are made anew.")


@ledger.command()
@_json
@with_company
def totals(company: Company, as_json: bool) -> None:
    """Sums of every register."""
    from app.ledger import totals as sum_up

    answer = reading(company, sum_up)
    say(answer, as_json, lambda: (f"{n}: {_figures(f)}" for n, f in answer.items()))


def _figures(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name} {plain(value)}" for name, value in figures.items())


@kontor.command()
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@with_company
def serve(company: Company, host: str, port: int) -> None:
    """Serve the company of the data folder."""
    _serve(company, host, port)


@kontor.command()
@_data
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--demo", is_flag=True, help="Make a sample company and print its logins.")
@click.option("--empty", is_flag=True, help="Begin with the first-run page, without sample data.")
def up(data: str | None, host: str, port: int, demo: bool, empty: bool) -> None:
    """Make the embedded company if there is none, and serve it."""
    from app.server import refuse_taken_port
    from app.setup import has_company, migrate

    refuse_taken_port(host, port)
    if demo and empty:
        raise Invalid("Choose --demo or --empty, not both.")
    company = Company(Config.load(data))
    migrate(company.database, company)
    if demo:
        from app.demo import LOGINS, create_sample

        if not has_company(company):
            create_sample(company)
        click.echo("Sample logins (login / password):")
        for login, password, role in LOGINS:
            click.echo(f"  {login:<14}{password:<18}{role}")
    _serve(company, host, port)


def _serve(company: Company, host: str, port: int) -> None:
    from app.server import serve as run

    company.database.dispose()
    run(company.config, host=host, port=port)


@kontor.command()
@_json
@with_company
def routes(company: Company, as_json: bool) -> None:
    """Every route, and the permission it needs."""
    from app import create_app

    app = create_app(company.config)
    answer = [
        {
            "endpoint": rule.endpoint,
            "rule": rule.rule,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "permission": app.needs[rule.endpoint],
            "module": rule.endpoint.partition(".")[0] if "." in rule.endpoint else "core",
        }
        for rule in app.url_map.iter_rules()
    ]
    say(answer, as_json, lambda: (f"{r['rule']:<50}{','.join(r['methods']):<10}{r['permission']}" for r in answer))


def _password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise Invalid("No password came on standard input.")
    return password


from app.importing.command import import_files  # noqa: E402 (it is built from what stands above)

kontor.add_command(import_files)

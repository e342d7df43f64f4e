"""Making a company, serving it, and what the server offers."""

from collections.abc import Iterable

import click

from app.cli.running import data_option, json_option, password_from_stdin, say, with_company
from app.company import Company
from app.config import Config
from app.errors import Invalid


@click.command()
@data_option
@click.option("--organisation", required=True)
@click.option("--country", required=True, help="ISO 3166 code, such as GB.")
@click.option("--currency", required=True, help="ISO 4217 code, such as GBP.")
@click.option("--edition", type=click.Choice(["trade", "enterprise"]), default="trade", show_default=True)
@click.option("--admin", required=True, help="Login of the first account.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.option(
    "--demo", is_flag=True, help="Fill it with the sample company's data and users, and print their passwords."
)
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

    company = Company(Config.load(data))  # not as the other commands do, which refuse to make a folder
    try:
        create_company(
            company,
            organisation=organisation,
            country=country,
            currency=currency,
            edition=edition,
            login=admin,
            password=password_from_stdin(),
        )
        if demo:
            from app.demo import LOGINS, add_users, fill

            add_users(company)
            fill(company)
    finally:
        company.database.dispose()
    click.echo(f"{organisation} is ready in {company.config.data_dir}")
    if demo:
        _say_logins(LOGINS[1:])


@click.command()
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@data_option
def serve(data: str | None, host: str, port: int) -> None:
    """Serve the company of the data folder, brought up to this program's version."""
    from app.server import refuse_taken_port
    from app.setup import migrate

    refuse_taken_port(host, port)
    company = Company(Config.load(data))
    migrate(company.database, company)
    _serve(company, host, port)


@click.command()
@data_option
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
        _say_logins(LOGINS)
    _serve(company, host, port)


def _say_logins(logins: Iterable[tuple[str, str, str]]) -> None:
    click.echo("Sample logins (login / password):")
    for login, password, role in logins:
        click.echo(f"  {login:<14}{password:<18}{role}")


def _serve(company: Company, host: str, port: int) -> None:
    from app.server import serve as run

    company.database.dispose()
    run(company.config, host=host, port=port)


@click.command()
@json_option
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

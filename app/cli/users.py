"""Who can sign in."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.running import json_option, password_from_stdin, reading, say, with_company, writing
from app.company import Company
from app.security.actor import SYSTEM


@click.group()
def users() -> None:
    """Who can sign in."""


@users.command("add")
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--name", default="")
@click.option("--team", default=None)
@click.option("--email", default="")
@click.option("--password-stdin", is_flag=True, required=True)
@click.option("--must-change", is_flag=True, help="They choose a password of their own at the first sign-in.")
@with_company
def users_add(
    company: Company,
    login: str,
    roles: tuple[str, ...],
    name: str,
    team: str | None,
    email: str,
    password_stdin: bool,
    must_change: bool,
) -> None:
    """Add a user; the password is read from standard input."""
    from app.security.operations import add_user

    fields: dict[str, Any] = {"login": login, "name": name, "roles": roles, "team": team, "email": email}
    fields |= {"password": password_from_stdin(), "must_change_password": must_change}
    writing(company, lambda session: add_user(session, SYSTEM, **fields))
    click.echo(f"added: {login}")


@users.command("list")
@json_option
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


@users.command("reset-second-factor")
@click.argument("login")
@with_company
def users_reset_second_factor(company: Company, login: str) -> None:
    """Take a user's second factor away, who has lost their phone and the recovery codes; they are signed out everywhere."""
    from app.errors import NotFound
    from app.security.login import typed_login
    from app.security.models import User
    from app.security.second_factor import reset_factor

    def work(session: Session) -> None:
        user = session.scalars(select(User).where(User.login == typed_login(login))).first()
        if user is None:
            raise NotFound
        reset_factor(session, SYSTEM, user)

    writing(company, work)
    click.echo(f"{login}: the second factor is off")

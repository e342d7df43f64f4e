"""Modules and the edition."""

from typing import Any

import click

from app.cli.running import json_option, reading, say, with_company, writing
from app.company import Company
from app.security.actor import SYSTEM


@click.group()
def modules() -> None:
    """Switch modules on and off."""


@modules.command("list")
@json_option
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
            "fault": m.error,
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


@click.group()
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

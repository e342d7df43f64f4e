"""The sample data: what there is of it, and its removal."""

from dataclasses import asdict
from typing import Any

import click

from app.cli.running import json_option, reading, say, with_company, writing
from app.company import Company
from app.security.actor import SYSTEM


@click.group()
def sample() -> None:
    """Look at the sample data, and remove it."""


@sample.command()
@json_option
@with_company
def show(company: Company, as_json: bool) -> None:
    """What there is of the sample data, and what of one's own rests on it."""
    from app.sample import plan_removal

    answer = asdict(reading(company, plan_removal))
    say(answer, as_json, lambda: _lines(answer))


@sample.command()
@json_option
@with_company
def remove(company: Company, as_json: bool) -> None:
    """Remove the sample data: all of it, or nothing where something of one's own rests on it."""
    from app.sample import as_json as plain_facts
    from app.sample import remove_sample

    answer = plain_facts(writing(company, lambda session: remove_sample(session, SYSTEM)))
    say(answer, as_json, lambda: _lines(answer))


def _lines(answer: dict[str, Any]) -> list[str]:
    return [
        f"{name.replace('_', ' '):<14}{_words(value)}" for name, value in answer.items() if value not in ([], {}, None)
    ]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)

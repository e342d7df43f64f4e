"""What each role is let do, tried on every route."""

import logging

import click

from app.cli.running import json_option, say
from app.logs import configure


@click.group()
def access() -> None:
    """What each role is let do."""


@access.command()
@click.option("--of", "beginning", default="", help="Only addresses that begin so, such as /contacts.")
@json_option
def matrix(beginning: str, as_json: bool) -> None:
    """Ask every route as each role, of one's own records, a teammate's and somebody else's.

    It is done in a scratch copy of the sample company, with the modules that are installed here. Exit code 1: something isn't
    as the modules declare it.
    """
    from app.access.matrix import access_matrix  # it loads the web application

    configure(logging.CRITICAL)
    made = access_matrix(beginning=beginning)
    say(made.plain(), as_json, made.lines)
    if made.deviations:
        raise SystemExit(1)

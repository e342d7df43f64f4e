"""Proving the audit."""

import sys

import click

from app.cli.running import json_option, reading, say, with_company
from app.company import Company


@click.group()
def audit() -> None:
    """Who did and who saw what."""


@audit.command()
@json_option
@with_company
def verify(company: Company, as_json: bool) -> None:
    """Prove that no line of the audit was changed or removed. Exit code 0: proven."""
    from app.audit import verify as verify_audit

    errors = reading(company, lambda session: list(verify_audit(session)))
    say({"proven": not errors, "errors": errors}, as_json, lambda: errors or ["The audit is whole."])
    sys.exit(1 if errors else 0)

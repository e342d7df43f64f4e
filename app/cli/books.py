"""Proving, rebuilding and summing up the books."""

import sys
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.running import json_option, plain, reading, say, with_company, writing
from app.company import Company


@click.group()
def ledger() -> None:
    """Prove, rebuild and sum up the books."""


@ledger.command()
@json_option
@with_company
def verify(company: Company, as_json: bool) -> None:
    """Prove every total from its entries, the audit's chains, and what records are found by. Exit code 0: proven."""
    from app.audit import verify as verify_audit
    from app.ledger import verify as verify_ledger
    from app.search.proof import verify as verify_search

    errors = reading(
        company, lambda session: [*verify_ledger(session), *verify_audit(session), *verify_search(session)]
    )
    answer = {"proven": not errors, "faults": errors}
    say(answer, as_json, lambda: errors or ["The books are proven: every total is what its entries sum to."])
    sys.exit(1 if errors else 0)


@ledger.command()
@with_company
def rebuild(company: Company) -> None:
    """Rebuild every total from its entries, and what records are found by."""
    from app.ledger import rebuild as rebuild_ledger
    from app.search.proof import rebuild as rebuild_search

    def work(session: Session) -> None:
        rebuild_ledger(session)
        rebuild_search(session)

    writing(company, work)
    click.echo("Totals and turnovers are rebuilt, and what records are found by.")


@ledger.command()
@json_option
@with_company
def totals(company: Company, as_json: bool) -> None:
    """Sums of every register."""
    from app.ledger import totals_of as sum_up

    answer = reading(company, sum_up)
    say(answer, as_json, lambda: (f"{n}: {_figures(f)}" for n, f in answer.items()))


def _figures(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name} {plain(value)}" for name, value in figures.items())

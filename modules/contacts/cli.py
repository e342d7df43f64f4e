"""The contacts' own commands."""

from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from app.api.cli import Day, reading, say, with_company
from app.api.errors import NotFound
from app.api.values import digits_of
from modules.contacts.plain import plain_statement
from modules.contacts.queries import contact_by_code, statement_of


@click.command()
@click.argument("contact")
@click.option("--from", "since", type=Day(), help="First day; the beginning when left out.")
@click.option("--to", "until", type=Day(), help="Last day; today and everything later when left out.")
@click.option("--without-reversed", is_flag=True, help="Leave out documents that were reversed within these days.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_company
def statement(
    company: Any, contact: str, since: date | None, until: date | None, without_reversed: bool, as_json: bool
) -> None:
    """A contact's statement: opening balance, every document, closing balance, per currency. CONTACT is the code."""

    def work(session: Session) -> dict[str, Any]:
        found = contact_by_code(session, contact)
        if found is None:
            raise NotFound(f"There is no contact with the code {contact!r}.")
        statements = statement_of(session, found.id, since, until, without_reversed=without_reversed)
        return {
            "contact": found.code,
            "name": found.name,
            "currencies": {c: plain_statement(s, digits_of(c)) for c, s in statements.items()},
        }

    answer = reading(company, work)
    say(answer, as_json, lambda: _lines(answer))


def _lines(answer: dict[str, Any]) -> list[str]:
    lines = [f"{answer['contact']} {answer['name']}"]
    for currency, s in answer["currencies"].items():
        lines.append(f"{currency}: opening {s['opening']:f}")
        for line in s["lines"]:
            money = f"{line['debit']:>14f}{line['credit']:>14f}{line['balance']:>14f}"
            lines.append(f"  {line['moment']}  {line['document']:<20}{line['number']:<12}{money}")
        lines.append(f"{currency}: closing {s['closing']:f}")
    return lines

"""Any declared list or report, as its screen and the API give it."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.running import json_option, plain, reading, say, with_company
from app.company import Company
from app.errors import Invalid, NotFound


@click.command(name="list")
@click.argument("name")
@click.option(
    "--where", "said", multiple=True, metavar="KEY=VALUE", help="A filter or parameter; may come several times."
)
@json_option
@with_company
def list_rows(company: Company, name: str, said: tuple[str, ...], as_json: bool) -> None:
    """The rows of a list or report, such as contacts.balance, as the administrator sees them.

    Its filters and parameters are given by --where, and so are its search (q=) and order (order=).
    """
    where = dict(_pair(each) for each in said)
    answer = reading(company, lambda session: _answer(session, company, name, where))
    say(answer, as_json, lambda: _lines(answer))


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise Invalid(f"--where takes KEY=VALUE, not {text!r}.")
    return key, value


def _answer(session: Session, company: Company, name: str, where: Mapping[str, str]) -> dict[str, Any]:
    from app.web.kit.custom_fields import with_custom_columns  # a command that lists nothing needs no pages
    from app.web.kit.lists import named_list, refuse_unknown
    from app.web.kit.tables import Query, everything

    actor = session.info["actor"]
    found = named_list(session, company, actor, name, where)
    if found is None:
        raise NotFound(f"There is no list called {name!r} among the modules that are on.")
    table = with_custom_columns(session, found[0].present(session))
    refuse_unknown(table, found[1], actor, where)
    columns = [column.name for column in table.open_columns(actor) if not column.hidden]
    rows = everything(session, table, Query.from_arguments(table, where))
    return {"name": table.name, "rows": [{n: getattr(row, n) for n in columns} for row in rows]}


def _lines(answer: dict[str, Any]) -> list[str]:
    rows = answer["rows"]
    titles = ["\t".join(rows[0])] if rows else []
    return [*titles, *("\t".join("" if v is None else str(plain(v)) for v in row.values()) for row in rows)]

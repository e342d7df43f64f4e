"""Bank statements: which there are, and their lines."""

from typing import Any

from app.api.errors import NotFound
from app.api.web import current_session, show_list
from modules.contacts.bank_models import BankStatement
from modules.contacts.bank_tables import bank_statements, lines_of_statement
from modules.contacts.routes.blueprint import routes


@routes.get("/contacts/bank", needs="contacts.bank.view")
def bank_list() -> Any:
    """The statements that were imported."""
    return show_list(bank_statements, list_template="contacts/bank_list.html")


@routes.get("/contacts/bank/<int:statement_id>", needs="contacts.bank.view")
def bank_view(statement_id: int) -> Any:
    """A statement and its lines."""
    statement = current_session().get(BankStatement, statement_id)
    if statement is None:
        raise NotFound
    return show_list(
        lines_of_statement(statement.id), list_template="contacts/bank_statement.html", statement=statement
    )

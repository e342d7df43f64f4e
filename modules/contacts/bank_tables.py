"""The lists of bank statements and of their lines."""

from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table, document_address, period_filters
from modules.contacts.bank_models import BankLine, BankOrder, BankStatement
from modules.contacts.money.models import MoneyAccount

STATES = {"new": _l("to confirm"), "posted": _l("posted"), "aside": _l("set aside")}
STATE = case((BankLine.payment_id.is_not(None), "posted"), (BankLine.is_aside, "aside"), else_="new")


def _waiting() -> Any:
    """How many lines of a statement nobody has confirmed."""
    query = select(func.count()).where(
        BankLine.statement_id == BankStatement.id, BankLine.payment_id.is_(None), BankLine.is_aside.is_(False)
    )
    return query.correlate(BankStatement).scalar_subquery()


bank_statements = Table(
    name="contacts.bank",
    title=_l("Bank statements"),
    needs="contacts.bank.view",
    source=lambda session: select().select_from(BankStatement),
    key=BankStatement.id,
    columns=(
        Column(
            "account",
            _l("Account"),
            BankStatement.account,
            headline=True,
            link=Link("contacts.bank_view", statement_id="id"),
        ),
        Column("currency", _l("Currency"), BankStatement.currency),
        Column("number", _l("Number"), BankStatement.number),
        Column("since", _l("Since"), BankStatement.since, "date"),
        Column("until", _l("Until"), BankStatement.until, "date"),
        Column("opening", _l("Opening balance"), BankStatement.opening, "money", currency="currency", nullable=True),
        Column("closing", _l("Closing balance"), BankStatement.closing, "money", currency="currency", nullable=True),
        Column("waiting", _l("Lines to confirm"), _waiting(), "integer", sortable=False),
        Column("format", _l("Format"), BankStatement.format, is_aside=True),
        Column("file", _l("File"), BankStatement.file, is_aside=True),
        Column("imported", _l("Imported"), BankStatement.imported_at, "moment", is_aside=True),
        Column("id", "", BankStatement.id, hidden=True, sortable=False),
    ),
    order="-until",
    search=(func.lower(BankStatement.account), func.lower(BankStatement.number), func.lower(BankStatement.file)),
    filters=(
        Filter(
            "waiting",
            _l("Lines"),
            lambda value: _waiting() > 0 if value == "yes" else _waiting() == 0,
            (("yes", _l("some to confirm")), ("no", _l("none to confirm"))),
        ),
        *period_filters(BankStatement.until),
    ),
    empty=_l("No bank statement has been imported yet."),
    is_found=False,
)


def _lines(statement_id: int | None = None) -> Table:
    def source(session: Session) -> Any:
        query = select().select_from(BankLine).join(BankStatement, BankStatement.id == BankLine.statement_id)
        query = query.outerjoin(Document, Document.id == BankLine.payment_id)
        return query if statement_id is None else query.where(BankLine.statement_id == statement_id)

    return Table(
        name="contacts.bank_line",
        title=_l("Lines of bank statements"),
        needs="contacts.bank.view",
        source=source,
        key=BankLine.id,
        columns=(
            Column("day", _l("Date"), BankLine.day, "date"),
            Column("name", _l("Name"), BankLine.name, headline=True),
            Column("amount", _l("Amount"), BankLine.amount, "money", currency="currency", summed=()),
            Column("currency", _l("Currency"), BankStatement.currency),
            Column("purpose", _l("Purpose"), BankLine.purpose, sortable=False),
            Column("state", _l("State"), STATE, "state", choices=STATES, sortable=False),
            Column(
                "payment",
                _l("Payment"),
                Document.number,
                nullable=True,
                sortable=False,
                link=lambda row: document_address(row.kind, row.payment_id) if row.payment_id else None,
            ),
            Column("value_day", _l("Value date"), BankLine.value_day, "date", nullable=True, is_aside=True),
            Column("party_account", _l("Account of the other side"), BankLine.account, is_aside=True),
            Column("bic", _l("BIC"), BankLine.bic, is_aside=True),
            Column("tax_id", _l("Tax number"), BankLine.tax_id, is_aside=True),
            Column("reference", _l("Reference"), BankLine.reference, is_aside=True),
            Column("bank_id", _l("Number at the bank"), BankLine.bank_id, is_aside=True),
            Column("account", _l("Account"), BankStatement.account, is_aside=True),
            Column("kind", "", Document.kind, hidden=True, nullable=True, sortable=False),
            Column("payment_id", "", BankLine.payment_id, hidden=True, nullable=True, sortable=False),
            Column("id", "", BankLine.id, hidden=True, sortable=False),
        ),
        order="-day",
        search=(
            func.lower(BankLine.name),
            func.lower(BankLine.purpose),
            func.lower(BankLine.reference),
            func.lower(Document.number),
        ),
        filters=(
            Filter("state", _l("State"), lambda value: STATE.in_([value]), tuple(STATES.items())),
            *period_filters(BankLine.day),
        ),
        empty=_l("This statement has no lines."),
        is_found=False,
    )


bank_lines = _lines()
lines_of_statement = _lines

bank_orders = Table(
    name="contacts.bank_order",
    title=_l("Payment batches"),
    needs="contacts.bank.order",
    source=lambda session: select().select_from(BankOrder).join(MoneyAccount, MoneyAccount.id == BankOrder.account_id),
    key=BankOrder.id,
    columns=(
        Column(
            "id",
            _l("Number"),
            BankOrder.id,
            "integer",
            headline=True,
            link=Link("contacts.bank_order_view", order_id="id"),
        ),
        Column("account", _l("Pay from"), MoneyAccount.name),
        Column("currency", _l("Currency"), MoneyAccount.currency),
        Column("day", _l("Day"), BankOrder.day, "date"),
    ),
    order="-id",
    create="contacts.bank_order_new",
    create_needs="contacts.bank.order",
    create_title=_l("Pay suppliers"),
    empty=_l("No batch has been made yet."),
    is_found=False,
)

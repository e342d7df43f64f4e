"""The lists of cash desks and bank accounts, of expense items, and of what moves money without a contact."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, bindparam, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.api.clock import wall_clock
from app.api.documents import Document
from app.api.reference import organisation_id
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Filter, Link, Table, period_filters, state_filter
from modules.contacts.money.accounts import ITEM_DIRECTIONS, KINDS
from modules.contacts.money.kinds import DIRECTIONS
from modules.contacts.money.models import ExpenseItem, MoneyAccount, OtherPayment, Revaluation, Transfer
from modules.contacts.money.registers import Cash
from modules.contacts.money.words import item_word


def in_use_filter(model: Any) -> Filter:
    """A list's filter by what is in use."""
    return Filter(
        "active",
        _l("Shown"),
        lambda value: model.is_active.is_(value != "no"),
        (("yes", _l("in use")), ("no", _l("no longer in use"))),
        default="yes",
    )


def account_choices(session: Session) -> list[tuple[str, object]]:
    """Every account, as filters offer them."""
    rows = session.execute(
        select(MoneyAccount.id, MoneyAccount.name)
        .where(MoneyAccount.organisation_id == organisation_id(session))
        .order_by(MoneyAccount.name_order, MoneyAccount.id)
    )
    return [(str(row.id), row.name) for row in rows]


def _balance() -> Any:
    """What is on an account at the present moment: what is dated ahead does not count."""
    total, e = Cash.balance.table.c, Cash.entries.c
    held = select(func.coalesce(func.sum(type_coerce(total.amount, BigInteger)), 0)).where(
        total.account_id == MoneyAccount.id
    )
    ahead = select(func.coalesce(func.sum(type_coerce(e.amount, BigInteger)), 0)).where(
        e.organisation_id == MoneyAccount.organisation_id,
        e.account_id == MoneyAccount.id,
        e.currency == MoneyAccount.currency,
        e.moment > bindparam("present", callable_=wall_clock, type_=DateTime),
    )
    units = held.correlate(MoneyAccount).scalar_subquery() - ahead.correlate(MoneyAccount).scalar_subquery()
    return type_coerce(cast(units, BigInteger), Money)


accounts = Table(
    name="contacts.account",
    title=_l("Cash and bank"),
    needs="contacts.account.view",
    source=lambda session: (
        select().select_from(MoneyAccount).where(MoneyAccount.organisation_id == organisation_id(session))
    ),
    key=MoneyAccount.id,
    columns=(
        Column(
            "name", _l("Name"), MoneyAccount.name, headline=True, link=Link("contacts.account_view", account_id="id")
        ),
        Column("kind", _l("Kind"), MoneyAccount.kind, "state", choices=KINDS),
        Column("number", _l("Bank account"), MoneyAccount.number, sortable=False),
        Column("bank", _l("Bank"), MoneyAccount.bank, sortable=False),
        Column(
            "balance",
            _l("Balance"),
            _balance(),
            "money",
            currency="currency",
            closed="contacts.cash",
            sortable=False,
            summed=(),
        ),
        Column("currency", _l("Currency"), MoneyAccount.currency),
        Column("is_main", _l("Main"), MoneyAccount.is_main, "flag", sortable=False),
        Column("id", "", MoneyAccount.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(MoneyAccount.name), func.lower(MoneyAccount.number)),
    filters=(
        in_use_filter(MoneyAccount),
        Filter("kind", _l("Kind"), lambda value: MoneyAccount.kind == value, tuple(KINDS.items())),
    ),
    create="contacts.account_new",
    create_needs="contacts.account.edit",
    create_title=_l("New cash desk or bank account"),
    empty=_l("No cash desk or bank account yet. Press Insert to add the first."),
)

expense_items = Table(
    name="contacts.expense_item",
    title=_l("Expense items"),
    needs="contacts.account.view",
    source=lambda session: select().select_from(ExpenseItem),
    key=ExpenseItem.id,
    columns=(
        Column(
            "name",
            _l("Name"),
            ExpenseItem.name,
            headline=True,
            words=item_word,
            link=Link("contacts.expense_item_edit", item_id="id"),
        ),
        Column("heading", _l("Heading"), ExpenseItem.heading, words=item_word, sortable=False),
        Column("direction", _l("For"), ExpenseItem.direction, "state", choices=ITEM_DIRECTIONS),
        Column("id", "", ExpenseItem.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(ExpenseItem.name), func.lower(ExpenseItem.heading)),
    filters=(
        in_use_filter(ExpenseItem),
        Filter("direction", _l("For"), lambda value: ExpenseItem.direction == value, tuple(ITEM_DIRECTIONS.items())),
    ),
    create="contacts.expense_item_new",
    create_needs="contacts.account.edit",
    create_title=_l("New expense item"),
    is_found=False,
)


def _item_choices(session: Session) -> list[tuple[str, object]]:
    rows = session.execute(
        select(ExpenseItem.id, ExpenseItem.name).order_by(ExpenseItem.heading, ExpenseItem.name_order)
    )
    return [(str(row.id), item_word(row.name)) for row in rows]


def _journal_columns(model: Any, view: str) -> tuple[Column, ...]:
    number = Column(
        "number", _l("Number"), model.number, nullable=True, headline=True, link=Link(view, document_id="id")
    )
    return number, Column("moment", _l("Date"), model.moment, "moment")


other_payments = Table(
    name="contacts.other_payment",
    title=_l("Payments without a contact"),
    needs="contacts.other_payment.view",
    source=lambda session: (
        select()
        .select_from(OtherPayment)
        .join(MoneyAccount, MoneyAccount.id == OtherPayment.account_id)
        .join(ExpenseItem, ExpenseItem.id == OtherPayment.expense_item_id)
    ),
    key=Document.__table__.c.id,
    columns=(
        *_journal_columns(OtherPayment, "contacts.other_payment_view"),
        Column("direction", _l("Direction"), OtherPayment.direction, choices=DIRECTIONS),
        Column("item", _l("Expense item"), ExpenseItem.name, words=item_word),
        Column("party", _l("To or from whom"), OtherPayment.party, sortable=False),
        Column("account", _l("Account"), MoneyAccount.name),
        Column(
            "amount", _l("Amount"), OtherPayment.amount, "money", currency="currency", summed=("direction", "state")
        ),
        Column("currency", _l("Currency"), OtherPayment.currency),
        Column("state", _l("State"), OtherPayment.state, "state"),
        Column("id", "", OtherPayment.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(OtherPayment.number), func.lower(OtherPayment.summary)),
    filters=(
        Filter("direction", _l("Direction"), lambda value: OtherPayment.direction == value, tuple(DIRECTIONS.items())),
        Filter("account", _l("Account"), lambda value: OtherPayment.account_id == int(value), account_choices),
        Filter("item", _l("Expense item"), lambda value: OtherPayment.expense_item_id == int(value), _item_choices),
        state_filter(OtherPayment),
        *period_filters(OtherPayment.moment),
    ),
    create="contacts.other_payment_new",
    create_needs="contacts.other_payment.post",
    create_title=_l("Record a payment without a contact"),
    empty=_l("No bank fee, tax or wage has been recorded yet."),
)

_target = aliased(MoneyAccount)

transfers = Table(
    name="contacts.transfer",
    title=_l("Money transfers"),
    needs="contacts.transfer.view",
    source=lambda session: (
        select()
        .select_from(Transfer)
        .join(MoneyAccount, MoneyAccount.id == Transfer.source_id)
        .join(_target, _target.id == Transfer.target_id)
    ),
    key=Document.__table__.c.id,
    columns=(
        *_journal_columns(Transfer, "contacts.transfer_view"),
        Column("source", _l("From account"), MoneyAccount.name),
        Column("amount", _l("Amount"), Transfer.amount, "money", currency="currency", summed=("state",)),
        Column("currency", _l("Currency"), Transfer.currency),
        Column("target", _l("To account"), _target.name),
        Column("received", _l("Arrives"), Transfer.received, "money", currency="target_currency"),
        Column("target_currency", _l("Currency there"), _target.currency, sortable=False),
        Column("state", _l("State"), Transfer.state, "state"),
        Column("id", "", Transfer.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(Transfer.number), func.lower(Transfer.summary)),
    filters=(
        Filter(
            "account",
            _l("Account"),
            lambda value: (Transfer.source_id == int(value)) | (Transfer.target_id == int(value)),
            account_choices,
        ),
        state_filter(Transfer),
        *period_filters(Transfer.moment),
    ),
    create="contacts.transfer_new",
    create_needs="contacts.transfer.post",
    create_title=_l("New money transfer"),
    empty=_l("No money has been transferred between own accounts yet."),
)

revaluations = Table(
    name="contacts.revaluation",
    title=_l("Revaluations"),
    needs="contacts.revaluation.view",
    source=lambda session: select().select_from(Revaluation),
    key=Document.__table__.c.id,
    columns=(
        *_journal_columns(Revaluation, "contacts.revaluation_view"),
        Column("day", _l("At the end of"), Revaluation.day, "date"),
        Column("result", _l("Gained (−: lost)"), Revaluation.result, "money", currency="currency"),
        Column("currency", _l("Currency"), Revaluation.currency),
        Column("state", _l("State"), Revaluation.state, "state"),
        Column("id", "", Revaluation.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(Revaluation.number),),
    filters=(state_filter(Revaluation), *period_filters(Revaluation.moment)),
    create="contacts.revaluation_new",
    create_needs="contacts.revaluation.post",
    create_title=_l("Revalue at a day's end"),
    empty=_l("Nothing has been revalued yet."),
)

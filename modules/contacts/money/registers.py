"""What lies in cash desks and on bank accounts, and what exchange rates made of it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.ledger import Ask, Floor, NotEnough, Register, Totals, code, dimension, exact
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from modules.contacts.money.errors import NotEnoughMoney
from modules.contacts.money.models import MoneyAccount

#: every cash desk, and bank accounts without an overdraft, never go below zero
_OVERDRAWN = "SELECT id FROM contacts_money_account WHERE may_overdraw"


def _overdrafts(ask: Ask, _own: int, short: Mapping[Any, Any], _let: Collection[Any]) -> set[Any]:
    may = {row[0] for row in ask(_OVERDRAWN, ())}
    return {key for key in short if key[0] in may}


def _not_enough_money(session: Session, error: NotEnough) -> NotEnoughMoney:
    names = select(MoneyAccount.id, MoneyAccount.name).where(MoneyAccount.id.in_({key[0] for key in error.short}))
    sees = session.info["actor"].sees(Cash.amount_of("amount").group)
    return NotEnoughMoney(error.short, {row.id: row.name for row in session.execute(names)}, says_how_much=sees)


class Cash(Register):
    """Money in cash desks and on bank accounts. What came in counts as in, what was paid as out."""

    name = "contacts.cash"
    title = _l("Cash and bank")
    needs = "contacts.account.view"
    account = dimension(MoneyAccount)
    #: the account's own
    currency = code(3)
    amount = exact(Money, group="contacts.cash")
    #: the same in the organisation's own currency, at the document's rate
    base = exact(Money, group="contacts.cash")

    balance = Totals(
        by=("account", "currency"),
        floor=Floor("amount", unless=_overdrafts, refusal=_not_enough_money),
    )

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Every document moved what it says, on the account that it names, and nothing else did."""
        from modules.contacts.money.proof import disagreements  # it asks these registers

        yield from disagreements(session)


class AccountResults(Register):
    """What was gained (above zero) or lost on rates by money of one's own: exchanged, or revalued at a period's end.

    A document's entries of cash, in the organisation's currency, less these results are what it is worth there.
    """

    name = "contacts.account_results"
    title = _l("Exchange results of accounts")
    needs = "contacts.account.view"
    account = dimension(MoneyAccount)
    currency = code(3)
    base = exact(Money, group="contacts.cash")

    results = Totals(by=("account", "currency"))

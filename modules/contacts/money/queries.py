"""Reading accounts: what is on them, and what moved there."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.api.ledger import Statement, now, statement
from app.api.security import require
from modules.contacts.money.models import MoneyAccount
from modules.contacts.money.registers import Cash

#: so many movements a page shows; of more the newest
MOST_SHOWN = 500


def balances_of_accounts(session: Session) -> dict[int, Any]:
    """What is on each account at the present moment, by its number; accounts on which nothing ever moved are left out."""
    require(session.info["actor"], "contacts.account.view")
    return {f.key[0]: f.amounts["amount"] for f in now(session, Cash.balance, by=("account",))}


def movements_of(
    session: Session, account: MoneyAccount, since: date, until: date, *, newest: int | None = None
) -> Statement:
    """Opening balance, every movement with the balance after it, closing balance, for the days from `since` to `until`, both
    included; of many only the `newest`."""
    require(session.info["actor"], "contacts.account.view")
    key = {"account": account.id, "currency": account.currency}
    found = statement(session, Cash.balance, since, until, where=key, newest=newest)
    # Rates alone move no money.
    return replace(found, lines=[line for line in found.lines if line.amounts["amount"]])

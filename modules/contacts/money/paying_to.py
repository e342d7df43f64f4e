"""To which of the company's bank accounts somebody pays, as invoices say it to whoever reads them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.security import PastPolicy
from modules.contacts.money.models import BANK, MoneyAccount

_PAPER = PastPolicy("an invoice says to which account it is paid, whoever reads it")


@dataclass(frozen=True, slots=True)
class PaidTo:
    """A bank account as it stands on paper; what isn't known is empty."""

    number: str
    bank: str
    bic: str
    #: of a Russian bank: its account at the central bank
    correspondent: str


def account_to_pay(session: Session, currency: str) -> PaidTo | None:
    """The company's main bank account in the currency that has a number, or else the first one; None: there is none."""
    account: Any = MoneyAccount.__table__
    asked = select(account.c.number, account.c.bank, account.c.bic, account.c.correspondent).where(
        account.c.kind == BANK, account.c.currency == currency, account.c.is_active, account.c.number != ""
    )
    row = _PAPER(session).execute(asked.order_by(account.c.is_main.desc(), account.c.id).limit(1)).first()
    return None if row is None else PaidTo(*row)

"""What cash desks and bank accounts refuse."""

from collections.abc import Mapping
from typing import Any

from app.api.errors import Conflict
from app.api.ledger import Shortage
from app.api.texts import lazy_gettext as _l
from app.api.texts import moment, money


class NotEnoughMoney(Conflict):
    """An account would go below zero; `short` says by how much and when, per account. Whoever may not see balances is shown
    only where."""

    def __init__(
        self, short: dict[tuple[Any, ...], Shortage], accounts: Mapping[int, str], *, says_how_much: bool
    ) -> None:
        self.short = short
        lines = [
            str(
                _l(
                    "%(account)s: %(missing)s %(currency)s short, %(held)s there on %(moment)s",
                    account=accounts[key[0]],
                    missing=money(shortage.amount, key[1]),
                    currency=key[1],
                    held=money(shortage.held, key[1]),
                    moment=moment(shortage.moment),
                )
                if says_how_much
                else accounts[key[0]]
            )
            for key, shortage in sorted(short.items())
        ]
        super().__init__(
            _l(
                "Not enough money, nothing was posted. %(lines)s. Choose another account or day, or enter what was there"
                " before.",
                lines="; ".join(lines),
            )
        )

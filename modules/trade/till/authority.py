"""What the right to use a till lets do: its documents are written for the till, whatever else is open to its cashier.

A cashier need not be allowed to write sales and payments in the office, nor see everybody's customers: `trade.till.use` is the
right to sell over the counter, which is all of that at once and nothing else (docs/adr/0069).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from app.api.security import Actor, unrestricted

_RIGHTS = frozenset(
    {
        *(f"trade.{noun}.{verb}" for noun in ("sale", "sales_return") for verb in ("view", "edit", "post")),
        "contacts.payment.post",
        "contacts.statement.view",
        "contacts.other_payment.post",
        "contacts.transfer.post",
    }
)
_GROUPS = frozenset({"contacts.financial"})
_WHY = "a till serves whoever stands before it, with the till's own customer or theirs"


@contextmanager
def at_till(session: Session, actor: Actor) -> Iterator[Actor]:
    """Give the actor that writes a till's documents in the name of its cashier. Whom they may serve is asked before."""
    with unrestricted(session, _WHY):
        yield replace(actor, permissions=actor.permissions | _RIGHTS, groups=actor.groups | _GROUPS)

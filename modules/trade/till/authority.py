"""What the right to use a till lets do: its documents are written for the till, whatever else is open to its cashier.

A cashier need not be allowed to write sales and payments in the office, nor see everybody's customers: `trade.till.use` is the
right to sell over the counter, which is all of that at once and nothing else (docs/adr/0069).
"""

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from app.api.security import Actor
from modules.trade.authority import acting_for

_RIGHTS = frozenset(
    {
        *(f"trade.{noun}.{verb}" for noun in ("sale", "sales_return") for verb in ("view", "edit", "post")),
        "contacts.payment.post",
        "contacts.statement.view",
        "contacts.other_payment.post",
        "contacts.transfer.post",
    }
)
_GROUPS = frozenset({"contacts.financial", "warehouse.price"})
_WHY = "a till serves whoever stands before it, with the till's own customer or theirs"


def at_till(session: Session, actor: Actor) -> AbstractContextManager[Actor]:
    """Give the actor that writes a till's documents in the name of its cashier. Whom they may serve is asked before."""
    return acting_for(session, actor, _WHY, rights=_RIGHTS, groups=_GROUPS)

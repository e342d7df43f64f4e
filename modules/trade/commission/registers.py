"""What lies on commission with agents and of principals, and what was reported of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, code, dimension, exact
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from modules.contacts.api import Contact
from modules.warehouse.api import Item


def not_enough_left(session: Session, error: NotEnough) -> Conflict:
    """More is reported or given back than lies on commission: said of the first item."""
    key = next(iter(error.short))
    name = session.scalar(select(Item.name).where(Item.id == key[0]))
    return Conflict(
        _l("“%(item)s”: more is reported or given back than was given on commission and is left.", item=name),
        field="lines",
    )


class Commission(Register):
    """Goods on commission by item, agent or principal, and whose they are; amounts in the organisation's own currency, with
    tax."""

    name = "trade.commission"
    title = _l("Goods on commission")
    needs = "trade.commission_move.view"
    item = dimension(Item)
    contact = dimension(Contact, scoped=True)
    #: GIVEN or TAKEN
    direction = code(8)
    #: what is left: given or taken, less what went back and what was sold
    quantity = exact(Quantity)
    sold = exact(Quantity)
    returned = exact(Quantity)
    #: what it was sold for, commission included, and the commission that was kept of it
    amount = exact(Money, group="contacts.financial")
    commission = exact(Money, group="contacts.financial")

    left = Totals(by=("item", "contact", "direction"), floor=Floor("quantity", refusal=not_enough_left))

"""What the page of a document says of its other side."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.api.prints import Fact
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Payment
from modules.trade.intercompany.operations import made_side, other_side_of
from modules.trade.intercompany.payments import payment_side_to_make
from modules.trade.models import TradeDocument


def other_side_facts(session: Session, document: TradeDocument) -> Sequence[Fact]:
    """Whose it is, and its number; nothing of what isn't between own organisations."""
    side = other_side_of(session, document)
    if side is None or side.document_id is None:
        return ()
    return (Fact(_l("Organisation"), side.organisation), Fact(side.title, side.number))


def other_payment_facts(session: Session, payment: Payment) -> Sequence[Fact]:
    """The other organisation's side of a payment, or the way to record it; nothing of what isn't between own organisations."""
    side = made_side(session, payment.id)
    if side is not None:
        both = Fact(_l("When reversed"), _l("both sides are"))
        return (Fact(_l("Organisation"), side.organisation), Fact(side.title, side.number), both)
    to_make = payment_side_to_make(session, payment)
    if to_make is None:
        return ()
    missing = Fact(
        _l("Its side"),
        _l("Record it…"),
        endpoint="trade.own_payment_make",
        arguments=(("document_id", payment.id),),
        needs="contacts.payment.post",
    )
    return (Fact(_l("Organisation"), to_make.organisation), missing)

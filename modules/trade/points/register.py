"""Whose points there are, by the document that gave them, and what became of them."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, ColumnElement, Index, func, literal_column, or_, select, text, type_coerce
from sqlalchemy.orm import Session

from app.api.errors import Conflict
from app.api.ledger import Floor, NotEnough, Register, Totals, dimension, exact, number
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import Quantity
from modules.contacts.api import Contact
from modules.trade.points.models import Programme

_BOOKS = PastPolicy("a proof of the books counts every entry")


def points_are_gone(_session: Session, _error: NotEnough) -> Conflict:
    """What a document gave is spent or has expired."""
    return Conflict(
        _l(
            "Points that this has given are spent by now. Reverse first what they were spent on, or correct the customer's"
            " points by hand."
        )
    )


class Points(Register):
    """Bonus points by contact and programme: those that are left, and how many were earned, spent, expired and corrected."""

    name = "trade.points"
    title = _l("Bonus points")
    needs = "trade.points.view"
    contact = dimension(Contact, scoped=True)
    programme = dimension(Programme)
    #: the document that gave them: a PointsLot
    lot = number()
    #: what is left: earned and corrected, less what was spent and expired
    points = exact(Quantity)
    earned = exact(Quantity)
    spent = exact(Quantity)
    expired = exact(Quantity)
    corrected = exact(Quantity)

    balance = Totals(by=("contact", "programme"))
    lots = Totals(
        by=("contact", "programme", "lot"),
        of=("points",),
        turnovers=False,
        floor=Floor("points", refusal=points_are_gone),
    )

    @classmethod
    def has_expired(cls) -> ColumnElement[bool]:
        """Whether an entry wrote off what had expired, in the words of the index of such entries: they are few."""
        return type_coerce(cls.entries.c.expired, BigInteger) != literal_column("0")

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """What is left is what became of them, and what the lots have together."""
        whole, part = cls.balance.table.c, cls.lots.table.c
        units = {name: type_coerce(whole[name], BigInteger) for name in cls.balance.of}
        lots = (
            select(part.contact_id, part.programme_id, func.sum(type_coerce(part.points, BigInteger)).label("points"))
            .group_by(part.contact_id, part.programme_id)
            .subquery()
        )
        left = units["earned"] + units["corrected"] - units["spent"] - units["expired"]
        query = (
            select(whole.contact_id, whole.programme_id)
            .outerjoin_from(
                cls.balance.table,
                lots,
                (lots.c.contact_id == whole.contact_id) & (lots.c.programme_id == whole.programme_id),
            )
            .where(or_(units["points"] != left, units["points"] != func.coalesce(lots.c.points, 0)))
        )
        for contact, programme in _BOOKS(session).execute(query.limit(20)):
            yield f"trade.points: contact {contact}, programme {programme}: the points left aren't what became of them"


_SOME = text("expired <> 0")
Index("ix_trade_points_entry_lot_id", Points.entries.c.lot_id, sqlite_where=_SOME, postgresql_where=_SOME)

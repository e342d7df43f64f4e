"""Money that documents will bring or cost before anybody owes it: what modules tell a payment calendar."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MoneySource:
    """Why money is expected: its name, `module.what`, and how people see it: the words and the icon of a page."""

    name: str
    title: object
    icon: str


@dataclass(frozen=True, slots=True)
class ExpectedMoney:
    """An amount that nobody owes yet, and the document because of which it is expected."""

    source: MoneySource
    #: whether it comes in
    is_in: bool
    #: when it is to be paid; None: nobody has said when
    day: date | None
    #: above zero, tax included
    amount: Decimal
    currency: str
    #: of whom the document is made with
    partner_id: int
    partner: str
    #: the document, to be looked at
    kind: str
    document_id: int
    number: str
    #: for which documents it may have been paid in advance: what is open of such payments is a part of it
    paid_for: tuple[int, ...] = ()

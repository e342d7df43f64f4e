"""What a document's form asks while somebody types its lines, and what is proposed for them: the words that `proposing` and
those who take part in it have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import url_for
from sqlalchemy.orm import Session

from app.api.documents import Document, Kind, kind_of
from app.api.security import Actor


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line as it stands in the form."""

    item_id: int
    #: above zero
    quantity: Decimal
    #: cells that the person has typed, by name: they stay as they are
    own: Mapping[str, Decimal] = field(default_factory=dict)
    #: the same in the item's second unit
    second: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A document as it stands in the form. Nothing of it is checked but that its items and contact are there and open."""

    #: noun of the kind: sale, sales_return …
    kind: str
    currency: str
    day: date
    lines: Sequence[AskedLine]
    contact_id: int | None = None
    contract_id: int | None = None
    place_id: int | None = None
    tax_included: bool = False
    #: what the customer has said to get a discount; empty: nothing
    coupon: str = ""


@dataclass(slots=True)
class Proposed:
    """What is proposed for a line."""

    #: cell → value, for cells that the person hasn't typed; None: it is left empty
    cells: dict[str, Decimal | None] = field(default_factory=dict)
    #: shown below the line, in the reader's language
    says: list[Any] = field(default_factory=list)
    #: how its price came about, as `pricing.explaining` writes it
    pricing: str = ""


@dataclass(slots=True)
class Proposal:
    """What is proposed for a document: a line for each that was asked, and what is shown at the foot of all of them."""

    lines: list[Proposed]
    says: list[Any] = field(default_factory=list)

    def value(self, asked: Asked, number: int, cell: str) -> Decimal | None:
        """What a cell will say: what the person typed, else what is proposed."""
        own = asked.lines[number].own
        return own[cell] if cell in own else self.lines[number].cells.get(cell)


#: takes part in a proposal: adds to the lines' cells and words. Whoever stands before it has been asked
Part = Callable[[Session, Actor, Asked, Proposal], None]

#: the kinds whose forms ask (`proposing_page.declare_proposing`)
ASKING: Final[set[str]] = set()


def is_bought(noun: str) -> bool:
    """Whether documents of a kind are made with a supplier."""
    return bool(_model(noun).is_bought)


def is_offered(noun: str) -> bool:
    """Whether a kind offers or sells something to a customer, at prices that are proposed and margins that are guarded."""
    model = _model(noun)
    return not (model.is_bought or model.clears_up)


def _model(noun: str) -> Any:
    return Kind.declared[f"trade.{noun}"].model


def propose_address(model: type[Document]) -> str:
    """Where the form of a kind asks what to propose; empty where it doesn't."""
    kind = kind_of(model)
    return url_for(f"{kind.name}_propose") if kind.name in ASKING else ""

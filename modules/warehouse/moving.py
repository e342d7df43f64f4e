"""What goods on their way are: whatever moves them says it so."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.api.documents import Document
from modules.warehouse.costing import CARRIED, MADE, OWN, RETURNED
from modules.warehouse.models import NONE, PRODUCTION

Line = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A quantity of an item on its way from a place to another."""

    document: Document
    line: int
    item_id: int
    source_id: int
    target_id: int
    #: above zero, in base units
    quantity: Decimal
    #: the same goods in their second unit, of the whole line; None: nobody has said it (`catch_weight.moving`)
    second: Decimal | None = field(default=None, kw_only=True)
    #: what it is worth by its own price, in the organisation's own currency; None: it carries or gives back a cost
    value: Decimal | None = None
    #: the document and line whose goods it gives back
    origin: Line | None = None
    #: whether it carries what its pool has, though it has an origin: what is left of that, and its lots, go by it
    carries: bool = False
    #: the document of the work order that it feeds or comes from
    work_order: int = 0
    #: of several products of a work order: its part of the cost beside the others', a whole number
    weight: int = 0
    #: the claim that the goods leave, or come back to
    claim_id: int = 0
    #: what its line says of lots, and when these expire; `lots.splitting` makes parts of it
    typed: str = ""
    expires: date | None = None
    #: whether it is of what has no lot, though its item is kept by lots: nothing is looked for
    is_lotless: bool = False
    #: the box or pallet that they leave, by its code; empty: none in particular
    logistic_unit: str = ""
    #: the bin that they leave first, NONE: what isn't put away; None: as bins have their turn (`bins.taking`)
    from_bin: int | None = None
    #: the bin that they come to; NONE: they aren't put away
    to_bin: int = NONE
    #: the lots they leave with and arrive with
    lots: tuple[int, int] = (0, 0)

    def basis(self, inside: bool) -> str:
        """What the value rests on; `inside`: the goods leave a place of the company."""
        if self.value is not None:
            return OWN
        if self.origin is not None and not self.carries:
            return RETURNED
        if self.work_order and self.source_id == PRODUCTION:
            return MADE
        return CARRIED if inside else RETURNED

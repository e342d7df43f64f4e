"""What somebody types of documents that move goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from app.api.documents import Draft, LineKey


@dataclass(slots=True)
class MovementLineDraft:
    """A line as the user typed it; `price` of one base unit where the document is priced. Who may not see costs leaves it as it
    is; of a line without one, the goods come in at the average of where they arrive."""

    optional: ClassVar[frozenset[str]] = frozenset({"price", "packing_id", "share", "second"})

    item_id: int
    #: in base units
    quantity: Decimal = Decimal(0)
    price: Decimal | None = None
    #: the packing of the item in which it was typed
    packing_id: int | None = None
    #: the same goods in the item's second unit
    second: Decimal | None = None
    #: what is said of lots and serial numbers, as `lots.rules` reads it, and until when they may be used
    lots: str = ""
    expires: date | None = None
    #: the box or pallet that was scanned for it, by its code
    logistic_unit: str = ""
    #: of a transfer: the line of the request that it sends. Of its receipt: the transfer's line whose goods arrive, and how
    #: much of the quantity never did
    origin: LineKey | None = None
    missing: Decimal = Decimal(0)
    #: of a disassembly: its part of the kit's cost beside the other lines'; None: by what such goods cost
    share: Decimal | None = None
    #: the number of the stored line that this was
    stored: int | None = None


@dataclass(slots=True)
class MovementDraft(Draft):
    """A movement as the user typed it. Of the places, those that the kind fixes are left out."""

    optional: ClassVar[frozenset[str]] = Draft.optional | {"source_id", "target_id", "kit_id", "kit_quantity"}

    lines: Sequence[MovementLineDraft]
    source_id: int | None = None
    target_id: int | None = None
    #: of a transfer: whether a transfer receipt receives what it sends
    in_two_steps: bool = False
    #: of an assembly or disassembly: the kit, how much of it, and its lots as `lots.rules` reads them
    kit_id: int | None = None
    kit_quantity: Decimal | None = None
    kit_lots: str = ""

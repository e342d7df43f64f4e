"""Components that follow a work order's quantity: what was typed stays beside each line, so that nothing is rounded twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.texts import typed
from app.api.web import parse_decimal
from modules.production.models import Bom
from modules.production.operations import rescaled
from modules.production.queries import Bill
from modules.production.rules import ComponentDraft, Typed


@dataclass(slots=True)
class Followed(ComponentDraft):
    """A component as it is shown. `typed` is what the page keeps beside it: item, quantity and for how much of the product
    somebody typed it, and the quantity that came of it; as long as that stands there, the next one comes of what was typed."""

    typed: str = ""


def typed_in(row: Mapping[str, Any], filled: Decimal) -> Typed:
    """What somebody typed in a row of the form, whose components are for `filled` of the product. Of a row that says what isn't
    so any more, its own quantity."""
    item, quantity = row["item_id"], row.get("quantity") or Decimal(0)
    try:
        known, was, ordered, shown = str(row.get("typed") or "").split(":")
        if int(known) == item and parse_decimal(shown) == quantity and (base := parse_decimal(ordered)) > 0:
            return Typed(item, parse_decimal(was), base)
    except ValueError:
        pass  # nothing is kept there, or nothing that can be read
    return Typed(item, quantity, filled)


def followed(session: Session, bom: Bom | Bill, lines: Sequence[Typed], *, after: Decimal) -> list[Followed]:
    """See `rescaled`; with what was typed."""
    return [
        Followed(
            made.item_id, made.quantity, ":".join([str(t.item_id), *map(typed, (t.quantity, t.ordered, made.quantity))])
        )
        for t, made in zip(lines, rescaled(session, bom, lines, after=after), strict=True)
    ]

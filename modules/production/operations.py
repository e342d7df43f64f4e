"""Writing bills of materials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import begin_version
from app.api.errors import Conflict, Invalid
from app.api.security import Actor, record, require
from app.api.texts import kept
from app.api.texts import lazy_gettext as _l
from modules.production.models import Bom, BomLine
from modules.production.queries import Bill
from modules.production.rules import (
    ComponentDraft,
    Typed,
    check_component,
    check_goods,
    check_output,
    scaled,
)
from modules.warehouse.api import check_counted, check_quantity, items_by_id


@dataclass(slots=True)
class BomDraft:
    """A bill of materials as the user typed it: `output` of the product takes the components."""

    item_id: int
    lines: Sequence[ComponentDraft]
    output: Decimal = Decimal(1)
    name: str = ""
    note: str = ""
    is_active: bool = True


def save_bom(
    session: Session, actor: Actor, draft: BomDraft, *, bom: Bom | None = None, version: int | None = None
) -> Bom:
    """Write a bill, new or instead of what `bom` was; orders made after it stay as they are.

    Refused: no components, quantities not above zero or finer than counted, services, what is no longer in use unless the bill
    has it already, a product that is its own component, a text that is too long, a second bill of the same product and name, a
    bill that was saved since `version` (Changed).
    """
    require(actor, "production.bom.edit")
    texts = kept(Bom, {"name": draft.name, "note": draft.note})
    if bom is not None:
        begin_version(session, bom, version)
    items = items_by_id(session, {draft.item_id, *(line.item_id for line in draft.lines)})
    check_output(draft.output, _l("The output must be above zero."), field="output")
    check_goods(items[draft.item_id], field="item_id")
    check_counted(items[draft.item_id], draft.output, field="output")
    for number, line in enumerate(draft.lines, 1):
        check_component(items[line.item_id], number, line, product_id=draft.item_id)
        check_quantity(number, items[line.item_id], line.quantity)
    if not draft.lines:
        raise Invalid(_l("Add at least one component."), field="lines")
    _refuse_out_of_use(draft, items, bom)
    _refuse_second(session, draft, bom)
    verb = "change" if bom else "create"
    bom = bom or Bom()
    if bom.id is not None:
        bom.lines.clear()
        session.flush()  # the old lines go before the new ones take their numbers
    bom.item_id, bom.name, bom.output = draft.item_id, texts["name"], draft.output
    bom.note, bom.is_active = texts["note"], draft.is_active
    bom.lines = [BomLine(line=n, item_id=c.item_id, quantity=c.quantity) for n, c in enumerate(draft.lines, 1)]
    session.add(bom)
    session.flush()
    summary = " ".join(filter(None, (items[draft.item_id].code, bom.name)))
    record(session, f"production.bom.{verb}", subject="production.bom", subject_id=bom.id, summary=summary)
    return bom


def _refuse_out_of_use(draft: BomDraft, items: Mapping[int, Any], bom: Bom | None) -> None:
    """A bill in use takes no product or component that is no longer in use, except for those it has already."""
    known = {bom.item_id, *(line.item_id for line in bom.lines)} if bom is not None else set()
    if not draft.is_active:
        return
    if draft.item_id not in known and not items[draft.item_id].is_active:
        raise Invalid(_l("“%(name)s” is no longer in use.", name=items[draft.item_id].name), field="item_id")
    for number, line in enumerate(draft.lines, 1):
        if line.item_id not in known and not items[line.item_id].is_active:
            message = _l("Line %(n)s: “%(name)s” is no longer in use.", n=number, name=items[line.item_id].name)
            raise Invalid(message, field="lines", column="item")


def components_of(session: Session, bom: Bom | Bill, quantity: Decimal) -> list[ComponentDraft]:
    """What the bill asks for `quantity` of its product, line by line, each as finely as it is counted."""
    items = items_by_id(session, {line.item_id for line in bom.lines})
    return [
        ComponentDraft(
            line.item_id,
            scaled(line.quantity, ordered=quantity, output=bom.output, digits=items[line.item_id].digits),
        )
        for line in bom.lines
    ]


def rescaled(session: Session, bom: Bom | Bill, lines: Sequence[Typed], *, after: Decimal) -> list[ComponentDraft]:
    """The components for `after` of the product; it and what each was typed for are above zero.

    What is as the bill says for so much gets what it says for `after`; what somebody has changed by hand keeps its proportion,
    and what was left out stays so. Scaled from what was typed, so that a quantity and back again gives the same.
    Refused (Invalid): less than nothing, what can't be kept, and so much that it is a barcode, typed or made of it.
    """
    items = items_by_id(session, {line.item_id for line in lines})
    of_bill: dict[int, list[Any]] = {}
    for component in bom.lines:
        of_bill.setdefault(component.item_id, []).append(component)
    found = []
    for number, line in enumerate(lines, 1):
        _check_kept(number, items[line.item_id], line.quantity)
        quantity = _rescaled(line, of_bill.get(line.item_id, []), bom.output, after, items[line.item_id].digits)
        _check_kept(number, items[line.item_id], quantity)
        found.append(ComponentDraft(line.item_id, quantity))
    return found


def _rescaled(line: Typed, of_bill: list[Any], output: Decimal, after: Decimal, digits: int) -> Decimal:
    """How much of one component; what the bill says for it is taken out of `of_bill`."""
    for component in of_bill:
        if scaled(component.quantity, ordered=line.ordered, output=output, digits=digits) == line.quantity:
            of_bill.remove(component)
            return scaled(component.quantity, ordered=after, output=output, digits=digits)
    if line.ordered == after:
        return line.quantity
    return scaled(line.quantity, ordered=after, output=line.ordered, digits=digits)


def _check_kept(number: int, item: Any, quantity: Decimal) -> None:
    if quantity:  # zero was left out
        check_quantity(number, item, quantity, is_kept=True)


def _refuse_second(session: Session, draft: BomDraft, bom: Bom | None) -> None:
    same = select(Bom.id).where(
        Bom.item_id == draft.item_id,
        Bom.name == kept(Bom, {"name": draft.name})["name"],
        Bom.id != (bom.id if bom else 0),
    )
    if session.scalars(same).first() is not None:
        raise Conflict(_l("This product has a bill of that name already; give this one another."))

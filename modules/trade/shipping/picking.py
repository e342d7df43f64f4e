"""What to fetch for one or several orders, on paper: by warehouse, bin and code, with the code to scan, and no price."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.prints import Printing, letterhead, pdf_of, value_text
from app.api.texts import lazy_gettext as _l
from modules.trade.registers import OUT
from modules.trade.shipping.queue import Left, Waiting, left_together
from modules.trade.waves.planning import waves_of
from modules.warehouse.api import bars, bins_to_pick

TEMPLATE = Path(__file__).parent.parent / "print" / "picking.typ"
#: orders of one list
MOST = 100
_ZERO = Decimal(0)


def picking_pdf(session: Session, orders: Sequence[int]) -> bytes:
    """The list of what can be shipped of the orders now, each item once for a warehouse, and what is free once for
    all of them. Orders in an open wave are left out, as they are picked with it, and named with it. Refused: no order,
    more than MOST, all of them in waves, nothing of them in stock (Invalid); one of which nothing waits (NotFound)."""
    if not orders:
        raise Invalid(_l("Choose at least one order."))
    if len(orders) > MOST:
        raise Invalid(_l("At most %(n)s orders go onto one list.", n=MOST))
    taken = waves_of(session, orders)
    found = left_together(session, list(dict.fromkeys(orders)), OUT)
    in_waves = ", ".join(f"{order.number} ({taken[order.id]})" for order, _lines in found if order.id in taken)
    found = [each for each in found if each[0].id not in taken]
    if not found:
        raise Invalid(_l("All of these orders are picked in waves: %(orders)s.", orders=in_waves))
    places = places_of(session, found)
    if not places:
        raise Invalid(_l("Nothing of these orders is in stock, so there is nothing to pick."))
    data = {
        **letterhead(session),
        "title": str(_l("Picking list")),
        "facts": [
            [
                str(_l("Orders")),
                ", ".join(order_words(order.number, order.name, order.carrier) for order, _lines in found),
            ],
            *([[str(_l("Picked in waves")), in_waves]] if in_waves else []),
        ],
        "columns": [str(title) for title in (_l("Code"), _l("Item"), _l("Barcode"), _l("Quantity"), _l("Picked"))],
        "places": places,
        "signatures": [[str(_l("Picked by")), ""], [str(_l("Checked by")), ""]],
    }
    return pdf_of(Printing(TEMPLATE, data, sum(len(place["lines"]) for place in places)))


def order_words(number: str, name: str, carrier: str) -> str:
    """An order, whose it is, and who is to bring it where it says that."""
    return f"{number} ({name}, {carrier})" if carrier else f"{number} ({name})"


def places_of(session: Session, found: Sequence[tuple[Waiting, Sequence[Left]]]) -> list[dict[str, Any]]:
    """Each warehouse with its items in the order of the walk by their bins, then by code: how much of one in all, from which
    bins, and for which orders."""
    wanted: dict[tuple[str, int], dict[str, list[tuple[str, Left]]]] = defaultdict(lambda: defaultdict(list))
    for order, lines in found:
        for line in lines:
            if line.available > 0:
                wanted[order.place, order.place_id][line.code].append((order.number, line))
    return [{"name": name, "lines": _lines(session, place, items)} for (name, place), items in sorted(wanted.items())]


def _lines(session: Session, place_id: int, items: Mapping[str, list[tuple[str, Left]]]) -> list[dict[str, Any]]:
    quantities = {parts[0][1].item_id: sum((x.available for _, x in parts), _ZERO) for parts in items.values()}
    bins = bins_to_pick(session, place_id, quantities)

    def walked(code: str) -> tuple[Any, ...]:
        first = next(iter(bins.get(items[code][0][1].item_id, ())), None)
        return (first is None, first[0].position if first else 0, first[0].code_order if first else "", code)

    return [_line(code, items[code], bins.get(items[code][0][1].item_id, ())) for code in sorted(items, key=walked)]


def _line(code: str, parts: Sequence[tuple[str, Left]], bins: Sequence[tuple[Any, Decimal]]) -> dict[str, Any]:
    first = parts[0][1]

    def said(quantity: Decimal) -> str:
        return value_text(quantity, "quantity", unit=first.unit)

    by_order: dict[str, Decimal] = defaultdict(Decimal)
    for number, line in parts:
        by_order[number] += line.available
    return {
        "code": code,
        "name": first.name,
        "barcode": first.barcode or "",
        "bins": [[each.code, said(quantity)] for each, quantity in bins],
        "bars": bars(first.barcode or code),
        "quantity": said(sum(by_order.values(), Decimal(0))),
        "orders": [[number, said(quantity)] for number, quantity in by_order.items()] if len(by_order) > 1 else [],
    }

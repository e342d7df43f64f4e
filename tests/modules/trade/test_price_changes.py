"""Many prices changed together: shown first, changed, and undone as long as nobody has changed them since."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from app.errors import Conflict, Forbidden, Invalid
from app.security import SYSTEM, Actor
from modules.trade.pricing.models import ItemPrice
from modules.trade.pricing.runs import Wanted, change_prices, planned, undo_run
from modules.trade.pricing.types import create_type, set_price
from modules.warehouse.operations import change_item, create_group, create_item
from tests.rows import rows_of_all_tables

DAY = date(2026, 5, 1)


def prices(session: Any) -> list[tuple[str, str]]:
    rows = session.query(ItemPrice).order_by(ItemPrice.item_id, ItemPrice.since)
    return [(row.item.code, f"{row.since.month}: {row.price.normalize():f}") for row in rows]


def test_prices_change_together_and_back(company: Any) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        group = create_group(session, SYSTEM, name="Iron").id
        inner = create_group(session, SYSTEM, name="Bolts", parent_id=group).id
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt", price=D("14.52"), group_id=inner)
        nut = create_item(session, SYSTEM, code="NUT", name="Nut", price=D("2"), group_id=group)
        create_item(session, SYSTEM, code="GLUE", name="Glue", price=D("5"))
        create_item(session, SYSTEM, code="OLD", name="Old", price=D("5"), group_id=group, is_active=False)
        retail = create_type(session, SYSTEM, name="Retail", formula="usual", percent=D(100), direction="nearest")
        set_price(session, SYSTEM, retail, item_id=nut.id, price=D("3.5"), since=DAY)
        session.flush()
        before = rows_of_all_tables(session)

        own = Wanted(None, D(10), group, step=D(1), ending=D("0.90"))
        seen = [(change.item.code, change.before, change.after) for change in planned(session, SYSTEM, own)]
        assert seen == [("BOLT", D("14.52"), D("15.90")), ("NUT", D(2), D("1.90"))]  # 15.972 and 2.20
        assert rows_of_all_tables(session) == before

        first = change_prices(session, SYSTEM, own)
        assert (bolt.price, nut.price) == (D("15.90"), D("1.90"))
        typed = change_prices(session, SYSTEM, Wanted(retail.id, D(-50), group, since=DAY))
        assert prices(session) == [
            ("BOLT", "5: 15.9"),
            ("NUT", "5: 1.75"),
        ]  # 31.80 by its formula, 3.50 as it was typed
        with pytest.raises(Conflict):  # not the last
            undo_run(session, SYSTEM, first)
        undo_run(session, SYSTEM, typed)
        assert prices(session) == [("NUT", "5: 3.5")]

        change_item(session, SYSTEM, nut, price=D(9))
        with pytest.raises(Conflict) as refused:
            undo_run(session, SYSTEM, first)
        assert "“Nut”" in str(refused.value)
        change_item(session, SYSTEM, nut, price=D("1.90"))
        undo_run(session, SYSTEM, first)
        assert (bolt.price, nut.price) == (D("14.52"), D(2))
        with pytest.raises(Invalid):
            change_prices(session, SYSTEM, Wanted(None, D(0)))
        with pytest.raises(Forbidden):
            planned(session, Actor(None, "seller"), own)

"""Whatever is changed behind the program's back is found."""

from typing import Any

import pytest
from own_registers import declared
from sqlalchemy import text

from app import ledger
from app.audit import verify as verify_audit


def books(shop: Any) -> list[str]:
    return shop.ask(lambda session: list(ledger.verify(session)))


def audit(shop: Any) -> list[str]:
    return shop.ask(lambda session: list(verify_audit(session)))


@pytest.fixture
def busy(shop: Any) -> Any:
    """The shop after some sales."""
    for quantity in ("1", "2", "3"):
        shop.sell([(0, quantity, "2"), (1, "1", "3")])
    assert books(shop) == []
    assert audit(shop) == []
    return shop


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE warehouse_stock_on_hand_total SET quantity = quantity + 1",
        "UPDATE warehouse_stock_worth_total SET value = value - 1",
        "UPDATE warehouse_stock_claims_total SET entries = entries + 1",
        "UPDATE warehouse_stock_on_hand_total SET last_moment = '2020-01-01 00:00:00.000000'",
        "DELETE FROM warehouse_stock_worth_total",
        "INSERT INTO warehouse_stock_on_hand_total"
        " (organisation_id, item_id, place_id, lot_id, quantity, entries, last_moment)"
        " SELECT 1, min(id), -2, 0, 0, 0, '2026-01-01 00:00:00.000000' FROM warehouse_item",
        "UPDATE warehouse_stock_worth_turnover SET value_in = value_in + 1, value_out = value_out + 1",
        "UPDATE warehouse_stock_on_hand_turnover SET month = month + 100",
        "DELETE FROM contacts_settlements_balance_turnover",
        "UPDATE contacts_settlements_open_items_total SET amount = 0",
        "UPDATE contacts_settlements_entry SET amount = amount + 100",
        "UPDATE contacts_settlements_entry SET side = -side",
        "UPDATE warehouse_stock_entry SET quantity = -quantity",
        "UPDATE warehouse_stock_entry SET place_to_id = 100 WHERE place_from_id = 100",
        "UPDATE trade_sales_entry SET moment = '2025-01-01 00:00:00.000000'",
        "DELETE FROM trade_sales_entry",
        "UPDATE core_document SET state = 'draft' WHERE kind = 'trade.sale'",
        "UPDATE core_document SET state = 'reversed' WHERE kind = 'trade.sale'",
    ],
)
def test_tampering_with_the_books_is_found_and_rebuild_mends_projections(busy: Any, tampering: str) -> None:
    busy.sql(tampering)
    assert books(busy)
    if "_total" in tampering or "_turnover" in tampering:
        busy.do(ledger.rebuild)
        assert books(busy) == []


def test_a_rebuild_changes_nothing_in_sound_books(busy: Any) -> None:
    before = busy.everything()
    busy.do(ledger.rebuild)
    after = busy.everything()
    lines = set(after.pop("core_audit")) - set(before.pop("core_audit"))
    assert ["core.ledger.rebuild" in line for line in lines] == [True]
    assert after.pop("core_audit_head") != before.pop("core_audit_head")
    assert after == before


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE core_audit SET summary = 'nothing' WHERE id = (SELECT max(id) - 1 FROM core_audit)",
        "UPDATE core_audit SET actor = 'someone else' WHERE id = (SELECT max(id) FROM core_audit)",
        "UPDATE core_audit SET moment = '2020-01-01 00:00:00.000000' WHERE id = (SELECT max(id) FROM core_audit)",
        "DELETE FROM core_audit WHERE id = (SELECT max(id) - 1 FROM core_audit)",
        "DELETE FROM core_audit WHERE id = (SELECT min(id) FROM core_audit)",
        "DELETE FROM core_audit WHERE id = (SELECT max(id) FROM core_audit)",
        "DELETE FROM core_audit",
        "DELETE FROM core_audit_head",
        "UPDATE core_audit_head SET sequence = sequence - 1",
    ],
)
def test_tampering_with_the_audit_is_found(busy: Any, tampering: str) -> None:
    busy.sql(tampering)
    assert audit(busy)


def test_a_register_that_has_no_tables_hides_none_that_comes_after_it(busy: Any) -> None:
    busy.do(lambda s: s.connection().execute(text("UPDATE warehouse_stock_on_hand_total SET quantity = quantity + 1")))
    found = books(busy)
    with declared():
        assert books(busy) == found != []

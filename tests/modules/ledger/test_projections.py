"""Totals and turnovers are projections: whatever differs from the entries is found by name, and rebuilt from them."""

from datetime import datetime
from typing import Any

import pytest
from own_registers import ATTIC, CELLAR, SHELF

from app import ledger
from app.ledger.verification import rebuild_totals

JANUARY, FEBRUARY = datetime(2026, 1, 10, 12), datetime(2026, 2, 10, 12)
SUPPLIERS, CUSTOMERS = -1, -2


@pytest.fixture
def busy(books: Any) -> Any:
    """Books in which everything has moved: between bins and houses, promised, used up, reversed, owed."""
    books.post(books.flow(10, SUPPLIERS, SHELF, value=7), books.flow(10, SUPPLIERS, ATTIC, value=7), moment=JANUARY)
    books.post(books.flow(3, SHELF, CELLAR), books.flow(2, SHELF, SHELF, promise=(0, 7)), moment=FEBRUARY)
    used = books.flow(1, SHELF, CUSTOMERS, value=1, work=lambda document: (0, document.id))
    books.reverse(books.post(used, moment=FEBRUARY))
    books.post(used, books.debt(5, side=1), books.cash(4), moment=FEBRUARY)
    assert books.verify() == []
    return books


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "UPDATE own_flow_in_bins_total SET quantity = quantity + 1 WHERE bin_id = 12",
            [
                "own.flow: own_flow_in_bins_total (1, 1, 12, 3000001, 1, {moment}) is not what its entries sum to",
                "own.flow: own_flow_in_bins_total (1, 1, 12, 3000000, 1, {moment}) is missing or differs",
            ],
        ),
        (
            "UPDATE own_debts_balance_turnover SET base_in = 1, base_out = -49999",
            [
                "own.debts: own_debts_balance_turnover (1, 1, 'GBP', 202602, 50000, 0, 1, -49999)"
                " is not what its entries sum to",
                "own.debts: own_debts_balance_turnover (1, 1, 'GBP', 202602, 50000, 0, 50000, 0) is missing or differs",
            ],
        ),
        (
            "DELETE FROM own_flow_promised_total WHERE promise_id = 7",
            ["own.flow: own_flow_promised_total (1, 1, 1, 7, 2000000, 1, {moment}) is missing or differs"],
        ),
        (
            "INSERT INTO own_cash_in_tills_turnover (organisation_id, till_id, month, amount_in, amount_out)"
            " VALUES (1, 2, 202602, 0, 0)",
            ["own.cash: own_cash_in_tills_turnover (1, 2, 202602, 0, 0) is not what its entries sum to"],
        ),
    ],
)
def test_a_difference_is_found_by_name_and_rebuild_mends_it(busy: Any, change: str, words: list[str]) -> None:
    busy.sql(change)
    assert busy.verify() == [w.format(moment=repr(FEBRUARY)) for w in words]
    busy.do(ledger.rebuild)
    assert busy.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE own_flow_in_houses_total SET value = 0 WHERE house_id = 2",
        "UPDATE own_flow_in_houses_total SET entries = entries - 1",
        "UPDATE own_flow_in_bins_total SET last_moment = '2026-03-01 00:00:00.000000'",
        "UPDATE own_flow_in_bins_total SET bin_id = 99 WHERE bin_id = 21",
        "UPDATE own_flow_in_work_total SET value = 1 WHERE value = 0",
        "UPDATE own_flow_in_bins_turnover SET quantity_in = quantity_in + 1, quantity_out = quantity_out + 1",
        "UPDATE own_flow_in_houses_turnover SET month = 202512 WHERE month = 202601",
        "DELETE FROM own_flow_in_houses_turnover WHERE month = 202601",
        "DELETE FROM own_debts_open_total",
        "UPDATE own_cash_in_tills_total SET organisation_id = 2",
        "INSERT INTO own_flow_in_bins_total (organisation_id, thing_id, bin_id, quantity, entries, last_moment)"
        " VALUES (1, 1, -1, 0, 0, '2026-02-10 12:00:00.000000')",
        "INSERT INTO own_flow_in_bins_total (organisation_id, thing_id, bin_id, quantity, entries, last_moment)"
        " VALUES (1, 1, 44, 5, 0, '0001-01-01 00:00:00.000000')",
    ],
)
def test_whatever_differs_is_found_and_rebuild_makes_what_was_there(busy: Any, change: str) -> None:
    before = busy.everything()
    if "organisation_id = 2" in change:
        columns = "name, country, currency, edition, tax_id, zone, is_sample, version"
        busy.sql(f"INSERT INTO core_organisation (id, {columns}) SELECT 2, {columns} FROM core_organisation")
    busy.sql(change)
    assert busy.verify()
    busy.do(ledger.rebuild)
    assert busy.verify() == []
    after = busy.everything()
    assert {n: after[n] for n in after if n.startswith("own_")} == {n: before[n] for n in after if n.startswith("own_")}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE own_flow_entry SET quantity = quantity + 1 WHERE bin_to_id = 12",
        "UPDATE own_flow_entry SET moment = '2026-03-10 12:00:00.000000' WHERE bin_to_id = 12",
        "UPDATE own_flow_entry SET bin_from_id = 21 WHERE bin_to_id = 12",
        "UPDATE own_debts_entry SET side = -1",
        "DELETE FROM own_cash_entry",
    ],
)
def test_an_entry_that_was_changed_is_found(busy: Any, change: str) -> None:
    busy.sql(change)
    assert busy.verify()


def test_figures_of_a_draft_are_found(busy: Any) -> None:
    busy.sql("UPDATE core_document SET state = 'draft' WHERE id = 1")
    assert busy.verify() == ["own.flow: document 1 is not posted, yet moves figures"]


def test_entries_of_a_draft_are_found_though_they_come_to_zero(busy: Any) -> None:
    busy.sql("UPDATE core_document SET state = 'draft' WHERE state = 'reversed'")
    assert busy.verify() == ["own.flow: document 3 is not posted, yet moves figures"]


def test_a_reversed_document_that_still_moves_figures_is_found(busy: Any) -> None:
    busy.sql("UPDATE core_document SET state = 'reversed' WHERE id = 2")
    assert busy.verify() == ["own.flow: document 2 is not posted, yet moves figures"]


def test_one_total_is_rebuilt_alone(busy: Any) -> None:
    before = busy.everything()
    busy.sql("UPDATE own_flow_in_bins_total SET quantity = 1")
    busy.sql("UPDATE own_flow_in_bins_turnover SET quantity_in = 1")
    busy.sql("UPDATE own_flow_in_houses_total SET value = value + 1 WHERE house_id = 2")
    broken = busy.everything()
    busy.do(lambda s: rebuild_totals(s, busy.registers.Flow.in_bins))
    after = busy.everything()
    for name in ("own_flow_in_bins_total", "own_flow_in_bins_turnover"):
        assert after[name] == before[name] != broken[name]
    assert after["own_flow_in_houses_total"] == broken["own_flow_in_houses_total"]


def test_a_rebuild_changes_nothing_in_sound_books_but_drops_keys_that_were_only_locked(busy: Any) -> None:
    before = busy.everything()
    busy.do(lambda s: ledger.Posting(s, [ledger.Written(1, JANUARY, 1)]).hold(busy.registers.Flow.in_bins, [(1, 55)]))
    busy.do(ledger.rebuild)
    after = busy.everything()
    assert {n for n in after if after[n] != before[n]} == {"core_audit", "core_audit_head"}

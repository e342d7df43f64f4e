"""What is written while floors wait may go below them meanwhile; what stands in the end may not, and the refusal says when."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import SHELF

from app.ledger import NotEnough, Posting, Shortage
from tests import kinds

NOON = datetime(2026, 2, 10, 12)

SUPPLIERS, CUSTOMERS = -1, -2
LATER, LATEST = NOON + timedelta(days=1), NOON + timedelta(days=2)


def taken(books: Any, given_later: int) -> Any:
    """Takes six of the ten at noon, of which a later document has taken five; then gives some back at noon."""
    return moved(books, (6, (SHELF, CUSTOMERS), NOON), (given_later, (SUPPLIERS, SHELF), NOON))


def moved(books: Any, *moves: Any) -> Any:
    """Moves one after the other, while the floors wait."""

    def work(session: Any) -> None:
        document = kinds.draft(session, kinds.Shipment, NOON)
        session.flush()
        posting = Posting(session, [document])
        with posting.floors_deferred():
            for quantity, ends, at in moves:
                register, values = books.flow(quantity, *ends)
                posting.add(register, document, 1, moment=at, **values)
                posting.write()

    return work


@pytest.fixture
def stocked(books: Any) -> Any:
    """Ten came at noon; five of them went a day later."""
    books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
    books.post(books.flow(5, SHELF, CUSTOMERS), moment=LATER)
    return books


def test_what_is_made_up_for_within_the_block_is_let_through(stocked: Any) -> None:
    stocked.do(taken(stocked, 1))
    assert stocked.rows("SELECT quantity FROM own_flow_in_bins_total") == [(0,)]


def test_what_is_still_short_is_refused_with_how_much_and_when(stocked: Any) -> None:
    stocked.post(stocked.flow(10, SUPPLIERS, SHELF), moment=LATEST)
    before = stocked.everything()
    with pytest.raises(NotEnough) as refusal:
        stocked.do(taken(stocked, 0))
    assert refusal.value.totals is stocked.registers.Flow.in_bins
    assert refusal.value.short == {(1, SHELF): Shortage(D(1), LATER, D(0))}
    assert stocked.everything() == before


def test_what_lowered_a_key_first_counts_however_late_the_last_did(stocked: Any) -> None:
    stocked.post(stocked.flow(10, SUPPLIERS, SHELF), moment=LATEST)
    before = stocked.everything()
    with pytest.raises(NotEnough) as refusal:
        stocked.do(moved(stocked, (6, (SHELF, CUSTOMERS), NOON), (1, (SHELF, CUSTOMERS), LATEST)))
    assert refusal.value.short == {(1, SHELF): Shortage(D(1), LATER, D(0))}
    assert stocked.everything() == before

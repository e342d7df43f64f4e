"""What must not fall below zero: at any moment from the posting's own on, or from now on."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import ATTIC, CELLAR, LENIENT, SHELF

from app.ledger import NotEnough, Shortage

NOON = datetime(2026, 2, 10, 12)
DAY = timedelta(days=1)
SUPPLIERS, CUSTOMERS = -1, -2


def short(books: Any, *entries: Any, moment: datetime) -> dict[Any, Shortage]:
    """What the posting is refused for; and nothing has changed."""
    return of_refusal(books, lambda: books.post(*entries, moment=moment)).short


def of_refusal(books: Any, work: Any) -> NotEnough:
    before = books.everything()
    with pytest.raises(NotEnough) as refusal:
        work()
    assert books.everything() == before
    assert books.verify() == []
    return refusal.value


class TestAtEveryMoment:
    """From the posting's own moment on, whatever comes later included."""

    def test_a_shortage_says_how_much_is_short_when_and_what_was_there(self, books: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        assert short(books, books.flow("12.5", SHELF, CUSTOMERS), moment=NOON + DAY) == {
            (1, SHELF): Shortage(D("2.5"), NOON + DAY, D(10))
        }

    def test_all_that_is_there_may_go(self, books: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(10, SHELF, CUSTOMERS), moment=NOON)
        assert short(books, books.flow("0.000001", SHELF, CUSTOMERS), moment=NOON) == {
            (1, SHELF): Shortage(D("0.000001"), NOON, D(0))
        }

    def test_every_key_that_falls_short_is_named(self, books: Any) -> None:
        books.post(books.flow(1, SUPPLIERS, SHELF), books.flow(2, SUPPLIERS, ATTIC), moment=NOON)
        lacking = [books.flow(3, SHELF, CUSTOMERS), books.flow(4, ATTIC, CUSTOMERS), books.flow(1, CELLAR, CUSTOMERS)]
        assert short(books, *lacking, moment=NOON + DAY) == {
            (1, SHELF): Shortage(D(2), NOON + DAY, D(1)),
            (1, CELLAR): Shortage(D(1), NOON + DAY, D(0)),
            (1, ATTIC): Shortage(D(2), NOON + DAY, D(2)),
        }

    def test_what_comes_later_serves_nothing_earlier(self, books: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        assert short(books, books.flow(1, SHELF, CUSTOMERS), moment=NOON - DAY) == {
            (1, SHELF): Shortage(D(1), NOON - DAY, D(0))
        }

    def test_the_lowest_later_moment_decides(self, books: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(6, SHELF, CUSTOMERS), moment=NOON + 2 * DAY)
        books.post(books.flow(3, SHELF, CUSTOMERS), moment=NOON + 3 * DAY)
        books.post(books.flow(50, SUPPLIERS, SHELF), moment=NOON + 4 * DAY)
        assert short(books, books.flow(5, SHELF, CUSTOMERS), moment=NOON + DAY) == {
            (1, SHELF): Shortage(D(4), NOON + 3 * DAY, D(1))
        }
        books.post(books.flow(1, SHELF, CUSTOMERS), moment=NOON + DAY)

    def test_entries_of_one_moment_count_in_the_order_of_their_writing(self, books: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(10, SHELF, CUSTOMERS), moment=NOON)
        books.post(books.flow(4, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(4, SHELF, CUSTOMERS), moment=NOON)
        assert short(books, books.flow(1, SHELF, CUSTOMERS), moment=NOON) == {(1, SHELF): Shortage(D(1), NOON, D(0))}

    def test_a_document_happens_whole(self, books: Any) -> None:
        """What it takes and gives at a moment counts together, in whichever order its lines are."""
        books.post(books.flow(5, SHELF, CUSTOMERS), books.flow(5, SUPPLIERS, SHELF), moment=NOON)
        assert books.verify() == []

    def test_a_reversed_receipt_is_as_if_it_had_never_been(self, books: Any) -> None:
        receipt = books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(4, SHELF, CUSTOMERS), moment=NOON + DAY)
        books.post(books.flow(20, SUPPLIERS, SHELF), moment=NOON + 2 * DAY)
        refusal = of_refusal(books, lambda: books.reverse(receipt))
        assert refusal.short == {(1, SHELF): Shortage(D(4), NOON + DAY, D(6))}

    def test_what_a_batch_brings_serves_it_from_its_moment_on(self, books: Any) -> None:
        def both(session: Any, first: datetime, second: datetime) -> None:
            books.posting(session, books.flow(5, SUPPLIERS, SHELF), moment=first)
            books.posting(session, books.flow(5, SHELF, CUSTOMERS), moment=second)

        of_refusal(books, lambda: books.do(lambda s: both(s, NOON + DAY, NOON)))
        books.do(lambda s: both(s, NOON, NOON + DAY))

    def test_keys_that_are_not_guarded_may_fall_below_zero(self, books: Any) -> None:
        books.post(books.flow(5, LENIENT, CUSTOMERS, house=(0, 0)), moment=NOON)
        (total,) = books.rows("SELECT quantity FROM own_flow_in_bins_total")
        assert total == (-5_000_000,)

    def test_a_key_below_zero_may_rise(self, books: Any) -> None:
        books.post(books.flow(5, SUPPLIERS, SHELF), moment=NOON)
        books.sql("UPDATE own_flow_in_bins_total SET quantity = -9000000")
        books.post(books.flow(1, SUPPLIERS, SHELF), moment=NOON)
        assert books.rows("SELECT quantity FROM own_flow_in_bins_total") == [(-8_000_000,)]

    def test_a_register_with_sides_has_floors_too(self, books: Any) -> None:
        books.post(books.cash("5.50"), moment=NOON)
        books.post(books.cash(-4), moment=NOON + 2 * DAY)
        assert short(books, books.cash(-2), books.cash(7, till=2), moment=NOON + DAY) == {
            (1,): Shortage(D("0.5"), NOON + 2 * DAY, D("1.5"))
        }
        books.post(books.cash("-1.50"), moment=NOON + DAY)


class TestFromNowOn:
    """What stood in the past does not count: only the present and what is dated ahead."""

    @pytest.fixture
    def stocked(self, books: Any, clock: Any) -> Any:
        """Ten things since yesterday, of which eight are promised today to 7."""
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON - DAY)
        books.post(books.flow(8, SHELF, SHELF, promise=(0, 7)), moment=NOON)
        return books

    def test_more_than_is_free_now_can_t_be_promised(self, stocked: Any) -> None:
        assert short(stocked, stocked.flow(3, SHELF, SHELF, promise=(0, 9)), moment=NOON) == {
            (1, 1, 0): Shortage(D(1), NOON, D(2))
        }
        stocked.post(stocked.flow(2, SHELF, SHELF, promise=(0, 9)), moment=NOON)

    def test_goods_that_were_promised_since_may_have_gone_before(self, stocked: Any) -> None:
        """A sale from the promise of 7, dated before the promise was made: at that time nothing was promised."""
        stocked.post(stocked.flow(8, SHELF, CUSTOMERS, promise=(7, 0)), moment=NOON - DAY)
        assert stocked.verify() == []
        assert short(stocked, stocked.flow(1, SHELF, CUSTOMERS, promise=(7, 0)), moment=NOON - DAY) == {
            (1, 1, 7): Shortage(D(1), NOON, D(0))
        }

    def test_nor_do_several_moves_of_one_document_before_the_promise(self, stocked: Any) -> None:
        hour = DAY / 24
        sold = stocked.flow(8, SHELF, CUSTOMERS, promise=(7, 0), moment=NOON - 3 * hour)
        stocked.post(
            sold, stocked.flow(1, SHELF, SHELF, promise=(0, 7), moment=NOON - 2 * hour), moment=NOON - 3 * hour
        )
        assert stocked.verify() == []

    def test_a_gap_in_the_past_that_is_closed_by_now_does_not_count(self, stocked: Any) -> None:
        stocked.post(stocked.flow(5, SUPPLIERS, SHELF), moment=NOON)
        stocked.post(stocked.flow(7, SHELF, SHELF, promise=(0, 9)), moment=NOON - DAY - DAY)
        assert stocked.verify() == []

    def test_what_is_dated_ahead_holds_too(self, stocked: Any) -> None:
        stocked.post(stocked.flow(2, SHELF, CUSTOMERS), moment=NOON + 2 * DAY)
        assert short(stocked, stocked.flow(1, SHELF, SHELF, promise=(0, 9)), moment=NOON) == {
            (1, 1, 0): Shortage(D(1), NOON + 2 * DAY, D(0))
        }

    def test_what_comes_ahead_serves_nothing_before_it(self, stocked: Any) -> None:
        stocked.post(stocked.flow(5, SUPPLIERS, SHELF), moment=NOON + 2 * DAY)
        assert short(stocked, stocked.flow(3, SHELF, SHELF, promise=(0, 9)), moment=NOON + DAY) == {
            (1, 1, 0): Shortage(D(1), NOON + DAY, D(2))
        }
        stocked.post(stocked.flow(3, SHELF, SHELF, promise=(0, 9)), moment=NOON + 2 * DAY)

    def test_a_dated_promise_becomes_the_past_when_its_day_has_come(self, stocked: Any, clock: Any) -> None:
        stocked.post(stocked.flow(2, SHELF, CUSTOMERS), moment=NOON + DAY)
        stocked.post(stocked.flow(5, SUPPLIERS, SHELF), moment=NOON + 2 * DAY)
        promise = stocked.flow(1, SHELF, SHELF, promise=(0, 9))
        assert short(stocked, promise, moment=NOON) == {(1, 1, 0): Shortage(D(1), NOON + DAY, D(0))}
        clock.now = NOON + 2 * DAY
        stocked.post(promise, moment=NOON)

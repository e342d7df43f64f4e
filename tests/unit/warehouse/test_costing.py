"""What goods are worth as they move: every rule on exact figures, and any history against what must always hold."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.warehouse.costing import (
    AVERAGE,
    CARRIED,
    FIFO,
    MADE,
    OWN,
    RETURNED,
    Key,
    Layer,
    Line,
    Move,
    Origin,
    Pool,
    Went,
    cost_of_issue,
    replay,
)

PENNY = 100  # units of 10**-4 in a penny
PIECE = 10**6  # millionths in a piece
SHOP, DEPOT, PRODUCT = (1, 100, 0), (1, 101, 0), (2, 100, 0)


@dataclass
class Book:
    """Moves as people write them: pieces and pounds; a document for each, of one line."""

    method: str
    moves: list[Move] = field(default_factory=list)
    pools: dict[Key, Pool] = field(default_factory=dict)
    origins: dict[Went, Origin] = field(default_factory=dict)

    def add(
        self,
        basis: str,
        pieces: int,
        source: Key | None,
        target: Key | None,
        *,
        pounds: str = "0",
        origin: Line | None = None,
        work_order: int = 0,
    ) -> Line:
        line = (len(self.moves) + 1, 1)
        value = int(Decimal(pounds) * 10_000)
        self.moves.append(Move(*line, source, target, pieces * PIECE, basis, value, origin, work_order))
        return line

    def receive(self, pieces: int, pounds: str, target: Key = SHOP) -> Line:
        return self.add(OWN, pieces, None, target, pounds=pounds)

    def ship(self, pieces: int, source: Key = SHOP) -> Line:
        return self.add(CARRIED, pieces, source, None)

    def transfer(self, pieces: int, source: Key = SHOP, target: Key = DEPOT) -> Line:
        return self.add(CARRIED, pieces, source, target)

    def come_back(self, pieces: int, origin: Line | None = None, target: Key = SHOP) -> Line:
        return self.add(RETURNED, pieces, None, target, origin=origin)

    def send_back(self, pieces: int, origin: Line, source: Key = SHOP) -> Line:
        return self.add(RETURNED, pieces, source, None, origin=origin)

    def use(self, pieces: int, work_order: int, source: Key = SHOP) -> Line:
        return self.add(CARRIED, pieces, source, None, work_order=work_order)

    def make(self, pieces: int, work_order: int, target: Key = PRODUCT) -> Line:
        return self.add(MADE, pieces, None, target, work_order=work_order)

    def put_first(self, pieces: int, pounds: str) -> None:
        """A receipt dated before everything."""
        self.receive(pieces, pounds)
        self.moves.insert(0, self.moves.pop())

    def land(self, line: Line, pounds: str) -> None:
        """A landed cost is part of the value of the line that it belongs to."""
        self.moves[line[0] - 1].value += int(Decimal(pounds) * 10_000)

    def values(self) -> list[str]:
        """Replay all, and book it; in pounds."""
        self.pools = {key: new_pool(self.method) for key in (SHOP, DEPOT, PRODUCT)}
        self.origins = {}
        worth = replay(self.moves, self.pools, self.origins, step=PENNY)
        for move, value in zip(self.moves, worth, strict=True):
            move.value = value
        return [pounds(value) for value in worth]

    def held(self, key: Key = SHOP) -> tuple[int, str]:
        return self.pools[key].quantity // PIECE, pounds(self.pools[key].value)

    def layers(self, key: Key = SHOP) -> list[tuple[int, str]]:
        return [(layer.quantity // PIECE, pounds(layer.value)) for layer in self.pools[key].layers or []]


def new_pool(method: str) -> Pool:
    return Pool(layers=[] if method == FIFO else None)


def pounds(value: int) -> str:
    return str(Decimal(value // PENNY).scaleb(-2)) if value % PENNY == 0 else str(Decimal(value).scaleb(-4))


both = pytest.mark.parametrize("method", [AVERAGE, FIFO])


class TestShare:
    @pytest.mark.parametrize(
        ("quantity", "held", "worth", "step", "cost"),
        [
            (1, 3, 10_000, PENNY, 3_300),  # a third of a pound
            (2, 3, 10_000, PENNY, 6_700),
            (3, 3, 10_001, PENNY, 10_001),  # all takes all, even a broken coin
            (1, 2, 100, PENNY, 100),  # half a penny goes up
            (1, 8, 10_000, PENNY, 1_300),
            (1, 2, 10_000, 10_000, 10_000),  # a currency without small coins
            (5, 0, 0, PENNY, 0),
            (6, 3, 10_000, PENNY, 10_000),  # more than is held takes what is there
            (999, 1000, 60, PENNY, 60),  # a broken coin rounds up to no more than itself
        ],
    )
    def test_goods_take_their_share_along(self, quantity: int, held: int, worth: int, step: int, cost: int) -> None:
        assert cost_of_issue(quantity, held, worth, step=step) == cost

    @given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(0, 10**14))
    def test_a_share_is_never_half_a_coin_off(self, quantity: int, more: int, pence: int) -> None:
        held, worth = quantity + more, pence * PENNY
        cost = cost_of_issue(quantity, held, worth, step=PENNY)
        assert cost % PENNY == 0
        assert abs(Fraction(worth * quantity, held) - cost) <= Fraction(PENNY, 2)

    @given(st.lists(st.integers(1, 1000), min_size=1, max_size=20), st.integers(0, 10**9))
    def test_taking_all_piece_by_piece_leaves_nothing(self, parts: list[int], pence: int) -> None:
        held, worth = sum(parts), pence * PENNY
        for part in parts:
            cost = cost_of_issue(part, held, worth, step=PENNY)
            held, worth = held - part, worth - cost
        assert (held, worth) == (0, 0)


class TestTheStoryOfTheIssue:
    """2 @ 4 stood, 10 @ 5 came, 3 went, 1 of them came back, 2 went to the depot and were made into 1."""

    def story(self, method: str) -> Book:
        book = Book(method)
        book.receive(2, "8")
        book.receive(10, "50")
        sale = book.ship(3)
        book.come_back(1, sale)
        book.transfer(2)
        book.use(2, work_order=6, source=DEPOT)
        book.make(1, work_order=6)
        return book

    def test_by_average(self) -> None:
        book = self.story(AVERAGE)
        # shipped 58.00 × 3/12 = 14.50; returned 14.50 × 1/3 = 4.83;
        # transferred (58.00 − 14.50 + 4.83 = 48.33) × 2/10 = 9.666; made of what was transferred
        assert book.values() == ["8.00", "50.00", "14.50", "4.83", "9.67", "9.67", "9.67"]
        assert book.held() == (8, "38.66")  # 48.33 − 9.67
        assert book.held(DEPOT) == (0, "0.00")
        assert book.held(PRODUCT) == (1, "9.67")

    def test_first_in_first_out(self) -> None:
        book = self.story(FIFO)
        # shipped 2 @ 4 + 1 @ 5 = 13.00; returned 13.00 × 1/3 = 4.33, as the newest layer; transferred 2 @ 5
        assert book.values() == ["8.00", "50.00", "13.00", "4.33", "10.00", "10.00", "10.00"]
        assert book.layers() == [(7, "35.00"), (1, "4.33")]
        assert book.held() == (8, "39.33")

    def test_a_cost_that_lands_later_by_average(self) -> None:
        book = self.story(AVERAGE)
        book.values()
        book.land((2, 1), "6")
        # shipped 64.00 × 3/12 = 16.00; returned 16.00 / 3 = 5.33;
        # transferred (64.00 − 16.00 + 5.33 = 53.33) × 2/10 = 10.666; left 53.33 − 10.67 = 42.66
        assert book.values() == ["8.00", "56.00", "16.00", "5.33", "10.67", "10.67", "10.67"]
        assert book.held() == (8, "42.66")  # + sold 16.00 − 5.33 = 10.67 + made 10.67 = 64.00

    def test_a_cost_that_lands_later_first_in_first_out(self) -> None:
        book = self.story(FIFO)
        book.values()
        book.land((2, 1), "6")
        # shipped 8.00 + 56.00 × 1/10 = 13.60; returned 13.60 / 3 = 4.533; transferred 50.40 × 2/9 = 11.20
        assert book.values() == ["8.00", "56.00", "13.60", "4.53", "11.20", "11.20", "11.20"]
        assert book.layers() == [(7, "39.20"), (1, "4.53")]
        assert book.held() == (8, "43.73")  # + sold 13.60 − 4.53 = 9.07 + made 11.20 = 64.00

    def test_a_receipt_dated_before_all_by_average(self) -> None:
        book = self.story(AVERAGE)
        book.land((2, 1), "6")
        book.values()
        book.put_first(10, "30")
        # shipped 94.00 × 3/22 = 12.818; returned 12.82 / 3 = 4.273;
        # transferred (94.00 − 12.82 + 4.27 = 85.45) × 2/20 = 8.545, half a penny goes up
        assert book.values() == ["30.00", "8.00", "56.00", "12.82", "4.27", "8.55", "8.55", "8.55"]
        assert book.held() == (18, "76.90")  # + sold 12.82 − 4.27 = 8.55 + made 8.55 = 94.00

    def test_a_receipt_dated_before_all_first_in_first_out(self) -> None:
        book = self.story(FIFO)
        book.land((2, 1), "6")
        book.values()
        book.put_first(10, "30")
        # shipped 3 @ 3; returned 1 @ 3; transferred 2 @ 3
        assert book.values() == ["30.00", "8.00", "56.00", "9.00", "3.00", "6.00", "6.00", "6.00"]
        assert book.layers() == [(5, "15.00"), (2, "8.00"), (10, "56.00"), (1, "3.00")]
        assert book.held() == (18, "82.00")  # + sold 9.00 − 3.00 + made 6.00 = 94.00

    @both
    def test_the_return_then_the_shipment_reversed_is_as_if_they_had_never_been(self, method: str) -> None:
        book = self.story(method)
        book.values()
        del book.moves[2:4]
        # average 58.00 × 2/12 = 9.666; first in first out 2 @ 4
        transferred, left = ("9.67", "48.33") if method == AVERAGE else ("8.00", "50.00")
        assert book.values() == ["8.00", "50.00", transferred, transferred, transferred]
        assert book.held() == (10, left)

    @both
    def test_the_same_reversals_put_off_by_a_closed_period_restore_every_value(self, method: str) -> None:
        book = Book(method)
        book.receive(2, "8")
        book.receive(10, "50")
        sale = book.ship(3)
        refund = book.come_back(1, sale)
        book.send_back(1, refund)
        book.come_back(3, sale)
        # what came back is with the customer again, so all 3 come back for all that they went for
        sold, back = ("14.50", "4.83") if method == AVERAGE else ("13.00", "4.33")
        assert book.values()[2:] == [sold, back, back, sold]
        assert book.held() == (12, "58.00")


class TestGoodsThatLeave:
    def test_the_average_moves_with_every_receipt(self) -> None:
        book = Book(AVERAGE)
        book.receive(1, "1")
        book.ship(1)
        book.receive(1, "2")
        book.receive(2, "3.01")
        book.ship(1)
        book.ship(1)
        book.ship(1)
        # 5.01 / 3 = 1.67; 3.34 / 2 = 1.67; the last takes what is left, 1.67
        assert book.values() == ["1.00", "1.00", "2.00", "3.01", "1.67", "1.67", "1.67"]
        assert book.held() == (0, "0.00")

    def test_the_oldest_goods_leave_first(self) -> None:
        book = Book(FIFO)
        book.receive(3, "10")
        book.receive(2, "9")
        book.receive(1, "7")
        book.ship(1)
        book.ship(3)
        book.ship(2)
        # 10.00 / 3 = 3.33; the other 6.67 and 9.00 / 2 = 4.50; 4.50 + 7.00
        assert book.values()[3:] == ["3.33", "11.17", "11.50"]
        assert book.layers() == []

    @both
    def test_more_than_is_there_goes_at_the_last_known_cost(self, method: str) -> None:
        book = Book(method)
        book.receive(2, "8")
        book.ship(3)
        book.ship(1)
        # the third piece, and the fourth, at the last known cost of 4.00
        assert book.values() == ["8.00", "12.00", "4.00"]
        assert book.held() == (-2, "-8.00")

    @both
    def test_goods_that_come_below_zero_make_up_for_it_first(self, method: str) -> None:
        book = Book(method)
        book.ship(3)
        book.receive(2, "8")
        book.receive(4, "20")
        book.ship(1)
        book.ship(2)
        # the three cost 8.00 and a quarter of 20.00; the other 15.00 are of three pieces
        assert book.values() == ["13.00", "8.00", "20.00", "5.00", "10.00"]
        assert book.held() == (0, "0.00")

    def test_what_came_for_goods_already_gone_is_of_the_next_layer(self) -> None:
        book = Book(FIFO)
        book.ship(3)
        book.receive(3, "15")
        book.receive(1, "4")
        book.values()
        assert book.layers() == [(1, "4.00")]

    @both
    def test_what_goods_make_up_for_costs_what_they_do_whatever_it_went_at(self, method: str) -> None:
        book = Book(method)
        book.receive(1, "2")
        book.ship(2)
        book.ship(2)
        assert book.values()[1:] == ["4.00", "4.00"]
        book.receive(2, "10")  # one piece of the first sale, one of the second
        assert book.values()[1:] == ["7.00", "10.00", "10.00"]  # the last piece at the last known cost, 5.00
        book.receive(3, "9")
        assert book.values()[1:] == ["7.00", "8.00", "10.00", "9.00"]
        assert book.held() == (2, "6.00")

    @both
    def test_only_what_leaves_for_good_costs_more_once_goods_come(self, method: str) -> None:
        """What went on to another place, or into a product, keeps what it took along."""
        book = Book(method)
        book.receive(1, "2")
        book.transfer(3)
        book.receive(3, "9")
        assert book.values() == ["2.00", "2.00", "9.00"]
        assert book.held() == (1, "9.00")

    @both
    def test_goods_that_stay_in_their_pool_are_worth_nothing_on_the_way(self, method: str) -> None:
        book = Book(method)
        book.receive(2, "8")
        book.transfer(1, SHOP, SHOP)
        assert book.values() == ["8.00", "0.00"]
        assert book.held() == (2, "8.00")

    def test_goods_enter_another_pool_as_one_layer(self) -> None:
        book = Book(FIFO)
        book.receive(1, "4")
        book.receive(2, "12")
        book.transfer(2)
        book.receive(1, "9", DEPOT)
        book.ship(1, DEPOT)
        book.ship(2, DEPOT)
        # 4.00 + 6.00 make one layer of 2 @ 5; the rest of it and 9.00
        assert book.values() == ["4.00", "12.00", "10.00", "9.00", "5.00", "14.00"]

    def test_lots_that_cost_by_themselves_are_pools_of_their_own(self) -> None:
        first, second = (1, 100, 7), (1, 100, 8)
        moves = [
            Move(1, 1, None, first, PIECE, OWN, 10_000),
            Move(1, 2, None, second, PIECE, OWN, 30_000),
            Move(2, 1, second, None, PIECE, CARRIED, 0),
        ]
        assert replay(moves, {first: Pool(), second: Pool()}, {}, step=PENNY)[2] == 30_000


class TestGoodsThatComeBack:
    @both
    def test_all_parts_together_are_worth_what_the_line_went_for(self, method: str) -> None:
        book = Book(method)
        book.receive(3, "10")
        sale = book.ship(3)
        for _ in range(3):
            book.come_back(1, sale)
        # 3.33; 6.67 − 3.33; 10.00 − 6.67
        assert book.values()[2:] == ["3.33", "3.34", "3.33"]
        assert book.held() == (3, "10.00")

    @both
    def test_more_than_the_line_is_worth_nothing_more(self, method: str) -> None:
        book = Book(method)
        book.receive(3, "10")
        sale = book.ship(3)
        book.come_back(2, sale)
        book.come_back(2, sale)
        assert book.values()[2:] == ["6.67", "3.33"]

    @both
    def test_the_parts_of_a_line_split_by_lot_sum_up(self, method: str) -> None:
        book = Book(method)
        book.receive(1, "4")
        sale = book.ship(1)
        book.receive(1, "8")
        book.ship(1)
        book.come_back(1, sale)
        book.moves[3].document = sale[0]
        # half of 4.00 + 8.00
        assert book.values()[4] == "6.00"

    @both
    def test_goods_of_unknown_origin_come_at_the_average(self, method: str) -> None:
        book = Book(method)
        book.receive(1, "4")
        book.receive(2, "6.01")
        book.come_back(2)
        # 10.01 × 2/3 = 6.673
        assert book.values()[2] == "6.67"

    @both
    def test_an_empty_pool_gives_its_last_known_cost(self, method: str) -> None:
        book = Book(method)
        book.come_back(1)
        book.ship(1)
        book.receive(2, "9")
        book.ship(2)
        book.come_back(1)
        # nothing known: 0; then 9.00 / 2
        assert book.values() == ["0.00", "0.00", "9.00", "9.00", "4.50"]

    @both
    def test_what_leaves_an_empty_pool_costs_what_the_last_did(self, method: str) -> None:
        book = Book(method)
        book.receive(2, "8")
        book.ship(2)
        book.ship(1)
        book.come_back(1)
        assert book.values()[1:] == ["8.00", "4.00", "4.00"]

    def test_they_are_the_newest_layer(self) -> None:
        book = Book(FIFO)
        book.receive(1, "4")
        book.receive(1, "5")
        sale = book.ship(1)
        book.come_back(1, sale)
        book.ship(1)
        assert book.values()[2:] == ["4.00", "4.00", "5.00"]

    def test_an_origin_before_the_window_is_given(self) -> None:
        origins = {(1, 1, 0): Origin(3 * PIECE, 100_000, PIECE, 33_300)}
        move = Move(2, 1, None, SHOP, PIECE, RETURNED, 0, origin=(1, 1))
        assert replay([move], {SHOP: Pool()}, origins, step=PENNY) == [33_400]  # 6.67 − 3.33
        assert origins[1, 1, 0] == Origin(3 * PIECE, 100_000, 2 * PIECE, 66_700)

    def test_reversing_a_return_from_before_the_window_leaves_the_sale_to_be_returned(self) -> None:
        sale, refund = (1, 1), (2, 1)
        origins = {
            (*sale, 0): Origin(3 * PIECE, 145_000, PIECE, 48_300),
            (*refund, 0): Origin(PIECE, 48_300, origin=(*sale, 0)),
        }
        moves = [
            Move(3, 1, SHOP, None, PIECE, RETURNED, 0, origin=refund),
            Move(4, 1, None, SHOP, 3 * PIECE, RETURNED, 0, origin=sale),
        ]
        assert replay(moves, {SHOP: Pool(10 * PIECE, 483_300)}, origins, step=PENNY) == [48_300, 145_000]

    def test_a_piece_whose_return_was_reversed_comes_back_again_for_the_same(self) -> None:
        book = Book(AVERAGE)
        book.receive(3, "14.50")
        sale = book.ship(3)
        book.send_back(1, book.come_back(1, sale))
        book.come_back(1, sale)
        assert book.values()[2:] == ["4.83", "4.83", "4.83"]
        assert book.origins[*sale, 0] == Origin(3 * PIECE, 145_000, PIECE, 48_300)

    def test_the_smallest_quantity_has_a_cost_too(self) -> None:
        pool = Pool(1, 100)
        assert pool.average(2, step=PENNY) == 200
        assert pool.take(1, step=PENNY) == 100
        assert pool == Pool(0, 0, last=(1, 100))
        assert pool.average(2, step=PENNY) == 200

    def test_an_unknown_origin_is_an_error(self) -> None:
        move = Move(2, 1, None, SHOP, PIECE, RETURNED, 0, origin=(1, 1))
        with pytest.raises(ValueError, match=r"Document 2, line 1 gives back \(1, 1, 0\)"):
            replay([move], {SHOP: Pool()}, {}, step=PENNY)


class TestGoodsThatGoBack:
    def test_an_average_pool_gives_what_they_came_for(self) -> None:
        book = Book(AVERAGE)
        book.receive(2, "8")
        receipt = book.receive(3, "20")
        book.send_back(1, receipt)
        book.send_back(2, receipt)
        # 20.00 / 3 = 6.67; 20.00 − 6.67
        assert book.values()[2:] == ["6.67", "13.33"]
        assert book.held() == (2, "8.00")

    def test_an_average_pool_gives_no_more_than_it_holds(self) -> None:
        book = Book(AVERAGE)
        book.receive(8, "8")
        receipt = book.receive(2, "20")
        book.ship(7)
        book.send_back(2, receipt)
        # shipped 28.00 × 7/10 = 19.60; 8.40 left of 3 pieces, where 20.00 are asked
        assert book.values()[2:] == ["19.60", "8.40"]
        assert book.held() == (1, "0.00")

    def test_the_last_goods_of_an_average_pool_take_all(self) -> None:
        book = Book(AVERAGE)
        book.receive(2, "20")
        receipt = book.receive(2, "8")
        book.ship(2)
        book.send_back(2, receipt)
        assert book.values()[2:] == ["14.00", "14.00"]
        assert book.held() == (0, "0.00")

    def test_what_took_more_than_its_share_takes_less_the_next_time_but_never_adds(self) -> None:
        book = Book(AVERAGE)
        book.receive(1, "20")
        receipt = book.receive(2, "2")
        book.ship(2)
        book.send_back(1, receipt)
        book.receive(2, "6")
        book.send_back(1, receipt)
        # shipped 22.00 × 2/3 = 14.67; the last one takes all, 7.33 instead of 1.00; 2.00 − 7.33 is below zero
        assert book.values()[2:] == ["14.67", "7.33", "6.00", "0.00"]
        assert book.held() == (1, "6.00")

    def test_a_fifo_pool_gives_their_own_layer_then_the_oldest(self) -> None:
        book = Book(FIFO)
        book.receive(3, "12")
        receipt = book.receive(2, "10")
        book.receive(1, "6")
        book.ship(4)
        book.send_back(1, receipt)
        book.receive(1, "7")
        book.send_back(1, receipt)
        # shipped 12.00 + 5.00; the other of that layer; then the oldest, 6.00
        assert book.values()[3:] == ["17.00", "5.00", "7.00", "6.00"]
        assert book.layers() == [(1, "7.00")]

    def test_a_fifo_pool_leaves_older_layers_alone(self) -> None:
        book = Book(FIFO)
        book.receive(3, "12")
        receipt = book.receive(2, "10")
        book.send_back(1, receipt)
        book.send_back(1, receipt)
        assert book.values()[2:] == ["5.00", "5.00"]
        assert book.layers() == [(3, "12.00")]

    @both
    def test_a_transfer_goes_back_at_what_it_carried(self, method: str) -> None:
        book = Book(method)
        book.receive(3, "10")
        book.receive(4, "40", DEPOT)
        transfer = book.transfer(2)
        book.add(RETURNED, 2, DEPOT, SHOP, origin=transfer)
        assert book.values()[2:] == ["6.67", "6.67"]
        assert (book.held(), book.held(DEPOT)) == ((3, "10.00"), (4, "40.00"))


class TestMadeGoods:
    @both
    def test_they_are_worth_their_components(self, method: str) -> None:
        book = Book(method)
        book.receive(3, "10")
        book.receive(1, "7", DEPOT)
        book.use(1, work_order=9)
        book.use(1, work_order=9, source=DEPOT)
        book.make(5, work_order=9)
        book.ship(2, PRODUCT)
        # 3.33 + 7.00 = 10.33; × 2/5 = 4.132
        assert book.values()[2:] == ["3.33", "7.00", "10.33", "4.13"]

    @both
    def test_they_follow_the_differences_of_their_components_alone(self, method: str) -> None:
        # 9.00 of the 12.00 come from components before the window; 3.00 → 4.00
        moves = [
            Move(1, 1, SHOP, None, PIECE, CARRIED, 30_000, work_order=9),
            Move(1, 2, None, PRODUCT, PIECE, MADE, 120_000, work_order=9),
        ]
        pools = {SHOP: new_pool(method), PRODUCT: new_pool(method)}
        pools[SHOP].enter(2 * PIECE, 80_000, (0, 1), step=PENNY)
        assert replay(moves, pools, {}, step=PENNY) == [40_000, 130_000]

    def test_what_components_cost_less_is_spread_over_their_products_by_what_these_cost(self) -> None:
        # Components fall from 10.00 to 3.00: each product keeps three tenths of what it cost.
        moves = [
            Move(1, 1, SHOP, None, PIECE, CARRIED, 100_000, work_order=9),
            Move(1, 2, None, PRODUCT, PIECE, MADE, 20_000, work_order=9),
            Move(1, 3, None, DEPOT, PIECE, MADE, 80_000, work_order=9),
        ]
        pools = {SHOP: Pool(PIECE, 30_000), PRODUCT: Pool(), DEPOT: Pool()}
        assert replay(moves, pools, {}, step=PENNY) == [30_000, 6_000, 24_000]

    def test_new_products_share_what_their_components_cost_by_weight_to_the_last_coin(self) -> None:
        moves = [
            Move(1, 1, SHOP, None, PIECE, CARRIED, 0, work_order=9),
            Move(1, 2, None, PRODUCT, PIECE, MADE, 0, work_order=9, weight=1),
            Move(1, 3, None, DEPOT, PIECE, MADE, 0, work_order=9, weight=2),
        ]
        pools = {SHOP: Pool(PIECE, 100_000), PRODUCT: Pool(), DEPOT: Pool()}
        assert replay(moves, pools, {}, step=PENNY) == [100_000, 33_300, 66_700]

    def test_components_of_a_product_that_is_worth_nothing_come_back_for_nothing(self) -> None:
        # The component falls from 10.00 to 3.00, of which the product can give up only its own 2.00.
        moves = [
            Move(1, 1, SHOP, None, PIECE, CARRIED, 100_000, work_order=9),
            Move(1, 2, None, PRODUCT, PIECE, MADE, 20_000, work_order=9),
            Move(2, 1, PRODUCT, None, PIECE, RETURNED, 0, (1, 2), work_order=9),
            Move(2, 2, None, SHOP, PIECE, RETURNED, 0, (1, 1), work_order=9),
        ]
        assert replay(moves, {SHOP: Pool(PIECE, 30_000), PRODUCT: Pool()}, {}, step=PENNY) == [30_000, 0, 0, 0]

    @both
    def test_a_work_order_reversed_after_its_period_closed_leaves_nothing_in_progress(self, method: str) -> None:
        book = Book(method)
        book.receive(3, "10")
        book.receive(1, "7", DEPOT)
        parts = [(book.use(1, 9), SHOP), (book.use(1, 9, DEPOT), DEPOT)]
        product = book.make(5, work_order=9)
        book.add(RETURNED, 5, PRODUCT, None, origin=product, work_order=9)
        for line, pool in parts:
            book.add(RETURNED, 1, None, pool, origin=line, work_order=9)
        assert book.values()[2:] == ["3.33", "7.00", "10.33", "10.33", "3.33", "7.00"]
        assert [book.held(), book.held(DEPOT), book.held(PRODUCT)] == [(3, "10.00"), (1, "7.00"), (0, "0.00")]

    @pytest.mark.parametrize(
        ("more", "price", "left", "back"),
        [
            # 10 products for 10.00 (4.00 + 6.00) join `more`; as many are shipped; the 10 that are left go, worth `left`.
            (10, "20", "15.00", ["4.00", "11.00"]),  # 30.00 × 10/20: the last component takes the rest
            (10, "2", "6.00", ["4.00", "2.00"]),  # 12.00 × 10/20: it takes less than it went for
            (30, "2", "3.00", ["3.00", "0.00"]),  # 12.00 × 10/40: the first takes all there is
        ],
    )
    def test_its_last_component_takes_what_is_left(self, more: int, price: str, left: str, back: list[str]) -> None:
        book = Book(AVERAGE)
        book.receive(1, "4")
        book.receive(1, "6", DEPOT)
        parts = [(book.use(1, 9), SHOP), (book.use(1, 9, DEPOT), DEPOT)]
        product = book.make(10, work_order=9)
        book.receive(more, price, PRODUCT)
        book.ship(more, PRODUCT)
        book.add(RETURNED, 10, PRODUCT, None, origin=product, work_order=9)
        for line, pool in parts:
            book.add(RETURNED, 1, None, pool, origin=line, work_order=9)
        assert book.values()[7:] == [left, *back]


# Any history ---------------------------------------------------------------------------------------------------------

KINDS = ("receive", "ship", "transfer", "come_back", "find", "send_back", "undo_return", "make", "unmake")


@st.composite
def histories(draw: st.DrawFn, *, short: bool = False, kinds: tuple[str, ...] = KINDS) -> list[Move]:
    """Moves as operations would write them: nothing is given back twice, and (unless `short`) nothing leaves that isn't
    there. What goes out is booked at zero, as if new."""
    history = _History(short)
    for _ in range(draw(st.integers(1, 25))):
        kind, pieces, price, depot = draw(
            st.tuples(st.sampled_from(kinds), st.integers(1, 9), st.integers(0, 999), st.booleans())
        )
        getattr(history, kind)(pieces, price * PENNY, DEPOT if depot else SHOP)
    return history.moves


class _History:
    """Moves so far, and what of them can still be given back."""

    def __init__(self, short: bool) -> None:
        self.short = short
        self.moves: list[Move] = []
        self.held: dict[Key, int] = defaultdict(int)
        self.open: dict[str, list[Move]] = defaultdict(list)  # copies, with the quantity that can be given back
        self.made: list[tuple[Move, list[Move]]] = []

    def write(
        self,
        basis: str,
        quantity: int,
        source: Key | None,
        target: Key | None,
        *,
        value: int = 0,
        origin: Move | None = None,
        work_order: int = 0,
        document: int = 0,
    ) -> Move | None:
        if source and not self.short:
            quantity = min(quantity, self.held[source])
        if origin:
            quantity = min(quantity, origin.quantity)
            origin.quantity -= quantity
        if quantity <= 0:
            return None
        document = document or len(self.moves) + 1
        named = (origin.document, origin.line) if origin else None
        move = Move(document, len(self.moves) + 1, source, target, quantity, basis, value, named, work_order)
        self.moves.append(move)
        for key, sign in ((source, -1), (target, 1)):
            if key:
                self.held[key] += sign * quantity
        return move

    def remember(self, kind: str, move: Move | None) -> None:
        if move:
            self.open[kind].append(replace(move))

    def receive(self, pieces: int, value: int, pool: Key) -> None:
        self.remember("receipt", self.write(OWN, pieces, None, pool, value=value))

    def ship(self, pieces: int, value: int, pool: Key) -> None:
        self.remember("sale", self.write(CARRIED, pieces, pool, None))

    def transfer(self, pieces: int, value: int, pool: Key) -> None:
        self.write(CARRIED, pieces, pool, SHOP if pool == DEPOT else DEPOT)

    def find(self, pieces: int, value: int, pool: Key) -> None:
        self.write(RETURNED, pieces, None, pool)

    def come_back(self, pieces: int, value: int, pool: Key) -> None:
        if self.open["sale"]:
            sale = self.open["sale"][value % len(self.open["sale"])]
            self.remember("return", self.write(RETURNED, pieces, None, pool, origin=sale))

    def send_back(self, pieces: int, value: int, pool: Key) -> None:
        if self.open["receipt"]:
            receipt = self.open["receipt"][value % len(self.open["receipt"])]
            self.write(RETURNED, pieces, receipt.target, None, origin=receipt)

    def undo_return(self, pieces: int, value: int, pool: Key) -> None:
        if self.open["return"]:
            back = self.open["return"][value % len(self.open["return"])]
            undone = self.write(RETURNED, pieces, back.target, None, origin=back)
            sale = next(sale for sale in self.open["sale"] if (sale.document, sale.line) == back.origin)
            sale.quantity += undone.quantity if undone else 0

    def make(self, pieces: int, value: int, pool: Key) -> None:
        number = len(self.moves) + 1
        parts = [
            self.write(CARRIED, pieces, SHOP, None, work_order=number, document=number),
            self.write(CARRIED, 2, DEPOT, None, work_order=number, document=number),
        ]
        if any(parts):
            product = self.write(MADE, pieces, None, PRODUCT, work_order=number, document=number)
            assert product
            self.made.append((replace(product), [replace(part) for part in parts if part]))

    def unmake(self, pieces: int, value: int, pool: Key) -> None:
        if not self.made:
            return
        product, parts = self.made[-1]
        if self.held[PRODUCT] < product.quantity and not self.short:
            return
        self.made.pop()
        number, order = len(self.moves) + 1, product.work_order
        sold = self.write(RETURNED, product.quantity, PRODUCT, None, origin=product, work_order=order, document=number)
        assert sold
        for part in parts:
            self.write(RETURNED, part.quantity, None, part.source, origin=part, work_order=order, document=number)


def replayed(moves: list[Move], method: str) -> tuple[list[int], dict[Key, Pool], dict[Line, Origin]]:
    pools = {key: new_pool(method) for key in (SHOP, DEPOT, PRODUCT)}
    origins: dict[Went, Origin] = {}
    return replay(moves, pools, origins, step=PENNY), pools, origins


def booked(moves: list[Move], values: list[int]) -> list[Move]:
    return [replace(move, value=value) for move, value in zip(moves, values, strict=True)]


def as_held(pools: dict[Key, Pool]) -> dict[Key, object]:
    """What pools hold, without how they came to it."""
    return {key: (pool.quantity, pool.value, pool.layers) for key, pool in pools.items()}


def beginnings(moves: list[Move]) -> list[list[Move]]:
    """The first document, the first two, and so on."""
    parts = documents(moves)
    return [[move for part in parts[: n + 1] for move in part] for n in range(len(parts))]


def where_nothing_is_short(parts: list[list[Move]]) -> list[int]:
    """Between which documents no pool is below zero."""
    held: dict[Key, int] = defaultdict(int)
    found = [0]
    for n, part in enumerate(parts, 1):
        for move in part:
            for key, sign in ((move.source, -1), (move.target, 1)):
                if key:
                    held[key] += sign * move.quantity
        if min(held.values()) >= 0:
            found.append(n)
    return found


def documents(moves: list[Move]) -> list[list[Move]]:
    parts: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        parts[move.document].append(move)
    return list(parts.values())


methods = st.sampled_from([AVERAGE, FIFO])
any_history = histories() | histories(short=True)


class TestAnyHistory:
    @given(any_history, methods)
    def test_nothing_that_is_there_and_no_move_is_worth_less_than_zero(self, moves: list[Move], method: str) -> None:
        for begun in beginnings(moves):
            values, pools, _ = replayed(begun, method)
            assert min(values) >= 0
            assert all(pool.value >= 0 or pool.quantity < 0 for pool in pools.values())
            assert all(layer.value >= 0 for pool in pools.values() for layer in pool.layers or [])

    @given(histories(), methods)
    def test_an_empty_pool_is_worth_nothing(self, moves: list[Move], method: str) -> None:
        pools = {key: new_pool(method) for key in (SHOP, DEPOT, PRODUCT)}
        origins = {move.gives_back: Origin(0, 0) for move in moves if move.gives_back}
        for document in documents(moves):
            replay(document, pools, origins, step=PENNY)
            assert all(pool.value == 0 for pool in pools.values() if pool.quantity == 0)

    @given(any_history, methods)
    def test_what_comes_in_is_what_went_out_and_what_is_held(self, moves: list[Move], method: str) -> None:
        values, pools, _ = replayed(moves, method)
        came = sum(value for move, value in zip(moves, values, strict=True) if move.source is None)
        went = sum(value for move, value in zip(moves, values, strict=True) if move.target is None)
        assert came == went + sum(pool.value for pool in pools.values())

    @given(any_history, methods)
    def test_no_work_order_keeps_a_value(self, moves: list[Move], method: str) -> None:
        progress: dict[int, int] = defaultdict(int)
        for move, value in zip(moves, replayed(moves, method)[0], strict=True):
            progress[move.work_order] += value if move.target is None else -value if move.source is None else 0
        assert all(value == 0 for work_order, value in progress.items() if work_order)

    @given(any_history)
    def test_layers_sum_to_their_pool(self, moves: list[Move]) -> None:
        for begun in beginnings(moves):
            for pool in replayed(begun, FIFO)[1].values():
                assert pool.layers is not None
                assert all(layer.quantity > 0 for layer in pool.layers)
                assert sum(layer.quantity for layer in pool.layers) == max(0, pool.quantity)
                if pool.quantity > 0:
                    assert sum(layer.value for layer in pool.layers) == pool.value

    @given(histories(), methods, st.data())
    def test_a_line_given_back_in_any_parts_is_given_back_exactly(
        self, moves: list[Move], method: str, data: st.DataObject
    ) -> None:
        sale = Move(1000, 1, SHOP, None, 9, CARRIED, 0)
        parts = data.draw(st.sampled_from([[9], [1] * 9, [2, 3, 4], [5, 4], [1, 7, 1]]))
        backs = [Move(1001 + n, 1, None, DEPOT, part, RETURNED, 0, origin=(1000, 1)) for n, part in enumerate(parts)]
        all_moves = [Move(999, 1, None, SHOP, 1000, OWN, 1000 * PENNY), *moves]  # it is there
        for move in [sale, *backs]:  # anywhere, in this order
            since = all_moves.index(move_before) + 1 if (move_before := _last_of(all_moves)) else 1
            all_moves.insert(data.draw(st.integers(since, len(all_moves))), move)
        values, _, origins = replayed(all_moves, method)
        worth = {id(move): value for move, value in zip(all_moves, values, strict=True)}
        assert sum(worth[id(back)] for back in backs) == worth[id(sale)]
        assert origins[1000, 1, 0].returned_value == origins[1000, 1, 0].value

    @given(any_history, methods)
    def test_what_is_booked_right_stays(self, moves: list[Move], method: str) -> None:
        values, pools, origins = replayed(moves, method)
        assert replayed(booked(moves, values), method) == (values, pools, origins)

    @given(any_history, methods, st.data())
    def test_recosting_equals_costing_from_the_start(self, moves: list[Move], method: str, data: st.DataObject) -> None:
        stale = booked(moves, replayed(moves, method)[0])
        late = Move(1000, 1, None, SHOP, 5, OWN, data.draw(st.integers(0, 99_999)) * PENNY)
        at = len([move for part in documents(moves)[: data.draw(st.integers(0, 25))] for move in part])
        fresh, stale = [*moves[:at], late, *moves[at:]], [*stale[:at], late, *stale[at:]]
        landed = data.draw(st.integers(0, 999)) * PENNY
        for old, new in zip(stale, fresh, strict=True):
            if old.basis == OWN and old is not late:
                old.value = new.value = new.value + landed
        assert replayed(stale, method) == replayed(fresh, method)

    @given(any_history, methods, st.data())
    def test_a_replay_in_two_parts_is_the_same(self, moves: list[Move], method: str, data: st.DataObject) -> None:
        whole = replayed(moves, method)
        pools = {key: new_pool(method) for key in (SHOP, DEPOT, PRODUCT)}
        origins = {move.gives_back: Origin(0, 0) for move in moves if move.gives_back}
        parts = documents(moves)
        at = data.draw(st.sampled_from(where_nothing_is_short(parts)))
        values = []
        for part in (parts[:at], parts[at:]):
            values += replay([move for document in part for move in document], pools, origins, step=PENNY)
        assert (values, as_held(pools), origins) == (whole[0], as_held(whole[1]), whole[2])

    @given(any_history, methods, st.data())
    def test_a_window_needs_only_the_pools_and_what_it_gives_back(
        self, moves: list[Move], method: str, data: st.DataObject
    ) -> None:
        parts = documents(moves)
        at = data.draw(st.sampled_from(where_nothing_is_short(parts)))
        before, after = ([move for document in part for move in document] for part in (parts[:at], parts[at:]))
        whole, whole_pools, _ = replayed(moves, method)
        values, pools, _ = replayed(before, method)
        origins = _origins_of(booked(before, values), {move.gives_back for move in after if move.gives_back})
        assert replay(after, pools, origins, step=PENNY) == whole[len(before) :]
        assert as_held(pools) == as_held(whole_pools)

    @given(any_history, methods)
    def test_moves_are_left_as_they_are(self, moves: list[Move], method: str) -> None:
        before = copy.deepcopy(moves)
        replayed(moves, method)
        assert moves == before

    @given(histories(kinds=("receive", "ship", "send_back")))
    def test_fifo_is_a_row_of_pieces(self, moves: list[Move]) -> None:
        """Where every price is whole coins for a piece, nothing is rounded and each piece can be followed by itself."""
        for move in moves:
            move.value *= move.quantity
        values, pools, _ = replayed(moves, FIFO)
        rows: dict[Key, list[tuple[Line, int]]] = {SHOP: [], DEPOT: []}
        for move, value in zip(moves, values, strict=True):
            if move.target:
                rows[move.target] += [((move.document, move.line), move.value // move.quantity)] * move.quantity
            if move.source:
                row = rows[move.source]
                own = [piece for piece in row if piece[0] == move.origin]
                others = [piece for piece in row if piece[0] != move.origin]
                assert value == sum(cost for _, cost in (own + others)[: move.quantity])
                for piece in (own + others)[: move.quantity]:
                    row.remove(piece)
        for key, row in rows.items():
            pieces = [(layer.line, layer.value // layer.quantity) for layer in _one_by_one(pools[key].layers or [])]
            assert pieces == row

    @given(histories(kinds=("receive", "ship", "transfer", "find")))
    def test_an_average_is_never_half_a_coin_off(self, moves: list[Move]) -> None:
        values, _, _ = replayed(moves, AVERAGE)
        held: dict[Key, tuple[int, int]] = {SHOP: (0, 0), DEPOT: (0, 0)}
        for move, value in zip(moves, values, strict=True):
            if move.source:
                quantity, worth = held[move.source]
                assert abs(Fraction(worth * move.quantity, quantity) - value) <= Fraction(PENNY, 2)
                held[move.source] = quantity - move.quantity, worth - value
            if move.target:
                quantity, worth = held[move.target]
                held[move.target] = quantity + move.quantity, worth + value


class TestLotsThatCostByThemselves:
    """Each lot is a layer of its pool (IAS 2.23): what others cost is nothing to it."""

    RED, BLUE = (1, 100, 7), (1, 100, 8)

    def replay(self, moves: list[Move], pools: dict[Key, Pool] | None = None) -> list[str]:
        pools = pools if pools is not None else {key: Pool() for key in (self.RED, self.BLUE, (1, 101, 7))}
        return [pounds(value) for value in replay(moves, pools, {}, step=PENNY)]

    def came(self) -> list[Move]:
        """Two of a line at 4 and two at 9."""
        return [
            Move(1, 1, None, self.RED, 2 * PIECE, OWN, 80_000),
            Move(1, 1, None, self.BLUE, 2 * PIECE, OWN, 180_000),
        ]

    def test_a_lot_leaves_at_what_it_cost(self) -> None:
        went = [Move(2, 1, self.BLUE, None, PIECE, CARRIED, 0), Move(2, 1, self.RED, None, PIECE, CARRIED, 0)]
        assert self.replay([*self.came(), *went])[2:] == ["9.00", "4.00"]

    def test_a_lot_of_a_line_comes_back_at_what_it_went_for(self) -> None:
        went = [Move(2, 1, self.RED, None, 2 * PIECE, CARRIED, 0), Move(2, 1, self.BLUE, None, 2 * PIECE, CARRIED, 0)]
        back = Move(3, 1, None, self.BLUE, PIECE, RETURNED, 0, origin=(2, 1))
        again = Move(4, 1, None, self.RED, PIECE, RETURNED, 0, origin=(2, 1))
        undone = Move(5, 1, self.BLUE, None, PIECE, RETURNED, 0, origin=(3, 1))
        assert self.replay([*self.came(), *went, back, again, undone])[4:] == ["9.00", "4.00", "9.00"]

    def test_a_lot_carries_its_cost_to_another_warehouse(self) -> None:
        there = (1, 101, 7)
        moves = [Move(2, 1, self.RED, there, PIECE, CARRIED, 0), Move(3, 1, there, None, PIECE, CARRIED, 0)]
        assert self.replay([*self.came(), *moves])[2:] == ["4.00", "4.00"]

    def test_a_lot_that_nobody_bought_is_worth_what_the_others_are(self) -> None:
        found = Move(2, 1, None, (1, 100, 9), PIECE, RETURNED, 0)
        pools = {key: Pool() for key in (self.RED, self.BLUE, (1, 100, 9), (1, 101, 7))}
        assert self.replay([*self.came(), found], pools)[2:] == ["6.50"]

    def test_lots_that_a_work_order_made_share_its_cost_by_quantity(self) -> None:
        went = Move(2, 1, self.RED, None, PIECE, CARRIED, 0, work_order=2)
        green, grey = (1, 101, 10), (1, 101, 11)
        made = [
            Move(2, 0, None, green, PIECE, MADE, 0, work_order=2),
            Move(2, 0, None, grey, 3 * PIECE, MADE, 0, work_order=2),
        ]
        pools = {key: Pool() for key in (self.RED, self.BLUE, green, grey)}
        assert self.replay([*self.came(), went, *made], pools)[3:] == ["1.00", "3.00"]

    def test_a_lot_that_lies_elsewhere_is_found_at_its_own_cost(self) -> None:
        found = Move(2, 1, None, (1, 101, 8), PIECE, RETURNED, 0)
        beside = Move(1, 2, None, (1, 101, 7), PIECE, OWN, 10_000)
        pools = {key: Pool() for key in (self.RED, self.BLUE, (1, 101, 7), (1, 101, 8))}
        assert self.replay([*self.came(), beside, found], pools)[3:] == ["9.00"]

    def test_a_lot_that_was_there_is_found_again_at_its_own_cost(self) -> None:
        moves = [Move(2, 1, self.RED, None, 2 * PIECE, CARRIED, 0), Move(3, 1, None, self.RED, PIECE, RETURNED, 0)]
        assert self.replay([*self.came(), *moves])[3:] == ["4.00"]


def _last_of(moves: list[Move]) -> Move | None:
    """The last of the moves that the test wove in."""
    return next((move for move in reversed(moves) if move.document >= 1000), None)


def _one_by_one(layers: list[Layer]) -> list[Layer]:
    return [layer for layer in layers for _ in range(layer.quantity)]


def _origins_of(before: list[Move], named: set[Went]) -> dict[Went, Origin]:
    """What a caller reads of the lines before its window: what they moved, and what was given back of them, net."""
    by_line = {(move.document, move.line, move.layer): move for move in before}
    lines = named | {move.gives_back for went, move in by_line.items() if move.gives_back and went in named}
    origins: dict[Went, Origin] = {}
    for line in lines & by_line.keys():
        origins[line] = Origin(by_line[line].quantity, by_line[line].value, origin=by_line[line].gives_back)
    for move in before:
        if move.gives_back in origins:
            origins[move.gives_back].give_back(move.quantity, move.value)
        parent = by_line[move.gives_back].gives_back if move.gives_back else None
        if parent in origins:
            origins[parent].give_back(-move.quantity, -move.value)
    return origins

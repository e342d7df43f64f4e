"""When an entry counts: the present moment, days that are still to come, and moments that nobody chose."""

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from own_registers import CELLAR, SHELF

from app import ledger
from app.ledger import NEVER

NOON = datetime(2026, 2, 10, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUPPLIERS, CUSTOMERS = -1, -2


def stands(books: Any, **where: Any) -> D:
    figures = books.ask(ledger.now, books.registers.Flow.in_bins, by=(), where=where)
    return sum((f.amounts["quantity"] for f in figures), D(0))


def standing(books: Any, moment: Any = None) -> list[tuple]:
    """The same as a list would join it."""

    def question(session: Any) -> list[tuple]:
        from sqlalchemy import select

        table = ledger.standing(session, books.registers.Flow.in_bins, moment, by=("bin",))
        return [tuple(row) for row in session.execute(select(table.c.bin_id, table.c.quantity).order_by("bin_id"))]

    return list(books.ask(question))


def moment_of(books: Any, document: int) -> datetime:
    (row,) = books.rows("SELECT moment FROM core_document WHERE id = :id", id=document)
    return row[0] if isinstance(row[0], datetime) else datetime.fromisoformat(row[0])


class TestThePresent:
    """What is dated ahead counts when its day comes."""

    def test_what_is_dated_ahead_does_not_stand_yet(self, books: Any, clock: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON - DAY)
        books.post(books.flow(5, SUPPLIERS, SHELF), moment=NOON + DAY)
        books.post(books.flow(2, SHELF, CELLAR), moment=NOON + 2 * DAY)
        assert (stands(books), stands(books, bin=SHELF), stands(books, bin=CELLAR)) == (D(10), D(10), D(0))
        assert standing(books) == [(SHELF, D(10)), (CELLAR, D(0))]
        clock.now = NOON + DAY
        assert (stands(books), stands(books, bin=SHELF), stands(books, bin=CELLAR)) == (D(15), D(15), D(0))
        clock.now = NOON + 2 * DAY
        assert (stands(books), stands(books, bin=SHELF), stands(books, bin=CELLAR)) == (D(15), D(13), D(2))
        assert standing(books) == [(SHELF, D(13)), (CELLAR, D(2))]

    def test_an_entry_of_this_very_moment_counts(self, books: Any, clock: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        assert stands(books) == D(10)
        clock.now = NOON - timedelta(seconds=1)
        assert stands(books) == D(0)

    def test_of_a_register_with_sides_the_same_holds(self, books: Any, clock: Any) -> None:
        balance = books.registers.Debts.balance
        books.post(books.debt(10, side=1), moment=NOON)
        books.post(books.debt(-4, side=-1), moment=NOON + DAY)
        (figure,) = books.ask(ledger.now, balance, by=("party",))
        assert figure.amounts == {"amount": D(10), "base": D(10)}
        clock.now = NOON + DAY
        (figure,) = books.ask(ledger.now, balance, by=("party",))
        assert figure.amounts == {"amount": D(6), "base": D(6)}

    def test_whether_something_lies_ahead_is_known_per_register(self, books: Any, clock: Any) -> None:
        flow, debts = books.registers.Flow, books.registers.Debts
        assert not books.ask(ledger.lies_ahead, flow.in_bins)
        books.post(books.flow(1, SUPPLIERS, SHELF), moment=NOON)
        assert not books.ask(ledger.lies_ahead, flow.in_bins)
        books.post(books.flow(1, SUPPLIERS, SHELF), moment=NOON + timedelta(seconds=1))
        assert books.ask(ledger.lies_ahead, flow.in_bins)
        assert not books.ask(ledger.lies_ahead, debts.balance)
        clock.now = NOON + timedelta(seconds=1)
        assert not books.ask(ledger.lies_ahead, flow.in_bins)

    def test_at_a_day_counts_the_whole_of_it_and_at_a_moment_all_of_that(self, books: Any, clock: Any) -> None:
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        books.post(books.flow(1, SUPPLIERS, SHELF), moment=datetime(2026, 2, 10, 23, 59, 59))
        books.post(books.flow(5, SUPPLIERS, SHELF), moment=datetime(2026, 2, 11))

        def at(moment: Any) -> D:
            figures = books.ask(ledger.at, books.registers.Flow.in_bins, moment, by=())
            return sum((f.amounts["quantity"] for f in figures), D(0))

        assert [at(m) for m in (NOON - timedelta(seconds=1), NOON, date(2026, 2, 9))] == [D(0), D(10), D(0)]
        assert [at(m) for m in (date(2026, 2, 10), datetime(2026, 2, 11), date.max)] == [D(11), D(16), D(16)]

    def test_a_period_may_be_all_time(self, books: Any) -> None:
        flow, always = books.registers.Flow, (date.min, date.max)
        books.post(books.flow(10, SUPPLIERS, SHELF), moment=NOON)
        (row,) = books.ask(ledger.turnover, flow.in_houses, *always, by=("thing",))
        names = ("opening", "taken_in", "given_out", "closing")
        assert [getattr(row, n)["quantity"] for n in names] == [D(0), D(10), D(0), D(10)]
        statement = books.ask(ledger.statement, flow.in_houses, *always, where={"house": 1})
        assert [line.balance["quantity"] for line in statement.lines] == [D(10)]


class TestMomentsThatNobodyChose:
    """They are the present ones, taken when the keys are locked."""

    def held(self, books: Any, *keys: tuple) -> Any:
        """Take the moment when these keys of `in_bins` are held."""
        totals = books.registers.Flow.in_bins
        return lambda posting: posting.give_moments(h.last for h in posting.hold(totals, keys).values())

    def post(self, books: Any, *entries: Any, key: tuple = (1, SHELF)) -> datetime:
        return moment_of(books, books.do(lambda s: books.posting(s, *entries, hold=self.held(books, key)).id))

    def test_a_document_that_nobody_dated_has_the_present_moment(self, books: Any, clock: Any) -> None:
        assert self.post(books, books.flow(1, SUPPLIERS, SHELF)) == NOON
        clock.now = NOON + HOUR
        assert self.post(books, books.flow(1, SUPPLIERS, SHELF)) == NOON + HOUR
        assert books.rows("SELECT count(*) FROM own_flow_entry e JOIN core_document d ON e.moment = d.moment") == [(2,)]

    def test_a_chosen_moment_stays(self, books: Any, clock: Any) -> None:
        def work(session: Any) -> int:
            entry = books.flow(1, SUPPLIERS, SHELF)
            chosen = books.posting(session, entry, moment=NOON - DAY, hold=self.held(books, (1, SHELF)))
            return int(chosen.id)

        assert moment_of(books, books.do(work)) == NOON - DAY

    @pytest.mark.parametrize("back", [timedelta(seconds=1), HOUR, 2 * HOUR])
    def test_no_document_is_dated_before_its_keys_last_entry_when_the_clock_goes_back(
        self, books: Any, clock: Any, back: timedelta
    ) -> None:
        self.post(books, books.flow(5, SUPPLIERS, SHELF))
        clock.now = NOON - back
        assert self.post(books, books.flow(5, SHELF, CUSTOMERS)) == NOON
        assert self.post(books, books.flow(1, SUPPLIERS, CELLAR), key=(1, CELLAR)) == NOON - back
        assert books.verify() == []

    def test_what_is_dated_days_ahead_does_not_carry_others_with_it(self, books: Any, clock: Any) -> None:
        books.post(books.flow(5, SUPPLIERS, SHELF), moment=NOON + 2 * HOUR + timedelta(seconds=1))
        assert self.post(books, books.flow(1, SUPPLIERS, SHELF)) == NOON

    def test_a_key_that_never_moved_says_so(self, books: Any, clock: Any) -> None:
        def work(session: Any) -> Any:
            posting = ledger.Posting(session, [ledger.Written(1, NOON, 1)])
            return posting.hold(books.registers.Flow.in_houses, [(1, 1)])

        assert books.do(work) == {(1, 1): ledger.Held((0, 0), NEVER)}

    def test_whoever_waits_for_a_key_is_dated_no_earlier_than_whom_they_waited_for(
        self, books: Any, clock: Any
    ) -> None:
        """The second has asked for the time before the first has; what counts is when it is its turn."""
        holds, begun, dated = threading.Event(), threading.Event(), dict[str, datetime]()

        def first() -> None:
            def work(session: Any) -> None:
                def hold(posting: Any) -> None:
                    posting.hold(books.registers.Flow.in_bins, [(1, SHELF)])
                    holds.set()
                    begun.wait(10)
                    clock.now = NOON + timedelta(seconds=7)
                    self.held(books, (1, SHELF))(posting)

                dated["first"] = books.posting(session, books.flow(1, SUPPLIERS, SHELF), hold=hold).moment

            books.do(work)

        def second() -> None:
            holds.wait(10)

            def work(session: Any) -> None:
                begun.set()
                hold = self.held(books, (1, SHELF))
                dated["second"] = books.posting(session, books.flow(1, SHELF, CUSTOMERS), hold=hold).moment

            books.do(work)

        self.meet(books, first, second, begun)
        assert dated["first"] == NOON + timedelta(seconds=7)
        assert dated["second"] >= dated["first"]
        assert books.verify() == []

    def test_numbers_and_moments_of_a_series_go_the_same_way(self, books: Any, clock: Any) -> None:
        """Whoever waits for a number has the moment of when it is given, also where no key is held."""
        holds, begun, made = threading.Event(), threading.Event(), dict[str, Any]()

        def first() -> None:
            def work(session: Any) -> None:
                def hold(_posting: Any) -> None:
                    holds.set()
                    begun.wait(10)

                made["first"] = books.posting(session, books.debt(1, side=1), hold=hold)
                clock.now = NOON + timedelta(seconds=7)

            books.do(work)

        def second() -> None:
            holds.wait(10)

            def work(session: Any) -> None:
                begun.set()
                made["second"] = books.posting(session, books.debt(1, side=1))

            books.do(work)

        self.meet(books, first, second, begun)
        assert made["first"].number < made["second"].number
        assert (made["first"].moment, made["second"].moment) == (NOON, NOON + timedelta(seconds=7))

    def meet(self, books: Any, first: Any, second: Any, begun: threading.Event) -> None:
        """Run both at once. On SQLite the second can't even begin before the first has written."""
        if books.company.database.is_sqlite:
            begun.set()
        threads = [threading.Thread(target=work) for work in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)

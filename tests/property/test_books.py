"""Whatever people record, in whatever order and however late: every figure is what the naive books say."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from clerk import BEGUN, MAIN, MOVEMENTS, SECOND, TRADE, Clerk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from naive_acts import FIRST_WAREHOUSE, ZERO
from naive_books import Change, by_document, moved, standing
from sqlalchemy import BigInteger, func, select, text, type_coerce

from app import ledger
from app.audit import verify as verify_audit
from app.registry.lifecycle import enable
from app.security import SYSTEM
from modules.contacts.registers import Settlements
from modules.trade.registers import Sales
from modules.warehouse.registers import Stock

DAYS = 90
#: From which day on until which: all the time first, then broken months and single days.
PERIODS = ((0, DAYS), (0, 5), (11, 41), (12, 40), (13, 13), (30, 30))
#: What is compared: in the naive books, in the program, by which dimensions, and which amounts.
COMPARED: tuple[tuple[str, Any, tuple[str, ...], tuple[str, ...]], ...] = (
    ("on_hand", Stock.on_hand, ("item", "place"), ("quantity",)),
    ("worth", Stock.worth, ("item", "pool"), ("quantity", "value")),
    ("claims", Stock.claims, ("item", "warehouse", "claim"), ("quantity",)),
    ("sales", Sales.results, ("item", "contact"), ("quantity", "revenue", "cost")),
    ("settlements", Settlements.balance, ("contact", "currency"), ("amount", "base")),
)

moments = st.builds(
    lambda day, hour: datetime(2025, 11, 20, hour) + timedelta(days=day),
    st.integers(0, DAYS),
    st.sampled_from((0, 9, 17)),
)
quantities = st.sampled_from(("1", "2", "3", "7", "0.5", "10", "0.000001", "2.333333")).map(Decimal)
prices = st.sampled_from(("0.01", "1", "3.33", "0.333333", "19.99", "0")).map(Decimal)
goods = st.sampled_from((0, 0, 0, 1, 1, 1, 3, 4))
lines = st.lists(st.tuples(goods, quantities, prices), min_size=1, max_size=3)
places = st.sampled_from((MAIN, MAIN, SECOND))
parties, currencies = st.integers(0, 1), st.sampled_from(("GBP", "GBP", "KWD"))
discounts = st.sampled_from(("0", "0", "12.5", "33.3333", "100")).map(Decimal)
taxes = st.sampled_from(("0", "20", "7.7")).map(Decimal)
traded = st.lists(st.tuples(st.one_of(goods, st.just(2)), quantities, prices, discounts, taxes), min_size=1, max_size=3)
#: with whom, in which currency, whether the tax is in the prices
terms = st.tuples(parties, currencies, st.booleans())
counts, pence = st.integers(0, 20), st.integers(1, 5000)

acts = st.one_of(
    *(st.tuples(st.just(kind), moments, lines, places) for kind in MOVEMENTS),
    *(st.tuples(st.just(kind), moments, traded, places, terms) for kind in TRADE),
    st.tuples(st.just("give_back"), moments, counts, quantities, places),
    st.tuples(st.just("send_back"), moments, counts, quantities, places),
    st.tuples(st.just("claim"), moments, goods, quantities, places),
    st.tuples(st.just("release"), moments, counts, quantities),
    st.tuples(st.just("ship"), moments, counts, quantities),
    st.tuples(st.just("land"), moments, counts, pence),
    st.tuples(st.just("make"), moments, st.integers(0, 1), quantities, places),
    st.tuples(st.just("payment"), moments, st.sampled_from(("in", "out")), pence, parties, currencies),
    st.tuples(st.just("reverse"), counts),
    st.tuples(st.just("close"), st.integers(0, DAYS // 3).map(lambda day: BEGUN + timedelta(days=day))),
)


def _day(day: int) -> datetime:
    return datetime(2025, 11, 20, 9) + timedelta(days=day)


def _bought(quantity: str, price: str, item: int = 0) -> tuple:
    return item, Decimal(quantity), Decimal(price)


def _moved(quantity: str, item: int = 0) -> tuple:
    return item, Decimal(quantity), ZERO


def _sold(quantity: str, price: str, discount: str = "0", tax: str = "0", item: int = 0) -> tuple:
    return item, Decimal(quantity), Decimal(price), Decimal(discount), Decimal(tax)


#: Every kind of act, each with something in stock to do it with: chance alone seldom gives back what was sold at a cost.
EVERYTHING = [
    ("opening", _day(1), [_bought("7", "3.33"), _bought("10", "1", item=1)], MAIN),
    ("purchase", _day(2), [_sold("3", "19.99", "12.5", "20")], MAIN, (0, "KWD", True)),
    ("receipt", _day(3), [_bought("2.333333", "0.333333")], SECOND),
    ("sale", _day(4), [_sold("2", "19.99", "33.3333", "20"), _sold("1", "3.33", item=2)], MAIN, (1, "KWD", False)),
    ("sale", _day(60), [_sold("3", "3.33", "0", "7.7"), _sold("2", "1", item=1)], MAIN, (0, "GBP", True)),
    ("sales_return", _day(61), [_sold("1", "3.33", "0", "7.7"), _sold("0.5", "3.33", item=2)], MAIN, (0, "GBP", True)),
    ("sales_return", _day(62), [_sold("0.5", "19.99", "12.5", "20")], SECOND, (1, "KWD", False)),
    ("issue", _day(63), [_moved("1"), _moved("0.5", item=1)], MAIN),
    ("transfer", _day(64), [_moved("2")], MAIN),
    ("write_off", _day(65), [_moved("0.5")], SECOND),
    ("payment", _day(66), "in", 1234, 1, "KWD"),
    ("payment", _day(66), "out", 567, 0, "GBP"),
    ("sale", _day(5), [_sold("1", "1", "100", "20")], SECOND, (0, "GBP", False)),
    ("reverse", 6),
    ("reverse", 3),
]
#: What is there at the beginning, so that chance finds something to sell.
STOCK = [
    ("opening", _day(0), [_bought("20", "3.33"), _bought("20", "1", item=1), _bought("5", "19.99", item=3)], MAIN),
    ("opening", _day(0), [_bought("7", "0.333333"), _bought("7", "3.33", item=1), _bought("2", "40", item=4)], SECOND),
]
BOTH = [_bought("10", "5"), _bought("10", "5", item=1)]
#: The story of a shipment, for an item by average and one by FIFO: claims, returns, making, and what came late.
STORY = [
    ("opening", _day(1), [_bought("2", "4"), _bought("2", "4", item=1)], MAIN),
    ("receipt", _day(3), BOTH, MAIN),
    ("claim", _day(4), 0, Decimal(4), MAIN),
    ("ship", _day(5), 0, Decimal(3)),
    ("sale", _day(6), [_sold("3", "19.99", item=1), _sold("2", "7")], MAIN, (0, "GBP", False)),
    ("give_back", _day(7), 0, Decimal(1), MAIN),
    ("give_back", _day(8), 1, Decimal("0.5"), SECOND),
    ("transfer", _day(9), [_moved("3"), _moved("4", item=1)], MAIN),
    ("make", _day(10), 0, Decimal(1), SECOND),
    ("make", _day(11), 1, Decimal(1), SECOND),
    ("sale", _day(12), [_sold("1", "99", item=4)], SECOND, (1, "GBP", False)),
    ("land", _day(13), 2, 600),
    ("land", _day(13), 3, 777),
    ("receipt", _day(0), [_bought("10", "3"), _bought("10", "3", item=1)], MAIN),
    ("release", _day(14), 0, Decimal(1)),
    ("send_back", _day(15), 2, Decimal(3), MAIN),
    ("reverse", 4),
    ("reverse", 5),
]
#: A month is closed in between: what is late lands on its first open day, what is reversed comes back on that day.
CLOSING = [
    *STORY[:11],
    ("close", BEGUN + timedelta(days=12)),
    ("land", _day(13), 2, 600),
    ("land", _day(14), 3, 777),
    ("reverse", 10),  # the sale of Q, the orders that made Q and P, and the transfer that brought what they used
    ("reverse", 9),
    ("sale", _day(14), [_sold("1", "99", item=3)], SECOND, (1, "GBP", False)),
    ("land", _day(15), 0, 100),
    ("reverse", 11),
    ("reverse", 8),
    ("close", BEGUN + timedelta(days=20)),
    ("reverse", 7),
    ("reverse", 6),
    ("reverse", 5),
    ("reverse", 4),
    ("reverse", 3),
    ("land", _day(21), 1, 250),
    ("receipt", _day(10), BOTH, MAIN),
    ("receipt", _day(22), BOTH, MAIN),
    ("sale", _day(23), [_sold("9", "20"), _sold("9", "20", item=1)], MAIN, (0, "GBP", False)),
    ("give_back", _day(24), 0, Decimal(2), MAIN),
]
#: Goods that go back to their supplier, at more or less than is left; returns of nothing known; a pool that runs empty.
BACK_AND_FORTH = [
    ("receipt", _day(1), [_bought("10", "5"), _bought("10", "15"), _bought("10", "5", item=1)], MAIN),
    ("receipt", _day(2), [_bought("10", "15", item=1)], MAIN),
    ("send_back", _day(3), 0, Decimal(3), MAIN),
    ("send_back", _day(3), 3, Decimal(3), MAIN),
    ("issue", _day(4), [_moved("14"), _moved("14", item=1)], MAIN),
    ("send_back", _day(5), 1, Decimal(3), MAIN),
    ("send_back", _day(5), 2, Decimal(3), MAIN),
    ("sales_return", _day(6), [_sold("2.333333", "1"), _sold("2.333333", "1", item=1)], MAIN, (0, "GBP", False)),
    ("sales_return", _day(6), [_sold("1", "1")], SECOND, (0, "GBP", False)),
    ("transfer", _day(7), [_moved("1"), _moved("1", item=1)], MAIN),
    ("transfer", _day(8), [_moved("0.5"), _moved("0.5", item=1)], SECOND),
    ("receipt", _day(0), [_bought("1", "0.01"), _bought("1", "0.01", item=1)], MAIN),
    ("reverse", 0),
    ("reverse", 1),
]
#: What came back goes out again on the first open day, when others of it have gone meanwhile; so does a dear purchase.
PUT_OFF = [
    ("receipt", _day(1), [_bought("10", "5", item=1), _bought("10", "5")], MAIN),
    ("sale", _day(2), [_sold("4", "20", item=1), _sold("4", "20")], MAIN, (0, "GBP", False)),
    ("give_back", _day(3), 0, Decimal(2), MAIN),
    ("give_back", _day(3), 1, Decimal(2), MAIN),
    ("issue", _day(4), [_moved("7", item=1), _moved("7")], MAIN),
    ("receipt", _day(5), [_bought("10", "20", item=1), _bought("10", "0.01")], MAIN),
    ("close", BEGUN + timedelta(days=6)),
    ("reverse", 2),
    ("reverse", 2),
    ("give_back", _day(8), 0, Decimal(1), MAIN),
    ("reverse", 4),
    ("reverse", 1),
    ("issue", _day(9), [_moved("6", item=1), _moved("6")], MAIN),
    ("reverse", 2),
    ("receipt", _day(7), [_bought("1", "3", item=1), _bought("1", "3")], MAIN),
]
#: A landed cost that was reversed isn't part of what goods go back at.
NOT_LANDED = [
    ("receipt", _day(1), BOTH, MAIN),
    ("land", _day(4), 0, 3317),
    ("land", _day(5), 1, 3317),
    ("reverse", 1),
    ("reverse", 1),
    ("send_back", _day(6), 0, Decimal(1), MAIN),
    ("send_back", _day(6), 1, Decimal(1), MAIN),
]
#: Losses take what is claimed: the newest claim gives way first, and has it again when the loss is reversed.
LOST = [
    ("receipt", _day(1), BOTH, MAIN),
    ("claim", _day(2), 0, Decimal(4), MAIN),
    ("claim", _day(3), 0, Decimal(3), MAIN),
    ("issue", _day(4), [_moved("4")], MAIN),
    ("write_off", _day(4), [_moved("5"), _moved("3"), _moved("1", item=1)], MAIN),
    ("ship", _day(5), 0, Decimal(3)),
    ("ship", _day(5), 0, Decimal(2)),
    ("reverse", 3),
    ("reverse", 1),
]
#: The first purchase, dear or cheap, is reversed when most is sold.
WITHOUT_THE_FIRST = [
    ("receipt", _day(1), [_bought("10", "1"), _bought("10", "1", item=1)], MAIN),
    ("receipt", _day(2), [_bought("10", "100"), _bought("10", "100", item=1)], MAIN),
    ("sale", _day(3), [_sold("9", "20"), _sold("9", "20", item=1)], MAIN, (0, "GBP", False)),
    ("reverse", 0),
    ("reverse", 0),
]
records = st.builds(lambda stock, done: [*stock, *done], st.sampled_from((STOCK, [])), st.lists(acts, max_size=25))
HISTORIES = (
    EVERYTHING,
    EVERYTHING[:-2],
    STORY,
    STORY[:-2],
    CLOSING,
    CLOSING[:19],
    BACK_AND_FORTH,
    PUT_OFF,
    NOT_LANDED,
    LOST,
    WITHOUT_THE_FIRST,
)


@pytest.fixture
def maker(company: Any) -> Any:
    """The test's company, which makes things too."""

    def work(session: Any) -> None:
        enable(session, SYSTEM, company, "production")
        company.refresh(session)

    company.database.run(work, actor=SYSTEM)
    return company


def _examples(*histories: list) -> Any:
    def added(test: Any) -> Any:
        for number, record in enumerate(histories):
            test = example(record=record, one_pool=bool(number % 2))(test)
        return test

    return added


_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=8, deadline=None, suppress_health_check=_CHECKS)
@given(record=records, one_pool=st.booleans())
@_examples(*HISTORIES)
def test_figures_equal_the_naive_books(maker: Any, record: list, one_pool: bool) -> None:
    _keep_both(maker, record, one_pool)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@settings(max_examples=2, deadline=None, suppress_health_check=_CHECKS)
@given(record=records, one_pool=st.booleans())
@_examples(EVERYTHING, STORY, CLOSING, LOST, PUT_OFF)
def test_figures_equal_the_naive_books_on_the_other_engine(maker: Any, record: list, one_pool: bool) -> None:
    """Each kind of act and of being late, and little of chance: what chance finds is found on SQLite, in half the time."""
    _keep_both(maker, record, one_pool)


def _keep_both(maker: Any, record: list, one_pool: bool) -> None:
    with maker.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session, one_pool)
        for act in record:
            clerk.do(act)
        _compare(clerk)
        assert list(ledger.verify(session)) == []
        assert list(verify_audit(session)) == []
        before = _projections(session)
        ledger.rebuild(session)
        assert _projections(session) == before
        session.rollback()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # a matter of rounding, which no engine does
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from((0, 1)),
    st.lists(st.tuples(quantities, prices), min_size=1, max_size=6),
    st.lists(quantities, max_size=8),
)
def test_an_emptied_place_is_worth_nothing(maker: Any, item: int, bought: list, sold: list) -> None:
    """When all goes out in order, the last piece takes the last coin along."""
    with maker.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session)
        for quantity, price in bought:
            clerk.do(("receipt", datetime(2025, 12, 1), [(item, quantity, price)], MAIN))
        left = sum((quantity for quantity, _ in bought), ZERO)
        for quantity in sold:
            if quantity < left:
                line = (item, quantity, Decimal(1), ZERO, ZERO)
                clerk.do(("sale", datetime(2025, 12, 2), [line], MAIN, (0, "GBP", False)))
                left -= quantity
        clerk.do(("write_off", datetime(2025, 12, 3), [(item, left, ZERO)], MAIN))
        (figure,) = ledger.now(session, Stock.worth, by=("pool",), where={"pool": MAIN})
        assert figure.amounts == {"quantity": ZERO, "value": ZERO}
        session.rollback()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=_CHECKS)
@given(record=records)
@example(record=STORY[:-2])
@example(record=BACK_AND_FORTH[:-2])
def test_whatever_is_reversed_from_the_last_to_the_first_leaves_nothing(maker: Any, record: list) -> None:
    _reverse_all(maker, record)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_all_that_is_reversed_leaves_nothing_on_the_other_engine(maker: Any) -> None:
    _reverse_all(maker, STORY[:-2])


def _reverse_all(maker: Any, record: list) -> None:
    with maker.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session)
        for act in record:
            if act[0] != "close":
                clerk.do(act)
        while done := clerk.documents():
            clerk.do(("reverse", len(done) - 1))
            assert len(clerk.documents()) < len(done)
        for _name, totals, _by, amounts in COMPARED:
            for figure in ledger.now(session, totals, by=totals.by):
                assert not any(figure.amounts[name] for name in amounts), (totals.name, figure)
        assert list(ledger.verify(session)) == []
        session.rollback()


def _compare(clerk: Clerk) -> None:
    """Every figure, now and at dates all over the time."""
    session, changes = clerk.session, _in_their_words(clerk)
    for name, totals, by, amounts in COMPARED:
        expected = changes[name]
        assert _figures(ledger.now(session, totals, by=by), amounts) == standing(expected), name
        for day in range(-1, DAYS + 2, 13):
            at = BEGUN + timedelta(days=day)
            assert _figures(ledger.at(session, totals, at, by=by), amounts) == standing(expected, _after(at)), (
                name,
                at,
            )
        if totals.turnovers:
            keys = sorted({c.key for c in expected})
            for n, (since, until) in enumerate(PERIODS):
                period = BEGUN + timedelta(days=since), BEGUN + timedelta(days=until)
                _compare_period(session, totals, by, amounts, expected, *period)
                # A statement of each key over all the time and over one other; test_figures_add_up has periods by chance.
                some = keys if n == 0 else keys[n - 1 :: len(PERIODS) - 1]
                _compare_statements(session, totals, by, amounts, expected, *period, some)
    _compare_costs(clerk)
    for day in (None, *range(0, DAYS + 1, 10)):
        wip = (
            ledger.now(session, Stock.wip, by=("work_order",))
            if day is None
            else ledger.at(session, Stock.wip, BEGUN + timedelta(days=day), by=("work_order",))
        )
        assert _figures(wip, ("value",)) == {}
    open_items = ledger.now(session, Settlements.open_items, by=("contact", "currency"))
    assert _figures(open_items, ("amount", "base")) == standing(changes["settlements"])


def _in_their_words(clerk: Clerk) -> dict[str, list[Change]]:
    """What the naive books know, with the program's own numbers of documents and claims."""
    changes = clerk.books.changes()
    expected = {
        name: [Change(c.moment, clerk.ids[c.document], c.key, c.amounts, c.side) for c in found]
        for name, found in changes.items()
    }
    expected["claims"] = [
        Change(c.moment, c.document, (*c.key[:2], clerk.claims[c.key[2]]), c.amounts, c.side)
        for c in expected["claims"]
    ]
    return expected


def _compare_period(
    session: Any,
    totals: Any,
    by: tuple[str, ...],
    amounts: tuple[str, ...],
    expected: list[Change],
    since: date,
    until: date,
) -> None:
    """Turnovers of a period."""
    before, after = datetime.combine(since, datetime.min.time()), _after(until)
    opening, closing, sides = standing(expected, before), standing(expected, after), moved(expected, since, until)
    rows = ledger.turnover(session, totals, since, until, by=by)
    assert _rows(rows, amounts, "opening") == opening
    assert _rows(rows, amounts, "closing") == closing
    both = {row.key: (_of(row.taken_in, amounts), _of(row.given_out, amounts)) for row in rows}
    assert {key: pair for key, pair in both.items() if any(map(any, pair))} == sides, (totals.name, since, until)


def _compare_statements(
    session: Any,
    totals: Any,
    by: tuple[str, ...],
    amounts: tuple[str, ...],
    expected: list[Change],
    since: date,
    until: date,
    keys: Iterable[tuple],
) -> None:
    opening, closing = (standing(expected, m) for m in (datetime.combine(since, datetime.min.time()), _after(until)))
    for key in keys:
        statement = ledger.statement(session, totals, since, until, where=dict(zip(by, key, strict=True)))
        nothing = (ZERO,) * len(amounts)
        assert _of(statement.opening, amounts) == opening.get(key, nothing)
        assert _of(statement.closing, amounts) == closing.get(key, nothing)
        added: dict[int, tuple[Decimal, ...]] = {}
        for line in statement.lines:
            added[line.document_id] = _sum((added.get(line.document_id, nothing), _of(line.amounts, amounts)))
        assert {d: sums for d, sums in added.items() if any(sums)} == by_document(expected, key, since, until)
        if statement.lines:
            assert statement.lines[-1].balance == statement.closing


def _compare_costs(clerk: Clerk) -> None:
    """What every line costs, and that what came in is what went out and what is there."""
    e = Stock.entries.c
    query = select(e.document_id, e.line, func.sum(type_coerce(e.value, BigInteger))).group_by(e.document_id, e.line)
    rows = clerk.session.connection().execute(query)
    costs = {(document, line): Decimal(int(units)) / 10**4 for document, line, units in rows if units}
    expected = {(clerk.ids[number], line): value for (number, line), value in clerk.books.costs_of_lines().items()}
    assert costs == expected
    left = ZERO
    for number, d in clerk.books.documents().items():
        for m in d.moves:
            comes, goes = m.target >= FIRST_WAREHOUSE, m.source >= FIRST_WAREHOUSE
            left += (comes - goes) * costs.get((clerk.ids[number], m.line), ZERO)
        left += sum((costs.get((clerk.ids[number], landed.line), ZERO) for landed in d.landed), ZERO)
    worth = ledger.now(clerk.session, Stock.worth, by=("item",))
    assert sum((f.amounts["value"] for f in worth), ZERO) == left
    assert all(f.amounts["value"] >= 0 for f in ledger.now(clerk.session, Stock.worth, by=("item", "pool")))


def _figures(figures: Iterable[Any], amounts: tuple[str, ...]) -> dict[tuple, tuple[Decimal, ...]]:
    expected = {f.key: _of(f.amounts, amounts) for f in figures}
    return {key: values for key, values in expected.items() if any(values)}


def _rows(rows: Iterable[Any], amounts: tuple[str, ...], side: str) -> dict[tuple, tuple[Decimal, ...]]:
    expected = {row.key: _of(getattr(row, side), amounts) for row in rows}
    return {key: values for key, values in expected.items() if any(values)}


def _of(amounts: dict[str, Decimal], names: tuple[str, ...]) -> tuple[Decimal, ...]:
    return tuple(amounts[name] for name in names)


def _sum(amounts: Iterable[tuple[Decimal, ...]]) -> tuple[Decimal, ...]:
    return tuple(sum(column, ZERO) for column in zip(*amounts, strict=True))


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time())


def _projections(session: Any) -> list:
    """Every total and turnover, except keys that were only locked (PostgreSQL makes a row of zero), which a rebuild drops."""
    names = [
        table.name
        for register in ledger.Register.declared.values()
        for totals in register.totals
        for table in (totals.table, totals.months)
        if table is not None
    ]
    known = [n for n in names if n.split("_")[0] in ("warehouse", "trade", "contacts")]
    found = {name: session.connection().execute(text(f"SELECT * FROM {name}")).all() for name in sorted(known)}
    return [sorted(tuple(row) for row in rows if getattr(row, "entries", 1)) for rows in found.values()]

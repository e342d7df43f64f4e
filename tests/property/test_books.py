"""Whatever people record, in whatever order and however late: every figure is what the naive books say."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from naive_books import CUSTOMERS, NOUGHT, Books, Entry, Refused, line_totals, rounded
from sqlalchemy import text

from app import ledger
from app.audit import verify as verify_audit
from app.reference.operations import set_rate
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.registers import Settlements
from modules.trade import operations as trade
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.registers import Sales
from modules.warehouse import operations as warehouse
from modules.warehouse.models import Issue, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.registers import Stock
from modules.warehouse.stock import GoneAtAnotherCost, NotEnoughStock

SUPPLIERS, LOSSES, OPENING, MAIN, SECOND = 1, 3, 4, 100, 101
BEGUN = date(2025, 11, 20)
DAYS = 90
#: Digits after the point, and from which day on one is worth how many pounds.
DIGITS = {"GBP": 2, "KWD": 3}
RATES = {"GBP": [(BEGUN, Decimal(1))], "KWD": [(BEGUN, Decimal("2.437")), (date(2026, 1, 9), Decimal("2.612345678"))]}
TRADE = {"purchase": Purchase, "sale": Sale, "sales_return": SalesReturn}
MOVEMENTS = {"receipt": Receipt, "opening": Opening, "transfer": Transfer, "issue": Issue, "write_off": WriteOff}
#: The last is a service.
ITEMS = ("A", "B", "C")

moments = st.builds(
    lambda day, hour: datetime(2025, 11, 20, hour) + timedelta(days=day),
    st.integers(0, DAYS),
    st.sampled_from((0, 9, 17)),
)
quantities = st.sampled_from(("1", "2", "3", "7", "0.5", "10", "0.000001", "2.333333")).map(Decimal)
prices = st.sampled_from(("0.01", "1", "3.33", "0.333333", "19.99", "0")).map(Decimal)
lines = st.lists(st.tuples(st.integers(0, 1), quantities, prices), min_size=1, max_size=3)
places = st.sampled_from((MAIN, SECOND))
parties, currencies = st.integers(0, 1), st.sampled_from(("GBP", "GBP", "KWD"))
discounts = st.sampled_from(("0", "0", "12.5", "33.3333", "100")).map(Decimal)
taxes = st.sampled_from(("0", "20", "7.7")).map(Decimal)
traded = st.lists(st.tuples(st.integers(0, 2), quantities, prices, discounts, taxes), min_size=1, max_size=3)
#: with whom, in which currency, whether the tax is in the prices
terms = st.tuples(parties, currencies, st.booleans())

acts = st.one_of(
    *(st.tuples(st.just(kind), moments, lines, places) for kind in MOVEMENTS),
    *(st.tuples(st.just(kind), moments, traded, places, terms) for kind in TRADE),
    st.tuples(st.just("payment"), moments, st.sampled_from(("in", "out")), st.integers(1, 5000), parties, currencies),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
)


class Clerk:
    """Does every act twice: in the program, and in the naive books."""

    def __init__(self, session: Any) -> None:
        self.session, self.books = session, Books()
        self.contacts = [
            create_contact(session, SYSTEM, kind="legal_entity", name=name).id for name in ("Ötzi Ltd", "Ink & Co")
        ]
        self.items = [
            warehouse.create_item(session, SYSTEM, code=c, name=c, kind="service" if c == ITEMS[-1] else "goods").id
            for c in ITEMS
        ]
        for currency, since in RATES.items():
            for day, rate in since if currency != "GBP" else ():
                set_rate(session, SYSTEM, currency=currency, day=day, rate=rate)
        warehouse.create_place(session, SYSTEM, code="second", name="Second")
        self.done: list[tuple[int, Any, int]] = []

    def do(self, act: tuple) -> None:
        """The act; when the naive books refuse it, the program must too, and nothing may have changed."""
        number = self.books.open_document()
        try:
            made = self._in_books(act, number)
        except Refused:
            with pytest.raises((NotEnoughStock, GoneAtAnotherCost)), self.session.begin_nested():
                self._in_program(act)
            return
        with self.session.begin_nested():
            document = self._in_program(act)
        self.books.entries += made
        if act[0] == "reverse":
            self.done = [d for d in self.done if d is not self._chosen(act)] if self.done else []
        elif document is not None:
            self.done.append((number, type(document), document.id))

    def _chosen(self, act: tuple) -> Any:
        return self.done[act[1] % len(self.done)] if self.done else None

    def _ids(self, act: tuple) -> list:
        return [(self.items[i], *figures) for i, *figures in act[2]]

    def _in_books(self, act: tuple, number: int) -> list[Entry]:
        kind, books = act[0], self.books
        if kind == "reverse":
            chosen = self._chosen(act)
            return books.reversed(chosen[0]) if chosen else []
        moment, place = act[1], act[3]
        if kind == "payment":
            amount = Decimal(act[3]) / 100 * (-1 if act[2] == "in" else 1)
            return [Entry("settlements", number, moment, (self.contacts[act[4]], act[5]), amount, NOUGHT)]
        ends = {
            "receipt": (SUPPLIERS, place),
            "opening": (OPENING, place),
            "purchase": (SUPPLIERS, place),
            "transfer": (place, SECOND if place == MAIN else MAIN),
            "issue": (place, CUSTOMERS),
            "write_off": (place, LOSSES),
            "sale": (place, CUSTOMERS),
            "sales_return": (CUSTOMERS, place),
        }[kind]
        if kind in TRADE:
            return self._traded_in_books(act, number, ends)
        return books.move(number, moment, self._ids(act), *ends, priced=kind in ("receipt", "opening"))

    def _traded_in_books(self, act: tuple, number: int, ends: tuple[int, int]) -> list[Entry]:
        kind, moment, _lines, _place, (party, currency, included) = act
        contact, digits, rate = self.contacts[party], DIGITS[currency], _rate(currency, moment)
        sign = 1 if kind == "sale" else -1
        sold, goods, worth, owed = [], [], [], NOUGHT
        for item, *figures in self._ids(act):
            net, tax = line_totals(*figures, included=included, digits=digits)
            ours = rounded(Fraction(net) * Fraction(rate), DIGITS["GBP"])
            owed += net + tax
            sold.append((item, figures[0], ours))
            if item != self.items[-1]:
                goods.append((item, figures[0], figures[1]))
                worth.append(ours)
        bought = kind == "purchase"
        made = self.books.move(
            number, moment, goods, *ends, priced=bought, worth=tuple(worth) if bought else (), contact=contact
        )
        made.append(Entry("settlements", number, moment, (contact, currency), sign * owed, NOUGHT))
        if not bought:
            costs = iter([entry.value for entry in made if entry.register == "stock" and entry.key[1] == ends[1]])
            lines_sold = [(*line, NOUGHT if line[0] == self.items[-1] else next(costs)) for line in sold]
            made += self.books.sell(number, moment, lines_sold, contact, sign)
        return made

    def _in_program(self, act: tuple) -> Any:
        kind, session = act[0], self.session
        if kind == "reverse":
            chosen = self._chosen(act)
            return self._reverse(*chosen[1:]) if chosen else None
        if kind == "payment":
            return record_payment(
                session,
                SYSTEM,
                contact_id=self.contacts[act[4]],
                direction=act[2],
                amount=Decimal(act[3]) / 100,
                currency=act[5],
                moment=act[1],
            )
        document: Any
        if kind in TRADE:
            party, currency, included = act[4]
            draft = trade.TradeDraft(
                self.contacts[party],
                [trade.TradeLineDraft(*line) for line in self._ids(act)],
                place_id=act[3],
                moment=act[1],
                currency=currency,
                tax_included=included,
            )
            document = trade.save(session, SYSTEM, TRADE[kind], draft)
            trade.post(session, SYSTEM, [document])
            return document
        ends = {
            "receipt": {"target_id": act[3]},
            "opening": {"target_id": act[3]},
            "transfer": {"source_id": act[3], "target_id": SECOND if act[3] == MAIN else MAIN},
            "issue": {"source_id": act[3]},
            "write_off": {"source_id": act[3]},
        }[kind]
        goods = [warehouse.MovementLineDraft(*line) for line in self._ids(act)]
        document = warehouse.save_movement(
            session, SYSTEM, MOVEMENTS[kind], warehouse.MovementDraft(goods, moment=act[1], **ends)
        )
        warehouse.post_movements(session, SYSTEM, [document])
        return document

    def _reverse(self, model: Any, document_id: int) -> Any:
        if model in TRADE.values():
            return trade.reverse(self.session, SYSTEM, model, document_id)
        if model in MOVEMENTS.values():
            return warehouse.reverse_movement(self.session, SYSTEM, model, document_id)
        return reverse_payment(self.session, SYSTEM, document_id)

    def compare(self) -> None:
        """Every figure, now and at dates all over the time."""
        session, books = self.session, self.books
        held = _held(ledger.now(session, Stock, by=("item", "place")))
        assert held == books.standing("stock")
        for (_item, place), (quantity, value) in held.items():
            assert place < MAIN or (quantity > 0 and value >= 0)
        assert _owed(ledger.now(session, Settlements, by=("contact", "currency"))) == books.standing("settlements")
        self._compare_sold(ledger.now(session, Sales, by=("item", "contact")))
        for day in range(-1, DAYS + 2, 13):
            until = BEGUN + timedelta(days=day)
            before = datetime.combine(until + timedelta(days=1), datetime.min.time())
            assert _held(ledger.at(session, Stock, until, by=("item", "place"))) == books.standing("stock", before)
            assert _owed(ledger.at(session, Settlements, until, by=("contact", "currency"))) == books.standing(
                "settlements", before
            )
            self._compare_sold(ledger.at(session, Sales, until, by=("item", "contact")), before)
        for since, until in ((0, DAYS), (0, 5), (11, 41), (12, 40), (30, 30)):
            self._compare_period(BEGUN + timedelta(days=since), BEGUN + timedelta(days=until))

    def _compare_sold(self, figures: list, before: datetime | None = None) -> None:
        told = {f.key: f.amounts for f in figures}
        for register, amount in (("sales", "revenue"), ("costs", "cost")):
            sums = {key: (amounts["quantity"], amounts[amount]) for key, amounts in told.items()}
            assert {key: held for key, held in sums.items() if any(held)} == self.books.standing(register, before)

    def _compare_period(self, since: date, until: date) -> None:
        session, books = self.session, self.books
        before = datetime.combine(since, datetime.min.time())
        after = datetime.combine(until + timedelta(days=1), datetime.min.time())
        rows = ledger.turnover(session, Stock, since, until, by=("item", "place"))
        sides = {r.key: (r.taken_in["quantity"], r.given_out["quantity"]) for r in rows}
        assert {key: moved for key, moved in sides.items() if any(moved)} == books.moved("stock", since, until)
        sold = ledger.turnover(session, Sales, since, until, by=("item", "contact"))
        sides = {r.key: (r.taken_in["quantity"], r.given_out["quantity"]) for r in sold}
        assert {key: moved for key, moved in sides.items() if any(moved)} == books.moved("sales", since, until)
        for register, amount in (("sales", "revenue"), ("costs", "cost")):
            closed = {row.key: (row.closing["quantity"], row.closing[amount]) for row in sold}
            assert {key: held for key, held in closed.items() if any(held)} == books.standing(register, after)
        opening, closing = books.standing("stock", before), books.standing("stock", after)
        for row in rows:
            assert tuple(row.opening.values()) == opening.get(row.key, (NOUGHT, NOUGHT))
            assert tuple(row.closing.values()) == closing.get(row.key, (NOUGHT, NOUGHT))
        for item in self.items[:-1]:
            told = ledger.statement(session, Stock, since, until, where={"item": item, "place": MAIN})
            nothing = (NOUGHT, NOUGHT)
            assert tuple(told.opening.values()) == opening.get((item, MAIN), nothing)
            assert [line.amounts["quantity"] for line in told.lines] == books.lines("stock", (item, MAIN), since, until)
            assert tuple(told.closing.values()) == closing.get((item, MAIN), nothing)


def _rate(currency: str, moment: datetime) -> Decimal:
    """The newest one not later than the day."""
    return [rate for day, rate in RATES[currency] if day <= moment.date()][-1]


def _held(figures: list) -> dict:
    return {f.key: (f.amounts["quantity"], f.amounts["value"]) for f in figures if any(f.amounts.values())}


def _owed(figures: list) -> dict:
    return {f.key: (f.amounts["amount"], NOUGHT) for f in figures if f.amounts["amount"]}


def _projections(session: Any) -> list:
    names = [t.name for r in ledger.Register.declared.values() for t in (r.totals, r.turnovers)]
    known = [n for n in names if n.split("_")[0] in ("warehouse", "trade", "contacts")]
    return [sorted(map(tuple, session.connection().execute(text(f"SELECT * FROM {name}")))) for name in sorted(known)]


def _day(day: int) -> datetime:
    return datetime(2025, 11, 20, 9) + timedelta(days=day)


def _bought(quantity: str, price: str, item: int = 0) -> tuple:
    return item, Decimal(quantity), Decimal(price)


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
    ("issue", _day(63), [_bought("1", "0"), _bought("0.5", "0", item=1)], MAIN),
    ("transfer", _day(64), [_bought("2", "0")], MAIN),
    ("write_off", _day(65), [_bought("0.5", "0")], SECOND),
    ("payment", _day(66), "in", 1234, 1, "KWD"),
    ("payment", _day(66), "out", 567, 0, "GBP"),
    ("sale", _day(5), [_sold("1", "1", "100", "20")], SECOND, (0, "GBP", False)),
    ("reverse", 6),
    ("reverse", 3),
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(record=st.lists(acts, min_size=1, max_size=25))
@example(record=EVERYTHING)
@example(record=EVERYTHING[:-2])
def test_figures_equal_the_naive_books(company: Any, record: list) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session)
        for act in record:
            clerk.do(act)
        clerk.compare()
        assert list(ledger.verify(session)) == []
        assert list(verify_audit(session)) == []
        before = _projections(session)
        ledger.rebuild(session)
        assert _projections(session) == before
        session.rollback()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(quantities, prices), min_size=1, max_size=6), st.lists(quantities, max_size=8))
def test_an_emptied_place_is_worth_nothing(company: Any, bought: list, sold: list) -> None:
    """When all goes out in order, the last piece takes the last coin along."""
    with company.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session)
        for quantity, price in bought:
            clerk.do(("receipt", datetime(2025, 12, 1), [(0, quantity, price)], MAIN))
        left = sum((quantity for quantity, _ in bought), NOUGHT)
        for quantity in sold:
            if quantity < left:
                line = (0, quantity, Decimal(1), NOUGHT, NOUGHT)
                clerk.do(("sale", datetime(2025, 12, 2), [line], MAIN, (0, "GBP", False)))
                left -= quantity
        clerk.do(("write_off", datetime(2025, 12, 3), [(0, left, NOUGHT)], MAIN))
        (figure,) = ledger.now(session, Stock, by=("place",), where={"place": MAIN})
        assert figure.amounts == {"quantity": NOUGHT, "value": NOUGHT}
        session.rollback()

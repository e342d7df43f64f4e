"""Whatever people record, in whatever order and however late: every figure is what the naive books say."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive_books import CUSTOMERS, NOUGHT, Books, Entry, Refused
from sqlalchemy import text

from app import ledger
from app.audit import verify as verify_audit
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.registers import Settlements
from modules.trade import operations as trade
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse import operations as warehouse
from modules.warehouse.models import Receipt, Transfer, WriteOff
from modules.warehouse.registers import Stock
from modules.warehouse.stock import NotEnoughStock

SUPPLIERS, LOSSES, MAIN, SECOND = 1, 3, 100, 101
BEGUN = date(2025, 11, 20)
DAYS = 90

moments = st.builds(
    lambda day, hour: datetime(2025, 11, 20, hour) + timedelta(days=day),
    st.integers(0, DAYS),
    st.sampled_from((0, 9, 17)),
)
quantities = st.sampled_from(("1", "2", "3", "7", "0.5", "10", "0.000001", "2.333333")).map(Decimal)
prices = st.sampled_from(("0.01", "1", "3.33", "0.333333", "19.99", "0")).map(Decimal)
lines = st.lists(st.tuples(st.integers(0, 1), quantities, prices), min_size=1, max_size=3)
places = st.sampled_from((MAIN, SECOND))

acts = st.one_of(
    st.tuples(st.just("receipt"), moments, lines, places),
    st.tuples(st.just("purchase"), moments, lines, places),
    st.tuples(st.just("transfer"), moments, lines, places),
    st.tuples(st.just("write_off"), moments, lines, places),
    st.tuples(st.just("sale"), moments, lines, places),
    st.tuples(st.just("sales_return"), moments, lines, places),
    st.tuples(st.just("payment"), moments, st.sampled_from(("in", "out")), st.integers(1, 5000)),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
)


class Clerk:
    """Does every act twice: in the program, and in the naive books."""

    def __init__(self, session: Any) -> None:
        self.session, self.books = session, Books()
        self.contact = create_contact(session, SYSTEM, kind="legal_entity", name="Ötzi Ltd").id
        self.items = [warehouse.create_item(session, SYSTEM, code=c, name=c).id for c in ("A", "B")]
        warehouse.create_place(session, SYSTEM, code="second", name="Second")
        self.done: list[tuple[int, Any, int]] = []

    def do(self, act: tuple) -> None:
        """The act; when the naive books refuse it, the program must too, and nothing may have changed."""
        number = self.books.open_document()
        try:
            made = self._in_books(act, number)
        except Refused:
            with pytest.raises(NotEnoughStock), self.session.begin_nested():
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
        return [(self.items[i], quantity, price) for i, quantity, price in act[2]]

    def _in_books(self, act: tuple, number: int) -> list[Entry]:
        kind, books = act[0], self.books
        if kind == "reverse":
            chosen = self._chosen(act)
            return books.reversed(chosen[0]) if chosen else []
        moment = act[1]
        if kind == "payment":
            amount = Decimal(act[3]) / 100 * (-1 if act[2] == "in" else 1)
            return [Entry("settlements", number, moment, (self.contact, "GBP"), amount, NOUGHT)]
        place = act[3]
        ends = {
            "receipt": (SUPPLIERS, place),
            "purchase": (SUPPLIERS, place),
            "transfer": (place, SECOND if place == MAIN else MAIN),
            "write_off": (place, LOSSES),
            "sale": (place, CUSTOMERS),
            "sales_return": (CUSTOMERS, place),
        }[kind]
        made = books.move(number, moment, self._ids(act), *ends, priced=kind in ("receipt", "purchase"))
        if kind in ("purchase", "sale", "sales_return"):
            total = sum(((q * p).quantize(Decimal("0.01"), "ROUND_HALF_UP") for _, q, p in act[2]), NOUGHT)
            owed = total if kind == "sale" else -total
            made.append(Entry("settlements", number, moment, (self.contact, "GBP"), owed, NOUGHT))
        return made

    def _in_program(self, act: tuple) -> Any:
        kind, session = act[0], self.session
        if kind == "reverse":
            chosen = self._chosen(act)
            return self._reverse(*chosen[1:]) if chosen else None
        if kind == "payment":
            amount = Decimal(act[3]) / 100
            return record_payment(
                session, SYSTEM, contact_id=self.contact, direction=act[2], amount=amount, moment=act[1]
            )
        if kind in ("purchase", "sale", "sales_return"):
            model = {"purchase": Purchase, "sale": Sale, "sales_return": SalesReturn}[kind]
            typed = [trade.TradeLineDraft(*line) for line in self._ids(act)]
            draft = trade.TradeDraft(self.contact, typed, place_id=act[3], moment=act[1])
            document: Any = trade.save(session, SYSTEM, model, draft)
            trade.post(session, SYSTEM, [document])
            return document
        model = {"receipt": Receipt, "transfer": Transfer, "write_off": WriteOff}[kind]
        ends = {
            "receipt": {"target_id": act[3]},
            "transfer": {"source_id": act[3], "target_id": SECOND if act[3] == MAIN else MAIN},
            "write_off": {"source_id": act[3]},
        }[kind]
        goods = [warehouse.MovementLineDraft(*line) for line in self._ids(act)]
        document = warehouse.save_movement(
            session, SYSTEM, model, warehouse.MovementDraft(goods, moment=act[1], **ends)
        )
        warehouse.post_movements(session, SYSTEM, [document])
        return document

    def _reverse(self, model: Any, document_id: int) -> Any:
        if model in (Purchase, Sale, SalesReturn):
            return trade.reverse(self.session, SYSTEM, model, document_id)
        if model in (Receipt, Transfer, WriteOff):
            return warehouse.reverse_movement(self.session, SYSTEM, model, document_id)
        return reverse_payment(self.session, SYSTEM, document_id)

    def compare(self) -> None:
        """Every figure, now and at dates all over the time."""
        session, books = self.session, self.books
        assert _held(ledger.now(session, Stock, by=("item", "place"))) == books.standing("stock")
        assert _owed(ledger.now(session, Settlements, by=("contact", "currency"))) == books.standing("settlements")
        for day in range(-1, DAYS + 2, 13):
            until = BEGUN + timedelta(days=day)
            before = datetime.combine(until + timedelta(days=1), datetime.min.time())
            assert _held(ledger.at(session, Stock, until, by=("item", "place"))) == books.standing("stock", before)
            assert _owed(ledger.at(session, Settlements, until, by=("contact", "currency"))) == books.standing(
                "settlements", before
            )
        for since, until in ((0, DAYS), (0, 5), (11, 41), (12, 40), (30, 30)):
            self._compare_period(BEGUN + timedelta(days=since), BEGUN + timedelta(days=until))

    def _compare_period(self, since: date, until: date) -> None:
        session, books = self.session, self.books
        before = datetime.combine(since, datetime.min.time())
        after = datetime.combine(until + timedelta(days=1), datetime.min.time())
        rows = ledger.turnover(session, Stock, since, until, by=("item", "place"))
        sides = {r.key: (r.taken_in["quantity"], r.given_out["quantity"]) for r in rows}
        assert {key: moved for key, moved in sides.items() if any(moved)} == books.moved("stock", since, until)
        opening, closing = books.standing("stock", before), books.standing("stock", after)
        for row in rows:
            assert tuple(row.opening.values()) == opening.get(row.key, (NOUGHT, NOUGHT))
            assert tuple(row.closing.values()) == closing.get(row.key, (NOUGHT, NOUGHT))
        for item in self.items:
            told = ledger.statement(session, Stock, since, until, where={"item": item, "place": MAIN})
            nothing = (NOUGHT, NOUGHT)
            assert tuple(told.opening.values()) == opening.get((item, MAIN), nothing)
            assert [line.amounts["quantity"] for line in told.lines] == books.lines("stock", (item, MAIN), since, until)
            assert tuple(told.closing.values()) == closing.get((item, MAIN), nothing)


def _held(figures: list) -> dict:
    return {f.key: (f.amounts["quantity"], f.amounts["value"]) for f in figures if any(f.amounts.values())}


def _owed(figures: list) -> dict:
    return {f.key: (f.amounts["amount"], NOUGHT) for f in figures if f.amounts["amount"]}


def _projections(session: Any) -> list:
    names = [t.name for r in ledger.Register.declared.values() for t in (r.totals, r.turnovers)]
    known = [n for n in names if n.split("_")[0] in ("warehouse", "trade", "contacts")]
    return [sorted(map(tuple, session.connection().execute(text(f"SELECT * FROM {name}")))) for name in sorted(known)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(acts, min_size=1, max_size=25))
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
                clerk.do(("sale", datetime(2025, 12, 2), [(0, quantity, Decimal(1))], MAIN))
                left -= quantity
        clerk.do(("write_off", datetime(2025, 12, 3), [(0, left, NOUGHT)], MAIN))
        (figure,) = ledger.now(session, Stock, by=("place",), where={"place": MAIN})
        assert figure.amounts == {"quantity": NOUGHT, "value": NOUGHT}
        session.rollback()

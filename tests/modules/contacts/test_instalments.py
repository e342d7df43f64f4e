"""Documents that are paid in parts: what is read of a contract, how a debt is split, and what becomes of each part."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import ledger
from app.documents import correct, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.ageing import ageing_at
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.contacts.contracts import create_contract
from modules.contacts.instalments import check_instalments, due_days, in_parts
from modules.contacts.models import OpenItem
from modules.contacts.money.calendar import due_by_day
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_items_of
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

DAY = datetime(2026, 1, 31, 12)
cents = st.integers(-(10**9), 10**9).filter(bool).map(lambda n: D(n) / 100)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" 30/0,70 % / 30", "30/0, 70/30"),
        ("3 X", "3x"),
        ("3\u0445", "3x"),
        ("33.3/0;66.7/10", "33.3/0, 66.7/10"),
    ],
)
def test_parts_are_kept_as_they_are_read(typed: str, kept: str) -> None:
    assert check_instalments(typed) == kept


@pytest.mark.parametrize(
    "typed", ["x", "1x", "61x", "30/0", "30/0, 80/30", "50/30, 50/0", "50/9, 50/9", "0/0, 100/1", "100/9999"]
)
def test_parts_that_cannot_be_read_or_are_not_whole_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_instalments(typed)
    assert refused.value.field == "instalments"


def test_parts_are_due_after_days_or_at_the_ends_of_months() -> None:
    assert due_days("30/0, 70/30", "", date(2026, 1, 31)) == [(D(30), date(2026, 1, 31)), (D(70), date(2026, 3, 2))]
    assert due_days("30/0, 70/10", "month_end", date(2026, 1, 5))[1] == (D(70), date(2026, 2, 10))
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert due_days("3x", "", date(2026, 1, 31)) == [(D(1), end) for end in ends]


@given(amount=cents, base=cents, weights=st.lists(st.integers(1, 99), min_size=1, max_size=9))
def test_parts_are_the_whole_to_the_cent_and_none_goes_the_other_way(amount: D, base: D, weights: list[int]) -> None:
    parts = [(D(weight), date(2026, 1, n)) for n, weight in enumerate(weights, 1)]
    found = in_parts(parts, amount, base, digits=2, base_digits=2)
    assert (sum(each.amount for each in found), sum(each.base for each in found)) == (amount, base)
    assert all(each.amount * amount > 0 and each.amount == round(each.amount, 2) for each in found)
    for each, (weight, _) in zip(found[:-1], parts, strict=False):
        if len(found) == len(parts):
            assert abs(each.amount - amount * weight / sum(weights)) <= D("0.005")


@pytest.fixture
def sold(run: Any) -> dict[str, int]:
    """A sale of 100.01 under a contract that is paid 30 % at once and the rest after thirty days."""

    def work(session: Any) -> dict[str, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Anna Ltd").id
        contract = create_contract(session, SYSTEM, contact_id=contact, number="1", instalments="30/0, 70/30").id
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        lines = [TradeLineDraft(item, D(1), D("100.01"))]
        sale = save(session, SYSTEM, Sale, TradeDraft(contact, lines, moment=DAY, contract_id=contract))
        post(session, SYSTEM, [sale])
        return {"contact": contact, "contract": contract, "item": item, "sale": sale.id}

    made: dict[str, int] = run(work)
    return made


@pytest.fixture
def run(company: Any) -> Any:
    return lambda work: company.database.run(work, actor=SYSTEM)


def _open(session: Any) -> list[tuple[date | None, D]]:
    found = ledger.now(session, Settlements.open_items, by=("item",))
    items = {i.id: i.due for i in session.scalars(select(OpenItem))}
    return sorted((items[f.key[0]], f.amounts["amount"]) for f in found if f.amounts["amount"])


FIRST, SECOND = date(2026, 1, 31), date(2026, 3, 2)


def test_each_part_is_open_ages_and_is_paid_by_itself(run: Any, sold: dict[str, int]) -> None:
    def work(session: Any) -> None:
        assert _open(session) == [(FIRST, D("30.00")), (SECOND, D("70.01"))]
        assert session.get(Sale, sold["sale"]).due == SECOND
        (whole,) = open_items_of(session, sold["contact"])
        assert (whole.open, whole.amount, whole.due) == (D("100.01"), D("100.01"), FIRST)
        assert open_items_of(session, sold["contact"], limit=1) == [whole], "one document, and all of it"
        assert {day: sides[0] for day, sides in due_by_day(session)["GBP"].items()} == {
            FIRST: D(30),
            SECOND: D("70.01"),
        }
        (row,) = fetch(session, ageing_at(session, date(2026, 2, 15)), Query()).rows
        assert (row.not_due, row.late_1, row.total) == (D("70.01"), D(30), D("100.01"))
        pays = {"contact_id": sold["contact"], "direction": "in", "moment": datetime(2026, 2, 1)}
        record_payment(session, SYSTEM, amount=D(40), pays=[(sold["sale"], D(40))], **pays)
        assert _open(session) == [(SECOND, D("60.01"))]
        with pytest.raises(Conflict):
            record_payment(session, SYSTEM, amount=D(61), pays=[(sold["sale"], D(61))], **pays)
        advance = record_payment(session, SYSTEM, amount=D("60.01"), pays=[], **pays)
        line = AllocationLineDraft(advance.id, sold["sale"], D("60.01"))
        made = allocate(session, SYSTEM, contact_id=sold["contact"], lines=[line], moment=datetime(2026, 2, 2))
        assert _open(session) == []
        assert list(ledger.verify(session)) == []
        reverse(session, SYSTEM, made)
        reverse(session, SYSTEM, session.get(Sale, sold["sale"]))
        assert sum(amount for _, amount in _open(session)) == D("-100.01")
        assert list(ledger.verify(session)) == []
        session.rollback()

    run(work)


def test_a_correction_splits_again_as_far_as_what_was_paid_fits(run: Any, sold: dict[str, int]) -> None:
    def corrected(session: Any, price: str, due: date | None = None) -> None:
        sale = session.get(Sale, sold["sale"])
        lines = [TradeLineDraft(sold["item"], D(1), D(price))]
        draft = TradeDraft(sold["contact"], lines, moment=DAY, contract_id=sold["contract"], due=due)
        correct(session, SYSTEM, sale, draft)

    def work(session: Any) -> None:
        pays = {"contact_id": sold["contact"], "direction": "in", "moment": datetime(2026, 2, 1)}
        record_payment(session, SYSTEM, amount=D(50), **pays)
        assert _open(session) == [(SECOND, D("50.01"))]
        corrected(session, "200")
        assert _open(session) == [(FIRST, D(30)), (SECOND, D(120))]
        with (
            pytest.raises(Conflict),
            session.begin_nested(),
        ):  # all at once: what was paid of the second part has no place
            corrected(session, "200", due=date(2026, 5, 1))
        assert list(ledger.verify(session)) == []
        session.rollback()

    run(work)


def test_another_due_day_is_paid_at_once(run: Any, sold: dict[str, int]) -> None:
    def work(session: Any) -> None:
        lines = [TradeLineDraft(sold["item"], D(1), D(10))]
        draft = TradeDraft(sold["contact"], lines, moment=DAY, contract_id=sold["contract"], due=date(2026, 2, 10))
        post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])
        assert (date(2026, 2, 10), D(10)) in _open(session)
        session.rollback()

    run(work)

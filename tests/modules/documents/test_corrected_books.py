"""The books after corrections in awkward places: first in first out, equal moments, later recosts, rates, other people."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import NoLongerFits, correct, post, reverse, save
from app.errors import Conflict
from app.reference.operations import close_period, set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.registers import ExchangeResults, Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.registers import Sales
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Item, Transfer
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costing
from modules.warehouse.registers import Stock
from tests.modules.documents.corrections import ITEM, day, draft, made, open_amount, stand

Run = Callable[[Callable[[Any], Any]], Any]


def of_item(item: int, quantity: int, price: int, at: Any) -> TradeDraft:
    return TradeDraft(1, [TradeLineDraft(item, D(quantity), D(price))], moment=at)


def pay(session: Any, document: int, amount: str, at: int, **more: Any) -> Any:
    said = {"direction": "in", **more}
    return record_payment(
        session, SYSTEM, contact_id=1, amount=D(amount), pays=[(document, D(amount))], moment=day(at), **said
    )


@pytest.mark.parametrize(("quantity", "value"), [(8, 14), (9, 7), (3, 49)])
def test_goods_that_cost_first_in_first_out_are_corrected(run: Run, quantity: int, value: int) -> None:
    def work(session: Any) -> None:
        group = create_group(session, SYSTEM, name="First in, first out")
        set_costing(session, SYSTEM, group, "fifo")
        change_item(session, SYSTEM, session.get(Item, ITEM), group_id=group.id)
        made(session, Purchase, 10, 7, day(1))
        sale = made(session, Sale, 8, 20, day(5))
        correct(session, SYSTEM, sale, draft(quantity, 20, day(5), note="counted again"))
        assert stand(session)[0] == [{"quantity": 10 - quantity, "value": value}]

    run(work)


@pytest.mark.parametrize("what", ["contact", "item"])
def test_what_a_correction_withdrew_costs_nothing_when_costs_change_later(run: Run, what: str) -> None:
    def work(session: Any) -> Any:
        create_contact(session, SYSTEM, kind="legal_entity", name="Other AS")
        bolt = create_item(session, SYSTEM, code="B", name="Bolt").id
        made(session, Purchase, 10, 7, day(2))
        post(session, SYSTEM, [save(session, SYSTEM, Purchase, of_item(bolt, 10, 3, day(2)))])
        sale = made(session, Sale, 4, 20, day(5))
        said = replace(draft(4, 20, day(5)), contact_id=2) if what == "contact" else of_item(bolt, 4, 20, day(5))
        correct(session, SYSTEM, sale, said)
        made(session, Purchase, 10, 9, day(1))
        post(session, SYSTEM, [save(session, SYSTEM, Purchase, of_item(bolt, 10, 5, day(1)))])
        return {f.key: f.amounts["cost"] for f in ledger.now(session, Sales.results, by=("item", "contact"))}

    costs = run(work)
    assert {key: cost for key, cost in costs.items() if cost} == {(ITEM, 2): 32} if what == "contact" else {(2, 1): 16}


def test_a_return_can_not_become_less_than_was_paid_out_of_it(run: Run, company: Any) -> None:
    def prepare(session: Any) -> int:
        made(session, Purchase, 20, 7, day(1))
        sale = made(session, Sale, 4, 20, day(5))
        paid = pay(session, sale.id, "80", 6)
        back = made(session, SalesReturn, 2, 20, day(7), origin=(sale.id, 1))
        pay(session, back.id, "40", 8, direction="out")
        reverse_payment(session, SYSTEM, paid.id)
        return back.id

    back = run(prepare)
    less = draft(1, 20, day(7), origin=(2, 1))
    with pytest.raises(NoLongerFits, match="P-000002"):
        company.database.run(lambda s: correct(s, SYSTEM, s.get(SalesReturn, back), less), actor=SYSTEM)


@pytest.mark.parametrize("way", ["chosen", "oldest", "allocated"])
def test_nothing_settles_a_document_that_is_moved_to_a_later_day_meanwhile(
    run: Run, company: Any, engine: str, way: str
) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        made(session, Purchase, 20, 7, day(1))
        sale = made(session, Sale, 4, 20, day(5))
        advance = record_payment(session, SYSTEM, contact_id=1, direction="in", amount=D(80), pays=[], moment=day(5))
        return sale.id, advance.id

    sale, advance = run(prepare)
    corrected, errors = threading.Event(), []

    def settle(session: Any) -> None:
        if way == "allocated":
            line = AllocationLineDraft(advance, sale, D(80))
            allocate(session, SYSTEM, contact_id=1, lines=[line], moment=day(6))
            return
        pays = [(sale, D(80))] if way == "chosen" else None
        record_payment(session, SYSTEM, contact_id=1, direction="in", amount=D(80), pays=pays, moment=day(6))

    def meanwhile() -> None:
        corrected.wait(10)
        try:
            company.database.run(settle, actor=SYSTEM)
        except Conflict as error:
            errors.append(error)

    other = threading.Thread(target=meanwhile)
    other.start()

    def work(session: Any) -> None:
        correct(session, SYSTEM, session.get(Sale, sale), draft(4, 20, day(9)))
        session.flush()
        corrected.set()
        other.join(0.3)  # it waits for us

    company.database.run(work, actor=SYSTEM)
    other.join()
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
    # Where there is one writer at a time, whoever pays the oldest comes later and finds nothing to pay.
    assert bool(errors) == (engine != "sqlite" or way != "oldest")
    assert company.database.run(lambda s: open_amount(s, sale), actor=SYSTEM, write=False) == 80


@pytest.mark.parametrize("chunk", [3, 5000])
def test_what_went_is_not_moved_to_the_moment_at_which_it_came_back(
    run: Run, company: Any, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    def prepare(session: Any) -> int:
        create_place(session, SYSTEM, code="shop", name="Shop")
        made(session, Purchase, 50, 7, day(1))
        made(session, Purchase, 50, 8, day(1), place_id=101)
        sale = made(session, Sale, 4, 20, day(2))
        for number in range(3, 9):
            made(session, Sale, 1, 20, day(number))
        made(session, SalesReturn, 1, 20, day(9), origin=(sale.id, 1))
        return sale.id

    sale = run(prepare)
    monkeypatch.setattr(recosting, "CHUNK", chunk)
    with pytest.raises(NoLongerFits, match="SR-000001"):
        company.database.run(
            lambda s: correct(s, SYSTEM, s.get(Sale, sale), draft(4, 20, day(9), place_id=101)), actor=SYSTEM
        )
    company.database.run(
        lambda s: correct(s, SYSTEM, s.get(Sale, sale), draft(4, 20, day(8), place_id=101)), actor=SYSTEM
    )
    while company.database.run(recost_part, actor=SYSTEM):
        pass
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
    company.database.run(
        lambda s: close_period(s, SYSTEM, until=date(2026, 3, 31), today=date(2026, 6, 1)), actor=SYSTEM
    )


def test_a_corrected_document_keeps_its_place_among_those_of_its_moment(run: Run) -> None:
    """As files that know days alone bring them: goods come and go at one moment, in the order of posting."""

    def work(session: Any) -> None:
        create_item(session, SYSTEM, code="W", name="Work", kind="service")
        bought = made(session, Purchase, 10, 7, day(1))
        made(session, Sale, 8, 20, day(1))
        shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        sent = MovementDraft([MovementLineDraft(ITEM, D(2))], source_id=FIRST_WAREHOUSE, target_id=shop, moment=day(1))
        post(session, SYSTEM, [save(session, SYSTEM, Transfer, sent)])  # it needs to know its cost
        said = draft(10, 7, day(1))
        correct(session, SYSTEM, bought, replace(said, lines=[TradeLineDraft(2, D(1), D(1)), *said.lines]))
        assert stand(session)[:2] == (
            [{"quantity": 2, "value": 14}],
            [{"quantity": 8, "revenue": 160, "cost": 56}],
        )
        correct(session, SYSTEM, bought, draft(10, 9, day(1)))
        assert stand(session)[0] == [{"quantity": 2, "value": 18}]

    run(work)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_sale_on_which_a_return_no_longer_rests_can_be_reversed(run: Run, elsewhere: bool) -> None:
    def work(session: Any) -> None:
        made(session, Purchase, 10, 7, day(1))
        sale, other = made(session, Sale, 4, 20, day(5)), made(session, Sale, 4, 20, day(5))
        back = made(session, SalesReturn, 1, 20, day(6), origin=(sale.id, 1))
        correct(session, SYSTEM, back, draft(1, 20, day(6), origin=(other.id, 1) if elsewhere else None))
        reverse(session, SYSTEM, sale)

    run(work)


@pytest.mark.parametrize("said", [{"contact_id": 2}, {"currency": "EUR"}])
def test_an_open_document_may_become_another_contacts_or_of_another_currency(run: Run, said: dict[str, Any]) -> None:
    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Other AS")
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D("0.85")))
        bought = made(session, Purchase, 10, 7, day(1))
        correct(session, SYSTEM, bought, replace(draft(10, 7, day(1)), **said))

    run(work)


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_rate_that_was_entered_since_is_not_the_documents_own(run: Run, is_paid: bool) -> None:
    def work(session: Any) -> None:
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 1), rate=ExchangeRate(D("0.85")))
        made(session, Purchase, 10, 7, day(1))
        sale = made(session, Sale, 4, 20, day(5), currency="EUR")
        if is_paid:
            pay(session, sale.id, "30", 7, currency="EUR")
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, 5), rate=ExchangeRate(D("0.95")))
        correct(session, SYSTEM, sale, draft(4, 20, day(5), currency="EUR", note="only a note"))
        assert (sale.rate, stand(session)[1][0]["revenue"]) == (ExchangeRate(D("0.85")), 68)
        if not is_paid:
            correct(session, SYSTEM, sale, draft(4, 20, day(6), currency="EUR"))  # another day's
            assert (sale.rate, stand(session)[1][0]["revenue"]) == (ExchangeRate(D("0.95")), 76)

    run(work)


def test_a_foreign_document_is_corrected_down_to_what_was_paid_in_parts(run: Run) -> None:
    def work(session: Any) -> Any:
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D("0.85")))
        made(session, Purchase, 50, 7, day(1))
        sale = made(session, Sale, 3, "33.33", day(2), currency="EUR")
        for _ in range(3):
            pay(session, sale.id, "11.11", 5, currency="EUR")  # each carries 9.44
        correct(session, SYSTEM, sale, draft(1, "33.33", day(2), currency="EUR"))  # 28.33
        assert open_amount(session, sale.id) == 0
        return [f.amounts["base"] for f in ledger.now(session, ExchangeResults.results, by=("currency",))]

    assert run(work) == [D("-0.01")]


def test_whoever_posts_a_return_need_not_see_its_sale(run: Run, company: Any, employ: Any) -> None:
    def prepare(session: Any) -> int:
        made(session, Purchase, 20, 7, day(1))
        sale = made(session, Sale, 4, 20, day(5))
        back = save(session, SYSTEM, SalesReturn, draft(1, 20, day(6), origin=(sale.id, 1)))
        session.flush()
        return back.id

    back = run(prepare)
    sam = employ("sam", "salesperson")
    scopes = {"contacts.contact": "all", "trade.sale": "own", "trade.sales_return": "all"}
    narrow = replace(sam, scopes={**sam.scopes, **scopes})
    company.database.run(lambda s: post(s, narrow, [s.get(SalesReturn, back)]), actor=narrow)


#: Days on which something may have changed, and those around them; and one long after.
DAYS = (*range(14), *range(29, 34), *range(39, 43), 59)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("to", [3, 7, 40], ids=["earlier", "later", "another month"])
def test_a_document_whose_day_was_corrected_leaves_nothing_at_any_day_when_it_is_reversed(
    run: Run, to: int, closed: bool
) -> None:
    """Sold on the fifth, corrected to another day, reversed: nobody ever owed anything, at whichever day one asks."""

    def work(session: Any) -> None:
        made(session, Purchase, 10, 7, day(1))
        before = stood(session)
        sale = made(session, Sale, 4, 20, day(5))
        correct(session, SYSTEM, sale, draft(4, 20, day(1) + timedelta(days=to)))
        if closed:
            until = (day(1) + timedelta(days=10)).date()
            close_period(session, SYSTEM, until=until, today=date(2027, 1, 1))
        reverse(session, SYSTEM, sale)
        if closed:  # what stood in the closed days stays, and is gone on the first open one
            assert stood(session)[33:] == before[33:]  # three totals a day, from the twelfth on
        else:
            assert stood(session) == before
        assert not any(
            row.taken_in["revenue"] or row.given_out["revenue"]
            for row in ledger.turnover(session, Sales.results, date(2026, 1, 1), date(2026, 12, 31), by=("item",))
        )

    def stood(session: Any) -> list[Any]:
        days = [(day(1) + timedelta(days=n)).date() for n in DAYS]
        return [
            [sorted((f.key, tuple(f.amounts.values())) for f in ledger.at(session, totals, each, by=by))]
            for each in days
            for totals, by in (
                (Settlements.balance, ("contact",)),
                (Sales.results, ("item",)),
                (Stock.worth, ("item",)),
            )
        ]

    run(work)

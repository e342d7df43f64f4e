"""The sample goes, and what is one's own stands as if it had never been there."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select
from trader import Trader, begin_plain, books_of, errors_of, remove

from app.documents import Document
from app.sample import marking, plan_removal
from modules.warehouse.pending import items_waiting
from modules.warehouse.registers import Stock

Done = Callable[[Any, Callable[[Any], Any]], Any]


def _own_goods(trader: Trader) -> None:
    """Goods of one's own for contacts of the sample."""
    trader.item("NAIL")
    trader.buy("NAIL", 50, "1.00", 2)
    sale = trader.sell("NAIL", 20, "3.00", 6)
    trader.pay("30.00", 8, pays=[sale])


def _mixed_goods(trader: Trader) -> None:
    """Goods that the sample has too: what they cost is an average with its."""
    trader.buy("HAMMER", 40, "8.00", 3)
    sale = trader.sell("HAMMER", 10, "12.00", 6)
    trader.give_back(sale, "HAMMER", 2, "12.00", 8)
    trader.buy("HAMMER", 10, "11.00", 10)
    trader.sell("HAMMER", 20, "12.00", 30)


def _reversed_again(trader: Trader) -> None:
    """What came and went by itself."""
    trader.buy("HAMMER", 10, "7.00", 0)
    sale = trader.sell("HAMMER", 5, "9.00", 12)
    trader.pay("45.00", 14, pays=[sale])
    trader.undo(trader.sell("HAMMER", 5, "9.00", 40))


ACTS = {"nothing": lambda _trader: None, "own goods": _own_goods, "mixed": _mixed_goods, "reversed": _reversed_again}


@pytest.mark.parametrize("acts", ACTS.values(), ids=ACTS)
def test_what_is_ones_own_is_as_if_the_sample_had_never_been(
    sampled: Any, plain: Any, done: Done, acts: Callable[[Trader], None]
) -> None:
    done(plain, begin_plain)
    for company in (sampled, plain):
        done(company, lambda session: acts(Trader(session)))
    done(sampled, remove)
    assert bool(done(plain, books_of)) is (acts is not ACTS["nothing"])
    assert done(sampled, books_of) == done(plain, books_of)
    assert done(sampled, errors_of) == []


def test_a_difference_of_cost_that_the_sample_caused_keeps_its_amount_and_loses_its_cause(
    sampled: Any, done: Done
) -> None:
    def sell(session: Any) -> int:
        trader = Trader(session)
        trader.buy("HAMMER", 40, "8.00", 0)
        return int(trader.sell("HAMMER", 10, "12.00", 6).id)

    sale = done(sampled, sell)
    e = Stock.entries.c
    before = done(sampled, lambda s: _entries_of(s, sale))
    done(sampled, remove)
    after = done(sampled, lambda s: _entries_of(s, sale))
    assert [(row.id, row.value) for row in after][: len(before)] == [(row.id, row.value) for row in before]
    assert len(after) > len(before)
    assert {row.cause_id for row in after} == {None}
    assert abs(sum(row.value for row in after)) == D("80.00")
    assert done(sampled, lambda s: s.connection().scalar(select(e.id).where(e.cause_id.is_not(None)))) is None


def _entries_of(session: Any, document: int) -> list[Any]:
    e = Stock.entries.c
    query = select(e.id, e.cause_id, e.value).where(e.document_id == document).order_by(e.id)
    return list(session.connection().execute(query))


def test_costs_that_a_job_would_still_recalculate_are_recalculated_before(
    sampled: Any, plain: Any, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(plain, begin_plain)
    for company in (sampled, plain):
        done(company, lambda session: _mixed_goods(Trader(session)))
    monkeypatch.setattr("modules.warehouse.recosting.CHUNK", 1)
    done(sampled, remove)
    assert done(sampled, items_waiting) == {}
    assert done(sampled, books_of) == done(plain, books_of)
    assert done(sampled, errors_of) == []


def test_a_document_of_it_that_somebody_has_corrected_goes_and_is_named_before(
    sampled: Any, plain: Any, done: Done
) -> None:
    done(plain, begin_plain)
    for company in (sampled, plain):
        done(company, lambda session: _own_goods(Trader(session)))

    def change(session: Any) -> None:
        sale = session.scalars(select(Document).where(Document.number == "S-000002")).one()
        Trader(session).change(sale, 7)

    done(sampled, change)
    assert done(sampled, plan_removal).changed == ["S-000002"]
    done(sampled, remove)
    assert done(sampled, books_of) == done(plain, books_of)


def test_floors_are_checked_for_what_is_there_in_the_end(company: Any, done: Done) -> None:
    """The first purchase was corrected to less than was sold: without the second, there is less than nothing meanwhile."""

    def fill(session: Any) -> None:
        trader = Trader(session)
        with marking(session):
            begin_plain(session)
            first = trader.buy("HAMMER", 100, "5.00", 1)
            trader.sell("HAMMER", 95, "9.00", 20)
            trader.buy("HAMMER", 10, "5.00", 10)
            trader.change(first, 90)

    done(company, fill)
    done(company, remove)
    assert done(company, books_of) == {}
    assert done(company, errors_of) == []

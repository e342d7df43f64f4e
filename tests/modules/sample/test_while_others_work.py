"""Whoever posts while the sample is removed waits for a moment; what they post is in the books, and nothing else is."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from trader import Trader, begin_plain, books_of, day, errors_of, remove

from app.documents import save
from app.errors import KontorError
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase
from modules.warehouse.models import Item
from tests.at_once import at_once

Done = Callable[[Any, Callable[[Any], Any]], Any]


def test_what_others_post_meanwhile_stands(sampled: Any, plain: Any, done: Done) -> None:
    def prepare(session: Any) -> None:
        trader = Trader(session)
        trader.item("NAIL")
        trader.buy("NAIL", 100, "1.00", 2)
        trader.buy("HAMMER", 1, "6.00", 2)
        trader.sell("NAIL", 1, "6.00", 3)

    def buy(session: Any) -> None:
        Trader(session).buy("HAMMER", 10, "6.00", 3)

    def sell(session: Any) -> None:
        Trader(session).sell("NAIL", 5, "3.00", 4)

    done(sampled, prepare)
    done(plain, begin_plain)
    done(plain, prepare)
    answers = at_once(
        lambda: done(sampled, remove), *(lambda work=work: done(sampled, work) for work in (buy, sell, buy, sell))
    )
    assert [a for a in answers if isinstance(a, Exception)] == []
    for work in (buy, sell, buy, sell):
        done(plain, work)
    assert _by_key(done(sampled, books_of)) == _by_key(done(plain, books_of))
    assert done(sampled, errors_of) == []


def _by_key(books: dict[str, Any]) -> dict[str, Any]:
    """Without open items, whose documents came in another order."""
    return {table: rows for table, rows in books.items() if "open_items" not in table}


def test_who_names_a_record_that_goes_meanwhile_is_refused(sampled: Any, done: Done) -> None:
    """Their form is older than the removal; they read that there is no such contact, and no error."""
    ids = done(sampled, lambda s: (Trader(s).id_of(Contact, "IDLE"), Trader(s).id_of(Item, "SAW")))

    def buy(session: Any) -> Any:
        draft = TradeDraft(ids[0], [TradeLineDraft(ids[1], D(1), D(1))], moment=day(30))
        return save(session, SYSTEM, Purchase, draft).id

    answers = at_once(lambda: done(sampled, remove), *(lambda: done(sampled, buy) for _ in range(4)))
    assert [a for a in answers[1:] if isinstance(a, Exception) and not isinstance(a, KontorError)] == []
    assert not isinstance(answers[0], Exception)
    assert done(sampled, errors_of) == []


def test_it_is_removed_once_by_two_who_ask_at_once(sampled: Any, done: Done) -> None:
    answers = at_once(*(lambda: done(sampled, remove) for _ in range(2)))
    refused = [a for a in answers if isinstance(a, Exception)]
    assert [str(error) for error in refused] == ["There is no sample data that could be removed."]
    assert done(sampled, books_of) == {}


def test_a_removal_that_is_cut_off_leaves_all_of_it(sampled: Any, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.sample import removing

    before = done(sampled, books_of)
    monkeypatch.setattr(removing, "remove_records", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        done(sampled, remove)
    monkeypatch.undo()
    assert done(sampled, books_of) == before
    assert done(sampled, remove).documents["trade.sale"] == 3

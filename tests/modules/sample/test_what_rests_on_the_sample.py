"""What of one's own rests on the sample keeps it whole, and is named; once that is reversed, the sample goes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from trader import Trader, begin_plain, books_of, day, errors_of, remove

from app.documents import Document, correct, kind_of, post
from app.errors import Conflict, Forbidden, PeriodClosed
from app.reference import organisation
from app.sample import RestsOnSample, plan_removal, remove_sample
from app.security import SYSTEM
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.trade.models import Sale, SalesReturn

pytestmark = pytest.mark.one_engine  # what refers to what: no engine decides

Done = Callable[[Any, Callable[[Any], Any]], Any]


def _sale(session: Any, number: str = "S-000001") -> Any:
    return session.scalars(select(Document).where(Document.number == number)).one()


def _sells_its_goods(trader: Trader) -> Any:
    trader.buy("HAMMER", 10, "6.00", 20)
    trader.sell("HAMMER", 8, "9.00", 21)  # of these there are enough
    return trader.sell("HAMMER", 3, "9.00", 22)


def _gives_its_goods_back(trader: Trader) -> Any:
    return trader.give_back(_sale(trader.session), "HAMMER", 1, "9.00", 30)


def _means_to_give_them_back(trader: Trader) -> Any:
    return trader.draft(SalesReturn, "CUS", "HAMMER", 1, "9.00", 30, origin=_sale(trader.session))


def _pays_a_sale_of_it(trader: Trader) -> Any:
    return trader.pay("20.00", 30)


ACTS = {
    "sells its goods": _sells_its_goods,
    "gives them back": _gives_its_goods_back,
    "a draft that gives them back": _means_to_give_them_back,
    "pays one of its sales": _pays_a_sale_of_it,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_it_is_named_and_nothing_is_changed(
    sampled: Any, done: Done, refused: Callable[..., str], act: Callable[[Trader], Any]
) -> None:
    document = done(sampled, lambda session: act(Trader(session)))
    why = refused(remove, RestsOnSample)
    assert f": {document.number or document.summary}." in why
    assert "Nothing was changed" in why


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_once_it_is_reversed_the_sample_goes(
    sampled: Any, plain: Any, done: Done, act: Callable[[Trader], Any]
) -> None:
    made = done(sampled, lambda session: act(Trader(session)).id)

    def undo(session: Any) -> None:
        document = session.get(Document, made)
        if document.state == "draft":
            session.delete(document)
        else:
            Trader(session).undo(document)

    def same_without_it(session: Any) -> None:
        trader = Trader(session)
        if act is _sells_its_goods:
            trader.buy("HAMMER", 10, "6.00", 20)
            trader.sell("HAMMER", 8, "9.00", 21)

    done(sampled, undo)
    done(sampled, remove)
    done(plain, begin_plain)
    done(plain, same_without_it)
    assert done(sampled, books_of) == done(plain, books_of)
    assert done(sampled, errors_of) == []


def test_only_documents_that_really_use_its_goods_are_named(
    sampled: Any, done: Done, refused: Callable[..., str]
) -> None:
    """The later sale is covered by a later purchase of one's own."""

    def work(session: Any) -> tuple[str, str]:
        trader = Trader(session)
        using = trader.sell("HAMMER", 4, "9.00", 22)
        trader.buy("HAMMER", 50, "6.00", 30)
        return using.number, trader.sell("HAMMER", 4, "9.00", 31).number

    using, covered = done(sampled, work)
    why = refused(remove, RestsOnSample)
    assert using in why
    assert covered not in why


def test_many_are_named_in_part(sampled: Any, done: Done, refused: Callable[..., str]) -> None:
    done(sampled, lambda session: [Trader(session).sell("HAMMER", 1, "9.00", 30 + n) for n in range(12)])
    why = refused(remove, RestsOnSample)
    assert why.count("S-0000") == 10
    assert "(+2)" in why


def test_a_sale_that_somebody_has_reversed_keeps_the_payment_that_it_gave_back(
    sampled: Any, done: Done, refused: Callable[..., str]
) -> None:
    """Their own payment settled it; that is an advance now, by an allocation that the program made."""

    def work(session: Any) -> Any:
        trader = Trader(session)
        payment = trader.pay("150.00", 30)
        trader.undo(_sale(session, "S-000002"))
        return payment.id

    payment = done(sampled, work)
    assert "P-000002" in refused(remove, RestsOnSample)
    done(sampled, lambda session: Trader(session).undo(session.get(Document, payment)))
    done(sampled, remove)
    assert done(sampled, books_of) == {}
    assert done(sampled, errors_of) == []


def test_a_return_that_is_corrected_to_give_back_nothing_of_it_lets_it_go(sampled: Any, plain: Any, done: Done) -> None:
    """Its entries still name the line that it gave back, and sum to zero there."""

    def give_back(session: Any) -> None:
        trader = Trader(session)
        trader.buy("HAMMER", 10, "6.00", 20)
        back = _gives_its_goods_back(trader)
        draft = kind_of(back).draft_of(back)
        draft.lines[0].origin = None
        correct(session, SYSTEM, back, draft)

    def give_back_freely(session: Any) -> None:
        trader = Trader(session)
        trader.buy("HAMMER", 10, "6.00", 20)
        trader.trade(SalesReturn, "CUS", "HAMMER", 1, "9.00", 30)

    done(sampled, give_back)
    done(plain, begin_plain)
    done(plain, give_back_freely)
    done(sampled, remove)
    assert done(sampled, books_of) == done(plain, books_of)
    assert done(sampled, errors_of) == []


def test_what_people_have_done_with_its_documents_alone_goes_with_it(sampled: Any, done: Done) -> None:
    """One reversed, a draft posted, what was paid allocated again."""

    def work(session: Any) -> None:
        trader = Trader(session)
        trader.undo(_sale(session, "SR-000001"))
        draft = session.scalars(select(Sale).where(Sale.state == "draft")).one()
        post(session, SYSTEM, [draft])
        trader.undo(_sale(session, "S-000001"))
        payment, sale = _sale(session, "P-000001"), _sale(session, "S-000002")
        lines = [AllocationLineDraft(payment.id, sale.id, sale.amount)]
        allocate(session, SYSTEM, contact_id=payment.contact_id, lines=lines, moment=day(40))

    done(sampled, work)
    removed = done(sampled, remove)
    assert removed.documents["contacts.allocation"] == 2
    assert done(sampled, books_of) == {}
    assert done(sampled, errors_of) == []


def test_figures_of_a_closed_period_stay(sampled: Any, done: Done, refused: Callable[..., str]) -> None:
    def close(until: date | None) -> Callable[[Any], None]:
        return lambda session: setattr(organisation(session), "closed_until", until)

    done(sampled, close(day(1).date()))
    assert "The books are closed" in refused(remove, PeriodClosed)
    done(sampled, close(day(0).date()))
    done(sampled, remove)


def test_it_needs_the_right_to_the_organisation(
    sampled: Any, employ: Callable[..., Any], refused: Callable[..., str]
) -> None:
    anna = employ("anna", "accountant")
    refused(lambda session: remove_sample(session, anna), Forbidden)


def test_a_company_that_an_older_program_filled_keeps_it(company: Any, done: Done, refused: Callable[..., str]) -> None:
    done(company, lambda session: setattr(organisation(session), "is_sample", True))
    plan = done(company, plan_removal)
    assert (plan.is_sample, plan.is_marked, plan.documents) == (True, False, {})
    refused(remove, Conflict)


def test_what_it_would_do_is_known_beforehand(sampled: Any, done: Done) -> None:
    def work(session: Any) -> Any:
        trader = Trader(session)
        document = _gives_its_goods_back(trader)
        trader.item("NAIL")
        trader.buy("NAIL", 1, "1.00", 30)
        return document.number

    number = done(sampled, work)
    plan = done(sampled, plan_removal)
    assert plan.resting == [number]
    assert plan.documents == {"contacts.payment": 1, "trade.purchase": 1, "trade.sale": 3, "trade.sales_return": 1}
    assert plan.records == {"contacts.contact": 1, "warehouse.item": 1, "warehouse.place": 1}
    assert plan.kept == ["CUS CUS Ltd", "SUP SUP Ltd", "HAMMER A hammer", "Tools"]

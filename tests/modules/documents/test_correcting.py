"""A posted document that is corrected: same number, next version, and the books as if it had always said so."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import DocumentVersion, HasFollowers, correct, kind_of, post, save
from app.errors import Changed, Conflict, Invalid, PeriodClosed
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import balances_of
from modules.trade.kinds import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.registers import Sales
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

ITEM = 1


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 9)


def draft(quantity: Any, price: Any, at: datetime, **more: Any) -> TradeDraft:
    return TradeDraft(
        1, [TradeLineDraft(ITEM, D(quantity), D(price), origin=more.pop("origin", None))], moment=at, **more
    )


def made(session: Any, kind: Any, quantity: Any, price: Any, at: datetime, **more: Any) -> Any:
    document = save(session, SYSTEM, kind, draft(quantity, price, at, **more))
    post(session, SYSTEM, [document])
    return document


def stand(session: Any) -> tuple[Any, ...]:
    """What is on hand and what it is worth, what sales came to, and what the contact owes."""
    held = [f.amounts for f in ledger.now(session, Stock.worth, by=("item",))]
    sold = [f.amounts for f in ledger.now(session, Sales.results, by=("item",))]
    return held, sold, balances_of(session, 1)


@pytest.fixture
def run(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there is an item and a contact; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    def work_and_prove(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return done

    company.database.run(prepare, actor=SYSTEM)
    return work_and_prove


def test_the_books_stand_as_if_the_document_had_always_said_so(run: Any, company: Any) -> None:
    def wrong(session: Any) -> tuple[int, str, Any]:
        bought = made(session, Purchase, 10, 7, day(1))
        made(session, Sale, 4, 20, day(5))
        number = bought.number
        correct(session, SYSTEM, bought, draft(8, 5, day(2)))
        assert (bought.number, bought.version, bought.state) == (number, 2, "posted")
        return bought.id, number, stand(session)

    bought, _, corrected = run(wrong)
    held, sold, owed = corrected
    assert held == [{"quantity": 4, "value": 20}]
    assert sold == [{"quantity": 4, "revenue": 80, "cost": 20}]
    assert owed == {"GBP": 80 - 40}

    def look(session: Any) -> Any:
        (version,) = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == bought))
        return version.version, version.content

    version, content = company.database.run(look, actor=SYSTEM, write=False)
    assert version == 1
    assert '"quantity": "10.000000"' in content or '"quantity": "10"' in content


def test_less_came_in_than_was_typed_although_some_has_gone_since(run: Any) -> None:
    def work(session: Any) -> None:
        bought = made(session, Purchase, 10, 7, day(1))
        made(session, Sale, 4, 20, day(5))
        correct(session, SYSTEM, bought, draft(4, 7, day(1)))
        assert stand(session)[0] == [{"quantity": 0, "value": 0}]

    run(work)


def test_a_correction_that_leaves_too_little_is_refused_and_nothing_changed(run: Any, company: Any) -> None:
    def prepare(session: Any) -> tuple[int, Any]:
        bought = made(session, Purchase, 10, 7, day(1))
        made(session, Sale, 4, 20, day(5))
        return bought.id, stand(session)

    bought, before = run(prepare)
    for said, refusal in (
        (draft(3, 7, day(1)), NotEnoughStock),
        (draft(10, 7, day(6)), NotEnoughStock),  # they had gone before they came
        (draft(0, 7, day(1)), Invalid),
        (draft(9, 7, day(1), version=2), Changed),
    ):
        with pytest.raises(refusal):
            company.database.run(lambda s, d=said: correct(s, SYSTEM, s.get(Purchase, bought), d), actor=SYSTEM)
        assert company.database.run(stand, actor=SYSTEM, write=False) == before


def test_what_rests_on_a_document_is_named_and_keeps_it_as_it_is(run: Any, company: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        made(session, Purchase, 10, 7, day(1))
        returned, paid = (made(session, Sale, 4, 20, day(5)) for _ in range(2))
        made(session, SalesReturn, 1, 20, day(6), origin=(returned.id, 1))
        record_payment(
            session, SYSTEM, contact_id=1, direction="in", amount=D(5), pays=[(paid.id, D(5))], moment=day(7)
        )
        return returned.id, paid.id

    returned, paid = run(prepare)
    for sale, named in ((returned, "SR-000001"), (paid, "P-000001")):
        with pytest.raises(HasFollowers, match=named):
            company.database.run(
                lambda s, i=sale: correct(s, SYSTEM, s.get(Sale, i), draft(4, 21, day(5))), actor=SYSTEM
            )


def test_closed_days_take_no_correction(run: Any, company: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        made(session, Purchase, 10, 7, day(1))
        early, late = made(session, Sale, 1, 20, day(5)), made(session, Sale, 1, 20, day(20))
        close_period(session, SYSTEM, until=date(2026, 3, 10), today=date(2026, 4, 1))
        return early.id, late.id

    early, late = run(prepare)
    for sale, said in ((early, draft(1, 21, day(20))), (late, draft(1, 21, day(5)))):
        with pytest.raises(PeriodClosed):
            company.database.run(lambda s, i=sale, d=said: correct(s, SYSTEM, s.get(Sale, i), d), actor=SYSTEM)


def test_drafts_and_reversed_documents_are_not_corrected(run: Any, company: Any) -> None:
    sale = run(lambda s: _flushed(s, save(s, SYSTEM, Sale, draft(1, 20, day(5)))))
    with pytest.raises(Conflict, match="Only a posted"):
        company.database.run(lambda s: correct(s, SYSTEM, s.get(Sale, sale), draft(1, 21, day(5))), actor=SYSTEM)


def _flushed(session: Any, document: Any) -> int:
    session.flush()
    return int(document.id)


def test_a_document_is_corrected_on_its_page_and_shows_what_it_said_before(house: Any, sign_in: Any) -> None:
    from tests.modules.trade.test_trade_pages import form_of

    def newest(session: Any) -> tuple[int, str]:
        document = made(session, Purchase, 3, 7, datetime(2026, 11, 20, 9), note="As ordered", due=date(2026, 12, 20))
        return document.id, document.number

    purchase, number = house.company.database.run(newest, actor=SYSTEM)
    admin, address = sign_in("admin"), f"/trade/purchases/{purchase}"
    assert f"{address}/edit" in admin.get(address).text
    form = form_of(admin.get(f"{address}/edit").text)
    answer = admin.post(
        f"{address}/edit", data={**form, "note": "As delivered", "then": "correct"}, follow_redirects=True
    )
    page = html.unescape(answer.text)
    assert f"{number} is corrected." in page
    assert "Version 1, until" in page
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert cells[-3:] == ["Note", "As ordered", "As delivered"]
    assert kind_of(Purchase).name == "trade.purchase"
    assert admin.get(f"{address}?as=json").json["version"] == 2

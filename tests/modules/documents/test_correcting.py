"""A posted document that is corrected: same number, next version, and the books as if it had always said so."""

import html
import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import DocumentVersion, HasFollowers, NoLongerFits, correct, kind_of, post, save
from app.errors import Changed, Conflict, Invalid, PeriodClosed
from app.reference.operations import close_period, set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.trade.drafts import TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_item, create_place
from tests.kinds import land
from tests.modules.documents.corrections import day, draft, made, open_amount, stand


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


@pytest.fixture
def resting(run: Any) -> tuple[int, int]:
    """A sale of which one piece came back, and one of which 30 of 80 are paid; both of 4 pieces at 20."""

    def prepare(session: Any) -> tuple[int, int]:
        made(session, Purchase, 20, 7, day(1))
        returned, paid = (made(session, Sale, 4, 20, day(5)) for _ in range(2))
        made(session, SalesReturn, 1, 20, day(6), origin=(returned.id, 1))
        record_payment(
            session, SYSTEM, contact_id=1, direction="in", amount=D(30), pays=[(paid.id, D(30))], moment=day(7)
        )
        return returned.id, paid.id

    return run(prepare)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("said", "owed", "left"),
    [
        (draft(4, 21, day(5)), 84 - 20, 64),
        (draft(1, 20, day(5)), 20 - 20, 0),
        (draft(5, 20, day(4), note="more"), 100 - 20, 80),
    ],
)
def test_a_sale_of_which_some_came_back_is_corrected_as_far_as_that_fits(
    run: Any, resting: Any, said: Any, owed: int, left: int
) -> None:
    returned, _ = resting

    def work(session: Any) -> None:
        correct(session, SYSTEM, session.get(Sale, returned), said)
        held, sold, balances = stand(session)
        quantity = said.lines[0].quantity + 4 - 1
        assert held == [{"quantity": 20 - quantity, "value": 7 * (20 - quantity)}]
        assert [(s["quantity"], s["cost"]) for s in sold] == [(quantity, 7 * quantity)]
        assert balances == {"GBP": owed + 50 - 140}
        assert open_amount(session, returned) == left

    run(work)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (draft("0.5", 20, day(5)), "Line 1: 1 of it is taken."),
        (draft(4, 19, day(5)), "In SR-000001, Line 1: more than was charged for this quantity, which is 19"),
        (draft(4, 20, day(8)), "It has an earlier date."),
        (replace(draft(4, 20, day(5)), contact_id=2), "Line 1: this contact had no such goods"),
        (replace(draft(4, 20, day(5)), lines=[TradeLineDraft(2, D(4), D(20))]), "this contact had no such goods"),
    ],
)
def test_what_came_back_and_no_longer_fits_is_named_and_nothing_changed(
    company: Any, resting: Any, said: Any, why: str
) -> None:
    returned, _ = resting
    before = company.database.run(stand, actor=SYSTEM, write=False)

    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Other AS")
        create_item(session, SYSTEM, code="B", name="Bolt", kind="service")
        correct(session, SYSTEM, session.get(Sale, returned), said)

    with pytest.raises(NoLongerFits) as refusal:
        company.database.run(work, actor=SYSTEM)
    assert refusal.value.documents == ["SR-000001"]
    assert why in str(refusal.value)
    assert company.database.run(stand, actor=SYSTEM, write=False) == before


@pytest.mark.parametrize(("price", "left"), [("20", 50), ("25", 70), ("7.5", 0)])
def test_a_sale_that_is_partly_paid_is_corrected_down_to_what_is_paid(
    run: Any, resting: Any, price: str, left: int
) -> None:
    _, paid = resting

    def work(session: Any) -> None:
        correct(session, SYSTEM, session.get(Sale, paid), draft(4, price, day(5), due=date(2026, 4, 1)))
        assert open_amount(session, paid) == left

    run(work)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (draft(4, "7.49", day(5)), "30.00 is settled; this would come to 29.96."),
        (draft(4, 20, day(8)), "It has an earlier date."),
        (replace(draft(4, 20, day(5)), contact_id=2), "It is of another contact or currency."),
        (replace(draft(4, 20, day(5)), currency="EUR"), "It is of another contact or currency."),
    ],
)
def test_what_was_paid_and_no_longer_fits_is_named_and_nothing_changed(
    company: Any, resting: Any, said: Any, why: str
) -> None:
    _, paid = resting
    before = company.database.run(stand, actor=SYSTEM, write=False)

    def work(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Other AS")
        set_rate(session, SYSTEM, currency="EUR", day=date(2026, 1, 1), rate=ExchangeRate(D(1)))
        correct(session, SYSTEM, session.get(Sale, paid), said)

    with pytest.raises(NoLongerFits) as refusal:
        company.database.run(work, actor=SYSTEM)
    assert refusal.value.documents == ["P-000001"]
    assert why in str(refusal.value)
    assert company.database.run(stand, actor=SYSTEM, write=False) == before


def test_a_return_that_is_corrected_settles_its_sale_again(run: Any, resting: Any) -> None:
    returned, _ = resting

    def work(session: Any) -> None:
        back = session.scalars(select(SalesReturn)).one()
        correct(session, SYSTEM, back, draft(3, 20, day(6), origin=(returned, 1)))
        assert (open_amount(session, returned), open_amount(session, back.id)) == (20, 0)
        correct(session, SYSTEM, back, draft(2, 15, day(6), origin=(returned, 1)))
        assert (open_amount(session, returned), open_amount(session, back.id)) == (50, 0)
        correct(session, SYSTEM, back, draft(2, 15, day(7)))  # of no sale any more
        assert (open_amount(session, returned), open_amount(session, back.id)) == (80, 30)

    run(work)


def test_what_went_and_came_back_at_one_moment_is_corrected_where_it_is(run: Any, company: Any) -> None:
    def prepare(session: Any) -> int:
        create_place(session, SYSTEM, code="shop", name="Shop")
        made(session, Purchase, 10, 7, day(1))
        made(session, Purchase, 10, 8, day(1), place_id=101)
        sale = made(session, Sale, 4, 20, day(5))
        made(session, SalesReturn, 1, 20, day(5), origin=(sale.id, 1))
        return sale.id

    sale = run(prepare)
    run(lambda s: correct(s, SYSTEM, s.get(Sale, sale), draft(5, 21, day(5))))
    assert run(stand)[:2] == ([{"quantity": 16, "value": 150 - 4 * 7}], [{"quantity": 4, "revenue": 85, "cost": 28}])
    elsewhere = draft(5, 21, day(5), place_id=101)
    run(lambda s: correct(s, SYSTEM, s.get(Sale, sale), elsewhere))
    assert run(stand)[0] == [{"quantity": 16, "value": 150 - 4 * 8}]


def test_what_is_paid_out_of_a_return_is_not_settled_with_again(run: Any, resting: Any) -> None:
    """A return's own credit was paid out; when the sale is open again, a correction of the return leaves it so."""
    returned, _ = resting

    def work(session: Any) -> Any:
        paid = record_payment(
            session, SYSTEM, contact_id=1, direction="in", amount=D(60), pays=[(returned, D(60))], moment=day(8)
        )
        back = made(session, SalesReturn, 2, 20, day(9), origin=(returned, 1))
        record_payment(
            session, SYSTEM, contact_id=1, direction="out", amount=D(40), pays=[(back.id, D(40))], moment=day(10)
        )
        reverse_payment(session, SYSTEM, paid.id)
        correct(session, SYSTEM, back, draft(2, 20, day(9), origin=(returned, 1), note="boxed"))
        return open_amount(session, returned), open_amount(session, back.id)

    assert run(work) == (60, 0)


def test_a_draft_made_of_what_a_correction_took_away_is_not_posted(run: Any, company: Any, resting: Any) -> None:
    _, paid = resting
    late = run(lambda s: _flushed(s, save(s, SYSTEM, SalesReturn, draft(1, 20, day(9), origin=(paid, 1)))))
    run(lambda s: correct(s, SYSTEM, s.get(Sale, paid), draft(4, 10, day(5))))
    with pytest.raises(Invalid, match="more than was charged"):
        company.database.run(lambda s: post(s, SYSTEM, [s.get(SalesReturn, late)]), actor=SYSTEM)


@pytest.mark.parametrize(("rate", "fits"), [("0.85", True), ("0.91", False)])
def test_a_foreign_document_that_is_partly_paid_keeps_its_rate(run: Any, company: Any, rate: str, fits: bool) -> None:
    def prepare(session: Any) -> int:
        for since, worth in ((1, "0.85"), (4, "0.91")):
            set_rate(session, SYSTEM, currency="EUR", day=date(2026, 3, since), rate=ExchangeRate(D(worth)))
        made(session, Purchase, 20, 7, day(1))
        sale = made(session, Sale, 3, "33.33", day(2), currency="EUR")
        record_payment(
            session,
            SYSTEM,
            contact_id=1,
            direction="in",
            amount=D("33.33"),
            currency="EUR",
            pays=[(sale.id, D("33.33"))],
            moment=day(5),
        )
        return sale.id

    sale = run(prepare)
    said = draft(3, 50, day(2 if fits else 4), currency="EUR")

    def work(session: Any) -> Any:
        correct(session, SYSTEM, session.get(Sale, sale), said)
        return open_amount(session, sale)

    if fits:
        assert run(work) == 150 - D("33.33")
    else:
        with pytest.raises(NoLongerFits, match="another exchange rate"):
            company.database.run(work, actor=SYSTEM)


def test_whoever_corrects_need_not_see_what_was_made_from_it(run: Any, company: Any, resting: Any, employ: Any) -> None:
    returned, _ = resting
    actor = employ("maria", "manager")
    blind = replace(actor, permissions=actor.permissions - {"trade.sales_return.view"})
    with pytest.raises(NoLongerFits, match="SR-000001"):
        company.database.run(lambda s: correct(s, blind, s.get(Sale, returned), draft("0.5", 20, day(5))), actor=blind)
    company.database.run(lambda s: correct(s, blind, s.get(Sale, returned), draft(3, 20, day(5))), actor=blind)


def test_goods_on_which_costs_landed_are_not_corrected(stocked: None, company: Any) -> None:
    def prepare(session: Any) -> tuple[int, str]:
        bought = made(session, Purchase, 10, 7, day(1))
        landed = land(session, origin=(bought.id, 1), value=D(5), moment=day(2))
        return bought.id, landed.number or ""

    bought, landed = company.database.run(prepare, actor=SYSTEM)
    with pytest.raises(HasFollowers, match=landed):
        company.database.run(lambda s: correct(s, SYSTEM, s.get(Purchase, bought), draft(9, 7, day(1))), actor=SYSTEM)


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
    assert re.search(r"Version 1, until [^<]* <span class=\"hint\">corrected by admin<", page)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert cells[-3:] == ["Note", "As ordered", "As delivered"]
    assert kind_of(Purchase).name == "trade.purchase"
    assert admin.get(f"{address}?as=json").json["version"] == 2

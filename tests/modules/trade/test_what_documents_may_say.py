"""Days that can't be right, empty prices, and a limit that counts debts in every currency."""

import json
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.errors import Invalid
from app.reference.operations import close_period, set_rate
from app.security import SYSTEM, Role
from app.security.operations import set_grant
from app.values import ExchangeRate
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stock_on_hand
from tests.rows import rows_of_all_tables

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides

MAIN = 100
NOON = datetime(2026, 1, 20, 12)
TODAY = date(2026, 12, 31)


@pytest.fixture
def shop(company: Any) -> dict[str, int]:
    """A customer with a limit of 100 pounds, an hour of work to sell, and a bolt."""

    def work(session: Any) -> dict[str, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", credit_limit=D(100)).id
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        set_rate(session, SYSTEM, currency="USD", day=date(2020, 1, 1), rate=ExchangeRate(D("0.80")))
        return {"contact": contact, "hour": hour, "bolt": bolt}

    return dict(company.database.run(work, actor=SYSTEM))


def draft(shop: dict[str, int], price: str = "10", **more: Any) -> TradeDraft:
    line = TradeLineDraft(shop["hour"], D(1), D(price))
    return TradeDraft(shop["contact"], [line], **{"moment": NOON, **more})


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"due": date(26, 2, 1)}, "due", "The year 26 can't be right. Write it with four digits."),
        ({"due": date(2626, 2, 1)}, "due", "The year 2626 can't be right. Write it with four digits."),
        ({"due": date(2026, 1, 19)}, "due", "Payment can't be due before the document's own day, 20 Jan 2026."),
        ({"moment": datetime(26, 1, 20)}, "moment", "The year 26 can't be right. Write it with four digits."),
    ],
)
@pytest.mark.parametrize("kind", [Sale, Purchase])
def test_a_day_that_cannot_be_right_is_refused_at_its_field(
    company: Any, shop: dict[str, int], kind: Any, said: dict[str, Any], field: str, message: str
) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        before = rows_of_all_tables(session)
        with pytest.raises(Invalid) as refused, session.begin_nested():
            save(session, SYSTEM, kind, draft(shop, **said))
        assert (refused.value.field, str(refused.value)) == (field, message)
        assert rows_of_all_tables(session) == before


def test_payment_may_be_due_on_the_day_itself(company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> None:
        sale = save(session, SYSTEM, Sale, draft(shop, due=NOON.date()))
        post(session, SYSTEM, [sale])
        assert sale.due == NOON.date()

    company.database.run(work, actor=SYSTEM)


def test_a_draft_that_is_posted_after_its_day_of_payment_asks_for_another(
    company: Any, shop: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    import app.documents.drafts
    import app.documents.posting

    with company.database.session(SYSTEM, write=True) as session:
        monkeypatch.setattr(app.documents.drafts, "wall_clock", lambda: NOON)
        sale = save(session, SYSTEM, Sale, draft(shop, moment=None, due=date(2026, 1, 21)))
        session.flush()
        monkeypatch.setattr(app.documents.posting, "wall_clock", lambda: datetime(2026, 1, 22, 9))
        with pytest.raises(Invalid, match=r"before the document's own day, 22 Jan 2026"), session.begin_nested():
            post(session, SYSTEM, [sale])
        session.rollback()


@pytest.mark.parametrize(
    "act",
    [
        lambda s, _: set_rate(s, SYSTEM, currency="EUR", day=date(26, 1, 1), rate=ExchangeRate(D(1))),
        lambda s, _: close_period(s, SYSTEM, until=date(26, 1, 1), today=TODAY),
        lambda s, _: create_contact(s, SYSTEM, kind="individual", name="Bo", birth_date=date(98, 5, 1)),
        lambda s, shop: record_payment(
            s, SYSTEM, contact_id=shop["contact"], direction="in", amount=D(1), moment=datetime(26, 1, 1)
        ),
        lambda s, shop: save(
            s,
            SYSTEM,
            Opening,
            MovementDraft([MovementLineDraft(shop["bolt"], D(1), D(1))], target_id=MAIN, moment=datetime(26, 1, 1)),
        ),
    ],
    ids=["rate", "period", "birth", "payment", "opening"],
)
def test_so_is_every_other_day_that_people_type(company: Any, shop: dict[str, int], act: Any) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        before = rows_of_all_tables(session)
        with pytest.raises(Invalid, match="can't be right"), session.begin_nested():
            act(session, shop)
        assert rows_of_all_tables(session) == before


def test_a_limit_counts_debts_in_every_currency(app: Any, company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> int:
        sale = save(session, SYSTEM, Sale, draft(shop, "100", currency="USD"))  # 80 pounds
        post(session, SYSTEM, [sale])
        more = save(session, SYSTEM, Sale, draft(shop, "20.01"))
        session.flush()
        return int(more.id)

    more = company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = browser.post(f"/trade/sales/{more}/post", follow_redirects=True).text
    assert "Bergen AS owes 100.01 GBP now; the limit is 100.00." in page


@pytest.mark.parametrize("address", ["sales", "purchases"])
def test_an_empty_price_is_not_zero(app: Any, company: Any, shop: dict[str, int], address: str) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})

    def send(price: str) -> Any:
        lines = [{"item_id": shop["hour"], "quantity": "1", "price": price}]
        form = {"contact_id": shop["contact"], "place_id": MAIN, "currency": "GBP", "lines": json.dumps(lines)}
        return browser.post(f"/trade/{address}/new", data={**form, "moment": "2026-01-20T12:00", "then": "post"})

    with company.database.session(SYSTEM) as session:
        before = rows_of_all_tables(session)
    assert "Line 1: “Price” is empty. Type 0 if it really is zero." in send("").text
    with company.database.session(SYSTEM) as session:
        after = rows_of_all_tables(session)
    assert {n: r for n, r in after.items() if "audit" not in n} == {n: r for n, r in before.items() if "audit" not in n}
    assert send("0").status_code == 302


@pytest.mark.parametrize("kind", [Receipt, Opening])
def test_goods_without_a_cost_are_asked_for_of_whoever_may_know_it(
    company: Any, shop: dict[str, int], employ: Any, kind: Any
) -> None:
    """And who may not brings them in at what the others cost: nothing is made cheaper by a scan."""

    def receive(session: Any, actor: Any, price: D | None) -> Any:
        lines = [MovementLineDraft(shop["bolt"], D(5), price)]
        document = save(session, actor, kind, MovementDraft(lines, target_id=MAIN, moment=NOON))
        post(session, actor, [document])
        return document

    def close_costs(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "storekeeper")).one()
        set_grant(session, SYSTEM, role, "group", "warehouse.cost", False)

    company.database.run(lambda s: receive(s, SYSTEM, D("1.20")) and None, actor=SYSTEM)
    with company.database.session(SYSTEM, write=True) as session:
        before = rows_of_all_tables(session)
        with pytest.raises(Invalid, match="Line 1: the cost is missing"), session.begin_nested():
            receive(session, SYSTEM, None)
        assert rows_of_all_tables(session) == before
    if kind is Receipt:
        company.database.run(close_costs, actor=SYSTEM)
        steve = employ("steve", "storekeeper")
        company.database.run(lambda s: receive(s, steve, None) and None, actor=steve)
        company.database.run(lambda s: receive(s, SYSTEM, D(0)) and None, actor=SYSTEM)
    with company.database.session(SYSTEM) as session:
        (figure,) = stock_on_hand(session)
    # 5 @ 1.20, as many at the same by the storekeeper, and as many that were free
    expected = (D(15), D("12.00")) if kind is Receipt else (D(5), D("6.00"))
    assert (figure.amounts["quantity"], figure.amounts["value"]) == expected

"""What to buy: the minimum, what customers wait for, what comes already; in words, and made into drafts exactly once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.api.texts import day
from app.clock import wall_clock
from app.documents import SentBefore, discard, post, save
from app.errors import Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import ChargeDraft, OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.hooks import home_attention
from modules.trade.models import Purchase, PurchaseOrder, Sale, SalesOrder
from modules.trade.replenishing.models import ProposedPurchase
from modules.trade.replenishing.operations import Wanted, order
from modules.trade.replenishing.queries import Narrowed, count_proposals, proposals, suppliers_of
from modules.trade.replenishing.reasons import Reasons
from modules.trade.replenishing.tabs import proposed_facts
from modules.trade.suppliers.operations import add_supplier
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.planning.models import Forecast, ForecastMonth, ReorderRule
from modules.warehouse.planning.operations import add_rule
from tests.at_once import at_once
from tests.statements import counted

ANVIL, HAMMER, FITTING = 1, 2, 3
CUSTOMER, LUEBECK, OSLO = 1, 2, 3
MAIN, SHOP = 100, 101
NOW = wall_clock()
WEEK = (NOW + timedelta(days=7)).date()


@pytest.fixture
def shop(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Where twelve anvils were bought in Lübeck at 2.00."""

    def prepare(session: Any) -> None:
        for name in ("Bergen AS", "Lübeck GmbH", "Oslo AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_item(session, SYSTEM, code="HAMMER", name="Hammer")
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        made(session, Purchase, ChargeDraft(LUEBECK, lines((ANVIL, 12, 2))))

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def lines(*said: tuple[int, Any, Any]) -> list[TradeLineDraft]:
    return [TradeLineDraft(item, D(quantity), D(price), tax_rate=D(20)) for item, quantity, price in said]


def made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def sell(session: Any, *said: tuple[int, Any, Any], **more: Any) -> int:
    return made(session, SalesOrder, SalesOrderDraft(CUSTOMER, lines(*said), **more))


def buy(session: Any, *said: tuple[int, Any, Any], contact: int = LUEBECK, **more: Any) -> int:
    return made(session, PurchaseOrder, OrderDraft(contact, lines(*said), **more))


def plan(session: Any, item: int = ANVIL, place: int = MAIN, **level: Any) -> None:
    add_rule(session, SYSTEM, item_id=item, place_id=place, **level)


def seen(session: Any) -> list[tuple[Any, ...]]:
    return [(p.code, p.place_id, p.quantity, p.contact) for p in proposals(session)]


def wanted(session: Any, **changed: Any) -> list[Wanted]:
    return [
        Wanted(
            p.item_id,
            p.place_id,
            changed.get("contact_id", p.contact_id),
            changed.get("quantity", p.quantity),
            p.quantity,
        )
        for p in proposals(session)
    ]


def test_a_proposal_says_its_reasons(shop: Any) -> None:
    def trade(session: Any) -> None:
        plan(session, minimum=D(20), maximum=D(50), multiple=D(12))
        sell(session, (ANVIL, 5, 10))
        buy(session, (ANVIL, 10, 2), delivery=WEEK)

    shop(trade)
    (found,) = shop(proposals)
    assert (found.quantity, found.contact) == (D(36), "Lübeck GmbH")
    assert found.says == (
        f"12 on hand, 5 for customers' orders, 10 to come by {day(WEEK)}, bought up to 50;"
        " the minimum is 20, so buy 33, in lots of 12: 36"
    )
    shop(lambda s: save(s, SYSTEM, PurchaseOrder, OrderDraft(OSLO, lines((ANVIL, 2, 2)))))
    (found,) = shop(proposals)
    assert (found.quantity, found.says) == (
        D(36),
        f"12 on hand, 5 for customers' orders, 10 to come by {day(WEEK)}, 2 in drafts of purchase orders, bought up to"
        " 50; the minimum is 20, so buy 31, in lots of 12: 36",
    )
    shop(lambda s: save(s, SYSTEM, PurchaseOrder, OrderDraft(OSLO, lines((ANVIL, 1, 2)))))
    assert shop(seen) == []  # 20 will be there: not below the minimum
    assert shop(count_proposals) == 0


def test_what_customers_wait_for_is_bought_without_a_rule(shop: Any) -> None:
    shop(lambda s: sell(s, (ANVIL, 15, 10), (HAMMER, 2, 5), (FITTING, 3, 1), reserves=False))
    assert shop(seen) == [("ANVIL", MAIN, D(3), "Lübeck GmbH"), ("HAMMER", MAIN, D(2), "")]
    assert shop(lambda s: proposals(s)[0].says) == ("12 on hand, 15 for customers' orders; missing for customers: 3")
    coming = shop(lambda s: buy(s, (HAMMER, 2, 1), contact=OSLO))
    assert shop(seen) == [("ANVIL", MAIN, D(3), "Lübeck GmbH")]
    assert coming


def test_warehouses_are_planned_apart_and_goods_come_to_their_own(shop: Any) -> None:
    def trade(session: Any) -> None:
        plan(session, minimum=D(10))
        plan(session, place=SHOP, minimum=D(4), maximum=D(8))
        plan(session, HAMMER, SHOP, minimum=D(1), least=D(25))
        buy(session, (HAMMER, 5, 1), contact=OSLO, place_id=MAIN)  # for another warehouse

    shop(trade)
    assert shop(seen) == [("ANVIL", SHOP, D(8), "Lübeck GmbH"), ("HAMMER", SHOP, D(25), "")]
    narrowed = lambda **said: shop(lambda s: [p.code for p in proposals(s, Narrowed(**said))])  # noqa: E731
    assert narrowed(contact_id=LUEBECK) == ["ANVIL"]
    assert narrowed(text="hamm") == ["HAMMER"]
    assert narrowed(place_id=MAIN) == []
    assert shop(suppliers_of) == [(str(LUEBECK), "Lübeck GmbH")]


def test_what_usually_goes_out_until_it_comes_is_bought_as_well(shop: Any) -> None:
    def trade(session: Any) -> None:
        early = NOW - timedelta(days=40)
        made(session, Purchase, ChargeDraft(LUEBECK, lines((ANVIL, 90, 2)), moment=early))
        made(session, Sale, TradeDraft(CUSTOMER, lines((ANVIL, 45, 9)), moment=early))
        plan(session, minimum=D(50), lead_days=14)  # 57 are there, and half a piece goes out a day

    shop(trade)
    assert shop(seen) == []
    shop(lambda s: sell(s, (ANVIL, 1, 10)))
    assert shop(lambda s: proposals(s)[0].says) == (
        "57 on hand, 1 for customers' orders, 7 usually go out in the 14 days until it comes; the minimum"
        " is 50, so buy 1"
    )


@pytest.mark.one_engine  # words: no engine decides
def test_an_average_is_said_in_few_digits_and_what_is_missing_as_it_is_counted() -> None:
    said = Reasons(D(157), used=D("7.544444"), lead_days=7, is_planned=True, minimum=D(200), maximum=D(260))
    usual = "157 on hand, 7.5 usually go out in the 7 days until it comes, bought up to 260; the minimum is 200"
    assert said.words(digits=0) == f"{usual}, so buy 111"
    dozens = replace(said, multiple=D(12))
    assert dozens.words(digits=0) == f"{usual}, so buy 111, in lots of 12: 120"
    assert said.words(digits=3).endswith("so buy 110.545")


def test_by_demand_it_is_bought_for_what_is_expected_in_whole_lots(shop: Any) -> None:
    today = NOW.date()

    def expect(session: Any) -> None:
        plan(session, minimum=D(5), maximum=D(900), multiple=D(10), lead_days=9, from_demand=True, review_days=30)
        # Twelve are there. Two go out in 9 days, rounded up, and 11 in the 30 days after.
        rule = session.get(ReorderRule, 1)
        head = session.get(Forecast, rule.id)
        head.is_known, head.has_season, head.growth, head.without = True, True, 3, 1
        starts = (today.toordinal(), today.toordinal() + 9)
        for start, days, quantity in zip(starts, (9, 60), ("1.2", 22), strict=True):
            session.add(ForecastMonth(rule_id=rule.id, start=start, days=days, quantity=D(quantity)))

    shop(expect)
    shop(lambda s: sell(s, (ANVIL, 6, 9)))
    (found,) = shop(proposals)
    assert (found.quantity, found.reasons.used, found.reasons.maximum) == (20, 2, 16)
    until = day(today + timedelta(days=39))
    words = (
        "12 on hand, 6 for customers' orders, about 10 a month go out at this time of year, growing by 3 % a year, "
        "months without stock, left out: 1, "
        f"13 needed until {until}; the minimum is 5, so buy 12, in lots of 10: 20"
    )
    assert found.says == words
    assert Reasons.read(found.reasons.kept()) == found.reasons
    # What is too short to forecast goes by the last days, in which nothing went out, and by the maximum.
    shop(lambda s: setattr(s.get(Forecast, 1), "is_known", False))
    assert shop(proposals) == []
    shop(lambda s: sell(s, (ANVIL, 2, 9)))
    (found,) = shop(proposals)
    assert (found.quantity, found.reasons.until) == (900, None)


def test_drafts_are_made_for_each_supplier_and_warehouse_and_remember_why(company: Any, employ: Any, shop: Any) -> None:
    bella = employ("bella", "buyer")

    def trade(session: Any) -> None:
        plan(session, minimum=D(20), maximum=D(50), lead_days=3)
        plan(session, place=SHOP, minimum=D(4))
        sell(session, (HAMMER, 2, 5))
        buy(session, (HAMMER, 1, "1.25"), contact=OSLO)

    shop(trade)

    def act(session: Any) -> list[int]:
        drafts = order(session, bella, wanted(session), operation_id="act")
        return [d.id for d in drafts]

    ids = company.database.run(act, actor=bella)
    today = wall_clock().date()

    def look(session: Any) -> None:
        found: list[Any] = [session.get(PurchaseOrder, i) for i in ids]
        said = {
            (d.contact_id, d.place_id): ([(x.item_id, x.quantity, x.price) for x in d.lines], d.delivery, d.state)
            for d in found
        }
        assert said == {
            (LUEBECK, MAIN): ([(ANVIL, D(38), D(2))], today + timedelta(days=3), "draft"),
            (LUEBECK, SHOP): ([(ANVIL, D(4), D(2))], None, "draft"),
            (OSLO, MAIN): ([(HAMMER, D(1), D("1.25"))], None, "draft"),
        }
        assert {d.responsible_id for d in found} == {bella.user_id}
        facts = [(str(f.title), f.value) for d in found if d.place_id == SHOP for f in proposed_facts(session, d)]
        assert facts == [("ANVIL Anvil", "0 on hand; the minimum is 4, so buy 4")]
        assert seen(session) == []  # what is drafted isn't proposed again

    company.database.run(look, actor=bella)

    def throw_away(session: Any) -> None:
        for i in ids:
            discard(session, bella, session.get(PurchaseOrder, i))

    company.database.run(throw_away, actor=bella)
    assert len(shop(seen)) == 3
    assert shop(lambda s: s.scalars(select(ProposedPurchase)).all()) == []


def test_the_main_supplier_is_asked_first_and_says_what_nobody_has_planned(shop: Any) -> None:
    def trade(session: Any) -> None:
        plan(session, minimum=D(13))
        sell(session, (HAMMER, 2, 5))
        add_supplier(session, SYSTEM, item_id=ANVIL, contact_id=OSLO, is_main=True, lead_days=5, price=D(3))
        add_supplier(session, SYSTEM, item_id=HAMMER, contact_id=OSLO, is_main=True, least_quantity=D(10), price=D(4))

    shop(trade)
    assert shop(seen) == [("ANVIL", MAIN, D(1), "Oslo AS"), ("HAMMER", MAIN, D(10), "Oslo AS")]
    assert shop(lambda s: proposals(s)[1].says) == (
        "0 on hand, 2 for customers' orders; missing for customers: 2, but no fewer than 10 are delivered"
    )

    def act(session: Any) -> None:
        (draft,) = order(session, SYSTEM, wanted(session))
        assert [(x.item_id, x.price) for x in draft.lines] == [(ANVIL, D(3)), (HAMMER, D(4))]
        assert draft.delivery == wall_clock().date() + timedelta(days=5)

    shop(act)


def test_pressing_it_twice_orders_once(shop: Any, refused: Any) -> None:
    shop(lambda s: plan(s, minimum=D(20)))
    before = shop(wanted)
    first = shop(lambda s: [d.id for d in order(s, SYSTEM, before, operation_id="act")])
    assert shop(lambda s: [d.id for d in order(s, SYSTEM, before, operation_id="act")]) == first
    more = [Wanted(ANVIL, MAIN, LUEBECK, D(9), D(8))]
    refused(lambda s: order(s, SYSTEM, more, operation_id="act"), SentBefore)
    # another page that still shows the same
    assert "ANVIL" in refused(lambda s: order(s, SYSTEM, before, operation_id="other"), Conflict)


def test_two_buyers_at_once_order_once(company: Any, shop: Any) -> None:
    shop(lambda s: plan(s, minimum=D(20)))
    before = shop(wanted)

    def press(number: int) -> Any:
        return company.database.run(lambda s: len(order(s, SYSTEM, before, operation_id=f"act{number}")), actor=SYSTEM)

    answers = at_once(lambda: press(0), lambda: press(1))
    assert sorted(str(type(a).__name__) for a in answers) == ["Conflict", "int"]
    drafts = shop(lambda s: s.scalars(select(PurchaseOrder).where(PurchaseOrder.state == "draft")).all())
    assert len(drafts) == 1


def test_nothing_is_ordered_of_nobody_or_by_nobody(employ: Any, shop: Any, refused: Any) -> None:
    sam = employ("sam", "salesperson")
    shop(lambda s: plan(s, HAMMER, minimum=D(2)))
    refused(lambda s: order(s, SYSTEM, []), Invalid)
    refused(lambda s: order(s, SYSTEM, wanted(s)), Invalid, field=f"supplier_{HAMMER}_{MAIN}")
    nothing = [Wanted(HAMMER, MAIN, OSLO, D(0), D(2))]
    refused(lambda s: order(s, SYSTEM, nothing), Invalid, field=f"quantity_{HAMMER}_{MAIN}")
    refused(lambda s: order(s, sam, [Wanted(HAMMER, MAIN, OSLO, D(2), D(2))]), Forbidden)
    refused(lambda s: order(s, SYSTEM, [Wanted(ANVIL, MAIN, OSLO, D(2), D(2))]), Conflict)


def test_it_asks_as_often_for_much_as_for_little(shop: Any) -> None:
    def asked(session: Any) -> int:
        with counted(session) as statements:
            proposals(session)
        return len(statements)

    shop(lambda s: plan(s, minimum=D(20)))
    few = shop(asked)

    def more(session: Any) -> None:
        for number in range(20):
            item = create_item(session, SYSTEM, code=f"I{number}", name="Item")
            plan(session, item.id, minimum=D(5))
            buy(session, (item.id, 1, 1), contact=OSLO)

    shop(more)
    assert shop(asked) == few
    assert len(shop(seen)) == 21


def test_the_buyers_home_page_says_how_much(company: Any, employ: Any, app: Any, shop: Any) -> None:
    bella, sam = employ("bella", "buyer"), employ("sam", "salesperson")
    shop(lambda s: plan(s, minimum=D(20)))

    def said(session: Any, actor: Any) -> list[tuple[int, str]]:
        with app.test_request_context():
            return [(a.count, a.title) for a in home_attention(session, actor) if a.title == "Items to buy"]

    assert company.database.run(lambda s: said(s, bella), actor=bella, write=False) == [(1, "Items to buy")]
    assert company.database.run(lambda s: said(s, sam), actor=sam, write=False) == []


@pytest.mark.one_engine  # a page: no engine decides
def test_on_the_page_what_is_ticked_becomes_drafts(app: Any, employ: Any, shop: Any) -> None:
    employ("bella", "buyer")

    def trade(session: Any) -> None:
        plan(session, minimum=D(20), maximum=D(30))
        plan(session, HAMMER, minimum=D(2))

    shop(trade)
    client = app.test_client()
    client.post("/login", data={"login": "bella", "password": "bella-sample"})
    page = client.get("/trade/to-buy").text
    assert "12 on hand, bought up to 30; the minimum is 20, so buy 18" in page
    of_hammer = {f"take_{HAMMER}_{MAIN}": "y", f"quantity_{HAMMER}_{MAIN}": "2", f"seen_{HAMMER}_{MAIN}": "2"}
    answer = client.post("/trade/to-buy", data={"operation": "a", **of_hammer})
    assert "Say from whom it is bought." in answer.text
    of_anvil = {
        f"quantity_{ANVIL}_{MAIN}": "20",
        f"seen_{ANVIL}_{MAIN}": "18",
        f"supplier_{ANVIL}_{MAIN}": str(LUEBECK),
    }
    sent = {"operation": "b", **of_anvil, f"take_{ANVIL}_{MAIN}": "y"}
    answer = client.post("/trade/to-buy", data=sent)
    made = shop(lambda s: s.scalars(select(PurchaseOrder)).one().id)
    assert answer.location == f"/trade/purchase-orders/{made}"
    draft = client.get(answer.location).text
    assert "12 on hand, bought up to 30; the minimum is 20, so buy 18" in draft
    assert "No price of" not in draft
    assert client.post("/trade/to-buy", data=sent).location == answer.location  # the same press, sent again
    assert "something has changed meanwhile" in client.post("/trade/to-buy", data={**sent, "operation": "c"}).text
    assert "ANVIL" not in client.get("/trade/to-buy").text
    shop(lambda s: plan(s, HAMMER, SHOP, minimum=D(2)))
    at_shop = {f"{name}_{HAMMER}_{SHOP}": value for name, value in of_hammer_said()}
    answer = client.post("/trade/to-buy", data={"operation": "d", **at_shop}, follow_redirects=True)
    assert "No price of HAMMER is known in GBP: type it before you confirm the order." in answer.text


def of_hammer_said() -> list[tuple[str, str]]:
    return [("take", "y"), ("quantity", "2"), ("seen", "2"), ("supplier", str(OSLO))]

"""The one door that proposes prices: whose price counts, in which currency, and what a line keeps of it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditLine
from app.documents import correct, kind_of, post, save
from app.errors import Conflict, Forbidden, Invalid
from app.reference.operations import set_rate
from app.security import SYSTEM, Actor
from app.values import ExchangeRate
from modules.contacts.contracts import create_contract
from modules.contacts.models import Contact, Folder
from modules.contacts.operations import create_contact
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesOrder
from modules.trade.pricing.agreeing import add_agreed_price, agree, agree_for_folder, remove_agreed_price
from modules.trade.pricing.explaining import explanation
from modules.trade.pricing.policy import change_policy, change_rule, create_rule, set_group_margin
from modules.trade.pricing.types import change_type, create_type, remove_type, set_price
from modules.trade.proposals import Asked, AskedLine
from modules.trade.proposing import propose, propose_line
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from modules.warehouse.operations import create_group, create_item, set_costing
from tests.rows import rows_of_all_tables

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12)


@pytest.fixture
def shop(company: Any) -> Any:
    """A session with a customer in a folder, under a contract, and ten bolts that cost 8.00 and are sold at 14.50."""
    with company.database.session(SYSTEM, write=True) as session:
        folder = Folder(name="Shops")
        session.add(folder)
        session.flush()
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        session.get(Contact, customer).folder_id = folder.id
        group = create_group(session, SYSTEM, name="Iron").id
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt", price=D("14.50"), group_id=group).id
        contract = create_contract(session, SYSTEM, contact_id=customer, number="7").id
        opening = MovementDraft([MovementLineDraft(bolt, D(10), D(8))], target_id=100, moment=datetime(2026, 1, 1))
        post(session, SYSTEM, [save(session, SYSTEM, Opening, opening)])
        set_rate(session, SYSTEM, currency="USD", day=date(2020, 1, 1), rate=ExchangeRate(D("0.80")))
        session.info["shop"] = {
            "customer": customer,
            "bolt": bolt,
            "contract": contract,
            "folder": folder.id,
            "group": group,
        }
        yield session


def priced(session: Any, quantity: str = "1", **more: Any) -> tuple[D | None, D, str]:
    shop = session.info["shop"]
    asked = {
        "contact_id": shop["customer"],
        "contract_id": None,
        "currency": "GBP",
        "day": DAY,
        "item_id": shop["bolt"],
    }
    return tuple(propose_line(session, SYSTEM, **{**asked, **more, "quantity": D(quantity)}))  # type: ignore[return-value]


def a_type(session: Any, name: str = "Retail", **more: Any) -> Any:
    return create_type(session, SYSTEM, **{"name": name, "formula": "typed", "direction": "nearest", **more})


def test_whose_price_counts(shop: Any) -> None:
    of = shop.info["shop"]
    assert priced(shop) == (D("14.50"), 0, "Sales price 14.50")
    assert priced(shop, contact_id=None, currency="USD") == (
        D("18.13"),
        0,
        "Sales price 14.50",
    )  # 14.50 ÷ 0.80 = 18.125
    retail = a_type(shop)
    set_price(shop, SYSTEM, retail, item_id=of["bolt"], price=D(13), since=date(2026, 1, 1))
    set_price(shop, SYSTEM, retail, item_id=of["bolt"], price=D(12), since=date(2026, 1, 1), from_quantity=D(5))
    set_price(shop, SYSTEM, retail, item_id=of["bolt"], price=D(15), since=date(2026, 4, 1))
    change_policy(shop, SYSTEM, type_id=retail.id, stacking="each", least_margin=None)
    assert priced(shop) == (13, 0, "Retail 13.00")
    assert priced(shop, "5") == (12, 0, "Retail 12.00")
    assert priced(shop, day=date(2025, 12, 31)) == (D("14.50"), 0, "Sales price 14.50")
    shops = a_type(shop, "Shops", formula="type", base_id=retail.id, percent=D(-5), step=D("0.5"), direction="up")
    agree_for_folder(shop, SYSTEM, folder_id=of["folder"], type_id=shops.id, discount=D(3))
    assert priced(shop) == (D("12.5"), 3, "Shops 12.50 − 3 % folder")  # 13 − 5 % = 12.35
    assert priced(shop, contact_id=None) == (13, 0, "Retail 13.00")
    agree(shop, SYSTEM, contact_id=of["customer"], discount=D(7))
    assert priced(shop) == (D("12.5"), 7, "Shops 12.50 − 7 % contact")
    agree(shop, SYSTEM, contact_id=of["customer"], contract_id=of["contract"], type_id=retail.id, discount=D(10))
    create_rule(shop, SYSTEM, name="five and more", percent=D(5), from_quantity=D(5), group_id=of["group"])
    found = priced(shop, "5", contract_id=of["contract"])
    assert found == (12, D("14.5"), "Retail 12.00 − 10 % contract − 5 % five and more")
    special = add_agreed_price(shop, SYSTEM, contact_id=of["customer"], item_id=of["bolt"], price=D(11), since=DAY)
    assert priced(shop, "5", contract_id=of["contract"]) == (11, 0, "Agreed price 11.00")
    remove_agreed_price(shop, SYSTEM, special)
    agree(shop, SYSTEM, contact_id=of["customer"])
    assert priced(shop, "5") == (D("11.5"), D("7.85"), "Shops 11.50 − 3 % folder − 5 % five and more")
    with pytest.raises(Conflict):
        remove_type(shop, SYSTEM, retail)


def test_a_type_follows_costs_and_asks_what_becomes_of_prices_in_another_currency(shop: Any) -> None:
    of = shop.info["shop"]
    kind = a_type(shop, "Trade", formula="cost", percent=D(30), step=D(1), ending=D("0.90"), direction="up")
    agree(shop, SYSTEM, contact_id=of["customer"], type_id=kind.id)
    assert priced(shop) == (D("10.90"), 0, "Trade 10.90")  # 8.00 + 30 % = 10.40
    change_type(shop, SYSTEM, kind, tax_included=True)
    line = AskedLine(of["bolt"], D(1), {"tax_rate": D(20)})
    found = propose(shop, SYSTEM, Asked("sale", "GBP", DAY, [line], of["customer"]))
    assert found.lines[0].cells["price"] == D("10.75")  # 8.00 + 20 % tax + 30 % = 12.48, up to 12.90, less the tax
    set_price(shop, SYSTEM, kind, item_id=of["bolt"], price=D(12), since=DAY)
    before = rows_of_all_tables(shop)
    with pytest.raises(Invalid) as refused, shop.begin_nested():
        change_type(shop, SYSTEM, kind, currency="USD")
    assert refused.value.field == "prices"
    with pytest.raises(Invalid), shop.begin_nested():
        change_type(shop, SYSTEM, kind, currency="KWD", prices="convert")
    assert rows_of_all_tables(shop) == before
    shop.expire_all()
    change_type(shop, SYSTEM, kind, currency="USD", prices="convert", tax_included=False)
    assert priced(shop, currency="USD") == (15, 0, "Trade 15.00")
    with pytest.raises(Invalid) as refused:  # nor by way of another
        change_type(shop, SYSTEM, kind, formula="type", base_id=kind.id)
    assert refused.value.field == "base_id"


def test_a_saved_line_says_how_it_was_priced_and_a_correction_leaves_that(shop: Any) -> None:
    of = shop.info["shop"]
    rule = create_rule(shop, SYSTEM, name="spring", percent=D(10), until=DAY)

    def lines(*cells: tuple[str, str, str]) -> Any:
        made = [TradeLineDraft(of["bolt"], D(q), D(p), D(off)) for q, p, off in cells]
        return TradeDraft(of["customer"], made, moment=NOON)

    sale = save(
        shop, SYSTEM, Sale, lines(("1", "14.50", "10"), ("1", "14.50", "4"), ("1", "14.50", "0"), ("1", "9", "10"))
    )
    said = [explanation(line.pricing) for line in sale.lines]
    assert said == ["Sales price 14.50 − 10 % spring", "Sales price 14.50 − 4 % by hand", "Sales price 14.50", ""]
    owns = [line.own for line in kind_of(sale).draft_of(sale).lines]
    assert owns[::3] == ["tax_rate tax_code_id", "price discount tax_rate tax_code_id"]
    post(shop, SYSTEM, [sale])
    change_rule(shop, SYSTEM, rule, name="autumn", percent=D(20))
    correct(shop, SYSTEM, sale, lines(("1", "14.50", "10"), ("2", "14.50", "20")))
    said = [explanation(line.pricing) for line in sale.lines]
    assert said == ["Sales price 14.50 − 10 % spring", "Sales price 14.50 − 20 % autumn"]


def test_a_coupon_is_asked_for_by_its_word_and_one_that_there_is_not_is_refused(shop: Any) -> None:
    of = shop.info["shop"]
    create_rule(shop, SYSTEM, name="spring coupon", percent=D(10), coupon="spring", until=DAY)
    assert priced(shop) == (D("14.50"), 0, "Sales price 14.50")
    line = TradeLineDraft(of["bolt"], D(1), D("14.50"), D(10))
    before = rows_of_all_tables(shop)
    late = TradeDraft(of["customer"], [line], moment=datetime(2026, 3, 3), coupon="SPRING")
    for draft, kind in ((late, Sale), (replace(late, moment=NOON), Purchase), (replace(late, coupon="x"), Sale)):
        with pytest.raises(Invalid) as refused, shop.begin_nested():
            save(shop, SYSTEM, kind, draft)
        assert refused.value.field == "coupon"
    assert rows_of_all_tables(shop) == before
    order = save(shop, SYSTEM, SalesOrder, SalesOrderDraft(of["customer"], [line], moment=NOON, coupon=" Spring "))
    assert order.coupon == "SPRING"
    assert explanation(order.lines[0].pricing) == "Sales price 14.50 − 10 % spring coupon"
    post(shop, SYSTEM, [order])
    made = replace(late, lines=[replace(line, origin=(order.id, 1))])  # the coupon has ended, but the order has it
    sale = save(shop, SYSTEM, Sale, made)
    assert explanation(sale.lines[0].pricing) == "Sales price 14.50 − 10 % spring coupon"
    assert kind_of(sale).draft_of(sale).lines[0].own.startswith("price")


def test_the_margin_is_said_to_whoever_may_see_costs_and_the_guard_to_everybody(shop: Any) -> None:
    of = shop.info["shop"]
    change_policy(shop, SYSTEM, type_id=None, stacking="best", least_margin=D(20))
    typed = AskedLine(of["bolt"], D(2), {"price": D("9.60"), "tax_rate": D(20)})
    asked = Asked("sale", "USD", DAY, [typed], of["customer"], place_id=100)  # 19.20 dollars are 15.36; 16.00 it costs
    owner, seller = (propose(shop, who, asked) for who in (SYSTEM, Actor(None, "seller")))
    assert [str(words) for words in owner.lines[0].says] == ["margin −4.2 %", "below its least margin"]
    assert [str(words) for words in owner.says] == ["Margin −0.64 GBP, −4.2 %"]
    assert [str(words) for words in seller.lines[0].says] == ["below its least margin"]
    assert seller.says == []
    assert seller.lines[0].cells.get("discount") is None


def test_no_margin_is_said_of_lots_that_cost_by_themselves(shop: Any) -> None:
    """Until it is known which of them goes; the least margin is guarded by what they cost on average."""
    of = shop.info["shop"]
    group = create_group(shop, SYSTEM, name="Machines")
    set_costing(shop, SYSTEM, group, "specific")
    saw = create_item(shop, SYSTEM, code="SAW", name="Saw", group_id=group.id, tracking="serial").id
    for number, cost in (("S1", 100), ("S2", 300)):
        line = MovementLineDraft(saw, D(1), D(cost), lots=number)
        came = MovementDraft([line], target_id=100, moment=datetime(2026, 1, 1))
        post(shop, SYSTEM, [save(shop, SYSTEM, Opening, came)])
    change_policy(shop, SYSTEM, type_id=None, stacking="best", least_margin=D(20))
    for price, said in (("400", []), ("240", ["below its least margin"])):
        typed = AskedLine(saw, D(1), {"price": D(price), "tax_rate": D(20)})
        found = propose(shop, SYSTEM, Asked("sale", "GBP", DAY, [typed], of["customer"], place_id=100))
        assert [str(words) for words in found.lines[0].says] == said
        assert found.says == []


def test_nothing_is_sold_below_its_least_margin_but_by_whoever_may(shop: Any) -> None:
    of = shop.info["shop"]
    change_policy(shop, SYSTEM, type_id=None, stacking="best", least_margin=D(20))
    rights = frozenset({"trade.sale.edit", "trade.sale.post", "trade.sale.view", "contacts.contact.view"})
    seller = Actor(None, "seller", permissions=rights)

    def sell(actor: Actor, price: str) -> None:
        shop.info["actor"] = actor
        line = TradeLineDraft(of["bolt"], D(1), D(price))
        post(shop, actor, [save(shop, actor, Sale, TradeDraft(of["customer"], [line], moment=NOON))])

    sell(seller, "10")  # 8.00 is 80 % of it
    shop.info["actor"] = SYSTEM
    before = rows_of_all_tables(shop)
    with pytest.raises(Conflict) as refused, shop.begin_nested():
        sell(seller, "9.99")
    assert str(refused.value).startswith("Line 1: “Bolt” is sold below its least margin.")
    shop.info["actor"] = SYSTEM
    assert rows_of_all_tables(shop) == before
    with pytest.raises(Forbidden):
        change_policy(shop, seller, type_id=None, stacking="best", least_margin=None)
    sell(Actor(None, "manager", permissions=rights | {"trade.margin.override"}), "9.99")
    shop.info["actor"] = SYSTEM
    set_group_margin(shop, SYSTEM, group_id=of["group"], least=D(-50))
    sell(seller, "7")
    shop.info["actor"] = SYSTEM
    shop.commit()  # the audit is written with it
    overridden = select(AuditLine.summary).where(AuditLine.action == "trade.margin.override")
    assert [said.partition(": ")[2] for said in shop.scalars(overridden)] == ["BOLT"]

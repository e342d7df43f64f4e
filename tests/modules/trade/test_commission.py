"""Goods on commission, both ways, against books that are kept by hand."""

import random
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import Document, post, reverse, save
from app.errors import Conflict, Invalid
from app.reference import PER_RATE
from app.reference.models import Organisation
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.registers import Settlements
from modules.trade.commission.kinds import CommissionMoveDraft
from modules.trade.commission.models import (
    GIVE,
    GIVEN,
    GIVEN_BACK,
    SENT_BACK,
    TAKE,
    TAKEN,
    AgentReport,
    CommissionMove,
    CommissionPlace,
    PrincipalReport,
)
from modules.trade.commission.registers import Commission
from modules.trade.commission.sales import sold_of_principals
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.trade.registers import Sales
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_group, create_item, set_costing
from modules.warehouse.registers import Stock
from tests.statements import counted

SUPPLIER, AGENT, PRINCIPAL, CUSTOMER = 1, 2, 3, 4
MAIN = 100


def posted(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def line(quantity: Any, price: Any, **more: Any) -> TradeLineDraft:
    return TradeLineDraft(1, D(quantity), D(price), tax_rate=D(20), **more)


def moved(session: Any, way: str, contact: int, quantity: Any) -> int:
    return posted(session, CommissionMove, CommissionMoveDraft(contact, [line(quantity, 9)], way=way))


def stands(session: Any) -> dict[str, Any]:
    """Worth by place, what is left on commission, debts, revenue and cost; without zeros."""
    worth = {f.key[0]: tuple(f.amounts.values()) for f in ledger.now(session, Stock.worth, by=("pool",))}
    left = {f.key[0]: tuple(f.amounts.values()) for f in ledger.now(session, Commission.left, by=("direction",))}
    owed = {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("contact",))}
    sold = {f"sold{n}": v for f in ledger.now(session, Sales.results, by=()) for n, v in f.amounts.items()}
    return {
        **{f"worth{k}": v for k, v in worth.items() if any(v)},
        **{k: v for k, v in left.items() if any(v)},
        **{f"owed{k}": v for k, v in owed.items() if v},
        **{k: v for k, v in sold.items() if v},
    }


@pytest.fixture
def shop(proved: Any) -> Any:
    """Ten anvils at 2.00 and ten at 3.00; the oldest leave first."""

    def prepare(session: Any) -> None:
        for name in ("Lübeck GmbH", "Agent AS", "Principal Oy", "Bergen AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        group = create_group(session, SYSTEM, name="Iron")
        set_costing(session, SYSTEM, group, "fifo")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil", group_id=group.id)
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        for price in (2, 3):
            posted(session, Purchase, TradeDraft(SUPPLIER, [TradeLineDraft(1, D(10), D(price), tax_rate=D(0))]))

    proved(prepare)
    return proved


def test_an_agent_sells_what_stays_ours(shop: Any, refused: Any) -> None:
    before = shop(stands)
    made = [shop(lambda s: moved(s, GIVE, AGENT, 6))]
    place = shop(lambda s: s.get(CommissionPlace, (AGENT, GIVEN)).place_id)
    assert shop(stands) == {
        **before,
        f"worth{MAIN}": (D(14), D(38)),
        f"worth{place}": (D(6), D(12)),
        GIVEN: (D(6), D(0), D(0), D(0), D(0)),
    }

    def report(session: Any, quantity: Any, **more: Any) -> int:
        return posted(session, AgentReport, TradeDraft(AGENT, [line(quantity, 10, **more)]))

    made.append(shop(lambda s: report(s, 2, discount=D(15))))  # 20.00 less 15 %, and tax
    made.append(shop(lambda s: report(s, 1, commission=D("1.50"))))
    made.append(shop(lambda s: moved(s, GIVEN_BACK, AGENT, 1)))
    assert shop(stands) == {
        f"worth{MAIN}": (D(15), D(40)),
        f"worth{place}": (D(2), D(4)),
        GIVEN: (D(2), D(3), D(1), D(36), D("5.40")),
        f"owed{SUPPLIER}": D(-50),
        f"owed{AGENT}": D("30.60"),
        "soldquantity": D(3),
        "soldrevenue": D("25.50"),
        "soldcost": D(6),
    }
    assert "is left" in refused(lambda s: report(s, 3), (Conflict, NotEnoughStock))  # type: ignore[arg-type]
    refused(lambda s: report(s, 1, commission=D(11)), Invalid, field="lines")
    said = refused(lambda s: report(s, 1, commission=D("0.005")), Invalid, field="lines")
    assert "Line 1: the commission has" in said
    refused(
        lambda s: posted(s, AgentReport, TradeDraft(AGENT, [TradeLineDraft(2, D(1), D(1))])), Invalid, field="lines"
    )
    refused(lambda s: reverse(s, SYSTEM, s.get(Document, made[0])), (Conflict, NotEnoughStock))  # type: ignore[arg-type]
    for number in reversed(made):
        shop(lambda s, number=number: reverse(s, SYSTEM, s.get(Document, number)))
    assert shop(stands) == before


def test_what_agents_sold_for_is_what_they_owe_and_keep(shop: Any) -> None:
    def work(session: Any) -> None:
        session.get_one(Organisation, 1).tax_rounding = PER_RATE
        session.flush()
        moved(session, GIVE, AGENT, 6)
        three = [TradeLineDraft(1, D(1), D("0.13"), tax_rate=D(19)) for _ in range(3)]
        posted(session, AgentReport, TradeDraft(AGENT, three))
        (left,) = ledger.now(session, Commission.left, by=("direction",))
        # 0.39 and 0.07 of tax on all of it, though 0.02 on each
        assert (left.amounts["amount"], left.amounts["commission"]) == (D("0.46"), D(0))
        posted(session, AgentReport, TradeDraft(AGENT, [replace(x, commission=D("0.03")) for x in three]))
        (left,) = ledger.now(session, Commission.left, by=("direction",))
        owed = {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("contact",))}
        assert left.amounts["amount"] - left.amounts["commission"] == owed[AGENT]

    shop(work)


def test_a_sale_asks_nothing_of_goods_on_commission_until_there_are_some(shop: Any) -> None:
    def work(session: Any) -> list[int]:
        found = []
        for place in (MAIN, None):  # in one session, which learns of the principal's place in between
            if place is None:
                moved(session, TAKE, PRINCIPAL, 5)
                place = session.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id
            with counted(session, "FROM trade_commission_place") as statements:
                posted(session, Sale, TradeDraft(CUSTOMER, [line(2, 10)], place_id=place))
            found.append(
                sum("trade_price_type" not in text for text in statements)
            )  # what there is at all is one question
        return [*found, int(sold_of_principals(session, PRINCIPAL)[PRINCIPAL, 1])]

    assert shop(work) == [0, 1, 2]


def test_a_principals_goods_cost_us_nothing_and_are_owed_once_reported(shop: Any, refused: Any) -> None:
    before = shop(stands)
    made = [shop(lambda s: moved(s, TAKE, PRINCIPAL, 5))]
    place = shop(lambda s: s.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id)

    def report(session: Any, quantity: Any) -> int:
        return posted(session, PrincipalReport, TradeDraft(PRINCIPAL, [line(quantity, 10, discount=D(10))]))

    assert "still lie here" in refused(lambda s: report(s, 1), Invalid, field="lines")
    made.append(shop(lambda s: posted(s, Sale, TradeDraft(CUSTOMER, [line(3, 10)], place_id=place))))
    made.append(shop(lambda s: moved(s, SENT_BACK, PRINCIPAL, 1)))
    made.append(shop(lambda s: report(s, 3)))
    assert shop(stands) == {
        **before,
        f"worth{place}": (D(1), D(0)),
        TAKEN: (D(1), D(3), D(1), D(36), D("3.60")),
        f"owed{CUSTOMER}": D(36),
        f"owed{PRINCIPAL}": D("-32.40"),
        "soldquantity": D(3),
        "soldrevenue": D(3),  # the commission
    }
    refused(lambda s: report(s, 1), Invalid, field="lines")
    for number in reversed(made):
        shop(lambda s, number=number: reverse(s, SYSTEM, s.get(Document, number)))
    assert shop(stands) == before


class ByHand:
    """The oldest goods leave first, each place by itself; whoever takes more than there is is refused."""

    def __init__(self) -> None:
        self.places: dict[str, list[list[D]]] = {"ours": [[D(10), D(2)], [D(10), D(3)]], "agent": []}
        self.taken = self.to_report = self.cost = self.owed_by_agent = self.owed_to_principal = self.revenue = D(0)

    def take(self, place: str, quantity: D) -> D | None:
        layers = self.places[place]
        if sum(q for q, _ in layers) < quantity:
            return None
        value = D(0)
        while quantity:
            some = min(quantity, layers[0][0])
            value += some * layers[0][1]
            layers[0][0] -= some
            quantity -= some
            if not layers[0][0]:
                layers.pop(0)
        return value

    def worth(self, place: str) -> tuple[D, D]:
        layers = self.places[place]
        return sum((q for q, _ in layers), D(0)), sum((q * c for q, c in layers), D(0))


def test_any_order_of_giving_selling_and_returning_agrees_with_books_kept_by_hand(shop: Any, company: Any) -> None:
    chance, hand, made = random.Random(72), ByHand(), []
    before = shop(stands)

    def step(session: Any) -> None:
        what, quantity = (
            chance.choice(("give", "back", "sold", "take", "return", "ours", "report")),
            D(chance.randint(1, 5)),
        )
        if what in ("give", "back"):
            source, target = ("ours", "agent") if what == "give" else ("agent", "ours")
            if (value := hand.take(source, quantity)) is not None:
                made.append(moved(session, GIVE if what == "give" else GIVEN_BACK, AGENT, quantity))
                hand.places[target].append([quantity, value / quantity])
        elif what == "sold" and (value := hand.take("agent", quantity)) is not None:
            made.append(posted(session, AgentReport, TradeDraft(AGENT, [line(quantity, 10, discount=D(20))])))
            hand.cost, hand.revenue = hand.cost + value, hand.revenue + quantity * 8
            hand.owed_by_agent += quantity * 8 * D("1.2")
        elif what == "take":
            made.append(moved(session, TAKE, PRINCIPAL, quantity))
            hand.taken += quantity
        elif what in ("return", "ours") and quantity <= hand.taken:
            hand.taken -= quantity
            if what == "return":
                made.append(moved(session, SENT_BACK, PRINCIPAL, quantity))
            else:
                place = session.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id
                made.append(posted(session, Sale, TradeDraft(CUSTOMER, [line(quantity, 10)], place_id=place)))
                hand.to_report, hand.revenue = hand.to_report + quantity, hand.revenue + quantity * 10
        elif what == "report" and quantity <= hand.to_report:
            made.append(posted(session, PrincipalReport, TradeDraft(PRINCIPAL, [line(quantity, 10, discount=D(10))])))
            hand.to_report -= quantity
            hand.owed_to_principal, hand.revenue = (
                hand.owed_to_principal + quantity * 9 * D("1.2"),
                hand.revenue - quantity * 9,
            )

    def steps(session: Any) -> None:
        for _ in range(70):
            step(session)

    shop(steps)
    places = shop(lambda s: {p.direction: p.place_id for p in s.scalars(select(CommissionPlace))})
    said = shop(stands)
    assert len(made) > 25
    assert said.get(f"worth{MAIN}", (0, 0)) == hand.worth("ours")
    assert said.get(f"worth{places[GIVEN]}", (0, 0)) == hand.worth("agent")
    assert said.get(f"worth{places[TAKEN]}", (0, 0)) == (hand.taken, D(0))
    assert said[GIVEN][0] == hand.worth("agent")[0]
    assert said[TAKEN][0] == hand.taken + hand.to_report
    assert said.get(f"owed{AGENT}", 0) == hand.owed_by_agent
    assert said.get(f"owed{PRINCIPAL}", 0) == -hand.owed_to_principal
    assert (said.get("soldcost", 0), said.get("soldrevenue", 0)) == (hand.cost, hand.revenue)

    def undo(session: Any) -> None:
        for number in reversed(made):
            reverse(session, SYSTEM, session.get(Document, number))

    shop(undo)
    assert shop(stands) == before

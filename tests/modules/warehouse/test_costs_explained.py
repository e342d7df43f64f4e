"""What a line's cost is made of adds up to exactly that cost, down to the receipts."""

import re
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.ledger import Posting
from app.security import SYSTEM
from modules.warehouse import operations as warehouse
from modules.warehouse.explaining.queries import BACK, LAYERS, POOL, PRICE, explained, steps_of
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Assembly, Issue, Receipt
from modules.warehouse.queries import costs_of
from tests.kinds import land

BEGUN = datetime(2026, 1, 5, 9)


class Shop:
    """One item that comes in and goes out."""

    def __init__(self, session: Any, method: str) -> None:
        self.session = session
        group = warehouse.create_group(session, SYSTEM, name=f"Goods by {method}")
        warehouse.set_costing(session, SYSTEM, group, method)
        self.item = warehouse.create_item(session, SYSTEM, code=f"A-{method}", name="A", group_id=group.id).id

    def moved(self, model: Any, day: int, quantity: str, price: str | None = None) -> Any:
        line = MovementLineDraft(self.item, D(quantity), None if price is None else D(price))
        end = {"target_id": FIRST_WAREHOUSE} if model is Receipt else {"source_id": FIRST_WAREHOUSE}
        document = save(self.session, SYSTEM, model, MovementDraft([line], moment=BEGUN + timedelta(days=day), **end))
        post(self.session, SYSTEM, [document])
        return document

    def land(self, receipt: Any, value: str) -> Any:
        """A cost that landed on a receipt, by another document."""
        return land(self.session, origin=(receipt.id, 1), value=D(value), moment=BEGUN + timedelta(days=30))


def units(value: str) -> int:
    return int(D(value) * 10_000)


def test_fifo_says_which_layers_it_took(company: Any) -> None:
    def work(session: Any) -> None:
        shop = Shop(session, "fifo")
        first, second = shop.moved(Receipt, 1, "3", "1"), shop.moved(Receipt, 2, "10", "0.7")
        shop.moved(Issue, 3, "1")
        issue = shop.moved(Issue, 4, "4")
        shop.moved(Issue, 5, "2")
        (one,) = explained(session, (issue.id, 1))
        assert one.how == LAYERS
        taken = [(part.line, part.quantity, part.value) for part in one.parts]
        assert taken == [((first.id, 1), 2_000_000, units("2")), ((second.id, 1), 2_000_000, units("1.4"))]
        assert one.booked.value == sum(part.value for part in one.parts) == units("3.4")
        assert costs_of(session, issue.id) == {1: D("3.4")}

    company.database.run(work, actor=SYSTEM)


def test_an_average_says_what_was_there_and_from_where(company: Any) -> None:
    def work(session: Any) -> None:
        shop = Shop(session, "average")
        shop.moved(Receipt, 0, "5", "9")
        shop.moved(Issue, 1, "5")
        first, second = shop.moved(Receipt, 2, "3", "1"), shop.moved(Receipt, 3, "7", "2")
        issue = shop.moved(Issue, 4, "4")
        shop.moved(Receipt, 5, "1", "50")
        (one,) = explained(session, (issue.id, 1))
        assert (one.how, one.held, one.booked.value) == (POOL, (10_000_000, units("17")), units("6.8"))
        assert [part.line for part in one.inflows] == [(second.id, 1), (first.id, 1)]  # not what left before them
        assert sum(part.value for part in one.inflows) == units("17")
        assert not one.is_cut

    company.database.run(work, actor=SYSTEM)


def test_what_landed_later_and_whom_it_made_dearer(company: Any) -> None:
    def work(session: Any) -> None:
        shop = Shop(session, "average")
        receipt, issue = shop.moved(Receipt, 1, "10", "4"), shop.moved(Issue, 2, "5")
        freight = shop.land(receipt, "10")
        (own,) = explained(session, (receipt.id, 1))
        assert own.how == PRICE
        assert [(part.line[0], part.value) for part in own.parts] == [
            (receipt.id, units("40")),
            (freight.id, units("10")),
        ]
        assert own.booked.value == units("50")
        steps = steps_of(session, (issue.id, 1))
        assert [(step.document_id, step.value) for step in steps] == [(issue.id, units("20")), (freight.id, units("5"))]
        assert sum(step.value for step in steps) == explained(session, (issue.id, 1))[0].booked.value

    company.database.run(work, actor=SYSTEM)


@pytest.mark.parametrize("method", ["fifo", "average"])
def test_every_move_of_random_traffic_adds_up(company: Any, method: str) -> None:
    import random

    def work(session: Any) -> None:
        shop, dice, held = Shop(session, method), random.Random(7), 0
        documents = []
        for day in range(40):
            if held > 3 and dice.random() < 0.5:
                quantity = dice.randint(1, held)
                documents.append(shop.moved(Issue, day, str(quantity)))
                held -= quantity
            else:
                quantity = dice.randint(1, 9)
                documents.append(shop.moved(Receipt, day, str(quantity), str(dice.randint(1, 999) / 100)))
                held += quantity
        for document in documents:
            (one,) = explained(session, (document.id, 1))
            assert sum(step.value for step in steps_of(session, (document.id, 1))) == one.booked.value
            if one.how == POOL:
                quantity, value = one.held
                exact = D(value * one.booked.quantity) / D(quantity)
                assert abs(exact - one.booked.value) <= 50  # rounded to a penny
            else:
                assert sum(part.value for part in one.parts) == one.booked.value

    company.database.run(work, actor=SYSTEM)


def test_the_pages_are_for_who_sees_costs(app: Any, company: Any, employ: Any) -> None:
    def work(session: Any) -> int:
        shop = Shop(session, "fifo")
        shop.moved(Receipt, 1, "3", "1.25")
        issue: int = shop.moved(Issue, 3, "2").id
        return issue

    issue = company.database.run(work, actor=SYSTEM)
    employ("steve", "storekeeper")
    for login, password, status in (("admin", "correct horse", 200), ("steve", "steve-sample", 403)):
        browser = app.test_client()
        browser.post("/login", data={"login": login, "password": password})
        assert ("Costs of goods" in browser.get(f"/warehouse/issues/{issue}").text) == (status == 200)
        for address in (f"/warehouse/costs/{issue}", f"/warehouse/costs/{issue}/1"):
            answer = browser.get(address)
            assert answer.status_code == status
            assert status == 403 or "2.50" in answer.text
    assert browser.get("/warehouse/costs/99999").status_code == 403


def test_goods_given_back_cost_their_share(company: Any) -> None:
    from modules.warehouse.moving import Move
    from modules.warehouse.stock import move

    def work(session: Any) -> None:
        shop = Shop(session, "average")
        shop.moved(Receipt, 1, "10", "4")
        issue = shop.moved(Issue, 2, "5")
        back = shop.moved(Receipt, 3, "1", "1")
        source = explained(session, (issue.id, 1))[0].booked.ends["place"][1]
        posting = Posting(session, [back])
        move(posting, [Move(back, 2, shop.item, source, FIRST_WAREHOUSE, D(2), origin=(issue.id, 1))])
        posting.write()
        (one,) = explained(session, (back.id, 2))
        assert one.how == BACK
        assert [(part.line, part.value) for part in one.parts] == [((issue.id, 1), units("8"))]

    company.database.run(work, actor=SYSTEM)


def test_an_assembly_costs_what_its_components_do_once(app: Any, company: Any) -> None:
    def work(session: Any) -> int:
        shop = Shop(session, "average")
        shop.moved(Receipt, 1, "10", "3")
        kit = warehouse.create_item(session, SYSTEM, code="KIT", name="Kit").id
        line = MovementLineDraft(shop.item, D(2))
        draft = MovementDraft([line], FIRST_WAREHOUSE, kit_id=kit, kit_quantity=D(1))
        document = save(session, SYSTEM, Assembly, draft)
        post(session, SYSTEM, [document])
        session.flush()
        return int(document.id)

    number = company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    shown = browser.get(f"/warehouse/assemblies/{number}").text
    assert re.findall(rf'href="/warehouse/costs/{number}"[^>]*>\s*([^<]+?)\s*<', shown) == ["6.00"]

"""What is no longer in use: nothing new is done with it, whatever the door, and what is left of it can be cleared up."""

import re
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.documents import correct, kind_of, post, reverse, save
from app.errors import Invalid
from app.notices import taken_notices
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.production.kinds import WorkOrderDraft
from modules.production.models import Bom, WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Item, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import change_item, create_item
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.warehouses import create_place

pytestmark = pytest.mark.one_engine  # what is off: no engine decides

DAY = datetime(2026, 1, 5)
OFF = "Line 1: “Bolt” is no longer in use."


def traded(session: Any, kind: Any, item: int, contact: int, quantity: str = "1") -> Any:
    lines = [TradeLineDraft(item, D(quantity), D(5))]
    return save(session, SYSTEM, kind, TradeDraft(contact, lines, moment=DAY))


def moved(session: Any, kind: Any, item: int, quantity: str = "1", **ends: int) -> Any:
    ends = ends or {"target_id" if kind in (Receipt, Opening) else "source_id": FIRST_WAREHOUSE}
    return save(
        session,
        SYSTEM,
        kind,
        MovementDraft(
            [MovementLineDraft(item, D(quantity), D(1) if kind in (Receipt, Opening) else None)], moment=DAY, **ends
        ),
    )


@pytest.fixture
def shop(company: Any) -> dict[str, int]:
    """Bolts, of which ten were bought and one was sold; then they were switched off."""

    def work(session: Any) -> dict[str, int]:
        item = create_item(session, SYSTEM, code="BOLT", name="Bolt")
        other = create_item(session, SYSTEM, code="NUT", name="Nut").id
        mill = create_contact(session, SYSTEM, kind="legal_entity", name="Mill").id
        barn = create_place(session, SYSTEM, code="B", name="Barn").id
        bought = traded(session, Purchase, item.id, mill, "10")
        post(session, SYSTEM, [bought])
        sold = traded(session, Sale, item.id, mill)
        post(session, SYSTEM, [sold])
        draft = traded(session, Sale, item.id, mill)
        post(session, SYSTEM, [moved(session, Opening, other, "5")])
        change_item(session, SYSTEM, item, is_active=False)
        known = {"item": item.id, "other": other, "mill": mill, "barn": barn}
        return known | {"bought": bought.id, "sold": sold.id, "draft": draft.id}

    return company.database.run(work, actor=SYSTEM)


@pytest.mark.parametrize("kind", [Sale, Purchase])
def test_an_item_switched_off_is_not_bought_or_sold_again(refused: Any, shop: dict[str, int], kind: Any) -> None:
    def work(session: Any) -> None:
        post(session, SYSTEM, [traded(session, kind, shop["item"], shop["mill"])])

    assert refused(work, Invalid, field="lines") == OFF


@pytest.mark.parametrize("kind", [Receipt, Opening])
def test_an_item_switched_off_does_not_come_in_again(refused: Any, shop: dict[str, int], kind: Any) -> None:
    assert refused(lambda s: post(s, SYSTEM, [moved(s, kind, shop["item"])]), Invalid, field="lines") == OFF


def test_a_draft_keeps_it_and_posting_names_it(company: Any, refused: Any, shop: dict[str, int]) -> None:
    def change(session: Any) -> None:
        draft = session.get(Sale, shop["draft"])
        said = kind_of(draft).draft_of(draft)
        said.note = "still here"
        save(session, SYSTEM, Sale, said, document=draft)

    company.database.run(change, actor=SYSTEM)
    words = refused(lambda s: post(s, SYSTEM, [s.get(Sale, shop["draft"])]), Invalid, field="lines")
    assert words == OFF


def test_what_is_left_of_it_is_cleared_up(proved: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> list[tuple[int, D]]:
        ends = {"source_id": FIRST_WAREHOUSE, "target_id": shop["barn"]}
        for document in (
            moved(session, Issue, shop["item"]),
            moved(session, WriteOff, shop["item"]),
            moved(session, Transfer, shop["item"], **ends),
            traded(session, PurchaseReturn, shop["item"], shop["mill"]),
            traded(session, SalesReturn, shop["item"], shop["mill"]),
        ):
            post(session, SYSTEM, [document])
        return [(f.key[1], f.amounts["quantity"]) for f in stock_on_hand(session, items=[shop["item"]])]

    assert proved(work) == [(FIRST_WAREHOUSE, D(6)), (shop["barn"], D(1))]


def test_what_was_posted_is_corrected_returned_and_reversed(proved: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> list[D]:
        sale = session.get(Sale, shop["sold"])
        draft = kind_of(sale).draft_of(sale)
        draft.lines[0].quantity = D(3)
        correct(session, SYSTEM, sale, draft)
        back = kind_of(sale).makes[0].draft(session, sale)
        returned = save(session, SYSTEM, SalesReturn, back)
        post(session, SYSTEM, [returned])
        reverse(session, SYSTEM, returned)
        reverse(session, SYSTEM, sale)
        return [f.amounts["quantity"] for f in stock_on_hand(session, items=[shop["item"]])]

    assert proved(work) == [D(10)]


def test_a_correction_adds_nothing_that_is_off(company: Any, refused: Any, shop: dict[str, int]) -> None:
    def sell(session: Any) -> int:
        sale = traded(session, Sale, shop["other"], shop["mill"])
        post(session, SYSTEM, [sale])
        return sale.id

    sold = company.database.run(sell, actor=SYSTEM)

    def add(session: Any) -> None:
        sale = session.get(Sale, sold)
        draft = kind_of(sale).draft_of(sale)
        draft.lines = [*draft.lines, TradeLineDraft(shop["item"], D(1), D(1))]
        correct(session, SYSTEM, sale, draft)

    assert refused(add, Invalid, field="lines") == "Line 2: “Bolt” is no longer in use."


def test_switching_off_says_how_much_is_on_hand(company: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> list[str]:
        change_item(session, SYSTEM, session.get(Item, shop["other"]), is_active=False)
        change_item(session, SYSTEM, session.get(Item, shop["other"]), is_active=False)  # once is enough
        return [str(notice) for notice in taken_notices(session)]

    (words,) = company.database.run(work, actor=SYSTEM)
    assert words.startswith("“Nut” is no longer bought, made or sold, but 5 pc are still on hand.")


def test_switching_off_says_what_is_on_hand_now_whatever_is_dated_ahead(company: Any) -> None:
    ahead = wall_clock() + timedelta(days=300)

    def work(session: Any) -> list[str]:
        items = [create_item(session, SYSTEM, code=code, name=f"Item {code}") for code in ("LEAVES", "COMES")]
        post(session, SYSTEM, [moved(session, Opening, items[0].id, "5")])
        later = [
            (Issue, items[0], {"source_id": FIRST_WAREHOUSE}, None),
            (Receipt, items[1], {"target_id": FIRST_WAREHOUSE}, D(1)),
        ]
        for kind, item, ends, price in later:
            draft = MovementDraft([MovementLineDraft(item.id, D(5), price)], moment=ahead, **ends)
            post(session, SYSTEM, [save(session, SYSTEM, kind, draft)])
        for item in items:
            change_item(session, SYSTEM, item, is_active=False)
        return [str(notice) for notice in taken_notices(session)]

    (words,) = company.database.run(work, actor=SYSTEM)
    assert words.startswith("“Item LEAVES” is no longer bought, made or sold, but 5 pc are still on hand.")


def test_a_contact_switched_off_pays_and_returns_but_buys_nothing(
    company: Any, refused: Any, shop: dict[str, int]
) -> None:
    def off(session: Any) -> None:
        change_contact(session, SYSTEM, session.get(Contact, shop["mill"]), is_active=False)

    company.database.run(off, actor=SYSTEM)
    for kind in (Sale, Purchase):
        words = refused(
            lambda s, k=kind: post(s, SYSTEM, [traded(s, k, shop["other"], shop["mill"])]), Invalid, field="contact_id"
        )
        assert words == "“Mill” is no longer in use."

    def settle(session: Any) -> None:
        record_payment(session, SYSTEM, contact_id=shop["mill"], direction="in", amount=D(5), moment=DAY)
        sale = session.get(Sale, shop["sold"])
        draft = kind_of(sale).draft_of(sale)
        draft.note = "corrected"
        correct(session, SYSTEM, sale, draft)
        post(session, SYSTEM, [save(session, SYSTEM, SalesReturn, kind_of(sale).makes[0].draft(session, sale))])

    company.database.run(settle, actor=SYSTEM)


def test_a_correction_goes_over_to_no_contact_that_is_off(company: Any, refused: Any, shop: dict[str, int]) -> None:
    def work(session: Any) -> int:
        gone = create_contact(session, SYSTEM, kind="individual", name="Gone")
        change_contact(session, SYSTEM, gone, is_active=False)
        return gone.id

    gone = company.database.run(work, actor=SYSTEM)

    def move(session: Any) -> None:
        sale = session.get(Sale, shop["sold"])
        draft = kind_of(sale).draft_of(sale)
        draft.contact_id = gone
        correct(session, SYSTEM, sale, draft)

    refused(move, Invalid, field="contact_id")


@pytest.mark.enterprise
@pytest.mark.parametrize("off", ["product", "component", "bill"])
def test_a_work_order_makes_nothing_with_what_is_off(company: Any, refused: Any, off: str) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        wood = create_item(session, SYSTEM, code="W", name="Wood")
        table = create_item(session, SYSTEM, code="T", name="Table")
        post(session, SYSTEM, [moved(session, Opening, wood.id, "10")])
        bill = BomDraft(table.id, [ComponentDraft(wood.id, D(2))])
        bom = save_bom(session, SYSTEM, bill)
        made = save(session, SYSTEM, WorkOrder, WorkOrderDraft(bom.id, D(1), moment=DAY))
        post(session, SYSTEM, [made])
        if off == "bill":
            bill.is_active = False
            save_bom(session, SYSTEM, bill, bom=bom)
        else:
            change_item(session, SYSTEM, table if off == "product" else wood, is_active=False)
        return bom.id, made.id

    bom, made = company.database.run(prepare, actor=SYSTEM)

    def make(session: Any) -> None:
        post(session, SYSTEM, [save(session, SYSTEM, WorkOrder, WorkOrderDraft(bom, D(1), moment=DAY))])

    words = {
        "product": "“Table” is no longer in use.",
        "component": "Line 1: “Wood” is no longer in use.",
        "bill": "The bill of materials “T Table” is no longer in use.",
    }
    assert refused(make, Invalid) == words[off]

    def mend(session: Any) -> None:
        order = session.get(WorkOrder, made)
        draft = kind_of(order).draft_of(order)
        draft.note = "corrected"
        correct(session, SYSTEM, order, draft)
        reverse(session, SYSTEM, order)

    company.database.run(mend, actor=SYSTEM)


@pytest.mark.enterprise
def test_a_bill_takes_no_new_component_that_is_off(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> tuple[int, int, int]:
        wood, glue, table = (create_item(session, SYSTEM, code=c, name=c).id for c in ("Wood", "Glue", "Table"))
        bom = save_bom(session, SYSTEM, BomDraft(table, [ComponentDraft(wood, D(2))]))
        for item in (wood, glue):
            change_item(session, SYSTEM, session.get(Item, item), is_active=False)
        save_bom(session, SYSTEM, BomDraft(table, [ComponentDraft(wood, D(3))]), bom=bom)  # it has that already
        return bom.id, table, glue

    bom, table, glue = company.database.run(prepare, actor=SYSTEM)
    refused(
        lambda s: save_bom(s, SYSTEM, BomDraft(table, [ComponentDraft(glue, D(1))]), bom=s.get(Bom, bom)),
        Invalid,
        field="lines",
    )


def test_a_copy_shows_that_it_is_off_and_is_not_posted(app: Any, shop: dict[str, int]) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    form = client.get(f"/trade/sales/new?copy={shop['sold']}").text
    assert "BOLT Bolt (no longer in use)" in form
    lines = f'[{{"item_id": {shop["item"]}, "item": "x", "quantity": "1", "price": "5"}}]'
    fields = {"contact_id": shop["mill"], "place_id": 100, "moment": "2026-01-06T10:00", "currency": "GBP"}
    answer = client.post("/trade/sales/new", data={**fields, "lines": lines, "then": "post"})
    assert answer.status_code == 200
    assert OFF in answer.text


@pytest.mark.parametrize(
    ("page", "is_offered"),
    [
        ("/warehouse/write-offs/new", True),
        ("/warehouse/issues/new", True),
        ("/warehouse/transfers/new", True),
        ("/trade/purchase-returns/new", True),
        ("/trade/sales-returns/new", True),
        ("/warehouse/receipts/new", False),
        ("/warehouse/openings/new", False),
        ("/trade/sales/new", False),
        ("/trade/purchases/new", False),
    ],
)
def test_forms_by_which_the_rest_goes_offer_what_is_off(
    app: Any, shop: dict[str, int], page: str, is_offered: bool
) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    source = re.findall(r'<line-grid [^>]*data-source="([^"]+)"', client.get(page).text)[0]
    named = {"BOLT Bolt (no longer in use)"} if is_offered else set()
    assert {row["title"] for row in client.get(f"{source}?q=bolt").json["rows"]} == named
    assert {row["title"] for row in client.get(f"{source}/codes?code=BOLT").json["rows"]} == named
    used = client.get(f"{source}?q=").json["rows"]
    assert used[0]["title"] == "NUT Nut", "what is in use comes first"

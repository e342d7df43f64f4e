"""Returns on their pages: each line names the sale's line that it gives back, and whatever else is sent is refused."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from markupsafe import escape

from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.modules.trade.test_trade_pages import form_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

NEW = "/trade/sales-returns/new"


@pytest.fixture(scope="module")
def sale(house: Any) -> int:
    """A sale of three anvils, of an hour's work, and of two anvils more."""

    earlier = wall_clock() - timedelta(hours=1)  # a form's moments have no seconds

    def work(session: Any) -> int:
        anvil = create_item(session, SYSTEM, code="ANVIL", name="Anvil").id
        hour = create_item(session, SYSTEM, code="HOUR", name="Hour", kind="service").id

        def trade(kind: Any, *lines: tuple[int, int]) -> int:
            drafts = [TradeLineDraft(item, Decimal(quantity), Decimal(7)) for item, quantity in lines]
            document = save(session, SYSTEM, kind, TradeDraft(1, drafts, moment=earlier))
            post(session, SYSTEM, [document])
            return int(document.id)

        trade(Purchase, (anvil, 10))
        return trade(Sale, (anvil, 3), (hour, 1), (anvil, 2))

    return int(house.company.database.run(work, actor=SYSTEM))


def newest(house: Any) -> list[tuple[tuple[int, int] | None, Decimal]]:
    """What the lines of the newest return give back, and how much."""

    def work(session: Any) -> Any:
        document = session.query(SalesReturn).order_by(SalesReturn.id.desc()).first()
        return [(document.origins.get(line.line), line.quantity) for line in document.lines]

    return house.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_a_return_made_of_a_sale_names_its_lines_and_offers_what_is_left(house: Any, sign_in: Any, sale: int) -> None:
    admin, address = sign_in("admin"), f"{NEW}?of={sale}"

    def send(rows: list[dict[str, str]]) -> Any:
        data = {**form_of(admin.get(address).text), "lines": json.dumps(rows), "then": "post"}
        return admin.post(address, data=data)

    def offered() -> list[tuple[str | None, str]]:
        rows = json.loads(form_of(admin.get(address).text)["lines"])
        return [(row.get("origin"), row["quantity"]) for row in rows]

    whole = json.loads(form_of(admin.get(address).text)["lines"])
    assert offered() == [(f"{sale}:1", "3"), (f"{sale}:2", "1"), (f"{sale}:3", "2")]
    assert send([{**whole[0], "quantity": "1"}, whole[2]]).status_code == 302
    assert newest(house) == [((sale, 1), 1), ((sale, 3), 2)]
    assert offered() == [(f"{sale}:1", "2"), (f"{sale}:2", "1")]
    assert "Line 1: only 2 is left of the line that it comes from." in send(whole).text
    draft = {**form_of(admin.get(address).text), "then": "save"}
    edit = f"{admin.post(address, data=draft).headers['location']}/edit"
    assert admin.post(edit, data={**form_of(admin.get(edit).text), "then": "post"}).status_code == 302
    assert newest(house) == [((sale, 1), 2), ((sale, 2), 1)]  # a draft keeps what its lines give back
    assert offered() == []  # nothing is left, of the service neither


@pytest.mark.parametrize(
    "origin",
    ["{sale}:2", "{sale}:99999999999999999999", "99999999999999999999:1", "9" * 5000 + ":1", "0:0", "²:1", "x"],
    ids=["a line of another item", "no such line", "no such sale", "5,000 digits", "zeros", "a power", "a letter"],
)
def test_an_origin_that_is_not_what_was_bought_is_refused_in_words(
    house: Any, sign_in: Any, sale: int, origin: str
) -> None:
    admin, address = sign_in("admin"), f"{NEW}?of={sale}"
    form = form_of(admin.get(address).text)
    row = {"item_id": "1", "quantity": "1", "price": "7", "origin": origin.format(sale=sale)}
    answer = admin.post(address, data={**form, "lines": json.dumps([row]), "then": "save"})
    assert answer.status_code == 200, answer.headers.get("location")
    assert "Line 1: this contact had no such goods on the line that is being returned." in answer.text


def test_no_more_is_credited_than_was_charged(house: Any, sign_in: Any, sale: int) -> None:
    def sell(session: Any) -> tuple[int, int]:
        hour = session.query(Item).filter(Item.code == "HOUR").one().id
        own = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(hour, Decimal(1), Decimal(7))]))
        post(session, SYSTEM, [own])
        return own.id, hour

    own, hour = house.company.database.run(sell, actor=SYSTEM)
    admin, address = sign_in("admin"), f"{NEW}?of={own}"
    form = form_of(admin.get(address).text)
    row = {"item_id": str(hour), "quantity": "1", "price": "7.02", "origin": f"{own}:1"}
    answer = admin.post(address, data={**form, "lines": json.dumps([row]), "then": "save"})
    assert "Line 1: more than was charged for this quantity, which is 7.00." in answer.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sales-returns", "“Rarity” was never sold to {name}. Is it the right return?"),
        ("purchase-returns", "“Rarity” was never bought from {name}. Is it the right return?"),
    ],
)
def test_goods_that_the_contact_never_had_are_pointed_out(
    house: Any, sign_in: Any, sale: int, address: str, words: str
) -> None:
    """Sold to and bought from contact 1; contact 2 had none."""

    def prepare(session: Any) -> tuple[int, str, str]:
        item = session.query(Item).filter_by(code="RARITY").one_or_none()
        if item is None:
            item = create_item(session, SYSTEM, code="RARITY", name="Rarity", kind="service")
            for kind in (Sale, Purchase):
                lines = [TradeLineDraft(item.id, Decimal(1), Decimal(7))]
                post(session, SYSTEM, [save(session, SYSTEM, kind, TradeDraft(1, lines))])
        return item.id, *(session.get(Contact, i).name for i in (1, 2))

    item, first, second = house.company.database.run(prepare, actor=SYSTEM)
    admin = sign_in("admin")

    def post_return(contact: int) -> str:
        lines = json.dumps([{"item_id": item, "quantity": "1", "price": "7"}])
        data = {
            **form_of(admin.get(f"/trade/{address}/new").text),
            "contact_id": contact,
            "place_id": 100,
            "lines": lines,
        }
        data["operation"] = f"{address}-{contact}"
        return str(admin.post(f"/trade/{address}/new", data={**data, "then": "post"}, follow_redirects=True).text)

    assert escape(words.format(name=second)) in post_return(2)
    page = post_return(1)
    assert "is posted" in page
    assert escape(words.format(name=first)) not in page

"""A storekeeper does everything without seeing what goods are sold for: no page, file, look-up or API says it."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import update

from app.documents import Document
from app.errors import Forbidden
from app.importing import run_import
from app.security import SYSTEM
from modules.trade.models import TradeLine
from modules.trade.pricing.models import AgreedPrice, ItemPrice
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item, create_item
from tests.modules.security.test_no_dead_links import crawled
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.parametrize("house_url", ["sqlite"], indirect=True)  # who may what, no engine decides

#: what everything is sold for here, and how pages and files say it
PRICE, SAID = Decimal("7654321.25"), re.compile(rb"7\D{0,8}654\D{0,8}321")


class Watched:
    """A browser that keeps which of its pages said the price."""

    def __init__(self, client: Any) -> None:
        self.client, self.saying, self.seen = client, [], 0

    def get(self, address: str) -> Any:
        answer = self.client.get(address)
        self.seen += 1
        if SAID.search(_plain(answer.data)):
            self.saying.append(address)
        return answer


def _plain(data: bytes) -> bytes:
    """What an answer says; a workbook is unpacked."""
    if not data.startswith(b"PK"):
        return data
    with ZipFile(io.BytesIO(data)) as book:
        return b"".join(book.read(name) for name in book.namelist())


@pytest.fixture
def priced(house: Any) -> None:
    """Every sales price of the sample is PRICE: of items, of price types, agreed ones, and on the lines of documents; these
    come to it too, and the documents."""

    def work(session: Any) -> None:
        for model in (Item, ItemPrice, AgreedPrice, TradeLine):
            session.execute(update(model.__table__).values(price=PRICE))
        session.execute(update(TradeLine.__table__).values(net=PRICE))
        session.execute(update(Document.__table__).where(Document.kind.startswith("trade.")).values(amount=PRICE))

    house.company.database.run(work, actor=SYSTEM)


def asked_besides(client: Any) -> Iterator[str]:
    """What a crawl doesn't reach: each list by API and as a file, look-ups."""
    for each in client.get("/api/v1/lists").json["lists"]:
        yield f"/api/v1/lists/{each['name']}"
    for name in ("items", "goods", "all_items", "all_goods"):
        yield f"/lookup/{name}?q=o"
    yield from ("/warehouse/items?as=xlsx", "/warehouse/stock?as=xlsx", "/warehouse/items/1/edit", "/search?q=oak")


@pytest.mark.usefixtures("priced")
def test_a_storekeeper_reads_no_sales_price_anywhere(house: Any, sign_in: Any) -> None:
    steve = Watched(sign_in("steve"))
    assert sum(1 for _ in crawled(house, steve)) > 40
    addresses = list(asked_besides(sign_in("steve")))
    assert [a for a in addresses if steve.get(a).status_code != 200] == []
    assert steve.saying == []
    shown = "".join(steve.get(a).text for a in ("/warehouse/items", "/warehouse/items/1", "/warehouse/items/1/edit"))
    assert not re.search(r"\bPrice\b", shown)  # “Priced by” says none
    assert "Sales price" not in shown
    # Whoever sells reads it in the same places, so the test can fail.
    sam = Watched(sign_in("sam"))
    for address in ("/warehouse/items", "/warehouse/items/1", "/warehouse/items?as=xlsx", "/lookup/items?q=o"):
        sam.get(address)
    assert len(sam.saying) == 4
    assert sign_in("steve").get("/trade/labels").status_code == 403, "labels say prices"


def test_codes_that_are_pasted_bring_no_price(sign_in: Any, ask: Any) -> None:
    code = ask(None, lambda s: s.get(Item, 1).code)
    steve, sam = (sign_in(login).get(f"/lookup/items/codes?code={code}").json["rows"] for login in ("steve", "sam"))
    assert [row["price"] is None for row in steve] == [True]
    assert [row["price"] is None for row in sam] == [False]


def test_saving_an_item_keeps_the_price_that_one_does_not_see(sign_in: Any, ask: Any) -> None:
    before = ask(None, lambda s: s.get(Item, 1).price)
    assert before
    fields = fields_of(sign_in("steve").get("/warehouse/items/1/edit").text)
    assert "price" not in fields
    saved = sign_in("steve").post("/warehouse/items/1/edit", data={**fields, "note": "by the door"})
    assert saved.status_code == 302
    assert ask(None, lambda s: (s.get(Item, 1).price, s.get(Item, 1).note)) == (before, "by the door")
    fields = fields_of(sign_in("steve").get("/warehouse/items/1/edit").text)
    refused = sign_in("steve").post("/warehouse/items/1/edit", data={**fields, "note": "x", "price": "1"})
    assert "open to you" in refused.text
    assert ask(None, lambda s: (s.get(Item, 1).price, s.get(Item, 1).note)) == (before, "by the door")


def test_nobody_sets_a_price_that_they_do_not_see(house: Any, ask: Any, actor: Any, tmp_path: Path) -> None:
    steve, before = actor("steve"), ask(None, lambda s: s.get(Item, 1).price)
    works = (
        lambda s: create_item(s, steve, code="NEW", name="New", price=Decimal(1)),
        lambda s: change_item(s, steve, s.get(Item, 1), price=Decimal(1)),
    )
    for work in works:
        with pytest.raises(Forbidden, match=r"warehouse\.price"):
            house.company.database.run(work, actor=steve)
    code = ask(None, lambda s: s.get(Item, 1).code)
    (tmp_path / "i.csv").write_text(f"code,price\n{code},1\n")
    steve = replace(steve, permissions=steve.permissions | {"core.import.run"})
    report = run_import(house.company, steve, "warehouse.items", [tmp_path / "i.csv"])
    assert "open to you" in str([str(error) for error in report.errors])
    assert ask(None, lambda s: s.get(Item, 1).price) == before

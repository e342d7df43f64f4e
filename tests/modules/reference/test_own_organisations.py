"""Several organisations of one company: what somebody sees and writes is of one of them at a time."""

from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import Document, post, reverse, save
from app.errors import Conflict, Invalid, NotFound
from app.reference import organisation, organisation_id
from app.reference.own_organisations import books_of, create_organisation, own_organisations
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

#: what is kept of all organisations together, or of the company itself
_SHARED = {
    *("contacts.contact", "contacts.legal_entity", "contacts.individual", "contacts.expense_item"),
    *("warehouse.item", "warehouse.item_group", "warehouse.place", "warehouse.bin", "core.audit"),
    *("warehouse.model", "warehouse.logistic_unit"),
    *("contacts.analysis", "trade.own_contact", "trade.complaint_reason", "trade.discount"),
    *("contacts.contract", "core.rate", "trade.price_type", "trade.tax_code", "core.audit_change"),
}


def test_a_second_organisation_begins_with_empty_books_and_numbers_of_its_own(
    company: Any, proved: Any, refused: Any
) -> None:
    def bought(session: Any, quantity: int) -> Any:
        lines = [TradeLineDraft(1, D(quantity), D(3), tax_rate=D(20))]
        document = save(session, SYSTEM, Purchase, TradeDraft(1, lines))
        post(session, SYSTEM, [document])
        return document.number

    def work(session: Any) -> tuple[Any, ...]:
        create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck GmbH")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        first = bought(session, 5)
        own = create_organisation(session, SYSTEM, name="Harbour Trading", country="GB").id
        with books_of(session, own):
            second = bought(session, 2)
            assert organisation(session).name == "Harbour Trading"
            there = ledger.now(session, Stock.worth, by=("item",))[0].amounts
        assert organisation_id(session) != own
        here = ledger.now(session, Stock.worth, by=("item",))[0].amounts
        return first, second, here["quantity"], here["value"], there["quantity"], there["value"], own

    first, second, *figures, own = proved(work)
    assert first == second  # each has a series of its own
    assert figures == [D(5), D(15), D(2), D(6)]

    def sell_three(session: Any) -> None:
        with books_of(session, own):
            sale = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, D(3), D(9), tax_rate=D(0))]))
            post(session, SYSTEM, [sale])

    refused(sell_three, NotEnoughStock)  # five lie there, and two are theirs
    refused(lambda s: create_organisation(s, SYSTEM, name="Harbour Trading", country="GB"), Conflict, field="name")
    refused(lambda s: create_organisation(s, SYSTEM, name=" ", country="GB"), Invalid, field="name")
    refused(lambda s: books_of(s, 99).__enter__(), NotFound)

    def seen_in(number: int) -> Any:
        from dataclasses import replace

        from app.company import actor_of

        enabled = frozenset(m.name for m in company.enabled)
        user = company.database.run(lambda s: actor_of(s, 1, enabled), actor=SYSTEM, write=False)
        with company.database.session(replace(user, organisation=number)) as session:
            return [d.organisation_id for d in session.scalars(select(Document))]

    assert [set(seen_in(number)) for number in (1, own)] == [{1}, {own}]
    assert company.database.run(lambda s: [o.name for o in own_organisations(s)][1:], actor=SYSTEM) == [
        "Harbour Trading"
    ]

    def undo(session: Any) -> None:
        with books_of(session, own):
            reverse(session, SYSTEM, session.scalars(select(Purchase).where(Purchase.organisation_id == own)).one())

    proved(undo)


def held(client: Any) -> set[str | None]:
    """What the list of items says is on hand."""
    return {row["on_hand"] for row in client.get("/api/v1/lists/warehouse.item").json["rows"]}


@pytest.mark.one_engine
def test_who_works_in_another_organisation_sees_nothing_of_the_first(house: Any, sign_in: Any) -> None:
    admin, maria = sign_in("admin"), sign_in("maria")
    page = admin.post(
        "/admin/organisations/new", data={"name": "Harbour Trading", "country": "GB"}, follow_redirects=True
    ).text
    assert "You work in the books of Harbour Trading now." in page
    before = maria.get("/api/v1/lists/trade.sale").json["rows"]
    assert before
    assert held(maria) - {"0", None}
    assert maria.get(f"/trade/sales/{before[0]['id']}").status_code == 200
    moved = maria.post("/organisations/work", data={"id": "2"}, follow_redirects=True).text
    assert "You work in the books of Harbour Trading now." in moved
    names = [x["name"] for x in maria.get("/api/v1/lists").json["lists"]]
    filled = {
        name for name in names if name not in _SHARED and (maria.get(f"/api/v1/lists/{name}").json or {}).get("rows")
    }
    assert filled == set()
    assert held(maria) <= {"0", None}
    assert {row["note"].split()[0] for row in maria.get("/lookup/goods?q=FA").json["rows"]} == {"0"}
    owed = maria.get("/api/v1/lists/contacts.analysis").json["rows"]
    assert {row[name] for row in owed for name in ("them", "us", "in", "out")} == {"0"}
    assert maria.get(f"/trade/sales/{before[0]['id']}").status_code == 404
    assert maria.post("/organisations/work", data={"id": "77"}).status_code == 404
    for address in ("/", "/overview", "/reports", "/trade/results", "/trade/taxes"):
        assert maria.get(address).status_code == 200, address
    maria.post("/organisations/work", data={"id": "1"})
    assert maria.get("/api/v1/lists/trade.sale").json["rows"] == before

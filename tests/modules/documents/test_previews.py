"""What a document that is dated back would change is shown before it is posted or corrected, and nothing of it is left."""

import html
import json
import re
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import Kind, Preview, correct, kind_of, locked, post, preview, save
from app.errors import PeriodClosed
from app.reference.operations import close_period
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse import recosting, stock
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Receipt, Recosting
from modules.warehouse.operations import create_item
from tests.kinds import land
from tests.rows import rows_of_all_tables


def day(number: int) -> datetime:
    return datetime(2026, 1, number, 9)


@pytest.fixture
def shop(company: Any) -> dict[str, int]:
    """Ten bolts at 4 came on the 5th, five were sold at 20 on the 10th; a draft says that ten more at 2 came on the 7th."""

    def work(session: Any) -> dict[str, int]:
        bolt = create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        buyer = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        first = save(session, SYSTEM, Receipt, received(bolt, 5, "10", "4"))
        post(session, SYSTEM, [first])
        line = TradeLineDraft(bolt, D(5), D(20))
        draft = TradeDraft(contact_id=buyer, place_id=FIRST_WAREHOUSE, currency="GBP", lines=[line], moment=day(10))
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        late = save(session, SYSTEM, Receipt, received(bolt, 7, "10", "2"))
        session.flush()
        return {"bolt": bolt, "first": first.id, "sale": sale.id, "late": late.id}

    return company.database.run(work, actor=SYSTEM)


def received(item: int, on: int, quantity: str, price: str) -> MovementDraft:
    lines = [MovementLineDraft(item, D(quantity), D(price))]
    return MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=day(on))


@pytest.fixture
def seen(company: Any) -> Any:
    """See what posting a draft, or an act, would change; no row of any table may have changed."""

    def run(what: int | Any, actor: Any = SYSTEM) -> Preview:
        def work(session: Any) -> Preview:
            def posted() -> Any:
                draft = locked(session, Receipt, what)
                post(session, actor, [draft])
                return draft

            return preview(session, actor, posted if isinstance(what, int) else lambda: what(session))

        before = company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
        found: Preview = company.database.run(work, actor=actor)
        assert company.database.run(rows_of_all_tables, actor=SYSTEM, write=False) == before
        return found

    return run


def part(found: Preview, title: str) -> list[dict[str, Any]]:
    return next((list(map(dict, p.rows)) for p in found.parts if p.title == title), [])


def test_costs_margins_and_stock_as_posting_would_leave_them(company: Any, shop: Any, seen: Any) -> None:
    found = seen(shop["late"])
    assert found.changes_others
    assert found.refusal is None
    (cost,) = part(found, "What other documents cost")
    assert (cost["document"][:2], cost["difference"], cost["booked"]) == (("trade.sale", shop["sale"]), D(-5), None)
    (margin,) = part(found, "What sales earn")
    assert (margin["revenue"], margin["before"], margin["after"]) == (100, 80, 85)
    (level,) = part(found, "What is in stock")
    assert (level["item"], level["before"], level["after"]) == ("BOLT Bolt", 5, 15)
    assert (level["lowest"], level["moment"], level["is_low"]) == (15, day(10), False)

    def posted(session: Any) -> list[Any]:
        post(session, SYSTEM, [locked(session, Receipt, shop["late"])])
        from modules.warehouse.queries import costs_of

        return list(costs_of(session, shop["sale"]).values())

    assert company.database.run(posted, actor=SYSTEM) == [D(15)]  # it was 20


def test_a_correction_says_what_it_changes(shop: Any, seen: Any) -> None:
    def corrected(session: Any) -> Receipt:
        document = locked(session, Receipt, shop["first"])
        correct(session, SYSTEM, document, received(shop["bolt"], 5, "8", "5"))
        return document

    found = seen(corrected)
    (cost,) = part(found, "What other documents cost")
    assert (cost["document"][1], cost["difference"]) == (shop["sale"], D(5))
    (level,) = part(found, "What is in stock")
    assert (level["before"], level["after"], level["lowest"]) == (5, 3, 3)


def test_what_contacts_owe_then(shop: Any, seen: Any) -> None:
    def sold(session: Any) -> Sale:
        draft = kind_of(Sale).draft_of(session.get(Sale, shop["sale"]))
        draft.operation_id, draft.moment = None, day(11)
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        return sale

    found = seen(sold)
    assert found.refusal is None
    (owed,) = part(found, "What contacts owe")
    assert (owed["contact"], owed["currency"], owed["before"], owed["after"]) == ("Bergen AS", "GBP", 100, 200)
    assert not found.changes_others


def test_what_we_owe_then(shop: Any, seen: Any) -> None:
    """Debts of ours stand below zero, before and afterwards."""

    def bought(session: Any) -> Purchase:
        purchase = save(
            session, SYSTEM, Purchase, TradeDraft(1, [TradeLineDraft(shop["bolt"], D(3), D(10))], moment=day(11))
        )
        post(session, SYSTEM, [purchase])
        return purchase

    (owed,) = part(seen(bought), "What contacts owe")
    assert (owed["contact"], owed["before"], owed["after"]) == ("Bergen AS", 100, 70)


def test_what_came_back_takes_off_what_sales_earn(company: Any, shop: Any, seen: Any) -> None:
    def back(session: Any) -> None:
        draft = TradeDraft(1, [TradeLineDraft(shop["bolt"], D(2), D(20))], moment=day(12))
        post(session, SYSTEM, [save(session, SYSTEM, SalesReturn, draft)])

    company.database.run(back, actor=SYSTEM)
    found = part(seen(shop["late"]), "What sales earn")
    assert [(x["document"][0], x["revenue"], x["before"], x["after"]) for x in found] == [
        ("trade.sale", 100, 80, 85),
        ("trade.sales_return", -40, -32, -34),
    ]


def test_a_refusal_is_what_posting_refuses(company: Any, shop: Any, seen: Any) -> None:
    def issued(session: Any) -> Issue:
        draft = MovementDraft([MovementLineDraft(shop["bolt"], D(6))], source_id=FIRST_WAREHOUSE, moment=day(6))
        issue = save(session, SYSTEM, Issue, draft)
        post(session, SYSTEM, [issue])
        return issue

    refusal = seen(issued).refusal
    assert isinstance(refusal, NotEnoughStock)
    assert "BOLT Bolt" in str(refusal)
    assert "1 short, 5 on hand on 10 Jan 2026" in str(refusal)
    company.database.run(
        lambda s: close_period(s, SYSTEM, until=date(2026, 1, 8), today=date(2026, 2, 1)), actor=SYSTEM
    )
    assert isinstance(seen(shop["late"]).refusal, PeriodClosed)


def test_what_lies_in_a_closed_period_is_booked_on_the_first_open_day(company: Any, shop: Any, seen: Any) -> None:
    """A cost that lands on goods of a closed period: what it makes dearer there is booked later."""
    company.database.run(
        lambda s: close_period(s, SYSTEM, until=date(2026, 1, 20), today=date(2026, 2, 1)), actor=SYSTEM
    )

    found = seen(lambda session: land(session, origin=(shop["first"], 1), value=D(10), moment=day(25)))
    (costs,) = (p for p in found.parts if p.title == "What other documents cost")
    (row,) = costs.rows
    assert (row["difference"], row["booked"]) == (D(5), date(2026, 1, 21))
    assert "1 document lies in a closed period" in str(costs.notes[0])


def test_what_would_be_left_to_a_job_is_said(
    company: Any, shop: Any, seen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recosting, "CHUNK", 1)

    def sells(session: Any) -> None:
        for on in (11, 12, 13):
            draft = kind_of(Sale).draft_of(session.get(Sale, shop["sale"]))
            draft.operation_id, draft.moment, draft.lines[0].quantity = None, day(on), D(1)
            post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])

    company.database.run(sells, actor=SYSTEM)
    (costs,) = (p for p in seen(shop["late"]).parts if p.title == "What other documents cost")
    assert "recalculated in the background" in str(costs.notes[0])
    left = company.database.run(lambda s: s.scalars(select(Recosting)).all(), actor=SYSTEM, write=False)
    assert left == []


def test_who_sees_no_cost_sees_what_becomes_of_the_stock(shop: Any, seen: Any, employ: Any) -> None:
    assert [str(p.title) for p in seen(shop["late"], employ("steve", "storekeeper")).parts] == ["What is in stock"]


def test_so_many_rows_and_the_rest_counted(company: Any, shop: Any, seen: Any, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr("app.documents.previews.MOST_SHOWN", 2)

    def sells(session: Any) -> None:
        for on in (11, 12, 13):
            draft = kind_of(Sale).draft_of(session.get(Sale, shop["sale"]))
            draft.operation_id, draft.moment, draft.lines[0].quantity = None, day(on), D(1)
            post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])

    company.database.run(sells, actor=SYSTEM)
    (costs,) = (p for p in seen(shop["late"]).parts if p.title == "What other documents cost")
    assert ([row["moment"] for row in costs.rows], costs.more) == ([day(10), day(11)], 2)


class Pages:
    """A signed-in browser."""

    def __init__(self, app: Any, company: Any) -> None:
        self.company, self.browser = company, app.test_client()
        self.browser.post("/login", data={"login": "admin", "password": "correct horse"})

    def rows(self) -> Any:
        """Of all tables, except for when somebody was last seen."""
        rows = self.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
        return {name: found for name, found in rows.items() if name not in ("core_login", "core_user")}

    def send(self, path: str, **form: str) -> Any:
        return self.browser.post(path, data=form)


@pytest.fixture
def pages(app: Any, company: Any) -> Pages:
    return Pages(app, company)


def state_of(company: Any, model: Any, document_id: int) -> str:
    return company.database.run(lambda s: s.get(model, document_id).state, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_a_draft_that_changes_others_is_shown_before_it_is_posted(shop: Any, pages: Pages, company: Any) -> None:
    address = f"/warehouse/receipts/{shop['late']}"
    assert "See what changes" in pages.browser.get(address).text
    before = pages.rows()
    for way in ("preview", "post"):
        shown = pages.send(f"{address}/{way}")
        assert shown.status_code == 200
        assert "What other documents cost" in shown.text
        assert pages.rows() == before
    assert pages.send(f"{address}/post", seen="1").status_code == 302
    assert state_of(company, Receipt, shop["late"]) == "posted"


def test_a_form_that_changes_others_is_shown_and_sent_again(shop: Any, pages: Pages, company: Any) -> None:
    lines = json.dumps([{"item_id": shop["bolt"], "quantity": "3", "price": "7"}])
    form = {"target_id": str(FIRST_WAREHOUSE), "lines": lines, "moment": "2026-01-06T10:00", "operation": "one"}
    before = pages.rows()
    shown = pages.send("/warehouse/receipts/new", **form, then="post")
    assert shown.status_code == 200
    assert "What sales earn" in shown.text
    assert pages.rows() == before
    again = {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text)
    }
    assert again["lines"] == lines
    assert "Back" in shown.text
    assert "2026-01-06T10:00" in pages.send("/warehouse/receipts/new", **{**again, "then": "change"}).text
    assert pages.send("/warehouse/receipts/new", **{**again, "then": "post"}).status_code == 302


def test_a_form_of_the_present_is_posted_at_once(shop: Any, pages: Pages) -> None:
    lines = json.dumps([{"item_id": shop["bolt"], "quantity": "3", "price": "7"}])
    form = {"target_id": str(FIRST_WAREHOUSE), "lines": lines, "moment": "", "operation": "two"}
    assert pages.send("/warehouse/receipts/new", **form, then="post").status_code == 302


def test_what_reaches_back_is_shown_even_of_the_present(shop: Any, pages: Pages, company: Any) -> None:
    """A freight of today lands on nails that came before, and were sold."""

    def work(session: Any) -> tuple[int, str, int]:
        nail = create_item(session, SYSTEM, code="NAIL", name="Nail").id
        freight = create_item(session, SYSTEM, code="FREIGHT", name="Freight", kind="service").id
        (partner,) = session.scalars(select(Sale.contact_id).where(Sale.id == shop["sale"]))
        number = ""
        for model in (Purchase, Sale):
            lines = [TradeLineDraft(nail, D(4), D(3))]
            bought = save(session, SYSTEM, model, TradeDraft(partner, lines, currency="GBP", place_id=FIRST_WAREHOUSE))
            post(session, SYSTEM, [bought])
            number = number or bought.number or ""
        return freight, number, partner

    freight, number, partner = company.database.run(work, actor=SYSTEM)
    form = {
        "contact_id": str(partner),
        "place_id": str(FIRST_WAREHOUSE),
        "currency": "GBP",
        "receipts": number,
        "basis": "value",
        "lines": json.dumps([{"item_id": freight, "quantity": "1", "price": "8"}]),
        "operation": "freight",
    }
    before = pages.rows()
    shown = pages.send("/trade/landed-costs/new", **form, then="post")
    assert shown.status_code == 200
    assert "What sales earn" in shown.text
    assert pages.rows() == before
    draft = pages.send("/trade/landed-costs/new", **form, then="save").headers["Location"]
    assert "What sales earn" in pages.send(f"{draft}/post").text
    assert pages.send(f"{draft}/post", seen="1").status_code == 302


#: what is given without a draft, on a page of its own (`tests.modules.trade.test_early_pages`)
WITHOUT_DRAFT = {"trade.supplier_discount"}


@pytest.mark.one_engine
def test_every_kind_that_reaches_back_has_a_page_of_what_it_changes(app: Any) -> None:
    """And no other kind can let a cost land on what came earlier."""
    reaching = {name for name, kind in Kind.declared.items() if kind.reaches_back and not name.startswith("test.")}
    shown = {name for name in reaching if f"{name}_preview" in app.view_functions}
    assert reaching - shown == WITHOUT_DRAFT
    assert shown == {"trade.landed_cost", "trade.supplier_invoice"}


def test_what_does_not_say_that_it_reaches_back_lets_no_cost_land(company: Any, shop: Any) -> None:
    def landed(session: Any) -> None:
        draft = save(session, SYSTEM, Receipt, received(shop["bolt"], 25, "1", "4"))
        post(session, SYSTEM, [draft], lambda posting, _d: stock.land(posting, draft, 1, origin=origin, value=D(1)))

    origin, before = (shop["first"], 1), company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    with pytest.raises(TypeError, match=r"warehouse.receipt lets .* declare"):
        company.database.run(landed, actor=SYSTEM)
    assert company.database.run(rows_of_all_tables, actor=SYSTEM, write=False) == before


def test_a_correction_is_shown_before_it_is_saved(shop: Any, pages: Pages, company: Any) -> None:
    address = f"/warehouse/receipts/{shop['first']}/edit"
    assert "See what changes" in pages.browser.get(address).text
    lines = json.dumps([{"item_id": shop["bolt"], "quantity": "10", "price": "6", "stored": 1}])
    form = {"target_id": str(FIRST_WAREHOUSE), "lines": lines, "moment": "2026-01-05T09:00", "version": "1"}
    before = pages.rows()
    for then in ("preview-correct", "correct"):
        shown = pages.send(address, **form, then=then)
        assert shown.status_code == 200
        assert "What other documents cost" in shown.text
        assert pages.rows() == before
    few = json.dumps([{"item_id": shop["bolt"], "quantity": "4", "price": "6", "stored": 1}])
    assert "Not enough in stock" in pages.send(address, **{**form, "lines": few}, then="preview-correct").text
    assert pages.send(address, **form, then="correct", seen="1").status_code == 302
    version = company.database.run(lambda s: s.get(Receipt, shop["first"]).version, actor=SYSTEM, write=False)
    assert version == 2


def test_whoever_may_not_post_sees_no_preview(app: Any, shop: Any, employ: Any) -> None:
    employ("sofia", "salesperson")
    browser = app.test_client()
    browser.post("/login", data={"login": "sofia", "password": "sofia-sample"})
    assert browser.post(f"/warehouse/receipts/{shop['late']}/preview").status_code == 403


def test_the_lines_that_fall_short_are_marked(shop: Any, pages: Pages) -> None:
    """All three take of the same."""
    lines = json.dumps([{"item_id": shop["bolt"], "quantity": quantity} for quantity in ("1", "9999", "9999")])
    form = {"source_id": str(FIRST_WAREHOUSE), "lines": lines, "moment": "", "operation": "short"}
    before = pages.rows()
    shown = html.unescape(pages.send("/warehouse/issues/new", **form, then="post").text)
    assert "Not enough in stock, nothing was posted. Line 1, 2, 3: " in shown
    assert 'href="#line-' not in shown  # what stands above says it already
    marked = json.loads(re.search(r"data-errors='?\"?(\{.*?\}\})", shown)[1])  # type: ignore[index]
    assert list(marked) == ["1", "2", "3"]
    assert all("Main warehouse" in cells["quantity"] for cells in marked.values())
    assert pages.rows() == before

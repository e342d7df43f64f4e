"""The trade's pages as people use them: returns and copies made of documents, a contact's documents, dates ahead."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, save
from app.security import SYSTEM, User
from modules.contacts.models import Contact
from modules.contacts.operations import record_payment
from modules.trade.drafts import SalesOrderDraft, TradeLineDraft
from modules.trade.models import CustomerRequest, Purchase, PurchaseReturn, Quote, Sale, SalesOrder, SalesReturn
from modules.trade.requests.kind import AskedLineDraft, RequestDraft
from modules.warehouse.models import Item

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def newest(app: Any, kind: Any) -> Any:
    def work(session: Any) -> tuple[Any, ...]:
        document = session.query(kind).order_by(kind.id.desc()).first()
        lines = [(x.item_id, x.quantity, x.price, x.discount, x.tax_rate) for x in document.lines]
        return document.id, document.contact_id, document.amount, document.state, lines

    return app.company.database.run(work, actor=SYSTEM, write=False)


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back."""
    fields = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    chosen = {
        name: value
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S)
        for value in re.findall(r'<option selected value="([^"]*)"', options)
    }
    text = {name: value.replace("&#34;", '"').replace("&quot;", '"') for name, value in {**fields, **chosen}.items()}
    if 'checked id="tax_included"' not in page and 'id="tax_included" checked' not in page:
        text.pop("tax_included", None)
    return text


def test_a_return_is_made_of_the_sale(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    sale_id, contact, amount, state, lines = newest(house, Sale)
    assert state == "posted"
    assert f"/trade/sales-returns/new?of={sale_id}" in admin.get(f"/trade/sales/{sale_id}").text
    address = f"/trade/sales-returns/new?of={sale_id}"
    answer = admin.post(address, data={**form_of(admin.get(address).text), "then": "post"})
    assert answer.status_code == 302, answer.text
    assert newest(house, SalesReturn)[1:] == (contact, amount, "posted", lines)


def test_more_coming_back_than_the_sale_had_is_refused_at_its_line(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    sale = house.company.database.run(
        lambda s: s.query(Sale).filter(Sale.state == "posted").order_by(Sale.id).first().id, actor=SYSTEM, write=False
    )
    address = f"/trade/sales-returns/new?of={sale}"
    form = form_of(admin.get(address).text)
    rows, before = json.loads(form["lines"]), newest(house, SalesReturn)
    more = str(int(rows[0]["quantity"]) + 1)
    sent = {**form, "lines": json.dumps([{**rows[0], "quantity": more}]), "then": "post"}
    assert f"Line 1: only {rows[0]['quantity']} is left" in admin.post(address, data=sent).text
    assert newest(house, SalesReturn) == before


def test_goods_are_sent_back_from_the_purchases_page(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    purchase = newest(house, Purchase)
    address = f"/trade/purchase-returns/new?of={purchase[0]}"
    assert address in admin.get(f"/trade/purchases/{purchase[0]}").text
    form = form_of(admin.get(address).text)
    rows = [{**row, "quantity": "1"} for row in json.loads(form["lines"])][:1]
    answer = admin.post(address, data={**form, "lines": json.dumps(rows), "then": "post"})
    assert answer.status_code == 302, answer.text
    back = newest(house, PurchaseReturn)
    assert (back[1], back[3], [line[1] for line in back[4]]) == (purchase[1], "posted", [1])
    assert back[2] == round(purchase[4][0][2] * (1 + purchase[4][0][4] / 100), 2)
    page = admin.get(f"/trade/purchases/{purchase[0]}").text
    assert "Before “Reverse”, reverse what was made from it: PR-000001." in page
    assert f'href="/trade/purchase-returns/{back[0]}"' in page


def test_a_copy_is_a_draft_of_today_and_the_original_stays(house: Any, sign_in: Any) -> None:
    admin, before = sign_in("admin"), newest(house, Sale)
    page = admin.get(f"/trade/sales/new?copy={before[0]}").text
    assert f'value="{wall_clock():%Y-%m-%dT}' in page
    assert admin.post("/trade/sales/new", data={**form_of(page), "then": "save"}).status_code == 302
    after = newest(house, Sale)
    assert after[0] != before[0]
    assert after[1:] == (before[1], before[2], "draft", before[4])


def test_nobody_copies_what_they_may_not_see(house: Any, sign_in: Any) -> None:
    def work(session: Any) -> tuple[int, int, int]:
        users = {user.login: user.id for user in session.query(User)}
        sofias, sams = (
            session.query(Sale).filter(Sale.responsible_id == users[login]).first().id for login in ("sofia", "sam")
        )
        return sofias, sams, session.query(Purchase).first().id

    sofias, sams, purchase = house.company.database.run(work, actor=SYSTEM, write=False)
    sam = sign_in("sam")
    for question in ("sales/new?copy", "sales-returns/new?of"):
        answers = [sam.get(f"/trade/{question}={number}").status_code for number in (sofias, purchase, sams)]
        assert answers == [404, 404, 200], question
    answers = [sign_in("bella").get(f"/trade/purchases/new?copy={n}").status_code for n in (sofias, sams, purchase)]
    assert answers == [404, 404, 200]


def test_a_date_ahead_is_reported(house: Any, sign_in: Any) -> None:
    admin, ahead = sign_in("admin"), wall_clock() + timedelta(days=40)
    data = {
        "contact_id": "1",
        "place_id": "100",
        "currency": "GBP",
        "moment": f"{ahead:%Y-%m-%dT%H:%M}",
        "lines": json.dumps([{"item_id": "1", "quantity": "1", "price": "1"}]),
        "then": "post",
    }
    answer = admin.post("/trade/purchases/new", data=data, follow_redirects=True)
    assert "Its date is in the future" in answer.text
    today = {**data, "moment": f"{wall_clock():%Y-%m-%dT%H:%M}"}
    assert "is in the future" not in admin.post("/trade/purchases/new", data=today, follow_redirects=True).text


def test_a_line_says_which_item_there_is_not(sign_in: Any) -> None:
    lines = json.dumps([{"item": "<b>NO-SUCH", "quantity": "1", "price": "1"}])
    answer = sign_in("admin").post("/trade/sales/new", data={"contact_id": "1", "lines": lines, "then": "save"})
    assert "Line 1: there is no “&lt;b&gt;NO-SUCH”. Choose from the list." in answer.text


def test_a_contacts_documents_are_a_tab_of_its_card(house: Any, sign_in: Any) -> None:
    contact = newest(house, Sale)[1]
    card = sign_in("admin").get(f"/contacts/{contact}").text
    assert f'href="/trade/contacts/{contact}"' in card
    page = sign_in("admin").get(f"/trade/contacts/{contact}").text
    assert 'aria-current="page"' in page
    assert "/trade/sales/" in page
    others = house.company.database.run(
        lambda s: [c.id for c in s.query(Contact) if c.responsible_id not in (None,)], actor=SYSTEM, write=False
    )
    answers = {sign_in("sam").get(f"/trade/contacts/{i}").status_code for i in others}
    assert answers <= {200, 404}
    assert 404 in answers


def test_documents_are_found_by_their_contacts_name_in_any_case(house: Any, sign_in: Any) -> None:
    def rename(session: Any) -> str:
        sale = session.query(Sale).filter(Sale.state == "posted").first()
        from modules.contacts.operations import change_contact

        change_contact(session, SYSTEM, session.get(Contact, sale.contact_id), name="Ёлка & Müller")
        return str(sale.number)

    number = house.company.database.run(rename, actor=SYSTEM)
    for text in ("ёлка", "MULLER", "müller"):
        assert number in sign_in("admin").get("/trade/sales", query_string={"q": text}).text, text


def test_a_list_is_narrowed_to_days_both_included(house: Any, sign_in: Any) -> None:
    def days(session: Any) -> list[Any]:
        return sorted(moment.date() for (moment,) in session.query(Sale.moment))

    moments = house.company.database.run(days, actor=SYSTEM, write=False)
    first, last = moments[len(moments) // 3], moments[len(moments) // 2]
    arguments = {"since": first.isoformat(), "until": last.isoformat(), "limit": 500}
    rows = sign_in("admin").get("/api/v1/lists/trade.sale", query_string=arguments).json["rows"]
    assert len(rows) == len([day for day in moments if first <= day <= last]) > 0


def test_a_landed_cost_is_proposed_the_tax_that_saving_would_fill_in(house: Any, sign_in: Any) -> None:
    def delivery(session: Any) -> tuple[int, int]:
        supplier = session.scalars(select(Contact.id).where(Contact.name == "Sheffield Fasteners plc")).one()
        return session.scalars(select(Item.id).where(Item.code == "DEL")).one(), supplier

    item, supplier = house.company.database.run(delivery, actor=SYSTEM)
    lines = json.dumps([{"item_id": item, "item": "DEL", "quantity": "1"}])
    said = {"contact_id": supplier, "currency": "GBP", "lines": lines}
    (line,) = sign_in("anna").post("/trade/landed-cost-proposal", data=said).json["lines"]
    assert (line["cells"]["tax_rate"], "price" in line["cells"]) == ("20", False)


def test_an_order_proposes_what_is_left_to_pay_and_nothing_once_it_is_paid(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")

    def order(session: Any) -> tuple[int, int]:
        contact = session.query(Contact).order_by(Contact.id).first().id
        lines = [TradeLineDraft(1, Decimal(1), Decimal(100), tax_rate=Decimal(20))]
        document = save(session, SYSTEM, SalesOrder, SalesOrderDraft(contact, lines, currency="GBP", reserves=False))
        post(session, SYSTEM, [document])
        return document.id, contact

    number, contact = house.company.database.run(order, actor=SYSTEM)

    def proposed() -> list[str]:
        page = admin.get(f"/trade/sales-orders/{number}").text
        return re.findall(r'href="/contacts/payments/new\?advance=[^"]*?amount=([\d.]+)', page)

    def pay(amount: str) -> None:
        house.company.database.run(
            lambda s: record_payment(
                s,
                SYSTEM,
                contact_id=contact,
                direction="in",
                amount=Decimal(amount),
                currency="GBP",
                advance_for=number,
            ),
            actor=SYSTEM,
        )

    assert [Decimal(x) for x in proposed()] == [120]
    pay("87.60")
    assert [Decimal(x) for x in proposed()] == [Decimal("32.40")]
    pay("32.40")
    assert proposed() == []


def test_a_quote_of_a_request_shows_the_taxes_with_which_it_is_saved(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")

    def ask(session: Any) -> int:
        contact = session.query(Contact).filter(Contact.country == "GB").order_by(Contact.id).first().id
        request = save(session, SYSTEM, CustomerRequest, RequestDraft(contact, [AskedLineDraft(1, Decimal(2))]))
        post(session, SYSTEM, [request])
        return request.id

    request = house.company.database.run(ask, actor=SYSTEM)
    address = f"/trade/quotes/new?of={request}"
    form = form_of(admin.get(address).text)
    shown = json.loads(form["lines"])[0]
    assert (shown["tax_rate"], shown["tax_code_id"], shown["own"].split()) == ("20", "1", ["tax_rate", "tax_code_id"])
    assert admin.post(address, data={**form, "then": "save"}).status_code == 302
    assert newest(house, Quote)[4][0][4] == 20

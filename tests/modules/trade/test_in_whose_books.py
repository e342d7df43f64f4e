"""What is made without a user, and what is made from another document, is written in the books of what it is made from."""

import re
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select

from app import ledger
from app.clock import wall_clock
from app.documents import Document, post, save
from app.errors import Invalid
from app.reference import organisation_id
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.answers.links import give_link, reader_by_secret
from modules.trade.answers.operations import answer_quote
from modules.trade.drafts import ChargeDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.expiring import release_expired
from modules.trade.models import (
    BuyingPolicy,
    GoodsReceipt,
    Purchase,
    PurchaseReturn,
    Quote,
    Sale,
    SalesOrder,
    SupplierInvoice,
)
from modules.trade.repeating import operations
from modules.trade.repeating.making import make_next
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

PARTNER, ANVIL, THERE = 1, 1, 2


@pytest.fixture
def firms(proved: Any) -> Any:
    """Two organisations, of which the second has ten anvils at 2.00."""

    def prepare(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", email="bergen@example.com")
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        in_theirs(session, Purchase, TradeDraft(PARTNER, lines(10, 2)))

    proved(prepare)
    return proved


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


def in_theirs(session: Any, model: Any, draft: Any) -> Any:
    with books_of(session, THERE):
        return made(session, model, draft)


def lines(quantity: Any, price: Any, origin: Any = None) -> list[TradeLineDraft]:
    return [TradeLineDraft(ANVIL, D(quantity), D(price), tax_rate=D(0), origin=origin)]


def kept(session: Any) -> list[D]:
    found = ledger.now(session, Stock.claims, by=("claim",), where={"item": ANVIL})
    return sorted(f.amounts["quantity"] for f in found if f.amounts["quantity"])


def test_jobs_and_answers_write_where_their_document_is(firms: Any, company: Any, app: Any) -> None:
    today = wall_clock().date()

    def prepare(session: Any) -> tuple[int, str, int]:
        sale = in_theirs(session, Sale, TradeDraft(PARTNER, lines(1, 5)))
        said = {"every": "week", "first": today + timedelta(days=1), "posts": True, "mails": True}
        repetition = operations.repeat(session, SYSTEM, sale.id, **said)
        quote = in_theirs(session, Quote, QuoteDraft(PARTNER, lines(2, 5), makes_order=True))
        secret = give_link(session, SYSTEM, quote, language="en")
        until = today + timedelta(days=1)
        order = in_theirs(session, SalesOrder, SalesOrderDraft(PARTNER, lines(7, 5), reserved_until=until))
        in_theirs(session, SalesOrder, SalesOrderDraft(PARTNER, lines(4, 5)))  # waits for two more
        session.get(SalesOrder, order.id).reserved_until = today - timedelta(days=1)
        tomorrow = wall_clock() + timedelta(days=1)
        made(session, Purchase, TradeDraft(PARTNER, lines(3, 2), moment=tomorrow))  # the first has none yet
        return repetition.id, str(secret), order.id

    repetition, secret, order = firms(prepare)

    def work(session: Any) -> None:
        assert release_expired(session, order) is True
        repeated = make_next(session, company, repetition, today + timedelta(days=1))
        answer_quote(session, reader_by_secret(session, secret), "accepted", name="Ann", text="", address="")
        ordered = session.scalars(select(SalesOrder).where(SalesOrder.state == "draft")).one()
        assert organisation_id(session) == 1  # as before
        assert [session.get(Document, each).organisation_id for each in (repeated, ordered.id)] == [THERE, THERE]
        with books_of(session, THERE):
            assert kept(session) == [4, 5]  # free, and of who waited for two more

    with app.test_request_context():
        firms(work)


def test_nothing_is_made_from_another_organisations_document(firms: Any, refused: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        receipt = made(session, GoodsReceipt, TradeDraft(PARTNER, lines(4, 2)))
        return receipt.id, made(session, Purchase, TradeDraft(PARTNER, lines(4, 2))).id

    receipt, purchase = firms(prepare)

    def charge(session: Any) -> None:
        in_theirs(session, SupplierInvoice, ChargeDraft(PARTNER, lines(4, 2, (receipt, 1))))

    def give_back(session: Any) -> None:
        in_theirs(session, PurchaseReturn, TradeDraft(PARTNER, lines(1, 2, (purchase, 1))))

    assert "in another organisation's books" in refused(charge, Invalid, field="lines")
    refused(give_back, Invalid, field="lines")


@pytest.mark.one_engine
def test_a_form_writes_in_the_books_in_which_it_was_opened(house: Any, sign_in: Any) -> None:
    sign_in("admin").post("/admin/organisations/new", data={"name": "Harbour Trading", "country": "GB"})
    maria = sign_in("maria")
    hidden = re.compile(r'name="(operation|opened_in)" value="(\w+)"')
    forms = {
        path: dict(hidden.findall(maria.get(path).text)) for path in ("/trade/quotes/new", "/contacts/payments/new")
    }
    assert {said["opened_in"] for said in forms.values()} == {"1"}
    maria.post("/organisations/work", data={"id": "2"})
    typed = {"contact_id": "1", "place_id": "100", "currency": "GBP", "lines-0-item_id": "1", "lines-0-quantity": "1"}
    for path, said in forms.items():
        answer = maria.post(
            path,
            data={
                **typed,
                **said,
                "lines-0-price": "5",
                "direction": "in",
                "amount": "5",
                "method": "bank",
                "moment": "2026-11-02T10:00",
                "is_more": "y",
            },
        )
        assert "This was opened in the books of" in answer.text, path
        assert 'name="opened_in" value="1"' in answer.text
    written = select(func.count(Document.id)).where(Document.organisation_id == THERE)
    assert house.company.database.run(lambda s: s.scalar(written), actor=SYSTEM, write=False) == 0


@pytest.mark.one_engine
def test_every_form_and_button_says_in_whose_books_it_was_opened(house: Any, sign_in: Any) -> None:
    sign_in("admin").post("/admin/organisations/new", data={"name": "Harbour Trading", "country": "GB"})
    admin = sign_in("admin")
    admin.post("/organisations/work", data={"id": "1"})
    page = admin.get("/trade/tax-codes").text
    # One field beside each token, as both come from one place (a test of templates holds them to it).
    assert page.count('name="csrf_token"') == page.count('name="opened_in" value="1"') > 0
    admin.post("/organisations/work", data={"id": "2"})
    said = {"price_percent": "3", "opened_in": "1"}
    answer = admin.post("/trade/tolerances", data=said)
    assert (answer.status_code, "This was opened in the books of" in answer.text) == (409, True)
    kept = select(func.count()).select_from(BuyingPolicy)
    assert house.company.database.run(lambda s: s.scalar(kept), actor=SYSTEM, write=False) == 0
    assert admin.post("/trade/tolerances", data={**said, "opened_in": "2"}).status_code == 302
    # What is one's own, such as the switch between organisations itself, is written wherever it was opened.
    assert admin.post("/organisations/work", data={"id": "1", "opened_in": "1"}).status_code == 302

"""Payments between own organisations: recorded on both sides once, settled with each other's documents, reversed together."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from threading import Event
from time import sleep
from typing import Any

import pytest

from app import ledger
from app.documents import Document, post, reverse, save
from app.errors import Conflict, Forbidden, Invalid
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.contacts.money.accounts import save_account
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import Settlements
from modules.contacts.settling import open_amount
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.intercompany.operations import made_side, make_other_side, save_own_contact
from modules.trade.intercompany.payments import accounts_for, make_payment_side, payment_side_to_make
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item, create_place
from tests.at_once import at_once

SUPPLIER, HOME, HARBOUR, CUSTOMER = 1, 2, 3, 4


def posted(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def owed(session: Any) -> dict[int, D]:
    found = {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("contact",))}
    return {contact: amount for contact, amount in found.items() if amount and contact != SUPPLIER}


@pytest.fixture
def firms(proved: Any) -> Any:
    """Home has sold Harbour four anvils for 20.00, and Harbour has bought them."""

    def prepare(session: Any) -> None:
        for name in ("Lübeck GmbH", "Home Ltd", "Harbour Trading", "Bergen AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_place(session, SYSTEM, code="HARB", name="Harbour store")
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        save_own_contact(session, SYSTEM, 1, contact_id=HOME, place_id=100, is_automatic=False)
        save_own_contact(session, SYSTEM, 2, contact_id=HARBOUR, place_id=101, is_automatic=False)
        posted(session, Purchase, TradeDraft(SUPPLIER, [TradeLineDraft(1, D(10), D(2), tax_rate=D(0))]))
        sale = posted(session, Sale, TradeDraft(HARBOUR, [TradeLineDraft(1, D(4), D(5), tax_rate=D(0))]))
        make_other_side(session, SYSTEM, sale)

    proved(prepare)
    return proved


def pair(session: Any) -> tuple[int, int]:
    """The sale and its purchase."""
    sale = session.query(Sale).one()
    side = made_side(session, sale.id)
    assert side is not None
    assert side.document_id is not None
    return sale.id, side.document_id


def pay(session: Any, amount: Any, **more: Any) -> int:
    """Harbour pays Home."""
    with books_of(session, 2):
        return int(record_payment(session, SYSTEM, contact_id=HOME, direction="out", amount=D(amount), **more).id)


def test_what_one_pays_the_other_receives_once(firms: Any, refused: Any) -> None:
    paid_id = firms(lambda s: pay(s, 26))  # 20 for the purchase, 6 in advance

    def make(session: Any) -> int:
        with books_of(session, 2) as there:
            nobody = replace(there, is_system=False)
            with pytest.raises(Forbidden):
                make_payment_side(session, nobody, paid_id)
            made = make_payment_side(session, SYSTEM, paid_id)
            assert make_payment_side(session, SYSTEM, paid_id) == made  # not twice
            assert payment_side_to_make(session, session.get(Payment, paid_id)) is None
        return made

    received_id = firms(make)

    def look(session: Any) -> None:
        received = session.get(Payment, received_id)
        assert (received.contact_id, received.direction, received.amount) == (HARBOUR, "in", D(26))
        assert owed(session) == {HARBOUR: D(-6)}
        sale_id, purchase_id = pair(session)
        assert open_amount(session, sale_id) == 0
        assert open_amount(session, received_id) == D(-6)
        with books_of(session, 2):
            assert owed(session) == {HOME: D(6)}
            assert received.moment == session.get(Payment, paid_id).moment
            assert open_amount(session, purchase_id) == 0

    firms(look)
    firms(lambda s: reverse(s, SYSTEM, s.get(Document, received_id)))  # and so is what was paid

    def undone(session: Any) -> None:
        assert owed(session) == {HARBOUR: D(20)}
        with books_of(session, 2):
            assert session.get(Payment, paid_id).state == "reversed"
            assert owed(session) == {HOME: D(-20)}

    firms(undone)


def test_cash_goes_by_the_others_bank_account_where_it_has_no_cash_desk(firms: Any, refused: Any) -> None:
    euros = firms(lambda s: save_account(s, SYSTEM, kind="bank", name="Euros", currency="EUR").id)
    paid_id = firms(lambda s: pay(s, 20, method="cash"))
    words = refused(lambda s: make_payment_side(s, SYSTEM, paid_id), Invalid)
    assert "has no account in GBP. Whoever keeps its cash and bank accounts can add one" in words
    bank = firms(lambda s: save_account(s, SYSTEM, kind="bank", name="Current", currency="GBP").id)

    def made(session: Any, payment_id: int) -> tuple[str, int | None]:
        other = session.get(Payment, make_payment_side(session, SYSTEM, payment_id))
        return other.method, other.account_id

    assert firms(lambda s: made(s, paid_id)) == ("bank", bank)
    desk = firms(lambda s: save_account(s, SYSTEM, kind="cash", name="Till", currency="GBP").id)
    assert firms(lambda s: made(s, pay(s, 3, method="cash"))) == ("cash", desk)
    assert firms(lambda s: made(s, pay(s, 4, method="card"))) == ("card", bank)
    assert firms(balances_of_accounts) == {desk: 3, bank: 24}
    assert euros not in firms(balances_of_accounts)


def test_what_the_other_has_recorded_already_is_linked_and_settles_no_more(firms: Any, refused: Any) -> None:
    paid_id = firms(lambda s: pay(s, 12))

    def receive(session: Any) -> int:
        when = session.get(Sale, pair(session)[0]).moment + timedelta(days=3)
        record: dict[str, Any] = {"contact_id": HARBOUR, "direction": "in", "moment": when}
        record_payment(session, SYSTEM, amount=D(11), **record)
        return int(record_payment(session, SYSTEM, amount=D(12), pays=(), **record).id)

    received_id = firms(receive)

    def make(session: Any) -> int:
        with books_of(session, 2):
            return make_payment_side(session, SYSTEM, paid_id, link_id=received_id)

    before = firms(owed)
    assert firms(make) == received_id
    assert firms(owed) == before  # nothing more is recorded
    other = firms(lambda s: record_payment(s, SYSTEM, contact_id=CUSTOMER, direction="in", amount=D(5)).id)
    refused(lambda s: make_payment_side(s, SYSTEM, other), Conflict)
    # a third payment settles what the two before have left open of the sale, and no more
    third = firms(lambda s: pay(s, 8))

    def make_third(session: Any) -> D:
        with books_of(session, 2):
            made = make_payment_side(session, SYSTEM, third)
        return open_amount(session, made)

    sale_left = firms(lambda s: open_amount(s, pair(s)[0]))
    assert sale_left == D(9)
    assert firms(make_third) == 0


def received(session: Any, days: int) -> int:
    """Home has 5.00 of Harbour's, so many days after the sale."""
    when = session.get(Sale, pair(session)[0]).moment + timedelta(days=days)
    record: dict[str, Any] = {"contact_id": HARBOUR, "direction": "in", "moment": when}
    return int(record_payment(session, SYSTEM, amount=D(5), **record).id)


def paid(session: Any, days: int) -> int:
    return pay(session, 5, moment=session.get(Sale, pair(session)[0]).moment + timedelta(days=days))


def test_of_equal_payments_every_week_each_is_offered_its_own_or_recorded_as_another(firms: Any) -> None:
    first, second, received_id = firms(lambda s: (paid(s, 0), paid(s, 7), received(s, 8)))

    def work(session: Any) -> None:
        with books_of(session, 2):

            def found(number: int) -> int | None:
                side = payment_side_to_make(session, session.get(Payment, number))
                assert side is not None
                return side.found_id

            assert (found(first), found(second)) == (None, received_id)
            made = make_payment_side(session, SYSTEM, second)  # that was another one
            assert made != received_id
            assert found(first) == received_id  # nobody's any more

    firms(work)


def test_what_is_to_be_linked_is_looked_at_again(firms: Any, refused: Any) -> None:
    paid_id, received_id, far = firms(lambda s: (paid(s, 0), received(s, 1), received(s, 3)))

    def link(session: Any, number: int) -> int:
        with books_of(session, 2):
            return make_payment_side(session, SYSTEM, paid_id, link_id=number)

    refused(lambda s: link(s, far), Conflict)  # not the one that was found
    firms(lambda s: reverse(s, SYSTEM, s.get(Document, received_id)))
    refused(lambda s: link(s, received_id), Conflict)
    assert firms(lambda s: link(s, far)) == far


def test_whoever_links_waits_for_whoever_reverses(firms: Any, company: Any) -> None:
    paid_id, received_id = firms(lambda s: (paid(s, 0), received(s, 1)))
    begun = Event()

    def undo(session: Any) -> None:
        reverse(session, SYSTEM, session.get(Document, received_id))
        begun.set()
        sleep(0.5)

    def link(session: Any) -> int:
        with books_of(session, 2):
            return make_payment_side(session, SYSTEM, paid_id, link_id=received_id)

    def link_then() -> int:
        assert begun.wait(20)
        return int(company.database.run(link, actor=SYSTEM))

    undone, linked = at_once(lambda: company.database.run(undo, actor=SYSTEM), link_then)
    assert undone is None
    assert isinstance(linked, Conflict)
    assert firms(lambda s: made_side(s, paid_id)) is None


def test_the_page_lets_one_choose_between_linking_and_recording_another(firms: Any, app: Any) -> None:
    paid_id, received_id = firms(lambda s: (paid(s, 0), received(s, 1)))
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    client.post("/organisations/work", data={"id": "2"})
    page = f"/trade/own-payments/{paid_id}"
    text = client.get(page).text
    assert "nothing more is recorded" in text
    assert "Record another payment" in text
    assert client.post(page, data={"link_id": "999"}).status_code == 200  # not among the choices
    assert firms(lambda s: made_side(s, paid_id)) is None
    assert client.post(page, data={"link_id": "0"}).status_code == 302
    assert firms(lambda s: made_side(s, paid_id).document_id) > received_id


def test_the_accounts_that_the_payment_goes_by_come_first_and_of_each_kind_the_main_one(firms: Any) -> None:
    def work(session: Any) -> list[str]:
        payment = session.get(Payment, pay(session, 4, method="bank"))
        side = payment_side_to_make(session, payment)
        assert side is not None
        for kind, name in (("cash", "Cash desk"), ("bank", "Main bank"), ("bank", "A second bank")):
            save_account(session, SYSTEM, kind=kind, currency="GBP", name=name)
        return [account.name for account in accounts_for(session, payment, side)]

    assert firms(work) == ["Main bank", "A second bank", "Cash desk"]

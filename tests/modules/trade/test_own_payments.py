"""Payments between own organisations: recorded on both sides once, settled with each other's documents, reversed together."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import Document, post, reverse, save
from app.errors import Conflict, Forbidden
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import Settlements
from modules.contacts.settling import open_amount
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.intercompany.operations import made_side, make_other_side, save_own_contact
from modules.trade.intercompany.payments import make_payment_side, payment_side_to_make
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item, create_place

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
            return make_payment_side(session, SYSTEM, paid_id)

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

"""Sales between own organisations: both sides are made and undone together, and their books mirror each other."""

from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.reference import organisation_id
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.intercompany.models import OtherSide
from modules.trade.intercompany.operations import make_other_side, other_side_of, save_own_contact
from modules.trade.intercompany.tables import between
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn
from modules.trade.returning import return_of
from modules.trade.taxes.register import Taxes
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.registers import Stock

SUPPLIER, HOME, HARBOUR, CUSTOMER = 1, 2, 3, 4
MAIN = 100


def posted(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def lines(quantity: Any, price: Any) -> list[TradeLineDraft]:
    return [TradeLineDraft(1, D(quantity), D(price), discount=D(10), tax_rate=D(20))]


@pytest.fixture
def firms(proved: Any) -> Any:
    """Two organisations; the first has ten anvils at 2.00."""

    def prepare(session: Any) -> None:
        for name in ("Lübeck GmbH", "Home Ltd", "Harbour Trading", "Bergen AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_place(session, SYSTEM, code="HARB", name="Harbour store")
        own = create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        assert own.id == 2
        posted(session, Purchase, TradeDraft(SUPPLIER, [TradeLineDraft(1, D(10), D(2), tax_rate=D(0))]))

    proved(prepare)
    return proved


def link(session: Any, *, is_automatic: bool = False) -> None:
    save_own_contact(session, SYSTEM, 1, contact_id=HOME, place_id=MAIN, is_automatic=False)
    save_own_contact(session, SYSTEM, 2, contact_id=HARBOUR, place_id=101, is_automatic=is_automatic)


def stands(session: Any) -> dict[str, Any]:
    """What the books of the present organisation say."""
    worth = {f.key[0]: tuple(f.amounts.values()) for f in ledger.now(session, Stock.worth, by=("pool",))}
    owed = {f.key[0]: f.amounts["amount"] for f in ledger.now(session, Settlements.balance, by=("contact",))}
    taxes = {f.key[0]: f.amounts["tax"] for f in ledger.now(session, Taxes.by_rate, by=("direction",))}
    return {"worth": worth, "owed": {k: v for k, v in owed.items() if v}, "taxes": taxes}


def test_both_sides_are_made_and_reversed_together(firms: Any, refused: Any) -> None:
    def sell(session: Any) -> int:
        return int(posted(session, Sale, TradeDraft(HARBOUR, lines(4, 5), place_id=MAIN)).id)

    sale_id = firms(sell)
    refused(lambda s: make_other_side(s, SYSTEM, s.get(Sale, sale_id)), Invalid)  # nobody said who Harbour is
    firms(link)
    before = firms(stands)

    def make(session: Any) -> dict[str, Any]:
        sale = session.get(Sale, sale_id)
        made = make_other_side(session, SYSTEM, sale)
        assert make_other_side(session, SYSTEM, sale) == made  # not twice
        assert organisation_id(session) == 1
        side = other_side_of(session, sale)
        assert side is not None
        assert (side.organisation, side.document_id) == ("Harbour Trading", made)
        with books_of(session, 2):
            purchase = session.get(Purchase, made)
            assert (purchase.supplier_number, purchase.supplier_day) == (sale.number, sale.moment.date())
            assert (purchase.net, purchase.tax, purchase.amount) == (sale.net, sale.tax, sale.amount)
            assert (purchase.contact_id, purchase.moment, purchase.due) == (HOME, sale.moment, sale.due)
            return stands(session)

    there = firms(make)
    assert firms(stands) == before  # its own books are as they were
    assert before["owed"][HARBOUR] == D("21.60")
    assert there == {"worth": {101: (D(4), D(18))}, "owed": {HOME: D("-21.60")}, "taxes": {"input": D("3.6")}}

    def rows(session: Any) -> list[Any]:
        table = between(session)
        query = table.source(session).add_columns(*(column.expression for column in table.columns))
        return [tuple(row) for row in session.execute(query)]

    ((*_, ours, theirs, difference),) = firms(rows)
    assert (ours, theirs, difference) == (D("21.6"), D("-21.6"), D(0))

    def fix(session: Any) -> None:
        sale = session.get(Sale, sale_id)
        correct(session, SYSTEM, sale, kind_of(sale).draft_of(sale))

    assert "Harbour Trading has PU-000001 for it" in refused(fix, Conflict)

    def use_up(session: Any) -> int:
        with books_of(session, 2):
            return int(posted(session, Sale, TradeDraft(CUSTOMER, lines(1, 9), place_id=101)).id)

    used = firms(use_up)
    refused(lambda s: reverse(s, SYSTEM, s.get(Sale, sale_id)), NotEnoughStock)  # the buyer has sold one of them on

    def undo(session: Any) -> None:
        with books_of(session, 2):
            reverse(session, SYSTEM, session.get(Sale, used))
            reverse(session, SYSTEM, session.scalars(select(Purchase).where(Purchase.contact_id == HOME)).one())

    firms(undo)  # from the buyer's side
    after = firms(stands)
    assert after["owed"] == {SUPPLIER: D(-20)}
    assert after["worth"] == {MAIN: (D(10), D(20))}
    assert firms(lambda s: s.get(Sale, sale_id).state) == "reversed"


def test_a_sale_is_bought_by_itself_and_comes_back_on_both_sides(firms: Any, refused: Any) -> None:
    def sell(session: Any) -> int:
        link(session, is_automatic=True)
        return int(posted(session, Sale, TradeDraft(HARBOUR, lines(4, 5))).id)

    sale_id = firms(sell)

    def use_oneself(session: Any) -> None:
        save_own_contact(session, SYSTEM, 1, contact_id=HOME, place_id=MAIN, is_automatic=True)
        sale = posted(session, Sale, TradeDraft(HOME, lines(1, 5)))  # of an organisation to itself: nobody else buys
        assert other_side_of(session, sale) is None
        reverse(session, SYSTEM, sale)

    firms(use_oneself)

    def give_back(session: Any) -> int:
        draft = return_of(session, session.get(Sale, sale_id))
        draft.lines[0].quantity = D(1)
        return int(posted(session, SalesReturn, draft).id)

    return_id = firms(give_back)

    def there(session: Any) -> Any:
        with books_of(session, 2):
            back = session.get(PurchaseReturn, session.get(OtherSide, return_id).other_id)
            assert back.origins == {1: (session.get(OtherSide, sale_id).other_id, 1)}
            return stands(session)

    assert firms(there)["owed"] == {HOME: D("-16.20")}
    assert firms(there)["worth"] == {101: (D(3), D("13.5"))}
    firms(lambda s: reverse(s, SYSTEM, s.get(SalesReturn, return_id)))
    firms(lambda s: reverse(s, SYSTEM, s.get(Sale, sale_id)))
    assert firms(there)["owed"] == {}
    refused(
        lambda s: save_own_contact(s, SYSTEM, 2, contact_id=HOME, place_id=101, is_automatic=False),
        Conflict,
        field="contact_id",
    )

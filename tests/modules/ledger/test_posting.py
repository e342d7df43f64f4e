"""What the ledger takes, and what it refuses whole."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import documents, ledger
from app.documents import locked, reverse
from app.errors import Conflict, PeriodClosed
from app.ledger import Shortage
from app.security import SYSTEM
from modules.contacts.operations import record_payment
from modules.trade.models import Purchase, Sale
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.models import FIRST_WAREHOUSE as MAIN
from modules.warehouse.registers import Stock
from tests import kinds

JANUARY, FEBRUARY = datetime(2026, 1, 5, 9), datetime(2026, 2, 5, 9)


def refused(shop: Any, error: type[Exception], work: Any) -> Any:
    """The work is refused with `error`, and nothing has changed."""
    before = shop.everything()
    with pytest.raises(error) as refusal:
        shop.do(work)
    assert shop.everything() == before
    return refusal.value


def post(shop: Any, kind: Any, lines: list, moment: datetime) -> Any:
    return lambda session: documents.post(session, SYSTEM, [shop.draft(session, kind, lines, moment)])


@pytest.mark.parametrize("day", [date(2026, 2, 5), date(2026, 3, 1)])
def test_a_closed_period_takes_nothing(shop: Any, day: date) -> None:
    shop.sql("UPDATE core_organisation SET closed_until = :day", day=day.isoformat())
    refused(shop, PeriodClosed, post(shop, Sale, [(0, "1", "2")], FEBRUARY))


def test_the_day_after_a_closed_period_is_open(shop: Any) -> None:
    shop.sql("UPDATE core_organisation SET closed_until = '2026-02-04'")
    shop.sell([(0, "1", "2")], datetime(2026, 2, 5))
    assert shop.scalar("SELECT count(*) FROM core_document WHERE kind = 'trade.sale'") == 1


def test_the_same_act_sent_twice_is_posted_once(shop: Any) -> None:
    def pay(session: Any) -> int:
        payment = record_payment(
            session, SYSTEM, contact_id=shop.contact, direction="in", amount=D("5"), operation_id="act-1"
        )
        return int(payment.id)

    first = shop.do(pay)
    after = shop.scalar("SELECT count(*) FROM contacts_settlements_entry")
    assert shop.do(pay) == first
    assert shop.scalar("SELECT count(*) FROM contacts_settlements_entry") == after


def test_a_posted_document_is_not_posted_again(shop: Any) -> None:
    sale = shop.sell([(0, "1", "2")])
    refused(shop, Conflict, lambda s: documents.post(s, SYSTEM, [documents.locked(s, Sale, sale)]))


def test_a_reversed_document_is_neither_posted_nor_reversed_again(shop: Any) -> None:
    sale = shop.sell([(0, "1", "2")])
    shop.do(lambda s: reverse(s, SYSTEM, locked(s, Sale, sale)))
    refused(shop, Conflict, lambda s: documents.post(s, SYSTEM, [documents.locked(s, Sale, sale)]))
    refused(shop, Conflict, lambda s: reverse(s, SYSTEM, locked(s, Sale, sale)))


def test_a_draft_read_before_another_posted_it_is_refused(shop: Any) -> None:
    """Whoever holds an old copy of a draft must not post it a second time, whether they have locked it or not."""

    def save(session: Any) -> int:
        document = shop.draft(session, Sale, [(0, "1", "2")])
        session.flush()
        return int(document.id)

    draft = shop.do(save)
    with shop.company.database.session(SYSTEM) as late:
        old = late.get(Sale, draft)
        late.expunge(old)
    shop.do(lambda s: documents.post(s, SYSTEM, [documents.locked(s, Sale, draft)]))

    def post_the_old_copy(session: Any) -> None:
        session.add(old)
        documents.post(session, SYSTEM, [old])

    refused(shop, Conflict, post_the_old_copy)


def test_more_than_there_is_is_refused_with_every_short_line(shop: Any) -> None:
    error = refused(shop, NotEnoughStock, post(shop, Sale, [(0, "11", "2"), (1, "10", "2"), (1, "3", "1")], FEBRUARY))
    assert error.short == {
        (shop.items[0], MAIN, 0): Shortage(D(1), FEBRUARY, D(10)),
        (shop.items[1], MAIN, 0): Shortage(D(3), FEBRUARY, D(10)),
    }


def test_goods_are_not_sold_before_they_came(shop: Any) -> None:
    refused(shop, NotEnoughStock, post(shop, Sale, [(0, "1", "2")], JANUARY))


def test_a_backdated_sale_must_leave_enough_for_the_later_ones(shop: Any) -> None:
    march = datetime(2026, 3, 1)
    shop.sell([(0, "8", "2")], march)
    shop.buy([(0, "100", "1")], datetime(2026, 4, 1))
    error = refused(shop, NotEnoughStock, post(shop, Sale, [(0, "3", "2")], FEBRUARY))
    assert error.short == {(shop.items[0], MAIN, 0): Shortage(D(1), march, D(2))}
    shop.sell([(0, "2", "2")], FEBRUARY)
    assert at_the_end(shop) == D(100)


def test_a_receipt_whose_goods_have_gone_on_is_not_reversed(shop: Any) -> None:
    later = shop.buy([(0, "5", "1")], datetime(2026, 2, 1))
    shop.sell([(0, "12", "2")], datetime(2026, 2, 2))
    shop.buy([(0, "50", "1")], datetime(2026, 2, 3))
    refused(shop, NotEnoughStock, lambda s: reverse(s, SYSTEM, locked(s, Purchase, later)))


def test_a_batch_is_looked_at_in_the_order_of_its_moments(shop: Any) -> None:
    """Goods received in a batch do not serve a sale of the same batch that is dated before them."""

    def work(session: Any) -> None:
        purchase = shop.draft(session, Purchase, [(0, "5", "1")], datetime(2026, 5, 10))
        sale = shop.draft(session, Sale, [(0, "15", "1")], datetime(2026, 5, 9))
        documents.post(session, SYSTEM, [purchase, sale])

    error = refused(shop, NotEnoughStock, work)
    assert error.short == {(shop.items[0], MAIN, 0): Shortage(D(5), datetime(2026, 5, 9), D(10))}


def test_a_batch_with_a_key_that_never_moved_is_looked_at_too(shop: Any) -> None:
    from modules.warehouse.operations import create_item

    shop.items.append(shop.do(lambda s: create_item(s, SYSTEM, code="C", name="C").id))

    def work(session: Any) -> None:
        purchase = shop.draft(session, Purchase, [(2, "5", "1")], datetime(2026, 5, 10))
        sale = shop.draft(session, Sale, [(2, "5", "1")], datetime(2026, 5, 9))
        documents.post(session, SYSTEM, [purchase, sale])

    refused(shop, NotEnoughStock, work)


def at_the_end(shop: Any) -> D:
    where = {"item": shop.items[0], "place": MAIN}
    (figure,) = shop.ask(lambda s: ledger.at(s, Stock.on_hand, date(2026, 12, 31), by=("item",), where=where))
    return D(figure.amounts["quantity"])


def test_a_number_from_elsewhere_that_looks_like_ours_is_not_given_again(shop: Any) -> None:
    def bring(session: Any) -> None:
        sale = shop.draft(session, Sale, [(0, "1", "2")], number="S-000002")
        documents.post(session, SYSTEM, [sale])

    shop.sell([(0, "1", "2")])
    shop.do(bring)
    shop.sell([(0, "1", "2")])
    numbers = (
        "SELECT group_concat(number, ' ')" if shop.company.database.is_sqlite else "SELECT string_agg(number, ' ')"
    )
    assert shop.scalar(f"{numbers} FROM core_document WHERE kind = 'trade.sale'").split() == [
        "S-000001",
        "S-000002",
        "S-000003",
    ]


def test_a_reversal_says_again_the_words_that_are_kept_and_sums_up_the_others(books: Any) -> None:
    said = [("own", 3, 5), ("given", 0, 7), ("corrected", 0, 2), ("given", 0, 1)]

    def move(posting: Any, posted: Any) -> None:
        for why, quantity, value in said:
            posting.add(
                books.registers.Flow, posted[0], 1, thing=1, bin=(-1, 1), quantity=quantity, value=value, why=why
            )

    def post(session: Any) -> int:
        document = kinds.draft(session, kinds.Shipment, None)
        kinds.post_by(session, document, move)
        return int(document.id)

    document = books.do(post)
    books.reverse(document)
    table = books.registers.Flow.entries.c
    entries = books.ask(lambda s: s.execute(select(table.why, table.quantity, table.value).order_by(table.id)).all())
    assert sorted(map(tuple, entries[len(said) :])) == [("given", 0, -8), ("reversed", -3, -7)]
    assert books.verify() == []

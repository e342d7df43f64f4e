"""Where people meet: many writers at once, each with a connection of their own."""

import multiprocessing
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.audit import verify as verify_audit
from app.company import Company
from app.config import Config
from app.documents import post, save
from app.errors import Conflict, PeriodClosed
from app.security import SYSTEM, Actor
from modules.contacts.operations import record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.models import FIRST_WAREHOUSE
from modules.warehouse.registers import Stock

WRITERS = 6


def together(work: Callable[[int], Any], writers: int = WRITERS) -> list[Any]:
    """Let `writers` threads begin `work` at the same moment; what each gives or raises."""
    barrier, answers = threading.Barrier(writers), [None] * writers

    def one(n: int) -> None:
        barrier.wait()
        try:
            answers[n] = work(n)
        except Exception as error:
            answers[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def proven(shop: Any) -> None:
    assert shop.ask(lambda s: [*ledger.verify(s), *verify_audit(s)]) == []


def left(shop: Any, item: int) -> D:
    where = {"item": shop.items[item], "place": FIRST_WAREHOUSE}
    (figure,) = shop.ask(lambda s: ledger.now(s, Stock.on_hand, by=(), where=where))
    return D(figure.amounts["quantity"])


def gapless(shop: Any, kind: str) -> None:
    numbers = shop.ask(
        lambda s: (
            s.connection().exec_driver_sql(f"SELECT number FROM core_document WHERE kind = '{kind}'").scalars().all()
        )
    )
    assert sorted(int(n.rpartition("-")[2]) for n in numbers) == list(range(1, len(numbers) + 1))


def test_the_last_pieces_are_sold_once(shop: Any) -> None:
    def sell(_n: int) -> int:
        sold = 0
        for _ in range(4):
            try:
                shop.sell([(0, "1", "2")])
                sold += 1
            except NotEnoughStock:
                pass
        return sold

    assert sum(together(sell)) == 10
    assert left(shop, 0) == 0
    gapless(shop, "trade.sale")
    proven(shop)


def test_sales_of_the_same_goods_in_opposite_order_all_go_through(shop: Any) -> None:
    shop.buy([(0, "100", "1"), (1, "100", "1")])

    def sell(n: int) -> None:
        for _ in range(5):
            shop.sell([(n % 2, "1", "2"), (1 - n % 2, "1", "2")])

    assert together(sell) == [None] * WRITERS
    assert (left(shop, 0), left(shop, 1)) == (D(80), D(80))
    gapless(shop, "trade.sale")
    proven(shop)


def test_what_locks_in_opposite_order_is_done_again_and_goes_through(shop: Any) -> None:
    """Two transactions that each post two documents, the other way round: the database ends one, the edge repeats it."""
    shop.buy([(0, "100", "1"), (1, "100", "1")])

    def sell(n: int) -> None:
        for _ in range(4):

            def work(session: Any) -> None:
                for item in (n % 2, 1 - n % 2):
                    sale = shop.draft(session, Sale, [(item, "1", "2")], number=None)
                    post(session, SYSTEM, [sale])

            shop.do(work)

    assert together(sell, 4) == [None] * 4
    assert (left(shop, 0), left(shop, 1)) == (D(94), D(94))
    proven(shop)


def test_a_draft_is_posted_once_however_many_press_the_button(shop: Any) -> None:
    def save(session: Any) -> int:
        document = shop.draft(session, Sale, [(0, "1", "2")])
        session.flush()
        return int(document.id)

    draft = shop.do(save)

    def press(_n: int) -> None:
        shop.do(lambda s: post(s, SYSTEM, [s.get(Sale, draft)]))

    answers = together(press)
    assert answers.count(None) == 1
    assert sum(isinstance(a, Conflict) for a in answers) == WRITERS - 1
    assert left(shop, 0) == D(9)
    proven(shop)


def test_the_same_act_sent_many_times_at_once_is_posted_once(shop: Any) -> None:
    def pay(_n: int) -> int:
        def work(session: Any) -> int:
            payment = record_payment(
                session, SYSTEM, contact_id=shop.contact, direction="in", amount=D("5"), operation_id="one act"
            )
            return int(payment.id)

        return int(shop.do(work))

    assert len(set(together(pay))) == 1
    assert shop.scalar("SELECT count(*) FROM core_document WHERE kind = 'contacts.payment'") == 1
    gapless(shop, "contacts.payment")
    proven(shop)


def test_someone_who_begins_their_audit_chain_twice_at_once_has_one_chain(shop: Any) -> None:
    actor = Actor(77, "Busy", is_system=True)

    def work(_n: int) -> None:
        from app.audit import record

        shop.company.database.run(lambda s: record(s, "contacts.contact.see"), actor=actor)

    assert together(work) == [None] * WRITERS
    assert shop.scalar("SELECT count(*) FROM core_audit WHERE chain = 77") == WRITERS
    proven(shop)


def test_nothing_slips_into_a_period_while_it_is_being_closed(shop: Any) -> None:
    def work(n: int) -> str:
        if n == 0:
            shop.sql("UPDATE core_organisation SET closed_until = '2026-02-28'")
            return "closed " + str(shop.scalar("SELECT count(*) FROM core_document WHERE kind = 'trade.sale'"))
        try:
            shop.sell([(0, "1", "2")], datetime(2026, 2, 28, 12))
        except PeriodClosed:
            return "refused"
        return "sold"

    answers = together(work)
    closed = next(int(a.split()[1]) for a in answers if a.startswith("closed"))
    assert answers.count("sold") == closed
    proven(shop)


def _sell_in_a_process(url: str, folder: str, contact: int, item: int) -> None:
    from pathlib import Path

    company = Company(Config(Path(folder), url, "tests"))
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM)
    sold = 0
    for _ in range(8):

        def work(session: Any) -> None:
            draft = TradeDraft(contact, [TradeLineDraft(item, D(1), D(2))], moment=datetime(2026, 2, 10))
            post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])

        try:
            company.database.run(work, actor=SYSTEM)
            sold += 1
        except NotEnoughStock:
            pass
    sys.exit(sold)


def test_processes_that_share_a_database_never_sell_what_is_not_there(shop: Any, tmp_path: Any) -> None:
    spawn = multiprocessing.get_context("spawn")
    arguments = (shop.company.database.url, str(tmp_path), shop.contact, shop.items[0])
    processes = [spawn.Process(target=_sell_in_a_process, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert sum(process.exitcode or 0 for process in processes) == 10
    assert left(shop, 0) == 0
    gapless(shop, "trade.sale")
    proven(shop)


@pytest.mark.parametrize("kind", ["trade.sale", "contacts.payment"])
def test_a_posting_undone_gives_its_number_back(shop: Any, kind: str) -> None:
    def work(session: Any) -> None:
        if kind == "trade.sale":
            sale = shop.draft(session, Sale, [(0, "1", "2")])
            post(session, SYSTEM, [sale])
        else:
            record_payment(session, SYSTEM, contact_id=shop.contact, direction="in", amount=D("5"))
        raise InterruptedError

    for _ in range(2):
        with pytest.raises(InterruptedError):
            shop.do(work)
    shop.sell([(0, "1", "2")])
    shop.do(lambda s: record_payment(s, SYSTEM, contact_id=shop.contact, direction="in", amount=D("5")))
    gapless(shop, kind)

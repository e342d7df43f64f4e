"""Goods are kept until a day, and for one order at a time, however many reserve and ship at once."""

import threading
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

from sqlalchemy import select

from app import ledger
from app.clock import wall_clock
from app.documents import post, save
from app.errors import Conflict
from app.notifications.models import Notification
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.expiring import expired_orders, release_expired
from modules.trade.models import Purchase, Sale, SalesOrder
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock

#: so many at once, on so many items of which there are so many pieces; each orders and ships so often
WRITERS, ITEMS, PIECES, ACTS = 32, 10, 12, 3


def _made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


def _line(item: int, quantity: int, **said: Any) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(5), tax_rate=D(0), **said)


def _stocked(session: Any, items: int, pieces: int) -> list[int]:
    create_contact(session, SYSTEM, kind="legal_entity", name="Bergen")
    made = [create_item(session, SYSTEM, code=f"I{n}", name=f"Item {n}").id for n in range(items)]
    _made(session, Purchase, TradeDraft(1, [_line(item, pieces) for item in made]))
    return made


def _kept(session: Any, item: int) -> dict[int, D]:
    """Claim → what it keeps of an item; 0: what is free."""
    found = ledger.now(session, Stock.claims, by=("claim",), where={"item": item})
    return {f.key[0]: f.amounts["quantity"] for f in found if f.amounts["quantity"]}


def test_what_is_kept_beyond_its_day_goes_to_who_waits(proved: Any, employ: Any) -> None:
    sam = employ("sam", "salesperson").user_id
    yesterday = wall_clock().date() - timedelta(days=1)

    def prepare(session: Any) -> tuple[int, int]:
        (item,) = _stocked(session, 1, 10)
        until = yesterday + timedelta(days=1)
        first = _made(
            session, SalesOrder, SalesOrderDraft(1, [_line(item, 8)], reserved_until=until, responsible_id=sam)
        )
        _made(session, SalesOrder, SalesOrderDraft(1, [_line(item, 5)]))
        return item, first.id

    item, first = proved(prepare)
    assert proved(lambda s: sorted(_kept(s, item).values())) == [2, 8]
    assert proved(expired_orders) == []

    def pass_the_day(session: Any) -> list[int]:
        session.get(SalesOrder, first).reserved_until = yesterday
        session.flush()
        return expired_orders(session)

    assert proved(pass_the_day) == [first]
    assert proved(lambda s: release_expired(s, first)) is True
    assert proved(lambda s: sorted(_kept(s, item).values())) == [5, 5]  # free, and of who waited for three more
    assert proved(expired_orders) == []
    assert proved(lambda s: release_expired(s, first)) is False
    texts = proved(lambda s: [n.user_id for n in s.scalars(select(Notification))])
    assert texts == [sam]


def test_thirty_two_who_reserve_and_ship_at_once_never_promise_twice(company: Any) -> None:
    database = company.database
    items = database.run(lambda s: _stocked(s, ITEMS, PIECES), actor=SYSTEM)
    barrier, failed, shipped = threading.Barrier(WRITERS), list[Exception](), [0] * ITEMS
    lock = threading.Lock()

    def order(n: int, act: int) -> tuple[int, list[int]]:
        own = [(n + act) % ITEMS, (n * 7 + act * 3 + 1) % ITEMS]
        own = own if own[0] != own[1] else own[:1]
        lines = [_line(items[i], 1) for i in own]
        made = database.run(lambda s: _made(s, SalesOrder, SalesOrderDraft(1, lines)).id, actor=SYSTEM)
        return int(made), own

    def ship(number: int, own: list[int]) -> None:
        lines = [_line(items[i], 1, origin=(number, line)) for line, i in enumerate(own, 1)]
        try:
            database.run(lambda s: _made(s, Sale, TradeDraft(1, lines)), actor=SYSTEM)
        except Conflict:
            return  # all of it is promised to others
        with lock:
            for i in own:
                shipped[i] += 1

    def write(n: int) -> None:
        barrier.wait()
        try:
            for act in range(ACTS):
                number, own = order(n, act)
                if n % 2:
                    ship(number, own)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(280)
    assert not any(thread.is_alive() for thread in threads)
    assert failed == []
    assert database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
    for i, item in enumerate(items):
        kept = database.run(lambda s, one=item: _kept(s, one), actor=SYSTEM, write=False)
        assert min(kept.values(), default=D(0)) >= 0
        assert sum(kept.values()) == PIECES - shipped[i], i

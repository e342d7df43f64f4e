"""The draft of a report that one button makes of what is to be reported of goods on commission."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.clock import wall_clock
from app.documents import Document, discard, post, reverse, save
from app.errors import Conflict, Forbidden, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.commission.kinds import CommissionMoveDraft
from modules.trade.commission.models import (
    GIVE,
    GIVEN,
    TAKE,
    TAKEN,
    AgentReport,
    CommissionMove,
    CommissionPlace,
    PrincipalReport,
)
from modules.trade.commission.prices import priced
from modules.trade.commission.registers import Consigned
from modules.trade.commission.reporting import _left, draft_report, to_report
from modules.trade.commission.sales import _since
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.operations import create_item
from tests.statements import counted

SUPPLIER, AGENT, PRINCIPAL, CUSTOMER = 1, 2, 3, 4


def posted(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def line(quantity: Any, price: Any, item: int = 1, **more: Any) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(price), tax_rate=D(20), **more)


def due(session: Any, direction: str) -> dict[int, dict[int, D]]:
    return {row.contact_id: dict(row.items) for row in to_report(session, direction)}


def said(document: Any) -> list[tuple[int, D, D, D]]:
    assert all(x.tax_rate == D(20) for x in document.lines)  # as they were sold, or given
    return [(x.item_id, x.quantity, x.price, x.discount) for x in document.lines]


@pytest.fixture
def shop(proved: Any) -> Any:
    """Twenty anvils and ten vices of ours, and ten anvils of a principal."""

    def prepare(session: Any) -> None:
        for name in ("Lübeck GmbH", "Agent AS", "Principal Oy", "Bergen AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        create_item(session, SYSTEM, code="VICE", name="Vice")
        posted(session, Purchase, TradeDraft(SUPPLIER, [line(20, 2), line(10, 3, 2)]))
        posted(session, CommissionMove, CommissionMoveDraft(PRINCIPAL, [line(10, 9)], way=TAKE))

    proved(prepare)
    return proved


def test_what_was_sold_of_a_principals_goods_is_reported_once(shop: Any, refused: Any) -> None:
    assert shop(lambda s: due(s, TAKEN)) == {}
    refused(lambda s: draft_report(s, SYSTEM, TAKEN, PRINCIPAL), Conflict)
    refused(lambda s: draft_report(s, SYSTEM, TAKEN, CUSTOMER), Conflict)

    def sell(session: Any, *lines: TradeLineDraft, **more: Any) -> int:
        place = session.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id
        return posted(session, Sale, TradeDraft(CUSTOMER, list(lines), place_id=place, **more))

    shop(lambda s: sell(s, line(2, 10)))
    shop(lambda s: posted(s, PrincipalReport, TradeDraft(PRINCIPAL, [line(1, 10, discount=D(15))])))
    sold = shop(lambda s: sell(s, line(3, 12, discount=D(50)), line(1, 10)))
    shop(lambda s: posted(s, SalesReturn, TradeDraft(CUSTOMER, [line(1, 6, origin=(sold, 1))], place_id=101)))
    # two and four went out, one came back to the principal's place, one is reported
    assert shop(lambda s: due(s, TAKEN)) == {PRINCIPAL: {1: D(4)}}

    def make(session: Any) -> Any:
        draft = draft_report(session, SYSTEM, TAKEN, PRINCIPAL)
        assert draft_report(session, SYSTEM, TAKEN, PRINCIPAL) is draft  # the second click opens it
        return draft.id, draft.state, said(draft)

    draft_id, state, lines = shop(make)
    # the last sold: three at half of 12, and one at 10; with the commission of the report before
    assert (state, sorted(lines)) == ("draft", [(1, D(1), D(10), D(15)), (1, D(3), D(6), D(15))])
    shop(lambda s: post(s, SYSTEM, [s.get(Document, draft_id)]))
    assert shop(lambda s: due(s, TAKEN)) == {}
    refused(lambda s: draft_report(s, SYSTEM, TAKEN, PRINCIPAL), Conflict)
    shop(lambda s: reverse(s, SYSTEM, s.get(Document, draft_id)))
    assert shop(lambda s: due(s, TAKEN)) == {PRINCIPAL: {1: D(4)}}


def test_what_is_to_be_reported_is_found_by_totals_and_the_latest_sales(shop: Any) -> None:
    today = wall_clock()

    def sell(session: Any, quantity: int, price: int, days: int) -> int:
        place = session.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id
        moment = today - timedelta(days=days)
        return posted(session, Sale, TradeDraft(CUSTOMER, [line(quantity, price)], place_id=place, moment=moment))

    def take(session: Any) -> None:
        early = CommissionMoveDraft(PRINCIPAL, [line(10, 9)], way=TAKE, moment=today - timedelta(days=400))
        posted(session, CommissionMove, early)

    shop(take)
    old = shop(lambda s: [sell(s, 1, 10, 300), sell(s, 2, 11, 200)])
    shop(lambda s: posted(s, PrincipalReport, TradeDraft(PRINCIPAL, [line(2, 11)])))
    shop(lambda s: sell(s, 3, 12, 0))

    def look(session: Any) -> None:
        assert due(session, TAKEN) == {PRINCIPAL: {1: D(4)}}
        begins = {wanted: _since(session, PRINCIPAL, {1: D(wanted)}) for wanted in (3, 4, 99)}
        days = {3: 0, 4: 200, 99: 300}
        month = {wanted: (today - timedelta(days=n)).date().replace(day=1) for wanted, n in days.items()}
        assert {wanted: moment.date() for wanted, moment in begins.items()} == month
        with counted(session) as statements:
            _left(session, TAKEN)
            priced(session, TAKEN, PRINCIPAL, {1: D(3)})
        of_sales = [text for text in statements if "trade_line" in text and "latest" in text]
        assert len(of_sales) == 1
        assert sum("trade_line" in text for text in statements) == 2, "besides, the last report"
        if session.get_bind().dialect.name == "sqlite":
            rows = session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {of_sales[0]}", (1,) * of_sales[0].count("?")
            )
            plan = [row[-1] for row in rows]
            key = "ix_trade_consigned_entry_key (organisation_id=? AND item_id=? AND contact_id=? AND moment>?)"
            assert any(key in step for step in plan), plan
            assert not any(
                "trade_line" in step and "PRIMARY" not in step and "autoindex" not in step for step in plan
            ), plan

    shop(look)
    assert shop(lambda s: sorted(said(draft_report(s, SYSTEM, TAKEN, PRINCIPAL)))) == [
        (1, D(1), D(11), D(0)),
        (1, D(3), D(12), D(0)),
    ]
    shop(lambda s: reverse(s, SYSTEM, s.get(Document, old[0])))
    assert shop(lambda s: due(s, TAKEN)) == {PRINCIPAL: {1: D(3)}}


def test_sales_before_there_was_their_register_are_entered_once(shop: Any) -> None:
    def sell(session: Any) -> tuple[int, int]:
        place = session.get(CommissionPlace, (PRINCIPAL, TAKEN)).place_id
        sold = posted(session, Sale, TradeDraft(CUSTOMER, [line(3, 10)], place_id=place))
        back = TradeDraft(CUSTOMER, [line(1, 10, origin=(sold, 1))], place_id=place)
        return sold, posted(session, SalesReturn, back)

    sold, back = shop(sell)
    columns = [c for c in Consigned.entries.c if c.name != "id"]

    def entered(session: Any) -> list[Any]:
        return [tuple(row) for row in session.connection().execute(select(*columns).order_by(columns[1]))]

    def again(session: Any) -> None:
        before = entered(session)
        assert [row[columns.index(Consigned.entries.c.document_id)] for row in before] == [sold, back]
        connection = session.connection()
        connection.execute(delete(Consigned.entries))
        Consigned.enter_past(connection)
        Consigned.enter_past(connection)
        assert entered(session) == before

    shop(again)


def test_what_is_with_an_agent_is_proposed_for_their_report(shop: Any, refused: Any) -> None:
    both = [line(6, 9), line(4, 20, 2)]
    shop(lambda s: posted(s, CommissionMove, CommissionMoveDraft(AGENT, both, way=GIVE)))
    shop(lambda s: posted(s, AgentReport, TradeDraft(AGENT, [line(2, 11, discount=D(10))])))
    assert shop(lambda s: due(s, GIVEN)) == {AGENT: {1: D(4), 2: D(4)}}
    lines = shop(lambda s: said(draft_report(s, SYSTEM, GIVEN, AGENT)))
    # at the price of the last report, or the one at which it was given
    assert sorted(lines) == [(1, D(4), D(11), D(10)), (2, D(4), D(20), D(10))]
    (row,) = shop(lambda s: to_report(s, GIVEN))
    shop(lambda s: discard(s, SYSTEM, s.get(Document, row.draft_id)))
    assert shop(lambda s: to_report(s, GIVEN))[0].draft_id is None
    nobody = replace(SYSTEM, is_system=False)
    refused(lambda s: draft_report(s, nobody, GIVEN, AGENT), Forbidden)
    refused(lambda s: draft_report(s, SYSTEM, GIVEN, 999), NotFound)

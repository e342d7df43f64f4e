"""Modules are called before and after documents are posted, all together and in the transaction; an error aborts it all."""

from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select

from app.documents import correct, kind_of, post, save
from app.errors import Conflict
from app.security import SYSTEM
from modules.trade import hooks as of_trade
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.registers import Sales
from tests.statements import counted


def entries_of(session: Any, documents: Any) -> int:
    e = Sales.entries.c
    query = select(func.count()).select_from(Sales.entries).where(e.document_id.in_([d.id for d in documents]))
    return int(session.connection().execute(query).scalar_one())


def sell(shop: Any, session: Any, count: int = 2) -> list[Any]:
    lines = [TradeLineDraft(shop.items[0], D(1), D(2))]
    # Dated, as one of the present moment is moved on when a second passes before it is posted.
    draft = TradeDraft(shop.contact, lines, moment=datetime(2026, 6, 1, 12))
    sales = [save(session, SYSTEM, Sale, draft) for _ in range(count)]
    post(session, SYSTEM, sales)
    return sales


def test_all_are_called_together_before_and_after_their_entries(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    for name in ("document_posting", "document_posted"):

        def hear(session: Any, actor: Any, documents: Any, name: str = name) -> None:
            heard.append((name, actor, [d.number for d in documents], {d.state for d in documents}))
            heard.append(entries_of(session, documents))

        monkeypatch.setattr(of_trade, name, hear, raising=False)
    numbers = shop.do(lambda session: [s.number for s in sell(shop, session)])
    assert heard == [
        ("document_posting", SYSTEM, numbers, {"posted"}),
        0,
        ("document_posted", SYSTEM, numbers, {"posted"}),
        2,
    ]


@pytest.mark.parametrize("name", ["document_posting", "document_posted"])
def test_an_error_aborts_the_posting_and_nothing_has_changed(
    shop: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(session: Any, actor: Any, documents: Any) -> None:
        raise Conflict("not today")

    monkeypatch.setattr(of_trade, name, refuse, raising=False)
    before = shop.everything()
    with pytest.raises(Conflict, match="not today"):
        shop.do(lambda session: sell(shop, session))
    assert shop.everything() == before


def test_a_correction_posts_nothing(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sale = shop.sell([(0, "1", "2")])
    heard: list[str] = []
    monkeypatch.setattr(of_trade, "document_posted", lambda *_: heard.append("posted"), raising=False)
    monkeypatch.setattr(of_trade, "document_corrected", lambda *_: heard.append("corrected"), raising=False)

    def work(session: Any) -> None:
        document = session.get(Sale, sale)
        draft = kind_of(document).draft_of(document)
        draft.note = "otherwise"
        correct(session, SYSTEM, document, draft)

    shop.do(work)
    assert heard == ["corrected"]


def test_nobody_who_listens_costs_no_statement(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def statements(session: Any) -> int:
        sell(shop, session)
        with counted(session) as found:
            sell(shop, session)
        return len(found)

    nobody = shop.do(statements)
    for name in ("document_posting", "document_posted"):
        monkeypatch.setattr(of_trade, name, lambda *_: None, raising=False)
    assert shop.do(statements) == nobody

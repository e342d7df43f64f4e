"""Drafts: whose they are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.documents import save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


def sale_of(session: Any, actor: Any, price: int, *, document: Any = None, **fields: Any) -> Sale:
    """A draft sale of one piece to the first contact, or what `document` is changed to."""
    line = TradeLineDraft(1, Decimal(1), Decimal(price))
    made = save(session, actor, Sale, TradeDraft(1, [line], **fields), document=document)
    session.flush()
    return made


def test_whoever_changes_a_draft_does_not_take_it_away_from_whose_it_is(
    company: Any, employ: Callable[..., Any]
) -> None:
    sam, mary = employ("sam", "salesperson"), employ("mary", "manager")

    def prepare(session: Any) -> int:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", responsible_id=sam.user_id)
        return sale_of(session, SYSTEM, 5, responsible_id=sam.user_id).id

    def change(session: Any) -> tuple[Any, ...]:
        changed = sale_of(session, mary, 7, document=session.get(Sale, sale_id))
        return changed.responsible_id, changed.amount

    sale_id = company.database.run(prepare, actor=SYSTEM)
    assert company.database.run(change, actor=mary) == (sam.user_id, 7)
    assert company.database.run(lambda s: s.get(Sale, sale_id).amount, actor=sam, write=False) == 7

"""A statement's lines name their documents as far as these are open to whoever reads it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

from app import ledger
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.registers import Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item


def test_of_documents_that_are_not_ones_own_a_statement_shows_number_and_figures_alone(
    company: Any, employ: Any
) -> None:
    anna, sam = employ("anna", "accountant"), employ("sam", "salesperson")

    def work(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Advice", kind="service").id
        contact = create_contact(session, SYSTEM, kind="individual", name="Otto", responsible_id=anna.user_id).id
        for owner, price in ((sam.user_id, "3"), (anna.user_id, "5")):
            draft = TradeDraft(contact, [TradeLineDraft(item, D(1), D(price))], moment=datetime(2026, 3, 2, 10))
            draft.responsible_id = owner
            post(session, SYSTEM, [save(session, SYSTEM, Sale, draft)])
        return contact

    contact = company.database.run(work, actor=SYSTEM)

    def lines(actor: Any) -> list[Any]:
        def ask(session: Any) -> Any:
            days = date(2026, 3, 1), date(2026, 3, 31)
            return ledger.statement(session, Settlements.balance, *days, where={"contact": contact})

        found = company.database.run(ask, actor=actor, write=False).lines
        return [(x.kind, x.number[-1], x.summary, x.is_open, x.amounts["amount"]) for x in found]

    own, others = ("trade.sale", "1", "Otto", True, D(3)), ("trade.sale", "2", "Otto", True, D(5))
    assert lines(SYSTEM) == lines(anna) == [own, others]
    everybodys = replace(sam, scopes={**sam.scopes, "contacts.contact": "all"})
    assert lines(everybodys) == [own, ("trade.sale", "2", "", False, D(5))]

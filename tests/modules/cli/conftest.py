"""Commands as they are typed, against a real company on both engines."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse import operations as warehouse
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening
from tests.commands import Tell, teller


@pytest.fixture
def tell(config: Any, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run a command for the test's company: trade edition, GBP, one administrator."""
    return teller(config.data_dir, config.database_url, monkeypatch)


@pytest.fixture
def tell_nobody(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run a command where there is no company yet."""
    return teller(tmp_path, empty_url, monkeypatch)


@pytest.fixture
def traded(company: Any) -> None:
    """Ten bolts that were there at 1.50, four sold to B-1 at 2.50 with 20 per cent on top, and 5.25 paid."""

    def work(session: Any) -> None:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen Joinery AS", code="B-1").id
        item = warehouse.create_item(session, SYSTEM, code="BOLT", name="Bolt").id
        line = MovementLineDraft(item, Decimal(10), Decimal("1.5"))
        draft = MovementDraft([line], target_id=100, moment=datetime(2026, 1, 1, 8))
        opening = save(session, SYSTEM, Opening, draft)
        post(session, SYSTEM, [opening])
        lines = [TradeLineDraft(item, Decimal(4), Decimal("2.5"), tax_rate=Decimal(20))]
        sale = save(session, SYSTEM, Sale, TradeDraft(contact, lines, moment=datetime(2026, 2, 10, 12, 30)))
        post(session, SYSTEM, [sale])
        record_payment(
            session,
            SYSTEM,
            contact_id=contact,
            direction="in",
            amount=Decimal("5.25"),
            moment=datetime(2026, 3, 1, 9),
        )

    company.database.run(work, actor=SYSTEM)

"""Commands as they are typed, against a real company on both engines."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact, record_payment
from modules.trade.kinds import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse import operations as warehouse
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Opening


@dataclass(frozen=True)
class Outcome:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of `--json`, which came without a word on the side."""
        assert (self.code, self.err) == (0, ""), self
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line that a refusal prints, and nothing else."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("kontor: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("kontor: ").rstrip("\n")


Tell = Callable[..., Outcome]


def _teller(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Tell:
    monkeypatch.setenv("KONTOR_DATABASE_URL", url)
    monkeypatch.setenv("KONTOR_DATA_DIR", str(folder))
    # Both are of the whole process, which here goes on after the command.
    monkeypatch.setattr("app.logs.configure", lambda: None)
    monkeypatch.setattr("os.umask", lambda _mask: 0)

    def tell(*arguments: str, stdin: str = "") -> Outcome:
        monkeypatch.setattr("sys.argv", ["kontor", *arguments])
        with CliRunner().isolation(input=stdin) as (out, err, _both):
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
            else:
                code = 0
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    return tell


@pytest.fixture
def tell(config: Any, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run a command for the test's company: trade edition, GBP, one administrator."""
    return _teller(config.data_dir, config.database_url, monkeypatch)


@pytest.fixture
def tell_nobody(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Run a command where there is no company yet."""
    return _teller(tmp_path, empty_url, monkeypatch)


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

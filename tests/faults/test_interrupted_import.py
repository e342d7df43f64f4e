"""An import that is killed leaves whole documents only, and one started again ends where an undisturbed one would."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.audit import verify as verify_audit
from app.documents import post, save
from app.errors import Invalid
from app.importing import Progress, run_import
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.imports import posting
from modules.trade.models import Sale
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.models import FIRST_WAREHOUSE, Item
from modules.warehouse.registers import Stock

_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
#: Papers in a transaction: the program's own would take a file of thousands of rows to be some transactions long.
_PAPERS = 20
_COMMAND = (
    f"import sys; from modules.trade.imports import posting; posting.PAPERS = {_PAPERS}; "
    "from app.cli import main; sys.argv[0] = 'kontor'; main()"
)


def _sheet(path: Path, invoices: int) -> Path:
    """Sales of twelve rows, some returned, some goods lost."""
    rows = [_HEADER]
    for n in range(invoices):
        at = datetime(2010, 12, 1) + timedelta(minutes=n)
        number, sign, price = (f"C{536000 + n}", -1, "1.25") if n % 7 == 3 else (str(536000 + n), 1, "1.25")
        if n % 11 == 5:
            number, sign, price = str(536000 + n), -1, "0"
        rows += [
            f"{number},I{(n * k) % 97},,{sign * k},{at:%Y-%m-%d %H:%M},{price},{n % 30},EIRE" for k in range(1, 13)
        ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_an_import_that_was_killed_resumes(company: Any, config: Any, tmp_path: Path) -> None:
    path = _sheet(tmp_path / "sales.csv", 15 * _PAPERS)
    environment = {**os.environ, "KONTOR_DATABASE_URL": config.database_url, "KONTOR_DATA_DIR": str(config.data_dir)}
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "import", "trade.sales", str(path), "--preset", "online_retail"],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("posting:"):
            process.send_signal(signal.SIGKILL)
            break
    process.stderr.close()
    assert process.wait() == -signal.SIGKILL

    def proven(session: Any) -> Any:
        assert [*ledger.verify(session), *verify_audit(session)] == []
        return ledger.totals_of(session)

    halfway = company.database.run(proven, actor=SYSTEM, write=False)
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    whole = company.database.run(proven, actor=SYSTEM, write=False)
    lines = sum(n for kind, n in report.created.items() if kind.endswith("_line"))
    assert 0 < halfway["trade.sales"]["revenue"] < whole["trade.sales"]["revenue"]
    assert halfway["trade.sales"]["revenue"] + report.control.amount_posted == whole["trade.sales"]["revenue"]
    assert whole["trade.sales"]["revenue"] == report.control.amount_in_file
    # The opening stock that the first run posted is enough for all: none is posted twice.
    assert "warehouse.opening" not in report.created
    assert lines + len(report.skipped) == report.rows_read
    assert {s.reason for s in report.skipped} == {"already imported"}


def test_goods_that_somebody_sells_meanwhile_stop_the_import_and_it_goes_on_when_started_again(
    company: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PAPERS", _PAPERS)
    path = _sheet(tmp_path / "sales.csv", 5 * _PAPERS)

    def sell_everything(session: Any) -> None:
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Quick Ltd").id
        item = session.scalars(select(Item.id).where(Item.code == "I1")).one()
        held = ledger.now(session, Stock.on_hand, by=("item",), where={"item": item, "place": FIRST_WAREHOUSE})
        lines = [TradeLineDraft(item, held[0].amounts["quantity"], Decimal(2))]
        post(session, SYSTEM, [save(session, SYSTEM, Sale, TradeDraft(customer, lines))])

    sold = []

    def meanwhile(progress: Progress) -> None:
        if progress.stage == "posting" and not sold:
            sold.append(company.database.run(sell_everything, actor=SYSTEM))

    with pytest.raises(NotEnoughStock, match="I1"):
        run_import(company, SYSTEM, "trade.sales", [path], "online_retail", on_progress=meanwhile)
    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert report.is_whole
    assert report.created["warehouse.opening"] == 1  # what was sold away
    assert company.database.run(lambda s: [*ledger.verify(s)], actor=SYSTEM, write=False) == []
    again = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
    assert not again.created
    assert len(again.skipped) == again.rows_read == 5 * _PAPERS * 12


@pytest.mark.parametrize("name", ["cut.xlsx", "noise.xlsx", "noise.csv", "empty.xlsx", "empty.csv", "quotes.csv"])
def test_a_file_that_is_not_a_table_is_refused_in_words(company: Any, tmp_path: Path, data: Path, name: str) -> None:
    whole = (data / "cyrillic_xlsx" / "Номенклатура_GetPrices.xlsx").read_bytes()
    content = {"cut": whole[:3000], "noise": bytes(range(256)) * 20, "empty": b"", "quotes": b'a,b\n"1,2\n'}
    path = tmp_path / name
    path.write_bytes(content[path.stem])
    with pytest.raises(Invalid, match=path.name):
        run_import(company, SYSTEM, "trade.sales", [path], "online_retail")

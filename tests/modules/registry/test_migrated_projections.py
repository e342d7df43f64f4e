"""A migration may change what a total is kept by: its tables are rebuilt, and filled from the entries."""

import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import text

import modules.warehouse
from app import ledger
from app.documents import post, save
from app.migrations import Source, upgrade
from app.security import SYSTEM
from modules.warehouse import operations as warehouse
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt

VERSIONS = Path(modules.warehouse.__file__).parent / "migrations" / "versions"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
PROJECTIONS = ("warehouse.stock.claims",)


def upgrade() -> None:
    op.drop_table("warehouse_stock_claims_total")
    op.create_table(
        "warehouse_stock_claims_total",
        *(sa.Column(f"{name}_id", sa.BigInteger(), primary_key=True) for name in KEYS),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_moment", sa.DateTime(), nullable=False),
    )


KEYS = ("organisation", "item", "warehouse", "claim")
"""


def test_totals_that_a_migration_rebuilt_are_what_their_entries_sum_to(company: Any, tmp_path: Path) -> None:
    def receive(session: Any) -> None:
        item = warehouse.create_item(session, SYSTEM, code="A", name="A")
        draft = MovementDraft(
            [MovementLineDraft(item.id, Decimal(3), Decimal(2))],
            target_id=FIRST_WAREHOUSE,
            moment=datetime(2026, 1, 5),
        )
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])

    company.database.run(receive, actor=SYSTEM)
    folder = tmp_path / "versions"
    shutil.copytree(VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "0002_claims_by_other_columns.py").write_text(MIGRATION)
    with company.database.engine.execution_options(kontor_write=True).begin() as connection:
        upgrade(connection, Source("warehouse", folder))
        kept = connection.execute(text("SELECT quantity, entries FROM warehouse_stock_claims_total")).one()
    assert tuple(kept) == (3_000_000, 1)
    assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []

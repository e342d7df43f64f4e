"""Who gets past the policy is listed here, so that nobody does unseen: each file with the reason that it states."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, literal, select
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

from app.past_policy import Unheld
from app.security import policy

ROOT = Path(__file__).parent.parent.parent
FILES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("modules/**/*.py"), *ROOT.glob("examples/**/*.py")])
#: what the ledger and the core read and write of the books, of the program's own tables, and of locks
CORE = {
    "app/access/why.py",
    "app/audit/stored.py",
    "app/driver.py",
    "app/backup/queries.py",
    "app/company.py",
    "app/notifications/mentions.py",
    "app/notifications/operations.py",
    "app/notifications/readers.py",
    "app/custom/queries.py",
    "app/documents/chain.py",
    "app/documents/drafts.py",
    "app/documents/links.py",
    "app/documents/owners.py",
    "app/documents/posting.py",
    "app/documents/queries.py",
    "app/ledger/closed_kinds.py",
    "app/ledger/parts.py",
    "app/ledger/posting.py",
    "app/ledger/queries.py",
    "app/ledger/reversals.py",
    "app/ledger/verification.py",
    "app/persons/erasing.py",
    "app/persons/finding.py",
    "app/registry/lifecycle.py",
    "app/registry/preview.py",
    "app/sample/rows.py",
    "app/search/asking.py",
    "app/search/keeping.py",
    "app/search/proof.py",
    "app/setup.py",
    "app/versions.py",
    "app/web/pages/health.py",
}
#: what the registers' own modules read of the books, whoever asks; what is shown of it passes the policy first
MODULES = {
    "modules/contacts/advances.py",
    "modules/trade/till/receipt.py",
    "modules/trade/till/report.py",
    "modules/trade/till/shifts.py",
    "modules/contacts/allocations.py",
    "modules/contacts/money/paying_to.py",
    "modules/contacts/money/proof.py",
    "modules/contacts/changing_kind.py",
    "modules/contacts/clients/finding.py",
    "modules/contacts/contracts.py",
    "modules/contacts/credit.py",
    "modules/contacts/duplicates.py",
    "modules/contacts/dunning/proposing.py",
    "modules/contacts/contact_persons.py",
    "modules/contacts/mentions.py",
    "modules/contacts/merging.py",
    "modules/contacts/penalties/charging.py",
    "modules/contacts/penalties/proof.py",
    "modules/contacts/pairs.py",
    "modules/contacts/parties.py",
    "modules/contacts/taxable.py",
    "modules/contacts/payers.py",
    "modules/contacts/persons.py",
    "modules/trade/parcels/persons.py",
    "modules/contacts/proof.py",
    "modules/contacts/queries.py",
    "modules/contacts/settling.py",
    "modules/contacts/using.py",
    "modules/production/hooks.py",
    "modules/production/queries.py",
    "modules/trade/commission/places.py",
    "modules/trade/commission/prices.py",
    "modules/trade/commission/reporting.py",
    "modules/trade/commission/sales.py",
    "modules/trade/intercompany/operations.py",
    "modules/trade/intercompany/payments.py",
    "modules/trade/complaints/kinds.py",
    "modules/trade/complaints/crediting.py",
    "modules/trade/expiring.py",
    "modules/trade/hooks.py",
    "modules/trade/availability.py",
    "modules/trade/making.py",
    "modules/trade/replacing.py",
    "modules/trade/replenishing/queries.py",
    "modules/trade/requests/queries.py",
    "modules/trade/direct/operations.py",
    "modules/trade/early/offering.py",
    "modules/trade/early/operations.py",
    "modules/trade/exchanging/operations.py",
    "modules/trade/answers/links.py",
    "modules/trade/matching.py",
    "modules/trade/bridges/booking.py",
    "modules/trade/credited.py",
    "modules/trade/crossing/prepared.py",
    "modules/trade/crossing/queries.py",
    "modules/trade/expected/orders.py",
    "modules/trade/parcels/following.py",
    "modules/trade/parcels/queries.py",
    "modules/trade/shipping/narrowing.py",
    "modules/trade/shipping/queue.py",
    "modules/trade/waves/planning.py",
    "modules/trade/waves/queries.py",
    "modules/trade/ordering.py",
    "modules/trade/paying.py",
    "modules/trade/reservations.py",
    "modules/trade/paper/parties.py",
    "modules/trade/returning.py",
    "modules/trade/imports/books.py",
    "modules/trade/imports/credit.py",
    "modules/trade/imports/opening.py",
    "modules/trade/imports/posting.py",
    "modules/trade/points/balances.py",
    "modules/trade/points/history.py",
    "modules/trade/points/known.py",
    "modules/trade/points/register.py",
    "modules/trade/previewing.py",
    "modules/warehouse/explaining/queries.py",
    "modules/trade/pricing/finding.py",
    "modules/trade/landed/spreading.py",
    "modules/trade/sourcing/requests.py",
    "modules/trade/pricing/coupons.py",
    "modules/trade/pricing/known.py",
    "modules/trade/registers.py",
    "modules/trade/taxes/book.py",
    "modules/trade/taxes/register.py",
    "modules/warehouse/bins/operations.py",
    "modules/warehouse/bins/registers.py",
    "modules/warehouse/bins/taking.py",
    "modules/warehouse/logistic_units/leaving.py",
    "modules/warehouse/logistic_units/operations.py",
    "modules/warehouse/logistic_units/queries.py",
    "modules/warehouse/logistic_units/registers.py",
    "modules/warehouse/below_zero.py",
    "modules/warehouse/catch_weight/moving.py",
    "modules/warehouse/catch_weight/registers.py",
    "modules/warehouse/claims.py",
    "modules/warehouse/counting/comparing.py",
    "modules/warehouse/counting/paper.py",
    "modules/warehouse/counting/booking.py",
    "modules/warehouse/counting/books.py",
    "modules/warehouse/counting/elsewhere.py",
    "modules/warehouse/counting/results.py",
    "modules/warehouse/holds/ending.py",
    "modules/warehouse/holds/kinds.py",
    "modules/warehouse/holds/lots.py",
    "modules/warehouse/holds/operations.py",
    "modules/warehouse/holds/returning.py",
    "modules/warehouse/items.py",
    "modules/warehouse/lots/splitting.py",
    "modules/warehouse/lots/tracing.py",
    "modules/warehouse/lots/words.py",
    "modules/warehouse/layers.py",
    "modules/warehouse/moves.py",
    "modules/warehouse/openings/imports.py",
    "modules/warehouse/operations.py",
    "modules/warehouse/pending.py",
    "modules/warehouse/places.py",
    "modules/warehouse/planning/refilling.py",
    "modules/warehouse/policies.py",
    "modules/warehouse/proof.py",
    "modules/trade/imports/usable.py",
    "modules/warehouse/references.py",
    "modules/warehouse/requisitions/sending.py",
    "modules/warehouse/returns.py",
    "modules/warehouse/transit/receiving.py",
    "modules/warehouse/unit_costs.py",
    "modules/warehouse/warehouses.py",
}
#: whose statements are written in SQL and run on the bare driver
DRIVING = {
    "app/audit/chain.py",
    "app/audit/erasing.py",
    "app/audit/looks.py",
    "app/documents/inserting.py",
    "app/documents/posting.py",
    "app/inserts.py",
    "app/ledger/bounds.py",
    "app/ledger/floors.py",
    "app/ledger/posting.py",
    "app/ledger/sql.py",
    "app/reference/numbering.py",
    "app/reference/queries.py",
    "app/search/keeping.py",
}
#: what leads to a connection besides a session's own, and where that stands: the database itself, and commands for the system
WAYS = {"engine", "get_bind", "bind", "raw_connection", "connection", "get_transaction", "exec_driver_sql", "connect"}
OWN = {
    "app/db.py",
    "app/past_policy.py",
    "app/setup.py",
    "app/registry/rehearsal.py",
    "app/migrations/autogenerate.py",
    "app/writable.py",
}
#: what works on whole databases, as the program itself: migrations, backups, commands
WHOLE = ("app/migrations/", "app/backup/", "app/cli/")
#: names of what isn't a connection of a database
ELSEWHERE = {
    ("app/driver.py", "connection"),
    ("app/server.py", "bind"),
    ("app/web/pages/keeping.py", "bind"),
    ("app/web/pages/keeping.py", "connect"),
    ("modules/trade/imports/spool.py", "connect"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def reasons_of(source: str) -> Iterator[str]:
    """The reasons for which a file gets past the policy; each is a text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("PastPolicy"):
            (reason,) = node.args
            assert isinstance(reason, ast.Constant)
            yield str(reason.value)


def ways_of(source: str) -> set[str]:
    """What a file uses that leads to a connection."""
    return {n.attr for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute) and n.attr in WAYS}


def test_who_gets_past_the_policy_is_known_and_says_why() -> None:
    found = {name_of(path): list(reasons_of(path.read_text("utf-8"))) for path in FILES}
    assert {name for name, reasons in found.items() if reasons} == CORE | MODULES
    assert all(len(reason) > 20 for reasons in found.values() for reason in reasons)


def test_the_bare_driver_is_the_cores_and_few_use_it() -> None:
    using = {name_of(path) for path in FILES if "from app.driver import" in path.read_text("utf-8")}
    assert using == DRIVING


def test_there_is_no_other_way_to_a_connection() -> None:
    found = {(name_of(p), way) for p in FILES if name_of(p) not in OWN for way in ways_of(p.read_text("utf-8"))}
    found = {(name, way) for name, way in found if not name.startswith(WHOLE)}
    assert found == ELSEWHERE


def test_what_is_stated_and_what_leads_there_is_found() -> None:
    source = """
_BOOKS = security.PastPolicy("a proof of the books counts every entry")
session.connection().execute(query)
session.get_bind().connect()
session.info["database"].engine.raw_connection()
"""
    assert list(reasons_of(source)) == ["a proof of the books counts every entry"]
    assert ways_of(source) == {"connection", "get_bind", "connect", "engine", "raw_connection"}


def test_a_column_that_asks_for_more_is_not_mapped() -> None:
    class Apart(DeclarativeBase):
        """So that nothing of it is left among the program's own models."""

    class Sly(Apart):
        __tablename__ = "sly"
        id: Mapped[int] = mapped_column(primary_key=True)
        asked = column_property(select(literal(1)).scalar_subquery())

    with pytest.raises(Unheld):
        policy._mask_on_load(inspect(Sly), Sly)

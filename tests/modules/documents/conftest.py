"""Companies in which documents are corrected."""

from collections.abc import Callable
from typing import Any

import pytest

from app import ledger
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.warehouse.operations import create_item


@pytest.fixture
def run(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there is an item and a contact; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    def work_and_prove(work: Callable[[Any], Any]) -> Any:
        done = company.database.run(work, actor=SYSTEM)
        assert company.database.run(lambda s: list(ledger.verify(s)), actor=SYSTEM, write=False) == []
        return done

    company.database.run(prepare, actor=SYSTEM)
    return work_and_prove

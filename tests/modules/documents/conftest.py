"""Companies in which documents are corrected."""

from collections.abc import Callable
from typing import Any

import pytest

from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.warehouse.operations import create_item


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there is an item and a contact; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil", unit="KGM")  # parts of it can be moved
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)
    return proved

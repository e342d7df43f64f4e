"""Companies in which documents are corrected."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.warehouse.operations import create_item


@pytest.fixture
def stocked(company: Any) -> None:
    """An item and a contact."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil", unit="KGM")  # parts of it can be moved
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)


@pytest.fixture
def run(stocked: None, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where there is an item and a contact; the books are proved after it."""
    return cast("Callable[[Callable[[Any], Any]], Any]", proved)

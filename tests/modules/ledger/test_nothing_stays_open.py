"""What was posted, refused or reversed leaves no cursor behind, as one keeps the database open and what is written apart."""

import gc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from app.documents import reverse
from app.errors import KontorError
from app.security import SYSTEM
from modules.trade.models import Purchase, Sale
from tests.conftest import close


@pytest.fixture
def uncollected() -> Iterator[None]:
    """What refers to itself stays, as it does in a server between two collections."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_closed_database_is_one_file(shop: Any, uncollected: None) -> None:
    bought = shop.buy([(0, "10", "2")])
    shop.sell([(0, "4", "5")])
    with suppress(KontorError):
        shop.sell([(0, "40", "5")])
    with suppress(KontorError):
        shop.do(lambda session: reverse(session, SYSTEM, session.get(Purchase, bought)))
    sold = shop.sell([(0, "1", "5")])
    shop.do(lambda session: reverse(session, SYSTEM, session.get(Sale, sold)))
    close(shop.company)

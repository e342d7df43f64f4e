"""The sample company is worth looking at whichever day it is made."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.demo import fill
from app.security import SYSTEM
from modules.trade.models import Purchase, Sale


@pytest.mark.parametrize("day", [23, 24, 26], ids=lambda day: f"{datetime(2026, 6, day):%A}")
@pytest.mark.parametrize("engine", ["sqlite"])  # the figures are chosen in Python
def test_goods_come_in_weekly_and_are_sold_whichever_weekday_it_is_made_on(
    company: Any, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    for user in ("modules.trade.sample", "modules.warehouse.sample"):
        monkeypatch.setattr(f"{user}.wall_clock", lambda: datetime(2026, 6, day, 12))
    fill(company)

    def count(session: Any) -> list[Any]:
        return [session.scalar(select(func.count()).select_from(kind)) for kind in (Purchase, Sale)]

    purchases, sales = company.database.run(count, actor=SYSTEM, write=False)
    assert purchases in (12, 13)
    assert sales > 60

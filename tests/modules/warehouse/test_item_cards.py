"""An item's card shows the newest movements, however many there are, with balances that go on from what is left out."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import movements_of

SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)


@pytest.mark.parametrize("ends_before", [False, True], ids=["to the end of the books", "to a day before it"])
def test_the_newest_movements_go_on_from_those_left_out(company: Any, ends_before: bool) -> None:
    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        for n in range(12):
            kind, ends = (
                (Receipt, {"target_id": FIRST_WAREHOUSE}) if n % 3 < 2 else (Issue, {"source_id": FIRST_WAREHOUSE})
            )
            line = MovementLineDraft(item, D(n + 1), D(2) if kind is Receipt else None)
            moment = datetime(2026, 2, 27, 9) + timedelta(days=n)
            post(session, SYSTEM, [save(session, SYSTEM, kind, MovementDraft([line], moment=moment, **ends))])
        until = date(2026, 3, 7) if ends_before else UNTIL
        whole = movements_of(session, item, FIRST_WAREHOUSE, SINCE, until)
        assert (len(whole.lines), whole.is_cut) == (7 if ends_before else 10, False)
        cut = movements_of(session, item, FIRST_WAREHOUSE, SINCE, until, newest=4)
        assert cut.is_cut
        assert cut.lines == whole.lines[-4:]
        assert cut.opening == whole.lines[-5].balance
        assert cut.closing == whole.closing
        assert movements_of(session, item, FIRST_WAREHOUSE, SINCE, until, newest=50) == whole
        exactly = len(whole.lines)
        assert movements_of(session, item, FIRST_WAREHOUSE, SINCE, until, newest=exactly) == whole, (
            "nothing was left out"
        )

    company.database.run(work, actor=SYSTEM)

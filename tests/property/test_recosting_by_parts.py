"""Any history, recosted three moves at a time by a job that people post beside, ends where the naive books do."""

from typing import Any
from unittest.mock import patch

import pytest
from clerk import Clerk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_books import HISTORIES, _compare, maker, records  # noqa: F401 (a fixture)

from app import ledger
from app.security import SYSTEM
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part

parts = st.lists(st.booleans(), max_size=30)


_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=8, deadline=None, suppress_health_check=_CHECKS)
@given(record=records, job=parts)
@example(record=HISTORIES[0], job=[])
@example(record=HISTORIES[4], job=[True] * 30)
@example(record=HISTORIES[-1], job=[False, True] * 15)
def test_a_job_by_parts_ends_where_one_posting_would(maker: Any, record: list, job: list) -> None:  # noqa: F811
    _recost_beside(maker, record, job)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_job_by_parts_ends_there_on_the_other_engine(maker: Any) -> None:  # noqa: F811
    """What chance finds is found on SQLite, in half the time."""
    _recost_beside(maker, HISTORIES[4], [True] * 30)


def _recost_beside(maker: Any, record: list, job: list) -> None:  # noqa: F811
    with maker.database.session(SYSTEM, write=True) as session, patch.object(recosting, "CHUNK", 3):
        clerk = Clerk(session)
        for n, act in enumerate(record):
            if act[0] == "close":
                _finish(session)  # no period is closed while costs in it are recalculated
            clerk.do(act)
            if n < len(job) and job[n]:
                recost_part(session)
        _finish(session)
        _compare(clerk)
        assert list(ledger.verify(session)) == []
        session.rollback()


def _finish(session: Any) -> None:
    while recost_part(session):
        pass

import os
import pytest
import test_books as tb
from test_books import maker, Clerk, _compare, _projections, SYSTEM, ledger
import random
def body(maker, record, one_pool, each=False):
    with maker.database.session(SYSTEM, write=True) as session:
        clerk = Clerk(session, one_pool)
        for n, act in enumerate(record):
            try:
                clerk.do(act)
                if each: _compare(clerk); assert list(ledger.verify(session)) == []
            except BaseException:
                print("AT", n, act); raise
        _compare(clerk)
        assert list(ledger.verify(session)) == []
        before = _projections(session)
        ledger.rebuild(session)
        assert _projections(session) == before
        session.rollback()
@pytest.mark.parametrize("op",[False,True])
@pytest.mark.parametrize("h",range(len(tb.HISTORIES)))
def test_h(maker,h,op): body(maker, tb.HISTORIES[h], op, bool(os.environ.get("EACH")))

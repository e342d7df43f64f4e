"""What is read past the policy stays in its block: neither rows nor true values are left in the session."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from app.errors import Forbidden
from app.past_policy import Unheld
from app.security import MASKED, true_values, unrestricted
from modules.contacts.models import Contact
from modules.trade.models import Sale


@pytest.fixture
def foreign(ask: Any, actor: Any) -> int:
    """A contact that is not Sam's."""
    own = actor("sam").user_id
    return int(ask(None, lambda s: s.scalars(select(Contact.id).where(Contact.responsible_id != own)).first()))


@pytest.fixture
def sale(ask: Any, actor: Any) -> int:
    """A sale of Sam's; some of its customers are made a colleague's."""
    own = actor("sam").user_id
    return int(ask(None, lambda s: s.scalars(select(Sale.id).where(Sale.responsible_id == own)).first()))


def test_a_record_that_was_read_past_the_scope_is_not_found_after_it(ask: Any, foreign: int) -> None:
    def work(session: Any) -> Any:
        with unrestricted(session, "a test looks"):
            kept = session.get(Contact, foreign)  # a reference keeps it alive
            assert kept is not None
        assert kept not in session
        return session.get(Contact, foreign), session.scalars(select(Contact).where(Contact.id == foreign)).first()

    assert ask("sam", work) == (None, None)


def test_after_an_error_within_it_neither(ask: Any, foreign: int) -> None:
    def work(session: Any) -> Any:
        kept = []

        def fail() -> None:
            with unrestricted(session, "a test looks"):
                kept.append(session.get(Contact, foreign))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        return session.get(Contact, foreign)

    assert ask("sam", work) is None


@pytest.mark.parametrize("way", ["later", "joined", "known already"])
def test_no_relationship_leads_to_it_after_it(way: str, ask: Any, sale: int) -> None:
    def work(session: Any) -> Any:
        found = session.get(Sale, sale)
        with unrestricted(session, "a test gives the customer to somebody else"):
            session.get(Contact, found.contact_id).responsible_id = None
            session.flush()
        with unrestricted(session, "a test looks"):
            if way == "joined":
                again = select(Sale).where(Sale.id == sale).options(joinedload(Sale.contact))
                session.scalars(again.execution_options(populate_existing=True)).one()
            elif way == "known already":
                session.get(Contact, found.contact_id)
            assert found.contact is not None or way == "later"  # a relationship asks as its record was asked for
        return found.contact

    assert ask("sam", work) is None


def test_what_is_open_is_found_again(ask: Any, sale: int) -> None:
    def work(session: Any) -> Any:
        found = session.get(Sale, sale)
        with unrestricted(session, "a test looks"):
            within = found.contact.id
        return within == found.contact.id == session.get(Contact, within).id

    assert ask("sam", work)


def test_changes_within_it_are_kept(ask: Any, foreign: int) -> None:
    def work(session: Any) -> Any:
        with unrestricted(session, "a test writes"):
            session.get(Contact, foreign).note = "changed past the scope"
        with unrestricted(session, "a test looks"):
            return session.scalars(select(Contact.note).where(Contact.id == foreign)).one()

    assert ask("sam", work) == "changed past the scope"


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("block", [lambda s: unrestricted(s, "a test looks"), true_values])
def test_true_values_end_with_their_block(block: Any, known: bool, ask: Any) -> None:
    def work(session: Any) -> Any:
        before = session.scalars(select(Contact).order_by(Contact.id)).first() if known else None
        with block(session):
            first = session.scalars(
                select(Contact).order_by(Contact.id).execution_options(populate_existing=True)
            ).first()
            true = first.phone
        assert before is None or before.phone is MASKED
        return true, first.phone, session.get(Contact, first.id).phone

    assert ask("steve", work)[1:] == (MASKED, MASKED)
    assert MASKED not in ask("steve", work)[:1]


def test_a_deferred_column_that_was_read_within_a_block_is_masked_after_it(ask: Any) -> None:
    def work(session: Any) -> Any:
        first = session.scalars(select(Contact).options(defer(Contact.phone)).order_by(Contact.id)).first()
        with true_values(session, lambda: [first]):
            true = first.phone
            first.name = "changed meanwhile"
        stored = session.scalars(select(Contact.name).where(Contact.id == first.id)).one()
        return true, first.phone, stored

    true, after, stored = ask("steve", work)
    assert (true is MASKED, after, stored) == (False, MASKED, "changed meanwhile")


def test_a_block_within_a_block_ends_nothing_of_the_outer_one(ask: Any) -> None:
    def work(session: Any) -> Any:
        first = session.scalars(select(Contact).order_by(Contact.id)).first()
        with true_values(session):
            with unrestricted(session, "a test looks"), true_values(session, lambda: [first]):
                pass
            within = first.phone
        return within is MASKED, first.phone

    assert ask("steve", work) == (False, MASKED)


def test_rows_of_a_question_are_read_within_its_block(ask: Any) -> None:
    def work(session: Any) -> Any:
        with unrestricted(session, "a test looks"):
            asked = session.scalars(select(Contact))
        return asked.all()

    with pytest.raises(Unheld):
        ask("sam", work)


def test_arithmetic_may_ask_for_what_is_closed(ask: Any) -> None:
    def phones(session: Any) -> Any:
        with true_values(session):
            return session.scalars(select(Contact.phone).order_by(Contact.id)).all()

    def closed(session: Any) -> Any:
        phones(session)
        return session.scalars(select(Contact.phone)).all()

    assert ask("steve", phones) == ask("maria", phones)
    assert any(ask("steve", phones))
    with pytest.raises(Forbidden):
        ask("steve", closed)


def test_no_arithmetic_leaves_the_scope(ask: Any) -> None:
    def owners(session: Any) -> Any:
        with true_values(session):
            return {c.responsible_id for c in session.scalars(select(Contact))}

    assert len(ask("sam", owners)) == 1

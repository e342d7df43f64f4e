"""Contacts that may be one: while one types, and among all; what is closed to somebody isn't hinted at."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Forbidden
from app.security import SYSTEM
from modules.contacts.duplicates import alike, call_distinct, find_pairs, pairs_shown
from modules.contacts.merging import merge
from modules.contacts.models import Contact, Pair
from modules.contacts.operations import create_contact
from modules.contacts.tables import contact_lookup


@pytest.fixture
def run(company: Any, employ: Callable[..., Any]) -> Callable[..., Any]:
    """Do something; Sam has one of the contacts, Steve sees names alone."""
    sam = employ("sam", "salesperson")

    def make(session: Any) -> None:
        company.refresh(session)
        for code, name, fields in (
            ("A", "Иванов Пётр", {"phone": "+442079460001", "responsible_id": sam.user_id}),
            ("B", "Ivanov Petr", {"email": "P@x.example"}),
            ("C", "Other Name", {"email": "p@X.example", "country": "GB"}),
            ("D", "Иванов Пётр", {"is_active": False}),
        ):
            create_contact(session, SYSTEM, kind="individual", name=name, code=code, **fields)

    company.database.run(make, actor=SYSTEM)

    def do(work: Callable[[Any], Any], login: str = "") -> Any:
        actors = {"": SYSTEM, "sam": sam}
        if login not in actors:
            actors[login] = employ(login, {"steve": "storekeeper", "maria": "manager"}[login])
        return company.database.run(work, actor=actors[login])

    return do


def typed(run: Callable[..., Any], login: str = "", **said: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.code, each.why) for each in run(lambda s: alike(s, "individual", said), login)]


def test_while_one_types_those_are_shown_who_are_alike(run: Callable[..., Any]) -> None:
    assert typed(run, name="Ivanov Pet") == [("B", ()), ("A", ())]
    assert typed(run, name="иванов петр") == [("B", ()), ("A", ())]
    assert typed(run, name="Zz", phone="020 7946 0001", country="GB") == [("A", ("phone",))]
    assert typed(run, email="p@x.example") == [("B", ("email",)), ("C", ("email",))]
    assert typed(run, email="p@", phone="12", name="Q") == []


def test_nobody_learns_of_what_is_closed_to_them(run: Callable[..., Any]) -> None:
    assert typed(run, "sam", name="Ivanov Petr", email="p@x.example") == [("A", ())]
    assert typed(run, "steve", email="p@x.example", phone="+442079460001") == []


def test_pairs_are_found_among_all_and_shown_as_far_as_they_are_open(run: Callable[..., Any]) -> None:
    assert run(find_pairs) == 2

    def shown(session: Any) -> list[tuple[Any, ...]]:
        return [(p.first.code, p.other.code, p.why) for p in pairs_shown(session)]

    assert sorted(run(shown)) == [("A", "B", ()), ("B", "C", ("email",))]
    assert run(shown, "sam") == []  # one of the two is another's
    assert run(shown, "steve") == [("A", "B", ())]  # by names alone


def test_what_was_called_distinct_stays_so_and_what_is_merged_is_none(run: Callable[..., Any]) -> None:
    run(find_pairs)

    def distinct(session: Any) -> None:
        call_distinct(session, SYSTEM, session.scalars(select(Pair.id).where(Pair.why == "email")).one())

    run(distinct)
    assert run(find_pairs) == 1
    assert len(run(pairs_shown)) == 1
    with pytest.raises(Forbidden):
        run(lambda s: call_distinct(s, s.info["actor"], 1), "sam")

    def one(session: Any) -> None:
        c = {contact.code: contact for contact in session.scalars(select(Contact))}
        merge(session, SYSTEM, c["A"], c["B"])

    run(one)
    assert run(pairs_shown) == []
    assert run(find_pairs) == 1  # Other Name has the head's e-mail now


def test_a_name_is_found_in_latin_letters(run: Callable[..., Any]) -> None:
    found = run(lambda s: sorted(row["code"] for row in contact_lookup.find(s, "ivanov", 9)))
    assert found == ["A", "B"]

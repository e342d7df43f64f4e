"""Codes of contacts: one's own, or the next number that is free."""

from typing import Any

import pytest

from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact


def test_a_contact_without_a_code_gets_the_next_free_number(company: Any) -> None:
    def work(session: Any) -> list[str]:
        codes = ("", "2", "  ", "A-1", "4", "")
        return [create_contact(session, SYSTEM, kind="individual", name="Ana", code=code).code for code in codes]

    assert company.database.run(work, actor=SYSTEM) == ["1", "2", "3", "A-1", "4", "5"]


@pytest.fixture
def two(company: Any) -> tuple[int, int]:
    """Ana, whose code is A-1, and Bo, whose code is B-1."""

    def work(session: Any) -> tuple[int, int]:
        ana = create_contact(session, SYSTEM, kind="individual", name="Ana", code="A-1").id
        return ana, create_contact(session, SYSTEM, kind="legal_entity", name="Bo Ltd", code="B-1").id

    return tuple(company.database.run(work, actor=SYSTEM))  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["individual", "legal_entity"])
@pytest.mark.parametrize("code", ["A-1", " A-1 "])
def test_a_code_that_is_taken_is_refused_and_nothing_changed(
    refused: Any, two: tuple[int, int], kind: str, code: str
) -> None:
    assert two
    why = refused(lambda s: create_contact(s, SYSTEM, kind=kind, name="Cy", code=code), Conflict)
    assert why == "The code “A-1” is taken."


def test_a_contact_can_not_take_anothers_code_but_keeps_its_own(
    company: Any, refused: Any, two: tuple[int, int]
) -> None:
    def change(session: Any, code: str) -> str:
        bo = session.get(Contact, two[1])
        change_contact(session, SYSTEM, bo, code=code, name="Bo & Sons Ltd")
        return str(bo.code)

    assert refused(lambda s: change(s, "A-1"), Conflict) == "The code “A-1” is taken."
    assert [
        company.database.run(lambda s, code=code: change(s, code), actor=SYSTEM) for code in ("B-1", "", "B-2")
    ] == [
        "B-1",
        "B-1",
        "B-2",
    ]


def test_a_contact_without_a_name_or_of_no_kind_is_refused(refused: Any) -> None:
    assert refused(lambda s: create_contact(s, SYSTEM, kind="individual", name=" "), Invalid) == (
        "A contact needs a name."
    )
    assert refused(lambda s: create_contact(s, SYSTEM, kind="ghost", name="Boo"), Invalid) == (
        "A contact is a legal entity, a sole proprietor or an individual."
    )

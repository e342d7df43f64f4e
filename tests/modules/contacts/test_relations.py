"""How contacts belong together, on both cards, for whom both are open."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid, KontorError, NotFound
from app.security import SYSTEM, Actor
from modules.contacts.models import Contact, Relation
from modules.contacts.operations import create_contact
from modules.contacts.relations import add_relation, choices_of, relations_of, remove_relation

NAMES = {
    "Acme": "legal_entity",
    "Bolt": "legal_entity",
    "Cork": "legal_entity",
    "Ann": "individual",
    "Bo": "individual",
}


@pytest.fixture
def run(company: Any) -> Callable[..., Any]:
    """Do something with the contacts, by their names."""

    def make(session: Any) -> None:
        company.refresh(session)
        for name, kind in NAMES.items():
            create_contact(session, SYSTEM, kind=kind, name=name)

    company.database.run(make, actor=SYSTEM)

    def do(work: Callable[..., Any], actor: Actor = SYSTEM) -> Any:
        def named(session: Any) -> Any:
            return work(session, {contact.name: contact for contact in session.scalars(select(Contact))})

        return company.database.run(named, actor=actor)

    return do


def join(run: Callable[..., Any], one: str, what: str, other: str) -> int:
    """Let two belong together; gives the relation's number."""
    return int(run(lambda s, c: add_relation(s, SYSTEM, c[one], what=what, other_id=c[other].id).id))


def said(run: Callable[..., Any], one: str, actor: Actor = SYSTEM) -> list[tuple[str, str]]:
    """What the card of a contact says."""
    found: list[tuple[str, str]] = run(
        lambda s, c: [(str(r.title), r.contact.name) for r in relations_of(s, c[one])], actor
    )
    return found


def test_each_card_says_it_from_its_own_side(run: Callable[..., Any]) -> None:
    join(run, "Ann", "director", "Acme")
    join(run, "Acme", "-works_at", "Bo")
    join(run, "Ann", "household", "Bo")
    join(run, "Bolt", "group", "Acme")
    assert said(run, "Acme") == [("Director", "Ann"), ("Employee", "Bo"), ("Parent of the group for", "Bolt")]
    assert said(run, "Ann") == [("Director of", "Acme"), ("Same household", "Bo")]
    assert said(run, "Bo") == [("Same household", "Ann"), ("Works at", "Acme")]
    assert said(run, "Bolt") == [("Belongs to the group of", "Acme")]


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("one", "names"),
    [
        ("Ann", ["director", "works_at", "household", "related"]),
        ("Acme", ["-director", "-works_at", "group", "-group", "related"]),
    ],
)
def test_a_contact_is_offered_what_its_kind_can_be(run: Callable[..., Any], one: str, names: list[str]) -> None:
    assert run(lambda s, c: [name for name, _ in choices_of(c[one])]) == names


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("one", "what", "other", "kind", "field"),
    [
        ("Ann", "director", "Bo", Invalid, "other_id"),
        ("Acme", "director", "Bolt", Invalid, "what"),
        ("Acme", "-director", "Bolt", Invalid, "other_id"),
        ("Ann", "sister", "Bo", Invalid, "what"),
        ("Ann", "-household", "Bo", Invalid, "what"),
        ("Ann", "related", "Ann", Invalid, "other_id"),
        ("Ann", "director", "Acme", Conflict, "other_id"),
        ("Bo", "household", "Ann", Conflict, "other_id"),
        ("Acme", "group", "Bolt", Conflict, "other_id"),
        ("Acme", "group", "Cork", Conflict, "other_id"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_changes(
    run: Callable[..., Any],
    refused: Callable[..., str],
    one: str,
    what: str,
    other: str,
    kind: type[KontorError],
    field: str,
) -> None:
    join(run, "Ann", "director", "Acme")
    join(run, "Ann", "household", "Bo")
    join(run, "Bolt", "group", "Acme")
    join(run, "Cork", "group", "Bolt")

    def work(session: Any) -> None:
        c = {contact.name: contact for contact in session.scalars(select(Contact))}
        add_relation(session, SYSTEM, c[one], what=what, other_id=c[other].id)

    refused(work, kind, field=field)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_group_never_becomes_a_circle_though_two_join_it_at_once(run: Callable[..., Any], company: Any) -> None:
    """Acme is below Bolt, Cork below Dash: who lets Bolt be below Cork waits for who lets Dash be below Acme."""
    run(lambda s, _c: create_contact(s, SYSTEM, kind="legal_entity", name="Dash"))
    join(run, "Acme", "group", "Bolt")
    join(run, "Cork", "group", "Dash")
    barrier = threading.Barrier(2)

    def joins(one: str, other: str) -> Callable[[Any], int]:
        def work(session: Any) -> int:
            c = {contact.name: contact for contact in session.scalars(select(Contact))}
            barrier.wait(10)
            made = add_relation(session, SYSTEM, c[one], what="group", other_id=c[other].id).id
            time.sleep(0.3)  # the other one has looked by now, if it does not wait
            return made

        return work

    answers: list[Any] = []

    def act(work: Callable[[Any], int]) -> None:
        try:
            answers.append(company.database.run(work, actor=SYSTEM))
        except Conflict as error:
            answers.append(error)

    threads = [threading.Thread(target=act, args=(joins(*pair),)) for pair in (("Bolt", "Cork"), ("Dash", "Acme"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]


def test_they_part_again_from_either_side(run: Callable[..., Any]) -> None:
    first, second = join(run, "Ann", "director", "Acme"), join(run, "Bo", "director", "Acme")
    run(lambda s, c: remove_relation(s, SYSTEM, c["Acme"], first))
    run(lambda s, c: remove_relation(s, SYSTEM, c["Bo"], second))
    assert said(run, "Acme") == []
    with pytest.raises(NotFound):
        run(lambda s, c: remove_relation(s, SYSTEM, c["Acme"], first))


def test_one_of_others_is_not_removed_here(run: Callable[..., Any]) -> None:
    number = join(run, "Ann", "director", "Acme")
    with pytest.raises(NotFound):
        run(lambda s, c: remove_relation(s, SYSTEM, c["Bolt"], number))
    assert said(run, "Acme") == [("Director", "Ann")]


def test_whom_one_of_them_is_closed_to_learns_of_none(run: Callable[..., Any], employ: Callable[..., Any]) -> None:
    sam, steve = employ("sam", "salesperson"), employ("steve", "storekeeper")
    join(run, "Ann", "director", "Acme")

    def give(session: Any, contacts: dict[str, Contact]) -> None:
        contacts["Acme"].responsible_id = sam.user_id

    run(give)
    assert said(run, "Acme", sam) == []
    assert run(lambda s, _c: s.scalars(select(Relation)).all(), sam) == []
    with pytest.raises(NotFound):
        run(lambda s, c: add_relation(s, sam, c["Acme"], what="-director", other_id=4), sam)
    with pytest.raises(Forbidden):
        run(lambda s, c: add_relation(s, steve, c["Acme"], what="-works_at", other_id=c["Bo"].id), steve)

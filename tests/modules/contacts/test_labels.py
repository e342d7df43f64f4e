"""Sources, statuses, tags and the importance of contacts: said in the form and in files, filtered by, renamed and removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid
from app.importing import run_import
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.labels import MOST_TAGS, label_by_id, remove_label, rename_label
from modules.contacts.models import Contact, Label
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.tables import legal_entities


@pytest.fixture
def run(company: Any) -> Callable[..., Any]:
    """Do something for the system."""
    company.database.run(company.refresh, actor=SYSTEM)
    return lambda work: company.database.run(work, actor=SYSTEM)


@pytest.fixture
def sorted_ones(run: Callable[..., Any]) -> dict[str, int]:
    """Three companies, by name."""

    def work(session: Any) -> dict[str, int]:
        said = {
            "Acme": {"status": "Customer", "tags": "vip, Harbour", "importance": "hot"},
            "Bolt": {"status": "customer", "source": "Fair", "tags": "harbour"},
            "Cork": {"importance": "badly"},
        }
        return {n: create_contact(session, SYSTEM, kind="legal_entity", name=n, **f).id for n, f in said.items()}

    found: dict[str, int] = run(work)
    return found


def words(session: Any) -> list[tuple[str, str]]:
    return sorted((label.which, label.name) for label in session.scalars(select(Label)))


def test_a_word_is_made_by_using_it_and_capitals_make_no_other(
    run: Callable[..., Any], sorted_ones: dict[str, int]
) -> None:
    assert run(words) == [("source", "Fair"), ("status", "Customer"), ("tag", "Harbour"), ("tag", "vip")]

    def look(session: Any) -> list[tuple[str, ...]]:
        found = (session.get(Contact, i) for i in sorted_ones.values())
        return [(c.status, c.source, c.tags, c.importance) for c in found]

    assert run(look) == [
        ("Customer", "", "Harbour, vip", "hot"),
        ("Customer", "Fair", "Harbour", ""),
        ("", "", "", "badly"),
    ]


def test_what_is_not_said_stays_and_what_is_empty_goes(run: Callable[..., Any], sorted_ones: dict[str, int]) -> None:
    run(lambda s: change_contact(s, SYSTEM, s.get(Contact, sorted_ones["Acme"]), tags="vip", name="Acme"))
    acme = run(lambda s: [(c.status, c.tags) for c in [s.get(Contact, sorted_ones["Acme"])]])
    assert acme == [("Customer", "vip")]
    run(lambda s: change_contact(s, SYSTEM, s.get(Contact, sorted_ones["Acme"]), status=""))
    assert run(lambda s: s.get(Contact, sorted_ones["Acme"]).status) == ""


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"importance": "hot"}, ["Acme"]),
        ({"status": "Customer"}, ["Acme", "Bolt"]),
        ({"tag": "Harbour"}, ["Acme", "Bolt"]),
        ({"tag": "vip", "status": "Customer"}, ["Acme"]),
        ({"source": "Fair", "importance": "badly"}, []),
    ],
)
def test_lists_are_filtered_by_them(
    run: Callable[..., Any], sorted_ones: dict[str, int], asked: dict[str, str], names: list[str]
) -> None:
    def work(session: Any) -> list[str]:
        numbers = {label.name: str(label.id) for label in session.scalars(select(Label))}
        arguments = {name: numbers.get(value, value) for name, value in asked.items()}
        page = fetch(session, legal_entities, Query.from_arguments(legal_entities, arguments))
        return [row.name for row in page.rows]

    assert run(work) == names


def test_a_filter_by_another_word_is_refused(run: Callable[..., Any], sorted_ones: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="none of the choices"):
        run(lambda s: fetch(s, legal_entities, Query.from_arguments(legal_entities, {"tag": "vip"})))


def test_a_file_says_them_and_goes_in_once(
    run: Callable[..., Any], company: Any, tmp_path: Path, sorted_ones: dict[str, int]
) -> None:
    code = run(lambda s: s.get(Contact, sorted_ones["Bolt"]).code)
    path = tmp_path / "contacts.csv"
    lines = ["Code,Name,Status,Tags,Importance", f'{code},Bolt,CUSTOMER,"new, harbour",Going well', "N-1,New,Lead,,"]
    path.write_text("\n".join(lines), "utf-8")
    first, again = (run_import(company, SYSTEM, "contacts.contacts", [path]) for _ in range(2))
    assert (first.errors, first.created, first.updated) == ([], {"contacts.contact": 1}, {"contacts.contact": 1})
    assert (again.created, again.updated, len(again.skipped)) == ({}, {}, 2)
    bolt = run(lambda s: [(c.status, c.source, c.tags, c.importance) for c in [s.get(Contact, sorted_ones["Bolt"])]])
    assert bolt == [("Customer", "Fair", "Harbour, new", "well")]
    assert ("status", "Lead") in run(words)


@pytest.mark.parametrize(
    ("field", "value"),
    [("importance", "tepid"), ("status", "s" * 61), ("tags", ",".join(map(str, range(MOST_TAGS + 1))))],
)
def test_what_can_not_be_is_refused_and_nothing_changes(
    refused: Callable[..., str], sorted_ones: dict[str, int], field: str, value: str
) -> None:
    refused(
        lambda s: change_contact(s, SYSTEM, s.get(Contact, sorted_ones["Cork"]), **{field: value}), Invalid, field=field
    )


def test_a_word_is_renamed_wherever_it_is_used(
    run: Callable[..., Any], sorted_ones: dict[str, int], refused: Any
) -> None:
    number = run(lambda s: s.scalars(select(Label.id).where(Label.name == "Harbour")).one())
    run(lambda s: rename_label(s, SYSTEM, label_by_id(s, number), "Port"))
    assert run(lambda s: [s.get(Contact, i).tags for i in sorted_ones.values()]) == ["Port, vip", "Port", ""]
    assert refused(lambda s: rename_label(s, SYSTEM, label_by_id(s, number), "VIP"), Conflict, field="name")
    refused(lambda s: rename_label(s, SYSTEM, label_by_id(s, number), " "), Invalid, field="name")


def test_a_removed_word_is_gone_from_every_contact(run: Callable[..., Any], sorted_ones: dict[str, int]) -> None:
    number = run(lambda s: s.scalars(select(Label.id).where(Label.name == "Harbour")).one())
    assert run(lambda s: remove_label(s, SYSTEM, label_by_id(s, number))) == 2
    assert run(lambda s: [s.get(Contact, i).tags for i in sorted_ones.values()]) == ["vip", "", ""]


def test_only_who_may_renames_and_removes(
    employ: Callable[..., Any], company: Any, sorted_ones: dict[str, int]
) -> None:
    sam = employ("sam", "salesperson")
    for work in (lambda s, x: rename_label(s, sam, x, "other"), lambda s, x: remove_label(s, sam, x)):
        with pytest.raises(Forbidden), company.database.session(sam, write=True) as session:
            work(session, session.scalars(select(Label)).first())

"""Folders of contacts: a tree without circles, a filter with all that is below, rights, and files."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid
from app.importing import run_import
from app.security import SYSTEM, Actor
from app.web.kit.tables import Query, fetch
from modules.contacts.folders import add_folder, change_folder, counts_of, folder_tree, remove_folder
from modules.contacts.models import Contact, Folder
from modules.contacts.operations import change_contacts, create_contact
from modules.contacts.tables import legal_entities


@pytest.fixture
def run(company: Any) -> Callable[..., Any]:
    """Do something for the system, or somebody else, with the folders Asia / Viet Nam / Ha Noi and Europe."""

    def make(session: Any) -> None:
        company.refresh(session)
        asia = add_folder(session, SYSTEM, name="Asia")
        vietnam = add_folder(session, SYSTEM, name="Viet Nam", parent_id=asia.id)
        hanoi = add_folder(session, SYSTEM, name="Ha Noi", parent_id=vietnam.id)
        add_folder(session, SYSTEM, name="Europe")
        for name, folder in (("A", asia.id), ("H", hanoi.id), ("N", None)):
            create_contact(session, SYSTEM, kind="legal_entity", name=name, code=name, folder_id=folder)

    company.database.run(make, actor=SYSTEM)

    def do(work: Callable[..., Any], actor: Actor = SYSTEM) -> Any:
        def named(session: Any) -> Any:
            return work(session, {folder.name: folder for folder in session.scalars(select(Folder))})

        return company.database.run(named, actor=actor)

    return do


def paths(run: Callable[..., Any]) -> list[str]:
    return [branch.path for branch in run(lambda s, _f: folder_tree(s))]


def lie(run: Callable[..., Any]) -> dict[str, str]:
    """Code of a contact → the path of its folder."""
    known = run(lambda s, _f: {branch.id: branch.path for branch in folder_tree(s)})
    rows = run(lambda s, _f: s.execute(select(Contact.code, Contact.folder_id)).all())
    return {row.code: known.get(row.folder_id, "") for row in rows}


DEEP = "Asia / Viet Nam / Ha Noi"


def test_a_filter_finds_what_lies_in_a_folder_and_everything_below(run: Callable[..., Any]) -> None:
    def codes(session: Any, folder: Any) -> list[str]:
        return [row.code for row in fetch(session, legal_entities, Query(filters={"folder": str(folder)})).rows]

    assert paths(run) == ["Asia", "Asia / Viet Nam", DEEP, "Europe"]
    assert run(lambda s, f: [codes(s, f[n].id) for n in ("Asia", "Viet Nam", "Ha Noi", "Europe")]) == [
        ["A", "H"],
        ["H"],
        ["H"],
        [],
    ]
    assert run(lambda s, _f: codes(s, "none")) == ["N"]


def test_a_folder_moves_with_all_that_is_in_it(run: Callable[..., Any]) -> None:
    run(lambda s, f: change_folder(s, SYSTEM, f["Viet Nam"], name="Việt Nam", parent_id=f["Europe"].id))
    assert paths(run) == ["Asia", "Europe", "Europe / Việt Nam", "Europe / Việt Nam / Ha Noi"]
    assert lie(run)["H"] == "Europe / Việt Nam / Ha Noi"


@pytest.mark.parametrize(
    ("folder", "name", "within", "error", "field"),
    [
        ("Asia", "Asia", "Ha Noi", Invalid, "parent_id"),
        ("Asia", "Asia", "Asia", Invalid, "parent_id"),
        ("Asia", "europe", None, Conflict, "name"),
        ("Asia", "a/b", None, Invalid, "name"),
        ("Asia", " ", None, Invalid, "name"),
        ("Asia", "x" * 101, None, Invalid, "name"),
    ],
)
def test_what_makes_no_tree_is_refused_and_nothing_changes(
    run: Callable[..., Any],
    refused: Callable[..., str],
    folder: str,
    name: str,
    within: str | None,
    error: Any,
    field: str,
) -> None:
    def work(session: Any) -> None:
        f = {each.name: each for each in session.scalars(select(Folder))}
        change_folder(session, SYSTEM, f[folder], name=name, parent_id=f[within].id if within else None)

    refused(work, error, field=field)


def test_what_lay_in_a_removed_folder_lies_above_also_what_is_closed(
    run: Callable[..., Any], employ: Callable[..., Any]
) -> None:
    sam = employ("sam", "salesperson")  # sees none of the contacts
    run(lambda s, f: remove_folder(s, sam, f["Ha Noi"]), sam)
    run(lambda s, f: remove_folder(s, sam, f["Asia"]), sam)
    assert paths(run) == ["Europe", "Viet Nam"]
    assert lie(run) == {"A": "", "H": "Viet Nam", "N": ""}


def test_rights_and_scope_hold(run: Callable[..., Any], employ: Callable[..., Any]) -> None:
    sam, steve = employ("sam", "salesperson"), employ("steve", "storekeeper")
    with pytest.raises(Forbidden):
        run(lambda s, _f: add_folder(s, steve, name="Mine"), steve)
    assert run(lambda s, _f: sum(counts_of(s, folder_tree(s)).values()), sam) == 0  # others' contacts aren't counted
    assert run(lambda s, f: counts_of(s, folder_tree(s))[f["Asia"].id]) == 2
    with pytest.raises(Invalid):
        run(lambda s, _f: change_contacts(s, SYSTEM, {s.scalars(select(Contact)).first(): {"folder_id": 99}}))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_folders_never_get_into_each_other(run: Callable[..., Any]) -> None:
    barrier, answers = threading.Barrier(2), []

    def move(one: str, into: str) -> None:
        def work(session: Any, f: dict[str, Folder]) -> None:
            barrier.wait(10)
            change_folder(session, SYSTEM, f[one], name=one, parent_id=f[into].id)
            time.sleep(0.3)  # the other one has looked by now, if it does not wait

        try:
            answers.append(run(work))
        except Invalid as error:
            answers.append(error)

    threads = [threading.Thread(target=move, args=pair) for pair in (("Asia", "Europe"), ("Europe", "Asia"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(isinstance(answer, Invalid) for answer in answers) == [False, True]
    assert len(paths(run)) == 4


def test_a_file_names_folders_by_their_paths(run: Callable[..., Any], company: Any, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("code,name,folder\nA,A,Asia/viet nam\nN,N,Europe / Norway / Oslo\nH,H,\nX,X,Europe\n", "utf-8")
    dry = run_import(company, SYSTEM, "contacts.contacts", [file], dry_run=True)
    assert (dict(dry.created), dict(dry.updated), len(paths(run))) == (
        {"contacts.contact": 1},
        {"contacts.contact": 2},
        4,
    )
    assert run_import(company, SYSTEM, "contacts.contacts", [file]).errors == []
    assert lie(run) == {
        "A": "Asia / Viet Nam",
        "N": "Europe / Norway / Oslo",
        "H": DEEP,
        "X": "Europe",
    }  # an empty cell says nothing
    again = run_import(company, SYSTEM, "contacts.contacts", [file])
    assert len(again.skipped) == 4


def test_the_page_shows_the_tree_and_moves_what_is_sent(sign_in: Any, ask: Any) -> None:
    maria = sign_in("maria")
    maria.post("/contacts/folders/new", data={"name": "North"})
    maria.post("/contacts/folders/new", data={"name": "Oslo", "parent_id": "1"})
    number = ask(None, lambda s: s.scalars(select(Contact.id).where(Contact.code == "C-1001")).one())
    moved = maria.post("/contacts/folders/put", data={"contact": [number], "to": "2"}, follow_redirects=True)
    assert "1 contact moved." in moved.text
    page = maria.get("/contacts/folders?folder=2").text
    assert "Bergen Joinery AS" in page
    assert "North / Oslo" in page
    assert maria.post("/contacts/folders/1/move", data={"to": "2"}).status_code in (400, 409, 422)
    maria.post("/contacts/folders/2/move", data={"to": ""})
    assert ask(None, lambda s: [b.path for b in folder_tree(s)]) == ["North", "Oslo"]
    maria.post("/contacts/folders/2/remove")
    assert ask(None, lambda s: s.get(Contact, number).folder_id) is None
    assert "Bergen Joinery AS" in maria.get("/contacts/folders").text

"""Tables with columns of custom fields: read as their types, refused by row and column, changed only where they differ."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from app.custom.operations import save_custom_field
from app.importing import Report, run_import
from app.security import SYSTEM, Actor
from modules.contacts.models import Contact
from modules.warehouse.models import Item

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

Bring = Callable[..., Report]


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Bring:
    """Import a CSV text, or rows as a workbook, into a company with fields of its own."""

    def declare(session: Any) -> None:
        for subject in ("contacts.legal_entity", "warehouse.item"):
            add(session, subject, "Region", "choice", choices=("north", "south"))
            add(session, subject, "Weight", "number")
            add(session, subject, "Since", "date")
            add(session, subject, "Fragile", "yes_no")
            add(session, subject, "Margin", "text", group="warehouse.cost")
        add(session, "contacts.individual", "Nickname", "text", is_required=True)
        add(session, "warehouse.item", "Note", "text", key="own_note")  # as a column of the program is called

    company.database.run(declare, actor=SYSTEM)

    def go(target: str, given: str | list[list[Any]], actor: Actor = SYSTEM, **options: Any) -> Report:
        if isinstance(given, str):
            path = tmp_path / "file.csv"
            path.write_text(given, encoding="utf-8-sig")
        else:
            path, book = tmp_path / "file.xlsx", Workbook()
            for row in given:
                book.active.append(row)
            book.save(path)
        return run_import(company, actor, target, [path], **options)

    return go


def add(session: Any, subject: str, title: str, type_: str, **more: Any) -> None:
    save_custom_field(session, SYSTEM, subject=subject, title=title, type=type_, **more)


def said(company: Any, model: Any) -> dict[str, dict[str, Any]]:
    def read(session: Any) -> dict[str, dict[str, Any]]:
        company.refresh(session)
        return {record.code: dict(record.custom) for record in session.scalars(select(model))}

    return company.database.run(read, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_columns_are_found_by_key_or_by_title_and_read_as_their_types(bring: Bring, company: Any) -> None:
    rows = [
        ["code", "name", "custom_region", "custom_weight", "SINCE", "Fragile"],
        ["A", "Anvil", "north", 2.55, date(2026, 2, 28), True],
        ["B", "Bolt", None, "-0.000001", "2026-03-01", "нет"],
        ["C", "Clamp", None, None, None, None],
    ]
    assert dict(bring("warehouse.items", rows).created) == {"warehouse.item": 3}
    none = {"region": None, "weight": None, "since": None, "fragile": None, "margin": None, "own_note": None}
    assert said(company, Item) == {
        "A": {**none, "region": "north", "weight": D("2.55"), "since": date(2026, 2, 28), "fragile": True},
        "B": {**none, "weight": D("-0.000001"), "since": date(2026, 3, 1), "fragile": False},
        "C": none,
    }


def test_the_programs_own_column_goes_before_a_field_of_the_same_title(bring: Bring, company: Any) -> None:
    bring("warehouse.items", "code,name,note,custom_own_note\nA,Anvil,heavy,own\n")
    assert said(company, Item)["A"]["own_note"] == "own"
    assert company.database.run(lambda s: s.scalars(select(Item.note)).all(), actor=SYSTEM, write=False) == ["heavy"]


def test_what_is_so_already_is_passed_over_and_blank_cells_change_nothing(bring: Bring, company: Any) -> None:
    text = "code,name,region,weight,fragile\nC1,One,north,2.5,no\nC2,Two,,,\n"
    assert dict(bring("contacts.contacts", text).created) == {"contacts.contact": 2}
    again = bring("contacts.contacts", text)
    assert (dict(again.updated), [s.reason for s in again.skipped]) == ({}, ["is so already"] * 2)
    changed = bring("contacts.contacts", "code,name,region,weight,fragile\nC1,One,,,yes\nC2,Two,south,,\n")
    assert dict(changed.updated) == {"contacts.contact": 2}
    now = said(company, Contact)
    assert (now["C1"]["region"], now["C1"]["weight"], now["C1"]["fragile"]) == ("north", D("2.5"), True)
    assert now["C2"]["region"] == "south"


@pytest.mark.parametrize("dry_run", [True, False])
def test_every_bad_cell_is_reported_at_its_column_and_nothing_is_written(
    bring: Bring, company: Any, dry_run: bool
) -> None:
    report = bring(
        "contacts.contacts",
        "code,name,kind,region,weight,since,fragile,nickname\n"
        "C1,One,,west,,,,\nC2,Two,,,heavy,,,\nC3,Three,,,,soon,,\nC4,Four,,,,,perhaps,\nC5,Five,,,0.0000001,,,\n"
        "C6,Six,individual,,,,,\nC7,Seven,individual,north,,,,Sev\nC8,Eight,,,,,,Ei\nC9,Nine,individual,,,,,N\n",
        dry_run=dry_run,
    )
    assert [(e.row, e.field) for e in report.errors] == [
        (2, "region"),
        (3, "weight"),
        (4, "since"),
        (5, "fragile"),
        (6, "weight"),
        (7, "custom_nickname"),  # a person must have one
        (8, "region"),  # and has no region
        (9, "nickname"),
    ]
    assert said(company, Contact) == {}


def test_a_closed_field_is_not_a_column_for_whoever_may_not_see_it(bring: Bring, company: Any, employ: Any) -> None:
    from dataclasses import replace

    maria = employ("maria", "manager")
    blind = replace(maria, groups=maria.groups - {"warehouse.cost"})
    bring("warehouse.items", "code,name,margin\nA,Anvil,low\n")
    report = bring("warehouse.items", "code,name,margin\nA,Hammer,high\n", blind)
    assert dict(report.updated) == {"warehouse.item": 1}
    assert report.notes == ["file.csv: not used: margin"]
    assert said(company, Item)["A"]["margin"] == "low"


def test_a_choice_that_is_no_longer_offered_comes_in_where_it_is_so_already(bring: Bring, company: Any) -> None:
    from app.custom import CustomFieldRow

    bring("warehouse.items", "code,name,region\nA,Anvil,north\n")

    def narrow(session: Any) -> None:
        (field,) = session.scalars(select(CustomFieldRow).filter_by(subject="warehouse.item", key="region"))
        save_custom_field(session, SYSTEM, field, title="Region", choices=["south"])

    company.database.run(narrow, actor=SYSTEM)
    report = bring("warehouse.items", "code,name,region\nA,Hammer,north\nB,Bolt,north\n", skip_errors=True)
    assert (dict(report.updated), [e.row for e in report.errors]) == ({"warehouse.item": 1}, [3])


def test_zeros_that_a_format_shows_are_kept_in_texts_and_choices(bring: Bring, company: Any, tmp_path: Path) -> None:
    def declare(session: Any) -> None:
        add(session, "warehouse.item", "Tariff", "text")
        add(session, "warehouse.item", "Zone", "choice", choices=("007", "7"))

    company.database.run(declare, actor=SYSTEM)
    path, book = tmp_path / "zeros.xlsx", Workbook()
    for row in (
        ["code", "name", "tariff", "zone", "custom_weight"],
        ["A", "Anvil", 417, 7, 12],
        ["B", "Bolt", 417, 7, 12],
    ):
        book.active.append(row)
    for place, form in (("C2", "0000000"), ("D2", "000"), ("E2", "0000"), ("C3", "0.00")):
        book.active[place].number_format = form
    book.save(path)
    assert run_import(company, SYSTEM, "warehouse.items", [path]).errors == []
    now = said(company, Item)
    names = ("tariff", "zone", "weight")
    assert [now["A"][name] for name in names] == ["0000417", "007", D(12)]
    assert [now["B"][name] for name in names] == ["417", "7", D(12)]


@pytest.fixture
def bring_both(company: Any, bring: Bring) -> Bring:
    """Import into a company where legal entities and individuals have fields with the same key, or with the same title."""

    def declare(session: Any) -> None:
        add(session, "contacts.legal_entity", "Регион", "text", key="own")
        add(session, "contacts.individual", "Прозвище", "text", key="own")
        add(session, "contacts.legal_entity", "RANK", "text", key="grade")
        add(session, "contacts.individual", "Rank", "number", key="rank")

    company.database.run(declare, actor=SYSTEM)
    return bring


def test_a_column_is_the_field_that_the_rows_own_kind_calls_so(bring_both: Bring, company: Any) -> None:
    text = (
        "code,name,kind,Регион,Прозвище,rank,nickname\n"
        "A,Alfa,legal_entity,Север,,gold,\nB,Boris,individual,,Боб,3,Bo\nC,Curt,individual,,,,Cu\n"
    )
    report = bring_both("contacts.contacts", text)
    assert (report.errors, dict(report.created)) == ([], {"contacts.contact": 3})
    now = said(company, Contact)
    assert (now["A"]["own"], now["A"]["grade"]) == ("Север", "gold")
    assert now["B"] == {"nickname": "Bo", "own": "Боб", "rank": D(3)}
    assert now["C"] == {"nickname": "Cu", "own": None, "rank": None}
    again = bring_both("contacts.contacts", text)
    assert [s.reason for s in again.skipped] == ["is so already"] * 3
    # A stored contact's kind counts where the file says none.
    bring_both("contacts.contacts", "code,name,custom_own\nA,Alfa,Юг\nB,Boris,Бо\n")
    now = said(company, Contact)
    assert (now["A"]["own"], now["B"]["own"]) == ("Юг", "Бо")


def test_a_column_that_one_kind_has_as_a_number_stays_text_for_the_other(bring_both: Bring, company: Any) -> None:
    text = (
        "code;name;kind;rank;nickname\n"
        "A;Alfa;legal_entity;$5;\nB;Boris;individual;$5;Bo\nC;Ceres;legal_entity;1 250,50;\nD;Dan;individual;1 250,50;D\n"
    )
    assert bring_both("contacts.contacts", text).errors == []
    now = said(company, Contact)
    assert (now["A"]["grade"], now["C"]["grade"]) == ("$5", "1 250,50")
    assert (now["B"]["rank"], now["D"]["rank"]) == (D(5), D("1250.50"))


def test_a_number_that_may_be_two_is_a_text_for_the_kind_that_has_one(bring_both: Bring, company: Any) -> None:
    text = "code,name,kind,rank,nickname\nA,Alfa,legal_entity,1.250,\nB,Boris,individual,1.250,Bo\n"
    report = bring_both("contacts.contacts", text, skip_errors=True)
    assert [(e.row, e.field) for e in report.errors] == [(3, "rank")]
    now = said(company, Contact)
    assert (now.keys(), now["A"]["grade"]) == ({"A"}, "1.250")


def test_a_filled_cell_under_the_other_kinds_field_is_refused_there(bring_both: Bring, company: Any) -> None:
    report = bring_both(
        "contacts.contacts",
        "code,name,kind,Регион,Прозвище,rank,nickname\n"
        "A,Alfa,legal_entity,,Боб,,\nB,Boris,individual,Север,,,Bo\nC,Curt,individual,,,gold,Cu\n",
    )
    assert [(e.row, e.field, str(e.message)) for e in report.errors] == [
        (2, "Прозвище", "records of this kind have no such field"),
        (3, "Регион", "records of this kind have no such field"),
        (4, "rank", "“gold” isn't a number"),
    ]
    assert said(company, Contact) == {}


def test_a_preset_names_custom_fields_and_says_what_their_values_mean(
    bring: Bring, company: Any, tmp_path: Path
) -> None:
    preset = tmp_path / "ours.toml"
    preset.write_text(
        'target = "warehouse.items"\n[columns]\ncode = "Art"\nname = "Nom"\ncustom_region = "Gebiet"\n'
        '[values.custom_region]\n"N" = "north"\n',
        encoding="utf-8",
    )
    report = bring("warehouse.items", "Art,Nom,Gebiet\nA,Anvil,N\nB,Bolt,\n", preset=str(preset))
    assert report.errors == []
    now = said(company, Item)
    assert (now["A"]["region"], now["B"]["region"]) == ("north", None)
    report = bring("warehouse.items", "Art,Nom,Gebiet\nA,Anvil,S\n", preset=str(preset))
    assert [(e.row, e.field) for e in report.errors] == [(2, "Gebiet")]

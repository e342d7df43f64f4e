"""Whoever may change contacts but not see their confidential fields can't write over these either."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import Forbidden
from app.importing import run_import
from app.security import SYSTEM, Actor
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact

RIGHTS = ("contacts.contact.edit", "contacts.contact.view", "core.import.run")
CLERK = Actor(None, "clerk", permissions=frozenset(RIGHTS))
SECRET = {"phone": "+4755301200", "bank_account": "NO9386011117947"}


@pytest.fixture
def contact_id(company: Any) -> int:
    def work(session: Any) -> int:
        return create_contact(session, SYSTEM, kind="legal_entity", name="Bergen Joinery AS", code="B-1", **SECRET).id

    return int(company.database.run(work, actor=SYSTEM))


def kept(company: Any, contact_id: int) -> dict[str, str]:
    def work(session: Any) -> dict[str, str]:
        contact = session.get(Contact, contact_id)
        return {name: getattr(contact, name) for name in SECRET}

    return dict(company.database.run(work, actor=SYSTEM, write=False))


@pytest.mark.parametrize("field", SECRET)
def test_a_closed_field_is_neither_changed_nor_filled(company: Any, contact_id: int, field: str) -> None:
    def change(session: Any) -> None:
        change_contact(session, CLERK, session.get(Contact, contact_id), name="Renamed", **{field: "STOLEN"})

    def create(session: Any) -> None:
        create_contact(session, CLERK, kind="individual", name="New", **{field: "STOLEN"})

    for work in (change, create):
        with pytest.raises(Forbidden):
            company.database.run(work, actor=CLERK)
    assert kept(company, contact_id) == SECRET


def test_an_open_field_is_changed_and_the_closed_ones_stay(company: Any, contact_id: int) -> None:
    company.database.run(
        lambda s: change_contact(s, CLERK, s.get(Contact, contact_id), name="Renamed", phone=""), actor=CLERK
    )
    assert kept(company, contact_id) == SECRET


def test_an_import_tells_which_field_is_not_open_and_writes_nothing(
    company: Any, contact_id: int, tmp_path: Path
) -> None:
    sheet = tmp_path / "contacts.csv"
    sheet.write_text("code,name,bank_account\nB-1,Bergen Joinery AS,STOLEN\nB-2,Other,\nB-3,Third,STOLEN\n")
    report = run_import(company, CLERK, "contacts.contacts", [sheet])
    assert [(e.row, e.field, e.message) for e in report.errors] == [
        (2, "bank_account", "this field is not open to you"),
        (4, "bank_account", "this field is not open to you"),
    ]
    assert kept(company, contact_id) == SECRET


def test_an_import_asks_as_often_for_many_rows_as_for_few(company: Any, tmp_path: Path) -> None:
    from sqlalchemy import event

    clerk = Actor(1, "clerk", permissions=frozenset(RIGHTS), scopes={"contacts.contact": "own"})
    counts = []
    for rows in (3, 300):
        sheet = tmp_path / f"contacts-{rows}.csv"
        sheet.write_text("code,name\n" + "".join(f"N-{i},Name {i}\n" for i in range(rows)))
        statements: list[str] = []

        def note(*given: Any, statements: list[str] = statements) -> None:
            statements.append(given[2])

        event.listen(company.database.engine, "before_cursor_execute", note)
        assert run_import(company, clerk, "contacts.contacts", [sheet], dry_run=True).is_whole
        event.remove(company.database.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]

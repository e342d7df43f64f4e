"""Contacts from tables: made and changed by code, all or nothing, errors by row."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.importing import Report, run_import
from app.security import SYSTEM, Actor
from modules.contacts.models import Channel, Contact, LegalEntity, TaxNumber
from modules.contacts.operations import create_contact
from modules.contacts.search import ContactSearch

Bring = Callable[..., Report]


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Bring:
    """Import a CSV text."""

    def go(text: str, actor: Actor = SYSTEM, **options: Any) -> Report:
        path = tmp_path / "contacts.csv"
        path.write_text(text, encoding="utf-8-sig")
        report = run_import(company, actor, "contacts.contacts", [path], **options)
        made = sum(report.created.values()) + sum(report.updated.values())
        assert made + len(report.skipped) + len(report.errors) == report.rows_read
        return report

    return go


@pytest.fixture
def look(company: Any) -> Any:
    """Read something for the system."""
    return lambda work: company.database.run(work, actor=SYSTEM, write=False)


def test_contacts_are_made_then_changed_by_code(bring: Bring, look: Any) -> None:
    first = bring("code,name,kind,country,credit_limit\nC1,Ötzi Ltd,,at,1000\nC2,Lê Văn An,individual,VN,\n")
    assert (dict(first.created), dict(first.updated)) == ({"contacts.contact": 2}, {})
    again = bring("code,name,country\nC1,Ötzi Ltd,IT\nC2,Lê Văn An,VN\nC3,Новый,RU\n")
    assert (dict(again.created), dict(again.updated)) == ({"contacts.contact": 1}, {"contacts.contact": 1})
    assert [(s.row, s.reason) for s in again.skipped] == [(3, "is so already")]

    def check(session: Any) -> None:
        one = session.scalars(select(LegalEntity).where(Contact.code == "C1")).one()
        assert (one.country, one.credit_limit) == ("IT", Decimal(1000))
        assert session.get(ContactSearch, one.id).public == "otzi ltd\nc1"

    look(check)


def test_every_bad_row_is_reported_and_nothing_is_written(bring: Bring, look: Any) -> None:
    report = bring(
        "code,name,kind,country,credit_limit,birth_date\n"
        "C1,One,,,,\n,Two,,,,\nC3,,,,,\nC4,Four,ghost,,,\nC5,Five,,Albion,,\nC6,Six,,,lots,\nC1,Again,,,,\nC8,Eight,,,,1990-01-01\n"
    )
    assert [(e.row, e.field) for e in report.errors] == [
        (3, "code"),
        (4, "name"),
        (5, "kind"),
        (6, "country"),
        (7, "credit_limit"),
        (8, "code"),
        (9, "birth_date"),
    ]
    assert not report.created
    assert look(lambda s: s.scalars(select(Contact)).all()) == []


def test_good_rows_go_in_when_errors_are_to_be_skipped(bring: Bring, look: Any) -> None:
    report = bring("code,name,country\nC1,One,GB\nC2,Two,Albion\n", skip_errors=True)
    assert report.created["contacts.contact"] == 1
    assert not report.is_whole
    assert look(lambda s: list(s.scalars(select(Contact.code)))) == ["C1"]


def test_somebody_elses_contact_is_neither_shown_nor_changed(bring: Bring, company: Any, look: Any) -> None:
    company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="legal_entity", code="C1", name="Secret"), actor=SYSTEM
    )
    rights = frozenset({"core.import.run", "contacts.contact.edit", "contacts.contact.view"})
    seller = Actor(
        1, "sam", permissions=rights, scopes={"contacts.contact": "own"}, groups=frozenset({"contacts.private"})
    )
    report = bring("code,name\nC1,Mine\nC2,Other\n", actor=seller, skip_errors=True)
    assert [(e.row, e.field, e.message) for e in report.errors] == [(2, "code", "this contact is not open to you")]
    assert look(lambda s: dict(s.execute(select(Contact.code, Contact.name)).all())) == {"C1": "Secret", "C2": "Other"}


def test_a_dry_run_writes_nothing(bring: Bring, look: Any) -> None:
    assert bring("code,name\nC1,One\n", dry_run=True).created["contacts.contact"] == 1
    assert look(lambda s: s.scalars(select(Contact)).all()) == []


def test_a_contact_may_have_several_of_each_in_one_cell(bring: Bring, look: Any) -> None:
    row = 'C1,One,RU,"+7 495 123-45-67; +7 921 555-01-18","a@example.com; b@example.com",'
    row += '"7707083893, 7736050003",one.example | two.example\n'
    head = "code,name,country,phone,email,tax_id,site\n"
    assert dict(bring(head + row).created) == {"contacts.contact": 1}
    assert [s.reason for s in bring(head + row).skipped] == ["is so already"]
    more = row.replace("b@example.com", "c@example.com")
    assert dict(bring(head + more).updated) == {"contacts.contact": 1}
    (error,) = bring(head + row.replace("b@example.com", "b@")).errors
    assert (error.row, error.field) == (2, "email")

    def check(session: Any) -> None:
        contact = session.scalars(select(Contact).where(Contact.code == "C1")).one()
        assert (contact.phone, contact.email, contact.tax_id) == ("+74951234567", "a@example.com", "7707083893")
        values = select(Channel.value).where(Channel.contact_id == contact.id).order_by(Channel.kind, Channel.id)
        assert session.scalars(values).all() == [
            *("a@example.com", "b@example.com", "c@example.com"),
            *("+74951234567", "+79215550118"),
            *("https://one.example", "https://two.example"),
        ]
        assert session.scalars(select(TaxNumber.number).order_by(TaxNumber.id)).all() == ["7707083893", "7736050003"]

    look(check)

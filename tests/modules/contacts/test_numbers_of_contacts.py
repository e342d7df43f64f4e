"""Phone numbers, tax numbers and accounts of contacts: by whose country they are read, what is kept, what an import does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.importing import Report, run_import
from app.reference.operations import change_organisation
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact


@pytest.fixture
def make(company: Any) -> Callable[..., Any]:
    """Make a contact, and give it."""

    def go(kind: str = "legal_entity", **fields: Any) -> Any:
        return company.database.run(lambda s: create_contact(s, SYSTEM, kind=kind, name="Bo", **fields), actor=SYSTEM)

    return go


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Callable[[str], Report]:
    """Import a CSV text of contacts."""

    def go(text: str) -> Report:
        sheet = tmp_path / "contacts.csv"
        sheet.write_text(text, encoding="utf-8")
        return run_import(company, SYSTEM, "contacts.contacts", [sheet])

    return go


def read(company: Any, code: str) -> Any:
    return company.database.run(
        lambda s: s.scalars(select(Contact).where(Contact.code == code)).one(), actor=SYSTEM, write=False
    )


def test_a_number_without_a_countrys_code_is_of_the_contacts_country_else_of_ours(make: Any, company: Any) -> None:
    assert make(phone="020 7946 0958").phone == "+442079460958"
    assert make(phone="8 495 123-45-67", country="RU").phone == "+74951234567"
    ours = {"name": "Ltd", "country": "VN", "tax_id": "", "zone": ""}
    company.database.run(lambda s: change_organisation(s, SYSTEM, **ours), actor=SYSTEM)
    assert make(phone="0905 550 142").phone == "+84905550142"


def test_all_numbers_are_kept_in_one_form(make: Any) -> None:
    kept = make(
        country="DE", tax_id="DE 136 695 976", bank_account="de89 3704 0044 0532 0130 00", email="bo@EXAMPLE.com"
    )
    assert (kept.tax_id, kept.bank_account, kept.email) == (
        "DE136695976",
        "DE89370400440532013000",
        "bo@example.com",
    )


def test_numbers_that_become_longer_than_can_be_kept_are_refused(refused: Any) -> None:
    typed = " ".join(["22222222", "22222223,", "33333333,44444444,55555555,66666666"]).replace(" ", ",", 1)
    work = lambda s: create_contact(s, SYSTEM, kind="individual", name="Bo", country="NO", phone=typed)  # noqa: E731
    assert refused(work, Invalid, field="phone") == "At most 60 characters."


def test_who_moves_to_another_country_needs_a_tax_number_of_there(make: Any, refused: Any) -> None:
    contact = make(country="RU", tax_id="7707083893").id
    move = lambda s: change_contact(s, SYSTEM, s.get(Contact, contact), country="US")  # noqa: E731
    assert "isn't a tax number of this country" in refused(move, Invalid, field="tax_id")


def test_what_a_contact_says_already_never_keeps_anyone_from_changing_the_rest(company: Any, make: Any) -> None:
    contact = make(country="RU").id
    old = {"phone": "ask Bo", "tax_id": "1", "bank_account": "GB29 1", "email": "bo"}

    def write(session: Any) -> None:
        session.connection().execute(Contact.__table__.update().where(Contact.id == contact).values(**old))

    company.database.run(write, actor=SYSTEM)

    def change(session: Any) -> Any:
        found = session.get(Contact, contact)
        change_contact(session, SYSTEM, found, name="Renamed", country="RU", **old)
        return {name: getattr(found, name) for name in old}

    assert company.database.run(change, actor=SYSTEM) == old


def test_the_organisations_own_tax_number_is_checked_too(refused: Any, company: Any) -> None:
    ours = {"name": "Ltd", "country": "GB", "zone": ""}
    wrong = lambda s: change_organisation(s, SYSTEM, **ours, tax_id="802311781")  # noqa: E731
    assert "check digit of the VAT" in refused(wrong, Invalid, field="tax_id")
    company.database.run(lambda s: change_organisation(s, SYSTEM, **ours, tax_id="GB 802 3117 82"), actor=SYSTEM)


def test_an_import_keeps_a_phone_number_that_can_not_be_read_in_the_note_once(company: Any, bring: Any) -> None:
    text = "code,name,phone\nC1,One,ask Ann\nC2,Two,020 7946 0958\n"
    report = bring(text)
    assert report.created["contacts.contact"] == 2
    assert report.notes == ["1 phone numbers can't be read and are kept in the notes. Rows: 2"]
    assert (read(company, "C1").phone, read(company, "C1").note) == ("", "Phone: ask Ann")
    assert read(company, "C2").phone == "+442079460958"
    assert [s.reason for s in bring(text).skipped] == ["is so already"] * 2
    noted = bring("code,name,phone,note\nC1,One,020 7946 0958,\nC3,Three,1 (11) 500 555-0132,Calls back\n")
    assert noted.is_whole
    assert (read(company, "C1").phone, read(company, "C1").note) == ("+442079460958", "Phone: ask Ann")
    assert read(company, "C3").note == "Calls back\nPhone: 1 (11) 500 555-0132"


def test_an_import_refuses_a_tax_number_by_its_row_and_takes_any_way_of_writing_it(company: Any, bring: Any) -> None:
    report = bring("code,name,country,tax_id\nC1,One,RU,7707083894\nC2,Two,DE,DE 136 695 976\n")
    assert [(e.row, e.field) for e in report.errors] == [(2, "tax_id")]
    text = "code,name,country,tax_id\nC2,Two,DE,DE 136 695 976\n"
    assert bring(text).created["contacts.contact"] == 1
    assert [s.reason for s in bring(text).skipped] == ["is so already"]
    assert read(company, "C2").tax_id == "DE136695976"


def test_the_card_the_list_and_the_form_show_numbers_as_people_read_them(app: Any) -> None:
    fields = {"country": "RU", "phone": "8 495 123-45-67 доб. 12", "tax_id": "7707083893"}
    account = {"bank_account": "DE89370400440532013000"}
    work = lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Bo", **fields, **account).id  # noqa: E731
    contact = app.company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    link = '<a href="tel:+74951234567;ext=12">+7 495 123-45-67 ext. 12</a>'
    card = browser.get(f"/contacts/{contact}").text
    assert link in card
    assert "DE89 3704 0044 0532 0130 00" in card
    assert link in browser.get("/contacts/companies").text
    assert 'value="+7 495 123-45-67 ext. 12"' in browser.get(f"/contacts/{contact}/edit").text
    rows = browser.get("/api/v1/lists/contacts.legal_entity").json["rows"]
    assert rows[0]["phone"] == "+74951234567;ext=12"

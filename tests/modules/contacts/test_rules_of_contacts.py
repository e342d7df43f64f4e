"""What a contact may not be: refused alike on the form, by a call, and in an import; nothing changed."""

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.errors import Changed, Conflict, Invalid
from app.importing import run_import
from app.security import SYSTEM, Actor, User
from app.security.operations import change_user
from modules.contacts.models import Contact
from modules.contacts.operations import (
    change_contact,
    change_contacts,
    create_contact,
    create_contacts,
    record_payment,
)
from modules.contacts.search import ContactSearch

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides

WRONG = [
    ("name", " ", "A contact needs a name."),
    ("name", "n" * 201, "At most 200 characters."),
    ("code", "c" * 41, "At most 40 characters."),
    ("phone", "1" * 61, "At most 60 characters."),
    ("tax_id", "1" * 41, "At most 40 characters."),
    ("legal_name", "n" * 301, "At most 300 characters."),
    ("note", "a\0b", "the text holds a character that can't be kept"),
    ("country", "UK", "“UK” isn't a country code (ISO 3166, such as GB or VN)."),
    ("country", "Albion", "“Albion” isn't a country code (ISO 3166, such as GB or VN)."),
    ("email", "anna", "Write an e-mail address, such as anna@example.com."),
    ("email", "anna@example", "Write an e-mail address, such as anna@example.com."),
    ("phone", "ask Bo", "“ask Bo” has more in it than a phone number. Write the words into the note."),
    (
        "bank_account",
        "GB29 NWBK 6016 1331 9268 18",
        "The check digits of the IBAN “GB29 NWBK 6016 1331 9268 18” don't fit. Compare each of its characters.",
    ),
    ("credit_limit", D(-1), "“-1” isn't an amount of money"),
    ("credit_limit", D("Infinity"), "“Infinity” isn't an amount of money"),
    ("credit_limit", D("0.001"), "GBP has only 2 digits."),
    ("birth_date", None, "contacts of this kind have no such field"),
    ("responsible_id", 999, "Choose from the list."),
]
#: what can't be read of a phone number is kept in the note there
NOT_THERE = ("birth_date", "responsible_id", "note", "phone")
IN_A_FILE = [row for row in WRONG if row[0] not in NOT_THERE and row[1] not in (" ",)]


@pytest.fixture
def anna(company: Any) -> int:
    """A contact whose code is A-1."""

    def work(session: Any) -> int:
        return create_contact(session, SYSTEM, kind="legal_entity", name="Anna Ltd", code="A-1").id

    return int(company.database.run(work, actor=SYSTEM))


@pytest.mark.parametrize(("field", "value", "why"), WRONG)
def test_what_a_contact_can_not_be_is_refused_and_nothing_changed(
    refused: Any, anna: int, field: str, value: Any, why: str
) -> None:
    def create(session: Any) -> None:
        right = {"kind": "legal_entity", "name": "Bo"}
        create_contacts(session, SYSTEM, [right, {**right, field: value}])

    def change(session: Any) -> None:
        change_contact(session, SYSTEM, session.get(Contact, anna), **{"address": "1", field: value})

    for work in (create, change):
        assert refused(work, Invalid, field=field) == why


@pytest.mark.parametrize(("field", "value", "why"), IN_A_FILE)
def test_an_import_refuses_it_by_its_row(
    company: Any, anna: int, tmp_path: Path, field: str, value: Any, why: str
) -> None:
    row = {"code": "A-1", "name": "Anna Ltd", field: value}
    sheet = tmp_path / "contacts.csv"
    columns = ",".join(row)
    sheet.write_text(f"{columns}\n{','.join(str(cell) for cell in row.values())}\n")
    report = run_import(company, SYSTEM, "contacts.contacts", [sheet])
    found = [(e.row, e.field, e.message.casefold()) for e in report.errors]
    if field == "credit_limit" and not value.is_finite():  # no cell of a table is that
        why = "“Infinity” isn't a number"
    assert found == [(2, field, why.casefold())]


def test_the_form_shows_it_at_its_field_and_keeps_what_was_typed(app: Any) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    form = {"name": "Bo", "country": "", "responsible_id": "", "email": "bo at home", "credit_limit": "5"}
    answer = browser.post("/contacts/new/individual", data=form)
    assert 'id="email-error">Write an e-mail address' in answer.text
    assert 'value="bo at home"' in answer.text
    answer = browser.post("/contacts/new/individual", data={**form, "email": "", "credit_limit": "-5"})
    assert 'id="credit_limit-error">“-5” isn&#39;t an amount of money' in answer.text
    assert app.company.database.run(lambda s: s.scalars(select(Contact)).all(), actor=SYSTEM, write=False) == []


def test_who_does_not_sign_in_any_more_is_given_nobody_but_keeps_whom_they_have(
    company: Any, refused: Any, employ: Any
) -> None:
    sam = employ("sam", "salesperson")

    def leave(session: Any) -> int:
        mine = create_contact(session, SYSTEM, kind="individual", name="Mine", responsible_id=sam.user_id)
        change_user(session, SYSTEM, session.get(User, sam.user_id), is_active=False)
        return mine.id

    mine = company.database.run(leave, actor=SYSTEM)

    def rename(session: Any) -> Any:
        contact = session.get(Contact, mine)
        change_contact(session, SYSTEM, contact, name="Renamed", responsible_id=sam.user_id)
        return contact.name, contact.responsible_id

    assert company.database.run(rename, actor=SYSTEM) == ("Renamed", sam.user_id)
    given = {"kind": "individual", "name": "New", "responsible_id": sam.user_id}
    why = refused(lambda s: create_contact(s, SYSTEM, **given), Invalid, field="responsible_id")
    assert why == "Choose from the list."


def test_a_contact_does_not_change_its_kind(refused: Any, anna: int) -> None:
    why = refused(lambda s: change_contact(s, SYSTEM, s.get(Contact, anna), kind="individual"), Invalid, field="kind")
    assert why == "this contact is of another kind"


def test_contacts_made_at_once_take_free_codes_and_no_code_twice(company: Any, refused: Any, anna: int) -> None:
    def drafts(*codes: str) -> list[dict[str, str]]:
        return [{"kind": "individual", "name": "Bo", "code": code} for code in codes]

    for codes in (("B", "A-1"), ("A-1", " A-1 "), ("B", "B")):
        why = refused(lambda s, codes=codes: create_contacts(s, SYSTEM, drafts(*codes)), Conflict)
        assert why == f"The code “{codes[1].strip()}” is taken."

    def work(session: Any) -> list[str]:
        return [contact.code for contact in create_contacts(session, SYSTEM, drafts("", "2", "", "1", ""))]

    assert company.database.run(work, actor=SYSTEM) == ["3", "2", "4", "1", "5"]

    def swap(session: Any) -> None:
        one, two = session.scalars(select(Contact).where(Contact.code.in_(("1", "2"))).order_by(Contact.code))
        change_contacts(session, SYSTEM, {one: {"code": "6"}, two: {"code": "6"}})

    assert refused(swap, Conflict) == "The code “6” is taken."


def test_an_import_is_a_saving_that_others_get_a_message_about(
    company: Any, anna: int, refused: Any, tmp_path: Path
) -> None:
    sheet = tmp_path / "contacts.csv"
    sheet.write_text("code,name\nA-1,Anna & Co\n")
    assert run_import(company, SYSTEM, "contacts.contacts", [sheet]).updated["contacts.contact"] == 1
    refused(lambda s: change_contact(s, SYSTEM, s.get(Contact, anna), version=1, name="Mine"), Changed)
    found = company.database.run(lambda s: s.get(ContactSearch, anna).public, actor=SYSTEM, write=False)
    assert found == "anna & co\na-1"


def test_an_import_writes_many_rows_with_as_many_statements_as_few(company: Any, tmp_path: Path) -> None:
    clerk = Actor(
        1,
        "clerk",
        permissions=frozenset({"contacts.contact.edit", "contacts.contact.view", "core.import.run"}),
        scopes={"contacts.contact": "own"},
    )
    counts: dict[str, list[int]] = {"made": [], "changed": []}
    for rows in (3, 300):
        sheet = tmp_path / f"contacts-{rows}.csv"
        for what, name in (("made", "Name"), ("changed", "Renamed")):
            sheet.write_text("code,name\n" + "".join(f"N{rows}-{i},{name} {i}\n" for i in range(rows)))
            statements: list[str] = []

            def note(*given: Any, statements: list[str] = statements) -> None:
                # SQLite inserts row by row, as it wouldn't say which id is whose.
                if not (company.database.is_sqlite and given[2].startswith("INSERT")):
                    statements.append(given[2])

            event.listen(company.database.engine, "before_cursor_execute", note)
            assert run_import(company, clerk, "contacts.contacts", [sheet]).is_whole
            event.remove(company.database.engine, "before_cursor_execute", note)
            counts[what].append(len(statements))
    assert counts["made"][0] == counts["made"][1]
    assert counts["changed"][0] == counts["changed"][1]


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"amount": D(0)}, "amount", "The amount must be above zero."),
        ({"amount": D("0.001")}, "amount", "GBP has only 2 digits."),
        ({"amount": D("NaN")}, "amount", "The amount can't be paid: it is too large or not a number."),
        ({"currency": "DEM"}, "currency", "“DEM” isn't a currency code (ISO 4217, such as GBP)."),
        ({"direction": "up"}, "direction", "A payment comes in or goes out, by bank, cash or card."),
        ({"method": "barter"}, "direction", "A payment comes in or goes out, by bank, cash or card."),
    ],
)
def test_what_a_payment_can_not_be_is_refused_and_nothing_changed(
    refused: Any, anna: int, given: dict[str, Any], field: str, why: str
) -> None:
    payment = {"contact_id": anna, "direction": "in", "amount": D(1), **given}
    assert refused(lambda s: record_payment(s, SYSTEM, **payment), Invalid, field=field) == why

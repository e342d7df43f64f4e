"""What is right of a contact's country and e-mail address, at every door."""

from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.importing import run_import
from app.reference.rules import country_codes
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides


@pytest.mark.parametrize("code", ["ZZ", "EU", "AC", "TA", "gb", "XX"])
def test_only_countries_are_countries(company: Any, refused: Any, code: str, tmp_path: Any) -> None:
    refused(lambda s: create_contact(s, SYSTEM, kind="individual", name="Anna", country=code), Invalid, field="country")
    company.database.run(lambda s: create_contact(s, SYSTEM, kind="individual", name="Anna", code="A"), actor=SYSTEM)
    anna = select(Contact).where(Contact.code == "A")
    refused(lambda s: change_contact(s, SYSTEM, s.scalars(anna).one(), country=code), Invalid, field="country")
    if code != "gb":  # which a file may write so
        path = tmp_path / "contacts.csv"
        path.write_text(f"code,country\nA,{code}\n")
        assert [e.field for e in run_import(company, SYSTEM, "contacts.contacts", [path]).errors] == ["country"]


def test_the_countries_are_those_of_iso() -> None:
    assert {"GB", "VN", "RU", "XK"} < country_codes()
    assert len(country_codes()) == 249 + 1


@pytest.mark.parametrize("email", ["anna", "anna@localhost", "anna@example.com, bob", "an na@example.com"])
def test_an_address_that_the_form_refuses_is_refused_of_a_file(
    company: Any, refused: Any, email: str, tmp_path: Any
) -> None:
    work = {"kind": "individual", "name": "Anna", "code": "A", "email": "anna@example.com"}
    company.database.run(lambda s: create_contact(s, SYSTEM, **work), actor=SYSTEM)
    anna = select(Contact).where(Contact.code == "A")
    refused(lambda s: change_contact(s, SYSTEM, s.scalars(anna).one(), email=email), Invalid, field="email")
    path = tmp_path / "contacts.csv"
    path.write_text(f'code,email\nA,"{email}"\n')
    report = run_import(company, SYSTEM, "contacts.contacts", [path], skip_errors=True)
    assert [e.field for e in report.errors] == ["email"]
    assert company.database.run(lambda s: s.scalars(anna).one().email, actor=SYSTEM, write=False) == work["email"]

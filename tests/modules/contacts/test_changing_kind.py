"""A contact becomes of another kind: what is lost is said before, what can't be is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit import AuditLine
from app.custom.operations import save_custom_field
from app.errors import Changed, Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.changing_kind import Loss, change_kind, losses
from modules.contacts.merging import merge
from modules.contacts.models import Contact, SoleProprietor
from modules.contacts.operations import create_contact
from modules.contacts.relations import add_relation
from modules.contacts.search import ContactSearch


@pytest.fixture
def firm(company: Any) -> int:
    """A legal entity that says something in each field of its own, and in custom fields that one other kind has too."""

    def declare(session: Any) -> None:
        for subject, title, kind in (
            ("legal_entity", "Region", "text"),
            ("sole_proprietor", "Region", "text"),
            ("legal_entity", "Staff", "number"),
        ):
            save_custom_field(session, SYSTEM, subject=f"contacts.{subject}", title=title, type=kind)

    def work(session: Any) -> int:
        contact = create_contact(
            session,
            SYSTEM,
            kind="legal_entity",
            name="Foss",
            code="F",
            country="NO",
            phone="+4755301200",
            legal_name="Foss Registered",
            contact_person="Ann",
            custom={"region": "north", "staff": Decimal(3)},
        )
        return int(contact.id)

    company.database.run(declare, actor=SYSTEM)
    company.database.run(lambda session: company.refresh(session), actor=SYSTEM, write=False)
    return int(company.database.run(work, actor=SYSTEM))


def test_what_another_kind_has_no_field_for_is_said_and_then_lost(company: Any, firm: int) -> None:
    def preview(session: Any) -> Any:
        contact = session.get(Contact, firm)
        return {kind: losses(contact, kind, session) for kind in ("sole_proprietor", "individual")}

    named, region = Loss("legal_name", "", "Foss Registered"), Loss("custom_region", "Region", "north")
    staff = Loss("custom_staff", "Staff", Decimal(3))
    said = company.database.run(preview, actor=SYSTEM, write=False)
    assert said == {"sole_proprietor": [staff], "individual": [named, region, staff]}

    def turn(kind: str) -> None:
        company.database.run(lambda s: change_kind(s, SYSTEM, s.get(Contact, firm), kind), actor=SYSTEM)

    def now(session: Any) -> Any:
        contact = session.get(Contact, firm)
        found = session.get(ContactSearch, firm)
        return type(contact).__name__, contact.custom, "foss registered" in found.public

    turn("sole_proprietor")
    assert company.database.run(now, actor=SYSTEM, write=False) == ("SoleProprietor", {"region": "north"}, True)
    turn("individual")
    assert company.database.run(now, actor=SYSTEM, write=False) == ("Individual", {}, False)
    turn("legal_entity")

    def ends(session: Any) -> None:
        contact = session.get(Contact, firm)
        assert (contact.legal_name, contact.contact_person, contact.phone) == (None, "Ann", "+4755301200")
        lines = select(AuditLine.summary).where(AuditLine.action == "contacts.contact.convert").order_by(AuditLine.id)
        assert session.scalars(lines).all()[:2] == [
            "F: legal_entity → sole_proprietor",
            "F: sole_proprietor → individual",
        ]

    company.database.run(ends, actor=SYSTEM, write=False)


def test_what_cannot_be_of_another_kind_is_refused(company: Any, refused: Any) -> None:
    def work(session: Any) -> dict[str, int]:
        made = {
            code: create_contact(session, SYSTEM, code=code, name=code, **fields)
            for code, fields in {
                "inn": {"kind": "legal_entity", "country": "RU", "tax_id": "7707083893"},
                "head": {"kind": "individual"},
                "same": {"kind": "individual"},
                "boss": {"kind": "sole_proprietor", "birth_date": date(1980, 1, 1)},
            }.items()
        }
        add_relation(session, SYSTEM, made["boss"], what="director", other_id=made["inn"].id)
        merge(session, SYSTEM, made["head"], made["same"])
        return {code: contact.id for code, contact in made.items()}

    ids = company.database.run(work, actor=SYSTEM)

    def turn(code: str, kind: str, **options: Any) -> Any:
        return lambda s: change_kind(s, SYSTEM, s.get(Contact, ids[code]), kind, **options)

    assert "a person's has twelve digits" in refused(turn("inn", "individual"), Invalid)
    assert "Undo that first" in refused(turn("head", "legal_entity"), Conflict)
    assert "merged into another" in refused(turn("same", "legal_entity"), Conflict)
    assert "“Director of”" in refused(turn("boss", "legal_entity"), Conflict)
    refused(turn("boss", "ghost"), Invalid, field="kind")
    refused(turn("boss", "sole_proprietor"), Invalid, field="kind")
    refused(turn("boss", "individual", version=99), Changed)
    count = select(func.count()).select_from(SoleProprietor)
    assert company.database.run(lambda s: s.scalar(count), actor=SYSTEM, write=False) == 1


def test_the_page_says_what_is_lost_and_changes_the_kind(company: Any, app: Any, firm: int) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/{firm}/kind"
    assert address in client.get(f"/contacts/{firm}").text
    page = client.get(address).text
    assert page.index("Foss Registered") > page.index('value="sole_proprietor"')
    assert client.post(address, data={"kind": "individual", "version": "99"}).status_code == 200, "an older version"
    version = page.partition('name="version" type="hidden" value="')[2].partition('"')[0]
    assert client.post(address, data={"kind": "individual", "version": version}).location == f"/contacts/{firm}"
    assert "Foss Registered" not in client.get(f"/contacts/{firm}").text

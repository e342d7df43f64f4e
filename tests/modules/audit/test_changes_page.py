"""The list of changes: by words, by record, by line; as a file with its reach; nothing found by what is closed."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit import AuditLine
from app.security import SYSTEM, User
from modules.contacts.folders import add_folder, remove_folder
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # words and rights


def test_changes_are_read_in_words_found_and_taken_as_a_file(house: Any, sign_in: Any) -> None:
    def work(session: Any) -> int:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Old Mill", phone="+442079460001")
        session.commit()
        maria = session.scalar(select(User.id).where(User.login == "maria"))
        contact = session.get(Contact, contact.id)
        folder = add_folder(session, SYSTEM, name="Asia", parent_id=None)
        new = {"responsible_id": maria, "folder_id": folder.id}
        change_contact(session, SYSTEM, contact, name="New Mill", phone="+442079460002", **new)
        session.commit()
        remove_folder(session, SYSTEM, folder)
        return int(contact.id)

    mill = house.company.database.run(work, actor=SYSTEM)
    page = f"/admin/audit/changes?record=contacts.contact:{mill}"
    text = sign_in("admin").get(page).text
    assert "Contact: New Mill" in text
    for word in ("Responsible", "Phone", "Old Mill", "+442079460001", "Maria", "Asia (removed)"):
        assert word in text, word
    assert "Old Mill" not in sign_in("admin").get("/admin/audit/changes?record=contacts.contact:999999").text
    assert sign_in("admin").get("/admin/audit/changes?record=x&line=y&person=z&field=q").status_code == 200

    maria = sign_in("maria")  # a manager, from whom private data is taken now
    take(house, "manager", "contacts.private")
    text = maria.get(page).text
    assert "•••" in text
    assert "+442079460001" not in text
    assert "Old Mill" in text
    assert "Old Mill" not in maria.get("/admin/audit/changes?q=442079460001").text
    assert "+44207" not in str(maria.get(f"/api/v1/lists/core.audit_change?record=contacts.contact:{mill}").json)

    book = load_workbook(io.BytesIO(maria.get(page + "&as=xlsx").data))
    cells = {str(cell) for row in book.active.values for cell in row}
    assert {"Old Mill", "New Mill", "•••"} <= cells
    exported = select(AuditLine.summary).where(AuditLine.action == "core.list.export")
    said = house.company.database.run(lambda s: s.scalars(exported).all(), actor=SYSTEM, write=False)
    assert any("record" in words for words in said)
    assert sign_in("sam").get(page).status_code == 403


def test_a_page_asks_as_often_however_many_records_it_names(house: Any, sign_in: Any) -> None:
    admin, asked = sign_in("admin"), []
    for many in (2, 20):

        def work(session: Any, many: int = many) -> None:
            users = session.scalars(select(User.id).order_by(User.id)).all()
            made = [create_contact(session, SYSTEM, kind="legal_entity", name=f"Mill {many} {n}") for n in range(many)]
            session.commit()
            for n, each in enumerate(made):
                change_contact(session, SYSTEM, each, name=f"{each.name}!", responsible_id=users[n % len(users)])

        house.company.database.run(work, actor=SYSTEM)
        for address in ("/admin/audit/changes?subject=contacts.contact", "/admin/audit/changes?as=xlsx&q=mill"):
            admin.get(address)
            with house.company.database.session(SYSTEM) as session, counted(session) as statements:
                assert admin.get(address).status_code == 200
            asked.append(len(statements))
    assert asked[:2] == asked[2:]


def test_fields_are_offered_of_the_kind_that_is_chosen(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    assert 'value="contacts_contact.credit_limit"' in admin.get("/admin/audit/changes?subject=contacts.contact").text
    assert 'value="trade_line.price"' in admin.get("/admin/audit/changes?subject=trade.sale").text
    without = admin.get("/admin/audit/changes").text
    assert 'value="contacts.contact"' in without
    assert 'value="contacts_contact.credit_limit"' not in without


def take(house: Any, role: str, group: str) -> None:
    from app.security import Role
    from app.security.operations import set_grant

    def work(session: Any) -> None:
        found = session.scalars(select(Role).where(Role.name == role)).one()
        set_grant(session, SYSTEM, found, "group", group, False)

    house.company.database.run(work, actor=SYSTEM)

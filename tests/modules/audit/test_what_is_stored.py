"""Changes are kept with what was stored: whatever the one who makes them may see, and however they are written."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit import AuditChange, AuditLine, verify
from app.custom import set_custom
from app.custom.operations import save_custom_field
from app.notices import notify, taken_notices
from app.security import SYSTEM, Actor
from app.security.operations import add_user
from modules.contacts.changing_kind import change_kind
from modules.contacts.details import add_detail
from modules.contacts.folders import add_folder, remove_folder
from modules.contacts.labels import remove_label
from modules.contacts.merging import merge
from modules.contacts.models import Channel, Contact, Folder, Label
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact
from modules.contacts.work.activities import log_activity, remove_activity
from modules.contacts.work.models import Activity
from modules.contacts.work.tasks import create_task
from modules.warehouse.groups import remove_group
from modules.warehouse.models import ItemGroup
from modules.warehouse.operations import create_group
from tests.conftest import PASSWORD
from tests.modules.audit.test_changes import FIRST, SECOND, THIRD, said

CLERK = Actor(7, "Clerk", frozenset({"core.audit.view", "contacts.contact.view"}))
SEEING = Actor(8, "Seeing", CLERK.permissions, groups=frozenset({"contacts.private"}))


def test_who_may_not_see_a_value_leaves_it_in_the_audit_for_those_who_may(company: Any) -> None:
    """A row that goes, a field that is set, a row that moves to another record: each with what was stored, not with dots."""

    def make(session: Any) -> tuple[int, int]:
        ids = [create_contact(session, SYSTEM, kind="individual", name=name).id for name in ("Ann Lee", "Bo Ray")]
        for value in (FIRST, SECOND, THIRD):
            add_detail(session, SYSTEM, session.get(Contact, ids[0]), Channel, kind="phone", value=value)
        return ids[0], ids[1]

    def work(session: Any) -> None:
        first, second, third = session.scalars(select(Channel).where(Channel.contact_id == ann).order_by(Channel.id))
        session.delete(first)
        second.value = "+442079460009"
        third.contact_id = bo
        session.flush()

    ann, bo = company.database.run(make, actor=SYSTEM)
    company.database.run(work, actor=CLERK)

    def values(number: int, actor: Actor) -> set[Any]:
        rows = company.database.run(lambda s: said(s, "contacts.contact", number), actor=actor, write=False)
        return {row[2:] for row in rows if row[1] == "contacts_channel.value"}

    for actor in (SYSTEM, SEEING):
        assert values(ann, actor) == {(FIRST, None), (SECOND, "+442079460009"), (THIRD, None)}
        assert values(bo, actor) == {(None, THIRD)}
    assert values(ann, CLERK) == {(None, None)}


def test_what_the_database_refuses_was_not_removed(company: Any) -> None:
    def work(session: Any) -> int:
        folder = add_folder(session, SYSTEM, name="Asia", parent_id=None)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Acme", folder_id=folder.id)
        session.commit()
        savepoint = session.begin_nested()
        session.delete(folder)  # a contact lies in it
        with pytest.raises(IntegrityError):
            session.flush()
        savepoint.rollback()
        contact.name = "Acme Ltd"
        return int(folder.id)

    number = company.database.run(work, actor=SYSTEM)
    rows = company.database.run(lambda s: said(s, "contacts.folder", number), actor=SYSTEM, write=False)
    assert rows == []


def test_what_the_database_works_out_is_kept_as_it_became(company: Any) -> None:
    """An expression instead of a value, and a field that was set without having been read."""
    number = company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Acme", country="GB").id, actor=SYSTEM
    )

    def work(session: Any) -> None:
        contact = session.get(Contact, number)
        contact.note = Contact.name + " & Co"
        session.expire(contact, ["country"])
        contact.country = "DE"

    company.database.run(work, actor=SYSTEM)
    rows = company.database.run(lambda s: said(s, "contacts.contact", number), actor=SYSTEM, write=False)
    assert [row[1:] for row in rows] == [
        ("contacts_contact.country", "GB", "DE"),
        ("contacts_contact.note", None, "Acme & Co"),
    ]


def test_rows_that_are_changed_at_once_say_what_they_said(company: Any) -> None:
    """One company: what is changed by one statement, or by the database itself, leaves old and new values as well."""

    def run(work: Any) -> Any:
        return company.database.run(lambda s: work(s), actor=SYSTEM)

    def kept(noun: str, number: int, *fields: str) -> list[tuple[Any, ...]]:
        rows = company.database.run(lambda s: said(s, noun, number), actor=SYSTEM, write=False)
        return [row[2:] for row in rows if row[1] in fields]

    def make(session: Any) -> tuple[int, ...]:
        folder = add_folder(session, SYSTEM, name="Asia", parent_id=None)
        made = [
            create_contact(session, SYSTEM, kind="sole_proprietor", name=name, folder_id=folder.id, tags=tags)
            for name, tags in (("Ann", "vip, new"), ("Bo", "vip"))
        ]
        note = log_activity(session, SYSTEM, made[0], "note", text="Rang")
        user = add_user(session, SYSTEM, login="sue", name="Sue", password=PASSWORD, roles=()).id
        day = date(2026, 1, 1)
        task = create_task(session, SYSTEM, title="Ring again", day=day, after=note, responsible_id=user)
        till = save_account(session, SYSTEM, kind="cash", name="Till", currency="GBP")
        group = create_group(session, SYSTEM, name="Tools")
        inner = create_group(session, SYSTEM, name="Saws", parent_id=group.id)
        return folder.id, *(each.id for each in made), note.id, task.id, till.id, group.id, inner.id

    folder, ann, bo, note, task, till, group, inner = run(make)
    vip, new = (
        run(lambda s, n=name: s.scalars(select(Label.id).where(Label.name == n)).one()) for name in ("vip", "new")
    )

    def change(session: Any) -> None:
        contact = session.get(Contact, ann)
        remove_folder(session, SYSTEM, session.get(Folder, folder))
        assert contact.folder_id is None  # a record that the session has says what is stored
        remove_label(session, SYSTEM, session.get(Label, vip))
        assert [label.name for label in contact.labels] == ["new"]
        save_account(session, SYSTEM, kind="cash", name="Safe", currency="GBP", is_main=True)
        remove_activity(session, SYSTEM, session.get(Activity, note))
        remove_group(session, SYSTEM, session.get(ItemGroup, group), with_inner=True)

    run(change)
    for number in (ann, bo):
        assert kept("contacts.contact", number, "contacts_contact.folder_id") == [(str(folder), None)]
    assert kept("contacts.contact", ann, "contacts_contact.labels") == [(f"{vip}, {new}", str(new))]
    assert kept("contacts.contact", bo, "contacts_contact.labels") == [(str(vip), None)]
    assert kept("contacts.money_account", till, "contacts_money_account.is_main") == [("true", "false")]
    assert kept("contacts.task", task, "contacts_task.after_id") == [(str(note), None)]
    assert kept("warehouse.item_group", inner, "warehouse_item_group.name") == [("Saws", None)]

    field = run(
        lambda s: (
            save_custom_field(s, SYSTEM, subject="contacts.sole_proprietor", title="Stall", type="text", key="stall").id
        )
    )
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    run(lambda s: set_custom(s, SYSTEM, {s.get(Contact, ann): {"stall": "Gate 4"}}))
    run(lambda s: change_kind(s, SYSTEM, s.get(Contact, ann), "individual"))
    # Taken out of a collection, it goes by itself.
    assert ("Gate 4", None) in kept("contacts.contact", ann, f"contacts_contact_value.{field}")
    assert kept("contacts.contact", ann, "contacts_contact.kind") == [("sole_proprietor", "individual")]
    run(lambda s: change_kind(s, SYSTEM, s.get(Contact, bo), "individual"))
    run(lambda s: add_detail(s, SYSTEM, s.get(Contact, bo), Channel, kind="phone", value=FIRST))
    run(lambda s: merge(s, SYSTEM, s.get(Contact, ann), s.get(Contact, bo)))
    assert (FIRST, None) in kept("contacts.contact", bo, "contacts_channel.value")
    assert (None, FIRST) in kept("contacts.contact", ann, "contacts_contact.phone")
    assert run(lambda s: list(verify(s))) == []


def test_a_savepoint_takes_back_its_own_lines_alone(company: Any) -> None:
    def work(session: Any) -> None:
        kept = create_contact(session, SYSTEM, kind="legal_entity", name="Kept", code="K")
        notify(session, "kept")
        with session.begin_nested() as savepoint:
            create_contact(session, SYSTEM, kind="legal_entity", name="Gone", code="G")
            notify(session, "gone")
            savepoint.rollback()
        with session.begin_nested():
            create_contact(session, SYSTEM, kind="legal_entity", name="Too", code="T")
        kept.name = "Kept on"  # still new, so not a change
        assert taken_notices(session) == ["kept"]

    company.database.run(work, actor=SYSTEM)
    asked = select(AuditLine.summary).where(AuditLine.action == "contacts.contact.create")
    asked = asked.order_by(AuditLine.sequence)
    assert company.database.run(lambda s: s.scalars(asked).all(), actor=SYSTEM, write=False) == ["K", "T"]
    kept = select(AuditChange.field)
    assert company.database.run(lambda s: s.scalars(kept).all(), actor=SYSTEM, write=False) == []
    assert company.database.run(lambda s: list(verify(s)), actor=SYSTEM, write=False) == []

"""Changes are kept with what was stored: whatever the one who makes them may see, and however they are written."""

from typing import Any

from sqlalchemy import select

from app.security import SYSTEM, Actor
from modules.contacts.details import add_detail
from modules.contacts.models import Channel, Contact
from modules.contacts.operations import create_contact
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

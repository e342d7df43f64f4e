"""What the audit keeps of a change: each field's value before and after, held to the policy, provable, and erasable."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.audit import AuditChange, AuditLine, AuditValue, erase_values, verify
from app.audit.changes import said as as_kept
from app.audit.kept import kept_of
from app.db import Base, mapper_of
from app.driver import Driver
from app.security import SYSTEM, Actor, Role
from app.security.operations import add_role, set_grants
from app.web.admin.changed import named
from modules.contacts.details import add_detail, details_of, remove_detail
from modules.contacts.models import Channel, Contact
from modules.contacts.operations import change_contact, create_contact

FIRST, SECOND, THIRD = "+442079460001", "+442079460002", "+442079460003"
READ = frozenset({"core.audit.view", "contacts.contact.view"})


def said(session: Any, noun: str, number: int) -> list[tuple[Any, ...]]:
    """What the audit says of a record, oldest first: the line's action, field, before, after."""
    of, value, line = AuditChange, AuditValue, AuditLine
    same = (value.chain == of.chain) & (value.sequence == of.sequence) & (value.position == of.position)
    query = select(line.action, of.field, value.before, value.after).select_from(of)
    query = query.join(line, (line.chain == of.chain) & (line.sequence == of.sequence)).outerjoin(value, same)
    query = query.where(of.subject == noun, of.subject_id == number)
    return [tuple(row) for row in session.execute(query.order_by(of.chain, of.sequence, of.field, of.part))]


def test_changes_are_kept_held_to_the_policy_proven_and_erased(company: Any) -> None:
    """One company, from its first change to the erasing of what it says."""
    database = company.database

    def run(work: Any, actor: Actor = SYSTEM, *, write: bool = True) -> Any:
        return database.run(work, actor=actor, write=write)

    def read(actor: Actor = SYSTEM) -> list[tuple[Any, ...]]:
        return run(lambda s: said(s, "contacts.contact", acme), actor, write=False)

    def change(work: Any) -> None:
        run(lambda s: work(s, s.get(Contact, acme)))

    acme = run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Acme", phone=FIRST, country="GB").id)
    assert read() == []  # a new record has no changes, nor have the rows that came with it

    change(lambda s, c: change_contact(s, SYSTEM, c, name="Acme Ltd", phone=SECOND))
    act = "contacts.contact.change"
    assert read() == [
        (act, "contacts_contact.name", "Acme", "Acme Ltd"),
        (act, "contacts_contact.phone", FIRST, SECOND),  # its row in the list of channels says the same, once is enough
    ]
    change(lambda s, c: (change_contact(s, SYSTEM, c, name="B"), change_contact(s, SYSTEM, c, name="Acme Ltd")))
    assert len(read()) == 2  # what was changed back wasn't changed
    change(lambda s, c: add_detail(s, SYSTEM, c, Channel, kind="phone", value=THIRD))
    assert (act, "contacts_channel.value", None, THIRD) in read()
    change(lambda s, c: remove_detail(s, SYSTEM, c, details_of(s, Channel, acme)[-1]))
    assert (act, "contacts_channel.value", THIRD, None) in read()

    # Who sees no private data reads that it changed; and finds nothing by what it was.
    clerk = Actor(7, "Clerk", READ)
    assert (act, "contacts_contact.phone", None, None) in read(clerk)
    assert (act, "contacts_contact.name", "Acme", "Acme Ltd") in read(clerk)
    by_value = select(AuditValue.position).where(AuditValue.before == FIRST)
    assert run(lambda s: s.scalars(by_value).all(), clerk, write=False) == []
    assert run(
        lambda s: s.scalars(by_value).all(), Actor(7, "C", READ, groups=frozenset({"contacts.private"})), write=False
    )
    # Without the right to see contacts no value of theirs; outside the scope, and without the right to read the audit, nothing.
    assert {row[2:] for row in read(Actor(7, "C", frozenset({"core.audit.view"})))} == {(None, None)}
    assert read(Actor(7, "C", READ, {"contacts.contact": "own"})) == []
    assert read(Actor(7, "C", frozenset({"contacts.contact.view"}))) == []

    assert run(lambda s: list(verify(s)), write=False) == []

    def tampered(statement: str) -> list[str]:
        with database.session(SYSTEM, write=True) as session:
            assert session.connection().execute(text(statement)).rowcount
            session.flush()
            return list(verify(session))  # and it is rolled back

    assert tampered("UPDATE core_audit_value SET after = 'Acme GmbH' WHERE after = 'Acme Ltd'")
    assert tampered(
        "UPDATE core_audit_change SET field = 'contacts_contact.note' WHERE field = 'contacts_contact.name'"
    )
    assert tampered("DELETE FROM core_audit_change WHERE field = 'contacts_contact.name'")
    assert tampered("UPDATE core_audit SET summary = 'other' WHERE action = 'contacts.contact.change'")
    assert any("no line says so" in error for error in tampered("DELETE FROM core_audit_value"))
    assert any(
        "no line says so" in e for e in tampered("UPDATE core_audit SET summary = '', salt = NULL WHERE chain = 0")
    )

    run(lambda s: erase_values(s, "contacts.contact", acme))
    assert {row[2:] for row in read()} == {(None, None)}
    assert len(read()) >= 4
    lines = select(AuditLine.summary).where(AuditLine.subject == "contacts.contact", AuditLine.subject_id == acme)
    assert set(run(lambda s: s.scalars(lines).all(), write=False)) == {""}
    assert run(lambda s: list(verify(s)), write=False) == []


def test_a_role_says_which_rights_it_had_and_has(company: Any) -> None:
    database, view = company.database, ("permission", "contacts.contact.view")

    def work(session: Any) -> int:
        return add_role(session, SYSTEM, name="clerk").id

    role = database.run(work, actor=SYSTEM)
    for value, scope in ((True, "own"), (False, "all")):
        wanted = {view: value, ("scope", "contacts.contact"): scope}
        database.run(lambda s, w=wanted: set_grants(s, SYSTEM, s.get(Role, role), w), actor=SYSTEM)
    rows = database.run(lambda s: said(s, "core.role", role), actor=SYSTEM, write=False)
    assert [row[1:] for row in rows] == [
        ("core_grant.", None, "true"),
        ("core_grant.scope", None, "own"),
        ("core_grant.", "true", None),
        ("core_grant.scope", "own", "all"),
    ]


def test_what_is_rolled_back_to_a_savepoint_says_nothing(company: Any) -> None:
    acme = company.database.run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Acme").id, actor=SYSTEM)

    def work(session: Any) -> None:
        contact = session.get(Contact, acme)
        with session.begin_nested() as savepoint:
            change_contact(session, SYSTEM, contact, name="B")
            savepoint.rollback()

    company.database.run(work, actor=SYSTEM)
    assert company.database.run(lambda s: said(s, "contacts.contact", acme), actor=SYSTEM, write=False) == []


@pytest.mark.one_engine  # pure
def test_a_number_that_is_only_written_otherwise_is_the_same() -> None:
    same = {"9.900000": "9.9", "9.9": "9.9", "0.0000": "0", "0": "0", "100": "100", "1E+2": "100", "-2.50": "-2.5"}
    assert {number: as_kept(Decimal(number)) for number in same} == same


def test_many_changes_are_two_statements(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fields of however many records a transaction changes."""
    asked: list[str] = []
    for name in ("run", "run_each"):
        monkeypatch.setattr(Driver, name, counting(getattr(Driver, name), asked))
    for size in (1, 30):
        names = [f"A{size}-{number}" for number in range(size)]

        def make(session: Any, names: list[str] = names) -> list[int]:
            return [create_contact(session, SYSTEM, kind="legal_entity", name=name).id for name in names]

        ids = company.database.run(make, actor=SYSTEM)
        asked.clear()

        def work(session: Any, ids: list[int] = ids) -> None:
            for contact in session.scalars(select(Contact).where(Contact.id.in_(ids))):
                contact.name, contact.country = f"B{contact.id}", "DE"

        company.database.run(work, actor=SYSTEM)
        assert (
            sum("core_audit_" in statement for statement in asked) == 3
        )  # the changes, their values, the chain's head
    kept = select(func.count()).select_from(AuditChange)
    assert company.database.run(lambda s: s.scalar(kept), actor=SYSTEM, write=False) == 2 * 31


def counting(method: Any, asked: list[str]) -> Any:
    def run(driver: Any, sql: str, values: Any) -> None:
        asked.append(sql)
        method(driver, sql, values)

    return run


@pytest.mark.one_engine
def test_every_field_that_is_kept_has_a_name(app: Any) -> None:
    """A new column is called by a form, a list, the record that it names, or its module (`fields` of the manifest)."""
    with app.test_request_context():
        kept = [(m, kept_of(m.class_)) for m in Base.registry.mappers]
        names = {
            f"{m.base_mapper.local_table.name}.{key}"
            for m, k in kept
            if k and not k.is_custom
            for key, _group in k.attributes
        }
        bare = {name for name in names if not named(name)}
    assert bare == set()


@pytest.mark.one_engine
def test_owners_of_lines_and_named_records_are_of_every_kind_in_their_table(app: Any) -> None:
    """Kinds that lie in one table have a mapper each, in no order: one of them would leave the others' records unnamed."""
    shared = {m.local_table for m in Base.registry.mappers if m.inherits and m.inherits.local_table is m.local_table}
    assert {table.name for table in shared} >= {"contacts_contact", "trade_document", "warehouse_movement"}
    for table in shared:
        kinds = {m for m in Base.registry.mappers if m.local_table is table}
        assert set(mapper_of(table).self_and_descendants) >= kinds

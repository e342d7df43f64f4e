"""Custom fields of contacts, items and documents: declared once, filled in at every door, closed by group."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.audit import AuditLine
from app.custom import CustomFieldRow, fields_of
from app.custom.operations import save_custom_field
from app.documents import DocumentVersion, SentBefore, correct, discard, post, save, versions_of
from app.documents.models import DocumentValue
from app.errors import Changed, Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.contacts.models import Allocation, Contact, ContactValue, Payment
from modules.contacts.operations import change_contact, change_contacts, create_contact, create_contacts, record_payment
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, ItemValue, Opening
from modules.warehouse.operations import change_item, create_item
from tests.at_once import at_once
from tests.statements import counted

Run = Callable[..., Any]
NOON = datetime(2026, 3, 2, 12)


@pytest.fixture
def run(company: Any) -> Run:
    """Do something for somebody, in a company where contacts, items and opening stock have fields of their own."""

    def declare(session: Any) -> None:
        for subject in ("contacts.legal_entity", "warehouse.opening"):
            add(session, subject=subject, title="Region", type="choice", choices=("north", "south"))
            add(session, subject=subject, title="Weight", type="number")
            add(session, subject=subject, title="Since", type="date")
            add(session, subject=subject, title="Fragile", type="yes_no")
            add(session, subject=subject, title="Margin", type="text", group="warehouse.cost")
        add(session, subject="warehouse.item", title="Shelf", type="text", is_required=True)

    company.database.run(declare, actor=SYSTEM)
    company.database.run(lambda session: company.refresh(session), actor=SYSTEM, write=False)
    return lambda work, actor=SYSTEM: company.database.run(work, actor=actor)


def add(session: Any, **said: Any) -> CustomFieldRow:
    return save_custom_field(session, SYSTEM, **said)


def draft(item: int, price: str = "2", **custom: Any) -> MovementDraft:
    return MovementDraft([MovementLineDraft(item, D(3), D(price))], target_id=100, moment=NOON, custom=custom)


SAID = {"region": "north", "weight": D("2.5"), "since": date(2026, 2, 28), "fragile": False, "margin": "low"}


def test_a_contact_an_item_and_a_document_say_what_was_typed(run: Run) -> None:
    def write(session: Any) -> tuple[int, int, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", custom=SAID)
        item = create_item(session, SYSTEM, code="A", name="Anvil", custom={"shelf": " B-12 "})
        document = save(session, SYSTEM, Opening, draft(item.id, **SAID))
        post(session, SYSTEM, [document])
        return contact.id, item.id, document.id

    contact, item, document = run(write)

    def read(session: Any) -> Any:
        return [session.get(m, i).custom for m, i in ((Contact, contact), (Item, item), (Opening, document))]

    assert run(read) == [SAID, {"shelf": "B-12"}, SAID]


def test_changing_replaces_what_is_given_and_leaves_the_rest(run: Run) -> None:
    def write(session: Any) -> int:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", custom=SAID)
        change_contact(session, SYSTEM, contact, custom={"region": "south", "weight": None, "fragile": True})
        change_contact(session, SYSTEM, contact, note="no word of custom fields")
        return contact.id

    contact = run(write)
    now = {**SAID, "region": "south", "weight": None, "fragile": True}
    assert run(lambda s: s.get(Contact, contact).custom) == now
    assert run(lambda s: s.scalars(select(func.count()).select_from(ContactValue)).one()) == 4  # nothing makes no row


def test_what_is_required_is_asked_of_whoever_fills_in_a_form(run: Run, refused: Any) -> None:
    def make(session: Any, **more: Any) -> Item:
        return create_item(session, SYSTEM, code="A", name="Anvil", **more)

    for custom in ({}, {"shelf": " "}, {"shelf": None}):
        why = refused(lambda s, c=custom: make(s, custom=c), Invalid, field="custom_shelf")
        assert why == "Please fill this in."
    item = run(lambda s: make(s).id)  # a program that knows of no custom fields
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, item), custom={"shelf": ""}), Invalid, field="custom_shelf")
    run(lambda s: change_item(s, SYSTEM, s.get(Item, item), custom={}))


def test_what_a_field_refuses_leaves_nothing_behind(run: Run, refused: Any) -> None:
    item = run(lambda s: create_item(s, SYSTEM, code="A", name="Anvil").id)
    cases = [
        ({"region": "west"}, "custom_region", "“west” is none of the choices."),
        ({"weight": "heavy"}, "custom_weight", "This isn't a value for “Weight”."),
        ({"colour": "red"}, "custom_colour", "There is no field “colour” here."),
    ]
    for custom, name, why in cases:
        said = refused(
            lambda s, c=custom: create_contact(s, SYSTEM, kind="legal_entity", name="B", custom=c), Invalid, field=name
        )
        assert said == why
        refused(lambda s, c=custom: save(s, SYSTEM, Opening, draft(item, **c)), Invalid, field=name)
    refused(
        lambda s: create_contact(s, SYSTEM, kind="individual", name="An", custom={"region": "north"}),
        Invalid,
        field="custom_region",
    )


def test_a_draft_that_is_saved_again_and_thrown_away_takes_its_values_along(run: Run) -> None:
    def write(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        document = save(session, SYSTEM, Opening, draft(item, **SAID))
        session.flush()
        save(session, SYSTEM, Opening, draft(item, weight=D(4)), document=document)
        session.flush()
        assert document.custom == {**SAID, "weight": D(4)}
        return document.id

    document = run(write)
    run(lambda s: discard(s, SYSTEM, s.get(Opening, document)))
    assert run(lambda s: s.scalars(select(DocumentValue)).all()) == []


def test_whoever_may_not_see_a_field_throws_a_draft_away_with_it(run: Run, employ: Any) -> None:
    keeper = blind(employ)

    def write(session: Any) -> int:
        document = save(session, SYSTEM, Opening, draft(create_item(session, SYSTEM, code="A", name="A").id, **SAID))
        session.flush()
        return document.id

    document = run(write)
    run(lambda s: discard(s, keeper, s.get(Opening, document)), keeper)
    assert run(lambda s: s.scalars(select(DocumentValue)).all()) == []


def blind(employ: Any) -> Any:
    """A storekeeper who sees no costs."""
    actor = employ("blind", "storekeeper", "accountant")
    return replace(actor, groups=actor.groups - {"warehouse.cost"})


def test_a_closed_field_is_neither_read_nor_written_nor_lost(run: Run, employ: Any) -> None:
    keeper = blind(employ)
    contact = run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Bergen AS", custom=SAID).id)
    seen = {key: value for key, value in SAID.items() if key != "margin"}
    assert run(lambda s: s.get(Contact, contact).custom, keeper) == seen
    assert "low" not in run(lambda s: s.scalars(select(ContactValue.text)).all(), keeper)
    assert run(lambda s: s.scalars(select(func.count()).select_from(ContactValue)).one(), keeper) == 4
    run(lambda s: change_contact(s, keeper, s.get(Contact, contact), custom={**seen, "weight": D(7)}), keeper)
    assert run(lambda s: s.get(Contact, contact).custom) == {**SAID, "weight": D(7)}
    for key in ("margin", "ghost"):  # whether there is such a field is not said
        for value in ("high", None, ""):
            with pytest.raises(Invalid) as refusal:
                run(lambda s, k=key, v=value: change_contact(s, keeper, s.get(Contact, contact), custom={k: v}), keeper)
            assert str(refusal.value) == f"There is no field “{key}” here."
    assert run(lambda s: s.get(Contact, contact).custom) == {**SAID, "weight": D(7)}


def test_values_of_a_record_outside_the_scope_are_not_found(run: Run, employ: Any) -> None:
    seller = employ("seller", "salesperson")
    assert seller.scope("contacts.contact") == "own"
    run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Bergen AS", custom={"region": "north"}))
    theirs = run(
        lambda s: create_contact(s, seller, kind="legal_entity", name="Own", custom={"region": "south"}).id, seller
    )
    assert run(lambda s: s.execute(select(ContactValue.record_id, ContactValue.text)).all(), seller) == [
        (theirs, "south")
    ]


def test_a_value_is_asked_for_by_its_record_and_not_among_all_records(run: Run, employ: Any) -> None:
    seller = employ("seller", "salesperson")
    run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Bergen AS", custom={"region": "north"}))
    run(lambda s: create_contact(s, seller, kind="legal_entity", name="Own", custom={"region": "south"}), seller)
    other = aliased(ContactValue)
    column = select(other.text).where(other.record_id == Contact.id, other.text.is_not(None)).scalar_subquery()

    def read(session: Any) -> Any:
        with counted(session, "contacts_contact_value") as sent:
            rows = session.execute(select(Contact.name, column).order_by(Contact.name)).all()
        whole = select(func.count()).select_from(other)
        return [tuple(row) for row in rows], session.scalar(whole), "IN (SELECT contacts_contact.id" in sent[0]

    assert run(read, seller) == ([("Own", "south")], 1, False)


def test_a_correction_keeps_what_the_document_said_before(run: Run) -> None:
    def write(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        document = save(session, SYSTEM, Opening, draft(item, **SAID))
        post(session, SYSTEM, [document])
        session.flush()
        correct(session, SYSTEM, document, draft(item, "3", weight=D(4), since=None))
        return document.id

    document = run(write)

    def read(session: Any) -> Any:
        found = session.get(Opening, document)
        ((version, said),) = versions_of(session, found)
        return found.custom, version.version, said.custom

    assert run(read) == ({**SAID, "weight": D(4), "since": None}, 1, SAID)
    assert run(lambda s: s.scalars(select(func.count()).select_from(DocumentVersion)).one()) == 1


def test_the_same_act_sent_again_is_held_against_what_it_says(run: Run, company: Any) -> None:
    run(lambda s: add(s, subject="contacts.payment", title="Voucher", type="text"))
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    contact = run(lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Bergen AS").id)

    def pay(session: Any, voucher: str) -> int:
        return record_payment(
            session,
            SYSTEM,
            contact_id=contact,
            direction="in",
            amount=D(5),
            operation_id="once",
            custom={"voucher": voucher},
        ).id

    payment = run(lambda s: pay(s, "V-1"))
    assert run(lambda s: pay(s, "V-1")) == payment
    with pytest.raises(SentBefore):
        run(lambda s: pay(s, "V-2"))
    assert run(lambda s: s.get(Payment, payment).custom) == {"voucher": "V-1"}


def test_many_records_are_read_and_written_with_as_many_statements_as_few(run: Run) -> None:
    def write(session: Any, count: int) -> tuple[int, int]:
        drafts = [
            {"kind": "legal_entity", "name": f"{n}", "code": f"{count}-{n}", "custom": {"region": "north"}}
            for n in range(count)
        ]
        with counted(session, "contacts_contact_value") as made:
            contacts = create_contacts(session, SYSTEM, drafts)
        session.commit()
        session.expunge_all()
        contacts = list(session.scalars(select(Contact).where(Contact.id.in_([c.id for c in contacts]))))
        with counted(session, "contacts_contact_value") as changed:
            change_contacts(session, SYSTEM, {contact: {"custom": {"region": "south"}} for contact in contacts})
        return len(made), len(changed)

    assert run(lambda s: write(s, 3)) == run(lambda s: write(s, 300)) == (1, 2)


def test_an_item_with_values_is_not_thereby_used(run: Run) -> None:
    item = run(lambda s: create_item(s, SYSTEM, code="A", name="Anvil", custom={"shelf": "B"}).id)
    run(lambda s: change_item(s, SYSTEM, s.get(Item, item), kind="service"))
    assert run(lambda s: s.get(Item, item).kind) == "service"
    assert run(lambda s: s.scalars(select(ItemValue.text)).all()) == ["B"]


def test_a_field_keeps_subject_key_and_type_and_the_rest_may_change(run: Run) -> None:
    def change(session: Any) -> tuple[Any, ...]:
        field = session.scalars(select(CustomFieldRow).where(CustomFieldRow.key == "shelf")).one()
        save_custom_field(
            session,
            SYSTEM,
            field,
            title="Rack",
            subject="contacts.individual",
            type="number",
            key="rack",
            group="warehouse.cost",
        )
        return field.title, field.subject, field.type, field.key, field.field_group, field.is_required, field.version

    assert run(change) == ("Rack", "warehouse.item", "text", "shelf", "warehouse.cost", False, 2)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("said", "error", "why"),
    [
        ({"title": " "}, Invalid, "A field needs a title."),
        ({"title": "Shelf"}, Conflict, "There is a field “Shelf” already."),
        ({"title": "SHÉLF"}, Conflict, "There is a field “SHÉLF” already."),
        ({"key": "shelf"}, Conflict, "The key “shelf” is taken."),
        (
            {"key": "Größe"},
            Invalid,
            "A key begins with a small Latin letter and has small letters, digits and _, at most 40 of them.",
        ),
        ({"subject": "warehouse.ghost"}, Invalid, "Choose from the list."),
        ({"type": "colour"}, Invalid, "Choose from the list."),
        ({"type": "choice"}, Invalid, "Write what one can choose from, each on a line of its own."),
        ({"group": "warehouse.ghosts"}, Invalid, "There is no confidential group “warehouse.ghosts”."),
        ({"title": "x" * 101}, Invalid, "At most 100 characters."),
    ],
)
def test_a_field_that_can_not_be_is_refused(run: Run, refused: Any, said: Any, error: Any, why: str) -> None:
    usual = {"subject": "warehouse.item", "title": "Colour", "type": "text"}
    assert refused(lambda s: save_custom_field(s, SYSTEM, **{**usual, **said}), error) == why


def test_two_who_take_a_title_at_the_same_moment_do_not_both_get_it(run: Run) -> None:
    run(lambda s: (add(s, subject="warehouse.item", title="One", type="text"), None)[1])

    def rename(session: Any) -> str:
        field = session.scalars(select(CustomFieldRow).filter_by(key="one")).one()
        save_custom_field(session, SYSTEM, field, title="Colour")
        time.sleep(0.5)  # as long as whoever comes meanwhile must wait
        return "renamed"

    def make(session: Any) -> str:
        add(session, subject="warehouse.item", title="colour", type="text")
        time.sleep(0.5)
        return "made"

    answers = at_once(lambda: run(rename), lambda: run(make))
    assert {type(answer) for answer in answers} == {str, Conflict}


def test_only_who_manages_fields_declares_them(run: Run, employ: Any) -> None:
    manager = employ("maria", "manager")
    with pytest.raises(Forbidden):
        run(lambda s: save_custom_field(s, manager, subject="warehouse.item", title="Colour", type="text"), manager)


def test_only_who_sees_a_confidential_group_takes_a_field_out_of_it_or_puts_one_into_it(run: Run, employ: Any) -> None:
    actor = blind(employ)
    actor = replace(actor, permissions=actor.permissions | {"core.custom_field.manage"})

    def change(session: Any, key: str, **said: Any) -> CustomFieldRow:
        field = session.scalars(select(CustomFieldRow).filter_by(subject="contacts.legal_entity", key=key)).one()
        return save_custom_field(session, session.info["actor"], field, **{"title": key, **said})

    for key, group in (("margin", ""), ("weight", "warehouse.cost"), ("margin", "contacts.private")):
        with pytest.raises(Forbidden):
            run(lambda s, k=key, g=group: change(s, k, group=g), actor)
    assert run(lambda s: change(s, "margin", title="Profit", group="warehouse.cost").version, actor) == 2
    run(lambda s: change(s, "margin", title="Profit"))
    summaries = select(AuditLine.summary).where(AuditLine.action == "core.custom_field.save").order_by(AuditLine.id)
    assert run(lambda s: s.scalars(summaries).all())[-2:] == [
        "contacts.legal_entity: Profit",
        "contacts.legal_entity: Profit; confidential: warehouse.cost → –",
    ]


def test_the_second_to_change_a_field_is_refused(run: Run, refused: Any) -> None:
    def change(session: Any, title: str) -> None:
        field = session.scalars(select(CustomFieldRow).where(CustomFieldRow.key == "shelf")).one()
        save_custom_field(session, SYSTEM, field, title=title, version=1)

    run(lambda s: change(s, "Rack"))
    refused(lambda s: change(s, "Bin"), Changed)


def test_a_field_no_longer_in_use_is_gone_and_its_values_come_back_with_it(run: Run, company: Any) -> None:
    item = run(lambda s: create_item(s, SYSTEM, code="A", name="Anvil", custom={"shelf": "B"}).id)

    def switch(session: Any, is_active: bool) -> None:
        field = session.scalars(select(CustomFieldRow).where(CustomFieldRow.key == "shelf")).one()
        save_custom_field(session, SYSTEM, field, title="Shelf", is_active=is_active)

    run(lambda s: switch(s, False))
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    assert run(lambda s: (fields_of(s, "warehouse.item"), s.get(Item, item).custom)) == ((), {})
    run(lambda s: change_item(s, SYSTEM, s.get(Item, item), custom={}))
    run(lambda s: switch(s, True))
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    assert run(lambda s: s.get(Item, item).custom) == {"shelf": "B"}


def test_every_worker_knows_a_new_field_at_its_next_request(run: Run, company: Any) -> None:
    from app.company import Company

    other = Company(company.config)
    other.database.run(lambda s: other.refresh(s), actor=SYSTEM, write=False)
    run(lambda s: add(s, subject="contacts.individual", title="Nickname", type="text"))

    def known(session: Any) -> list[str]:
        other.refresh(session)
        return [field.title for field in fields_of(session, "contacts.individual")]

    assert other.database.run(known, actor=SYSTEM, write=False) == ["Nickname"]
    other.database.dispose()


def test_documents_of_every_kind_can_have_fields() -> None:
    from app.custom import subjects
    from app.documents import Document

    kinds = {m.polymorphic_identity for m in Document.__mapper__.self_and_descendants if not m.polymorphic_abstract}
    assert subjects().keys() >= kinds >= {"trade.sale", "contacts.payment", "production.work_order"}
    assert subjects()["contacts.allocation"] is Allocation

"""All that is kept of a person: found, taken along, erased; the books say the same before and after."""

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.audit import verify as verify_audit
from app.db import utc_now
from app.documents import Document, post, save
from app.errors import Conflict, Forbidden, Invalid
from app.files import FileEntry, put_files, store
from app.ledger import verify
from app.security import SYSTEM, Actor, User
from app.web.edge.kept import KeptForm
from modules.contacts.clients.giving import give_access
from modules.contacts.clients.models import ClientAccess
from modules.contacts.contact_persons import erase_contact_person, find_contact_person
from modules.contacts.details import add_detail, change_detail
from modules.contacts.merging import merge, unmerge
from modules.contacts.models import Channel, Contact, Person
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.parties import parties_by_id
from modules.contacts.persons import erase_person, find_person
from modules.contacts.queries import statement_of
from modules.contacts.search import ContactSearch
from modules.contacts.work.activities import log_activity
from modules.contacts.work.models import Activity
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

#: what nothing in the database says any more
WORDS = (
    "Ann Lee",
    "Annabel",
    "ann@example.com",
    "+442079460018",
    "AB1234",
    "likes tea",
    "second flat",
    "costs us",
    "bring it to",
)


@pytest.fixture
def ann(company: Any) -> dict[str, int]:
    """A person who was merged with themselves, with a sale that is paid; and a company that isn't a person."""

    def work(session: Any) -> dict[str, int]:
        company.refresh(session)
        said = {"kind": "individual", "country": "GB"}
        ann = create_contact(
            session, SYSTEM, name="Ann Lee", code="Ann", email="ann@example.com", phone="+442079460018", **said
        )
        twin = create_contact(session, SYSTEM, name="Annabel", code="Ann2", **said)
        firm = create_contact(session, SYSTEM, kind="legal_entity", name="Firm", code="F")
        session.flush()
        change_contact(session, SYSTEM, ann, identity_document="AB1234")
        change_contact(session, SYSTEM, ann, identity_document="AB12345")
        add_detail(session, SYSTEM, ann, Channel, kind="phone", value="+442079460019", label="second flat")
        log_activity(session, SYSTEM, ann, "note", text="likes tea")
        item = create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service").id
        draft = TradeDraft(
            twin.id, [TradeLineDraft(item, D(1), D("30"))], moment=datetime(2026, 1, 10), note="bring it to 3B"
        )
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        session.flush()
        stored = store(company.config.data_dir, io.BytesIO(b"letter"))
        put_files(session, SYSTEM, "contacts.contact", twin.id, 0, [("scan.txt", stored)])
        # Their files lie on the card that stays, and go back when they were two after all.
        merge(session, SYSTEM, ann, twin)
        assert len(session.scalars(select(FileEntry).where(FileEntry.subject_id == ann.id)).all()) == 2
        unmerge(session, SYSTEM, twin.id)
        (back,) = session.scalars(select(FileEntry)).all()
        assert (back.subject_id, back.folder_id, back.name) == (twin.id, 0, "scan.txt")
        merge(session, SYSTEM, ann, twin)
        give_access(
            session, SYSTEM, ann, kind="link", days=7, parts=["statement"], language="en", site="https://example.com"
        )
        stored = store(company.config.data_dir, io.BytesIO(b"passport"))
        put_files(session, SYSTEM, "contacts.contact", ann.id, 0, [("scan.txt", stored)])
        session.flush()
        return {"ann": ann.id, "twin": twin.id, "firm": firm.id, "sale": sale.id}

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


def pay(session: Any, ann: dict[str, int]) -> None:
    record_payment(
        session,
        SYSTEM,
        contact_id=ann["ann"],
        direction="in",
        method="bank",
        currency="GBP",
        amount=D(30),
        moment=datetime(2026, 1, 11),
        note="costs us",
    )


def everything(company: Any) -> str:
    """All rows of all tables, as text."""
    from app.db import Base

    def work(session: Any) -> str:
        connection = session.connection()
        rows = []
        for table in Base.metadata.sorted_tables:
            if connection.dialect.has_table(connection, table.name):
                rows += [f"{table.name}: {row}" for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}")]
        return "\n".join(rows)

    text: str = company.database.run(work, actor=SYSTEM, write=False)
    return text


def test_a_person_is_erased_for_good_and_the_books_say_the_same(
    company: Any, ann: dict[str, int], refused: Any
) -> None:
    def run(work: Any, actor: Any = SYSTEM) -> Any:
        return company.database.run(work, actor=actor)

    def erase(session: Any, name: str = "Ann Lee", who: str = "ann") -> Any:
        return erase_person(session, session.info["actor"], session.get(Contact, ann[who]), name)

    refused(erase, Conflict)  # the sale isn't paid
    run(lambda s: pay(s, ann))
    refused(lambda s: erase(s, name="ann lee"), Invalid, field="name")
    refused(lambda s: erase(s, who="firm", name="Firm"), Invalid)
    refused(lambda s: erase(s, who="twin", name="Annabel"), Conflict)
    clerk = Actor(1, "clerk", frozenset({"contacts.person.export", "contacts.contact.view"}))
    for work in (erase, lambda s: find_person(s, Actor(1, "x"), s.get(Contact, ann["ann"]))):
        with pytest.raises(Forbidden):
            run(work, clerk)

    def books(session: Any) -> Any:
        found = statement_of(session, ann["ann"])["GBP"]
        return [(line.moment, line.number, line.amounts) for line in found.lines], found.closing

    before = run(books)
    found = run(lambda s: find_person(s, SYSTEM, s.get(Contact, ann["ann"])))
    assert {
        "contacts_contact",
        "contacts_channel",
        "contacts_activity",
        "trade_line",
        "core_audit",
    } <= found.rows.keys()
    assert found.documents[ann["sale"]] == "trade.sale"
    assert [name for name, _digest in found.files] == ["scan.txt", "scan.txt"]
    there = everything(company)
    assert all(word in there for word in WORDS)

    assert run(erase) == f"Erased person {ann['ann']}"

    left = everything(company)
    assert [line for line in left.splitlines() if any(word in line for word in WORDS)] == []
    assert run(books) == before
    assert list(run(lambda s: list(verify(s)))) == []
    assert run(lambda s: list(verify_audit(s))) == []

    def look(session: Any) -> None:
        sale = session.get(Document, ann["sale"])
        assert (sale.summary, sale.note) == (f"Erased person {ann['ann']}", "")
        for model in (Channel, ClientAccess, FileEntry):
            assert session.scalars(select(model)).all() == []
        assert "Erased" in session.scalar(select(Contact.name).where(Contact.id == ann["ann"]))
        assert "ann" not in str(
            session.scalar(select(ContactSearch.public).where(ContactSearch.record_id == ann["ann"]))
        )
        assert session.scalar(select(Contact.name).where(Contact.id == ann["firm"])) == "Firm"

    run(look)
    refused(lambda s: unmerge(s, SYSTEM, ann["twin"]), Conflict)
    refused(lambda s: change_contact(s, SYSTEM, s.get(Contact, ann["ann"]), name="Ann Lee"), Conflict)
    given: Any = {"kind": "link", "parts": ["statement"], "days": 7, "language": "en", "site": "https://kontor.test"}
    refused(lambda s: give_access(s, SYSTEM, s.get(Contact, ann["ann"]), **given), Conflict)


@pytest.mark.one_engine
def test_a_page_shows_what_is_kept_gives_it_as_a_file_and_erases_it(
    app: Any, company: Any, ann: dict[str, int]
) -> None:
    app.company.database.run(lambda s: pay(s, ann), actor=SYSTEM)
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    page = admin.get(f"/contacts/{ann['ann']}/person")
    assert page.status_code == 200
    assert "Erase this person" in page.text
    assert admin.get(f"/contacts/{ann['firm']}/person").status_code == 422
    archive = zipfile.ZipFile(io.BytesIO(admin.get(f"/contacts/{ann['ann']}/person?as=zip").data))
    said = json.loads(archive.read("data.json"))
    assert {row["name"] for row in said["contacts_contact"]} == {"Ann Lee", "Annabel"}
    assert "likes tea" in archive.read("data.html").decode()
    assert "digest" not in said["contacts_client_access"][0]
    erase = f"/contacts/{ann['ann']}/person/erase"
    assert admin.post(erase, data={"name": "Ann"}).status_code == 422
    assert admin.post(erase, data={"name": "Ann Lee"}).status_code == 302
    card = admin.get(f"/contacts/{ann['ann']}").text
    assert f"Erased person {ann['ann']}" in card
    assert "Ann Lee" not in card
    assert f"/contacts/{ann['ann']}/edit" not in card
    assert admin.get(f"/contacts/{ann['ann']}/person").status_code == 409
    assert admin.get(f"/trade/sales/{ann['sale']}?as=pdf").status_code in (200, 404)
    assert admin.get(f"/contacts/{ann['ann']}/statement?as=pdf").data[:4] == b"%PDF"


def test_a_contact_person_is_erased_apart_from_the_company_and_from_what_others_typed(
    company: Any, refused: Any
) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        company.refresh(session)
        firm = create_contact(session, SYSTEM, kind="legal_entity", name="Firm", code="F", email="office@firm.example")
        other = create_contact(session, SYSTEM, kind="legal_entity", name="Other", code="O")
        session.flush()
        bob = add_detail(session, SYSTEM, firm, Person, name='Bob "Ray" Stone', role="buyer", is_main=True)
        add_detail(session, SYSTEM, firm, Person, name="Carol Hill")
        more = {"kind": "email", "person_id": bob.id, "is_main": True}
        add_detail(session, SYSTEM, firm, Channel, value="bob@firm.example", **more)
        change_detail(session, SYSTEM, firm, bob, role="head buyer", name='Bob "Ray" Stone')
        log_activity(session, SYSTEM, firm, "call", text="reached them", direction="out", persons=[bob.id])
        log_activity(session, SYSTEM, other, "note", text='ask bob "ray" STONE, bob@firm.example, for a reference')
        user = session.scalar(select(User.id).limit(1))
        session.add(
            KeptForm(
                user_id=user, address="/x", title="x", fields=json.dumps([["t", 'Bob "Ray" Stone']]), saved_at=utc_now()
            )
        )
        session.flush()
        assert (firm.contact_person, firm.email) == ('Bob "Ray" Stone', "bob@firm.example")
        return firm.id, bob.id

    def run(work: Any, actor: Any = SYSTEM) -> Any:
        return company.database.run(work, actor=actor)

    firm, bob = run(prepare)
    refused(lambda s: erase_contact_person(s, SYSTEM, s.get(Person, bob), "Bob"), Invalid, field="name")
    clerk = Actor(1, "clerk", frozenset({"contacts.person.export", "contacts.contact.view"}))
    with pytest.raises(Forbidden):
        run(lambda s: erase_contact_person(s, clerk, Person(), "Bob"), clerk)
    found = run(lambda s: find_contact_person(s, SYSTEM, s.get(Person, bob)))
    assert {
        "contacts_person",
        "contacts_channel",
        "contacts_activity_person",
        "contacts_activity_naming",
    } <= found.rows.keys()
    assert "Carol" not in str(found.rows)

    run(lambda s: erase_contact_person(s, SYSTEM, s.get(Person, bob), 'Bob "Ray" Stone'))

    left = everything(company)
    words = ("Stone", "STONE", "bob@firm", "head buyer")
    assert [line for line in left.splitlines() if any(word in line for word in words)] == []
    assert list(run(lambda s: list(verify_audit(s)))) == []

    def look(session: Any) -> None:
        contact = session.get(Contact, firm)
        assert (contact.name, contact.contact_person, contact.email) == ("Firm", "Carol Hill", "office@firm.example")
        texts = set(session.scalars(select(Activity.text)))
        assert max(session.scalars(select(Activity.version))) == 2  # whoever has the note open can't save the name back
        assert texts == {"reached them", f"ask Erased person {bob}c, Erased person {bob}c, for a reference"}

    run(look)


@pytest.mark.one_engine
def test_the_page_of_a_contact_person_shows_what_others_typed_and_erases(app: Any) -> None:
    def prepare(session: Any) -> tuple[int, int]:
        firm = create_contact(session, SYSTEM, kind="legal_entity", name="Firm", code="F")
        session.flush()
        bob = add_detail(session, SYSTEM, firm, Person, name="Bob Stone")
        log_activity(session, SYSTEM, firm, "note", text="Bob Stone called")
        return firm.id, bob.id

    firm, bob = app.company.database.run(prepare, actor=SYSTEM)
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    assert f"/contacts/{firm}/person/{bob}/all" in admin.get(f"/contacts/{firm}/person/{bob}").text
    page = admin.get(f"/contacts/{firm}/person/{bob}/all").text
    assert "Bob Stone called" in page
    assert "is taken out" in page
    said = zipfile.ZipFile(io.BytesIO(admin.get(f"/contacts/{firm}/person/{bob}/all?as=zip").data))
    assert "Bob Stone" in said.read("data.json").decode()
    assert admin.get(f"/contacts/{firm + 1}/person/{bob}/all").status_code == 404
    assert admin.post(f"/contacts/{firm}/person/{bob}/erase", data={"name": "Bob"}).status_code == 422
    assert admin.post(f"/contacts/{firm}/person/{bob}/erase", data={"name": "Bob Stone"}).status_code == 302
    assert "Bob Stone" not in admin.get(f"/contacts/{firm}").text


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_who_erases_waits_for_a_document_that_has_read_the_name(company: Any, ann: dict[str, int]) -> None:
    held = select(Contact.__table__.c.id).where(Contact.__table__.c.id == ann["ann"])

    def make(session: Any) -> None:
        assert parties_by_id(session, {ann["ann"]})[ann["ann"]].name == "Ann Lee"
        with company.database.engine.connect() as other, pytest.raises(OperationalError, match="lock"):
            other.execute(held.with_for_update(nowait=True))
        with company.database.engine.connect() as other:  # another document needn't wait
            other.execute(held.with_for_update(nowait=True, read=True, key_share=True))

    company.database.run(make, actor=SYSTEM)

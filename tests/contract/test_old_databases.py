"""A database that an earlier version made is brought up by this one, and proves: from 0.1.0 on, migrations are only added."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app import create_app
from app.audit import verify as verify_audit
from app.company import CORE, Company
from app.config import Config
from app.db import Base
from app.ledger import totals_of
from app.ledger import verify as verify_ledger
from app.migrations import current, head
from app.ordering import order_key
from app.search.asking import first_found
from app.search.proof import verify as verify_search
from app.security import SYSTEM, Grant, Role
from app.setup import migrate
from modules.contacts.api import ContactSearch
from modules.contacts.details import MAIN, details_of, text_of
from modules.contacts.models import Channel, Contact
from tests.old_databases import FOLDER, restore_postgresql, restore_sqlite

VERSIONS = sorted({path.name.rpartition("-")[0] for path in FOLDER.glob("*.sql.gz")})


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, engine: str, empty_url: str, tmp_path: Path) -> Any:
    path = FOLDER / f"{request.param}-{engine}.sql.gz"
    url = restore_sqlite(path, tmp_path / "kontor.db") if engine == "sqlite" else restore_postgresql(path, empty_url)
    company = Company(Config(tmp_path, url, "tests"))
    yield company
    company.database.dispose()


def test_there_is_one_of_each_engine() -> None:
    assert VERSIONS
    assert {path.name for path in FOLDER.glob("*.sql.gz")} == {
        f"{version}-{engine}.sql.gz" for version in VERSIONS for engine in ("sqlite", "postgresql")
    }


def test_several_numbers_in_one_field_become_a_phone_each(old: Company) -> None:
    numbers = ["+442079460001", "+442079460002;ext=7", "+442079460003"]
    with old.database.session(SYSTEM, write=True) as session:
        update = text("UPDATE contacts_contact SET phone = :phone, address = :address WHERE id = :id")
        session.connection().execute(update, {"phone": ", ".join(numbers), "address": "1 High St\n\nEly", "id": 1})
        session.commit()
    migrate(old.database, old)
    with old.database.session(SYSTEM) as session:
        contact = session.get(Contact, 1)
        assert contact is not None
        found = [(d.value, d.is_main) for d in details_of(session, Channel, 1) if d.kind == "phone"]
        assert sorted(found) == [(number, number == numbers[0]) for number in numbers]
        assert (contact.phone, contact.address) == (numbers[0], "1 High St\n\nEly")
        unchanged_details(session, contact)


def test_it_is_brought_up_and_proves(old: Company) -> None:
    migrate(old.database, old)
    with old.database.session(SYSTEM) as session:
        connection = session.connection()
        assert current(connection, CORE) == head(CORE)
        for name in ("contacts", "warehouse", "trade", "production"):
            source = old.source_of(name)
            assert current(connection, source) == head(source)
        assert [*verify_ledger(session), *verify_audit(session), *verify_search(session)] == []
        assert wrong_order_keys(connection) == []
        for contact in session.scalars(select(Contact)):
            unchanged_details(session, contact)
        figures = totals_of(session)
    assert {name: bool(sums) for name, sums in figures.items()} == dict.fromkeys(figures, True)


def test_whoever_saw_sales_prices_still_does_except_storekeepers(old: Company) -> None:
    with old.database.session(SYSTEM, write=True) as session:
        connection = session.connection()
        rights = {
            "Counter": "warehouse.item.view",
            "Figures": "trade.result.view",
            "Complaints": "trade.complaint.view",
            "Shipping": "trade.shipping.view",
        }
        for role, right in rights.items():
            connection.execute(text("INSERT INTO core_role (name, version) VALUES (:role, 1)"), {"role": role})
            connection.execute(
                text(
                    "INSERT INTO core_grant (role_id, kind, name)"
                    " SELECT id, 'permission', :right FROM core_role WHERE name = :role"
                ),
                {"role": role, "right": right},
            )
        session.commit()
    migrate(old.database, old)
    with old.database.session(SYSTEM) as session:
        query = select(Role.name).join(Grant, Grant.role_id == Role.id).where(Grant.name == "warehouse.price")
        assert {*session.scalars(query)} == {
            "accountant",
            "administrator",
            "buyer",
            "Counter",
            "Figures",
            "Complaints",
            "manager",
            "salesperson",
        }


def test_its_contacts_are_found_by_their_phones(old: Company) -> None:
    migrate(old.database, old)
    with old.database.session(SYSTEM) as session:
        phones = dict(session.execute(select(Contact.id, Contact.phone).where(Contact.phone != "")).all())
        found = {
            number: first_found(session, ContactSearch, phone, 1, select(Contact.id))
            for number, phone in phones.items()
        }
    assert {number: [hit.id for hit in hits] for number, hits in found.items()} == {
        number: [number] for number in phones
    }
    assert phones


def wrong_order_keys(connection: Any) -> list[Any]:
    """What lists would put in the wrong place: the keys, kept beside texts, that are not theirs."""
    texts = {c for mapper in Base.registry.mappers for c in mapper.columns if c.info.get("order")}
    found = {str(c): connection.execute(select(c, c.table.c[c.info["order"]])).all() for c in texts}
    assert found["core_document.summary"]
    return [(name, *row) for name, rows in found.items() for row in rows if row[1] != order_key(row[0] or "")]


def unchanged_details(session: Any, contact: Contact) -> None:
    """What the contact said in fields of its own, it says by its main details too."""
    for name, (model, kind) in MAIN.items():
        own = [d for d in details_of(session, model, contact.id) if not kind or d.kind == kind]
        assert [text_of(d) for d in own if d.is_main] == list(filter(None, [getattr(contact, name, "")])), name


def test_people_work_on_in_it(old: Company) -> None:
    migrate(old.database, old)
    app = create_app(old.config)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    assert client.post("/login", data={"login": "admin", "password": "admin-sample"}).status_code == 302
    pages = ("/", "/trade/sales", "/contacts/companies", "/warehouse/stock", "/production/work-orders", "/admin/audit")
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    app.company.database.dispose()


def test_migrations_are_only_added(old: Company) -> None:
    """What the database says it has come through is there still, in files of the same numbers."""
    with old.database.session(SYSTEM) as session:
        connection = session.connection()
        for source in (CORE, *(old.source_of(name) for name in old.installed)):
            came_to = current(connection, source)
            numbers = {path.name.split("_")[0] for path in source.folder.glob("[0-9]*.py")}
            assert came_to is None or came_to in numbers

"""New documents are written by statements of their own: the tables hold what a flush would have written."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from app.documents.inserting import insert
from app.documents.models import Document, DocumentLink
from app.security import SYSTEM
from modules.contacts.models import Contact, Individual
from modules.contacts.operations import create_contact
from modules.trade.models import Sale, TradeDocument, TradeLine
from modules.warehouse.operations import create_item

TABLES = (Document, TradeDocument, TradeLine, DocumentLink)
words = st.text(st.characters(exclude_categories=("Cc", "Cn", "Cs")), max_size=20)
amounts = st.integers(-(10**12), 10**12).map(lambda n: Decimal(n).scaleb(-4))


@pytest.fixture
def shop(company: Any) -> Any:
    def open_it(session: Any) -> None:
        create_contact(session, SYSTEM, kind="individual", name="Anna")
        create_item(session, SYSTEM, code="A", name="Anvil")

    company.database.run(open_it, actor=SYSTEM)
    return company


def _sale(said: dict[str, Any], quantities: list[Decimal], origin: Any) -> Sale:
    sale = Sale(organisation_id=1, contact_id=1, place_id=100, currency="GBP", **said)
    sale.lines = [TradeLine(line=n, item_id=1, quantity=q, price=q, net=q, tax=0) for n, q in enumerate(quantities, 1)]
    sale.links = [] if origin is None else [DocumentLink(line=1, origin_id=origin, origin_line=1, quantity=Decimal(1))]
    return sale


def _rows(session: Any, document: Any) -> list[dict[str, Any]]:
    """What stands in the tables of a document, except what is its own: its number in the books and when it came there."""
    rows = []
    for model in TABLES:
        table: Any = model.__table__
        key = table.c.id if "id" in table.c else table.c.document_id
        query = select(table).where(key == document.id).order_by(*table.primary_key)
        rows.extend(dict(row._mapping) for row in session.connection().execute(query))
    for row in rows:
        assert row.pop("id", document.id) == row.pop("document_id", document.id) == document.id
        row.pop("created_at", None)
    return rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {
            "moment": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
            "note": words,
            "summary": words,
            "tax_included": st.booleans(),
        },
        optional={
            "amount": amounts,
            "number": st.one_of(st.none(), words),
            "is_dated": st.booleans(),
            "due": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2200, 1, 1))),
            "state": st.sampled_from(("draft", "posted")),
        },
    ),
    st.lists(amounts, max_size=4),
    st.booleans(),
)
@example({"moment": datetime(2026, 1, 1), "note": 'NULL,"{}\\\n', "summary": "null", "tax_included": False}, [], False)
def test_the_tables_hold_what_a_flush_would_have_written(shop: Any, said: dict, quantities: list, linked: bool) -> None:
    with shop.database.session(SYSTEM, write=True) as session:
        first = _sale({"moment": datetime(2026, 1, 1)}, [Decimal(1)], None)
        insert(session, [first])
        origin = first.id if linked else None
        flushed, inserted = _sale(said, quantities, origin), _sale({**said, "number": None}, quantities, origin)
        session.add(flushed)
        session.flush()
        expected = _rows(session, flushed)
        session.add(inserted)
        insert(session, [inserted])
        expected[0]["number"] = None  # no two documents have the same
        assert _rows(session, inserted) == expected
        session.rollback()


def test_what_was_inserted_is_persistent_and_can_be_changed(shop: Any) -> None:
    def write(session: Any) -> int:
        sales = [_sale({"moment": datetime(2026, 1, n)}, [Decimal(n), Decimal(2)], None) for n in (1, 2)]
        insert(session, sales)
        assert all(inspect(thing).persistent for sale in sales for thing in (sale, *sale.lines))
        assert not session.dirty
        assert not session.new
        assert [sale.contact.name for sale in sales] == ["Anna", "Anna"]  # what was not loaded yet is
        assert sales[1].id == sales[0].id + 1
        sales[1].note, sales[1].lines[0].price = "changed", Decimal(7)
        del sales[1].lines[1]
        return int(sales[1].id)

    def look(session: Any) -> None:
        sale = session.get(Sale, number)
        (line,) = sale.lines
        assert (sale.note, line.line, line.quantity, line.price, line.discount) == ("changed", 1, 2, 7, 0)

    number = shop.database.run(write, actor=SYSTEM)
    shop.database.run(look, actor=SYSTEM, write=False)


def test_a_rollback_makes_them_new_again_and_their_ids_free(shop: Any) -> None:
    def write(session: Any) -> None:
        failed, other = (_sale({"moment": datetime(2026, 1, 1), "note": note}, [Decimal(1)], None) for note in "ab")
        with session.begin_nested() as savepoint:
            insert(session, [failed])
            savepoint.rollback()
        assert not inspect(failed).persistent
        insert(session, [other])
        assert session.get(Sale, other.id) is other
        insert(session, [failed])
        assert failed.id != other.id
        assert [sale.note for sale in session.scalars(select(Sale).order_by(Sale.note))] == ["a", "b"]

    shop.database.run(write, actor=SYSTEM)


def test_records_given_instead_of_ids_are_written(shop: Any) -> None:
    def write(session: Any) -> None:
        sale = _sale({"moment": datetime(2026, 1, 1)}, [Decimal(1)], None)
        sale.contact_id, sale.contact = None, session.get(Contact, 1)
        insert(session, [sale])
        assert sale.contact_id == 1

    shop.database.run(write, actor=SYSTEM)


def test_what_else_the_session_has_to_write_is_written_too(shop: Any) -> None:
    def write(session: Any) -> None:
        anna = session.get(Contact, 1)
        anna.name = "Anne"
        bert = Individual(name="Bert", country="GB", code="B", folded="bert")
        session.add(bert)
        sale = _sale({"moment": datetime(2026, 1, 1)}, [Decimal(1)], None)
        sale.contact_id, sale.contact = None, bert
        insert(session, [sale])
        assert sale.contact_id == bert.id
        assert not session.dirty
        assert not session.new

    shop.database.run(write, actor=SYSTEM)

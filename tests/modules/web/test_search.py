"""The search over everything: pages and actions by words of two languages, records by one statement a kind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from app.documents import Document
from app.documents.queries import newest_id
from app.preferences import Preference
from app.security import SYSTEM
from tests.statements import counted


@pytest.fixture(autouse=True)
def nothing_arranged(house: Any) -> None:
    """Each test begins with nothing used."""
    house.company.database.run(lambda s: s.execute(delete(Preference)), actor=SYSTEM)


def find(client: Any, text: str, language: str = "en") -> dict[str, list[tuple[str, str]]]:
    """Group → the title and address of each command."""
    page = client.get(
        "/search", query_string={"q": text}, headers={"HX-Request": "true", "Accept-Language": language}
    ).text
    groups = re.split(r'<div class="found-group">', page)[1:]
    row = re.compile(r'<a class="found-row" href="([^"]*)"(?: data-command)?>.*?<span>(.*?)</span>', re.DOTALL)
    return {
        g.partition("<")[0]: [(title, address.replace("&amp;", "&")) for address, title in row.findall(g)]
        for g in groups
        if row.search(g)
    }


def test_a_page_an_action_and_its_help_are_found_by_one_word(sign_in: Any) -> None:
    found = find(sign_in("admin"), "issue")
    assert found["Actions"][0] == ("New goods issue", "/warehouse/issues/new")
    assert found["Pages"] == [("Issues", "/warehouse/issues")]
    assert found["Help"] == [("Goods issues", "/help/warehouse.issue")]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("new sale", "/trade/sales/new"),
        ("import contacts", "/admin/import?what=contacts.contacts%7C"),
        ("audit", "/admin/audit"),
        ("sales figures", "/trade/results"),
        ("schedules", "/admin/schedules"),
        ("close period", "/admin/books/period"),
        ("my account", "/account"),
        ("administration users", "/admin/users"),
        ("NEW  Item", "/warehouse/items/new"),
    ],
)
def test_a_command_is_found_by_its_words(sign_in: Any, text: str, address: str) -> None:
    found = [a for commands in find(sign_in("admin"), text).values() for _, a in commands]
    assert address in found
    assert sign_in("admin").get(address).status_code == 200


@pytest.mark.parametrize("text", ["приходная накл", "receipt"])
def test_it_is_found_in_the_readers_language_and_in_english(sign_in: Any, text: str) -> None:
    found = find(sign_in("admin"), text, "ru")
    assert "/warehouse/receipts/new" in [a for commands in found.values() for _, a in commands]


@pytest.mark.parametrize("text", ["phiếu nhập kho", "phieu nhap kho"])
def test_it_is_found_without_accents(sign_in: Any, text: str) -> None:
    found = [a for commands in find(sign_in("admin"), text, "vi").values() for _, a in commands]
    assert "/warehouse/receipts/new" in found


def test_what_is_not_permitted_is_not_found(sign_in: Any) -> None:
    assert find(sign_in("sam"), "users") == {}
    assert find(sign_in("sam"), "import") == {}
    assert "Actions" not in find(sign_in("sam"), "receipt")
    assert find(sign_in("sam"), "new sale")["Actions"][0] == ("New sale", "/trade/sales/new")


def test_what_was_used_last_comes_first(sign_in: Any) -> None:
    client = sign_in("admin")
    assert list(find(client, "")) == ["Actions"]
    assert find(client, "new")["Actions"][0][1] != "/warehouse/items/new"
    for address in ("/admin/audit", "/warehouse/items/new"):
        assert client.post("/menu/recent", data={"address": address}).status_code == 204
    assert find(client, "")["Used last"] == [("New item", "/warehouse/items/new"), ("Audit", "/admin/audit")]
    assert find(client, "new")["Actions"][0][1] == "/warehouse/items/new"
    assert "Used last" not in find(sign_in("maria"), "")


def test_documents_of_every_kind_are_found_by_one_statement(sign_in: Any, house: Any, ask: Callable[..., Any]) -> None:
    client = sign_in("admin")
    client.get("/search?q=grun")
    with house.company.database.session(SYSTEM) as session, counted(session, "core_document.summary") as statements:
        page = client.get("/search?q=grun").text
    assert len([s for s in statements if "LIKE" in s]) == 1
    assert len(statements) == 2, "and one by the number"
    assert "Grünwald" in page, "by the contact's name without its accents"
    assert re.search(r'href="/trade/sales/\d+"', page)


def test_the_newest_documents_come_first_and_only_open_ones(sign_in: Any) -> None:
    numbers = re.findall(r"\bS-0000\d\d", sign_in("admin").get("/search?q=S-0000").text)
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 5
    assert "Nothing found" in sign_in("sam").get("/search?q=PU-0").text
    assert "/trade/purchases/" in sign_in("admin").get("/search?q=PU-0").text


@pytest.fixture
def last_five(house: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Only so many documents are looked through. Gives their ids."""
    monkeypatch.setattr("app.web.pages.search.MOST_SEARCHED", 5)
    newest = house.company.database.run(newest_id, actor=SYSTEM, write=False)
    return list(range(newest - 4, newest + 1))


def documents_of(page: str) -> set[int]:
    sales_and_moves = r'href="/(?:trade|warehouse/(?:receipts|issues|transfers))/(?:[a-z-]+/)?(\d+)"'
    return {int(found) for found in re.findall(sales_and_moves, page)}


LONG_AGO = "Documents of long ago are found by their whole number"


def test_of_many_documents_those_made_last_are_looked_through_and_the_page_says_so(
    sign_in: Any, last_five: list[int]
) -> None:
    page = sign_in("admin").get("/search?q=0").text + sign_in("admin").get("/search?q=00").text
    assert documents_of(page)
    assert documents_of(page) <= set(last_five)
    assert LONG_AGO in page


def test_where_all_documents_are_looked_through_nothing_is_said_of_it(sign_in: Any) -> None:
    assert LONG_AGO not in sign_in("admin").get("/search?q=-0000").text
    assert LONG_AGO not in sign_in("admin").get("/search?q=").text


@pytest.mark.parametrize("typed", ["S-000001", "s-000001"])
def test_an_old_document_is_found_by_its_whole_number(
    sign_in: Any, house: Any, last_five: list[int], typed: str
) -> None:
    query = select(Document.id).where(Document.kind == "trade.sale", Document.number == "S-000001")
    (old,) = house.company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False)
    assert old not in last_five
    assert documents_of(sign_in("admin").get(f"/search?q={typed}").text) == {old}
    assert documents_of(sign_in("steve").get(f"/search?q={typed}").text) == set(), "who may not see sales finds none"


@pytest.mark.parametrize("text", ["whatever", "example.com"])
def test_older_documents_are_not_read(sign_in: Any, house: Any, last_five: list[int], text: str) -> None:
    """Neither where no contact is found, nor those of the contacts that are."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "LIKE" in statement and "core_document.summary" in statement:
            asked.append((statement, values))

    engine = house.company.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        sign_in("admin").get(f"/search?q={text}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, values),) = asked
    is_sqlite = house.company.database.is_sqlite
    house.company.database.learn_sizes()
    engine.dispose()  # only a new connection knows what was learnt
    with engine.connect() as connection:
        if not is_sqlite:  # a small table is read whole, unless that is forbidden
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values)]
    read = [line.strip() for line in plan if re.search("core_document\\b", line)]
    if is_sqlite:
        assert "SEARCH core_document USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in read, plan
        assert all("INTEGER PRIMARY KEY" in line for line in read), plan
    else:
        assert any("pk_core_document on core_document" in line for line in read), plan


def test_a_contact_comes_before_its_contracts(sign_in: Any) -> None:
    found = [
        a for records in find(sign_in("maria"), "c-1003").values() for _, a in records if a.startswith("/contacts/")
    ]
    assert [a.rpartition("/")[0] for a in found[:2]] == ["/contacts", "/contacts/contracts"]

"""The menu as each user has it: groups stay as they were left, favourites come first, and only what is open is there."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.preferences import MOST_FAVOURITES, Preference, read_arrangement
from app.security import SYSTEM, Role, User
from tests.rows import rows_of_all_tables

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture(autouse=True)
def nothing_arranged(house: Any) -> None:
    """Each test begins with nothing arranged."""
    house.company.database.run(lambda s: s.execute(delete(Preference)), actor=SYSTEM)


def groups_of(page: str) -> dict[str, bool]:
    return {name: bool(is_open) for name, is_open in re.findall(r'<details data-group="([^"]*)"( open)?', page)}


def favourites_of(page: str) -> list[tuple[str, str]]:
    part = page.partition('class="side-favourites"')[2].partition("<details")[0]
    return re.findall(r'href="([^"]*)"><svg.*?<span>(.*?)</span>', part, re.DOTALL)


def star(client: Any, address: str, title: str = "A page") -> Any:
    return client.post("/menu/favourites", data={"address": address, "title": title, "endpoint": "core.home"})


def test_as_many_groups_are_open_as_fit_and_the_one_of_the_page(sign_in: Any) -> None:
    client = sign_in("admin")
    assert groups_of(client.get("/").text) == {
        "Contacts": True,
        "Money": False,
        "Warehouse": False,
        "Sales": False,
        "Purchasing": False,
        "Prices and taxes": False,
        "Reports": False,
        "Administration": False,
    }
    assert groups_of(client.get("/trade/sales").text)["Sales"]


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("/trade/parcels", "/trade/parcels"),
        ("/trade/parcels/tour", "/trade/parcels/tour"),
        ("/trade/pipeline/purchases", "/trade/pipeline/purchases"),
        ("/trade/pipeline/sales", "/trade/pipeline/sales"),
        ("/trade/sales/new", "/trade/sales"),
    ],
)
def test_one_line_is_marked_as_where_the_page_belongs(sign_in: Any, address: str, line: str) -> None:
    groups = sign_in("admin").get(address).text.partition("<details data-group")[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]*)" aria-current="page"', groups) == [line]


def test_a_group_stays_as_it_was_left(sign_in: Any) -> None:
    client = sign_in("admin")
    assert client.post("/menu/groups", data={"name": "Contacts", "open": ""}).status_code == 204
    assert client.post("/menu/groups", data={"name": "Administration", "open": "1"}).status_code == 204
    shown = groups_of(client.get("/contacts/companies").text)
    assert (shown["Contacts"], shown["Administration"]) == (False, True)
    assert groups_of(sign_in("maria").get("/").text)["Contacts"], "it is another user's"


def test_a_group_is_remembered_whatever_the_language(sign_in: Any) -> None:
    client = sign_in("maria")
    client.post("/menu/groups", data={"name": "Contacts", "open": ""})
    for language in ("ru", "vi", "en"):
        assert groups_of(client.get("/", headers={"Accept-Language": language}).text)["Contacts"] is False


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/menu/groups", {"name": "Nonsense", "open": "1"}),
        ("/menu/groups", {}),
        ("/menu/favourites", {"address": "https://example.com/trade/sales"}),
        ("/menu/favourites", {"address": "//example.com/trade/sales"}),
        ("/menu/favourites", {"address": "//["}),
        ("/menu/favourites", {"address": "/trade/sales\n"}),
        ("/menu/favourites", {"address": "/nowhere"}),
        ("/menu/favourites", {"address": "/login"}),
        ("/menu/favourites", {"address": "/contacts/1"}),
        ("/menu/favourites", {"address": "/reports/nothing"}),
        ("/menu/favourites", {"address": "/trade/sales?state=" + "x" * 600}),
        ("/menu/favourites", {}),
        ("/menu/recent", {"address": "/nowhere"}),
    ],
)
def test_what_is_not_a_page_is_refused_and_nothing_changed(sign_in: Any, ask: Any, address: str, fields: Any) -> None:
    before = ask(None, rows_of_all_tables)
    assert sign_in("admin").post(address, data=fields).status_code == 422
    assert ask(None, rows_of_all_tables) == before


def test_a_star_makes_a_page_a_favourite_and_takes_it_away(sign_in: Any) -> None:
    client = sign_in("admin")
    assert 'aria-pressed="false"' in client.get("/trade/sales?state=draft").text
    answer = star(client, "/trade/sales?state=draft&after=abc", "Sales <b> · Draft")
    assert answer.json["is_on"] is True
    assert "Sales &lt;b&gt; · Draft" in answer.json["menu"]
    page = client.get("/trade/sales?state=draft").text
    assert favourites_of(page) == [("/trade/sales?state=draft", "Sales &lt;b&gt; · Draft")]
    assert 'aria-pressed="true"' in page
    assert 'aria-pressed="false"' in client.get("/trade/sales").text
    assert star(client, "/trade/sales?state=draft").json["is_on"] is False
    assert favourites_of(client.get("/").text) == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/contacts/people?q=Jane+Doe", "/contacts/people"),
        ("/trade/sales?q=Jane&state=draft", "/trade/sales?state=draft"),
        ("/trade/sales/new?contact=61", "/trade/sales/new"),
        ("/warehouse/items/new?name=Jane+Doe", "/warehouse/items/new"),
        ("/warehouse/items?group=1", "/warehouse/items?group=1"),
        ("/trade/sales?since=2026-01-01", "/trade/sales?since=2026-01-01"),
    ],
)
def test_no_favourite_keeps_a_name_or_a_record(sign_in: Any, house: Any, address: str, kept: str) -> None:
    client = sign_in("admin")
    assert star(client, address, "A page · Jane Doe").json["is_on"] is True
    assert client.post("/menu/recent", data={"address": address}).status_code == 204
    try:
        ((found, title),) = favourites_of(client.get("/").text)
        text = house.company.database.run(
            lambda s: s.scalars(select(Preference.shell)).one(), actor=SYSTEM, write=False
        )
    finally:
        star(client, kept)
    assert found == kept
    assert title == ("A page · Jane Doe" if kept == address else "A page")
    assert json.loads(text)["recent"] == [kept]
    assert kept == address or "Jane" not in text


def test_a_record_has_no_star(sign_in: Any, ask: Any) -> None:
    user = ask(None, lambda s: s.scalars(select(User.id).where(User.login == "sam")).one())
    client = sign_in("admin")
    assert "data-star" not in client.get(f"/admin/users/{user}").text
    assert "data-star" not in client.get("/").text
    assert "data-star" in client.get("/admin/users").text


def test_a_favourite_that_is_closed_to_its_owner_is_not_shown(sign_in: Any, house: Any) -> None:
    client = sign_in("maria")
    for address in ("/trade/sales", "/admin/audit", "/reports/trade.result", "/trade/results"):
        star(client, address)
    before = [address for address, _ in favourites_of(client.get("/").text)]
    assert "/trade/sales" in before

    def become(role: str) -> Any:
        def work(session: Any) -> None:
            from app.registry import Generation

            user = session.scalars(select(User).where(User.login == "maria")).one()
            user.roles = [session.scalars(select(Role).where(Role.name == role)).one()]
            session.scalars(select(Generation)).one().number += 1

        return house.company.database.run(work, actor=SYSTEM)

    become("storekeeper")
    assert favourites_of(client.get("/").text) == []
    become("manager")
    assert [address for address, _ in favourites_of(client.get("/").text)] == before


def test_one_more_favourite_than_there_may_be_is_refused(sign_in: Any, ask: Any) -> None:
    client = sign_in("admin")
    for n in range(MOST_FAVOURITES):
        assert star(client, f"/trade/sales?state=s{n}").status_code == 200
    before = ask(None, rows_of_all_tables)
    assert star(client, "/trade/sales?state=smore").status_code == 422
    assert ask(None, rows_of_all_tables) == before


def test_what_is_arranged_goes_with_its_user(ask: Callable[..., Any]) -> None:
    def work(session: Any) -> int:
        user = User(login="gone", name="Gone", password_hash="")
        session.add(user)
        session.flush()
        session.add(Preference(user_id=user.id, shell=""))
        session.flush()
        session.execute(delete(User).where(User.id == user.id))
        return len(session.scalars(select(Preference).where(Preference.user_id == user.id)).all())

    assert ask(None, work) == 0


def test_whoever_has_arranged_nothing_has_it_as_it_comes() -> None:
    assert read_arrangement(None) == read_arrangement("")
    assert read_arrangement(None).groups == {}

"""Help over HTTP: which pages a reader is shown, where their links lead, and in which language."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from app.security import SYSTEM, User
from modules.warehouse.models import Opening

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

BESIDE = {"HX-Request": "true", "HX-Target": "help-body"}


def titles(answer: Any) -> list[str]:
    """The help pages that an answer lists, in its order."""
    return re.findall(r'<a href="/help/([\w.]+)[^"]*">', answer.text.partition('class="help-text')[2] or answer.text)


def names_of(house: Any) -> list[str]:
    """The pages of the core and of the modules that are on in the sample company."""
    return [name for name in house.extensions["kontor.help"].names if not name.startswith("production.")]


def speak(house: Any, login: str, locale: str | None) -> None:
    def work(session: Any) -> None:
        session.query(User).filter_by(login=login).update({"locale": locale})

    house.company.database.run(work, actor=SYSTEM)
    house.company._state = type(house.company._state)(-1, frozenset())  # actors are read again


def test_every_screen_that_one_can_open_offers_its_help(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    for rule in house.url_map.iter_rules():
        if rule.endpoint in house.screens and not rule.arguments and not rule.rule.startswith(("/help", "/login")):
            answer = admin.get(rule.rule)
            if answer.status_code == 200:
                address = f"/help/{house.screens[rule.endpoint]}"
                assert answer.text.count(f'href="{address}" hx-get="{address}" hx-target="#help-body"') == 1, rule.rule


def test_cards_and_documents_offer_their_help(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    ids = select(func.min(Opening.id))
    opening = house.company.database.run(lambda session: session.scalars(ids).one(), actor=SYSTEM, write=False)
    for address, page in (
        ("/contacts/1", "contacts.contact"),
        ("/contacts/1/statement", "contacts.statement"),
        ("/contacts/1/open-items", "contacts.open_item"),
        ("/trade/contacts/1", "contacts.contact"),
        ("/warehouse/items/3", "warehouse.item"),
        (f"/warehouse/openings/{opening}", "warehouse.opening"),
        ("/admin/users/1", "core.user"),
    ):
        answer = admin.get(address)
        assert answer.status_code == 200, address
        assert f'href="/help/{page}"' in answer.text, address


def test_each_page_is_shown_beside_another_and_by_itself(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    for name in names_of(house):
        whole, part = admin.get(f"/help/{name}"), admin.get(f"/help/{name}", headers=BESIDE)
        assert (whole.status_code, part.status_code) == (200, 200), name
        assert whole.text.count("<h1") == 1
        assert "<html" not in part.text
        assert (part.text.count("<h1"), part.text.count("<h2")) == (0, 1)
        assert part.text.count("<h3") == whole.text.count(f'<h2 id="{name.replace(".", "-")}')
        assert not re.search(r'href="(help|screen):', whole.text + part.text), name


def test_links_lead_to_pages_and_screens_that_are_there(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    links = {
        link
        for name in names_of(house)
        for link in re.findall(r'<a href="(/[^"#]*)', admin.get(f"/help/{name}", headers=BESIDE).text)
    }
    assert len(links) > 30
    assert {link: status for link in links if (status := admin.get(link).status_code) != 200} == {}


def test_who_may_not_open_a_screen_is_not_shown_its_help(sign_in: Any) -> None:
    steve = sign_in("steve")
    assert steve.get("/help/warehouse.receipt").status_code == 200
    assert steve.get("/help/core.document").status_code == 200  # also for who may not see a tab of all documents
    refused = steve.get("/help/core.role")
    assert refused.status_code == 403
    assert "Manage roles and rights" in refused.text
    assert "core.role" not in titles(steve.get("/help"))
    assert "core.role" not in titles(steve.get("/help/search?q=roles"))
    assert "core.role" in titles(sign_in("admin").get("/help/search?q=roles"))


def test_a_link_to_what_is_closed_is_only_text(sign_in: Any) -> None:
    text = sign_in("steve").get("/help/core.user", headers=BESIDE)
    assert text.status_code == 403
    lists = sign_in("steve").get("/help/core.list", headers=BESIDE).text
    assert "Custom fields</a>" not in lists
    assert "Custom fields can be columns" in lists
    assert 'href="/help/core.custom_field"' in sign_in("admin").get("/help/core.list", headers=BESIDE).text


def test_a_page_that_is_not_there_is_not_found(sign_in: Any) -> None:
    for name in ("trade.nothing", "nothing", "core.../core.home", "core.pages"):
        assert sign_in("admin").get(f"/help/{name}").status_code == 404, name


def test_a_stranger_is_helped_to_sign_in_and_no_further(house: Any) -> None:
    stranger = house.test_client()
    assert 'href="/help/core.login"' in stranger.get("/login").text
    assert stranger.get("/help/core.login").status_code == 200
    assert titles(stranger.get("/help")) == ["core.login", "core.help"]
    assert stranger.get("/help/trade.sale").status_code == 401
    assert stranger.get("/help/core.list").status_code == 401


def test_help_of_a_module_that_is_off_is_gone(house: Any, sign_in: Any, monkeypatch: Any) -> None:
    admin, is_on = sign_in("admin"), house.company.is_on
    assert "trade.sale" in titles(admin.get("/help/search?q=discount"))
    monkeypatch.setattr(house.company, "is_on", lambda name: name != "trade" and is_on(name))
    assert admin.get("/help/trade.sale").status_code == 404
    assert "trade.sale" not in titles(admin.get("/help"))
    assert "trade.sale" not in titles(admin.get("/help/search?q=discount"))
    assert "Goods come in by a" in admin.get("/help/warehouse.place").text


def test_help_and_its_search_are_in_the_readers_language(house: Any, sign_in: Any) -> None:
    anna = sign_in("anna")
    for locale, text, title in (
        ("ru", "ВОЗВРАТАМ", "Возвраты от покупателей"),
        ("vi", "hang ban tra lai", "Hàng bán trả lại"),
    ):
        speak(house, "anna", locale)
        assert f"{title}</h2>" in anna.get("/help/trade.sales_return", headers=BESIDE).text
        found = anna.get(f"/help/search?q={text}")
        assert "trade.sales_return" in titles(found)[:2]
        assert title in found.text
    speak(house, "anna", None)
    assert "Sales returns</h2>" in anna.get("/help/trade.sales_return", headers=BESIDE).text


def test_the_best_page_is_found_first(sign_in: Any) -> None:
    admin = sign_in("admin")
    for text, page in (
        ("first in first out", "warehouse.costing"),
        ("custom field", "core.custom_field"),
        ("open items", "contacts.open_item"),
        ("credit limit", "contacts.contact"),
        ("barcode scanner", "core.search"),
    ):
        found = titles(admin.get("/help/search", query_string={"q": text}))
        assert found[:1] == [page], text


def test_a_search_for_nothing_lists_everything(house: Any, sign_in: Any) -> None:
    everything = titles(sign_in("admin").get("/help"))
    assert sorted(everything) == sorted(names_of(house))
    assert titles(sign_in("admin").get("/help/search?q=+")) == everything


def test_what_is_searched_for_is_shown_as_text(sign_in: Any) -> None:
    answer = sign_in("admin").get("/help/search", query_string={"q": "<b>sale\0</b>" + "x" * 5000})
    assert answer.status_code == 200
    assert "<b>sale" not in answer.text
    assert "No help page has these words" in answer.text

"""What debts by age unfold to, and a reminder of them, for everybody whom the pages lead there."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.one_engine  # pages: no engine decides


@pytest.mark.parametrize("login", ["admin", "sam"])
def test_every_figure_of_ageing_unfolds(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    links = set(re.findall(r'href="(/contacts/ageing/documents\?[^"]*)"', client.get("/contacts/ageing").text))
    assert len(links) > 3
    for link in links:
        page = client.get(link.replace("&amp;", "&"))
        assert page.status_code == 200, link
        contact = re.search(r"contact=(\d+)", link)
        assert contact is None or f'<input type="hidden" name="contact" value="{contact[1]}">' in page.text, "it stays"


def test_figures_unfold_to_documents_of_their_days_alone(sign_in: Any) -> None:
    client, rows = sign_in("admin"), {}
    for asked in ("late_from=1", "late_to=0", ""):
        answer = client.get(f"/api/v1/lists/contacts.aged_item?limit=500&{asked}")
        rows[asked] = [row["number"] for row in answer.json["rows"]]
    assert rows["late_to=0"]
    assert sorted(rows["late_from=1"] + rows["late_to=0"]) == sorted(rows[""])


@pytest.mark.parametrize("login", ["admin", "sam"])
def test_a_reminder_is_offered_to_whoever_may_send_it_where_something_is_overdue(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    found = re.findall(r'href="/contacts/(\d+)"', client.get("/contacts/companies").text)
    offered = set()
    for contact in sorted(set(found), key=int)[:8]:
        proposal = f"/contacts/reminders/new?contact={contact}"
        is_offered = proposal in client.get(f"/contacts/{contact}/letters").text
        answer = client.get(proposal)
        assert answer.status_code == (403 if login == "sam" else 200)
        assert (f'value="{contact}" aria-label' in answer.text) == is_offered
        offered.add(is_offered)
    assert (True in offered) == (login == "admin")


def test_ageing_without_a_day_is_of_today_and_odd_numbers_are_refused(sign_in: Any) -> None:
    client = sign_in("admin")
    assert client.get("/contacts/ageing?date=").status_code == 200
    assert client.get("/contacts/ageing/documents?date=").status_code == 200
    for address in ("/contacts/ageing?bounds=a,b", "/contacts/open-items?due=someday"):
        asked = client.get(address, headers={"HX-Request": "true", "HX-Target": "list"})
        assert (asked.status_code, "<html" in asked.text) == (200, False), "it takes the list's place"
        assert 'role="alert"' in asked.text
    assert client.get("/contacts/ageing?bounds=a,b").status_code == 422
    for odd in ("NaN", "Infinity", "1e999999999"):
        assert client.get(f"/contacts/ageing/documents?contact={odd}").status_code == 422

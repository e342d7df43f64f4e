"""The forms of a contact's details, and what its card shows of them."""

from typing import Any

import pytest
from sqlalchemy import select

from modules.contacts.details import details_of
from modules.contacts.models import Channel, LegalEntity
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def contact(ask: Any) -> int:
    """One of Sam's."""

    def look(session: Any) -> int:
        return int(session.scalars(select(LegalEntity.id).where(LegalEntity.code == "C-1001")).one())

    return int(ask(None, look))


def channels(ask: Any, contact: int) -> list[tuple[str, str, bool]]:
    def look(session: Any) -> list[tuple[str, str, bool]]:
        return [(d.kind, d.value, d.is_main) for d in details_of(session, Channel, contact)]

    found: list[tuple[str, str, bool]] = ask(None, look)
    return found


def test_a_site_is_added_changed_and_removed(sign_in: Any, ask: Any, contact: int) -> None:
    anna, before = sign_in("anna"), channels(ask, contact)
    sent = {"kind": "site", "value": "bergen.example", "label": "shop"}
    answer = anna.post(f"/contacts/{contact}/channel/new", data=sent, follow_redirects=True)
    assert 'href="https://bergen.example" rel="noopener noreferrer nofollow"' in answer.text
    ((number, version),) = ask(
        None, lambda s: s.execute(select(Channel.id, Channel.version).where(Channel.kind == "site")).all()
    )
    page = f"/contacts/{contact}/channel/{number}"
    refused = anna.post(page, data={**sent, "value": "javascript:alert(1)", "version": version})
    assert "isn&#39;t the address of a site" in refused.text
    anna.post(page, data={**sent, "value": "https://bergen.example/en", "version": version})
    assert set(channels(ask, contact)) - set(before) == {("site", "https://bergen.example/en", True)}
    anna.post(f"{page}/remove")
    assert channels(ask, contact) == before


def test_an_address_is_asked_for_as_its_country_writes_it(sign_in: Any, contact: int) -> None:
    anna = sign_in("anna")
    first = anna.get(f"/contacts/{contact}/address/new").text
    assert "Postcode" in first
    assert 'name="region"' not in first  # Norway has none
    other = anna.get(f"/contacts/{contact}/address/new?country=US&street=1+Main&kind=billing").text
    for part in ("ZIP code", 'name="region"', '<option value="IL">', "1 Main", 'value="billing" selected'):
        assert part in other.replace('selected value="billing"', 'value="billing" selected'), part


@pytest.mark.parametrize("sort", ["fax", "channels", "../edit"])
def test_other_sorts_are_not_found(sign_in: Any, contact: int, sort: str) -> None:
    assert sign_in("anna").get(f"/contacts/{contact}/{sort}/new").status_code == 404


def test_a_detail_of_another_contact_is_not_found(sign_in: Any, ask: Any, contact: int) -> None:
    def look(session: Any) -> int:
        return int(session.scalars(select(Channel.id).where(Channel.contact_id != contact)).first())

    number = ask(None, look)
    for login in ("anna", "sam"):
        browser = sign_in(login)
        assert browser.get(f"/contacts/{contact}/channel/{number}").status_code == 404
        assert browser.post(f"/contacts/{contact}/channel/{number}/remove").status_code == 404


def test_whom_the_groups_are_closed_to_learns_of_none(sign_in: Any, contact: int) -> None:
    steve = sign_in("steve")  # sees contacts, and nothing private or financial of them
    page = steve.get(f"/contacts/{contact}").text
    assert "Phones and e-mail" not in page
    assert "Bank accounts" not in page
    assert "555" not in page
    assert page.count("•••") >= 2
    assert steve.get(f"/contacts/{contact}/channel/new").status_code == 403
    sofia = sign_in("sofia")  # somebody else's contact
    assert sofia.get(f"/contacts/{contact}/channel/new").status_code == 404


def test_who_began_from_an_older_one_sees_both(sign_in: Any, ask: Any, contact: int) -> None:
    (number,) = ask(None, lambda s: [d.id for d in details_of(s, Channel, contact) if d.kind == "email"])
    page, anna = f"/contacts/{contact}/channel/{number}", sign_in("anna")
    opened = fields_of(anna.get(page).text)
    sign_in("maria").post(page, data={**opened, "label": "maria's"})
    answer = anna.post(page, data={**opened, "label": "anna's"})
    assert answer.status_code == 200
    assert "maria&#39;s" in answer.text
    assert "anna&#39;s" in answer.text
    assert ask(None, lambda s: s.get(Channel, number).label) == "maria's"

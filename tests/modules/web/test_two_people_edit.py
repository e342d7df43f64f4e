"""Two people edit one record: the second to save sees both versions, and nothing typed is lost or written by halves."""

import html
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D
from threading import Barrier
from typing import Any

import pytest

from app.custom.operations import save_custom_field
from app.errors import Changed
from app.reference import CurrencyRate, Unit, organisation
from app.reference.operations import change_organisation, close_period, save_unit, set_rate
from app.registry.lifecycle import enable
from app.security import SYSTEM, Actor, Role, User
from app.security.operations import add_role, change_own, change_user, set_grants
from app.values import ExchangeRate
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from modules.production.models import Bom
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.warehouse.models import Item, ItemGroup
from modules.warehouse.operations import change_item, create_group, create_item, set_costs
from modules.warehouse.policies import policy_of
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.enterprise

#: of the numbers that Ofcom keeps for stories
THIS_DAY = date.today()
YESTERDAY = THIS_DAY - timedelta(days=1)
ONE, TWO = "+44 1632 960111", "+44 1632 960222"
TODAY, DAY = date(2026, 6, 1), date(2026, 1, 1)
#: what is edited → address, field, what the first saves and the second types, and what the second is shown
PAGES: dict[str, tuple[str, str, Any, Any, list[str]]] = {
    "contact": ("/contacts/1/edit", "phone", ONE, TWO, ["Phone", TWO, ONE]),
    "item": ("/warehouse/items/1/edit", "barcode", "111", "222", ["Barcode", "222", "111"]),
    "bill": ("/production/boms/1/edit", "output", "3", "2", ["Makes", "2", "3"]),
    "unit": ("/admin/units/1", "name", "piece", "item", ["Name", "item", "piece"]),
    "rate": ("/admin/rates/1", "number", "1.3", "1.25", ["Rate", "1.25", "1.3"]),
    "user": ("/admin/users/1", "name", "Ann", "Anna", ["Name", "Anna", "Ann"]),
    "organisation": (
        "/admin/organisation",
        "tax_id",
        "GB980780684",
        "GB802311782",
        ["Tax number", "GB802311782", "GB980780684"],
    ),
    "period": (
        "/admin/books/period",
        "until",
        # both past the month that is over, so that the page proposes no later day instead of what is stored
        YESTERDAY.isoformat(),
        THIS_DAY.isoformat(),
        ["Closed up to", f"{THIS_DAY.day} {THIS_DAY:%b %Y}", f"{YESTERDAY.day} {YESTERDAY:%b %Y}"],
    ),
    "account": ("/account", "locale", "en", "ru", ["Language", "Русский", "English"]),
}


def fill(session: Any) -> None:
    """One of each kind, each its table's first."""
    create_contact(session, SYSTEM, kind="individual", name="Ann")
    item = create_item(session, SYSTEM, code="A", name="Anvil", group_id=create_group(session, SYSTEM, name="Tools").id)
    part = create_item(session, SYSTEM, code="B", name="Bell")
    save_bom(session, SYSTEM, BomDraft(item.id, [ComponentDraft(part.id, D(4))]))
    set_rate(session, SYSTEM, currency="EUR", day=DAY, rate=ExchangeRate(D("1.2")))


@pytest.fixture
def two(app: Any) -> tuple[Any, Any]:
    """Two browsers of an administrator, in a company with one of each kind."""

    def prepare(session: Any) -> None:
        fill(session)

    app.company.database.run(prepare, actor=SYSTEM)
    browsers = app.test_client(), app.test_client()
    for browser in browsers:
        assert browser.post("/login", data={"login": "admin", "password": "correct horse"}).status_code == 302
    return browsers


def rows_of(page: str) -> list[list[str]]:
    """What is shown side by side: field, mine, theirs."""
    section = page.partition('aria-label="What differs"')[2].partition("</section>")[0]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html.unescape(section))
    return [cells[i : i + 3] for i in range(0, len(cells), 3)]


@pytest.mark.one_engine
@pytest.mark.parametrize("what", PAGES)
def test_the_second_to_save_sees_both_versions_and_may_save_over(two: tuple[Any, Any], what: str) -> None:
    early, late = two
    address, field, first, second, shown = PAGES[what]
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    assert early.post(address, data={**one, field: first}).status_code == 302
    saved = fields_of(early.get(address).text)
    refused = late.post(address, data={**other, field: second})
    assert refused.status_code == 200
    assert "Somebody else has saved this meanwhile." in refused.text
    assert rows_of(refused.text) == [shown]
    assert fields_of(early.get(address).text) == saved, "and nothing changed"
    again = fields_of(refused.text)
    assert again[field] == [second]
    assert late.post(address, data=again).status_code == 302
    stored = fields_of(early.get(address).text)
    assert stored[field] == [second]
    assert stored["version"] > saved["version"]


def test_rights_that_two_people_gave_all_hold_and_only_a_scope_is_asked_about(app: Any, two: tuple[Any, Any]) -> None:
    early, late = two
    address = f"/admin/roles/{app.company.database.run(lambda s: add_role(s, SYSTEM, name='intern').id, actor=SYSTEM)}"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    given = {**one, "permission": ["core.audit.view"], "scope:contacts.contact": "team"}
    assert early.post(address, data=given).status_code == 302
    mine = {**other, "permission": ["core.rate.view"], "group": ["contacts.private"], "scope:contacts.contact": "own"}
    refused = late.post(address, data=mine)
    assert rows_of(refused.text) == [["Contacts", "one's own", "the team's"]]
    assert fields_of(early.get(address).text)["permission"] == ["core.audit.view"]
    again = fields_of(refused.text)
    assert (again["permission"], again["group"]) == (["core.audit.view", "core.rate.view"], ["contacts.private"])
    assert late.post(address, data=again).status_code == 302
    stored = fields_of(early.get(address).text)
    assert (stored["permission"], stored["scope:contacts.contact"]) == (["core.audit.view", "core.rate.view"], ["own"])


def test_lines_of_a_bill_are_shown_where_they_differ(two: tuple[Any, Any]) -> None:
    early, late = two
    address = "/production/boms/1/edit"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    lines = other["lines"][0]
    assert early.post(address, data={**one, "lines": lines.replace('"4"', '"5"')}).status_code == 302
    refused = late.post(address, data={**other, "lines": lines.replace('"4"', '"6"')})
    assert rows_of(refused.text)[0] == ["Line 1", "B Bell; Quantity: 6", "B Bell; Quantity: 5"]
    assert late.post(address, data=fields_of(refused.text)).status_code == 302
    assert '"6"' in fields_of(early.get(address).text)["lines"][0]


#: what is edited → address, and what each of two people changes there, which the other leaves alone
APART: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "contact": ("/contacts/1/edit", {"phone": ONE, "custom_region": "north"}, {"email": "a@example.com"}),
    "own field": ("/contacts/1/edit", {"phone": ONE}, {"custom_region": "north", "note": "two\r\nlines"}),
    "item": ("/warehouse/items/1/edit", {"barcode": "111"}, {"note": "222"}),
    "bill": ("/production/boms/1/edit", {"output": "3"}, {"name": "by hand"}),
    "unit": ("/admin/units/1", {"name": "piece"}, {"digits": "2"}),
    "user": ("/admin/users/1", {"name": "Ann"}, {"team": "north"}),
    "organisation": ("/admin/organisation", {"tax_id": "GB980780684"}, {"name": "Ours"}),
    "costing": ("/warehouse/costing", {"pool": "company"}, {"group-1": "fifo"}),
}


@pytest.mark.one_engine
@pytest.mark.parametrize("what", APART)
def test_who_changed_other_fields_takes_over_theirs_and_is_asked_nothing(
    app: Any, two: tuple[Any, Any], what: str
) -> None:
    field = {"subject": "contacts.individual", "title": "Region", "type": "text", "key": "region"}
    app.company.database.run(lambda s: save_custom_field(s, SYSTEM, **field), actor=SYSTEM)
    early, late = two
    address, first, second = APART[what]
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    assert early.post(address, data={**one, **first}).status_code == 302
    refused = late.post(address, data={**other, **second})
    assert refused.status_code == 200
    assert "Somebody else has saved this meanwhile." in refused.text
    assert "Taken over from them:" in refused.text
    assert rows_of(refused.text) == []
    assert late.post(address, data=fields_of(refused.text)).status_code == 302
    stored = fields_of(early.get(address).text)
    assert {name: stored[name] for name in first | second} == {n: [v] for n, v in (first | second).items()}


@pytest.mark.one_engine
def test_a_form_that_was_kept_still_knows_what_it_began_from(two: tuple[Any, Any]) -> None:
    early, late = two
    address = "/contacts/1/edit"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    typed = [(n, v) for n, values in {**other, "email": ["a@example.com"]}.items() for v in values]
    assert early.post(address, data={**one, "phone": ONE}).status_code == 302
    late.post("/kept", data={"address": address, "title": "Ann", "fields": json.dumps(typed)})
    refused = late.post(address, data=fields_of(late.get(f"{address}?kept=1").text))
    assert rows_of(refused.text) == []
    assert re.search(r"Last change: \w+, ", refused.text)
    again = fields_of(refused.text)
    assert (again["phone"], again["email"]) == ([ONE], ["a@example.com"])


@pytest.mark.one_engine
def test_only_what_both_have_changed_is_asked_and_the_forms_word_counts(two: tuple[Any, Any]) -> None:
    early, late = two
    address = "/contacts/1/edit"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    early.post(address, data={**one, "phone": ONE, "email": "a@example.com"})
    refused = late.post(address, data={**other, "phone": TWO, "note": "mine"})
    assert rows_of(refused.text) == [["Phone", TWO, ONE]]
    early.post(address, data={**fields_of(early.get(address).text), "tax_id": "GB1"})
    again = late.post(address, data=fields_of(refused.text))  # a third saving: only that is new
    assert rows_of(again.text) == []
    assert late.post(address, data=fields_of(again.text)).status_code == 302
    stored = fields_of(early.get(address).text)
    assert [stored[n] for n in ("phone", "email", "note", "tax_id")] == [[TWO], ["a@example.com"], ["mine"], ["GB1"]]


@pytest.mark.one_engine
@pytest.mark.parametrize("began", ["", "{", "[1]", '{"phone": 1}', "[" * 9999, None])
def test_a_form_that_does_not_say_what_it_began_from_asks_about_all(two: tuple[Any, Any], began: str | None) -> None:
    early, late = two
    address = "/contacts/1/edit"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    early.post(address, data={**one, "phone": ONE})
    del other["began"]
    refused = late.post(address, data={**other, "phone": TWO, **({} if began is None else {"began": began})})
    assert rows_of(refused.text) == [["Phone", TWO, ONE]]


@pytest.mark.one_engine
def test_a_bill_of_which_only_one_changed_the_lines(two: tuple[Any, Any]) -> None:
    early, late = two
    address = "/production/boms/1/edit"
    one, other = fields_of(early.get(address).text), fields_of(late.get(address).text)
    lines = one["lines"][0].replace('"4"', '"5"')
    early.post(address, data={**one, "lines": lines})
    refused = late.post(address, data={**other, "note": "mine"})
    assert rows_of(refused.text) == []
    assert late.post(address, data=fields_of(refused.text)).status_code == 302
    stored = fields_of(early.get(address).text)
    assert ('"5"' in stored["lines"][0], stored["note"]) == (True, ["mine"])


@pytest.mark.one_engine
def test_a_password_typed_before_a_refusal_is_asked_for_again(two: tuple[Any, Any]) -> None:
    early, late = two
    one, other = fields_of(early.get("/admin/users/1").text), fields_of(late.get("/admin/users/1").text)
    early.post("/admin/users/1", data={**one, "name": "Ann"})
    refused = late.post("/admin/users/1", data={**other, "password": "another horse"}).text
    assert "Type it again: a password is never shown." in refused
    assert "another horse" not in refused


def _own(session: Any, version: int | None) -> None:
    me = Actor(user_id=1, name="admin", permissions=frozenset(), groups=frozenset(), scopes={}, team=(1,), locale=None)
    change_own(session, me, locale="ru", version=version)


Work = Callable[[Any, int | None], Any]
#: what is edited → how its version is read, and a change of it
OPERATIONS: dict[str, tuple[Callable[[Any], Any], Work]] = {
    "contact": (
        lambda s: s.get(Contact, 1),
        lambda s, v: change_contact(s, SYSTEM, s.get(Contact, 1), phone=ONE, version=v),
    ),
    "item": (lambda s: s.get(Item, 1), lambda s, v: change_item(s, SYSTEM, s.get(Item, 1), note="1", version=v)),
    "bill": (
        lambda s: s.get(Bom, 1),
        lambda s, v: save_bom(s, SYSTEM, BomDraft(1, [ComponentDraft(2, D(9))]), bom=s.get(Bom, 1), version=v),
    ),
    "unit": (
        lambda s: s.get(Unit, 1),
        lambda s, v: save_unit(s, SYSTEM, s.get(Unit, 1), code="C62", name="x", digits=0, version=v),
    ),
    "rate": (
        lambda s: s.get(CurrencyRate, 1),
        lambda s, v: set_rate(
            s, SYSTEM, s.get(CurrencyRate, 1), currency="EUR", day=DAY, rate=ExchangeRate(D(2)), version=v
        ),
    ),
    "user": (lambda s: s.get(User, 1), lambda s, v: change_user(s, SYSTEM, s.get(User, 1), name="x", version=v)),
    "account": (lambda s: s.get(User, 1), _own),
    "role": (
        lambda s: s.get(Role, 1),
        lambda s, v: set_grants(s, SYSTEM, s.get(Role, 1), {("permission", "core.audit.view"): True}, version=v),
    ),
    "organisation": (
        organisation,
        lambda s, v: change_organisation(s, SYSTEM, name="x", country="GB", tax_id="", zone="", version=v),
    ),
    "period": (organisation, lambda s, v: close_period(s, SYSTEM, until=DAY, today=TODAY, version=v)),
    "costing": (policy_of, lambda s, v: set_costs(s, SYSTEM, pool="company", costings={1: "fifo"}, version=v)),
}


@pytest.fixture
def filled(company: Any) -> Any:
    """The test's company with one of each kind."""

    def prepare(session: Any) -> None:
        enable(session, SYSTEM, company, "production")
        fill(session)

    company.database.run(prepare, actor=SYSTEM)
    return company


def version_of(company: Any, what: str) -> int:
    return company.database.run(lambda s: OPERATIONS[what][0](s).version, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


@pytest.mark.one_engine
@pytest.mark.parametrize("what", OPERATIONS)
def test_an_operation_refuses_an_older_version_and_changes_nothing(filled: Any, refused: Any, what: str) -> None:
    seen, change = version_of(filled, what), OPERATIONS[what][1]
    filled.database.run(lambda s: change(s, seen), actor=SYSTEM)
    assert version_of(filled, what) > seen
    refused(lambda s: change(s, seen), Changed)
    filled.database.run(lambda s: change(s, None), actor=SYSTEM)  # a program that began from none takes any


@pytest.mark.parametrize("what", OPERATIONS)
def test_of_two_who_save_at_the_same_moment_one_gets_a_message(filled: Any, what: str) -> None:
    seen, change, ready = version_of(filled, what), OPERATIONS[what][1], Barrier(2)

    def save(_number: int) -> bool:
        ready.wait()
        try:
            filled.database.run(lambda s: change(s, seen), actor=SYSTEM)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(save, range(2))) == [False, True]


def test_what_was_decided_of_a_group_is_kept_by_who_did_not_see_it(filled: Any) -> None:
    """A group made after the page was opened is not named by it."""

    def work(session: Any) -> str:
        toys = create_group(session, SYSTEM, name="Toys")
        set_costs(session, SYSTEM, pool="warehouse", costings={1: "average"}, version=0)
        return session.get(ItemGroup, toys.id).costing  # type: ignore[no-any-return]

    assert filled.database.run(work, actor=SYSTEM) == "average"

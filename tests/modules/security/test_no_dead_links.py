"""No page leads its reader to where they are refused: crawled for every shipped role, and for one that lacks each right."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from app.demo import LOGINS
from app.registry.requirements import requirements
from app.security import SYSTEM, Grant, Role
from app.security.operations import add_role, add_user, set_grant
from app.web.edge.routing import ANY, PUBLIC

_LEADS = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)"')
#: what a list is asked for by every reader alike, and leads nowhere else: its order, its sums, its next rows
_SAME = {"after", "before", "order", "totals"}
#: what no link should be followed to: it ends the session, or isn't a page
_NOT_PAGES = {"core.logout", "static"}

pytestmark = pytest.mark.parametrize("house_url", ["sqlite"], indirect=True)  # who may what, no engine decides


def matched(app: Any, address: str) -> tuple[str, bool] | None:
    """The endpoint of an address, and whether it is read."""
    adapter = app.url_map.bind("localhost")
    path = address.partition("?")[0]
    for method in ("GET", "POST"):
        try:
            return adapter.match(path, method=method)[0], method == "GET"
        except Exception:
            continue
    return None


def crawled(app: Any, client: Any) -> Iterator[tuple[str, int, set[tuple[str, str]]]]:
    """Pages from home on, one of each kind and way of asking: address, status, where it leads with the endpoint there."""
    waiting, known = deque(["/"]), {("core.home", ())}
    while waiting:
        page = waiting.popleft()
        status, led = looked_at(app, client, page)
        yield page, status, {(address, endpoint) for address, endpoint, _ in led}
        for address, endpoint, is_read in sorted(led):
            key = endpoint, tuple(sorted(set(re.findall(r"[?&](\w+)=", address)) - _SAME))
            if is_read and key not in known:
                known.add(key)
                waiting.append(address)


def looked_at(app: Any, client: Any, page: str) -> tuple[int, set[tuple[str, str, bool]]]:
    """A page's status, and where it leads: address, endpoint, whether it is read."""
    answer = client.get(page)
    led = set()
    if answer.status_code == 200 and answer.mimetype == "text/html":
        for address in {unescape(found) for found in _LEADS.findall(answer.text)}:
            found = matched(app, address)
            if found is not None and found[0] not in _NOT_PAGES:
                led.add((address, *found))
    return answer.status_code, led


def refusals(app: Any, actor: Any, page: str, status: int, led: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is wrong with a page for whoever reads it."""
    if status == 403:
        yield f"{page} is refused"
    for address, endpoint in led:
        needs = app.needs[endpoint]
        if needs not in (ANY, PUBLIC) and not actor.may(needs):
            yield f"{page} leads to {address}, which needs {needs}"


Crawled = list[tuple[str, int, set[tuple[str, str]]]]


def dead_links(app: Any, crawl: Crawled, actor: Any) -> list[str]:
    return [dead for page, status, led in crawl for dead in refusals(app, actor, page, status, led)]


@pytest.mark.parametrize("login", {role: login for login, _, role in LOGINS}.values())
def test_no_shipped_role_is_led_to_a_refusal(house: Any, sign_in: Any, actor: Any, login: str) -> None:
    crawl = list(crawled(house, sign_in(login)))
    assert dead_links(house, crawl, actor(login)) == []
    # A reader with fewer rights than their pages were made for is led astray, so the test can fail.
    assert len(dead_links(house, crawl, replace(actor(login), permissions=frozenset()))) > 50


@pytest.fixture(scope="module")
def lacking(house: Any) -> Any:
    """A user who has every right but the one that is taken: `take(kind, name)` gives their browser."""

    def make(session: Any) -> int:
        house.company.refresh(session)
        role = add_role(session, SYSTEM, name="nearly all")
        whole = select(Grant.kind, Grant.name).join(Role, Role.id == Grant.role_id).where(Role.name == "administrator")
        session.add_all(Grant(role_id=role.id, kind=k, name=n) for k, n in session.execute(whole) if k != "scope")
        add_user(session, SYSTEM, login="nina", name="Nina", password="nina-sample", roles=["nearly all"])
        return role.id

    role_id = house.company.database.run(make, actor=SYSTEM)
    taken: list[tuple[str, str]] = []
    client = house.test_client()
    assert client.post("/login", data={"login": "nina", "password": "nina-sample"}).status_code == 302

    def take(kind: str, name: str) -> Any:
        def work(session: Any) -> None:
            role = session.get(Role, role_id)
            while taken:
                set_grant(session, SYSTEM, role, *taken.pop(), True)
            set_grant(session, SYSTEM, role, kind, name, False)
            taken.append((kind, name))

        house.company.database.run(work, actor=SYSTEM)
        return client

    return take


def test_nobody_who_lacks_one_right_is_led_to_a_refusal(house: Any, lacking: Any, actor: Any, sign_in: Any) -> None:
    """Each right in turn: a page of each kind that leads somebody with all rights to where that one is needed. Each group of
    fields: those of its module."""
    leads = leading(house, list(crawled(house, sign_in("admin"))))
    rights = [("permission", name) for name in requirements({m.name for m in house.company.enabled})]
    rights += [("group", g.name) for m in house.company.enabled for g in m.manifest.field_groups]
    assert (len(leads) > 100, len(rights) > 200) == (True, True)
    dead: dict[str, list[str]] = {}
    for kind, name in rights:
        client, nina = lacking(kind, name), actor("nina")
        assert not (nina.may(name) if kind == "permission" else nina.sees(name))
        module = name.partition(".")[0]
        lost = [name] if kind == "permission" else [right for right in leads if right.startswith(f"{module}.")]
        pages = {page for right in lost for page in leads.get(right, {}).values()}
        looked = {page: looked_at(house, client, page) for page in sorted(pages)}
        # A page that refuses whom a group of fields is closed to, or by the right of what its address names, counts where one
        # of those that they see leads there.
        shown = {address for status, led in looked.values() if status == 200 for address, *_ in led}
        for page, (status, led) in looked.items():
            needed_there = needs_page(house, page)
            is_theirs = needed_there in (ANY, PUBLIC) or nina.may(needed_there)
            is_led = kind == "permission" and (page == "/" or needed_there not in (ANY, PUBLIC))
            if is_theirs and (is_led or status == 200 or page in shown):
                dead.setdefault(name, []).extend(refusals(house, nina, page, status, {to[:2] for to in led}))
    assert {name: found for name, found in dead.items() if found} == {}


def leading(app: Any, crawl: Crawled) -> dict[str, dict[str, str]]:
    """Right → endpoint of a page that leads to where it is needed → the page. What the menu leads to: home, one page."""
    pages = sorted((page for page in crawl if page[2]), key=lambda page: len(page[2]))
    times = Counter(to for _, _, led in pages for to in led)
    leads: dict[str, dict[str, str]] = defaultdict(dict)
    for page, _, led in pages:
        for to, endpoint in led:
            in_menu = times[to, endpoint] > len(pages) / 3 and page != "/"
            leads[app.needs[endpoint]].setdefault("" if in_menu else endpoint_of(app, page), page)
    return {right: pages for right, pages in leads.items() if right not in (ANY, PUBLIC)}


def endpoint_of(app: Any, page: str) -> str:
    found = matched(app, page)
    assert found is not None
    return found[0]


def needs_page(app: Any, page: str) -> str:
    """The permission of a page."""
    return str(app.needs[endpoint_of(app, page)])

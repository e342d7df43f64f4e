"""The bell in the page's head, its panel and page, and the choice on the account page."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.notifications import Notification, NotificationKind, notify_users
from app.notifications.kinds import backup_failed, mentioned
from app.security import SYSTEM, User
from tests.conftest import ADMIN, PASSWORD
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


@pytest.fixture
def browser(app: Any) -> Any:
    client = app.test_client()
    client.post("/login", data={"login": ADMIN, "password": PASSWORD})
    return client


def notify(app: Any, text: object = "something", kind: NotificationKind = mentioned, link: str = "") -> int:
    def work(session: Any) -> int:
        notify_users(session, kind, text=text, to=[1], link=link)
        number: int = session.scalars(select(Notification.id).order_by(Notification.id.desc())).first()
        return number

    found: int = app.company.database.run(work, actor=SYSTEM)
    return found


def count_on(page: str) -> str:
    found = re.search(r'<span class="bell-count"[^>]*>([^<]+)</span>', page)
    return found[1] if found else ""


def test_every_page_shows_how_many_are_unread(app: Any, browser: Any) -> None:
    assert count_on(browser.get("/").text) == ""
    for _ in range(3):
        notify(app)
    for address in ("/", "/account", "/admin/users", "/nowhere"):
        assert count_on(browser.get(address).text) == "3"


def test_it_costs_no_statement(app: Any, browser: Any) -> None:
    with app.company.database.session(SYSTEM) as session:
        tries = []
        for _ in range(2):
            with counted(session) as statements:
                browser.get("/admin/jobs")
            tries.append([s for s in statements if "core_notification" in s])
        assert [len(found) for found in tries] == [1, 1]
        assert all("core_generation" in statement for (statement,) in tries)  # the one that finds who asks


def test_one_is_opened_and_leads_where_it_says(app: Any, browser: Any) -> None:
    number = notify(app, "Look <b>here</b>", link="/admin/users")
    panel = browser.get("/notifications/panel").text
    assert "Look &lt;b&gt;here&lt;/b&gt;" in panel
    assert browser.post(f"/notifications/{number}/open").headers["Location"] == "/admin/users"
    assert count_on(browser.get("/").text) == ""
    assert browser.post("/notifications/999/open").status_code == 404


def test_one_or_all_are_marked_as_read_and_the_count_follows(app: Any, browser: Any) -> None:
    numbers = [notify(app, f"number {n}") for n in range(3)]
    part = browser.post(f"/notifications/{numbers[0]}/read", headers={"HX-Request": "true"}).text
    assert 'id="bell-count" hx-swap-oob="true"' in part
    assert count_on(part) == "2"
    notify(app, "came meanwhile")
    browser.post("/notifications/read", data={"up_to": str(numbers[2])})
    assert count_on(browser.get("/").text) == "1"
    assert browser.post("/notifications/read", data={"up_to": "x" * 40}).status_code == 302
    assert count_on(browser.get("/").text) == ""


def test_the_page_has_all_of_them_in_parts(app: Any, browser: Any) -> None:
    numbers = [notify(app, f"number {n}.") for n in range(52)]
    page = browser.get("/notifications").text
    assert "number 51." in page
    assert "number 1." not in page
    assert f"/notifications?before={numbers[2]}" in page
    older = browser.get(f"/notifications?before={numbers[2]}").text
    assert "number 1." in older
    assert "number 2." not in older
    for odd in ("abc", "-1", "9" * 30):
        assert browser.get(f"/notifications?before={odd}").status_code == 200


def test_many_unread_stay_short(app: Any, browser: Any) -> None:
    for _ in range(100):
        notify(app)
    assert count_on(browser.get("/").text) == "99+"


def test_the_channel_is_chosen_on_the_account_page(app: Any, browser: Any) -> None:
    page = browser.get("/account").text
    assert "No mail is set up on this server" in page
    assert 'id="core.backup_failed"' in page
    answer = browser.post("/account/notifications", data={mentioned.name: "off", "core.unknown": "off"})
    assert answer.status_code == 302
    page = browser.get("/account").text
    assert re.search(r'<select[^>]*name="core.mentioned">.*?<option value="off" selected>', page)
    before = app.company.database.run(lambda s: s.scalars(select(Notification)).all(), actor=SYSTEM)
    assert before == []
    bad = browser.post("/account/notifications", data={mentioned.name: "pigeon"}, follow_redirects=True)
    assert "Choose from the list." in bad.text


def test_kinds_that_need_a_right_are_offered_to_who_has_it(app: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = client.get("/account").text
    assert mentioned.name in page
    assert backup_failed.name not in page


@pytest.mark.parametrize("language", ["ru", "vi"])
def test_the_reader_reads_it_in_their_own_language(app: Any, browser: Any, language: str) -> None:
    from app.translation import lazy_gettext as _l

    notify(app, _l("“%(title)s” is done.", title=_l("Import")))
    browser.post("/account", data={"locale": language, "email": "admin@example.com"})
    panel = browser.get("/notifications/panel").text
    assert {"ru": "«Импорт» выполнено.", "vi": "đã xong."}[language] in panel


def test_an_address_is_checked_where_it_is_typed(app: Any, browser: Any) -> None:
    def email() -> str:
        found: str = app.company.database.run(lambda s: s.get_one(User, 1).email, actor=SYSTEM)
        return found

    answer = browser.post("/account", data={"locale": "", "email": "admin@"})
    assert 'id="email-error"' in answer.text
    assert email() == ""
    assert browser.post("/account", data={"locale": "", "email": "admin@example.com"}).status_code == 302
    assert email() == "admin@example.com"
    answer = browser.post(
        "/admin/users/1", data={"name": "A", "email": "boss@example.com", "roles": "administrator", "is_active": "y"}
    )
    assert answer.status_code == 302
    assert email() == "boss@example.com"

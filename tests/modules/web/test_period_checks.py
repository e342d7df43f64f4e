"""What is to settle before a period is closed: counted on the page, and each count is what its list shows."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.clock import wall_clock
from app.formats import day
from app.reference.operations import close_period
from app.security import SYSTEM
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def checks(page: str) -> dict[str, tuple[int, str]]:
    """Title → how many, and where they are."""
    found = re.findall(r'<li><a href="([^"]+)"[^>]*><b>([\d,]+)</b><span>([^<]+)</span>', page)
    return {title: (int(n.replace(",", "")), address.replace("&amp;", "&")) for address, n, title in found}


def asked(client: Any, until: str) -> dict[str, tuple[int, str]]:
    answer = client.get("/admin/books/period/checks", query_string={"until": until})
    assert answer.status_code == 200
    return checks(answer.text)


def rows(page: str) -> int:
    return len(re.findall(r"<tr[^>]*>\s*<td", page.partition("<tbody")[2].partition("</tbody>")[0]))


@pytest.fixture
def unfinished(house: Any) -> None:
    """In 2024: a draft of a receipt, and goods that came without an invoice."""
    from app.documents import post, save
    from modules.warehouse.kinds import MovementDraft, MovementLineDraft
    from modules.warehouse.models import FIRST_WAREHOUSE, Receipt
    from modules.warehouse.operations import create_item

    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="PC-1", name="Spare cable").id
        for hour in (9, 10):
            lines = [MovementLineDraft(item_id=item, quantity=Decimal(1), price=Decimal(2))]
            draft = MovementDraft(target_id=FIRST_WAREHOUSE, lines=lines, moment=datetime(2024, 2, 5, hour))
            save(session, SYSTEM, Receipt, draft)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, draft)])

    house.company.database.run(work, actor=SYSTEM)


def test_each_count_is_what_its_list_shows(sign_in: Any, unfinished: None) -> None:
    anna = sign_in("anna")
    found = asked(anna, "2024-02-05")
    assert found.keys() == {"Drafts: Goods receipts"}
    assert found["Drafts: Goods receipts"][0] == 2
    today = asked(anna, "2026-12-31")
    assert "Payments that aren&#39;t allocated in full" in today
    for title, (count, address) in (found | today).items():
        page = anna.get(address)
        assert page.status_code == 200
        assert rows(page.text) == count, title
    assert asked(anna, "2024-02-04") == {}


def test_what_is_on_its_way_or_held_over_the_closing_day_is_counted(sign_in: Any, house: Any) -> None:
    from app.documents import post, save
    from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
    from modules.warehouse.holds.models import Hold
    from modules.warehouse.kinds import MovementDraft, MovementLineDraft
    from modules.warehouse.models import FIRST_WAREHOUSE, Opening, Transfer
    from modules.warehouse.operations import create_item, create_place

    def work(session: Any) -> None:
        item = create_item(session, SYSTEM, code="PC-2", name="Cable on its way").id
        annex = create_place(session, SYSTEM, code="annex", name="Annex").id
        lines, day = [MovementLineDraft(item, Decimal(3), Decimal(2))], datetime(2023, 5, 5, 9)
        sent = [MovementLineDraft(item, Decimal(1))]
        for model, draft in (
            (Opening, MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=day)),
            (Transfer, MovementDraft(sent, FIRST_WAREHOUSE, annex, in_two_steps=True, moment=day.replace(hour=10))),
            (
                Hold,
                HoldDraft(FIRST_WAREHOUSE, [HoldLineDraft(item, Decimal(1))], "damaged", moment=day.replace(hour=11)),
            ),
        ):
            post(session, SYSTEM, [save(session, SYSTEM, model, draft)])

    house.company.database.run(work, actor=SYSTEM)
    client = sign_in("maria")
    found = asked(client, "2023-05-05")
    assert {title: count for title, (count, _) in found.items()} == {"Goods in transit": 1, "Goods held back": 1}
    for count, address in found.values():
        assert rows(client.get(address).text) == count
    assert asked(client, "2023-05-04") == {}


def test_the_page_begins_with_the_month_that_is_over(sign_in: Any) -> None:
    page = sign_in("anna").get("/admin/books/period").text
    over = wall_clock().date().replace(day=1) - timedelta(days=1)
    with sign_in("anna").application.test_request_context("/"):
        said = day(over)
    assert f"Before closing up to {said}" in page
    assert f'value="{over}"' in page  # the field says the same day


@pytest.mark.parametrize("until", ["", "yesterday", "2026-02-31"])
def test_where_the_field_says_no_day_nothing_is_asked_of_another(sign_in: Any, until: str) -> None:
    page = sign_in("anna").get(f"/admin/books/period/checks?until={until}").text
    assert "Before closing up to" not in page
    assert "Give the day up to which you close" in page


def test_the_field_and_what_is_to_settle_say_one_day_whatever_is_closed(app: Any, company: Any) -> None:
    browser, today = app.test_client(), wall_clock().date()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    over = today.replace(day=1) - timedelta(days=1)
    last = today - timedelta(days=1)
    for closed, proposed in ((over - timedelta(days=40), over), (over, last), (last, last), (today, today)):
        company.database.run(lambda s, closed=closed: close_period(s, SYSTEM, until=closed, today=today), actor=SYSTEM)
        page = browser.get("/admin/books/period").text
        assert f'value="{proposed}"' in page
        with app.test_request_context("/"):
            assert f"Before closing up to {day(proposed)}" in page
            assert f"The books are closed up to {day(closed)}." in page
    sent = {"until": (today + timedelta(days=9)).isoformat(), "version": "1"}
    refused = browser.post("/admin/books/period", data=sent).text
    with app.test_request_context("/"):
        assert f"Before closing up to {day(today + timedelta(days=9))}" in refused


def test_whoever_may_not_close_is_not_shown_what_is_open(sign_in: Any) -> None:
    for login in ("sam", "steve"):
        assert sign_in(login).get("/admin/books/period/checks").status_code == 403


def test_the_checks_ask_as_often_whatever_is_in_the_books(sign_in: Any, house: Any) -> None:
    client = sign_in("anna")
    asked(client, "2026-12-31")
    with house.company.database.session(SYSTEM) as session, counted(session) as statements:
        asked(client, "2026-12-31")
    assert len(statements) <= 16

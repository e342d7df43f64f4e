"""Long jobs that anybody may ask for run one at a time. Before, 200 clicks had the books verified 200 times."""

from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict
from app.jobs import Job, enqueue_single
from app.security import SYSTEM, Actor
from tests.at_once import at_once
from tests.conftest import ADMIN, PASSWORD

ONES = ("/admin/books/verify", "/admin/audit/prove", "/admin/backups/make", "/admin/modules/production/rehearse")


@pytest.fixture
def admin(app: Any) -> Any:
    client = app.test_client()
    assert client.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return client


def kinds(app: Any) -> list[str]:
    return list(app.company.database.run(lambda s: s.scalars(select(Job.kind).order_by(Job.id)).all(), actor=SYSTEM))


@pytest.mark.parametrize("path", ONES)
def test_a_second_click_shows_what_is_under_way(app: Any, admin: Any, path: str) -> None:
    pages = {admin.post(path).location for _ in range(20)}
    assert len(pages) == len(kinds(app)) == 1
    (page,) = pages

    def end(session: Any) -> None:
        session.scalars(select(Job)).one().state = "done"

    app.company.database.run(end, actor=SYSTEM)
    assert admin.post(path).location != page
    assert len(kinds(app)) == 2


def test_two_who_ask_at_once_get_the_same(company: Any) -> None:
    def ask() -> int:
        return int(company.database.run(lambda s: enqueue_single(s, SYSTEM, "core.verify_ledger").id, actor=SYSTEM))

    assert len(set(at_once(*[ask] * 4))) == 1


def test_other_arguments_are_another_job(company: Any) -> None:
    asked = [{"backup": 1}, {"backup": 2}, {"backup": 1}, None]
    ids = [
        company.database.run(lambda s, a=a: enqueue_single(s, SYSTEM, "core.prove_backup", a).id, actor=SYSTEM)
        for a in asked
    ]
    assert ids == [1, 2, 1, 3]


def test_one_that_isnt_open_to_somebody_is_named_and_not_shown(company: Any, refused: Any) -> None:
    company.database.run(lambda s: enqueue_single(s, Actor(1, "admin"), "core.verify_ledger"), actor=SYSTEM)
    why = refused(lambda s: enqueue_single(s, Actor(None, "other"), "core.verify_ledger"), Conflict)
    assert why == "Somebody else has begun this already. Try again when it is done."


def test_a_schedule_is_not_run_twice_at_once(app: Any, admin: Any) -> None:
    pages = {admin.post("/admin/schedules/core.tidy_notifications/run").location for _ in range(5)}
    assert kinds(app) == ["core.tidy_notifications"], pages


BACK = ("/admin/books", "/admin/audit", "/admin/backups", "/admin/modules")


@pytest.mark.parametrize(("path", "back"), list(zip(ONES, BACK, strict=True)))
def test_the_page_of_a_job_leads_back_to_where_it_is_asked_for(admin: Any, path: str, back: str) -> None:
    """Before, that of a backup led nowhere."""
    page = admin.get(admin.post(path).location).text
    assert f'<a class="btn btn-ghost" href="{back}">' in page

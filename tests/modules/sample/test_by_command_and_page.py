"""The command, the pages and the job by which the sample is removed."""

from collections.abc import Callable
from typing import Any

import pytest
from trader import Trader, fill_small, remove

from app.jobs import Job
from app.reference import organisation
from app.security import SYSTEM
from tests.commands import teller

Done = Callable[[Any, Callable[[Any], Any]], Any]


@pytest.fixture
def page(app: Any) -> Any:
    """A browser in which the administrator is signed in, over a company with a small sample."""
    app.company.database.run(fill_small, actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    return client


def _run_jobs(app: Any) -> Job:
    app.extensions["kontor.jobs"].run_waiting()
    query = "SELECT id FROM core_job WHERE kind = 'core.remove_sample' ORDER BY id DESC"

    def newest(session: Any) -> Job:
        number = session.connection().exec_driver_sql(query).scalars().first()
        return session.get(Job, number)  # type: ignore[no-any-return]

    return app.company.database.run(newest, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def test_the_command_shows_and_removes_it(
    config: Any, sampled: Any, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = teller(config.data_dir, config.database_url, monkeypatch)
    plan = tell("sample", "show", "--json").json
    assert (plan["is_sample"], plan["is_marked"], plan["documents"]["trade.sale"]) == (True, True, 3)
    assert "documents     contacts.payment 1, trade.purchase 1" in tell("sample", "show").out
    removed = tell("sample", "remove", "--json").json
    assert removed["documents"]["trade.sale"] == 3
    assert removed["kept"] == []
    assert tell("sample", "show", "--json").json["is_sample"] is False
    assert tell("sample", "remove").refusal == "There is no sample data that could be removed."


def test_the_command_names_what_rests_on_it(
    config: Any, sampled: Any, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(sampled, lambda session: Trader(session).sell("HAMMER", 1, "9.00", 30))
    tell = teller(config.data_dir, config.database_url, monkeypatch)
    assert "S-000003" in tell("sample", "remove").refusal


def test_the_page_says_what_goes_and_the_job_does_it(app: Any, page: Any) -> None:
    assert "/admin/sample" in page.get("/admin/organisation").text
    text = page.get("/admin/sample").text
    assert "Sale: 3" in text
    assert "Remove the sample data" in text
    answer = page.post("/admin/sample/remove")
    assert answer.status_code == 302
    job = _run_jobs(app)
    assert job.state == "done"
    assert job.result["sample"]["documents"]["trade.sale"] == 3
    assert "Removed:" in page.get(answer.location).text
    assert "There is no sample data in this company." in page.get("/admin/sample").text
    assert "/admin/sample" not in page.get("/admin/organisation").text


def test_a_job_that_begins_again_after_its_end_does_nothing(app: Any, page: Any) -> None:
    page.post("/admin/sample/remove")
    app.company.database.run(remove, actor=SYSTEM)
    job = _run_jobs(app)
    assert (job.state, job.result) == ("done", {})


def test_a_refused_job_names_what_rests_on_it_and_changes_nothing(app: Any, page: Any) -> None:
    app.company.database.run(lambda session: Trader(session).sell("HAMMER", 1, "9.00", 30), actor=SYSTEM)
    page.post("/admin/sample/remove")
    job = _run_jobs(app)
    assert job.state == "failed"
    assert "S-000003" in page.get(f"/jobs/{job.id}").text
    assert app.company.database.run(lambda s: organisation(s).is_sample, actor=SYSTEM, write=False)


def test_what_rests_on_it_is_shown_before_and_nothing_is_offered(app: Any, page: Any) -> None:
    app.company.database.run(lambda session: Trader(session).pay("5.00", 30), actor=SYSTEM)
    text = page.get("/admin/sample").text
    assert "P-000002" in text
    assert "/admin/sample/remove" not in text


def test_a_company_filled_by_an_older_program_is_offered_nothing(app: Any, page: Any) -> None:
    app.company.database.run(lambda s: s.connection().exec_driver_sql("DELETE FROM core_sample"), actor=SYSTEM)
    text = page.get("/admin/sample").text
    assert "An older version" in text
    assert "/admin/sample/remove" not in text

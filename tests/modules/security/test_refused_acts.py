"""Whoever asks for what they may not do leaves a line in the audit, and can't fill it. Before, nothing was recorded."""

from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit import AuditLine, verify
from app.security import SYSTEM, Login, refused_acts
from tests.modules.security.test_sessions import add, sign_in

pytestmark = pytest.mark.one_engine  # who may what: no engine decides


def lines(app: Any) -> list[tuple[str, str]]:
    query = select(AuditLine.actor, AuditLine.summary).where(AuditLine.action == "security.access.refused")
    with app.company.database.session(SYSTEM) as session:
        return [(row.actor, row.summary) for row in session.execute(query.order_by(AuditLine.id))]


@pytest.fixture
def sam(app: Any) -> Any:
    add(app, "sam", "salesperson")
    client = app.test_client()
    sign_in(client, "sam")
    return client


def test_the_first_is_recorded_and_more_of_the_same_is_counted(
    app: Any, sam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(50):
        assert sam.get("/admin/users").status_code == 403
    assert lines(app) == [("sam", "core.user.manage: GET core.user_list")]
    assert sam.post("/admin/roles/new").status_code == 403
    assert lines(app)[1:] == [("sam", "core.role.manage: POST core.role_new")]
    monkeypatch.setattr(refused_acts, "PAUSE", 0)
    sam.get("/admin/users/new")
    assert lines(app)[2:] == [("sam", "core.user.manage: GET core.user_new ×50")]
    assert app.company.database.run(lambda s: list(verify(s)), actor=SYSTEM) == []


def test_what_is_open_or_unknown_is_not_a_refusal(app: Any, sam: Any) -> None:
    for page in ("/", "/nowhere", "/contacts/77", "/admin/users?x=1"):
        sam.get(page)
    app.test_client().get("/admin/users")  # nobody is known to have asked
    assert len(lines(app)) == 1


@pytest.mark.parametrize("engine", ["sqlite"])  # on PostgreSQL nobody keeps others from writing
def test_a_busy_database_isnt_waited_for_and_it_is_written_later(app: Any, sam: Any) -> None:
    with app.company.database.session(SYSTEM, write=True) as session:
        session.execute(update(Login).values(agent="held"))
        assert sam.get("/admin/users").status_code == 403
        session.rollback()
    assert lines(app) == []
    sam.get("/admin/users")
    assert lines(app) == [("sam", "core.user.manage: GET core.user_list ×2")]

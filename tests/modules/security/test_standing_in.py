"""Rights for a time, deputies, and seeing what somebody sees: never more than either of the two, and never unseen."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.audit import verify as verify_audit
from app.clock import wall_clock
from app.security import SYSTEM, Role, User
from app.security.operations import add_user
from app.security.standing_in import add_deputy, add_role_for_time
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact

PASSWORD = "correct horse"


@pytest.fixture
def people(app: Any) -> dict[str, int]:
    """Sue and Sid sell, each with a contact of their own; Stan keeps the store."""

    def work(session: Any) -> dict[str, int]:
        made = {}
        for login, role in (("sue", "salesperson"), ("sid", "salesperson"), ("stan", "storekeeper")):
            made[login] = add_user(session, SYSTEM, login=login, name=login.title(), password=PASSWORD, roles=[role]).id
        for login in ("sue", "sid"):
            name = f"{login.title()}'s client"
            contact = create_contact(session, SYSTEM, kind="legal_entity", name=name, responsible_id=made[login])
            session.flush()
            made[f"{login}_s"] = contact.id
        made["admin"] = session.scalars(select(User.id).where(User.login == "admin")).one()
        return made

    return dict(app.company.database.run(work, actor=SYSTEM))


def browser(app: Any, login: str) -> Any:
    client = app.test_client()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 302
    return client


def seen(client: Any, people: dict[str, int]) -> list[str]:
    """Whose contact's card opens."""
    return [who for who in ("sue", "sid") if client.get(f"/contacts/{people[who + '_s']}").status_code == 200]


def actor_of(app: Any, login: str) -> Any:
    from app.company import actor_of as read

    def work(session: Any) -> Any:
        user_id = session.scalars(select(User.id).where(User.login == login)).one()
        return read(session, user_id, app.company._state.enabled)

    app.company.database.run(app.company.refresh, actor=SYSTEM, write=False)
    return app.company.database.run(work, actor=SYSTEM, write=False)


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets days pass for whoever asks which day it is."""
    passed = [0]

    def day() -> Any:
        return wall_clock() + timedelta(days=passed[0])

    for file in ("app.company", "app.security.standing_in", "app.security.second_factor"):
        monkeypatch.setattr(f"{file}.wall_clock", day)
    return lambda days: passed.__setitem__(0, days)


def test_a_role_for_a_time_holds_from_its_first_day_to_its_last(app: Any, people: Any, tomorrow: Any) -> None:
    today = wall_clock().date()

    def lend(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "accountant")).one()
        stan = session.get(User, people["stan"])
        days = {"from_day": today + timedelta(days=1), "until_day": today + timedelta(days=2)}
        add_role_for_time(session, SYSTEM, stan, role, **days)

    app.company.database.run(lend, actor=SYSTEM)
    stan = browser(app, "stan")
    answers = []
    for day in range(4):
        tomorrow(day)
        answers.append(stan.get("/contacts/balances").status_code)
    assert answers == [403, 200, 200, 403]


def test_a_deputy_does_what_the_other_may_and_the_audit_says_for_whom(app: Any, people: Any, tomorrow: Any) -> None:
    stan, today = browser(app, "stan"), wall_clock().date()
    assert stan.post(f"/account/act-for/{people['sue']}").status_code == 404
    sue = browser(app, "sue")
    form = {"deputy": people["stan"], "from_day": today, "until_day": today + timedelta(days=1)}
    assert sue.post("/account/deputies", data=form).status_code == 302
    assert "Act for Sue" in stan.get("/account").text
    assert stan.post(f"/account/act-for/{people['sid']}").status_code == 404
    assert stan.post(f"/account/act-for/{people['sue']}").status_code == 302
    assert seen(stan, people) == ["sue"]  # not Sid's, though as a storekeeper Stan sees both
    assert stan.get("/warehouse/receipts").status_code == 403
    new = stan.post(
        "/contacts/new/legal_entity",
        data={"name": "Met for Sue", "country": "GB", "responsible_id": people["sue"], "is_active": "y"},
    )
    assert new.status_code == 302, new.text

    def line(session: Any) -> Any:
        found = select(AuditLine.actor, AuditLine.chain).where(AuditLine.action == "contacts.contact.create")
        return session.execute(found.order_by(AuditLine.id.desc())).first()

    assert tuple(app.company.database.run(line, actor=SYSTEM)) == ("Stan for Sue", people["stan"])
    assert stan.get("/account").text.count("Stan") > 0
    assert "sue@" not in stan.get("/account").text
    tomorrow(2)
    assert seen(stan, people) == ["sue", "sid"]  # oneself again, as it is over
    assert app.company.database.run(lambda s: list(verify_audit(s)), actor=SYSTEM) == []


def test_a_deputy_of_an_administrator_gives_nobody_rights(app: Any, people: Any) -> None:
    today = wall_clock().date()
    admin = actor_of(app, "admin")
    days = {"from_day": today, "until_day": today}
    app.company.database.run(lambda s: add_deputy(s, admin, people["stan"], **days), actor=admin)
    stan = browser(app, "stan")
    assert stan.post(f"/account/act-for/{people['admin']}").status_code == 302
    assert stan.get("/admin/organisation").status_code == 200
    for address in ("/admin/users", "/admin/roles", "/admin/backups", "/admin/modules"):
        assert stan.get(address).status_code == 403, address
    more = {"deputy": people["sid"], "from_day": today, "until_day": today}
    answer = stan.post("/account/deputies", data=more, follow_redirects=True)
    assert "Whoever stands in for somebody names no deputy." in answer.text
    end = stan.post(f"/account/act-for/{people['sue']}")
    assert end.status_code == 404  # nobody goes from one to the next


def test_who_sees_what_somebody_sees_changes_nothing_and_is_recorded(app: Any, people: Any) -> None:
    admin = browser(app, "admin")
    assert seen(admin, people) == ["sue", "sid"]
    assert admin.post(f"/admin/users/{people['sue']}/view-as").status_code == 302
    page = admin.get(f"/contacts/{people['sue_s']}")
    assert "you see what they see, and can change nothing" in page.text
    assert seen(admin, people) == ["sue"]
    assert admin.get("/admin/users").status_code == 403
    for address in (f"/contacts/{people['sue_s']}/edit", "/account", "/kept", "/account/tokens"):
        assert admin.post(address, data={"name": "Changed"}).status_code in (302, 403), address

    def said(session: Any) -> tuple[Any, ...]:
        lines = select(AuditLine.actor, AuditLine.chain, AuditLine.action).order_by(AuditLine.id.desc())
        names = session.scalars(select(Contact.name).order_by(Contact.id)).all()
        seen_last = lines.where(AuditLine.action == "contacts.contact.view")
        return names, session.execute(seen_last).first()

    names, line = app.company.database.run(said, actor=SYSTEM)
    assert names == ["Sue's client", "Sid's client"]
    assert line[0].endswith(" as Sue")
    assert line[1] == people["admin"]
    assert admin.post("/account/act-as-myself").status_code == 302
    assert admin.get("/admin/users").status_code == 200


def test_seeing_as_somebody_with_more_opens_no_more_than_ones_own(app: Any, people: Any) -> None:
    """Who manages roles alone sees nothing as the administrator, nor as somebody whose records are closed to them."""
    from app.security.operations import add_role, set_grant

    def hire(session: Any) -> None:
        role = add_role(session, SYSTEM, name="registrar")
        for right in ("core.role.manage", "core.user.manage", "contacts.contact.view"):
            set_grant(session, SYSTEM, role, "permission", right, True)
        set_grant(session, SYSTEM, role, "scope", "contacts.contact", "own")
        add_user(session, SYSTEM, login="reg", name="Reg", password=PASSWORD, roles=["registrar"])

    app.company.database.run(hire, actor=SYSTEM)
    reg = browser(app, "reg")
    assert reg.post(f"/admin/users/{people['admin']}/view-as").status_code == 302
    assert seen(reg, people) == []
    assert reg.get("/trade/sales").status_code == 403
    reg.post("/account/act-as-myself")
    assert browser(app, "sid").post(f"/admin/users/{people['sue']}/view-as").status_code == 403


def test_a_day_that_is_over_and_days_in_the_wrong_order_are_refused(app: Any, people: Any) -> None:
    admin, today = browser(app, "admin"), wall_clock().date()
    for from_day, until_day in ((today, today - timedelta(days=1)), (date(2020, 1, 1), date(2020, 1, 2))):
        form = {"role": "accountant", "from_day": from_day, "until_day": until_day}
        page = admin.post(f"/admin/users/{people['stan']}/roles", data=form, follow_redirects=True)
        assert "The last day is" in page.text
    same = {"role": "storekeeper", "from_day": today, "until_day": today}
    assert (
        "already, for good" in admin.post(f"/admin/users/{people['stan']}/roles", data=same, follow_redirects=True).text
    )

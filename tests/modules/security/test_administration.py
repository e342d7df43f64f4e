"""The administrators' pages: users, roles, modules, imports, periods, rates; each act is audited and held to its right."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine
from app.reference import organisation, rate_at
from app.security import SYSTEM, Grant, Role, User
from app.security.operations import set_grant
from app.values import ExchangeRate

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

PAGES = (
    "/admin/users",
    "/admin/users/new",
    "/admin/roles",
    "/admin/modules",
    "/admin/import",
    "/admin/audit",
    "/admin/books",
    "/admin/organisation",
    "/admin/rates",
    "/admin/rates/new",
    "/admin/units",
    "/admin/units/new",
)


@pytest.fixture
def admin(app: Any) -> Any:
    """The administrator's browser."""
    client = app.test_client()
    assert client.post("/login", data={"login": "admin", "password": "correct horse"}).status_code == 302
    return client


def read(app: Any, work: Any) -> Any:
    return app.company.database.run(work, actor=SYSTEM, write=False)


def actions(app: Any) -> list[str]:
    return list(read(app, lambda s: s.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()))


def test_every_page_opens_and_leads_on(admin: Any) -> None:
    for page in PAGES:
        answer = admin.get(page)
        assert answer.status_code == 200, page
        assert 'href="/admin/users"' in answer.text


def test_nobody_else_opens_them(house: Any, sign_in: Any) -> None:
    for login in ("sam", "steve"):
        opened = [page for page in PAGES if sign_in(login).get(page).status_code != 403]
        assert opened == {"sam": [], "steve": ["/admin/import"]}[login]  # what they may write


def test_a_user_made_on_the_page_can_sign_in(app: Any, admin: Any) -> None:
    form = {"login": "Olga", "name": "Olga", "password": "long enough", "team": "East", "roles": ["salesperson"]}
    assert admin.post("/admin/users/new", data=form).status_code == 302
    assert app.test_client().post("/login", data={"login": "olga", "password": "long enough"}).status_code == 302
    refused = admin.post("/admin/users/new", data=form)
    assert refused.status_code == 200
    assert "is taken" in refused.text
    rows = admin.get("/api/v1/lists/core.user").json["rows"]
    assert {(r["login"], r["roles"]) for r in rows} == {("admin", "administrator"), ("olga", "salesperson")}
    assert "Olga" in admin.get("/search?q=olga").text
    assert "password" not in rows[0]


def test_one_cant_lock_oneself_out(app: Any, admin: Any) -> None:
    me = read(app, lambda s: s.scalars(select(User.id).where(User.login == "admin")).one())
    answer = admin.post(f"/admin/users/{me}", data={"name": "Admin", "roles": ["manager"], "is_active": "y"})
    assert "from yourself" in answer.text
    answer = admin.post(f"/admin/users/{me}", data={"name": "Admin", "roles": ["administrator"]})
    assert "switch yourself off" in answer.text
    role = read(app, lambda s: s.scalars(select(Role.id).where(Role.name == "administrator")).one())
    answer = admin.post(f"/admin/roles/{role}", data={"version": "1"})
    assert "The administrator keeps the rights" in answer.text
    assert admin.get(f"/admin/roles/{role}").status_code == 200


def test_who_manages_users_gives_nobody_more_than_they_have(house: Any, sign_in: Any, actor: Any) -> None:
    def trust(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "storekeeper")).one()
        set_grant(session, SYSTEM, role, "permission", "core.user.manage", True)

    def users(session: Any) -> dict[str, Any]:
        everyone = session.scalars(select(User).order_by(User.id)).all()
        return {user.login: (user.id, user.password_hash, [role.name for role in user.roles]) for user in everyone}

    house.company.database.run(trust, actor=SYSTEM)
    steve, before = sign_in("steve"), read(house, users)
    fields = {"name": "X", "password": "another password", "team": "", "is_active": "y"}
    for login, role in (
        ("steve", "administrator"),
        ("steve", "salesperson"),
        ("admin", "storekeeper"),
        ("sam", "storekeeper"),
    ):
        answer = steve.post(f"/admin/users/{before[login][0]}", data={**fields, "roles": role})
        assert "ask an administrator" in answer.text, (login, role)
    answer = steve.post("/admin/users/new", data={**fields, "login": "mole", "roles": "administrator"})
    assert "ask an administrator" in answer.text
    assert read(house, users) == before, "and nothing changed"
    assert steve.post("/admin/users/new", data={**fields, "login": "sue", "roles": "storekeeper"}).status_code == 302
    assert read(house, users).keys() == before.keys() | {"sue"}


def test_a_role_gets_what_is_ticked_and_loses_what_is_not(app: Any, admin: Any) -> None:
    page = admin.post("/admin/roles/new", data={"name": "intern"}).headers["Location"]
    admin.post(
        page,
        data={
            "permission": ["contacts.contact.view", "no.such.right"],
            "group": ["contacts.private"],
            "scope:contacts.contact": "team",
        },
    )

    def held(session: Any) -> set[tuple[str, str, str | None]]:
        query = select(Grant.kind, Grant.name, Grant.scope).join(Role, Role.id == Grant.role_id)
        return {tuple(row) for row in session.execute(query.where(Role.name == "intern"))}

    assert read(app, held) == {
        ("permission", "contacts.contact.view", None),
        ("group", "contacts.private", None),
        ("scope", "contacts.contact", "team"),
    }
    before = read(app, held)
    assert admin.post(page, data={"scope:contacts.contact": "everything"}).status_code == 200
    assert read(app, held) == before, "and nothing changed"
    assert admin.post(page, data={"version": ""}).status_code == 302
    assert read(app, held) == {("scope", "contacts.contact", "team")}
    assert actions(app).count("core.role.change") == 5


def test_a_module_goes_on_after_saying_what_will_change(app: Any, admin: Any) -> None:
    page = admin.get("/admin/modules/production/enable").text
    assert "Bills of materials" in page
    assert admin.get("/production/boms").status_code == 404
    admin.post("/admin/modules/production/enable")
    assert admin.get("/production/boms").status_code == 200
    admin.post("/admin/modules/warehouse/disable")
    assert "Switch off" in admin.get("/admin/modules").text
    assert admin.get("/warehouse/items").status_code != 302
    admin.post("/admin/edition", data={"edition": "trade"})
    assert read(app, lambda s: organisation(s).edition) == "trade"
    assert admin.get("/admin/modules/nothing/enable").status_code == 404


def test_a_broken_module_is_shown_with_its_error(app: Any, admin: Any) -> None:
    from app.registry import Installed

    app.company.installed = {**app.company.installed, "broken": Installed("broken", error="ImportError: no such thing")}
    assert "ImportError: no such thing" in admin.get("/admin/modules").text
    assert admin.get("/admin/modules/broken/enable").status_code == 409


def test_a_file_is_tried_first_and_then_brought_in(app: Any, admin: Any) -> None:
    from modules.contacts.models import Contact

    choices = admin.get("/admin/import").text
    assert "trade.sales|online_retail" in choices
    target = next(
        t for t in ("contacts.contacts", "contacts.contact", "contacts.legal_entities") if f'value="{t}|"' in choices
    )
    sheet = "name,code,kind\nAlpha Ltd,A-1,legal_entity\nBeta Ltd,A-2,legal_entity\n"
    upload = {"what": f"{target}|", "files": (io.BytesIO(sheet.encode()), "../../new clients.csv")}
    page = admin.post("/admin/import", data=upload, content_type="multipart/form-data").headers["Location"]
    jobs = app.extensions["kontor.jobs"]
    jobs.run_waiting()
    tried = admin.get(page).text
    assert "A dry run: nothing was written." in tried, tried
    assert read(app, lambda s: s.scalars(select(Contact.code)).all()) == []
    job_id = page.rsplit("/", 1)[1]
    page = admin.post(f"/admin/import/{job_id}/run").headers["Location"]
    jobs.run_waiting()
    assert "Imported." in admin.get(page).text
    assert set(read(app, lambda s: s.scalars(select(Contact.code)).all())) == {"A-1", "A-2"}
    with admin.get(f"{page}/report") as report:
        assert report.json["rows_read"] == 2  # the header is none
    again = admin.post(f"/admin/import/{page.rsplit('/', 1)[1]}/run")
    assert again.status_code == 409


def test_a_file_of_another_kind_is_refused(admin: Any) -> None:
    upload = {"what": "trade.sales|online_retail", "files": (io.BytesIO(b"MZ"), "virus.exe")}
    answer = admin.post("/admin/import", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "Choose files whose names end in .xlsx" in answer.text


def test_a_closed_period_refuses_postings_until_it_is_reopened(app: Any, admin: Any) -> None:
    from app.clock import wall_clock
    from app.errors import PeriodClosed
    from modules.contacts.operations import create_contact, record_payment

    def pay(session: Any) -> Any:
        contact = create_contact(session, SYSTEM, kind="individual", name="Payer")
        return record_payment(session, SYSTEM, contact_id=contact.id, direction="in", amount=Decimal(1))

    today = wall_clock().date()
    admin.post("/admin/books/period", data={"until": today.isoformat()})
    with pytest.raises(PeriodClosed):
        app.company.database.run(pay, actor=SYSTEM)
    admin.post("/admin/books/period", data={"until": "2999-01-01"})
    assert read(app, lambda s: organisation(s).closed_until) == today
    admin.post("/admin/books/period", data={"until": ""})
    assert app.company.database.run(pay, actor=SYSTEM).state == "posted"
    assert [a for a in actions(app) if a.startswith("core.period")] == ["core.period.close", "core.period.reopen"]


def test_who_closes_periods_reopens_them_with_a_right_of_its_own_alone(company: Any, employ: Any) -> None:
    from dataclasses import replace

    from app.errors import Forbidden
    from app.reference.operations import close_period

    boss = employ("boss", "manager")
    clerk = replace(boss, permissions=boss.permissions - {"core.period.reopen"})
    assert "core.period.reopen" not in employ("anna", "accountant").permissions

    def close(by: Any, until: date | None) -> None:
        company.database.run(lambda s: close_period(s, by, until=until, today=date(2026, 3, 1)), actor=by)

    def closed() -> date | None:
        return company.database.run(lambda s: organisation(s).closed_until, actor=SYSTEM)  # type: ignore[no-any-return]

    close(clerk, date(2025, 1, 31))
    close(clerk, date(2025, 2, 28))
    for until in (date(2025, 1, 31), None):
        with pytest.raises(Forbidden):
            close(clerk, until)
    assert closed() == date(2025, 2, 28)
    close(boss, date(2025, 1, 31))
    close(boss, None)
    assert closed() is None


def test_rates_units_and_the_organisation_are_kept(app: Any, admin: Any) -> None:
    form = {"currency": "EUR", "day": "2026-01-01", "number": "1,25"}
    assert admin.post("/admin/rates/new", data=form).status_code == 302
    assert "Change that one." in admin.post("/admin/rates/new", data=form).text
    assert 'href="/admin/rates/1"' in admin.get("/admin/rates").text
    assert admin.post("/admin/rates/1", data={**form, "number": "1.2345"}).status_code == 302
    assert read(app, lambda s: rate_at(s, "EUR", date(2026, 5, 1))) == ExchangeRate(Decimal("1.2345"))
    assert (
        admin.post("/admin/rates/new", data={"currency": "GBP", "day": "2026-01-01", "number": "2"}).status_code == 200
    )
    assert (
        admin.post("/admin/rates/new", data={"currency": "EUR", "day": "2026-01-01", "number": "0"}).status_code == 200
    )
    assert admin.post("/admin/units/new", data={"name": "pallet", "code": "pf", "digits": "0"}).status_code == 302
    assert "is taken" in admin.post("/admin/units/new", data={"name": "other", "code": "PF", "digits": "0"}).text
    admin.post("/admin/organisation", data={"name": "Renamed Ltd", "country": "VN", "tax_id": "0100233488"})
    assert "Renamed Ltd" in admin.get("/admin/books").text


def test_the_audit_is_searched_exported_and_proven(app: Any, admin: Any) -> None:
    assert "security.login.open" in admin.get("/admin/audit?q=login").text
    assert admin.get("/admin/audit?as=xlsx").status_code == 200
    page = admin.post("/admin/audit/prove").headers["Location"]
    app.extensions["kontor.jobs"].run_waiting()
    assert "Proven" in admin.get(page).text
    from sqlalchemy import update

    app.company.database.run(
        lambda s: s.execute(update(AuditLine).where(AuditLine.id == 1).values(actor="x")), actor=SYSTEM
    )
    page = admin.post("/admin/audit/prove").headers["Location"]
    app.extensions["kontor.jobs"].run_waiting()
    assert "line 1 was changed" in admin.get(page).text

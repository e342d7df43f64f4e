"""In the books of which own organisations a user may work."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import AuditLine, record
from app.audit.models import AuditChange
from app.clock import wall_clock
from app.company import actor_of
from app.documents import correct, post, save
from app.errors import Conflict, Invalid, NotFound
from app.notifications import Notification
from app.preferences import work_in
from app.reference import base_currency
from app.reference.own_organisations import books_of, create_organisation
from app.security import SYSTEM, User
from app.security.models import Deputy
from app.security.operations import add_user, change_user
from app.security.second_factor import reset_factor
from app.security.signing_out import sign_out
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.till.models import Shift
from modules.trade.till.tills import save_till, till_by_id
from modules.warehouse.operations import create_item


def test_only_what_one_works_in_oneself_is_opened(company: Any, proved: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        user = add_user(
            session, SYSTEM, login="hans", name="Hans", password="a-long-password-1", roles=["manager"], books=[2]
        )
        return user.id

    hans = proved(prepare)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    enabled = frozenset(m.name for m in company.enabled)
    actor = company.database.run(lambda s: actor_of(s, hans, enabled), actor=SYSTEM, write=False)
    assert actor.books == {2}
    assert company.placed(actor, None).organisation == 2  # not the first one
    with pytest.raises(NotFound):
        company.placed(actor, 1)
    refused(lambda s: work_in(s, actor, 1), NotFound)
    manages = replace(actor, permissions=actor.permissions | {"core.user.manage", "core.organisation.manage"})
    refused(lambda s: create_organisation(s, manages, name="Third", country="GB"), Conflict, field="name")

    def change(session: Any, *books: int, by: Any = manages) -> None:
        change_user(session, by, session.get(User, hans), books=books)

    refused(lambda s: change(s), Conflict, field="books")
    refused(lambda s: change(s, 1, 2), Conflict, field="books")
    refused(lambda s: change(s, 77, by=SYSTEM), Invalid, field="books")
    proved(lambda s: change(s, 1, 2, by=SYSTEM))
    assert proved(lambda s: s.get(User, hans).books) == "1,2"
    # they work where the one who asks doesn't
    assert "you don't work" in refused(lambda s: change(s, 2), Conflict)


def test_who_works_in_more_organisations_is_out_of_reach_of_who_works_in_fewer(
    company: Any, proved: Any, refused: Any
) -> None:
    """Otherwise a new password, or a sign-in without the second factor, would open the others' books."""
    today = wall_clock().date()

    def prepare(session: Any) -> dict[str, int]:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        said: dict[str, Any] = {"password": "a-long-password-1", "roles": ["manager"]}
        books: dict[str, list[int]] = {"hans": [2], "of_both": [1, 2], "of_all": [], "deputy": [2], "peer": [2]}
        made = {n: add_user(session, SYSTEM, login=n, name=n, books=b, **said).id for n, b in books.items()}
        days = {"from_day": today + timedelta(days=1), "until_day": today + timedelta(days=2)}
        session.add(Deputy(user_id=made["deputy"], for_id=made["of_all"], **days))
        return made

    made = proved(prepare)
    enabled = frozenset(m.name for m in company.enabled)
    hans = company.database.run(lambda s: actor_of(s, made["hans"], enabled), actor=SYSTEM, write=False)
    # whoever manages roles is held to this too: by them nobody gets an organisation
    hans = replace(hans, permissions=hans.permissions | {"core.user.manage", "core.role.manage"})

    def act(session: Any, login: str, act: Any = change_user, **what: Any) -> None:
        act(session, hans, session.get(User, made[login]), **what)

    for login in ("of_both", "of_all", "deputy"):
        refused(lambda s, login=login: act(s, login, password="another-long-one-2"), Conflict)  # type: ignore[misc]
    refused(lambda s: act(s, "of_all", sign_out), Conflict)
    refused(lambda s: act(s, "of_all", reset_factor), Conflict)
    proved(lambda s: act(s, "peer", password="another-long-one-2"))


def test_who_works_elsewhere_now_hears_of_it(proved: Any, employ: Any) -> None:
    boss, hans = employ("boss", "administrator"), employ("hans", "manager")

    def change(session: Any) -> list[str]:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        for _ in range(2):  # once: the second time nothing changes
            change_user(session, boss, session.get(User, hans.user_id), books=[2])
        heard = select(Notification.message).where(Notification.user_id == hans.user_id)
        return list(session.scalars(heard))

    assert proved(change) == ["%(who)s changed in which organisations you work."]


def test_the_audit_shows_whoever_is_limited_no_document_of_another_organisation(company: Any, proved: Any) -> None:
    def prepare(session: Any) -> tuple[int, list[int]]:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        said: dict[str, Any] = {"password": "a-long-password-1", "roles": ["administrator"], "books": [2]}
        hans = add_user(session, SYSTEM, login="hans", name="Hans", **said).id
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        create_item(session, SYSTEM, code="A", name="Advice", kind="service")
        made = []
        for organisation in (1, 2):
            with books_of(session, organisation) as there:
                draft = TradeDraft(1, [TradeLineDraft(1, Decimal(1), Decimal(7))])
                sale = save(session, there, Sale, draft)
                post(session, there, [sale])
                correct(session, there, sale, replace(draft, note="by phone"))
                made.append(sale.id)
        return hans, made

    number, (home, harbour) = proved(prepare)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    enabled = frozenset(m.name for m in company.enabled)
    hans = company.database.run(lambda s: actor_of(s, number, enabled), actor=SYSTEM, write=False)

    def read(session: Any) -> list[set[int]]:
        asked = (select(of.subject_id).where(of.subject == "trade.sale") for of in (AuditLine, AuditChange))
        return [set(session.scalars(query)) for query in asked]

    for books, seen in (({2}, {harbour}), ((), {home, harbour})):
        actor = company.placed(replace(hans, books=frozenset(books)), None)
        assert company.database.run(read, actor=actor, write=False) == [seen, seen]


def test_the_audit_shows_whoever_is_limited_no_record_in_the_books_of_others(company: Any, proved: Any) -> None:
    def prepare(session: Any) -> tuple[int, dict[str, list[Any]]]:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        said: dict[str, Any] = {"password": "a-long-password-1", "roles": ["administrator"], "books": [2]}
        hans = add_user(session, SYSTEM, login="hans", name="Hans", **said).id
        customer = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        ids: dict[str, list[Any]] = {"contacts.account": [], "trade.till": [], "trade.shift": []}
        for organisation in (1, 2):
            with books_of(session, organisation) as there:
                cash = save_account(session, there, kind="cash", name="Desk", currency=base_currency(session))
                of_till = {"place_id": 100, "cash_account_id": cash.id, "contact_id": customer, "tax_rate": Decimal(20)}
                till = save_till(session, there, name="Counter", **of_till)
                shift = Shift(till_id=till.id, opened_at=wall_clock(), opening=Decimal(0))
                session.add(shift)
                session.flush()
                record(session, "trade.shift.open", subject="trade.shift", subject_id=shift.id)
                for noun, row in zip(ids, (cash, till, shift), strict=True):
                    ids[noun].append(row.id)
            record(session, "core.organisation.change", subject="core.organisation", subject_id=organisation)
        record(session, "trade.tax_policy.change", subject="trade.tax_policy", subject_id=0)
        record(session, "contacts.statement.view", subject="contacts.open_item")
        shared = {"contacts.contact": [customer], "trade.tax_policy": [0], "contacts.open_item": [None]}
        return hans, ids | {"core.organisation": [1, 2]} | shared

    def rename(session: Any) -> None:
        for organisation in (1, 2):
            with books_of(session, organisation) as there:
                save_till(session, there, till_by_id(session, ids["trade.till"][organisation - 1]), name="Gate")

    number, ids = proved(prepare)
    proved(rename)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    enabled = frozenset(m.name for m in company.enabled)
    hans = company.database.run(lambda s: actor_of(s, number, enabled), actor=SYSTEM, write=False)

    def read(session: Any) -> tuple[dict[str, list[Any]], set[int]]:
        rows = session.execute(select(AuditLine.subject, AuditLine.subject_id).distinct()).all()
        lines = {noun: [n for n in some if (noun, n) in rows] for noun, some in ids.items()}
        return lines, {*session.scalars(select(AuditChange.subject_id).where(AuditChange.subject == "trade.till"))}

    for books in ({2}, ()):
        actor = company.placed(replace(hans, books=frozenset(books)), None)
        seen = {noun: numbers[1:] if books and len(numbers) > 1 else numbers for noun, numbers in ids.items()}
        lines, changed = company.database.run(read, actor=actor, write=False)
        assert (lines, changed) == (seen, {*seen["trade.till"]})


def test_lines_of_lists_are_open_to_whom_no_scope_keeps_from_them(company: Any, proved: Any, employ: Any) -> None:
    hans = employ("hans", "administrator")

    def prepare(session: Any) -> None:
        for noun in ("trade.sale", "contacts.money_policy"):
            record(session, "core.list.export", subject=noun, summary="60 rows")

    def read(session: Any) -> list[str]:
        query = select(AuditLine.subject).where(AuditLine.action == "core.list.export", AuditLine.summary == "60 rows")
        return sorted(session.scalars(query))

    proved(prepare)
    both = ["contacts.money_policy", "trade.sale"]
    for scope, books, seen in (
        ("own", {2}, both[:1]),
        ("own", (), both[:1]),
        ("all", {2}, both),
        ("all", (), both),
    ):
        actor = replace(hans, scopes={**hans.scopes, "trade.sale": scope}, books=frozenset(books))
        assert company.database.run(read, actor=actor, write=False) == seen, (scope, books)


@pytest.mark.one_engine
def test_who_is_limited_sees_nothing_of_other_organisations(house: Any, sign_in: Any) -> None:
    admin, maria = sign_in("admin"), sign_in("maria")
    admin.post("/admin/organisations/new", data={"name": "Harbour Trading", "country": "GB"})
    sale = maria.get("/api/v1/lists/trade.sale").json["rows"][0]["id"]

    def user(session: Any) -> tuple[int, int]:
        found = session.query(User).filter(User.login == "maria").one()
        return found.id, found.version

    number, version = house.company.database.run(user, actor=SYSTEM, write=False)
    page = admin.get(f"/admin/users/{number}").text
    assert "Works in" in page
    said = {"name": "Maria", "version": version, "roles": ["manager"], "is_active": "y", "books": ["2"]}
    assert admin.post(f"/admin/users/{number}", data=said).status_code == 302
    assert maria.get(f"/trade/sales/{sale}").status_code == 404
    assert maria.get("/api/v1/lists/trade.sale").json["rows"] == []
    home = maria.get("/").text
    assert "/organisations/work" not in home  # nothing to choose from
    assert "Hansa Hardware" not in home
    assert maria.post("/organisations/work", data={"id": "1"}).status_code == 404
    assert maria.get("/").status_code == 200

"""In the books of which own organisations a user may work."""

from dataclasses import replace
from typing import Any

import pytest

from app.company import actor_of
from app.errors import Conflict, Invalid, NotFound
from app.preferences import work_in
from app.reference.own_organisations import create_organisation
from app.security import SYSTEM, User
from app.security.operations import add_user, change_user


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
    refused(lambda s: change(s, 2), Conflict, field="books")  # they work where the one who asks doesn't


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

"""A role's page: every right once, in its grid or below it; who has the role; what was changed, in words."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.core_module import module as core
from app.registry.discovery import discover
from app.security import SYSTEM, Role, User
from app.security.standing_in import add_role_for_time
from app.web.admin.role_grid import VERBS, grid_of

pytestmark = pytest.mark.one_engine


def test_every_right_stands_once_under_its_verb() -> None:
    for manifest in (core, *(m.manifest for m in discover().values() if m.manifest)):
        rows, others = grid_of(manifest)
        cells = [p for row in rows for _title, p in row.cells if p is not None]
        assert sorted(p.name for p in (*cells, *others)) == sorted(p.name for p in manifest.permissions)
        for row in rows:
            named = [p.name for _title, p in row.cells if p is not None]
            assert named == [f"{row.noun}.{verb}" for verb in VERBS if f"{row.noun}.{verb}" in named]
            assert row.is_scoped == (row.noun in {noun.name for noun in manifest.nouns})


def test_the_page_names_who_has_the_role_and_the_audit_what_was_changed(house: Any, sign_in: Any) -> None:
    def lend(session: Any) -> int:
        steve = session.scalars(select(User).where(User.login == "steve")).one()
        role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
        day = wall_clock().date()
        add_role_for_time(session, SYSTEM, steve, role, from_day=day, until_day=day + timedelta(days=3))
        return int(role.id)

    role = house.company.database.run(lend, actor=SYSTEM)
    admin = sign_in("admin")
    page = admin.get(f"/admin/roles/{role}").text
    holders = page[page.index("role-holders") : page.index("<rights-grid>")]
    assert "Sam" in holders
    assert "Steve" in holders  # who has it for a time
    assert "Maria" not in holders
    names = re.findall(r'name="permission" value="([^"]+)"', page)
    assert len(names) == len(set(names))
    ticked = re.findall(r'name="permission" value="([^"]+)"[^>]* checked', page)
    assert {"trade.sale.post", "contacts.contact.view"} <= set(ticked)
    assert not re.search(r"<th scope=\"row\"[^>]*>[a-z_]+\.[a-z_]+<", page), "each kind of record has a name"

    form = {"version": "1", "permission": sorted({*ticked, "contacts.payment.post"} - {"trade.sale.post"})}
    form |= {"group": re.findall(r'name="group" value="([^"]+)"[^>]* checked', page)}
    scopes = re.findall(r'<select class="form-select" name="(scope:[^"]+)".*?value="(\w+)" selected', page)
    form |= {**dict(scopes), "scope:contacts.contact": "team"}
    assert admin.post(f"/admin/roles/{role}", data=form).status_code == 302
    rows = admin.get(f"/admin/audit/changes?record=core.role:{role}").text
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", rows, re.S)]
    said = {tuple(cells[i : i + 3]) for i, cell in enumerate(cells) if cell == "Right"}
    assert said == {
        ("Right", "–", "Record payments"),
        ("Right", "Post sales", "–"),
        ("Right", "Contact: one&#39;s own", "Contact: the team&#39;s"),
    }

"""Who sees a record, and why: the answer is what that user meets. SQLite alone, as it asks what policies ask on both."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import Document
from app.security import SYSTEM, Actor, Role, User
from app.security.operations import set_grant
from app.security.standing_in import add_deputy, add_role_for_time
from modules.contacts.models import Contact
from tests.faults.houses import NOBODY, House

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def house(sample_file: Path, tmp_path: Path, engine: str) -> Any:
    import shutil

    from tests.faults.houses import add_nobody, house_of

    del engine
    shutil.copy(sample_file, tmp_path / "kontor.db")
    with house_of(f"sqlite:///{tmp_path / 'kontor.db'}", tmp_path) as made:
        add_nobody(made.company)
        yield made


def ask(house: House, work: Any) -> Any:
    return house.company.database.run(work, actor=SYSTEM, write=False)


def answers(client: Any, noun: str, record: int, user: int) -> tuple[str, list[str]]:
    """The headline and the steps."""
    page = client.get(f"/admin/why?noun={noun}&record={record}&user={user}").text
    main = html.unescape(page.partition('<main id="main"')[2].partition("</main>")[0])
    steps = [re.sub(r"<[^>]+>", "", step).strip() for step in re.findall(r"<li>(.*?)</li>", main, re.DOTALL)]
    return re.findall(r"<h2>(.*?)</h2>", main)[0], steps


def test_the_answer_is_what_the_user_meets(house: House) -> None:
    users = ask(house, lambda s: dict(s.execute(select(User.login, User.id)).all()))
    contacts = ask(house, lambda s: s.scalars(select(Contact.id).order_by(Contact.id).limit(6)).all())
    kinds = ("trade.sale", "trade.purchase")
    sales = ask(
        house, lambda s: s.execute(select(Document.id, Document.kind).where(Document.kind.in_(kinds)).limit(8)).all()
    )
    admin = house.browser("admin")
    seen = set()
    for login in ("sam", "steve", "anna", NOBODY):
        client = house.browser(login)
        for noun, record, address in [
            *(("contacts.contact", c, f"/contacts/{c}") for c in contacts),
            *((kind, d, f"/{kind.replace('.', '/')}s/{d}") for d, kind in sales),
        ]:
            headline, steps = answers(admin, noun, record, users[login])
            is_open = client.get(address).status_code == 200
            assert headline.endswith("sees it." if is_open else "doesn't see it."), (login, address, steps)
            seen.add((login, is_open))
    assert {("sam", True), ("sam", False), ("steve", True), (NOBODY, False)} <= seen


def test_it_says_role_right_scope_and_confidential_fields(house: House) -> None:
    users = ask(house, lambda s: dict(s.execute(select(User.login, User.id)).all()))
    others = ask(house, lambda s: s.scalar(select(Contact.id).where(Contact.responsible_id == users["sofia"])))
    admin = house.browser("admin")
    _headline, steps = answers(admin, "contacts.contact", others, users["sam"])
    assert steps == [
        "The right “See contacts” comes from: salesperson.",
        "It reaches: one's own.",
        "Responsible: Sofia Petrova.",
    ]
    _headline, steps = answers(admin, "contacts.contact", others, users["steve"])
    assert "It reaches: everything." in steps
    assert [step.endswith("are shown as dots.") for step in steps[2:]] == [True, True]
    assert answers(admin, "contacts.contact", others, users[NOBODY])[1] == ["Nora Nilsson has no role."]


def test_it_says_in_a_sentence_until_when_and_for_whom(house: House) -> None:
    users = ask(house, lambda s: dict(s.execute(select(User.login, User.id)).all()))
    others = ask(house, lambda s: s.scalar(select(Contact.id).where(Contact.responsible_id == users["sofia"])))
    name = ask(house, lambda s: s.scalar(select(Contact.name).where(Contact.id == others)))
    today = wall_clock().date()
    days = {"from_day": today, "until_day": today + timedelta(days=3)}

    def stand_in(session: Any) -> None:
        add_deputy(session, Actor(users["sofia"], "Sofia"), users["sam"], **days)
        role = session.scalars(select(Role).where(Role.name == "manager")).one()
        add_role_for_time(session, SYSTEM, session.get(User, users[NOBODY]), role, **days)

    house.company.database.run(stand_in, actor=SYSTEM)
    admin = house.browser("admin")

    def sentence(login: str) -> str:
        """Asked from the user's page, by the record's name."""
        page = admin.get(f"/admin/why?noun=contacts.contact&called={quote(name)}&user={users[login]}").text
        return html.unescape(page.partition("</h2>")[2].partition("<p>")[2].partition("</p>")[0])

    until = f"until {days['until_day'].day} "
    assert sentence("sofia") == (
        "The right “See contacts” comes from: salesperson → It reaches: one's own → Responsible: Sofia Petrova."
    )
    assert sentence("sam") == "Responsible: Sofia Petrova."
    said = answers(admin, "contacts.contact", others, users["sam"])[1][-1]
    assert said.startswith("As deputy of Sofia Petrova, until ")
    assert sentence(NOBODY).startswith("The right “See contacts” comes from: manager (" + until)
    steps = answers(admin, "contacts.contact", others, users["sofia"])[1]
    assert any("are open, by: salesperson" in step for step in steps)
    assert admin.get(f"/admin/why?noun=contacts.contact&called=x&user={users['sam']}").status_code == 302
    assert 'name="called"' in admin.get(f"/admin/users/{users['sam']}").text


def test_only_who_manages_roles_asks_and_only_of_what_they_see(house: House) -> None:
    users = ask(house, lambda s: dict(s.execute(select(User.login, User.id)).all()))
    others = ask(house, lambda s: s.scalar(select(Contact.id).where(Contact.responsible_id == users["sofia"])))
    address = f"/admin/why?noun=contacts.contact&record={others}&user={users['steve']}"
    sam = house.browser("sam")
    assert sam.get(address).status_code == 403

    def let(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "salesperson")).one()
        set_grant(session, SYSTEM, role, "permission", "core.role.manage", True)

    house.company.database.run(let, actor=SYSTEM)
    assert sam.get(address).status_code == 404
    for wrong in ("noun=core.user&record=1", "noun=nothing&record=1", "noun=contacts.contact&record=999999", ""):
        assert sam.get(f"/admin/why?{wrong}").status_code == 404

"""Who touches whom, and what is opened at the very moment when it is taken away: tried as an attacker would."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.clock import wall_clock
from app.errors import Conflict, NotFound
from app.security import SYSTEM, Actor, Login, Role, User
from app.security.login import WrongCredentials, open_session
from app.security.operations import add_role, add_user, change_user, set_grants
from app.security.second_factor import reset_factor
from app.security.signing_out import sign_out
from app.security.standing_in import add_deputy, add_role_for_time
from app.security.tokens import make_token

SECRET = "a long pass phrase"
ALL_KEYS = frozenset({"core.user.manage", "core.role.manage"})


def add(session: Any, login: str, *roles: str) -> int:
    return add_user(session, SYSTEM, login=login, name=login, password=SECRET, roles=roles).id


def test_who_manages_users_touches_nobody_who_can_act_with_more(company: Any, refused: Any) -> None:
    """Before, they set the password of one who was administrator for a week, or stood in for one, and signed in as such."""

    def prepare(session: Any) -> tuple[int, int, int, int]:
        role = add_role(session, SYSTEM, name="staffing")
        set_grants(session, SYSTEM, role, {("permission", "core.user.manage"): True})
        for_a_week, deputy = add(session, "wim"), add(session, "dee")
        day, admin = wall_clock().date(), session.scalars(select(Role).where(Role.name == "administrator")).one()
        later = {"from_day": day + timedelta(days=1), "until_day": day + timedelta(days=7)}
        add_role_for_time(session, SYSTEM, session.get(User, for_a_week), admin, **later)
        add_deputy(session, Actor(1, "Ada"), deputy, **later)
        return add(session, "hal", "staffing"), for_a_week, deputy, add(session, "plain")

    hal, for_a_week, deputy, plain = company.database.run(prepare, actor=SYSTEM)
    actor = Actor(hal, "hal", frozenset({"core.user.manage"}))
    touching = (
        lambda s, u: change_user(s, actor, u, password="another long phrase"),
        lambda s, u: change_user(s, actor, u, email="hal@example.com"),
        lambda s, u: sign_out(s, actor, u),
        lambda s, u: reset_factor(s, actor, u),
    )
    for number in (for_a_week, deputy):
        for work in touching:
            words = refused(lambda s, w=work, n=number: w(s, s.get(User, n)), Conflict)
            assert words == "The role “administrator” holds rights that you don't have; ask an administrator."
    company.database.run(lambda s: touching[0](s, s.get(User, plain)), actor=actor)
    week = {"from_day": wall_clock().date(), "until_day": wall_clock().date()}

    def lend(session: Any) -> None:
        role = session.scalars(select(Role).where(Role.name == "administrator")).one()
        add_role_for_time(session, actor, session.get(User, plain), role, **week)

    refused(lend, Conflict)


def test_what_was_shown_before_a_change_opens_nothing_after_it(company: Any, refused: Any) -> None:
    """The password was right a moment ago, or the browser was signed in when it asked for a token."""
    number = company.database.run(lambda s: add(s, "ann"), actor=SYSTEM)
    read = lambda: company.database.run(lambda s: s.get(User, number), actor=SYSTEM, write=False)  # noqa: E731

    def sign_in(session: Any, user: Any) -> int:
        open_session(session, user)
        return int(session.scalar(select(func.max(Login.id))))

    browser = company.database.run(lambda s: sign_in(s, read()), actor=SYSTEM)
    ann = Actor(number, "ann")
    company.database.run(lambda s: make_token(s, ann, login_id=browser), actor=ann)
    for change in ({"password": "another long phrase"}, {"is_active": False}):
        before = read()
        company.database.run(lambda s, c=change: change_user(s, SYSTEM, s.get(User, number), **c), actor=SYSTEM)
        refused(lambda s, user=before: open_session(s, user), WrongCredentials)
    refused(lambda s: make_token(s, ann, login_id=browser), NotFound)
    refused(lambda s: make_token(s, ann), WrongCredentials)  # blocked
    count = select(func.count(Login.id)).where(Login.user_id == number)
    assert company.database.run(lambda s: s.scalar(count), actor=SYSTEM) == 0


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_who_is_signed_out_everywhere_makes_no_token_at_the_same_moment(company: Any) -> None:
    number = company.database.run(lambda s: add(s, "ann"), actor=SYSTEM)
    held = select(User.__table__.c.id).where(User.__table__.c.id == number).with_for_update(nowait=True, key_share=True)
    admin = Actor(1, "Ada", ALL_KEYS)
    for work in (
        lambda s: sign_out(s, admin, s.get(User, number)),
        lambda s: make_token(s, Actor(number, "ann")),
    ):
        with company.database.session(admin, write=True) as session:
            work(session)
            with company.database.engine.connect() as other, pytest.raises(OperationalError, match="lock"):
                other.execute(held)


def test_two_who_take_the_rights_from_each_other_leave_one(company: Any, refused: Any) -> None:
    other = company.database.run(lambda s: add(s, "otto", "administrator"), actor=SYSTEM)
    ada, otto = Actor(1, "Ada", ALL_KEYS), Actor(other, "otto", ALL_KEYS)  # as both were when they began
    company.database.run(lambda s: change_user(s, ada, s.get(User, other), is_active=False), actor=ada)
    for change in ({"is_active": False}, {"roles": []}):
        words = refused(lambda s, c=change: change_user(s, otto, s.get(User, 1), **c), Conflict)
        assert words == "Nobody would be left who may manage users and roles."
    assert company.database.run(lambda s: s.get(User, 1).is_active, actor=SYSTEM)

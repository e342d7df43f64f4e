"""Who is notified of what, by which way, and what they may read of it."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from app.db import utc_now
from app.errors import Invalid, NotFound
from app.notifications import (
    Notification,
    NotificationChoice,
    NotificationKind,
    mark_all_read,
    mark_read,
    notify_users,
    set_channels,
)
from app.notifications.jobs import READ_KEPT, notify_of_expiries, tidy
from app.notifications.kinds import mentioned
from app.notifications.queries import latest_notifications, unread_count
from app.reference.own_organisations import create_organisation
from app.security import SYSTEM, Login, User
from app.security.login import TOKEN_LIFE, open_session
from app.security.operations import change_user
from app.translation import lazy_gettext as _l

NEWS = NotificationKind("test.news", "News")
SECRET = NotificationKind("test.secret", "Secret", needs="core.audit.view")
KINDS = {kind.name: kind for kind in (NEWS, SECRET)}


@pytest.fixture
def do(company: Any) -> Any:
    return lambda work, actor=SYSTEM: company.database.run(work, actor=actor)


def rows(session: Any) -> list[tuple[int, bool, bool]]:
    found = session.scalars(select(Notification).order_by(Notification.user_id, Notification.id))
    return [(n.user_id, n.is_belled, n.is_mailed) for n in found]


def test_those_named_and_those_with_a_right_are_notified_once_each(do: Any, employ: Any) -> None:
    anna, boss, idle = employ("anna", "accountant"), employ("boss", "administrator"), employ("idle", "administrator")
    do(lambda s: change_user(s, SYSTEM, s.get_one(User, idle.user_id), is_active=False))
    to = [anna.user_id, boss.user_id, 999]
    notified = do(lambda s: notify_users(s, NEWS, text=_l("Import"), to=to, holding="core.job.view"))
    assert notified == [1, anna.user_id, boss.user_id]


def test_who_lacks_what_the_kind_needs_is_left_out(do: Any, employ: Any) -> None:
    steve, mary = employ("steve", "storekeeper"), employ("mary", "manager")
    to = [steve.user_id, mary.user_id]
    assert do(lambda s: notify_users(s, SECRET, text="!", to=to)) == [mary.user_id]


def test_what_happens_in_books_reaches_those_to_whom_they_are_open_and_the_rest_everybody(do: Any, employ: Any) -> None:
    hans, mary = employ("hans", "manager").user_id, employ("mary", "manager").user_id

    def limit(session: Any) -> None:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        change_user(session, SYSTEM, session.get_one(User, hans), books=[2])

    do(limit)
    notified = [
        do(lambda s, o=o: notify_users(s, NEWS, text="!", to=[hans, mary], organisation=o)) for o in (1, 2, None)
    ]
    assert notified == [[mary], [hans, mary], [hans, mary]]


def test_what_is_rolled_back_notifies_nobody(company: Any, do: Any) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        notify_users(session, NEWS, text="!", to=[1])
        session.rollback()
    assert do(rows) == []


def test_the_same_is_never_said_twice(do: Any, employ: Any) -> None:
    anna = employ("anna", "accountant")
    assert do(lambda s: notify_users(s, NEWS, text="!", to=[1], once="backup:7")) == [1]
    assert do(lambda s: notify_users(s, NEWS, text="!", to=[1, anna.user_id], once="backup:7")) == [anna.user_id]
    assert do(lambda s: notify_users(s, NEWS, text="!", to=[1], once="backup:8")) == [1]


@pytest.mark.parametrize("link", ["https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(do: Any, link: str) -> None:
    with pytest.raises(ValueError, match="leads to a page of the program"):
        do(lambda s: notify_users(s, NEWS, text="!", to=[1], link=link))
    assert do(rows) == []


@pytest.mark.parametrize(
    ("channel", "ways"),
    [("bell", [(1, True, False)]), ("mail", [(1, False, True)]), ("both", [(1, True, True)]), ("off", [])],
)
def test_everyone_chooses_the_way(company: Any, do: Any, channel: str, ways: list[Any]) -> None:
    company.database.known["has_mail"] = True
    do(lambda s: change_user(s, SYSTEM, s.get_one(User, 1), email="admin@example.com"))
    do(lambda s: s.add(NotificationChoice(user_id=1, kind="test.news", channel=channel)))
    do(lambda s: notify_users(s, NEWS, text="!", to=[1]))
    assert do(rows) == ways


@pytest.mark.parametrize(("has_mail", "email"), [(False, "admin@example.com"), (True, "")])
def test_who_can_not_get_mail_hears_the_bell(company: Any, do: Any, has_mail: bool, email: str) -> None:
    company.database.known["has_mail"] = has_mail
    do(lambda s: change_user(s, SYSTEM, s.get_one(User, 1), email=email))
    do(lambda s: s.add(NotificationChoice(user_id=1, kind="test.news", channel="mail")))
    do(lambda s: notify_users(s, NEWS, text="!", to=[1]))
    assert do(rows) == [(1, True, False)]


def test_a_choice_is_ones_own_and_of_what_there_is(do: Any, employ: Any, refused: Any) -> None:
    anna = employ("anna", "accountant")
    for channel in ("mail", "off"):
        do(lambda s, channel=channel: set_channels(s, anna, [NEWS], {"test.news": channel}), anna)
    assert do(lambda s: [(c.user_id, c.channel) for c in s.scalars(select(NotificationChoice))]) == [
        (anna.user_id, "off")
    ]
    refused(lambda s: set_channels(s, anna, [NEWS], {"test.news": "pigeon"}), Invalid, field="test.news")
    refused(lambda s: set_channels(s, anna, [NEWS], {"test.secret": "off"}), Invalid, field="test.secret")


def test_nobody_sees_or_marks_what_is_anothers(do: Any, employ: Any, refused: Any) -> None:
    anna, boss = employ("anna", "accountant"), employ("boss", "administrator")
    do(lambda s: notify_users(s, NEWS, text="!", to=[anna.user_id]))
    (number,) = do(lambda s: s.scalars(select(Notification.id)).all())
    assert do(lambda s: s.scalars(select(Notification)).all(), boss) == []  # whatever the query says
    assert do(lambda s: s.scalar(select(func.count(Notification.id))), boss) == 0
    refused(lambda s: mark_read(s, boss, number), NotFound)
    do(lambda s: mark_all_read(s, boss), boss)
    do(lambda s: s.execute(delete(Notification)), boss)
    assert do(lambda s: unread_count(s, anna), anna) == 1


def test_all_are_marked_as_read_up_to_the_one_that_was_shown(do: Any, employ: Any) -> None:
    anna = employ("anna", "accountant")
    numbers = []
    for text in "abc":
        do(lambda s, text=text: notify_users(s, NEWS, text=text, to=[anna.user_id]))
        numbers.append(do(lambda s: s.scalar(select(func.max(Notification.id)))))
    do(lambda s: mark_all_read(s, anna, up_to=numbers[1]), anna)
    shown = do(lambda s: latest_notifications(s, anna, KINDS, count=5), anna)
    assert [(n.text, n.is_read) for n in shown] == [("c", False), ("b", True), ("a", True)]
    assert do(lambda s: mark_read(s, anna, numbers[2]).read_at, anna) is not None
    assert do(lambda s: unread_count(s, anna), anna) == 0


def test_what_is_no_longer_open_says_nothing_of_what_it_was(do: Any, employ: Any) -> None:
    mary = employ("mary", "manager")
    do(lambda s: notify_users(s, SECRET, text="the secret", to=[mary.user_id], link="/admin/audit"))
    (shown,) = do(lambda s: latest_notifications(s, mary, {"test.news": NEWS}, count=5), mary)
    assert (shown.text, shown.link) == ("This is no longer open to you.", "")


def test_a_token_is_reported_once_when_it_is_about_to_expire(do: Any, employ: Any) -> None:
    anna = employ("anna", "accountant")

    def work(session: Any) -> None:
        for kind in ("token", "browser", "token"):
            open_session(session, session.get_one(User, anna.user_id), kind=kind, agent=f"shop {kind}")
        first = session.scalars(select(Login).where(Login.kind == "token").order_by(Login.id)).first()
        first.expires_at -= TOKEN_LIFE - READ_KEPT / 3

    do(work)
    assert [do(notify_of_expiries) for _ in range(2)] == [1, 0]
    (found,) = do(lambda s: s.scalars(select(Notification)).all())
    assert (found.user_id, found.kind, found.parameters["name"]) == (anna.user_id, "core.access_expires", "shop token")


def test_what_was_read_long_ago_is_removed(do: Any) -> None:
    def work(session: Any) -> None:
        now = utc_now()
        for read_at in (None, now - READ_KEPT / 2, now - READ_KEPT * 2):
            session.add(Notification(user_id=1, kind="test.news", message="%(text)s", read_at=read_at))

    do(work)
    assert do(tidy) == 1
    assert do(lambda s: s.scalar(select(func.count(Notification.id)))) == 2


def test_the_core_s_own_kinds_can_be_chosen(company: Any) -> None:
    kinds = {kind.name for kind in company.contributed("notifications", NotificationKind)}
    assert mentioned.name in kinds
    assert {"core.job_failed", "core.job_done", "core.schedule_failed", "core.backup_failed"} <= kinds

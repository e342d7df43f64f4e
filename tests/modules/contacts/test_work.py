"""Activities and tasks: what is written, refused, postponed, reminded of, and to whom each is open."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import wall_clock
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.notifications.models import Notification
from app.reference.own_organisations import create_organisation
from app.search.proof import verify
from app.security import MASKED, SYSTEM, User
from app.security.operations import change_user
from app.web.kit.tables import Query, fetch
from modules.contacts.details import add_detail
from modules.contacts.merging import merge, unmerge
from modules.contacts.models import Contact, Person
from modules.contacts.operations import create_contact
from modules.contacts.tables import contact_lookup
from modules.contacts.work.activities import activity_by_id, change_activity, log_activity, remove_activity
from modules.contacts.work.kinds import remove_task_kind, save_task_kind, task_kind_by_id
from modules.contacts.work.models import Activity, Task, TaskKind
from modules.contacts.work.queries import day_of, names_of_contacts
from modules.contacts.work.reminding import remind
from modules.contacts.work.rules import check_activity, fitting, postponed, reminder
from modules.contacts.work.tables import tasks
from modules.contacts.work.tasks import (
    change_task,
    create_task,
    finish_task,
    postpone_task,
    reopen_task,
    task_by_id,
)

NOON = datetime(2026, 3, 4, 12)  # a Wednesday


@pytest.mark.parametrize(
    ("to", "day"),
    [("today", 4), ("tomorrow", 5), ("next_week", 9), ("2026-03-20", 20)],
)
def test_a_task_is_put_off_from_today_and_keeps_its_hour(to: str, day: int) -> None:
    assert postponed(datetime(2026, 1, 2, 9, 30), to, NOON.date()) == datetime(2026, 3, day, 9, 30)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_next_week_is_the_first_monday_after(today: date) -> None:
    found = postponed(NOON, "next_week", today).date()
    assert found.weekday() == 0
    assert 1 <= (found - today).days <= 7


@pytest.mark.parametrize("to", ["", "yesterday", "2026-02-30", "0026-01-01"])
def test_a_task_is_not_put_off_to_what_can_not_be_a_day(to: str) -> None:
    with pytest.raises(Invalid):
        postponed(NOON, to, NOON.date())


def test_a_reminder_of_a_day_without_an_hour_counts_from_its_morning() -> None:
    assert reminder(NOON, is_timed=True, before=60) == datetime(2026, 3, 4, 11)
    assert reminder(datetime(2026, 3, 4, 23, 59, 59), is_timed=False, before=60) == datetime(2026, 3, 4, 8)
    assert reminder(NOON, is_timed=True, before=None) is None


SAID = {"kind": "call", "direction": "in", "is_answered": True, "duration": 3, "text": "", "moment": NOON}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "fax"}, "kind"),
        ({"direction": ""}, "direction"),
        ({"kind": "note", "text": "x"}, "direction"),
        ({"kind": "letter"}, "is_answered"),
        ({"kind": "letter", "is_answered": None}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"duration": -1}, "duration"),
        ({"kind": "note", "direction": "", "is_answered": None, "duration": None}, "text"),
        ({"moment": datetime(26, 1, 1)}, "moment"),
    ],
)
def test_what_an_activity_can_not_be(wrong: dict[str, Any], field: str) -> None:
    check_activity(SAID)
    with pytest.raises(Invalid) as refusal:
        check_activity({**SAID, **wrong})
    assert refusal.value.field == field


@given(st.sampled_from(["note", "call", "letter", "meeting"]))
def test_a_form_with_all_fields_fits_every_kind(kind: str) -> None:
    check_activity(fitting(kind, {**SAID, "kind": kind, "text": "x"}))


@pytest.fixture
def run(company: Any) -> Callable[..., Any]:
    """Do something with the company Acme, for the system or somebody else."""

    def prepare(session: Any) -> int:
        company.refresh(session)
        return create_contact(session, SYSTEM, kind="legal_entity", name="Acme").id

    acme = company.database.run(prepare, actor=SYSTEM)
    return lambda work, actor=SYSTEM: company.database.run(lambda s: work(s, s.get(Contact, acme)), actor=actor)


def test_calls_are_kept_found_changed_and_removed(run: Callable[..., Any], refused: Any) -> None:
    def write(session: Any, acme: Any) -> int:
        jo = add_detail(session, SYSTEM, acme, Person, name="Jo")
        said = {"text": "about the Zebrawood invoice", "direction": "out", "duration": 5, "persons": [jo.id]}
        return log_activity(session, SYSTEM, acme, "call", is_answered=True, **said).id

    number = run(write)
    assert run(lambda s, acme: [p.name for p in activity_by_id(s, acme.id, number).persons]) == ["Jo"]
    found = run(lambda s, acme: [hit["title"] for hit in contact_lookup.find(s, "zebrawood", 5)])
    assert found == ["Acme"]

    def change(session: Any, acme: Any) -> None:
        said = {"text": "nothing", "moment": NOON, "direction": "in", "is_answered": False, "duration": None}
        change_activity(session, SYSTEM, activity_by_id(session, acme.id, number), persons=(), **said)

    run(change)
    assert run(lambda s, acme: [hit["title"] for hit in contact_lookup.find(s, "zebrawood", 5)]) == []
    run(lambda s, _acme: verify(s))
    stranger = run(lambda s, _: create_contact(s, SYSTEM, kind="legal_entity", name="Bolt").id)
    refused(lambda s: activity_by_id(s, stranger, number), NotFound)

    def wrong(session: Any) -> None:
        other = add_detail(session, SYSTEM, session.get(Contact, stranger), Person, name="Al")
        acme = session.scalars(select(Contact).where(Contact.name == "Acme")).one()
        log_activity(session, SYSTEM, acme, "meeting", persons=[other.id])

    refused(wrong, Invalid, field="persons")
    run(lambda s, acme: remove_activity(s, SYSTEM, activity_by_id(s, acme.id, number)))
    assert run(lambda s, _: s.scalars(select(Activity.id)).all()) == []


def test_a_task_reminds_once_however_often_somebody_looks(run: Callable[..., Any], employ: Any) -> None:
    steve = employ("steve", "storekeeper")
    due = wall_clock() + timedelta(minutes=10)

    def give(session: Any, acme: Any) -> int:
        create_organisation(session, SYSTEM, name="Harbour Trading", country="GB")
        change_user(session, SYSTEM, session.get_one(User, steve.user_id), books=[2])  # a task is in no books
        said = {"day": due.date(), "hour": due.time(), "contact_id": acme.id}
        return create_task(session, SYSTEM, title="Ship", responsible_id=steve.user_id, remind_before=15, **said).id

    def bells(session: Any, _acme: Any) -> list[tuple[int, str]]:
        return [(n.user_id, n.kind) for n in session.scalars(select(Notification).order_by(Notification.id))]

    number = run(give)
    given = (steve.user_id, "contacts.task_given")
    assert run(bells) == [given]
    assert [run(lambda s, _: remind(s)) for _ in range(3)] == [1, 0, 0]
    assert run(bells) == [given, (steve.user_id, "contacts.task_due")]

    def same_again(session: Any, _acme: Any) -> None:
        change_task(session, SYSTEM, task_by_id(session, number), title="Ship it", day=due.date(), hour=due.time())

    run(same_again)  # another title doesn't remind again
    assert run(lambda s, _: remind(s)) == 0
    run(lambda s, _: postpone_task(s, SYSTEM, task_by_id(s, number), "tomorrow"))
    later = run(lambda s, _: [(t.due - t.remind_at, t.due.date()) for t in [task_by_id(s, number)]])
    assert later == [(timedelta(minutes=15), wall_clock().date() + timedelta(days=1))]
    run(lambda s, _: finish_task(s, SYSTEM, task_by_id(s, number)))
    assert run(lambda s, _: task_by_id(s, number).remind_at) is None


def test_a_task_that_is_over_is_only_opened_again(run: Callable[..., Any], refused: Any, employ: Any) -> None:
    sam = employ("sam", "salesperson")
    number = run(lambda s, _: create_task(s, sam, title="Call", day=NOON.date(), note="soft").id, actor=sam)
    run(lambda s, _: finish_task(s, sam, task_by_id(s, number), "bought"), actor=sam)
    refused(lambda s: finish_task(s, SYSTEM, task_by_id(s, number)), Conflict)
    refused(lambda s: postpone_task(s, SYSTEM, task_by_id(s, number), "tomorrow"), Conflict)
    refused(lambda s: change_task(s, SYSTEM, task_by_id(s, number), day=NOON.date(), title="x"), Conflict)
    run(lambda s, _: reopen_task(s, sam, task_by_id(s, number)), actor=sam)
    assert run(lambda s, _: [(t.state, t.result, t.closed_at) for t in s.scalars(select(Task))]) == [
        ("open", "bought", None)
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind_id": 77}, "kind_id"),
        ({"remind_before": 7}, "remind_before"),
        ({"responsible_id": 999}, "responsible_id"),
        ({"day": date(26, 1, 1)}, "day"),
        ({"responsible_id": None}, "responsible_id"),
    ],
)
def test_what_a_task_can_not_be(refused: Any, company: Any, wrong: dict[str, Any], field: str) -> None:
    said = {"title": "x", "day": NOON.date(), "responsible_id": 1}
    refused(lambda s: create_task(s, SYSTEM, **{**said, **wrong}), Invalid, field=field)


def test_tasks_are_open_to_whom_they_concern(run: Callable[..., Any], employ: Any, company: Any) -> None:
    """Steve sees contacts, and neither private texts nor others' tasks; Sam only contacts of their own."""
    steve, sam, maria = employ("steve", "storekeeper"), employ("sam", "salesperson"), employ("maria", "manager")
    today, acme = wall_clock().date(), run(lambda _, acme: acme.id)

    def give(session: Any, acme: Any) -> None:
        for who, contact in ((steve, acme.id), (sam, acme.id), (maria, None), (maria, acme.id)):
            said = {"day": today, "contact_id": contact, "note": "secret", "responsible_id": who.user_id}
            create_task(session, SYSTEM, title=f"For {who.name}", **said)

    run(give)

    def seen(actor: Any) -> list[str]:
        def look(session: Any) -> list[str]:
            return [row.title for row in fetch(session, tasks, Query(filters={"state": "open"})).rows]

        return sorted(company.database.run(look, actor=actor, write=False))

    assert seen(steve) == ["For Steve"]
    assert seen(sam) == ["For Sam"]
    assert seen(maria) == ["For Maria", "For Maria", "For Sam", "For Steve"]

    def own(session: Any, _acme: Any) -> Any:
        (task,) = session.scalars(select(Task))
        return task.note is MASKED, [t.title for t in day_of(session, steve).today]

    assert run(own, actor=steve) == (True, ["For Steve"])
    assert run(lambda s, _: names_of_contacts(s, sam, s.scalars(select(Task))), actor=sam) == {}

    def write(session: Any, _acme: Any) -> None:
        (task,) = session.scalars(select(Task))
        change_task(session, steve, task, day=today, hour=time(9), title="Mine", note="")

    run(write, actor=steve)
    (kept,) = run(lambda s, _: s.scalars(select(Task.note).where(Task.title == "Mine")).all())
    assert kept == "secret"
    with pytest.raises(Forbidden):
        run(lambda s, _: create_task(s, steve, title="x", day=today, note="private"), actor=steve)
    with pytest.raises(NotFound):
        run(lambda s, _: create_task(s, sam, title="x", day=today, contact_id=acme), actor=sam)
    with pytest.raises(Forbidden):
        run(lambda s, known: log_activity(s, steve, known, "note", text="x"), actor=steve)


def test_a_kind_is_removed_only_when_nobody_has_a_task_of_it(run: Callable[..., Any], refused: Any) -> None:
    def make(session: Any, _acme: Any) -> tuple[int, int]:
        one, other = (save_task_kind(session, SYSTEM, None, name=n, colour="red") for n in ("Call", "Visit"))
        create_task(session, SYSTEM, title="x", day=NOON.date(), kind_id=one.id, responsible_id=1)
        return one.id, other.id

    used, free = run(make)
    refused(lambda s: save_task_kind(s, SYSTEM, None, name="CALL", colour="red"), Conflict, field="name")
    refused(lambda s: save_task_kind(s, SYSTEM, None, name="Trip", colour="pink"), Invalid, field="colour")
    refused(lambda s: remove_task_kind(s, SYSTEM, task_kind_by_id(s, used)), Conflict)
    run(lambda s, _: remove_task_kind(s, SYSTEM, task_kind_by_id(s, free)))
    assert run(lambda s, _: s.scalars(select(TaskKind.name)).all()) == ["Call"]


def test_what_happened_goes_along_with_a_contact_that_is_merged_and_back(run: Callable[..., Any]) -> None:
    def work(session: Any, acme: Any) -> tuple[Any, ...]:
        same = create_contact(session, SYSTEM, kind="legal_entity", name="ACME Limited")
        note = log_activity(session, SYSTEM, same, "note", text="paid late")
        task = create_task(session, SYSTEM, title="x", day=NOON.date(), contact_id=same.id, responsible_id=1)
        merge(session, SYSTEM, acme, same)
        session.expire_all()
        after = (note.contact_id == acme.id, task.contact_id == acme.id)
        unmerge(session, SYSTEM, same.id)
        session.expire_all()
        return *after, note.contact_id == same.id, task.contact_id == same.id

    assert run(work) == (True, True, True, True)

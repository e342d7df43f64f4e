"""Repeated documents are made on their days, once, whatever happens to others; what can't be made is reported."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.documents.chain import chain_of
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.jobs.work import Run
from app.notifications.models import Notification
from app.security import SYSTEM
from modules.contacts.letters.models import Letter
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.queries import contact_by_id
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Invoice, Purchase, Sale
from modules.trade.pricing.policy import change_policy
from modules.trade.repeating import operations
from modules.trade.repeating.job import make_due
from modules.trade.repeating.making import make_next, note_error
from modules.trade.repeating.models import Repetition, RepetitionTurn
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item, create_item
from tests.at_once import at_once

RENT, CUSTOMER = 1, 1


@pytest.fixture
def flat(proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Does something where a flat is let for 500 a month; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_contact(
            session, SYSTEM, kind="legal_entity", name="Bergen AS", email="bergen@example.com", language="ru"
        )
        create_item(session, SYSTEM, code="RENT", name="Rent", kind="service", price=D(500))
        rent(session)

    proved(prepare)
    return proved  # type: ignore[no-any-return]


def rent(session: Any, model: Any = Sale, moment: datetime | None = None) -> Any:
    draft = TradeDraft(CUSTOMER, [TradeLineDraft(RENT, D(1), D(500), tax_rate=D(20))], moment=moment)
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return document


def repeat(session: Any, source_id: int, days_ago: int = 0, actor: Any = SYSTEM, **fields: Any) -> Repetition:
    """One that was set up before its first day."""
    fields = {"every": "week", "first": wall_clock().date(), "posts": True, **fields}
    found = operations.repeat(session, actor, source_id, **fields)
    found.first -= timedelta(days=days_ago)
    operations.set_due(found)
    return found


def nightly(company: Any) -> dict[str, Any]:
    return make_due(Run(company, SYSTEM, 0, {}))


def sales(session: Any) -> list[Any]:
    return list(session.scalars(select(Sale).where(Sale.id > 1).order_by(Sale.moment)))


def test_what_is_due_is_made_once_also_after_days_off(app: Any, company: Any, flat: Any) -> None:
    today = wall_clock().date()

    def prepare(session: Any) -> None:
        repeat(session, 1, days_ago=14, note="Rent {month}", count=4)
        change_item(session, SYSTEM, session.get_one(Item, RENT), price=D(600))
        repeat(session, 1, prices="proposed", posts=False, every="month")

    flat(prepare)
    with app.test_request_context():
        assert nightly(company) == {"made": 4, "failed": 0}
        assert nightly(company) == {"made": 0, "failed": 0}

    def look(session: Any) -> None:
        kept, proposed = session.scalars(select(Repetition).order_by(Repetition.id))
        made = [s for s in sales(session) if s.state == "posted"]
        assert [s.moment.date() for s in made] == [today - timedelta(days=n) for n in (14, 7, 0)]
        assert {s.amount for s in made} == {D(600)}
        assert all(s.note.startswith("Rent ") and "{" not in s.note for s in made)
        (draft,) = [s for s in sales(session) if s.state == "draft"]
        assert (draft.amount, draft.moment.date(), draft.number) == (D(720), today, None)
        assert (kept.turn, kept.due, kept.state) == (3, today + timedelta(days=7), "active")
        pairs = chain_of(session, made[0]).pairs
        assert (1, made[0].id) in pairs

        def again() -> None:
            with session.begin_nested():
                session.add(RepetitionTurn(repetition_id=kept.id, day=today))
                session.flush()

        with pytest.raises(IntegrityError):
            again()
        operations.skip_next(session, SYSTEM, kept, today + timedelta(days=7))
        assert (kept.due, kept.state) == (None, "ended")
        assert proposed.turn == 1

    flat(look)


def test_two_workers_make_one(app: Any, company: Any, flat: Any) -> None:
    today = wall_clock().date()
    flat(lambda s: repeat(s, 1, every="month"))

    def work() -> Any:
        return company.database.run(lambda s: make_next(s, company, 1, today), actor=SYSTEM)

    results = at_once(work, work)
    assert len([r for r in results if r]) == 1
    flat(lambda s: len(sales(s)) == 1 or pytest.fail("made twice"))


def test_what_cannot_be_made_is_reported_once_and_the_others_are_made(
    app: Any, company: Any, employ: Any, flat: Any
) -> None:
    sofia = employ("sofia", "manager")

    def prepare(session: Any) -> None:
        gone = rent(session)
        repeat(session, gone.id, actor=sofia, every="month")
        reverse(session, SYSTEM, gone)
        repeat(session, 1, every="month")

    flat(prepare)
    with app.test_request_context():
        assert nightly(company) == {"made": 1, "failed": 1}
        assert nightly(company) == {"made": 0, "failed": 1}

    def look(session: Any) -> None:
        failed = session.get_one(Repetition, 1)
        assert "is reversed" in failed.error
        assert session.scalars(select(RepetitionTurn.repetition_id)).all() == [2]
        reported = session.scalars(select(Notification).where(Notification.user_id == sofia.user_id)).all()
        assert [n.kind for n in reported] == ["trade.repetition_failed"]
        note_error(session, 1, "again")
        assert len(session.scalars(select(Notification)).all()) == 1

    with app.test_request_context():
        flat(look)


def test_what_is_made_is_sent_in_the_contacts_language(app: Any, company: Any, flat: Any) -> None:
    company.database.known = {**company.database.known, "has_mail": True}
    flat(lambda s: repeat(s, 1, mails=True, note="Pays late", letter="Аренда {month}"))
    with app.test_request_context():
        assert nightly(company) == {"made": 1, "failed": 0}

    def look(session: Any) -> None:
        letter = session.scalars(select(Letter)).one()
        assert (letter.recipients, letter.language) == ("bergen@example.com", "ru")
        assert "Аренда" in letter.body
        assert "{" not in letter.body
        assert "Pays late" not in letter.body  # the note is the company's own
        assert [s.note for s in sales(session)] == ["Pays late"]
        assert "system" not in letter.body

    flat(look)


def test_it_is_paused_and_goes_on_without_making_up(company: Any, flat: Any) -> None:
    today = wall_clock().date()

    def work(session: Any) -> None:
        found = repeat(session, 1, days_ago=15)
        operations.pause(session, SYSTEM, found)
        assert make_next(session, company, found.id, today) is None
        operations.resume(session, SYSTEM, found)
        assert (found.due, found.turn) == (today + timedelta(days=6), 3)
        operations.end_repetition(session, SYSTEM, found)
        assert make_next(session, company, found.id, date.max) is None

    flat(work)


def test_nobody_repeats_what_they_could_not_do_by_hand(company: Any, employ: Any, flat: Any, refused: Any) -> None:
    steve, sofia, today = employ("steve", "storekeeper"), employ("sofia", "salesperson"), wall_clock().date()
    usual = {"every": "month", "first": today}
    flat(lambda s: rent(s, Invoice))
    refused(lambda s: operations.repeat(s, steve, 1, **usual), Forbidden)
    with pytest.raises(NotFound):  # somebody else's
        company.database.run(lambda s: operations.repeat(s, sofia, 1, **usual), actor=sofia)
    for field, fields in (
        ("first", {"first": today - timedelta(days=1)}),
        ("mails", {"mails": True}),
        ("note", {"note": "{x}"}),
        ("letter", {"letter": "{x}"}),
        ("prices", {"prices": "best"}),
        ("count", {"count": 0}),
    ):
        refused(lambda s, f=fields: operations.repeat(s, SYSTEM, 1, **{**usual, **f}), Invalid, field=field)
    flat(lambda s: make_next(s, company, repeat(s, 2, count=2, posts=False).id, today))
    changed = {"every": "month"}
    refused(lambda s: operations.change_repetition(s, SYSTEM, s.get_one(Repetition, 1), **changed), Conflict)


def test_what_guards_refuse_is_reported_and_not_posted(app: Any, company: Any, employ: Any, flat: Any) -> None:
    sofia = employ("sofia", "manager")  # who may go beyond what guards refuse, which the program never does for them

    def prepare(session: Any) -> None:
        change_contact(session, SYSTEM, contact_by_id(session, CUSTOMER), credit_limit=D(100), over_limit="block")
        lamp = create_item(session, SYSTEM, code="LAMP", name="Lamp").id
        lines = [TradeLineDraft(lamp, D(5), D(6), tax_rate=D(0))]
        post(session, SYSTEM, [save(session, SYSTEM, Purchase, TradeDraft(CUSTOMER, lines))])
        change_policy(session, SYSTEM, type_id=None, stacking="best", least_margin=D(50))
        other = create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck").id
        cheap = save(session, SYSTEM, Sale, TradeDraft(other, [TradeLineDraft(lamp, D(1), D(1), tax_rate=D(0))]))
        session.flush()
        for source in (1, cheap.id):
            repeat(session, source, actor=sofia, every="month")

    flat(prepare)
    with app.test_request_context():
        assert nightly(company) == {"made": 0, "failed": 2}

    def look(session: Any) -> None:
        limit, margin = [r.error for r in session.scalars(select(Repetition).order_by(Repetition.id))]
        assert "Nothing can be sold to Bergen AS now" in limit  # how much they owe isn't for everyone who reads it
        assert "below its least margin" in margin
        assert [s.state for s in sales(session)] == ["draft"]
        change_contact(session, SYSTEM, contact_by_id(session, CUSTOMER), credit_limit=D(10_000))

    flat(look)
    with app.test_request_context():
        assert nightly(company) == {"made": 1, "failed": 1}


def test_what_has_ended_is_not_changed_and_nothing_begins_before_today(company: Any, flat: Any, refused: Any) -> None:
    today = wall_clock().date()

    def prepare(session: Any) -> None:
        operations.end_repetition(session, SYSTEM, repeat(session, 1, days_ago=70))
        over = repeat(session, 1, count=1)
        make_next(session, company, over.id, today)
        assert over.state == "ended"
        repeat(session, 1, first=today + timedelta(days=3))

    flat(prepare)
    for n, fields in ((1, {"note": "Only a note"}), (2, {"count": 9})):
        refused(
            lambda s, n=n, f=fields: operations.change_repetition(s, SYSTEM, s.get_one(Repetition, n), **f), Conflict
        )

    def early(session: Any) -> None:
        third = session.get_one(Repetition, 3)
        operations.change_repetition(session, SYSTEM, third, first=today - timedelta(days=70))

    refused(early, Invalid, field="first")
    later = {"first": today + timedelta(days=5)}
    flat(lambda s: operations.change_repetition(s, SYSTEM, s.get_one(Repetition, 3), **later))

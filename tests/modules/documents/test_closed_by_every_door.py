"""What stood at the end of a closed period stands there for good, whichever door somebody tries."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import STANDING, Document, correct, kind_of, post, reverse, save
from app.errors import KontorError, NotFound, PeriodClosed
from app.ledger import Register
from app.reference.operations import close_period
from app.security import SYSTEM

#: documents of each kind that are tried
SOME = 3
Figures = dict[tuple[str, tuple[Any, ...]], Any]


def figures(session: Any, day: date) -> Figures:
    """What every total of every register stood at by the end of a day, key by key."""
    return {
        (f"{register.name}.{totals.name}", figure.key): figure.amounts
        for register in Register.declared.values()
        for totals in register.totals
        for figure in ledger.at(session, totals, day, by=totals.by)
    }


@pytest.fixture(scope="module")
def closed(house: Any) -> tuple[date, Figures]:
    """The last but one day on which the sample company did something: its books are closed up to it. And its figures."""

    def close(session: Any) -> tuple[date, Figures]:
        days = sorted({m.date() for m in session.scalars(select(Document.moment).where(Document.state == "posted"))})
        close_period(session, SYSTEM, until=days[-2], today=days[-1])
        return days[-2], figures(session, days[-2])

    return house.company.database.run(close, actor=SYSTEM)  # type: ignore[no-any-return]


def within(session: Any, day: date) -> Iterator[Any]:
    """Some documents of each kind that stand in the closed period."""
    of_period = select(Document).where(Document.state.in_(STANDING), Document.moment <= datetime.combine(day, time.max))
    found: dict[str, int] = {}
    for document in session.scalars(of_period.order_by(Document.moment.desc(), Document.id.desc())).all():
        found[document.kind] = found.get(document.kind, 0) + 1
        if found[document.kind] <= SOME:
            yield document


def tried(house: Any, day: date, act: Any) -> Iterator[tuple[Any, Exception | None, Figures]]:
    """`act` on each of the documents, each in books of its own: its kind, how it was refused, what stood that day then."""
    with house.company.database.session(SYSTEM) as session:
        numbers = [document.id for document in within(session, day)]
    for number in numbers:
        with house.test_request_context("/"), house.company.database.session(SYSTEM) as session:
            session.info["writes"] = True
            document, refusal = session.get(Document, number), None
            kind = document.kind
            try:
                act(session, document)
                session.flush()
            except KontorError as error:
                refusal = error
                session.rollback()
            yield kind, refusal, figures(session, day)


def test_what_is_reversed_later_lands_later(house: Any, closed: tuple[date, Figures]) -> None:
    day, before = closed
    done = set()
    for kind, refusal, after in tried(house, day, lambda session, document: reverse(session, SYSTEM, document)):
        assert after == before, kind
        done |= {kind} if refusal is None else set()
    assert {"trade.sale", "contacts.payment"} <= done


def test_nothing_of_the_period_is_corrected(house: Any, closed: tuple[date, Figures]) -> None:
    day, before = closed

    def act(session: Any, document: Any) -> None:
        try:
            draft = kind_of(document).draft_of(document)
        except TypeError:  # it is posted as it is recorded
            raise NotFound from None
        correct(session, SYSTEM, document, replace(draft, note="changed", version=None))

    tries = list(tried(house, day, act))
    assert len({kind for kind, refusal, _ in tries if isinstance(refusal, PeriodClosed)}) >= 8
    for kind, refusal, after in tries:
        assert isinstance(refusal, KontorError), kind
        assert after == before, kind


def test_nothing_new_is_posted_into_the_period(house: Any, closed: tuple[date, Figures]) -> None:
    day, before = closed

    def act(session: Any, document: Any) -> None:
        try:
            draft = kind_of(document).draft_of(document)
        except TypeError:
            raise NotFound from None
        again = replace(draft, moment=datetime.combine(day, time(12)), number=None, operation_id=None, version=None)
        post(session, SYSTEM, [save(session, SYSTEM, type(document), again)])

    tries = list(tried(house, day, act))
    assert len({kind for kind, refusal, _ in tries if isinstance(refusal, PeriodClosed)}) >= 8
    for kind, refusal, after in tries:
        assert isinstance(refusal, KontorError), kind
        assert after == before, kind


def test_no_route_that_acts_on_a_document_changes_the_period(
    house: Any, sign_in: Any, closed: tuple[date, Figures]
) -> None:
    day, before = closed
    with house.company.database.session(SYSTEM) as session:
        numbers: dict[str, list[int]] = {}
        for document in within(session, day):
            numbers.setdefault(document.kind, []).append(document.id)
    admin, answers = sign_in("admin"), 0
    with house.test_request_context("/"):
        rules = [
            r for r in house.url_map.iter_rules() if r.arguments == {"document_id"} and "POST" in (r.methods or ())
        ]
    for rule in rules:
        kinds = [kind for kind in numbers if str(rule.endpoint).startswith(f"{kind}_")] or list(numbers)
        for number in (each for kind in kinds for each in numbers[kind][: SOME if len(kinds) == 1 else 1]):
            address = str(rule).replace("<int:document_id>", str(number))
            answer = admin.post(address, data={"moment": f"{day.isoformat()}T12:00", "date": day.isoformat()})
            assert answer.status_code < 500, address
            answers += answer.status_code < 400
    assert answers > 50
    after = house.company.database.run(lambda session: figures(session, day), actor=SYSTEM, write=False)
    assert after == before

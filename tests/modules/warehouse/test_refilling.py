"""Warehouses that are refilled from others: what is proposed, what is made of it, and what is bought no longer."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import Document, discard, locked, post, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.trade.replenishing.queries import proposals
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Place, Receipt, Transfer, TransferReceipt
from modules.warehouse.operations import create_item
from modules.warehouse.planning.operations import add_rule
from modules.warehouse.planning.refilling import Brought, bring, proposed
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition
from modules.warehouse.requisitions.sending import transfer_of
from modules.warehouse.transit.receiving import receipt_of
from modules.warehouse.warehouses import change_place, create_place
from tests.at_once import at_once

NAIL, SCREW = 1, 2
MAIN, SHOP, KIOSK = 100, 101, 102


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something with thirty nails in the main warehouse, from which shop and kiosk are refilled; the books are proved."""

    def prepare(session: Any) -> None:
        for code in ("NAIL", "SCREW"):
            create_item(session, SYSTEM, code=code, name=code.title())
        for code in ("shop", "kiosk"):
            create_place(session, SYSTEM, code=code, name=code.title(), refilled_from_id=MAIN)
        receipt = save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(NAIL, D(30), D(1))], target_id=MAIN))
        post(session, SYSTEM, [receipt])
        for item, place in ((NAIL, SHOP), (NAIL, KIOSK), (SCREW, SHOP)):
            rule = {"minimum": D(5), "maximum": D(20), "multiple": D(4)}
            add_rule(session, SYSTEM, item_id=item, place_id=place, **rule)

    company.database.run(prepare, actor=SYSTEM)
    return proved


def short(session: Any) -> dict[tuple[int, int], tuple[D, D]]:
    """Item and warehouse → what is wanted, and what is proposed of it."""
    return {each.key: (each.refill.wanted, each.refill.quantity) for each in proposed(session)}


def made(session: Any, *chosen: tuple[int, int, int], requests: bool = False, name: str | None = None) -> list[int]:
    some = [Brought(item, place, MAIN, D(quantity)) for item, place, quantity in chosen]
    return [d.id for d in bring(session, SYSTEM, some, requests=requests, operation_id=name)]


def test_what_falls_below_its_minimum_is_brought_from_where_the_warehouse_is_refilled(run: Any) -> None:
    # the kiosk comes first by name, and of what is left whole lots alone
    assert run(short) == {(NAIL, KIOSK): (D(20), D(20)), (NAIL, SHOP): (D(20), D(8)), (SCREW, SHOP): (D(20), D(0))}
    assert run(lambda s: [p.key for p in proposals(s)]) == []  # none of it is bought
    sent, asked = run(lambda s: made(s, (NAIL, KIOSK, 20))), run(lambda s: made(s, (NAIL, SHOP, 16), requests=True))
    assert run(short) == {(SCREW, SHOP): (D(20), D(0))}  # in drafts already
    run(lambda s: discard(s, SYSTEM, locked(s, Transfer, sent[0])))
    run(lambda s: post(s, SYSTEM, [locked(s, Requisition, asked[0])]))
    assert run(short) == {(NAIL, KIOSK): (D(20), D(20)), (SCREW, SHOP): (D(20), D(0))}  # requested

    def send(session: Any) -> int:
        draft = transfer_of(session, locked(session, Requisition, asked[0]))
        draft.in_two_steps = True
        document = save(session, SYSTEM, Transfer, draft)
        session.flush()
        return document.id

    transfer = run(send)
    assert (NAIL, SHOP) not in run(short)  # a draft of what is requested doesn't count twice
    run(lambda s: post(s, SYSTEM, [locked(s, Transfer, transfer)]))
    assert (NAIL, SHOP) not in run(short)  # on its way

    def receive(session: Any) -> None:
        receipt = save(session, SYSTEM, TransferReceipt, receipt_of(session, locked(session, Transfer, transfer)))
        post(session, SYSTEM, [receipt])

    run(receive)
    assert run(short) == {(NAIL, KIOSK): (D(20), D(12)), (SCREW, SHOP): (D(20), D(0))}


def test_one_press_makes_one_draft_for_each_warehouse_and_twice_the_same(run: Any) -> None:
    chosen = ((NAIL, SHOP, 4), (NAIL, KIOSK, 8), (SCREW, SHOP, 4))
    first = run(lambda s: made(s, *chosen, name="press"))
    assert len(first) == 2
    assert run(lambda s: made(s, *chosen, name="press")) == first
    ends = run(lambda s: [(d.source_id, d.target_id, len(d.lines)) for d in (s.get_one(Transfer, n) for n in first)])
    assert ends == [(MAIN, SHOP, 2), (MAIN, KIOSK, 1)]


def test_of_two_who_bring_the_same_at_once_one_is_refused(company: Any, run: Any) -> None:
    (seen,) = run(lambda s: [each for each in proposed(s, KIOSK) if each.key == (NAIL, KIOSK)])
    chosen = [Brought(NAIL, KIOSK, MAIN, D(20), seen.refill.wanted)]

    def press(number: int, requests: bool) -> Any:
        act = f"press{number}"
        work = lambda s: len(bring(s, SYSTEM, chosen, requests=requests, operation_id=act))  # noqa: E731
        return company.database.run(work, actor=SYSTEM)

    answers = at_once(lambda: press(0, False), lambda: press(1, True))
    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "int"]
    drafts = run(lambda s: s.scalars(select(Document.id).where(Document.state == "draft")).all())
    assert len(drafts) == 1
    first = next(n for n, each in enumerate(answers) if each == 1)
    assert press(first, bool(first)) == 1  # the one that went through may be sent again
    assert len(run(lambda s: s.scalars(select(Document.id).where(Document.state == "draft")).all())) == 1


def test_what_a_warehouse_has_requested_of_another_is_bought_once(run: Any) -> None:
    def ask(session: Any) -> int:
        yard = create_place(session, SYSTEM, code="yard", name="Yard").id
        add_rule(session, SYSTEM, item_id=NAIL, place_id=yard, minimum=D(40), maximum=D(40))
        draft = RequisitionDraft(yard, MAIN, [RequisitionLineDraft(NAIL, D(40))])
        assert [(p.place_id, p.quantity) for p in proposals(session)] == [(yard, D(40))]
        request = save(session, SYSTEM, Requisition, draft)
        post(session, SYSTEM, [request])
        return request.id

    def send(session: Any) -> None:
        draft = transfer_of(session, locked(session, Requisition, request))
        draft.in_two_steps = True
        post(session, SYSTEM, [save(session, SYSTEM, Transfer, draft)])

    request = run(ask)
    # Thirty lie in the main warehouse and go to the yard: ten are missing for it, and the yard buys none beside them.
    assert run(lambda s: [(p.place_id, p.quantity) for p in proposals(s)]) == [(MAIN, D(10))]
    run(send)  # thirty are on the way, and ten still requested
    assert run(lambda s: [(p.place_id, p.quantity) for p in proposals(s)]) == [(MAIN, D(10))]


def test_what_others_ask_for_is_bought_for_the_source_and_refilled_on_the_way(run: Any) -> None:
    asked = run(lambda s: made(s, (NAIL, SHOP, 40), (SCREW, SHOP, 4), requests=True))
    assert run(proposals) == []  # drafts ask for nothing
    run(lambda s: post(s, SYSTEM, [locked(s, Requisition, asked[0])]))
    nail, screw = run(lambda s: [(p.code, p.place_id, p.quantity, p.says) for p in proposals(s)])
    said = "30 on hand, 40 requested by other warehouses; missing for what is ordered and requested: buy 10"
    assert nail == ("NAIL", MAIN, D(10), said)
    assert screw[:3] == ("SCREW", MAIN, D(4))
    # Of a warehouse that is itself refilled, what others ask of it is brought to it: 5 - 8 is below the minimum of 5.
    run(
        lambda s: post(
            s, SYSTEM, [save(s, SYSTEM, Transfer, MovementDraft([MovementLineDraft(NAIL, D(5))], MAIN, KIOSK))]
        )
    )
    assert (NAIL, KIOSK) not in run(short)
    of_kiosk = RequisitionDraft(SHOP, KIOSK, [RequisitionLineDraft(NAIL, D(8))])
    run(lambda s: post(s, SYSTEM, [save(s, SYSTEM, Requisition, of_kiosk)]))
    (found,) = run(lambda s: [each for each in proposed(s) if each.key == (NAIL, KIOSK)])
    assert found.refill.wanted == D(24)
    assert found.refill.words().startswith("5 free, 8 requested by other warehouses, the minimum is 5, so bring 24")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [((), "at least one"), (((NAIL, SHOP, 0),), "above zero"), (((NAIL, MAIN, 1),), "another by now")],
)
def test_what_cannot_be_brought_is_refused_and_nothing_made(run: Any, chosen: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        run(lambda s: made(s, (NAIL, KIOSK, 4), *chosen) if chosen else made(s))
    assert len(run(short)) == 3


def test_goods_do_not_go_round_in_a_circle(run: Any) -> None:
    def refill(session: Any, place_id: int, source: int | None) -> None:
        place = session.get_one(Place, place_id)
        change_place(session, SYSTEM, place, code=place.code, name=place.name, refilled_from_id=source)

    for place, source in ((MAIN, MAIN), (MAIN, SHOP)):
        with pytest.raises(Invalid, match="circle"):
            run(lambda s, place=place, source=source: refill(s, place, source))
    for unknown in (-1, 999):
        with pytest.raises(Invalid, match="from the list"):
            run(lambda s, unknown=unknown: refill(s, SHOP, unknown))
    run(lambda s: refill(s, SHOP, None))
    assert run(lambda s: {p.key for p in proposals(s)}) == {(NAIL, SHOP), (SCREW, SHOP)}  # bought by now
    assert set(run(short)) == {(NAIL, KIOSK)}

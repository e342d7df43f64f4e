"""Internal requests of goods: what is asked for stays open until transfers have sent it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.documents import HasFollowers, NoLongerFits, close, correct, locked, post, reopen, reverse, save, states_of
from app.documents.outcomes import state_shown
from app.errors import Conflict, Invalid
from app.notices import taken_notices
from app.security import SYSTEM
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt, Transfer, TransferReceipt
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition
from modules.warehouse.requisitions.operations import refuse_rest
from modules.warehouse.requisitions.registers import Requests
from modules.warehouse.requisitions.sending import transfer_of
from modules.warehouse.transit.receiving import receipt_of

NAIL, SCREW = 1, 2
MAIN, SHOP, DEPOT = 100, 101, 102


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something with ten nails and no screws in the main warehouse; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="SCREW", name="Screw")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_place(session, SYSTEM, code="depot", name="Depot")
        receipt = save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(NAIL, D(10), D(1))], target_id=MAIN))
        post(session, SYSTEM, [receipt])

    company.database.run(prepare, actor=SYSTEM)
    return proved


def drafted(*lines: tuple[int, int], place: int = SHOP, source: int = MAIN, **more: Any) -> RequisitionDraft:
    return RequisitionDraft(
        place, source, [RequisitionLineDraft(item, D(quantity)) for item, quantity in lines], **more
    )


def ask(session: Any, *lines: tuple[int, int]) -> int:
    document = save(session, SYSTEM, Requisition, drafted(*lines))
    post(session, SYSTEM, [document])
    return int(document.id)


def send(session: Any, request: int, quantity: Any = None, *, in_two_steps: bool = False) -> int:
    """Send what is left of a request and free, or so much of its first line."""
    draft = transfer_of(session, locked(session, Requisition, request))
    draft.in_two_steps = in_two_steps
    if quantity is not None:
        draft.lines[0].quantity = D(quantity)
    document = save(session, SYSTEM, Transfer, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def undo(session: Any, kind: Any, number: int) -> None:
    reverse(session, SYSTEM, locked(session, kind, number))


def requested(session: Any) -> dict[tuple[int, int], D]:
    """What is open by item and line."""
    found = ledger.now(session, Requests.open, by=("item", "requisition_line"))
    return {f.key: f.amounts["quantity"] for f in found if f.amounts["quantity"]}


def status(session: Any, request: int) -> str:
    document = session.get_one(Requisition, request)
    return str(states_of(document.kind)[state_shown(session, document)])


def test_what_is_requested_is_open_until_it_is_sent_and_again_when_that_is_reversed(run: Any) -> None:
    request = run(lambda s: ask(s, (NAIL, 8)))
    assert run(requested) == {(NAIL, 1): D(8)}
    first = run(lambda s: send(s, request, 3))
    assert (run(requested), run(lambda s: status(s, request))) == ({(NAIL, 1): D(5)}, "Partly sent")
    second = run(lambda s: send(s, request))
    assert (run(requested), run(lambda s: status(s, request))) == ({}, "Delivered")
    with pytest.raises(HasFollowers):
        run(lambda s: undo(s, Requisition, request))
    run(lambda s: undo(s, Transfer, second))
    assert run(requested) == {(NAIL, 1): D(5)}
    run(lambda s: undo(s, Transfer, first))
    assert (run(requested), run(lambda s: status(s, request))) == ({(NAIL, 1): D(8)}, "Open")
    run(lambda s: undo(s, Requisition, request))
    assert run(requested) == {}


def test_a_transfer_is_drafted_with_what_is_free_and_says_what_falls_short(run: Any) -> None:
    request = run(lambda s: ask(s, (NAIL, 7), (SCREW, 2), (NAIL, 5)))

    def draft(session: Any) -> tuple[list[tuple[int, D]], list[str]]:
        made = transfer_of(session, locked(session, Requisition, request))
        return [(x.item_id, x.quantity) for x in made.lines], [str(each) for each in taken_notices(session)]

    lines, notices = run(draft)
    assert lines == [(NAIL, D(7)), (NAIL, D(3))]
    assert notices == ["Not free in “Main warehouse” now: SCREW: 2, NAIL: 2."]
    run(lambda s: send(s, request))
    assert run(requested) == {(SCREW, 2): D(2), (NAIL, 3): D(2)}
    lines, _ = run(draft)  # nothing is free by now: all that is left
    assert lines == [(SCREW, D(2)), (NAIL, D(2))]


def test_of_two_steps_the_requester_sees_what_is_on_its_way_and_what_came(run: Any) -> None:
    request = run(lambda s: ask(s, (NAIL, 8)))
    sent = run(lambda s: send(s, request, in_two_steps=True))
    assert (run(requested), run(lambda s: status(s, request))) == ({}, "On its way")

    def receive(session: Any) -> None:
        receipt = save(session, SYSTEM, TransferReceipt, receipt_of(session, locked(session, Transfer, sent)))
        post(session, SYSTEM, [receipt])

    run(receive)
    assert run(lambda s: status(s, request)) == "Delivered"


def test_what_is_left_is_refused_with_a_reason_and_asked_for_again_once_it_is_reopened(run: Any) -> None:
    request = run(lambda s: ask(s, (NAIL, 8)))
    sent = run(lambda s: send(s, request, 3))
    with pytest.raises(Invalid, match="Say why"):
        run(lambda s: refuse_rest(s, SYSTEM, request, "  "))
    assert run(requested) == {(NAIL, 1): D(5)}
    run(lambda s: refuse_rest(s, SYSTEM, request, "Out of season"))
    assert run(requested) == {}
    assert run(lambda s: s.get_one(Requisition, request).refusal) == "Out of season"
    with pytest.raises(Invalid, match="only 0 is left"):  # nothing is made of a closed one
        run(lambda s: send(s, request))
    with pytest.raises(Conflict):
        run(lambda s: refuse_rest(s, SYSTEM, request, "Once more"))
    run(lambda s: undo(s, Transfer, sent))
    run(lambda s: reopen(s, SYSTEM, locked(s, Requisition, request)))
    assert run(requested) == {(NAIL, 1): D(8)}
    assert run(lambda s: s.get_one(Requisition, request).refusal) == ""
    run(lambda s: close(s, SYSTEM, locked(s, Requisition, request)))
    assert run(requested) == {}


def test_a_corrected_request_asks_for_what_it_says_now_less_what_was_sent(run: Any) -> None:
    request = run(lambda s: ask(s, (NAIL, 8)))
    sent = run(lambda s: send(s, request, 3))
    run(lambda s: correct(s, SYSTEM, locked(s, Requisition, request), drafted((NAIL, 4))))
    assert run(requested) == {(NAIL, 1): D(1)}
    for draft in (drafted((NAIL, 2)), drafted((SCREW, 4)), drafted((NAIL, 4), source=DEPOT)):
        with pytest.raises(NoLongerFits):
            run(lambda s, draft=draft: correct(s, SYSTEM, locked(s, Requisition, request), draft))

    def less(session: Any) -> None:
        line = MovementLineDraft(NAIL, D(1), origin=(request, 1))
        draft = MovementDraft([line], source_id=MAIN, target_id=SHOP)
        correct(session, SYSTEM, locked(session, Transfer, sent), draft)

    assert run(requested) == {(NAIL, 1): D(1)}
    run(less)
    assert run(requested) == {(NAIL, 1): D(3)}


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (drafted((NAIL, 1), source=SHOP), "can't ask itself"),
        (drafted((NAIL, 0)), "above zero"),
        (drafted((NAIL, 1), due=date(2020, 1, 1)), "before the day of the request"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(run: Any, draft: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        run(lambda s: save(s, SYSTEM, Requisition, draft))
    assert run(requested) == {}


@pytest.mark.parametrize(
    ("item", "quantity", "source", "target", "words"),
    [
        (SCREW, 1, MAIN, SHOP, "asks for other goods"),
        (NAIL, 1, MAIN, DEPOT, "between other warehouses"),
        (NAIL, 9, MAIN, SHOP, "only 8 is left"),
    ],
)
def test_a_transfer_sends_what_its_request_asks_for(
    run: Any, item: int, quantity: int, source: int, target: int, words: str
) -> None:
    request = run(lambda s: ask(s, (NAIL, 8)))

    def sends(session: Any) -> None:
        line = MovementLineDraft(item, D(quantity), origin=(request, 1))
        document = save(session, SYSTEM, Transfer, MovementDraft([line], source_id=source, target_id=target))
        post(session, SYSTEM, [document])

    with pytest.raises(Invalid, match=words):
        run(sends)
    assert run(requested) == {(NAIL, 1): D(8)}

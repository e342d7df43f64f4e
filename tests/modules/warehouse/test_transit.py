"""Transfers in two steps: what was sent is in transit, at just its cost, until it arrives, is missing or comes back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ledger
from app.documents import HasFollowers, NoLongerFits, correct, kind_of, locked, post, reverse, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.warehouse.errors import NotEnoughStock
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import TRANSIT, Issue, Receipt, Transfer, TransferReceipt
from modules.warehouse.operations import create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock
from modules.warehouse.transit.receiving import receipt_of
from tests.kinds import land

MAIN, SHOP = 100, 101
BOLT, NUT, MILK, SAW = 1, 2, 3, 4
BEGUN = datetime(2026, 2, 2, 9)


def prepare(session: Any) -> None:
    group = create_group(session, SYSTEM, name="FIFO")
    set_costing(session, SYSTEM, group, "fifo")
    create_item(session, SYSTEM, code="BOLT", name="Bolt")
    create_item(session, SYSTEM, code="NUT", name="Nut", group_id=group.id)
    create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
    create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
    create_place(session, SYSTEM, code="shop", name="Shop floor")


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something between two warehouses; the books are proved after it."""
    company.database.run(prepare, actor=SYSTEM)
    return proved  # type: ignore[no-any-return]


def on(day: int) -> datetime:
    return BEGUN + timedelta(days=day)


def posted(session: Any, kind: Any, draft: MovementDraft) -> Any:
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return document


def receive(session: Any, item: int, quantity: Any, price: Any, day: int = 1, lots: str = "") -> int:
    lines = [MovementLineDraft(item, D(quantity), D(price), lots=lots)]
    return int(posted(session, Receipt, MovementDraft(lines, moment=on(day), target_id=MAIN)).id)


def send(session: Any, item: int, *quantities: Any, day: int = 2) -> int:
    lines = [MovementLineDraft(item, D(quantity)) for quantity in quantities]
    draft = MovementDraft(lines, moment=on(day), source_id=MAIN, target_id=SHOP, in_two_steps=True)
    return int(posted(session, Transfer, draft).id)


def arrive(session: Any, transfer: int, *lines: tuple[Any, ...], day: int = 3, to: int = SHOP, lots: str = "") -> int:
    """Receive of a transfer's lines: the line, how much, and how much of it is missing."""
    by_line = {line.line: line.item_id for line in session.get(Transfer, transfer).lines}
    drafts = [
        MovementLineDraft(by_line[n], D(quantity), missing=D(*missing), lots=lots, origin=(transfer, n))
        for n, quantity, *missing in lines
    ]
    return int(posted(session, TransferReceipt, MovementDraft(drafts, moment=on(day), target_id=to)).id)


def stood(session: Any) -> dict[tuple[int, int], tuple[D, D]]:
    """Quantity and value by item and place."""
    figures = [f for f in stock_on_hand(session) if f.amounts["quantity"]]
    return {f.key: (f.amounts["quantity"], f.amounts["value"]) for f in figures}


def test_what_was_sent_is_in_transit_at_its_cost_until_it_arrives_in_parts(run: Any) -> None:
    run(lambda s: receive(s, BOLT, 3, "3.3333"))  # 10.00
    transfer = run(lambda s: send(s, BOLT, 3))
    assert run(stood) == {(BOLT, TRANSIT): (D(3), D(10))}
    free = run(lambda s: ledger.now(s, Stock.claims, by=("item", "warehouse")))
    assert [f.key for f in free if f.amounts["quantity"]] == []
    first = run(lambda s: arrive(s, transfer, (1, 1)))
    assert run(stood) == {(BOLT, TRANSIT): (D(2), D("6.67")), (BOLT, SHOP): (D(1), D("3.33"))}
    second = run(lambda s: arrive(s, transfer, (1, 2), day=4))
    assert run(stood) == {(BOLT, SHOP): (D(3), D(10))}
    for receipt in (second, first):
        run(lambda s, receipt=receipt: reverse(s, SYSTEM, locked(s, TransferReceipt, receipt)))
    run(lambda s: reverse(s, SYSTEM, locked(s, Transfer, transfer)))
    assert run(stood) == {(BOLT, MAIN): (D(3), D(10))}


@pytest.mark.parametrize("item", [BOLT, NUT])
def test_goods_of_two_transfers_keep_each_their_own_cost(run: Any, item: int) -> None:
    run(lambda s: receive(s, item, 10, "1"))
    dear = run(lambda s: send(s, item, 10))
    run(lambda s: receive(s, item, 10, "5", day=2))
    cheap = run(lambda s: send(s, item, 10, day=3))
    later = run(lambda s: arrive(s, cheap, (1, 10), day=4))
    assert run(lambda s: costs_of(s, later)) == {1: D(50)}
    assert run(lambda s: costs_of(s, arrive(s, dear, (1, 10), day=5))) == {1: D(10)}


def test_what_never_arrives_is_a_loss_at_its_cost_and_what_comes_back_comes_back(run: Any) -> None:
    run(lambda s: receive(s, BOLT, 10, "2"))
    transfer = run(lambda s: send(s, BOLT, 10))
    run(lambda s: arrive(s, transfer, (1, 7, 3)))
    assert run(stood) == {(BOLT, TRANSIT): (D(3), D(6)), (BOLT, SHOP): (D(4), D(8))}
    run(lambda s: arrive(s, transfer, (1, 3), to=MAIN))
    assert run(stood) == {(BOLT, MAIN): (D(3), D(6)), (BOLT, SHOP): (D(4), D(8))}


def test_a_cost_that_comes_later_goes_through_transit_to_where_the_goods_are(run: Any) -> None:
    bought = run(lambda s: receive(s, BOLT, 10, "2"))
    transfer = run(lambda s: send(s, BOLT, 8))
    run(lambda s: arrive(s, transfer, (1, 4, 1)))
    run(lambda s: land(s, origin=(bought, 1), value=D(5), moment=on(9)).id)
    assert run(stood) == {
        (BOLT, MAIN): (D(2), D(5)),
        (BOLT, TRANSIT): (D(4), D(10)),
        (BOLT, SHOP): (D(3), D("7.50")),
    }


def test_a_backdated_receipt_recosts_what_was_sent_and_received(run: Any) -> None:
    run(lambda s: receive(s, BOLT, 10, "2"))
    transfer = run(lambda s: send(s, BOLT, 10, day=5))
    arrived = run(lambda s: arrive(s, transfer, (1, 10), day=6))
    run(lambda s: receive(s, BOLT, 10, "4", day=3))
    assert run(lambda s: costs_of(s, arrived)) == {1: D(30)}


def test_where_the_company_shares_one_cost_what_is_missing_takes_its_share(company: Any, run: Any) -> None:
    run(lambda s: set_pool(s, SYSTEM, "company"))
    run(lambda s: receive(s, BOLT, 10, "2"))
    transfer = run(lambda s: send(s, BOLT, 6))
    run(lambda s: arrive(s, transfer, (1, 6, 1)))
    (figure,) = run(lambda s: ledger.now(s, Stock.worth, by=("item",), where={"item": BOLT}))
    assert (figure.amounts["quantity"], figure.amounts["value"]) == (D(9), D(18))


def test_lots_and_serial_numbers_arrive_as_they_were_sent(run: Any) -> None:
    run(lambda s: receive(s, MILK, 5, "1", lots="A: 2; B: 3"))
    run(lambda s: receive(s, SAW, 3, "1", lots="S1, S2, S3"))
    milk, saws = run(lambda s: send(s, MILK, 5)), run(lambda s: _send_named(s, SAW, 3, "S1, S2, S3"))
    assert run(lambda s: [x.lots for x in receipt_of(s, s.get(Transfer, milk)).lines]) == ["A: 2, B: 3"]
    assert run(lambda s: [x.lots for x in receipt_of(s, s.get(Transfer, saws)).lines]) == ["S1, S2, S3"]
    run(lambda s: arrive(s, milk, (1, 3), lots="B: 3"))
    run(lambda s: arrive(s, saws, (1, 3, 1), lots="S1, S3"))
    lots = run(lambda s: ledger.now(s, Stock.on_hand, by=("item", "place"), where={"place": TRANSIT}))
    assert {f.key: f.amounts["quantity"] for f in lots if f.amounts["quantity"]} == {(MILK, TRANSIT): D(2)}
    assert run(lambda s: [x.lots for x in receipt_of(s, s.get(Transfer, milk)).lines]) == ["A: 2"]


def _send_named(session: Any, item: int, quantity: int, lots: str) -> int:
    lines = [MovementLineDraft(item, D(quantity), lots=lots)]
    draft = MovementDraft(lines, moment=on(2), source_id=MAIN, target_id=SHOP, in_two_steps=True)
    return int(posted(session, Transfer, draft).id)


def test_what_is_refused_of_transfer_receipts_changes_nothing(run: Any, refused: Any) -> None:
    run(lambda s: receive(s, BOLT, 10, "2"))
    run(lambda s: receive(s, NUT, 10, "2"))
    transfer = run(lambda s: send(s, BOLT, 6))
    at_once = MovementDraft([MovementLineDraft(BOLT, D(1))], moment=on(2), source_id=MAIN, target_id=SHOP)
    plain = run(lambda s: posted(s, Transfer, at_once).id)
    refused(lambda s: arrive(s, transfer, (1, 7)), Invalid, field="lines")
    refused(lambda s: arrive(s, transfer, (1, 6), day=1), Invalid, field="moment")
    refused(lambda s: arrive(s, transfer, (1, 2, 3)), Invalid, field="lines")
    refused(lambda s: arrive(s, transfer, (1, 2, -1)), Invalid, field="lines")
    refused(lambda s: arrive(s, plain, (1, 1)), Invalid, field="lines")
    for origin, item in ((None, BOLT), ((transfer, 1), NUT)):
        draft = MovementDraft([MovementLineDraft(item, D(1), origin=origin)], target_id=SHOP)
        refused(lambda s, draft=draft: save(s, SYSTEM, TransferReceipt, draft), Invalid, field="lines")
    issue = MovementDraft([MovementLineDraft(BOLT, D(1), origin=(transfer, 1))], source_id=MAIN)
    refused(lambda s: save(s, SYSTEM, Issue, issue), Invalid, field="lines")
    refused(lambda s: posted(s, Issue, MovementDraft([MovementLineDraft(BOLT, D(4))], source_id=MAIN)), NotEnoughStock)
    run(lambda s: arrive(s, transfer, (1, 5)))
    refused(lambda s: reverse(s, SYSTEM, locked(s, Transfer, transfer)), HasFollowers)
    for change in ({"in_two_steps": False}, {"moment": on(4)}, {"lines": [MovementLineDraft(BOLT, D(4))]}):
        refused(lambda s, change=change: corrected(s, transfer, **change), NoLongerFits)
    run(lambda s: corrected(s, transfer, lines=[MovementLineDraft(BOLT, D(5))]))
    assert run(stood)[BOLT, SHOP] == (D(6), D(12))


def corrected(session: Any, transfer: int, **change: Any) -> None:
    document = locked(session, Transfer, transfer)
    draft = kind_of(document).draft_of(document)
    for name, value in change.items():
        setattr(draft, name, value)
    correct(session, SYSTEM, document, draft)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bought=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 999)), min_size=1, max_size=4),
    parts=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2), st.booleans()), max_size=8),
    item=st.sampled_from([BOLT, NUT]),
    landed=st.integers(0, 500),
)
def test_transit_is_empty_once_all_has_arrived_in_whatever_parts(
    company: Any, bought: list[Any], parts: list[Any], item: int, landed: int
) -> None:
    with company.database.session(SYSTEM, write=True) as session:
        prepare(session)
        receipts = [receive(session, item, quantity, D(cents) / 100) for quantity, cents in bought]
        left = whole = sum(quantity for quantity, _ in bought)
        transfer, lost = send(session, item, whole), []
        for quantity, missing, goes_back in [*parts, (whole, 0, False)]:
            quantity = min(quantity, left)
            missing = min(missing, quantity)
            if quantity:
                to = MAIN if goes_back else SHOP
                lost.append(arrive(session, transfer, (1, quantity, missing), to=to))
            left -= quantity
        land(session, origin=(receipts[0], 1), value=D(landed) / 100, moment=on(8))
        after = {place: worth for (_, place), worth in stood(session).items()}
        assert TRANSIT not in after
        (transit,) = ledger.now(session, Stock.worth, by=("pool",), where={"item": item, "pool": TRANSIT})
        assert (transit.amounts["quantity"], transit.amounts["value"]) == (0, 0)
        assert list(ledger.verify(session)) == []
        session.rollback()


def test_a_storekeeper_receives_what_is_on_its_way_by_a_few_presses(
    app: Any, company: Any, employ: Any, run: Any
) -> None:
    run(lambda s: receive(s, BOLT, 5, "1.25"))
    transfer = run(lambda s: send(s, BOLT, 5))
    employ("steve", "storekeeper")
    site = app.test_client()
    site.post("/login", data={"login": "steve", "password": "steve-sample"})
    page = site.get("/warehouse/transit").text
    assert "TR-" in page
    assert "Main warehouse" in page
    assert "Shop floor" in page
    assert "1.25" not in page
    assert "Transfers on their way" in site.get("/").text
    form = site.get(f"/warehouse/transfer-receipts/new?of={transfer}")
    assert "<h1>New transfer receipt" in form.text.replace("\n", "")
    assert "Of it missing" in form.text
    assert f"{transfer}:1" in form.text
    assert "6.25" not in form.text
    assert "Sent and received separately" not in form.text
    assert f"""/warehouse/transfer-receipts/new?of={transfer}""" in site.get(f"/warehouse/transfers/{transfer}").text
    run(lambda s: arrive(s, transfer, (1, 5)))
    assert "Nothing is on its way" in site.get("/warehouse/transit").text
    assert "Received" in site.get("/warehouse/transfers").text

"""Goods that are held back: on hand, and nobody's until they are released or written off."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import HasFollowers, correct, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.availability import outlook
from modules.trade.drafts import OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import GoodsReceipt, Purchase, PurchaseOrder, PurchaseReturn, ReceiptReturn, SalesOrder
from modules.trade.returning import return_of
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.bins.putting import bins_to_pick
from modules.warehouse.errors import NotEnoughFree
from modules.warehouse.holds.ending import left_lines, write_off_of
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft, release_of
from modules.warehouse.holds.models import Hold, HoldRelease
from modules.warehouse.holds.operations import release_all
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Issue, Item, Lot, Receipt, Transfer, WriteOff
from modules.warehouse.operations import change_item, create_item, create_place
from modules.warehouse.registers import Stock

NAIL, MILK, SAW = 1, 2, 3
MAIN, SHOP = 100, 101
FEBRUARY = datetime(2026, 2, 10, 12)
ENDS: dict[Any, dict[str, int]] = {
    Receipt: {"target_id": MAIN},
    Issue: {"source_id": MAIN},
    WriteOff: {"source_id": MAIN},
    Transfer: {"source_id": MAIN, "target_id": SHOP},
}


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something with ten nails, milk of lots A (6) and B (4), and saws S1 to S3; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="NAIL", name="Nail")
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot")
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        move(session, Receipt, 10)
        move(session, Receipt, 10, MILK, lots="A: 6, B: 4")
        move(session, Receipt, 3, SAW, lots="S1, S2, S3")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, quantity: Any, item: int = NAIL, lots: str = "") -> int:
    line = MovementLineDraft(item, D(quantity), D(1), lots=lots)
    document = save(session, SYSTEM, kind, MovementDraft([line], moment=FEBRUARY, **ENDS[kind]))
    post(session, SYSTEM, [document])
    return int(document.id)


def hold(session: Any, quantity: Any, item: int = NAIL, lots: str = "", reason: str = "quarantine") -> int:
    line = HoldLineDraft(item, D(quantity), lots=lots)
    document = save(session, SYSTEM, Hold, HoldDraft(place_id=MAIN, lines=[line], reason=reason))
    post(session, SYSTEM, [document])
    return int(document.id)


def end(session: Any, hold_id: int, quantity: Any = None, kind: Any = HoldRelease, lots: str | None = None) -> int:
    """Release or write off what is left of a hold, or so much of its first line."""
    draft: Any = (release_of if kind is HoldRelease else write_off_of)(session, locked(session, Hold, hold_id))
    if quantity is not None:
        draft.lines[0].quantity = D(quantity)
        draft.lines[0].lots = lots or ""
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def undo(session: Any, kind: Any, document_id: int) -> None:
    reverse(session, SYSTEM, locked(session, kind, document_id))


def stands(session: Any, item: int = NAIL) -> tuple[D, D, D]:
    """On hand, free and kept in the main warehouse."""
    on_hand = ledger.now(session, Stock.on_hand, by=(), where={"item": item, "place": MAIN})
    claims = ledger.now(session, Stock.claims, by=("claim",), where={"item": item, "warehouse": MAIN})
    free = sum((f.amounts["quantity"] for f in claims if f.key[0] == 0), D(0))
    kept = sum((f.amounts["quantity"] for f in claims if f.key[0] != 0), D(0))
    return sum((f.amounts["quantity"] for f in on_hand), D(0)), free, kept


def lots_of(session: Any, item: int = MILK) -> dict[str, D]:
    codes = {lot.id: lot.code for lot in session.query(Lot)}
    held = ledger.now(session, Stock.on_hand, by=("lot",), where={"item": item, "place": MAIN})
    return {codes[f.key[0]]: f.amounts["quantity"] for f in held if f.amounts["quantity"]}


def test_what_is_held_back_is_on_hand_and_nobody_gets_it_until_it_is_released(run: Any) -> None:
    held = run(lambda s: hold(s, 4))
    assert run(stands) == (D(10), D(6), D(4))
    for kind in (Issue, Transfer):
        with pytest.raises(NotEnoughFree, match="6 are free, others are held back by HB-000001"):
            run(lambda s, kind=kind: move(s, kind, 7))
    assert run(stands) == (D(10), D(6), D(4))
    run(lambda s: release_all(s, SYSTEM, held))
    assert run(stands) == (D(10), D(10), D(0))
    run(lambda s: move(s, Issue, 7))
    with pytest.raises(Conflict, match="keeps nothing"):
        run(lambda s: release_all(s, SYSTEM, held))


def test_more_than_is_free_is_not_held_back(run: Any) -> None:
    run(lambda s: hold(s, 4))
    with pytest.raises(NotEnoughFree):
        run(lambda s: hold(s, 7))
    with pytest.raises(Invalid, match="Choose from the list"):
        run(lambda s: hold(s, 1, reason="bored"))
    assert run(stands) == (D(10), D(6), D(4))


def test_a_hold_is_ended_in_parts_and_all_of_it_can_be_reversed(run: Any) -> None:
    held = run(lambda s: hold(s, 6))
    released = run(lambda s: end(s, held, 2))
    lost = run(lambda s: end(s, held, 3, WriteOff))
    assert run(stands) == (D(7), D(6), D(1))
    with pytest.raises(Invalid):
        run(lambda s: end(s, held, 2))
    with pytest.raises(HasFollowers):
        run(lambda s: undo(s, Hold, held))
    assert run(stands) == (D(7), D(6), D(1))
    run(lambda s: undo(s, WriteOff, lost))
    assert run(stands) == (D(10), D(6), D(4))
    run(lambda s: undo(s, HoldRelease, released))
    run(lambda s: undo(s, Hold, held))
    assert run(stands) == (D(10), D(10), D(0))


def test_a_hold_is_corrected_down_to_what_was_ended_of_it(run: Any) -> None:
    held = run(lambda s: hold(s, 6))
    run(lambda s: end(s, held, 2))

    def say(quantity: int) -> Callable[[Any], None]:
        draft = HoldDraft(place_id=MAIN, lines=[HoldLineDraft(NAIL, D(quantity))], reason="damaged")
        return lambda s: correct(s, SYSTEM, locked(s, Hold, held), draft)

    run(say(3))
    assert run(stands) == (D(10), D(9), D(1))
    with pytest.raises(Conflict):
        run(say(1))
    assert run(stands) == (D(10), D(9), D(1))


def test_a_release_is_made_of_a_hold_alone(run: Any) -> None:
    held = run(lambda s: hold(s, 6))
    for origin in (None, (held, 2)):
        draft = HoldDraft(place_id=MAIN, lines=[HoldLineDraft(NAIL, D(1), origin=origin)])
        with pytest.raises(Invalid, match="no hold keeps this"):
            run(lambda s, draft=draft: save(s, SYSTEM, HoldRelease, draft))
    draft = HoldDraft(place_id=SHOP, lines=[HoldLineDraft(NAIL, D(1), origin=(held, 1))])
    with pytest.raises(Invalid, match="no hold keeps this"):
        run(lambda s: save(s, SYSTEM, HoldRelease, draft))


def test_lots_that_are_held_back_leave_by_nothing_but_the_end_of_their_hold(run: Any) -> None:
    held = run(lambda s: hold(s, 5, MILK, "A: 5"))
    with pytest.raises(Invalid, match="lot “A” is held back by HB-000001; 1 of it are free"):
        run(lambda s: move(s, Issue, 2, MILK, "A: 2"))
    with pytest.raises(Invalid, match="of “Milk” only 5 aren't held back"):
        run(lambda s: move(s, Issue, 6, MILK))
    assert run(lots_of) == {"A": D(6), "B": D(4)}
    run(lambda s: move(s, Issue, 4, MILK))  # A comes first, but just one of it is free
    assert run(lots_of) == {"A": D(5), "B": D(1)}
    with pytest.raises(Invalid, match="only 1 of lot “B” are there for it"):
        run(lambda s: hold(s, 2, MILK, "B"))
    run(lambda s: end(s, held, 3, WriteOff))
    assert run(lots_of) == {"A": D(2), "B": D(1)}
    assert run(lambda s: stands(s, MILK)) == (D(3), D(1), D(2))
    run(lambda s: release_all(s, SYSTEM, held))
    run(lambda s: move(s, Issue, 2, MILK, "A: 2"))
    assert run(lots_of) == {"B": D(1)}


def test_a_release_names_only_lots_that_the_hold_keeps(run: Any) -> None:
    held = run(lambda s: hold(s, 5, MILK, "A: 5"))
    with pytest.raises(Invalid, match="only 0 of lot “B” are there for it"):
        run(lambda s: end(s, held, 1, lots="B"))
    assert run(lambda s: stands(s, MILK)) == (D(10), D(5), D(5))


def test_pieces_with_serial_numbers_are_held_back_by_these(run: Any) -> None:
    with pytest.raises(Invalid, match="serial number"):
        run(lambda s: hold(s, 1, SAW))
    held = run(lambda s: hold(s, 2, SAW, "S1, S2"))
    with pytest.raises(Invalid, match="“S1” is held back"):
        run(lambda s: move(s, Issue, 1, SAW, "S1"))
    run(lambda s: end(s, held, 1, lots="S2"))
    run(lambda s: move(s, Issue, 1, SAW, "S2"))
    lost = run(lambda s: end(s, held, kind=WriteOff))
    assert run(lambda s: lots_of(s, SAW)) == {"S3": D(1)}
    run(lambda s: undo(s, WriteOff, lost))
    assert run(lambda s: lots_of(s, SAW)) == {"S1": D(1), "S3": D(1)}
    with pytest.raises(Invalid, match="“S1” is held back"):
        run(lambda s: move(s, Issue, 1, SAW, "S1"))


def test_losses_release_orders_before_holds(run: Any) -> None:
    held = run(lambda s: hold(s, 4))

    def reserve(session: Any) -> None:
        order = SalesOrderDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(5), D(1))], reserves=True)
        post(session, SYSTEM, [save(session, SYSTEM, SalesOrder, order)])

    run(reserve)
    assert run(stands) == (D(10), D(1), D(9))
    run(lambda s: move(s, WriteOff, 5))
    assert run(lambda s: outlook(s, MAIN, {NAIL})[NAIL].owed) == D(4)  # the order keeps one, and the hold its four
    assert run(stands) == (D(5), D(0), D(5))
    run(lambda s: move(s, WriteOff, 3))
    assert run(stands) == (D(2), D(0), D(2))  # all that is left is held back
    with pytest.raises(Conflict, match="lost meanwhile"):
        run(lambda s: undo(s, Hold, held))
    run(lambda s: release_all(s, SYSTEM, held))
    assert run(stands) == (D(2), D(0), D(2))  # the order that still waits has them
    assert run(lambda s: outlook(s, MAIN, {NAIL})[NAIL].owed) == D(3)


def test_losses_of_a_lot_end_what_is_held_back_of_it(run: Any) -> None:
    run(lambda s: hold(s, 5, MILK, "A: 5"))
    run(lambda s: move(s, WriteOff, 3, MILK, "A: 3"))
    assert run(lambda s: stands(s, MILK)) == (D(7), D(4), D(3))
    with pytest.raises(Invalid, match="is held back"):
        run(lambda s: move(s, Issue, 1, MILK, "A: 1"))
    run(lambda s: move(s, WriteOff, 6, MILK))  # what isn't held back first
    assert run(lots_of) == {"A": D(1)}
    assert run(lambda s: stands(s, MILK)) == (D(1), D(0), D(1))


def inspected(session: Any, item: int = NAIL) -> None:
    change_item(session, SYSTEM, session.get(Item, item), is_inspected=True)


def holds(session: Any) -> list[tuple[str, str, D]]:
    return [(h.state, h.reason, sum(x.quantity for x in h.lines)) for h in session.query(Hold).order_by(Hold.id)]


def test_what_arrives_is_held_for_inspection_and_goes_with_its_receipt(run: Any) -> None:
    run(inspected)
    run(lambda s: inspected(s, MILK))
    received = run(lambda s: move(s, Receipt, 5))
    assert run(stands) == (D(15), D(10), D(5))
    run(lambda s: move(s, Receipt, 3, MILK, "A: 1, C: 2"))
    with pytest.raises(Invalid, match="“C” is held back"):
        run(lambda s: move(s, Issue, 1, MILK, "C"))
    assert run(holds) == [("posted", "inspection", D(5)), ("posted", "inspection", D(3))]
    line = MovementLineDraft(NAIL, D(3), D(2))
    draft = MovementDraft([line], target_id=MAIN)
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, received), draft))
    assert run(stands) == (D(13), D(10), D(3))
    run(lambda s: undo(s, Receipt, received))
    assert run(stands) == (D(10), D(10), D(0))
    assert run(holds)[0][0] == "reversed"


def test_a_receipt_whose_goods_were_released_is_reversed_after_the_release(run: Any) -> None:
    run(inspected)
    received = run(lambda s: move(s, Receipt, 5))
    [held] = run(lambda s: [h.id for h in s.query(Hold)])
    released = run(lambda s: end(s, held, 2))
    draft = MovementDraft([MovementLineDraft(NAIL, D(5), D(3))], target_id=MAIN)
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, received), draft))  # another price
    with pytest.raises(HasFollowers):
        run(lambda s: undo(s, Receipt, received))
    assert run(stands) == (D(15), D(12), D(3))
    run(lambda s: undo(s, HoldRelease, released))
    run(lambda s: undo(s, Receipt, received))
    assert run(stands) == (D(10), D(10), D(0))


def test_a_purchase_is_held_for_inspection_before_orders_get_it(run: Any) -> None:
    run(inspected)

    def order(session: Any) -> None:
        draft = SalesOrderDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(12), D(1))], reserves=True)
        post(session, SYSTEM, [save(session, SYSTEM, SalesOrder, draft)])

    def buy(session: Any) -> None:
        draft = TradeDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(5), D(1))])
        post(session, SYSTEM, [save(session, SYSTEM, Purchase, draft)])

    run(order)
    run(buy)
    [held] = run(lambda s: [h.id for h in s.query(Hold)])
    assert run(stands) == (D(15), D(0), D(15))
    assert run(lambda s: outlook(s, MAIN, {NAIL})[NAIL].owed) == D(2)
    run(lambda s: release_all(s, SYSTEM, held))
    assert run(lambda s: outlook(s, MAIN, {NAIL})[NAIL].owed) == D(0)  # the order gets what it waited for
    assert run(stands) == (D(15), D(3), D(12))


def test_bins_to_pick_leave_out_what_is_held_back(run: Any) -> None:
    run(lambda s: create_bins(s, SYSTEM, place_id=MAIN, codes="A-01"))
    run(lambda s: hold(s, 5, MILK, "A: 5"))
    assert run(lambda s: bins_to_pick(s, MAIN, {MILK: D(4)})) == {MILK: []}
    run(lambda s: move(s, Issue, 5, MILK))
    assert run(lots_of) == {"A": D(5)}


def test_where_stock_may_fall_below_zero_what_is_held_back_is_still_nobody_s(run: Any) -> None:
    run(lambda s: change_item(s, SYSTEM, s.get(Item, NAIL), below_zero="allow"))
    held = run(lambda s: hold(s, 4))
    with pytest.raises(NotEnoughFree, match="held back by HB-000001"):
        run(lambda s: move(s, Issue, 7))
    assert run(stands) == (D(10), D(6), D(4))
    run(lambda s: release_all(s, SYSTEM, held))
    run(lambda s: move(s, Issue, 12))
    assert run(stands) == (D(-2), D(-2), D(0))


def bought(session: Any, quantity: Any, item: int = NAIL, lots: str = "") -> int:
    draft = TradeDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(item, D(quantity), D(1), lots=lots)])
    document = save(session, SYSTEM, Purchase, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def sent_back(session: Any, purchase: int, quantity: Any = None) -> tuple[int, D]:
    """Send back what is proposed of a purchase, or so much; its number and quantity."""
    draft = return_of(session, session.get(Purchase, purchase))
    if quantity is not None:
        draft.lines[0].quantity = D(quantity)
    document = save(session, SYSTEM, PurchaseReturn, draft)
    post(session, SYSTEM, [document])
    return int(document.id), draft.lines[0].quantity


def test_what_goes_back_to_its_supplier_leaves_its_inspection_first(run: Any) -> None:
    run(inspected)
    purchase = run(lambda s: bought(s, 5))
    run(lambda s: bought(s, 2))  # inspected by another hold, and left alone
    [held, _] = run(lambda s: [h.id for h in s.query(Hold).order_by(Hold.id)])
    run(lambda s: end(s, held, 1))
    assert run(stands) == (D(17), D(11), D(6))
    first, _ = run(lambda s: sent_back(s, purchase, 2))
    assert run(stands) == (D(15), D(11), D(4))
    second, proposed = run(lambda s: sent_back(s, purchase))
    assert proposed == D(3)
    assert run(stands) == (D(12), D(10), D(2))  # two that were held, and the one that was free by now
    run(lambda s: undo(s, PurchaseReturn, second))
    run(lambda s: undo(s, PurchaseReturn, first))
    assert run(stands) == (D(17), D(11), D(6))
    assert run(lambda s: [line[1] for line in left_lines(s, s.get(Hold, held), "warehouse.hold_release")]) == [D(4)]


def test_bad_goods_go_back_though_everything_else_is_kept_for_an_order(run: Any) -> None:
    def order(session: Any) -> None:
        draft = SalesOrderDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(10), D(1))], reserves=True)
        post(session, SYSTEM, [save(session, SYSTEM, SalesOrder, draft)])

    run(order)
    run(inspected)
    purchase = run(lambda s: bought(s, 5))
    assert run(lambda s: sent_back(s, purchase))[1] == D(5)
    assert run(stands) == (D(10), D(0), D(10))


def test_lots_that_go_back_leave_what_holds_these(run: Any) -> None:
    run(lambda s: inspected(s, MILK))
    purchase = run(lambda s: bought(s, 4, MILK, "A: 1, C: 3"))
    assert run(lambda s: stands(s, MILK)) == (D(14), D(10), D(4))
    returned, _ = run(lambda s: sent_back(s, purchase))
    assert run(lambda s: stands(s, MILK)) == (D(10), D(10), D(0))
    assert run(lots_of) == {"A": D(6), "B": D(4)}
    run(lambda s: undo(s, PurchaseReturn, returned))
    with pytest.raises(Invalid, match="“C” is held back"):
        run(lambda s: move(s, Issue, 1, MILK, "C"))


def test_an_order_receipt_goes_back_out_of_its_inspection(run: Any) -> None:
    run(inspected)

    def receive(session: Any) -> int:
        draft = OrderDraft(contact_id=1, place_id=MAIN, lines=[TradeLineDraft(NAIL, D(5), D(1))])
        order = save(session, SYSTEM, PurchaseOrder, draft)
        post(session, SYSTEM, [order])
        lines = [TradeLineDraft(NAIL, D(5), D(1), origin=(order.id, 1))]
        receipt = save(session, SYSTEM, GoodsReceipt, TradeDraft(contact_id=1, place_id=MAIN, lines=lines))
        post(session, SYSTEM, [receipt])
        return int(receipt.id)

    receipt = run(receive)
    assert run(stands) == (D(15), D(10), D(5))

    def give_back(session: Any) -> int:
        document = save(session, SYSTEM, ReceiptReturn, return_of(session, session.get(GoodsReceipt, receipt)))
        post(session, SYSTEM, [document])
        return int(document.id)

    returned = run(give_back)
    assert run(stands) == (D(10), D(10), D(0))
    run(lambda s: undo(s, ReceiptReturn, returned))
    assert run(stands) == (D(15), D(10), D(5))


def test_goods_that_came_into_another_warehouse_after_all_are_held_there(run: Any) -> None:
    def received(place: int, moment: datetime = FEBRUARY) -> MovementDraft:
        return MovementDraft([MovementLineDraft(NAIL, D(4), D(1))], target_id=place, moment=moment)

    def inspect(session: Any) -> None:
        session.get_one(Item, NAIL).is_inspected = True

    def receive(session: Any) -> Any:
        document = save(session, SYSTEM, Receipt, received(MAIN))
        post(session, SYSTEM, [document])
        return document.id

    def holds(session: Any) -> list[tuple[int, str, int]]:
        rows = session.scalars(select(Hold).order_by(Hold.id))
        return [(h.place_id, h.state, h.arrival_id) for h in rows]

    run(inspect)
    number = run(receive)
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, number), received(SHOP)))
    assert run(holds) == [(MAIN, "reversed", number), (SHOP, "posted", number)]
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, number), received(MAIN)))
    assert run(holds)[1:] == [(SHOP, "reversed", number), (MAIN, "posted", number)]
    later = datetime(2026, 3, 1, 9)
    run(lambda s: correct(s, SYSTEM, locked(s, Receipt, number), received(MAIN, later)))
    assert run(lambda s: s.scalars(select(Hold.moment).where(Hold.state == "posted")).all()) == [later]

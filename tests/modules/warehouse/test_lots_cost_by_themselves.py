"""Goods of a group whose lots cost by themselves: what each cost goes with it, whatever the others cost (IAS 2.23)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from lxml import html

from app import ledger
from app.documents import kind_of, locked, post, reverse, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from app.web.kit.tables import Query, everything
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse import recosting
from modules.warehouse.jobs import recost_part
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.lots.tables import lots
from modules.warehouse.models import (
    Assembly,
    Disassembly,
    Issue,
    Item,
    ItemGroup,
    Lot,
    Receipt,
    Surplus,
    Transfer,
    WriteOff,
)
from modules.warehouse.operations import change_item, create_group, create_item, create_place, set_costing, set_pool
from modules.warehouse.queries import costs_of, stock_on_hand
from modules.warehouse.registers import Stock
from tests.at_once import at_once
from tests.conftest import ADMIN, PASSWORD
from tests.statements import counted

CAR, BOLT = 1, 2
MAIN, SHOP = 100, 101
DAY = datetime(2026, 2, 10, 12)


@pytest.fixture
def run(company: Any, proved: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Do something where cars cost by their numbers; the books are proved after it."""

    def prepare(session: Any) -> None:
        group = create_group(session, SYSTEM, name="Cars")
        set_costing(session, SYSTEM, group, "specific")
        create_item(session, SYSTEM, code="CAR", name="Car", group_id=group.id, tracking="lot")
        create_item(session, SYSTEM, code="BOLT", name="Bolt", group_id=group.id)
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, lots: str, quantity: int, price: Any = None, item: int = CAR, **more: Any) -> int:
    ends: dict[Any, dict[str, int]] = {
        Receipt: {"target_id": MAIN},
        Surplus: {"target_id": MAIN},
        Issue: {"source_id": MAIN},
        WriteOff: {"source_id": MAIN},
        Transfer: {"source_id": MAIN, "target_id": SHOP},
    }
    line = MovementLineDraft(item, D(quantity), None if price is None else D(price), lots=lots)
    draft = MovementDraft([line], moment=more.pop("at", DAY), **{**ends[kind], **more})
    document = save(session, SYSTEM, kind, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def worth(session: Any, item: int = CAR) -> dict[tuple[int, str], tuple[D, D]]:
    """Quantity and value by pool and lot."""
    codes = {lot.id: lot.code for lot in session.query(Lot)}
    figures = ledger.now(session, Stock.worth, by=("pool", "layer"), where={"item": item})
    return {
        (f.key[0], codes[f.key[1]] if f.key[1] else ""): (f.amounts["quantity"], f.amounts["value"])
        for f in figures
        if any(f.amounts.values())
    }


def cost(session: Any, document: int) -> D:
    return sum(costs_of(session, document).values(), D(0))


def test_each_lot_leaves_at_what_it_cost(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    run(lambda s: move(s, Receipt, "B", 2, 300))
    sold = run(lambda s: move(s, Issue, "B", 1, at=DAY + timedelta(1)))
    sent = run(lambda s: move(s, Transfer, "A: 1; B: 1", 2, at=DAY + timedelta(2)))
    assert run(lambda s: (cost(s, sold), cost(s, sent))) == (D(300), D(400))
    assert run(worth) == {(MAIN, "A"): (D(1), D(100)), (SHOP, "A"): (D(1), D(100)), (SHOP, "B"): (D(1), D(300))}
    lost = run(lambda s: move(s, WriteOff, "B", 1, source_id=SHOP, at=DAY + timedelta(3)))
    assert run(lambda s: cost(s, lost)) == D(300)


def test_what_comes_late_is_of_its_own_lot(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    run(lambda s: move(s, Receipt, "B", 2, 300))
    sold = [run(lambda s, lot=lot: move(s, Issue, lot, 1, at=DAY + timedelta(2))) for lot in "AB"]
    run(lambda s: move(s, Receipt, "A", 2, 200, at=DAY + timedelta(1)))
    assert run(lambda s: [cost(s, each) for each in sold]) == [D(150), D(300)]


def test_goods_without_lots_cost_the_average(run: Any) -> None:
    for price in (1, 2):
        run(lambda s, price=price: move(s, Receipt, "", 1, price, BOLT))
    sold = run(lambda s: move(s, Issue, "", 1, item=BOLT))
    assert run(lambda s: cost(s, sold)) == D("1.50")


def test_a_sale_of_two_lots_comes_back_by_what_each_went_for(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 1, 100))
    run(lambda s: move(s, Receipt, "B", 1, 300))

    def sell(s: Any) -> int:
        draft = TradeDraft(1, [TradeLineDraft(CAR, D(2), D(500))], moment=DAY + timedelta(1))
        sale = save(s, SYSTEM, Sale, draft)
        post(s, SYSTEM, [sale])
        return int(sale.id)

    def come_back(s: Any) -> int:
        sold = s.get(Sale, sale)
        draft = next(m for m in kind_of(sold).makes if m.target == "trade.sales_return").draft(s, sold)
        draft.lines[0].quantity, draft.lines[0].lots, draft.moment = D(1), "B", DAY + timedelta(2)
        back = save(s, SYSTEM, SalesReturn, draft)
        post(s, SYSTEM, [back])
        return int(back.id)

    sale = run(sell)
    back = run(come_back)
    assert run(lambda s: (cost(s, sale), cost(s, back))) == (D(400), D(300))
    assert run(worth) == {(MAIN, "B"): (D(1), D(300))}
    run(lambda s: reverse(s, SYSTEM, locked(s, SalesReturn, back)))
    assert run(worth) == {}


def test_what_is_found_of_a_lot_costs_what_it_did_else_what_the_others_do(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    run(lambda s: move(s, Receipt, "B", 2, 300))
    run(lambda s: move(s, Issue, "A", 2, at=DAY + timedelta(1)))
    known = run(lambda s: move(s, Surplus, "A", 1, at=DAY + timedelta(2)))
    unknown = run(lambda s: move(s, Surplus, "C", 1, at=DAY + timedelta(3)))
    late = run(lambda s: move(s, Surplus, "D", 1, at=DAY + timedelta(hours=1)))
    found = run(lambda s: [cost(s, each) for each in (known, unknown, late)])
    assert found == [D(100), D(225), D(200)]


def test_what_a_found_lot_costs_follows_what_comes_late_though_nothing_is_left_of_it(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    found = run(lambda s: move(s, Surplus, "F", 1, at=DAY + timedelta(8)))
    run(lambda s: move(s, Issue, "F", 1, at=DAY + timedelta(9)))
    run(lambda s: move(s, Receipt, "B", 2, 300, at=DAY + timedelta(5)))
    assert run(lambda s: cost(s, found)) == D(200)


def test_a_lot_found_late_costs_what_lots_did_of_which_nothing_is_left(run: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    run(lambda s: move(s, Receipt, "C", 2, 300))
    run(lambda s: move(s, Issue, "C", 2, at=DAY + timedelta(7)))
    run(ledger.rebuild)  # what is rebuilt says too when emptied lots moved last
    found = run(lambda s: move(s, Surplus, "F", 1, at=DAY + timedelta(5)))
    assert run(lambda s: cost(s, found)) == D(200)


def test_lots_of_a_line_share_what_a_kit_was_worth_by_quantity(run: Any) -> None:
    def take_apart(s: Any) -> int:
        create_item(s, SYSTEM, code="SET", name="Set")
        move(s, Receipt, "", 1, 1000, 3)
        share = D(1)
        lines = [
            MovementLineDraft(CAR, D(4), lots="A: 1; B: 3", share=share),
            MovementLineDraft(BOLT, D(1), share=share),
        ]
        draft = MovementDraft(lines, moment=DAY, target_id=MAIN, kit_id=3, kit_quantity=D(1))
        document = save(s, SYSTEM, Disassembly, draft)
        post(s, SYSTEM, [document])
        return int(document.id)

    apart = run(take_apart)
    assert run(worth) == {(MAIN, "A"): (D(1), D(125)), (MAIN, "B"): (D(3), D(375))}
    assert run(lambda s: worth(s, BOLT)) == {(MAIN, ""): (D(1), D(500))}
    run(lambda s: reverse(s, SYSTEM, locked(s, Disassembly, apart)))
    assert run(worth) == {}


def test_lots_of_a_kit_share_what_its_components_cost_by_quantity(run: Any) -> None:
    def assemble(s: Any) -> None:
        move(s, Receipt, "", 1, 400, BOLT)
        lines = [MovementLineDraft(BOLT, D(1))]
        draft = MovementDraft(lines, moment=DAY, source_id=MAIN, kit_id=CAR, kit_quantity=D(4), kit_lots="A: 1; B: 3")
        post(s, SYSTEM, [save(s, SYSTEM, Assembly, draft)])

    run(assemble)
    assert run(worth) == {(MAIN, "A"): (D(1), D(100)), (MAIN, "B"): (D(3), D(300))}


def test_goods_that_cost_by_lots_stay_kept_by_them(run: Any, refused: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 1, 100))
    run(lambda s: move(s, Issue, "A", 1, at=DAY + timedelta(1)))
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, CAR), tracking=""), Conflict, field="tracking")
    run(lambda s: change_item(s, SYSTEM, s.get(Item, CAR), tracking="serial"))


def test_the_method_stays_once_goods_have_moved(run: Any, refused: Any) -> None:
    group = run(lambda s: create_group(s, SYSTEM, name="Vans").id)
    refused(lambda s: set_costing(s, SYSTEM, s.get(ItemGroup, group), "dearest"), Invalid, field="costing")
    run(lambda s: move(s, Receipt, "A", 2, 100))
    refused(lambda s: set_costing(s, SYSTEM, s.get(ItemGroup, 1), "average"), Conflict)
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, CAR), group_id=group), Conflict)


def test_lists_say_the_worth_of_all_lots(run: Any, app: Any) -> None:
    run(lambda s: move(s, Receipt, "A", 2, 100))
    run(lambda s: move(s, Receipt, "B", 1, 300))
    (figure,) = run(lambda s: stock_on_hand(s, items=[CAR]))
    assert tuple(figure.amounts.values()) == (D(3), D(500))
    client = app.test_client()
    client.post("/login", data={"login": ADMIN, "password": PASSWORD})
    for address in ("/warehouse/stock", f"/warehouse/stock?at={DAY.date()}"):
        (row,) = html.fromstring(client.get(address).text).xpath("//tbody/tr[contains(., 'CAR')]")
        cells = [" ".join(cell.text_content().split()) for cell in row]
        assert cells[0] == "CAR"
        assert {"3", "500.00"} <= set(cells)


def test_what_leaves_late_asks_nothing_of_each_other_lot(run: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(recosting, "CHUNK", 2)
    asked = {}
    for many in (2, 20):
        names = [f"{many}-{n}" for n in range(many)]
        run(lambda s, names=names, many=many: move(s, Receipt, "; ".join(f"{name}: 9" for name in names), 9 * many, 5))
        for n in range(6):
            run(lambda s, n=n, lot=names[n % 2]: move(s, Issue, lot, 1, at=DAY + timedelta(5 + n)))

        def send(s: Any, lot: str = names[0]) -> int:
            with counted(s) as statements:
                move(s, Transfer, lot, 1, at=DAY + timedelta(1))
            return len(statements)

        asked[many] = run(send)
        while run(recost_part):
            pass
    assert asked[20] <= asked[2] + 2


@pytest.mark.parametrize(("pool", "whole", "own"), [("warehouse", D(500), D(300)), ("company", None, None)])
def test_lots_are_worth_what_is_said_to_be_there(
    company: Any, run: Any, employ: Any, pool: str, whole: D | None, own: D | None
) -> None:
    run(lambda s: set_pool(s, SYSTEM, pool))
    run(lambda s: move(s, Receipt, "A", 6, 100))
    run(lambda s: move(s, Transfer, "A", 2))
    run(lambda s: move(s, Transfer, "A", 1, in_two_steps=True))
    admin = employ("boss", "administrator")
    limited = replace(admin, limits={"warehouse.place": frozenset({MAIN})})

    def listed(session: Any) -> tuple[D, D | None]:
        (row,) = everything(session, lots, Query())
        return row.quantity, row.value

    shown = [company.database.run(listed, actor=actor, write=False) for actor in (admin, limited)]
    assert shown == [(D(5), whole), (D(3), own)]


def test_many_who_move_lots_at_once_leave_books_that_prove(company: Any, run: Any) -> None:
    """Lots begin, are emptied and come back while others wait for the item."""
    run(lambda s: move(s, Receipt, "A", 3, 100))

    def clerk(own: str, price: int) -> Callable[[], Any]:
        def work() -> list[str]:
            refused = []
            acts: list[tuple[Any, str, int | None]] = [
                (Receipt, own, price),
                (Issue, "A", None),
                (Transfer, own, None),
                (Surplus, own, None),
                (Issue, own, None),
                (Receipt, "A", price),
                (Surplus, own + "x", None),
            ]
            for n, (kind, lot, cost_) in enumerate(acts):
                at = DAY + timedelta(days=1, minutes=n)
                try:
                    company.database.run(
                        lambda s, kind=kind, lot=lot, cost_=cost_, at=at: move(s, kind, lot, 1, cost_, at=at),
                        actor=SYSTEM,
                    )
                except Conflict as error:  # others had taken the last of A
                    refused.append(type(error).__name__)
            return refused

        return work

    answers = at_once(*(clerk(own, price) for own, price in zip("BCDE", (10, 200, 3000, 7), strict=True)))
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert {name for refused in answers for name in refused} <= {"NotEnoughStock"}
    run(lambda s: worth(s))


def test_the_first_who_move_an_item_know_of_each_other(company: Any, run: Any) -> None:
    """What a lot that nobody bought is worth goes by the others, also by one that comes at the same moment."""

    def make(session: Any) -> list[int]:
        said = {"group_id": session.get(Item, CAR).group_id, "tracking": "lot"}
        return [create_item(session, SYSTEM, code=f"VAN-{n}", name=f"Van {n}", **said).id for n in range(8)]

    def bought(item: int) -> int:
        return company.database.run(lambda s: move(s, Receipt, "A", 2, 100, item), actor=SYSTEM)

    def found(item: int) -> int:
        later = DAY + timedelta(1)
        return company.database.run(lambda s: move(s, Surplus, "X", 1, item=item, at=later), actor=SYSTEM)

    for item in run(make):
        answers = at_once(lambda item=item: bought(item), lambda item=item: found(item))
        assert [a for a in answers if isinstance(a, Exception)] == []
        assert run(lambda s, item=item: worth(s, item))[MAIN, "X"] == (D(1), D(100))

"""Catch weight: goods in two quantities, moved together by every path, and none of the second where nothing lies."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.api.texts import number as shown
from app.clock import wall_clock
from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now, verify
from app.reference import Unit
from app.security import SYSTEM
from app.web.kit.documents.paper import paper_json
from app.web.kit.tables import Query, fetch
from modules.warehouse.catch_weight.queries import seconds_at
from modules.warehouse.catch_weight.registers import SecondQuantities
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Assembly, Issue, Item, Receipt, Surplus, Transfer, TransferReceipt, WriteOff
from modules.warehouse.operations import change_item, create_item, create_place
from modules.warehouse.prints import movement_paper
from modules.warehouse.registers import Stock
from modules.warehouse.tables import stock_at
from modules.warehouse.transit.receiving import receipt_of

MAIN = 100


def cheese_of(session: Any, code: str = "CHEESE", **more: Any) -> Item:
    """Wheels of cheese, each of its own weight, at a price per kilogram."""
    kilogram = session.query(Unit).filter_by(code="KGM").one().id
    said = {"second_unit_id": kilogram, "is_priced_by_second": True, "second_per_unit": D("8.2"), **more}
    return create_item(session, SYSTEM, code=code, name="Gouda", **said)


def line(item: Item, quantity: Any, second: Any = None, price: Any = None, **more: Any) -> MovementLineDraft:
    said = {"second": None if second is None else D(second), "price": None if price is None else D(price), **more}
    return MovementLineDraft(item.id, D(quantity), **said)


def posted(session: Any, model: Any, *lines: MovementLineDraft, **more: Any) -> Any:
    ends = {
        "source_id": None if model.source_fixed else MAIN,
        "target_id": None if model.target_fixed else MAIN,
        **more,
    }
    made = save(session, SYSTEM, model, MovementDraft(list(lines), **ends))
    post(session, SYSTEM, [made])
    return made


def there(session: Any, item: Item, place: int = MAIN) -> tuple[D, D]:
    """Both quantities of what lies in a place."""
    held = now(session, Stock.on_hand, by=(), where={"item": item.id, "place": place})
    return sum((f.amounts["quantity"] for f in held), D(0)), seconds_at(session, [item.id]).get((item.id, place), D(0))


def worth(session: Any, item: Item) -> D:
    return sum((f.amounts["value"] for f in now(session, Stock.worth, by=(), where={"item": item.id})), D(0))


def test_both_quantities_move_together_and_cost_goes_by_the_price_per_kilogram(company: Any) -> None:
    def work(session: Any) -> None:
        cheese = cheese_of(session)
        receipt = posted(session, Receipt, line(cheese, 20, "163.450", "7.35"))
        assert (receipt.value, worth(session, cheese)) == (D("1201.36"), D("1201.36"))  # 163.45 × 7.35 = 1201.3575
        row = paper_json(receipt, kind_of(receipt).paper(session, receipt))["lines"][0]
        assert (row["second"], row["per"], row["value"]) == ("163.45 kg", "kg", "1201.36")
        posted(session, Issue, line(cheese, 3, "24.180"))
        assert there(session, cheese) == (D(17), D("139.27"))
        assert worth(session, cheese) == D("1021.16")  # 3/20 of the value left: by the wheel
        shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        posted(session, Transfer, line(cheese, 7, "57.5"), target_id=shop)
        assert (there(session, cheese), there(session, cheese, shop)) == ((D(10), D("81.77")), (D(7), D("57.5")))
        reverse(session, SYSTEM, posted(session, WriteOff, line(cheese, 10, "81.77")))
        draft = kind_of(receipt).draft_of(receipt)
        draft.lines[0].second = D("163.550")
        correct(session, SYSTEM, receipt, draft)
        assert there(session, cheese) == (D(10), D("81.87"))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


def test_what_empties_a_place_takes_exactly_the_rest(company: Any) -> None:
    def refused(session: Any, cheese: Item, quantity: int, second: Any, words: str) -> None:
        before = there(session, cheese)
        with pytest.raises((Invalid, Conflict), match=words), session.begin_nested():
            posted(session, Issue, line(cheese, quantity, second))
        session.expire_all()
        assert there(session, cheese) == before

    def work(session: Any) -> None:
        cheese = cheese_of(session)
        first = posted(session, Receipt, line(cheese, 2, "16.4", 7))
        second = posted(session, Receipt, line(cheese, 2, "16", 7))
        refused(session, cheese, 4, "32", "Line 1: no “Gouda” stays there.*all that is there: 32.4 kg")
        refused(session, cheese, 3, "32.4", "Line 1: of “Gouda” only 32.4 kg are there, and 1 .* stay")
        refused(session, cheese, 3, None, "Line 1: “Gouda” needs its second quantity: type how many kg")
        refused(session, cheese, 3, "24.0005", "at most 3 digits")
        refused(session, cheese, 3, "0", "above zero")
        posted(session, Issue, line(cheese, 2, "16.1"))
        with pytest.raises(Conflict, match=r"0\.1 kg short, nothing was posted"), session.begin_nested():
            reverse(session, SYSTEM, first)
        session.expire_all()
        with pytest.raises(Conflict, match=r"would be 0 .* and 0\.3 kg"), session.begin_nested():
            reverse(session, SYSTEM, second)
        session.expire_all()
        assert there(session, cheese) == (D(2), D("16.3"))
        posted(session, Issue, line(cheese, 2, "16.3"))
        assert there(session, cheese) == (D(0), D(0))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


def test_lots_share_it_and_transit_gives_back_what_was_sent(company: Any) -> None:
    def work(session: Any) -> None:
        cheese = cheese_of(session, tracking="lot")
        posted(session, Receipt, line(cheese, 10, "80", 7, lots="A"), line(cheese, 5, "41", 7, lots="B"))
        # Of A, which it empties, all that is there; of B the rest of what was typed.
        shop = create_place(session, SYSTEM, code="shop", name="Shop").id
        sent = posted(
            session, Transfer, line(cheese, 12, "96.4", lots="A: 10, B: 2"), target_id=shop, in_two_steps=True
        )
        lying = {
            f.key: f.amounts["second"]
            for f in now(session, SecondQuantities.lying, by=("place",), where={"item": cheese.id})
        }
        assert lying == {(MAIN,): D("24.6"), (1,): D("96.4")}
        made = receipt_of(session, sent)
        made.lines[0].missing, made.lines[0].lots = D(3), "A: 8, B: 1"
        arrived = save(session, SYSTEM, TransferReceipt, made)
        post(session, SYSTEM, [arrived])
        base, second = there(session, cheese, shop)
        assert (base, there(session, cheese, 1)) == (D(9), (D(0), D(0)))
        assert second > 70
        paper = movement_paper(session, arrived)
        assert [each["second"] for each in paper.lines] == [f"{shown(second)} kg"]
        today = wall_clock().date()
        for moment in (today, None):
            rows = fetch(session, stock_at(session, moment), Query()).rows
            said = {(row.code, row.place): row.second for row in rows}
            assert said[cheese.code, "Shop"] == second
        assert fetch(session, stock_at(session, today - timedelta(days=2000)), Query()).rows == []
        assert list(verify(session)) == []
        reverse(session, SYSTEM, arrived)
        assert there(session, cheese, 1) == (D(12), D("96.4"))
        reverse(session, SYSTEM, sent)
        assert there(session, cheese) == (D(15), D(121))

    company.database.run(work, actor=SYSTEM)


def test_paths_that_say_nothing_take_their_share(company: Any) -> None:
    """What is assembled of wheels says how much; the kit, which no cell asks for, is like what lies there, or as usual."""

    def work(session: Any) -> None:
        cheese, basket = cheese_of(session), cheese_of(session, "BASKET", is_priced_by_second=False)
        posted(session, Receipt, line(cheese, 10, "80", 7))
        posted(session, Assembly, line(cheese, 4, "32.5"), kit_id=basket.id, kit_quantity=D(2), target_id=None)
        assert (there(session, cheese), there(session, basket)) == ((D(6), D("47.5")), (D(2), D("16.4")))
        posted(session, Surplus, line(cheese, 1, "8.1"))
        assert there(session, cheese) == (D(7), D("55.6"))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)


@pytest.mark.one_engine
def test_an_items_second_unit_is_checked_and_then_fixed(company: Any) -> None:
    def work(session: Any) -> None:
        cheese, plain = cheese_of(session), create_item(session, SYSTEM, code="P", name="Plain")
        for fields, words in (
            ({"second_unit_id": cheese.unit_id}, "another than the unit"),
            ({"second_per_unit": D(0)}, "above zero"),
            ({"kind": "service"}, "no second unit"),
        ):
            with pytest.raises(Invalid, match=words):
                change_item(session, SYSTEM, cheese, **fields)
        change_item(session, SYSTEM, cheese, is_priced_by_second=False)
        change_item(session, SYSTEM, cheese, is_priced_by_second=True)
        with pytest.raises(Invalid, match="“Plain” has no second quantity"):
            posted(session, Receipt, line(plain, 1, "2", 1))
        posted(session, Receipt, line(cheese, 1, "8", 7))
        for fields in ({"is_priced_by_second": False}, {"second_unit_id": None}):
            with pytest.raises(Conflict, match="can't change any more"):
                change_item(session, SYSTEM, cheese, **fields)
        change_item(session, SYSTEM, cheese, second_per_unit=D("8.5"))

    company.database.run(work, actor=SYSTEM)


def test_goods_are_weighed_again_where_they_lie(company: Any) -> None:
    """A write-off or surplus with quantity zero: cheese dries, and then the last wheel leaves at its own weight."""

    def work(session: Any) -> None:
        cheese, plain = cheese_of(session, tracking="lot"), create_item(session, SYSTEM, code="P", name="Plain")
        posted(session, Receipt, line(cheese, 1, "8.2", 7, lots="A"), line(cheese, 3, "24.6", 7, lots="B"))
        dried = posted(session, WriteOff, line(cheese, 0, "0.4"))
        assert (there(session, cheese), worth(session, cheese)) == ((D(4), D("32.4")), D("229.6"))
        posted(session, Surplus, line(cheese, 0, "0.004"))
        for model, *lines in (
            (WriteOff, line(cheese, 0, "32.5")),
            (WriteOff, line(cheese, 0)),
            (WriteOff, line(cheese, 0, "0.1", lots="A")),
            (Issue, line(cheese, 0, "0.1")),
            (WriteOff, line(plain, 0, "0.1")),
        ):
            with pytest.raises(Invalid, match="Line 1:"), session.begin_nested():
                posted(session, model, *lines)
            session.expire_all()
        assert there(session, cheese) == (D(4), D("32.404"))
        reverse(session, SYSTEM, dried)
        assert there(session, cheese) == (D(4), D("32.804"))
        assert list(verify(session)) == []

    company.database.run(work, actor=SYSTEM)

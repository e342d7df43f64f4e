"""Labels with prices: how many, what stands on them, and which prices have changed."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app.clock import wall_clock
from app.errors import Invalid
from app.security import SYSTEM
from modules.trade.labels.prices import items_to_label
from modules.trade.labels.printing import Labels, label_data, labels_pdf
from modules.trade.pricing.runs import Wanted, change_prices
from modules.trade.pricing.types import create_type, set_price
from modules.warehouse.labels.sizes import QR
from modules.warehouse.operations import create_item
from tests.modules.printing.test_pdf import text_of

pytestmark = pytest.mark.one_engine  # what stands on paper: no engine decides


@pytest.fixture(scope="module")
def goods(house: Any) -> dict[str, Any]:
    """Two items with prices of a type: one fell yesterday, one has stood for long; and one without a price."""

    def work(session: Any) -> dict[str, Any]:
        today = wall_clock().date()
        figures: dict[str, Any] = {"formula": "typed", "direction": "nearest"} | dict.fromkeys(
            ("percent", "step", "ending"), D(0)
        )
        kind = create_type(session, SYSTEM, name="Shelf", **figures)
        ids = [
            create_item(session, SYSTEM, code=f"LAB-{n}", name=f"Labelled {n}", price=price).id
            for n, price in enumerate((D(10), D(20), None), 1)
        ]
        for item, price, days in ((ids[0], "9.90", 400), (ids[0], "7.50", 1), (ids[1], "5.00", 400)):
            since = today - timedelta(days)
            set_price(session, SYSTEM, kind, item_id=item, since=since, from_quantity=D(0), price=D(price))
        return {"kind": kind.id, "ids": ids}

    with house.test_request_context():
        return house.company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def done(house: Any, work: Any) -> Any:
    with house.test_request_context():
        return house.company.database.run(work, actor=SYSTEM)


def kind_of(session: Any, goods: dict[str, Any]) -> Any:
    from modules.trade.pricing.types import type_by_id

    return type_by_id(session, goods["kind"])


def test_only_prices_that_changed_since_a_day_are_offered_and_a_fall_is_struck_out(
    house: Any, goods: dict[str, Any]
) -> None:
    def work(session: Any) -> Any:
        kind, since = kind_of(session, goods), wall_clock().date() - timedelta(10)
        rows, is_more = items_to_label(session, kind, text="labelled", since=since)
        data = label_data(session, Labels(kind, dict.fromkeys(goods["ids"], 1), since=since))
        return [(r.item.code, r.price, r.before) for r in rows], is_more, data

    rows, is_more, data = done(house, work)
    assert rows == [("LAB-1", D("7.50"), D("9.90"))]
    assert not is_more
    # the item without a price has no label, and one whose price stayed has nothing struck out
    assert [(x["name"], x["price"], x["before"]) for x in data["labels"]] == [
        ("Labelled 1", "7.50", "9.90"),
        ("Labelled 2", "5.00", ""),
    ]
    assert data["tax"] == "without tax"


def test_the_day_itself_counts_and_the_next_one_does_not(house: Any, goods: dict[str, Any]) -> None:
    def work(session: Any, days: int) -> list[Any]:
        since = wall_clock().date() - timedelta(days)
        rows, _more = items_to_label(session, kind_of(session, goods), text="labelled", since=since)
        return [(row.item.code, row.before) for row in rows]

    assert done(house, lambda s: work(s, 1)) == [("LAB-1", D("9.90"))]  # its price fell yesterday
    assert done(house, lambda s: work(s, 0)) == []


def test_own_prices_that_a_run_raised_are_found_and_nothing_is_struck_out(house: Any, goods: dict[str, Any]) -> None:
    def work(session: Any) -> Any:
        change_prices(session, SYSTEM, Wanted(None, D(10)))
        since = wall_clock().date()  # the day of the change counts
        rows, _more = items_to_label(session, None, text="labelled 1", since=since)
        data = label_data(session, Labels(None, {goods["ids"][0]: 1}, since=since))
        return [(r.price, r.before) for r in rows], data["labels"][0]["before"]

    assert done(house, work) == ([(D(11), D(10))], "")


@pytest.mark.parametrize(
    ("size", "count", "skipped", "pages"), [("3x8", 22, 2, 1), ("3x8", 23, 2, 2), ("30x20", 3, 0, 3)]
)
def test_labels_fill_sheets_from_the_first_free_place_and_rolls_one_by_one(
    house: Any, goods: dict[str, Any], size: str, count: int, skipped: int, pages: int
) -> None:
    import io

    from pypdf import PdfReader

    def work(session: Any) -> bytes:
        wanted = Labels(kind_of(session, goods), {goods["ids"][0]: count}, size=size, code=QR, skipped=skipped)
        return labels_pdf(session, wanted)

    pdf = done(house, work)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == pages
    assert text_of(pdf).count("Labelled 1") == count


@pytest.mark.parametrize(
    "wanted",
    [
        {"pieces": {}},
        {"pieces": {1: 501}},
        {"size": "9x9"},
        {"code": "none of them"},
        {"skipped": 24},
    ],
)
def test_what_can_not_be_printed_is_refused(house: Any, goods: dict[str, Any], wanted: dict[str, Any]) -> None:
    said: dict[str, Any] = {"kind": None, "pieces": {goods["ids"][0]: 1}} | wanted
    with pytest.raises(Invalid):
        done(house, lambda session: label_data(session, Labels(**said)))


def test_the_page_offers_what_was_asked_for_and_prints_what_was_typed(
    house: Any, goods: dict[str, Any], sign_in: Any
) -> None:
    page, address = sign_in("maria"), "/trade/labels?text=labelled"
    shown = page.get(address).text
    assert "Labelled 2" in shown
    assert "Labelled 3" not in shown, "it has no price"
    sent = {"size": "58x40", "code": "bars", f"pieces_{goods['ids'][0]}": "2", f"pieces_{goods['ids'][1]}": "0"}
    assert text_of(page.post(address, data=sent).data).count("Labelled 1") == 2
    refused = page.post(address, data={**sent, f"pieces_{goods['ids'][0]}": "two"})
    assert refused.status_code == 200
    assert "isn&#39;t a number of labels" in refused.text
    assert sign_in("steve").get(address).status_code == 403


def test_of_a_service_no_label_is_printed_unless_somebody_asks_for_it(house: Any, sign_in: Any) -> None:
    made = done(
        house, lambda s: create_item(s, SYSTEM, code="LAB-S", name="Labelled work", kind="service", price=D(5)).id
    )
    page, name = sign_in("maria"), f'name="pieces_{made}" value="'
    assert f'{name}"' in page.get("/trade/labels?text=labelled").text
    assert f'{name}1"' in page.get(f"/trade/labels?item={made}").text


def test_which_changes_of_own_prices_are_known_is_said_where_none_fits(house: Any, sign_in: Any) -> None:
    page = sign_in("maria")
    assert "is known by its day" in page.get(f"/trade/labels?text=nothing&since={wall_clock().date()}").text
    assert "is known by its day" not in page.get("/trade/labels?text=nothing").text

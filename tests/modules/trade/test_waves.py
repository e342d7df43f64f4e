"""Orders picked in one walk: each is in one wave, boxes are filled in their turn, and every order is shipped for itself."""

import json
import re
import threading
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import locked, post, reverse, save
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.security import SYSTEM, User
from app.security.operations import change_user
from modules.contacts.details import add_detail
from modules.contacts.models import Address
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder, Sale, SalesOrder
from modules.trade.parcels.carriers import carriers_of
from modules.trade.parcels.operations import pack
from modules.trade.registers import OUT
from modules.trade.shipping.operations import ship
from modules.trade.shipping.queue import left_of_order
from modules.trade.waves.models import DISSOLVED, DONE, PICKING, Wave, WaveOrder
from modules.trade.waves.operations import (
    Picked,
    dissolve_wave,
    finish_wave,
    give_wave,
    make_waves,
    outcome_of,
    take_wave,
)
from modules.trade.waves.paper import wave_pdf
from modules.trade.waves.planning import plan_waves
from modules.trade.waves.queries import boxes_of, count_open, open_waves, walk_of, wanted_of, wave_by_id
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.models import FIRST_WAREHOUSE
from modules.warehouse.operations import create_item, create_place

ANVIL, HAMMER, SAW, FITTING = 1, 2, 3, 4


def made(session: Any, model: Any, draft: Any) -> int:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    return int(document.id)


def lines(*said: tuple[int, int]) -> list[TradeLineDraft]:
    return [TradeLineDraft(item, D(quantity), D(5), tax_rate=D(0)) for item, quantity in said]


def order(session: Any, *said: tuple[int, int], **more: Any) -> int:
    return made(session, SalesOrder, SalesOrderDraft(1, lines(*said), **more))


@pytest.fixture
def shop(proved: Any) -> Any:
    """Does something where twenty anvils, ten hammers and three numbered saws are in stock; the books are proved after it."""

    def prepare(session: Any) -> None:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")
        for code in ("ANVIL", "HAMMER"):
            create_item(session, SYSTEM, code=code, name=code.title())
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        bought = lines((ANVIL, 20), (HAMMER, 10), (SAW, 3))
        bought[2].lots = "N1, N2, N3"
        made(session, Purchase, TradeDraft(1, bought))

    proved(prepare)
    return proved


def sold(session: Any, wave_id: int) -> list[Any]:
    """What each order of a wave was shipped: (item, quantity, lots) of the sale's lines; None where it wasn't."""
    wave = session.get_one(Wave, wave_id)
    sales = [session.get(Sale, each.sale_id) if each.sale_id else None for each in wave.orders]
    return [sale and [(x.item_id, x.quantity, x.lots) for x in sale.lines] for sale in sales]


def test_one_walk_fills_the_boxes_in_their_turn_and_ships_each_order(shop: Any) -> None:
    first = shop(lambda s: order(s, (ANVIL, 4), (FITTING, 1), (SAW, 2)))
    second = shop(lambda s: order(s, (ANVIL, 3), (HAMMER, 2), (SAW, 1)))
    (wave,) = shop(lambda s: [w.id for w in make_waves(s, SYSTEM, [first, second])])

    def look(session: Any) -> None:
        found = wave_by_id(session, wave)
        assert [(w.code, w.quantity, w.boxes) for w in wanted_of(session, found)] == [
            ("ANVIL", 7, [(1, 4), (2, 3)]),
            ("HAMMER", 2, [(2, 2)]),
            ("SAW", 3, [(1, 2), (2, 1)]),
        ]
        assert [(w.id, w.orders, w.picker) for w in open_waves(session)] == [(wave, 2, None)]

    shop(look)
    # One anvil is short, the hammers aren't there at all, and the saws come one by one.
    picked = [Picked(SAW, D(2), "N3, N1"), Picked(ANVIL, D(6)), Picked(SAW, D(1), "N2")]
    shop(lambda s: finish_wave(s, SYSTEM, wave, picked, operation_id="act"))
    assert shop(lambda s: sold(s, wave)) == [
        [(ANVIL, 4, ""), (FITTING, 1, ""), (SAW, 2, "N3, N1")],
        [(ANVIL, 2, ""), (SAW, 1, "N2")],
    ]

    def after(session: Any) -> list[str]:
        found = wave_by_id(session, wave)
        assert (found.state, [each.is_open for each in found.orders]) == (DONE, [False, False])
        assert [(x.line, x.left) for x in left_of_order(session, second, OUT)[1]] == [(1, 1), (2, 2)]
        return outcome_of(session, found)

    assert shop(after) == ["Short: ANVIL 1, HAMMER 2. The rest stays open in the orders."]
    # What is left goes into the next one.
    (again,) = shop(lambda s: [w.id for w in make_waves(s, SYSTEM, [second])])
    assert shop(lambda s: [(w.code, w.quantity) for w in wanted_of(s, wave_by_id(s, again))]) == [
        ("ANVIL", 1),
        ("HAMMER", 2),
    ]


def test_sent_twice_it_ships_once(shop: Any, refused: Any) -> None:
    wave = shop(lambda s: make_waves(s, SYSTEM, [order(s, (ANVIL, 4))])[0].id)
    for _ in range(2):
        shop(lambda s: finish_wave(s, SYSTEM, wave, [Picked(ANVIL, D(3))], operation_id="act"))
    assert shop(lambda s: s.scalars(select(Sale.id)).all().__len__()) == 1
    for quantity, act in ((2, "act"), (3, "other")):
        again = [Picked(ANVIL, D(quantity))]
        refused(lambda s, p=again, a=act: finish_wave(s, SYSTEM, wave, p, operation_id=a), Conflict)
    refused(lambda s: dissolve_wave(s, SYSTEM, wave), Conflict)


def test_a_wave_learns_what_others_shipped_and_reversed(shop: Any, refused: Any) -> None:
    ids = shop(lambda s: [order(s, (ANVIL, n)) for n in (4, 3, 2)])
    wave = shop(lambda s: make_waves(s, SYSTEM, ids)[0].id)
    shop(lambda s: reverse(s, SYSTEM, locked(s, SalesOrder, ids[0])))
    shop(lambda s: ship(s, SYSTEM, ids[1], {1: D(1)}))  # by somebody who passed the wave by

    def look(session: Any) -> None:
        found = wave_by_id(session, wave)
        assert [(x.item.code, x.quantity, x.boxes) for x in walk_of(session, found)] == [
            ("ANVIL", 4, [(2, 2), (3, 2)]),
        ]
        assert [(box.changed, box.left) for box in boxes_of(session, found)] == [(1, 0), (1, 1), (0, 1)]

    shop(look)
    # A scanner that began before brings all of it: what nobody waits for is left over.
    picked = [Picked(ANVIL, D(9))]
    for _ in range(2):
        shop(lambda s: finish_wave(s, SYSTEM, wave, picked, operation_id="act"))
    assert shop(lambda s: sold(s, wave)) == [None, [(ANVIL, 2, "")], [(ANVIL, 2, "")]]
    changed, back = shop(lambda s: outcome_of(s, wave_by_id(s, wave), picked))
    assert changed.startswith("Others shipped or changed SO-")
    assert back == "Put back: ANVIL 5."
    # Where nothing waits, nothing is shipped, and the wave stays as it was.
    left = shop(lambda s: order(s, (ANVIL, 2)))
    other = shop(lambda s: make_waves(s, SYSTEM, [left])[0].id)
    sale = shop(lambda s: ship(s, SYSTEM, left, {1: D(2)}).id)
    said = refused(lambda s: finish_wave(s, SYSTEM, other, [Picked(ANVIL, D(1))], operation_id="b"), Conflict)
    assert "put the goods back and dissolve the wave" in said
    shop(lambda s: reverse(s, SYSTEM, locked(s, Sale, sale)))  # it waits again, and is picked again
    assert shop(lambda s: [x.quantity for x in walk_of(s, wave_by_id(s, other))]) == [2]


def test_what_cant_be_shipped_to_one_keeps_nobody_else_waiting(shop: Any, refused: Any) -> None:
    ids = shop(lambda s: [order(s, (SAW, 1)), order(s, (ANVIL, 2))])
    wave = shop(lambda s: make_waves(s, SYSTEM, ids)[0].id)
    bad = Picked(SAW, D(1), "N9")  # a number that isn't in stock
    assert "N9" in refused(lambda s: finish_wave(s, SYSTEM, wave, [bad], operation_id="act"), Conflict)
    shop(lambda s: finish_wave(s, SYSTEM, wave, [bad, Picked(ANVIL, D(2))], operation_id="act"))
    assert shop(lambda s: sold(s, wave)) == [None, [(ANVIL, 2, "")]]
    (said,) = shop(lambda s: outcome_of(s, wave_by_id(s, wave)))
    assert "put box 1 back" in said
    assert plan_of(shop, [ids[0]]) == ([(ids[0], 1)], [])


def test_a_wave_is_given_to_who_may_pick_it_and_taken_over(
    app: Any, shop: Any, employ: Any, company: Any, refused: Any
) -> None:
    steve, stella, anna = employ("steve", "storekeeper"), employ("stella", "storekeeper"), employ("anna", "accountant")
    own, free = shop(lambda s: [order(s, (ANVIL, 4)), order(s, (ANVIL, 1))])
    refused(lambda s: make_waves(s, SYSTEM, [own], picker_id=anna.user_id), Invalid)
    other = shop(lambda s: make_waves(s, SYSTEM, [free])[0].id)
    wave = shop(lambda s: make_waves(s, SYSTEM, [own], picker_id=steve.user_id)[0].id)
    refused(lambda s: give_wave(s, SYSTEM, wave, anna.user_id), Invalid)

    def seen(actor: Any) -> tuple[list[int], int]:
        def look(session: Any) -> Any:
            return [w.id for w in open_waves(session)], count_open(session)[1]

        return company.database.run(look, actor=actor)  # type: ignore[no-any-return]

    assert seen(steve) == ([wave, other], 1)
    assert seen(stella) == ([other, wave], 0)
    client = app.test_client()
    client.post("/login", data={"login": "stella", "password": "stella-sample"})
    assert "Waves that you pick" not in client.get("/").text
    assert client.post(f"/trade/waves/{wave}/take").status_code == 302  # over from steve
    assert "Waves that you pick" in client.get("/").text
    assert seen(steve) == ([other, wave], 0)
    listed = client.get(f"/trade/waves?state=picking&picker={stella.user_id}").text
    assert "W-000002" in listed
    assert "W-000001" not in listed
    assert "Anna" not in client.get(f"/trade/waves/{wave}").text
    client.post(f"/trade/waves/{wave}/give", data={"picker": str(steve.user_id)})
    assert seen(steve) == ([wave, other], 1)
    for wrong in (str(anna.user_id), "999999"):
        said = client.post(f"/trade/waves/{wave}/give", data={"picker": wrong}, follow_redirects=True).text
        assert "Choose from the list." in said
    client.post(f"/trade/waves/{wave}/give", data={"picker": ""})
    assert seen(steve) == ([other, wave], 0)
    # Who is limited to another warehouse can't be given it.
    there = shop(lambda s: create_place(s, SYSTEM, code="N", name="North").id)
    limits = {"warehouse.place": [there]}
    shop(lambda s: change_user(s, SYSTEM, s.get_one(User, steve.user_id), limits=limits) and None)
    refused(lambda s: give_wave(s, SYSTEM, wave, steve.user_id), Invalid)


def test_what_is_in_a_wave_is_offered_for_no_other_walk(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    taken, free = shop(lambda s: [order(s, (ANVIL, 4)), order(s, (ANVIL, 1))])
    shop(lambda s: make_waves(s, SYSTEM, [taken])[0].id)
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    rows = client.get("/warehouse/scanner/lists/picked").get_json()["rows"]
    assert [row["id"] for row in rows] == [free]
    listed = client.get("/trade/shipping").text
    assert f'name="order" value="{free}"' in listed
    assert f'name="order" value="{taken}"' not in listed
    assert 'href="/trade/waves/1"' in listed
    choose = client.get("/trade/waves/new").text
    assert "Tick the orders" in choose
    assert f'name="order" value="{free}"' in choose
    assert f'name="order" value="{taken}"' not in choose
    pick = "/trade/shipping/picking?order="
    assert client.get(f"{pick}{taken}&order={free}").mimetype == "application/pdf"
    said = client.get(f"{pick}{taken}", follow_redirects=True).text
    assert "All of these orders are picked in waves: SO-" in said
    assert "(W-000001)" in said
    # It can be shipped all the same.
    assert "picked in wave W-000001" in client.get(f"/trade/shipping/out/{taken}").text
    client.post(f"/trade/shipping/out/{taken}", data={"line_1": "4", "operation": "x"})
    assert "nothing of it waits any more" in client.get("/trade/waves/1").text
    assert "Dissolve the wave." in client.get("/trade/waves/1").text


def test_orders_are_chosen_by_day_priority_place_and_carrier(app: Any, shop: Any, employ: Any, company: Any) -> None:
    employ("steve", "storekeeper"), employ("maria", "manager")

    def begin(session: Any) -> tuple[int, int]:
        for name, country, city in (("Oslo AS", "NO", "Oslo"), ("Kiel GmbH", "DE", "Kiel")):
            contact = create_contact(session, SYSTEM, kind="legal_entity", name=name, country=country)
            add_detail(session, SYSTEM, contact, Address, kind="registered", city="Elsewhere")
            add_detail(session, SYSTEM, contact, Address, kind="delivery", city=city)
        first = made(session, SalesOrder, SalesOrderDraft(2, lines((ANVIL, 1)), priority=3))
        second = made(session, SalesOrder, SalesOrderDraft(3, lines((ANVIL, 2)), priority=7))
        for number, carrier in ((2, "own"), (2, "dhl"), (3, "own")):
            sale = made(session, Sale, TradeDraft(number, lines((ANVIL, 1))))
            pack(session, SYSTEM, carriers_of(company), sale, carrier=carrier)
        return first, second

    first, second = shop(begin)

    def found(login: str, query: str) -> list[int]:
        client = app.test_client()
        client.post("/login", data={"login": login, "password": f"{login}-sample"})
        pages = [client.get(f"{page}?{query}").text for page in ("/trade/shipping", "/trade/waves/new")]
        values = [[int(n) for n in re.findall(r'name="order" value="(\d+)"', page)] for page in pages]
        assert values[0] == values[1]
        assert ("City" in pages[0]) == (login == "maria")  # of addresses, which are closed to storekeepers
        return sorted(values[0])

    for query, numbers in {
        "": [first, second],
        "priority=7": [second],
        "priority=3": [first, second],
        "country=NO": [first],
        "carrier=dhl": [first],
        "carrier=own": [second],
        "country=DE&carrier=dhl": [],
        "country=XX": [first, second],  # a choice that there isn't is said, and narrows nothing
    }.items():
        assert found("steve", query) == numbers, query
    assert found("maria", "city=Oslo") == [first]
    assert found("steve", "city=Oslo") == [first, second]


def test_one_carrier_is_to_be_chosen_where_other_orders_name_none(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    named, _other = shop(lambda s: [order(s, (ANVIL, 1), carrier="dhl"), order(s, (ANVIL, 1))])
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    assert 'name="carrier"' in client.get("/trade/shipping").text
    listed = client.get("/trade/shipping?carrier=dhl").text
    assert re.findall(r'name="order" value="(\d+)"', listed) == [str(named)]


def test_an_order_is_in_one_open_wave_until_that_ends(shop: Any, refused: Any, employ: Any, company: Any) -> None:
    steve, anna = employ("steve", "storekeeper"), employ("anna", "accountant")
    taken, free, lacking = shop(lambda s: [order(s, (ANVIL, 4)), order(s, (ANVIL, 1)), order(s, (HAMMER, 11))])
    wave = company.database.run(lambda s: make_waves(s, steve, [taken])[0].id, actor=steve)
    assert "is in wave W-000001 already" in refused(lambda s: make_waves(s, SYSTEM, [taken]), Invalid)
    for orders in ([], [free] * 101):
        refused(lambda s, o=orders: make_waves(s, SYSTEM, o), Invalid)
    refused(lambda s: make_waves(s, SYSTEM, [999]), NotFound)
    for act in (lambda s: make_waves(s, anna, [free]), lambda s: take_wave(s, anna, wave)):
        with pytest.raises(Forbidden):
            company.database.run(act, actor=anna)
    for picked in ([Picked(ANVIL, D(5))], [Picked(HAMMER, D(1))], [Picked(ANVIL, D(-1))], []):
        refused(lambda s, p=picked: finish_wave(s, SYSTEM, wave, p, operation_id="act"), Invalid)

    assert plan_of(shop, [taken, lacking]) == ([(lacking, 10)], ["it is in wave W-000001 already"])
    shop(lambda s: ship(s, SYSTEM, free, {1: D(1)}))
    assert plan_of(shop, [free]) == ([], ["nothing of it waits any more"])
    company.database.run(lambda s: take_wave(s, steve, wave).picker_id, actor=steve)
    shop(lambda s: dissolve_wave(s, SYSTEM, wave))
    assert shop(lambda s: s.get_one(Wave, wave).state) == DISSOLVED
    refused(lambda s: finish_wave(s, SYSTEM, wave, [Picked(ANVIL, D(1))], operation_id="act"), Conflict)
    assert plan_of(shop, [taken]) == ([(taken, 4)], [])


def plan_of(shop: Any, orders: list[int]) -> tuple[list[tuple[int, D]], list[str]]:
    """The orders that would be in waves, each with its first quantity; and why others wouldn't."""

    def work(session: Any) -> Any:
        plan = plan_waves(session, orders)
        found = [(o.id, lines[0].available) for each in plan.places.values() for o, lines in each]
        return found, [str(why) for _, why in plan.left_out]

    return shop(work)  # type: ignore[no-any-return]


def test_the_walk_goes_by_bins_and_says_lots_and_boxes(app: Any, shop: Any) -> None:
    def work(session: Any) -> None:
        create_bins(session, SYSTEM, place_id=FIRST_WAREHOUSE, codes="A-1..A-3")
        put = [(ANVIL, 5, "A-3", ""), (ANVIL, 2, "A-1", ""), (HAMMER, 4, "A-2", ""), (SAW, 1, "A-1", "N2")]
        moves = [BinMoveLineDraft(item, D(n), to_bin=code, lots=lot) for item, n, code, lot in put]
        made(session, BinMove, BinMoveDraft(place_id=FIRST_WAREHOUSE, lines=moves))
        ids = [order(session, (HAMMER, 1), (ANVIL, 6)), order(session, (ANVIL, 3), (SAW, 3))]
        (wave,) = make_waves(session, SYSTEM, ids)
        assert [(x.bin, x.item.code, x.lot, x.quantity, x.boxes) for x in walk_of(session, wave)] == [
            ("A-1", "ANVIL", "", 2, [(1, 2)]),
            ("A-1", "SAW", "N2", 1, [(2, 1)]),
            ("A-2", "HAMMER", "", 1, [(1, 1)]),
            ("A-3", "ANVIL", "", 5, [(1, 4), (2, 1)]),
            ("", "ANVIL", "", 2, [(2, 2)]),
            ("", "SAW", "N1", 1, [(2, 1)]),
            ("", "SAW", "N3", 1, [(2, 1)]),
        ]
        assert wave_pdf(session, wave).startswith(b"%PDF")

    with app.test_request_context():
        shop(work)


def test_each_warehouse_has_a_wave_that_others_dont_see(shop: Any, employ: Any, company: Any, refused: Any) -> None:
    from app.company import actor_of

    steve = employ("steve", "storekeeper")

    def begin(session: Any) -> list[int]:
        there = create_place(session, SYSTEM, code="N", name="North").id
        made(session, Purchase, TradeDraft(1, lines((ANVIL, 5)), place_id=there))
        return [order(session, (ANVIL, 1)), order(session, (ANVIL, 2), place_id=there)]

    ids = shop(begin)
    here, there = shop(lambda s: [w.id for w in make_waves(s, SYSTEM, ids)])
    enabled = frozenset(m.name for m in company.enabled)

    def limit(session: Any) -> Any:
        change_user(
            session, SYSTEM, session.get_one(User, steve.user_id), limits={"warehouse.place": [FIRST_WAREHOUSE]}
        )
        session.flush()
        return actor_of(session, steve.user_id, enabled)

    limited = shop(limit)

    def look(session: Any) -> None:
        assert [w.id for w in open_waves(session)] == [here]
        assert session.scalars(select(Wave.id)).all() == [here]
        for act in (wave_by_id, lambda s, w: dissolve_wave(s, limited, w)):
            with pytest.raises(NotFound):
                act(session, there)
        assert plan_waves(session, [ids[1]]).left_out == []

    company.database.run(look, actor=limited)


def test_two_who_make_waves_at_once_dont_get_the_same_order(company: Any, shop: Any) -> None:
    database = company.database
    ids = shop(lambda s: [order(s, (ANVIL, n)) for n in (1, 2, 3)])
    barrier, results = threading.Barrier(2), list[Any]()

    def press(orders: list[int]) -> None:
        barrier.wait()
        made = database.run(lambda s: [w.id for w in make_waves(s, SYSTEM, orders)], actor=SYSTEM)
        results.extend(made)

    threads = [threading.Thread(target=press, args=(part,)) for part in (ids[:2], ids[1:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    found = shop(lambda s: s.scalars(select(WaveOrder.order_id).where(WaveOrder.is_open)).all())
    assert sorted(found) == ids
    assert set(shop(lambda s: s.scalars(select(Wave.state)).all())) == {PICKING}


def test_a_wave_is_made_and_finished_on_the_pages(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    first, second = shop(lambda s: [order(s, (ANVIL, 4), (FITTING, 1)), order(s, (ANVIL, 3))])
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    listed = client.get("/trade/shipping")
    assert "Make a wave" in listed.text
    assert 'name="until"' in client.get("/trade/shipping?until=2000-01-01&whole=y").text
    assert "None of the orders that wait is like that." in client.get("/trade/shipping?until=2000-01-01").text
    assert "SO-" in client.get("/trade/shipping?until=soon").text
    address = f"/trade/waves/new?order={first}&order={second}"
    assert "ANVIL Anvil, 4" in client.get(address).text
    assert client.post(address).headers["Location"] == "/trade/waves/1"
    page = client.get("/trade/waves/1").text
    assert "<strong>1</strong>: 4, <strong>2</strong>: 3" in page
    assert "W-000001" in client.get("/trade/shipping").text
    assert "in wave W-000001 already" in client.get(address).text
    assert client.get("/trade/waves/1/picking").mimetype == "application/pdf"
    client.post("/trade/waves/1/take")
    assert "Steve" in client.get("/trade/waves").text
    said = {f"item_{ANVIL}": "9", "operation": "act"}
    assert "ANVIL: from 0 to 7 can be picked." in client.post("/trade/waves/1/finish", data=said).text
    said[f"item_{ANVIL}"] = "5"
    for _ in range(2):
        assert client.post("/trade/waves/1/finish", data=said).headers["Location"] == "/trade/waves/1"
    page = client.get("/trade/waves/1").text
    assert "Short: ANVIL 2. The rest stays open in the orders." in page
    assert "2 orders are shipped." in page
    assert page.count("Delivery note") == 2
    assert "5.00" not in page  # no price
    assert shop(lambda s: sold(s, 1)) == [[(ANVIL, 4, ""), (FITTING, 1, "")], [(ANVIL, 1, "")]]
    assert client.get("/trade/waves/1/finish").status_code == 302
    assert "is finished already" in client.post("/trade/waves/1/dissolve", follow_redirects=True).text
    assert "Nothing waits to be picked" not in client.get("/trade/waves/new").text  # two anvils do
    assert "Choose at least one order." in client.post("/trade/waves/new", follow_redirects=True).text


def test_a_scanner_finishes_a_wave_once_and_hears_what_is_short(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    wave = shop(lambda s: make_waves(s, SYSTEM, [order(s, (ANVIL, 4)), order(s, (ANVIL, 3), (FITTING, 1))])[0].id)
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    lists = "/warehouse/scanner/lists/wave"
    assert client.get(lists).get_json() == {
        "rows": [{"id": wave, "title": "W-000001", "note": "Main warehouse · 2 orders"}]
    }
    (line,) = client.get(f"{lists}/{wave}").get_json()["lines"]
    assert line == {
        "line": ANVIL,
        "item": ANVIL,
        "wanted": "7",
        "bin": "",
        "lot": "",
        "boxes": [[1, "4"], [2, "3"]],
    }
    token = client.get("/acts/token").get_json()
    lines = [{"line": ANVIL, "quantity": "6", "lots": ""}]
    content = json.dumps({"task": "wave", "of": wave, "lines": lines})
    form = {"csrf_token": token["token"], "user": token["user"], "act": "a" * 20, "age": "0", "content": content}
    says = "Short: ANVIL 1. The rest stays open in the orders."
    for _ in range(2):
        answer = client.post("/warehouse/scanner/done", data=form).get_json()
        assert answer == {"state": "done", "number": "W-000001", "says": says, "address": f"/trade/waves/{wave}"}
    assert shop(lambda s: sold(s, wave)) == [[(ANVIL, 4, "")], [(ANVIL, 2, ""), (FITTING, 1, "")]]
    assert client.get(lists).get_json() == {"rows": []}
    assert client.get(f"{lists}/{wave}").status_code == 404
    # Of an order: whoever may not see sales is led to the delivery note.
    alone = shop(lambda s: order(s, (HAMMER, 1)))
    employ("maria", "manager")
    for login, address in (("steve", "/trade/shipping?note="), ("maria", "/trade/sales/")):
        client = app.test_client()
        client.post("/login", data={"login": login, "password": f"{login}-sample"})
        token = client.get("/acts/token").get_json()
        content = json.dumps({"task": "picked", "of": alone, "lines": [{"line": 1, "quantity": "1", "lots": ""}]})
        form = {**form, "csrf_token": token["token"], "user": token["user"], "act": login * 5, "content": content}
        answer = client.post("/warehouse/scanner/done", data=form).get_json()
        assert answer["address"].startswith(address), answer
        alone = shop(lambda s: order(s, (HAMMER, 1)))


def test_whoever_received_an_order_with_a_scanner_is_led_to_its_labels(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")
    number = shop(lambda s: made(s, PurchaseOrder, OrderDraft(1, lines((HAMMER, 1)))))
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    token = client.get("/acts/token").get_json()
    content = json.dumps({"task": "received", "of": number, "lines": [{"line": 1, "quantity": "1", "lots": ""}]})
    form = {"csrf_token": token["token"], "user": token["user"], "act": "r" * 20, "age": "0", "content": content}
    address = client.post("/warehouse/scanner/done", data=form).get_json()["address"]
    assert address.startswith("/trade/shipping?came=")
    assert f"/warehouse/labels?document={address.partition('=')[2]}" in client.get(address).text

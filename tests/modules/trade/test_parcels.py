"""Parcels: packed from a posted sale, handed over with a number, delivered to somebody; and what is refused on the way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import post, reverse, save
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.carriers import dhl, other, own
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.trade.parcels import operations
from modules.trade.parcels.carriers import Carrier, carriers_of
from modules.trade.parcels.label import label_data, label_pdf
from modules.trade.parcels.models import Parcel
from modules.trade.parcels.queries import tour_of
from modules.warehouse.operations import create_item
from tests.statements import counted


def _refusing(_session: Any, _parcel: Any) -> str:
    raise Invalid("too heavy for us")


CARRIERS = {c.name: c for c in (own, dhl, other, Carrier("strict", "Strict", announce=_refusing))}


@pytest.fixture
def sales(company: Any) -> tuple[int, int]:
    """A posted sale and a draft."""

    def work(session: Any) -> tuple[int, int]:
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", address="Quay 1")
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service")
        made = [save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, D(1), D(5))])) for _ in range(2)]
        post(session, SYSTEM, made[:1])
        return made[0].id, made[1].id

    found: tuple[int, int] = company.database.run(work, actor=SYSTEM)
    return found


def test_a_parcel_goes_from_packing_to_whoever_receives_it(company: Any, sales: Any) -> None:
    def work(session: Any) -> None:
        first = operations.pack(session, SYSTEM, CARRIERS, sales[0], weight=D("2.5"), length=30, width=20, height=10)
        second = operations.pack(session, SYSTEM, CARRIERS, sales[0], carrier="dhl", tracking="JD 01/4")
        assert (first.position, second.position) == (1, 2)
        assert (first.tour_day, second.tour_day) == (wall_clock().date(), None)
        operations.hand_over(session, SYSTEM, CARRIERS, first)
        assert (first.state, first.tracking) == ("under_way", first.code)
        said = label_data(session, first)
        assert (said["to"], said["code"], said["facts"][1]) == ("Bergen AS", first.code, "30 × 20 × 10 cm")
        assert "<svg" in said["picture"]
        operations.bring_back(session, SYSTEM, first, why="nobody there")
        assert (first.state, first.why) == ("failed", "nobody there")
        operations.hand_over(session, SYSTEM, CARRIERS, first)
        operations.deliver(session, SYSTEM, first, received_by=" Ola Nordmann ")
        assert (first.state, first.received_by, first.why) == ("delivered", "Ola Nordmann", "")
        assert first.delivered_at is not None
        assert dhl.link(second.tracking).endswith("tracking-id=JD%2001%2F4")
        assert own.link("P1") == dhl.link("") == ""
        operations.remove_parcel(session, SYSTEM, second)
        assert session.get(Parcel, 2) is None

    company.database.run(work, actor=SYSTEM)
    assert {"own", "dhl", "cdek", "ghn", "other"} <= carriers_of(company).keys()


def test_what_cannot_be_right_is_refused(company: Any, employ: Any, sales: Any, refused: Any) -> None:
    sale, draft = sales
    anna, sofia = employ("anna", "accountant"), employ("sofia", "salesperson")
    for field, fields in (
        ("carrier", {"carrier": "pigeon"}),
        ("length", {"length": 0}),
        ("weight", {"weight": D(0)}),
        ("weight", {"weight": D("0.0000001")}),
    ):
        refused(lambda s, f=fields: operations.pack(s, SYSTEM, CARRIERS, sale, **f), Invalid, field=field)
    refused(lambda s: operations.pack(s, SYSTEM, CARRIERS, draft), Conflict)
    refused(lambda s: operations.pack(s, anna, CARRIERS, sale), Forbidden)
    with pytest.raises(NotFound):  # somebody else's customer
        company.database.run(lambda s: operations.pack(s, sofia, CARRIERS, sale), actor=sofia)
    company.database.run(lambda s: operations.pack(s, SYSTEM, CARRIERS, sale, carrier="other"), actor=SYSTEM)
    company.database.run(lambda s: operations.pack(s, SYSTEM, CARRIERS, sale, carrier="strict"), actor=SYSTEM)

    def of(number: int, act: Any, **more: Any) -> Any:
        return lambda s: act(s, SYSTEM, *more.pop("carriers", ()), s.get_one(Parcel, number), **more)

    refused(of(1, operations.hand_over, carriers=(CARRIERS,)), Invalid, field="tracking")
    assert "too heavy" in refused(of(2, operations.hand_over, carriers=(CARRIERS,)), Invalid)
    refused(of(1, operations.deliver, received_by=" "), Invalid, field="received_by")
    ahead = wall_clock() + timedelta(days=1)
    refused(of(1, operations.deliver, received_by="Ola", moment=ahead), Invalid, field="moment")
    refused(of(1, operations.bring_back, why="late"), Conflict)
    company.database.run(of(1, operations.deliver, received_by="Ola"), actor=SYSTEM)
    refused(of(1, operations.deliver, received_by="Kari"), Conflict)
    refused(of(1, operations.remove_parcel), Conflict)
    refused(lambda s: operations.change_parcel(s, SYSTEM, CARRIERS, s.get_one(Parcel, 1), content="x"), Conflict)


def test_whoever_ships_packs_and_labels_every_sale_and_nobody_else_sees_parcels_of_sales_closed_to_them(
    company: Any, employ: Any, sales: Any
) -> None:
    steve, sofia = employ("steve", "storekeeper"), employ("sofia", "salesperson")
    do = company.database.run

    def pack(session: Any) -> int:
        assert session.get(Sale, sales[0]) is None  # a storekeeper sees no sale, as it has prices
        return operations.pack(session, steve, CARRIERS, sales[0], tracking="N 1").id

    number = do(pack, actor=steve)

    def label(session: Any) -> Any:
        parcel = operations.parcel_by_id(session, session.info["actor"], number)
        assert label_pdf(session, parcel).startswith(b"%PDF")
        return label_data(session, parcel)

    said = do(label, actor=steve)
    assert (said["to"], said["address"]) == ("Bergen AS", "•••")  # addresses are open to whom their group is
    assert do(label, actor=replace(steve, groups=steve.groups | {"contacts.private"}))["address"] == "Quay 1"
    assert said["sale"] == do(lambda s: s.get_one(Sale, sales[0]).number, actor=SYSTEM)
    # Sofia sees every contact, and of sales only what is their own.
    scopes = {**sofia.scopes, "contacts.contact": "all", "trade.sale": "own"}
    seeing = replace(sofia, scopes=scopes)
    assert do(lambda s: list(s.scalars(select(Parcel))), actor=seeing) == []
    assert len(do(lambda s: list(s.scalars(select(Parcel))), actor=replace(seeing, scopes={}))) == 1
    # Steve works in the books of another organisation.
    elsewhere = replace(steve, organisation=99)
    assert do(lambda s: list(s.scalars(select(Parcel))), actor=elsewhere) == []
    with pytest.raises(NotFound):
        do(lambda s: operations.pack(s, elsewhere, CARRIERS, sales[0]), actor=elsewhere)


def test_parcels_of_a_reversed_sale_stay_where_they_are(app: Any, company: Any, sales: Any, refused: Any) -> None:
    def work(session: Any) -> None:
        for _ in range(2):
            operations.pack(session, SYSTEM, CARRIERS, sales[0])
        operations.hand_over(session, SYSTEM, CARRIERS, session.get_one(Parcel, 2))
        reverse(session, SYSTEM, session.get_one(Sale, sales[0]))

    company.database.run(work, actor=SYSTEM)

    def of(number: int, act: Any, *carriers: Any, **more: Any) -> Any:
        return lambda s: act(s, SYSTEM, *carriers, s.get_one(Parcel, number), **more)

    assert "reversed" in refused(of(1, operations.hand_over, CARRIERS), Conflict)
    assert "reversed" in refused(of(2, operations.deliver, received_by="Ola"), Conflict)
    company.database.run(of(2, operations.bring_back, why="reversed"), actor=SYSTEM)
    company.database.run(of(1, operations.remove_parcel), actor=SYSTEM)


def test_of_a_draft_nothing_is_packed_nor_offered(company: Any, sales: Any, refused: Any) -> None:
    assert "Post the sale first" in refused(lambda s: operations.sale_to_pack(s, SYSTEM, sales[1]), Conflict)
    assert "Post the sale first" in refused(lambda s: operations.pack(s, SYSTEM, CARRIERS, sales[1]), Conflict)


def test_the_tour_walks_only_through_what_is_still_to_be_delivered(company: Any, sales: Any) -> None:
    def work(session: Any) -> None:
        operations.pack(session, SYSTEM, CARRIERS, sales[0])
        day = wall_clock().date()
        with counted(session) as statements:
            assert len(tour_of(session, ["own"], day, most=9)) == 1
        assert "state != 'delivered'" in statements[0]
        if session.get_bind().dialect.name == "sqlite":
            asked = f"EXPLAIN QUERY PLAN {statements[0]}"
            plan = str(session.connection().exec_driver_sql(asked, ("own", str(day), "posted", 9, 0)).all())
            assert "ix_trade_parcel_carrier_tour_day" in plan
            made = "SELECT sql FROM sqlite_master WHERE name = 'ix_trade_parcel_carrier_tour_day'"
            assert "WHERE state <> 'delivered'" in str(session.connection().exec_driver_sql(made).scalar())

    company.database.run(work, actor=SYSTEM)


@pytest.mark.one_engine  # pages
def test_a_storekeeper_packs_and_labels_from_the_pages(house: Any, sign_in: Any) -> None:
    steve, admin = sign_in("steve"), sign_in("admin")

    def posted(session: Any) -> int:
        return session.scalars(select(Sale.id).where(Sale.state == "posted").limit(1)).one()  # type: ignore[no-any-return]

    sale = house.company.database.run(posted, actor=SYSTEM, write=False)
    assert f"/trade/parcels/new?sale={sale}" in steve.get(f"/trade/shipping?note={sale}").text
    answer = steve.post(f"/trade/parcels/new?sale={sale}", data={"version": 0, "carrier": "own", "service": ""})
    assert answer.status_code == 302, answer.text
    page = answer.location
    for browser in (steve, admin):
        for address in (page, f"{page}/edit", f"{page}/label", "/trade/parcels", "/trade/parcels/tour"):
            assert browser.get(address).status_code == 200, address
    assert page in steve.get("/trade/parcels").text
    tour = steve.get("/trade/parcels/tour").text
    assert page in tour

    def where(session: Any) -> Any:
        return session.get_one(Parcel, int(page.rpartition("/")[2])).contact.address

    address = house.company.database.run(where, actor=SYSTEM, write=False)
    assert address.partition("\n")[0].partition(",")[0] in tour  # whoever brings it has to know where to

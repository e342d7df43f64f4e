"""A user limited to warehouses sees nothing of the others, wherever they look: every page and list of the sample is asked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal as D
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import ledger
from app.db import Base
from app.documents import Document, post, preview, reverse, save
from app.errors import Conflict, Invalid, NotFound
from app.past_policy import Unheld
from app.security import SYSTEM, User
from app.security.operations import add_user, change_user
from modules.contacts.models import Contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder, Quote, Sale, SalesOrder
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount
from modules.warehouse.explaining.queries import explained
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Item, Opening, Place, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_item, create_place, set_pool
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.registers import Stock

#: what nothing of the hidden warehouse may be found by: its name, its documents' numbers and notes, and how much lies there
NAME, NUMBER, NOTE, QUANTITY = "Zanzibar quay", "ZNZ", "zanzibarnote", 77777
TELLING = re.compile(rf"{NAME}|{NUMBER}-|{NOTE}|77[.,\s\u00a0\u202f]?777")
#: addresses that end the session, or are files
ENDING = re.compile(r"/logout|/static/|/healthz|\?as=|&as=|/help")


@pytest.fixture
def hidden(house: Any) -> dict[str, int]:
    """Goods and documents of every kind in a warehouse that isn't open to Maria: by kind, the number of one."""

    def work(session: Any) -> dict[str, int]:
        quay, other = (
            create_place(session, SYSTEM, code=code, name=name).id
            for code, name in (("znz", NAME), ("znz2", f"{NAME} two"))
        )
        item = session.scalars(select(Item).where(Item.code == "FA-0204")).one()
        contact = session.scalars(select(Contact.id).where(Contact.name.like("%a%"))).first()
        made: dict[str, int] = {}

        def keep(model: Any, draft: Any, is_posted: bool = True) -> Any:
            draft.note, draft.number = NOTE, f"{NUMBER}-{len(made)}"
            document = save(session, SYSTEM, model, draft)
            if is_posted:
                post(session, SYSTEM, [document])
            made[document.kind] = document.id
            return document

        def move(model: Any, quantity: int, source: int | None = None, target: int | None = None) -> None:
            price = D("0.01") if model.is_priced else None
            keep(model, MovementDraft([MovementLineDraft(item.id, D(quantity), price)], source, target))

        def trade(model: Any, quantity: int, **said: Any) -> None:
            line = TradeLineDraft(item.id, D(quantity), D("0.01"), tax_rate=D(0))
            keep(model, TradeDraft(contact, [line], place_id=quay, **said))

        move(Opening, 3 * QUANTITY, target=quay)
        move(Receipt, QUANTITY, target=quay)
        move(Issue, QUANTITY, source=quay)
        move(WriteOff, QUANTITY, source=quay)
        move(Transfer, QUANTITY, source=quay, target=other)
        for model in (Purchase, Sale, SalesOrder, PurchaseOrder, Quote):
            trade(model, QUANTITY)
        keep(StockCount, CountDraft(place_id=quay, lines=[]), is_posted=False)
        return made

    return house.company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def limit(house: Any, login: str, *places: int) -> None:
    def work(session: Any) -> None:
        user = session.scalars(select(User).where(User.login == login)).one()
        change_user(session, SYSTEM, user, limits={"warehouse.place": places})

    house.company.database.run(work, actor=SYSTEM)


def pages_of(client: Any, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the addresses show, and what is one link away from them: of one shape one page."""
    known, links = set[str](), list[str]()
    for address in starts:
        known.add(shape_of(address))
        text = text_of(client, address)
        yield address, text
        links += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|data-panel|data-src)="(/[^"#]+)', text)]
    for address in links:
        if not urlsplit(address).netloc and not ENDING.search(address) and shape_of(address) not in known:
            known.add(shape_of(address))
            yield address, text_of(client, address)


def shape_of(address: str) -> str:
    """An address without numbers and without what it asks."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def text_of(client: Any, address: str) -> str:
    """What an address shows; what goes wrong there tells, too."""
    answer = client.get(address)
    if answer.status_code not in (200, 302, 403, 404, 410, 422):
        return f"{NUMBER}-{answer.status_code}"
    text = answer.text if "html" in answer.mimetype or "json" in answer.mimetype else ""
    asked = parse_qs(urlsplit(address).query).get("q", [""])[0]
    return text.replace(asked, "") if asked else text  # the words that were looked for


def asked_of(client: Any) -> Iterator[str]:
    """Where a look begins: pages, every list with every filter, every look-up and report."""
    yield "/"
    for each in client.get("/api/v1/lists").json["lists"]:
        yield f"/api/v1/lists/{each['name']}?limit=500"
    for name in ("goods", "items", "all_goods", "counted_goods", "contacts"):
        yield f"/lookup/{name}?q=FA-0204"
    yield from (f"/search?q={word}" for word in (NAME, NUMBER, NOTE))


@pytest.mark.one_engine
def test_nothing_of_another_warehouse_is_shown_anywhere(house: Any, sign_in: Any, hidden: dict[str, int]) -> None:
    admin = sign_in("admin")
    starts = [*asked_of(admin)]
    shown = [address for address in starts if TELLING.search(text_of(admin, address))]
    assert len(shown) > 20, shown
    limit(house, "admin", FIRST_WAREHOUSE)
    found = {
        address: sorted(set(TELLING.findall(text))) for address, text in pages_of(admin, starts) if TELLING.search(text)
    }
    assert found == {"/warehouse/transfers/new": [NAME]}  # where goods may be sent to, by its name alone
    for kind, number in hidden.items():
        assert number is None or admin.get(f"/documents/{number}").status_code == 404, kind
    limit(house, "admin")
    assert NAME in admin.get("/warehouse/stock").text


@pytest.fixture
def clerk(company: Any, employ: Any, proved: Any) -> Any:
    """Somebody limited to the first warehouse, with goods in it and in another."""

    def work(session: Any) -> None:
        create_place(session, SYSTEM, code="znz", name=NAME)
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        for place in (FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1):
            _move(session, SYSTEM, Opening, item.id, D(7), None, place)

    proved(work)
    return replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({FIRST_WAREHOUSE})})


def _move(session: Any, by: Any, model: Any, item: int, quantity: D, source: int | None, target: int | None) -> Any:
    price = D(1) if model.is_priced else None
    document = save(session, by, model, MovementDraft([MovementLineDraft(item, quantity, price)], source, target))
    post(session, by, [document])
    return document


def test_goods_are_taken_from_ones_own_warehouse_and_sent_to_any(company: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1

    def run(work: Any, by: Any = clerk) -> Any:
        return company.database.run(work, actor=by)

    def move(model: Any, source: int | None, target: int | None, by: Any = clerk) -> Any:
        return run(lambda s: _move(s, by, model, 1, D(2), source, target).id, by)

    sent = move(Transfer, own, other)
    got = move(Transfer, other, own, SYSTEM)
    for model, source, target in ((Transfer, other, own), (Issue, other, None), (Receipt, None, other)):
        with pytest.raises(NotFound):
            move(model, source, target)
    assert run(lambda s: {f.key: f.amounts["quantity"] for f in stock_on_hand(s)}) == {(1, own): D(7)}
    with company.database.session(clerk) as session:
        assert {d.id for d in session.scalars(select(Transfer))} == {sent, got}
        assert session.get(Transfer, sent).target.name == NAME
        assert session.scalars(select(Place.id).where(Place.id >= own)).all() == [own]
        with pytest.raises(NotFound):
            reverse(session, clerk, session.get(Transfer, got))
    run(lambda s: reverse(s, clerk, s.get(Transfer, sent)))


def test_a_query_that_forgets_the_warehouse_is_refused(company: Any, clerk: Any) -> None:
    with company.database.session(clerk) as session:
        for table in (Stock.entries, Stock.on_hand.table, Stock.claims.table, Stock.worth.table):
            with pytest.raises(Unheld):
                session.execute(select(func.count()).select_from(table))
        assert [f.key for f in ledger.now(session, Stock.worth, by=("pool",))] == [(FIRST_WAREHOUSE,)]


def test_documents_that_name_a_warehouse_say_so(company: Any) -> None:
    """Whatever has a foreign key to warehouses is held to them, or is listed here with why not."""
    free = {
        "warehouse_place",
        "warehouse_place_named",
        "trade_commission_place",
        "trade_own_contact",
    }  # what names places for arithmetic alone
    named = {
        mapper.local_table.name: mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__table__.name == mapper.local_table.name
        and any(key.column.table is Place.__table__ for key in mapper.local_table.foreign_keys)
    }
    assert {name for name, model in named.items() if not getattr(model, "limited_by", ())} == free


def test_nobody_opens_more_warehouses_than_they_have(company: Any, proved: Any, refused: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1

    def add(session: Any, by: Any, login: str, *places: int) -> Any:
        said: dict[str, Any] = {
            "password": "a-long-password-1",
            "roles": ["manager"],
            "limits": {"warehouse.place": places},
        }
        return add_user(session, by, login=login, name=login, **said)

    assert proved(lambda s: add(s, clerk, "hans").limits) == '{"warehouse.place": [100]}'  # no more than who added them
    refused(lambda s: add(s, clerk, "ada", own, other), Conflict)
    refused(lambda s: add(s, SYSTEM, "ada", 77), Invalid)
    free = proved(lambda s: add(s, SYSTEM, "free").id)
    refused(lambda s: change_user(s, clerk, s.get(User, free), password="another-long-one-2"), Conflict)
    refused(lambda s: create_place(s, clerk, code="new", name="New"), Conflict, field="name")
    proved(lambda s: change_user(s, SYSTEM, s.get(User, free), limits={"warehouse.place": [other]}))
    assert proved(lambda s: s.get(User, free).limits) == '{"warehouse.place": [101]}'
    proved(lambda s: change_user(s, SYSTEM, s.get(User, free), limits={"warehouse.place": []}))
    assert proved(lambda s: s.get(User, free).limits) == ""


def test_documents_by_another_name_are_held_to_the_warehouses_too(company: Any, clerk: Any) -> None:
    again = aliased(Document)
    with company.database.session(clerk) as session:
        numbers = session.scalars(select(Document.id)).all()
        assert len(numbers) == 1
        assert session.scalars(select(again.id)).all() == numbers


def test_a_preview_says_nothing_of_where_goods_are_sent(company: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1

    def places(by: Any, **more: Any) -> list[Any]:
        def work(session: Any) -> list[Any]:
            draft = MovementDraft([MovementLineDraft(1, D(2))], own, other, **more)
            document = save(session, by, Transfer, draft)

            def act() -> Any:
                post(session, by, [document])
                return document

            seen = preview(session, by, act)
            assert seen.refusal is None
            return [row["place"] for part in seen.parts for row in part.rows if "place" in row]

        return company.database.run(work, actor=by)  # type: ignore[no-any-return]

    assert len(places(SYSTEM)) == len(places(SYSTEM, in_two_steps=True)) == 2
    assert len(places(clerk)) == len(places(clerk, in_two_steps=True)) == 1


@pytest.mark.parametrize("pool", ["warehouse", "company"])
def test_what_a_cost_is_made_of_says_nothing_of_other_warehouses(
    company: Any, proved: Any, employ: Any, pool: str
) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1
    clerk = replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({own})})

    def prepare(session: Any) -> tuple[int, int]:
        set_pool(session, SYSTEM, pool)
        create_place(session, SYSTEM, code="znz", name=NAME)
        create_item(session, SYSTEM, code="A", name="Anvil")
        _move(session, SYSTEM, Opening, 1, D(7), None, other)
        got = _move(session, SYSTEM, Transfer, 1, D(2), other, own)
        gone = _move(session, SYSTEM, Issue, 1, D(2), own, None)
        return got.id, gone.id

    got, gone = proved(prepare)

    def parts(by: Any, document: int) -> list[bool]:
        with company.database.session(by) as session:
            return [bool(each.held[0] or each.inflows or each.parts) for each in explained(session, (document, 1))]

    is_shared = pool == "company"
    assert (parts(SYSTEM, got), parts(SYSTEM, gone)) == ([True] * (not is_shared), [True])
    assert (parts(clerk, got), parts(clerk, gone)) == ([False] * (not is_shared), [not is_shared])
